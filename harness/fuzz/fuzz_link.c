/* A frame of any link type: the first byte picks the type, the rest is the frame. */
#include "base/bytes.h"
#include "wire/link.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint32_t types[] = {
#define X(id, number, name) number,
        LINK_TYPES(X)
#undef X
            9999};
    struct pkt p;

    if (size == 0)
        return 0;
    link_parse(types[data[0] % COUNT(types)], bytes_of(data + 1, size - 1), &p);
    for (struct bytes rest = p.eth.more; link_next_part(rest, &p); rest = p.eth.more)
        if (p.eth.more.n >= rest.n)
            bug("an aggregate that does not end");
    return 0;
}
