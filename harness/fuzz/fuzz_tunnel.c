/* An IP packet, and what is in it when it is a tunnel, and so on. */
#include "wire/tunnel.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pkt p, inner;

    pkt_parse_ip(bytes_of(data, size), &p);
    for (int i = 0; i < 8 && tunnel_open(&p, &inner); i++)
        p = inner;
    pkt_parse_cut(&p);
    return 0;
}
