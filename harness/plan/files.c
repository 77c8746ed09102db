#include "plan/files.h"

#include "base/mem.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

char *path_dir(struct arena *a, const char *path)
{
    const char *slash = strrchr(path, '/');

    if (!slash)
        return arena_strdup(a, ".");
    return arena_strndup(a, path, slash == path ? 1 : (size_t)(slash - path));
}

/* Takes the last part off OUT, when there is one that may be taken off. */
static bool drop_last(struct buf *out)
{
    size_t n = out->n, start;

    while (n && out->s[n - 1] != '/')
        n--;
    start = n;
    if (out->n == start || strcmp(out->s + start, "..") == 0)
        return false;
    out->n = start ? start - 1 : 0;
    out->s[out->n] = '\0';
    return true;
}

static void add_part(struct buf *out, bool absolute, const char *part, size_t n)
{
    bool up = n == 2 && memcmp(part, "..", 2) == 0;

    if (n == 0 || (n == 1 && *part == '.'))
        return;
    if (up && (drop_last(out) || absolute))
        return;
    if (out->n)
        buf_addc(out, '/');
    buf_add(out, part, n);
}

static void add_parts(struct buf *out, bool absolute, const char *path)
{
    while (*path) {
        size_t n = strcspn(path, "/");
        add_part(out, absolute, path, n);
        path += n + (path[n] == '/');
    }
}

char *path_join(struct arena *a, const char *dir, const char *name)
{
    bool absolute = name[0] == '/' || dir[0] == '/';
    struct buf parts = BUF_INIT, out = BUF_INIT;
    char *path;

    if (name[0] != '/')
        add_parts(&parts, absolute, dir);
    add_parts(&parts, absolute, name);
    if (absolute)
        buf_addc(&out, '/');
    buf_adds(&out, buf_str(&parts));
    path = arena_strdup(a, out.n ? out.s : ".");
    buf_release(&parts);
    buf_release(&out);
    return path;
}

static enum err read_all(FILE *f, const char *path, size_t max, struct buf *out, struct diag *why)
{
    size_t got, start = out->n;

    do {
        got = fread(buf_room(out, 65536), 1, 65536, f);
        buf_grew(out, got);
        if (out->n - start > max)
            return diag_fail(why, ERR_RANGE, "%s is larger than %zu bytes", path, max);
    } while (got);
    if (ferror(f))
        return diag_fail(why, ERR_IO, "%s: %s", path, strerror(errno));
    return ERR_OK;
}

enum err file_read(const char *path, size_t max, struct buf *out, struct diag *why)
{
    struct stat st;
    enum err e;
    FILE *f;

    if (stat(path, &st))
        return diag_fail(why, errno == ENOENT ? ERR_NOTFOUND : ERR_IO, "%s: %s", path,
                         strerror(errno));
    if (!S_ISREG(st.st_mode))
        return diag_fail(why, ERR_INVALID, "%s is not a file", path);
    f = fopen(path, "rb");
    if (!f)
        return diag_fail(why, ERR_IO, "%s: %s", path, strerror(errno));
    e = read_all(f, path, max, out, why);
    fclose(f);
    return e;
}

void file_root_init(struct file_root *r, const char *given)
{
    r->given = given;
    r->real = realpath(given, NULL);
}

void file_root_release(struct file_root *r)
{
    free(r->real); /* realpath's own allocation */
    r->real = NULL;
}

static bool is_below(const struct file_root *r, const char *real)
{
    size_t n = r->real ? strlen(r->real) : 0;

    if (n == 0 || strncmp(real, r->real, n) != 0)
        return false;
    return n == 1 || real[n] == '/'; /* "/" ends in its own slash */
}

/* ERR_NOTFOUND says nothing: the caller may have another place to look. */
static enum err try_path(const struct file_root *r, const char *path, struct diag *why)
{
    char *real = realpath(path, NULL);
    struct stat st;
    enum err e = ERR_OK;

    if (!real)
        return ERR_NOTFOUND;
    if (!is_below(r, real))
        e = diag_fail(why, ERR_INVALID, "%s lies outside of %s, where a case's files have to be",
                      path, r->given);
    else if (stat(real, &st) || !S_ISREG(st.st_mode))
        e = diag_fail(why, ERR_INVALID, "%s is not a file", path);
    free(real);
    return e;
}

enum err file_find(struct arena *a, const struct file_root *r, const char *dir, const char *name,
                   bool try_root, const char **out, struct diag *why)
{
    const char *near = path_join(a, dir, name), *far = path_join(a, r->given, name);
    bool two = try_root && strcmp(near, far) != 0;
    enum err e = try_path(r, near, why);

    *out = near;
    if (e == ERR_NOTFOUND && two) {
        e = try_path(r, far, why);
        *out = far;
    }
    if (e != ERR_NOTFOUND)
        return e;
    if (two)
        return diag_fail(why, ERR_NOTFOUND, "no such file: neither %s nor %s", near, far);
    return diag_fail(why, ERR_NOTFOUND, "no such file: %s", near);
}
