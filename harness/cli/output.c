#include "cli/cli.h"

#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool color_by_name(const char *name, enum color *out)
{
    static const char *const names[] = {"auto", "always", "never"};

    for (int i = 0; i < 3; i++) {
        if (strcmp(name, names[i]) == 0) {
            *out = (enum color)i;
            return true;
        }
    }
    return false;
}

bool use_color(const struct cli_env *env, enum color wish, bool is_tty)
{
    if (wish != COLOR_AUTO)
        return wish == COLOR_ALWAYS;
    if (env->no_color && *env->no_color)
        return false;
    if (env->clicolor_force && *env->clicolor_force && strcmp(env->clicolor_force, "0") != 0)
        return true;
    if ((env->clicolor && strcmp(env->clicolor, "0") == 0) ||
        (env->term && strcmp(env->term, "dumb") == 0))
        return false;
    return is_tty;
}

enum err write_whole(const char *path, struct bytes b, struct diag *why)
{
    struct buf tmp = BUF_INIT;
    enum err e = ERR_OK;

    buf_addf(&tmp, "%s.tmp", path);
    FILE *f = fopen(buf_str(&tmp), "we");
    if (!f || (b.n && fwrite(b.p, 1, b.n, f) != b.n) || fflush(f))
        e = diag_fail_at(why, ERR_IO, path, 0, "cannot be written: %s", strerror(errno));
    if (f && fclose(f) && !e)
        e = diag_fail_at(why, ERR_IO, path, 0, "cannot be written: %s", strerror(errno));
    if (!e && rename(buf_str(&tmp), path))
        e = diag_fail_at(why, ERR_IO, path, 0, "cannot be put in place: %s", strerror(errno));
    if (e)
        (void)unlink(buf_str(&tmp));
    buf_release(&tmp);
    return e;
}

#define READ_MAX (1u << 30)

enum err read_whole(const char *path, char **out, size_t *n, struct diag *why)
{
    struct buf b = BUF_INIT;
    FILE *f = fopen(path, "re");
    size_t got;

    if (!f)
        return diag_fail_at(why, ERR_NOTFOUND, path, 0, "%s", strerror(errno));
    do {
        got = fread(buf_room(&b, 65536), 1, 65536, f);
        buf_grew(&b, got);
    } while (got && b.n < READ_MAX);
    bool bad = ferror(f);
    fclose(f);
    if (bad || b.n >= READ_MAX) {
        buf_release(&b);
        return diag_fail_at(why, ERR_IO, path, 0, bad ? "cannot be read" : "is too large");
    }
    buf_addc(&b, '\0');
    *n = b.n - 1;
    *out = b.s;
    return ERR_OK;
}

enum err make_folder(const char *path, struct diag *why)
{
    char *copy = mem_strdup(path);
    enum err e = ERR_OK;

    for (char *s = copy + 1; !e && *s; s++) {
        if (*s != '/')
            continue;
        *s = '\0';
        if (mkdir(copy, 0755) && errno != EEXIST)
            e = diag_fail_at(why, ERR_IO, copy, 0, "cannot be made: %s", strerror(errno));
        *s = '/';
    }
    if (!e && mkdir(copy, 0755) && errno != EEXIST)
        e = diag_fail_at(why, ERR_IO, copy, 0, "cannot be made: %s", strerror(errno));
    if (!e && access(copy, W_OK))
        e = diag_fail_at(why, ERR_IO, copy, 0, "cannot be written to: %s", strerror(errno));
    mem_free(copy);
    return e;
}

void put_out(const struct buf *b)
{
    if (b->n)
        fwrite(b->s, 1, b->n, stdout);
    fflush(stdout);
}

static size_t distance(const char *a, const char *b)
{
    size_t row[64], n = strlen(b);

    if (n >= 64 || strlen(a) >= 64)
        return 64;
    for (size_t i = 0; i <= n; i++)
        row[i] = i;
    for (size_t i = 1; a[i - 1]; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t k = 1; k <= n; k++) {
            size_t change = diagonal + (a[i - 1] != b[k - 1]);
            diagonal = row[k];
            size_t least = row[k] + 1 < row[k - 1] + 1 ? row[k] + 1 : row[k - 1] + 1;
            row[k] = change < least ? change : least;
        }
    }
    return row[n];
}

const char *nearest(const char *word, const char *const *words, size_t n)
{
    const char *best = NULL;
    size_t least = 3;

    for (size_t i = 0; i < n; i++) {
        size_t d = distance(word, words[i]);
        if (d < least && d < strlen(words[i])) {
            best = words[i];
            least = d;
        }
    }
    return best;
}
