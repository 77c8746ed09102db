#include "cli/inspect.h"

bool inspect_read(struct inspection *i, const char *path, enum tcp_rules rules, bool digests)
{
    *i = (struct inspection){.path = path, .rules = rules};
    if (scan_file(&i->scan, path, digests, &i->trouble))
        return false;
    if (capture_read(path, &i->capture, &i->trouble)) {
        i->capture = NULL;
        return false;
    }
    return true;
}

void inspect_release(struct inspection *i)
{
    capture_free(i->capture);
    scan_release(&i->scan);
}

const struct flow *const *inspect_flows(const struct inspection *i, struct arena *arena)
{
    const struct flow **of = arena_array(arena, i->scan.tcp.count + 1, sizeof(const struct flow *));

    for (size_t k = 0; k < i->capture->nflows; k++) {
        const struct flow *f = &i->capture->flows[k];
        if (f->tcp && f->tcp->number < i->scan.tcp.count)
            of[f->tcp->number] = f;
    }
    return of;
}
