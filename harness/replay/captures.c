/* Captures read once, for all cases of a run. */
#include "base/mem.h"
#include "replay/run_parts.h"

struct entry {
    char *path;
    struct capture *capture;
};

struct replay_captures {
    struct entry *list;
    size_t n;
};

struct replay_captures *replay_captures_new(void)
{
    return mem_zalloc(sizeof(struct replay_captures));
}

void replay_captures_free(struct replay_captures *c)
{
    if (!c)
        return;
    for (size_t i = 0; i < c->n; i++) {
        capture_free(c->list[i].capture);
        mem_free(c->list[i].path);
    }
    mem_free(c->list);
    mem_free(c);
}

enum err captures_get(struct replay_captures *c, const char *path, const struct capture **out,
                      struct diag *why)
{
    struct capture *made;

    for (size_t i = 0; i < c->n; i++) {
        if (strcmp(c->list[i].path, path) == 0) {
            *out = c->list[i].capture;
            return ERR_OK;
        }
    }
    enum err e = capture_read(path, &made, why);
    if (e)
        return e;
    c->list = mem_resize(c->list, c->n + 1, sizeof(*c->list));
    c->list[c->n++] = (struct entry){mem_strdup(path), made};
    *out = made;
    return ERR_OK;
}

enum err replay_captures_load(struct replay_captures *c, const char *path, struct diag *why)
{
    const struct capture *out;

    return captures_get(c, path, &out, why);
}
