/* Which files are cases. */
#include "base/buf.h"
#include "base/mem.h"
#include "plan/plan.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#define HEAD_BYTES 4096
#define DEPTH_MAX  8

struct list {
    char **v;
    size_t n;
};

static void add(struct list *l, const char *path)
{
    l->v = mem_resize(l->v, l->n + 1, sizeof(*l->v));
    l->v[l->n++] = mem_strdup(path);
}

/* A root element called <case>, going by the first lines: parts and stylesheets are left out. */
static bool looks_like_case(const char *path)
{
    char head[HEAD_BYTES + 1];
    FILE *f = fopen(path, "re");
    size_t n = f ? fread(head, 1, HEAD_BYTES, f) : 0;

    if (f)
        fclose(f);
    head[n] = '\0';
    const char *at = head;
    for (;;) { /* past the declaration, instructions and comments */
        at = strchr(at, '<');
        if (!at)
            return false;
        if (strncmp(at, "<!--", 4) == 0) {
            at = strstr(at, "-->");
            if (!at)
                return false;
        } else if (at[1] != '?') {
            break;
        }
        at++;
    }
    return strncmp(at, "<case", 5) == 0 && (at[5] == ' ' || at[5] == '\n' || at[5] == '>');
}

static bool is_skipped_folder(const char *name)
{
    return name[0] == '.' || strcmp(name, "parts") == 0 || strcmp(name, "testbeds") == 0 ||
           strcmp(name, "devices") == 0;
}

static bool ends_in_xml(const char *name)
{
    size_t n = strlen(name);

    return n > 4 && strcmp(name + n - 4, ".xml") == 0;
}

static enum err search(struct list *l, const char *path, int depth, struct diag *why)
{
    DIR *d = opendir(path);
    struct dirent *e;
    enum err err = ERR_OK;

    if (!d)
        return diag_fail_at(why, ERR_IO, path, 0, "cannot be opened: %s", strerror(errno));
    while (!err && (e = readdir(d))) {
        struct buf b = BUF_INIT;
        struct stat st;
        buf_addf(&b, "%s%s%s", path, path[strlen(path) - 1] == '/' ? "" : "/", e->d_name);
        if (stat(buf_str(&b), &st) == 0) {
            if (S_ISDIR(st.st_mode) && depth < DEPTH_MAX && !is_skipped_folder(e->d_name))
                err = search(l, buf_str(&b), depth + 1, why);
            else if (S_ISREG(st.st_mode) && ends_in_xml(e->d_name) && looks_like_case(buf_str(&b)))
                add(l, buf_str(&b));
        }
        buf_release(&b);
    }
    closedir(d);
    return err;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

enum err plan_find(const char *path, char ***paths, size_t *n, struct diag *why)
{
    struct list l = {0};
    struct stat st;
    enum err e = ERR_OK;

    if (stat(path, &st) != 0)
        return diag_fail_at(why, ERR_NOTFOUND, path, 0, "%s", strerror(errno));
    if (S_ISDIR(st.st_mode))
        e = search(&l, path, 0, why);
    else
        add(&l, path);
    if (e) {
        plan_paths_free(l.v, l.n);
        return e;
    }
    if (l.n)
        qsort(l.v, l.n, sizeof(*l.v), by_name);
    *paths = l.v;
    *n = l.n;
    return ERR_OK;
}

void plan_paths_free(char **paths, size_t n)
{
    for (size_t i = 0; i < n; i++)
        mem_free(paths[i]);
    mem_free(paths);
}
