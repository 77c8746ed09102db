#include "cli/inspect.h"

#define FLUSH_BYTES 65536

bool inspect_read(struct inspection *i, const char *path, enum tcp_rules rules, bool digests)
{
    *i = (struct inspection){.path = path, .rules = rules};
    i->good = scan_file(&i->scan, path, digests, &i->trouble) == ERR_OK;
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
