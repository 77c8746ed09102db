#include "cli/files.h"

#include "base/buf.h"
#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static enum err not_written(const char *path, struct diag *why)
{
    return diag_fail_at(why, ERR_IO, path, 0, "cannot be written: %s", strerror(errno));
}

/* True when there is something at PATH that a rename would replace by another kind of thing. */
static bool is_special(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 && !S_ISREG(st.st_mode);
}

static bool write_all(int fd, struct bytes b)
{
    while (b.n) {
        ssize_t n = write(fd, b.p, b.n);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        b = bytes_from(b, (size_t)n);
    }
    return true;
}

static enum err write_file(const char *name, struct bytes b, const char *path, struct diag *why)
{
    int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);

    if (fd < 0)
        return not_written(path, why);
    bool good = write_all(fd, b);
    int reason = errno;
    if (close(fd) && good) {
        good = false;
        reason = errno;
    }
    errno = reason;
    return good ? ERR_OK : not_written(path, why);
}

enum err write_whole(const char *path, struct bytes b, struct diag *why)
{
    struct buf tmp = BUF_INIT;

    if (is_special(path))
        return write_file(path, b, path, why);
    buf_addf(&tmp, "%s.tmp", path);
    enum err e = write_file(buf_str(&tmp), b, path, why);
    if (!e && rename(buf_str(&tmp), path))
        e = not_written(path, why);
    if (e)
        (void)unlink(buf_str(&tmp));
    buf_release(&tmp);
    return e;
}

enum err check_writable(const char *path, struct diag *why)
{
    struct buf tmp = BUF_INIT;
    struct stat st;
    enum err e = ERR_OK;

    if (stat(path, &st) == 0 && !S_ISREG(st.st_mode)) {
        if (S_ISDIR(st.st_mode))
            errno = EISDIR;
        if (S_ISDIR(st.st_mode) || access(path, W_OK))
            return not_written(path, why);
        return ERR_OK;
    }
    buf_addf(&tmp, "%s.tmp", path);
    int fd = open(buf_str(&tmp), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (fd < 0)
        e = not_written(path, why);
    else
        close(fd);
    if (fd >= 0)
        (void)unlink(buf_str(&tmp));
    buf_release(&tmp);
    return e;
}

static enum err read_stream(FILE *f, const char *path, struct buf *b, struct diag *why)
{
    size_t got;

    do {
        got = fread(buf_room(b, 65536), 1, 65536, f);
        buf_grew(b, got);
    } while (got && b->n <= READ_MAX);
    if (ferror(f))
        return diag_fail_at(why, ERR_IO, path, 0, "cannot be read: %s", strerror(errno));
    if (b->n > READ_MAX)
        return diag_fail_at(why, ERR_NOSPACE, path, 0, "is larger than 1 GiB");
    return ERR_OK;
}

enum err read_whole(const char *path, char **out, size_t *n, struct diag *why)
{
    struct buf b = BUF_INIT;
    bool is_stdin = strcmp(path, "-") == 0;
    FILE *f = is_stdin ? stdin : fopen(path, "re");

    if (!f)
        return diag_fail_at(why, ERR_NOTFOUND, path, 0, "%s", strerror(errno));
    enum err e = read_stream(f, path, &b, why);
    if (!is_stdin)
        fclose(f);
    if (e) {
        buf_release(&b);
        return e;
    }
    buf_addc(&b, '\0');
    *n = b.n - 1;
    *out = b.s;
    return ERR_OK;
}

enum err read_secret(const char *path, char **out, struct diag *why)
{
    char *text, *line;
    size_t n;
    enum err e = read_whole(path, &text, &n, why);

    if (e)
        return e;
    line = mem_strndup(text, strcspn(text, "\r\n"));
    mem_wipe(text, n);
    mem_free(text);
    if (!*line) {
        mem_free(line);
        return diag_fail_at(why, ERR_INVALID, path, 0, "holds no key in its first line");
    }
    *out = line;
    return ERR_OK;
}

enum err make_folder(const char *path, struct diag *why)
{
    char *copy = mem_strdup(path);
    enum err e = ERR_OK;
    struct stat st;

    for (char *s = copy + 1; !e && *copy; s++) {
        char c = *s;
        if (c && c != '/')
            continue;
        *s = '\0';
        if (mkdir(copy, 0777) && errno != EEXIST)
            e = diag_fail_at(why, ERR_IO, copy, 0, "cannot be made: %s", strerror(errno));
        *s = c;
        if (!c)
            break;
    }
    if (!e && stat(copy, &st) == 0 && !S_ISDIR(st.st_mode))
        e = diag_fail_at(why, ERR_IO, copy, 0, "is no folder");
    if (!e && access(copy, W_OK | X_OK))
        e = diag_fail_at(why, ERR_IO, copy, 0, "cannot be written to: %s", strerror(errno));
    mem_free(copy);
    return e;
}
