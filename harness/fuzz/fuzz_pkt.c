/* Any bytes as an Ethernet frame and as an IP packet. */
#include "wire/pkt.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pkt p;
    struct tcp_opts o;

    pkt_parse(bytes_of(data, size), &p);
    if (p.kind == PKT_TCP)
        tcp_opts_parse(p.tcp.opts, &o);
    pkt_parse_ip(bytes_of(data, size), &p);
    return 0;
}
