#include "traffic/ipcomp.h"

#include "base/mem.h"

#include <zlib.h>

/* RFC 3173, 3.3: well-known ones are below 256. A negotiated one may be DEFLATE, too: it is when it
 * inflates. */
enum { CPI_DEFLATE = 2, CPI_NEGOTIATED = 256 };

struct ipcomp {
    z_stream z;
    uint8_t out[65535];
};

struct ipcomp *ipcomp_new(void)
{
    struct ipcomp *c = mem_zalloc(sizeof(*c));

    if (inflateInit2(&c->z, -15) == Z_OK) /* no header: RFC 2394, 2.1 */
        return c;
    mem_free(c);
    return NULL;
}

void ipcomp_free(struct ipcomp *c)
{
    if (!c)
        return;
    inflateEnd(&c->z);
    mem_free(c);
}

static bool unpack(struct ipcomp *c, struct bytes in, size_t *n)
{
    if (inflateReset(&c->z) != Z_OK)
        return false;
    c->z.next_in = (Bytef *)(uintptr_t)in.p;
    c->z.avail_in = (uInt)in.n;
    c->z.next_out = c->out;
    c->z.avail_out = sizeof(c->out);
    int rc = inflate(&c->z, Z_FINISH);
    *n = sizeof(c->out) - c->z.avail_out;
    return rc == Z_STREAM_END;
}

bool ipcomp_open(struct ipcomp *c, struct pkt *p)
{
    struct rd r = rd_of(p->ip.payload);
    size_t n;

    if (!c || p->kind != PKT_IP || p->ip.proto != IP_COMP || ip_is_cut(&p->ip))
        return false;
    uint8_t next = rd_u8(&r);
    rd_skip(&r, 1); /* flags: reserved */
    uint16_t cpi = rd_be16(&r);
    if (r.err || (cpi != CPI_DEFLATE && cpi < CPI_NEGOTIATED) || !unpack(c, rd_rest(&r), &n))
        return false;
    p->ip.proto = next;
    p->ip.payload = bytes_of(c->out, n);
    p->ip.payload_len = n;
    pkt_parse_payload(p);
    return true;
}
