/* plan_find: which files below a folder are cases. */
#include "plan/files.h"
#include "plan/plan.h"

#include "base/mem.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#define FIND_DEPTH_MAX 16
#define HEAD_BYTES     65536 /* the root element stands in the first of them */

struct found {
    char **paths;
    size_t n, cap;
};

static void add(struct found *f, const char *path)
{
    if (f->n == f->cap) {
        f->cap = f->cap ? f->cap * 2 : 32;
        f->paths = mem_resize(f->paths, f->cap, sizeof(*f->paths));
    }
    f->paths[f->n++] = mem_strdup(path);
}

static bool ends_with(const char *s, const char *end)
{
    size_t n = strlen(s), m = strlen(end);

    return n > m && strcmp(s + n - m, end) == 0;
}

/* Whether the first tag of TEXT is <case>, or <p:case>. A file that is broken before its root, or
 * that cannot be told, counts as a case: loading it says what is wrong, leaving it out would hide
 * it. */
static bool has_case_root(const char *p)
{
    while ((p = strchr(p, '<')) != NULL) {
        size_t n, skip;
        if (strncmp(p, "<?", 2) == 0 || strncmp(p, "<!--", 4) == 0) {
            const char *end = strstr(p, p[1] == '?' ? "?>" : "-->");
            if (!end)
                return true;
            p = end;
            continue;
        }
        n = strcspn(++p, " \t\r\n/>");
        skip = strcspn(p, ":");
        if (skip < n) {
            p += skip + 1;
            n -= skip + 1;
        }
        return *p == '!' || n == 0 || (n == 4 && memcmp(p, "case", 4) == 0);
    }
    return true;
}

static bool is_case(const char *path)
{
    struct buf head = BUF_INIT;
    bool yes = true;
    FILE *f = fopen(path, "rb");

    if (f) {
        buf_grew(&head, fread(buf_room(&head, HEAD_BYTES), 1, HEAD_BYTES, f));
        fclose(f);
        yes = has_case_root(buf_str(&head));
    }
    buf_release(&head);
    return yes;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Entries of DIR in name order; dot-files left out. */
static enum err entries(const char *dir, struct found *out, struct diag *why)
{
    DIR *d = opendir(dir);
    struct dirent *e;

    if (!d)
        return diag_fail(why, errno == ENOENT ? ERR_NOTFOUND : ERR_IO, "%s: %s", dir,
                         strerror(errno));
    while ((e = readdir(d)) != NULL) {
        if (e->d_name[0] != '.')
            add(out, e->d_name);
    }
    closedir(d);
    if (out->n)
        qsort(out->paths, out->n, sizeof(*out->paths), by_name);
    return ERR_OK;
}

static bool is_left_out(const char *name)
{
    return strcmp(name, "parts") == 0 || strcmp(name, "testbeds") == 0 ||
           strcmp(name, "devices") == 0;
}

static enum err search(const char *dir, struct found *f, unsigned depth, struct diag *why)
{
    struct found names = {0};
    struct arena a;
    enum err e = entries(dir, &names, why);

    arena_init(&a);
    for (size_t i = 0; i < names.n && !e; i++) {
        const char *path = path_join(&a, dir, names.paths[i]);
        struct stat st;
        if (stat(path, &st))
            continue; /* gone, or a link to nothing */
        if (S_ISREG(st.st_mode) && ends_with(path, ".xml") && is_case(path))
            add(f, path);
        else if (S_ISDIR(st.st_mode) && !is_left_out(names.paths[i]) && depth < FIND_DEPTH_MAX)
            e = search(path, f, depth + 1, why);
    }
    arena_release(&a);
    plan_paths_free(names.paths, names.n);
    return e;
}

enum err plan_find(const char *path, char ***paths, size_t *n, struct diag *why)
{
    struct found f = {0};
    struct stat st;
    enum err e = ERR_OK;

    if (stat(path, &st))
        return diag_fail(why, errno == ENOENT ? ERR_NOTFOUND : ERR_IO, "%s: %s", path,
                         strerror(errno));
    if (S_ISDIR(st.st_mode))
        e = search(path, &f, 0, why);
    else
        add(&f, path); /* named by a person: loading it says whether it is a case */
    if (e) {
        plan_paths_free(f.paths, f.n);
        return e;
    }
    *paths = f.paths;
    *n = f.n;
    return ERR_OK;
}

void plan_paths_free(char **paths, size_t n)
{
    for (size_t i = 0; i < n; i++)
        mem_free(paths[i]);
    mem_free(paths);
}
