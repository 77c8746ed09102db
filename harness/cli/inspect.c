#include "cli/inspect.h"

#define FLUSH_BYTES 65536

bool inspect_read(struct inspection *i, const char *path, enum tcp_rules rules,
                  const struct scan_options *o)
{
    *i = (struct inspection){.path = path, .rules = rules, .filter = o->filter};
    i->good = scan_file_with(&i->scan, path, o, &i->trouble) == ERR_OK;
    return i->good;
}

void inspect_release(struct inspection *i)
{
    scan_release(&i->scan);
}

void inspect_flush(struct inspect_out *out)
{
    if (out->b.n >= FLUSH_BYTES)
        out->flush(&out->b);
}

bool inspect_keeps(const struct inspection *i, const struct flow *f)
{
    const struct inspect_filter *want = i->filter;

    if (want->stream >= 0 && (!f->tcp || f->tcp->number != want->stream))
        return false;
    return inspect_filter_ends(want, &f->conv.a, &f->conv.b);
}
