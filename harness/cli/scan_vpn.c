/* IKE and ESP in a capture. */
#include "base/hash.h"
#include "base/mem.h"
#include "cli/scan_parts.h"
#include "wire/isakmp.h"

#define IKE_PORT      500
#define IKE_NATT_PORT 4500 /* RFC 3948: four zero bytes before IKE, else ESP */

#define V1_ENCRYPTED 0x01 /* RFC 2408, 3.1 */
#define V2_SK        46   /* RFC 7296, 3.14: what follows is inside */
#define V2_SKF       53   /* RFC 7383 */

const char *scan_encapsulation_name(enum scan_encapsulation in)
{
    static const char *const names[] = {
        [SCAN_IN_IP] = "ip", [SCAN_IN_UDP] = "udp", [SCAN_IN_TCP] = "tcp"};

    return names[in];
}

struct esp_key {
    struct ip_addr src, dst;
    uint32_t spi;
    uint32_t in;
};

static bool same_sa(const void *ctx, uint32_t id, const void *key)
{
    const struct scan_esp *e = &((const struct scan *)ctx)->esp[id];
    const struct esp_key *k = key;

    return e->spi == k->spi && (uint32_t)e->in == k->in && ip_addr_eq(&e->src, &k->src) &&
           ip_addr_eq(&e->dst, &k->dst);
}

static struct scan_esp *esp_of(struct scan *s, const struct esp_key *k, uint32_t seq)
{
    struct bytes parts[] = {bytes_of(&k->src, sizeof(k->src)), bytes_of(&k->dst, sizeof(k->dst))};
    uint64_t hash = hash_bytes(parts[0], hash_bytes(parts[1], (uint64_t)k->in << 32 | k->spi));
    uint32_t id = map_find(&s->esp_map, hash, same_sa, s, k);

    if (id != MAP_NONE)
        return &s->esp[id];
    if (s->nesp == s->cap_esp) {
        s->cap_esp = s->cap_esp ? s->cap_esp * 2 : 16;
        s->esp = mem_resize(s->esp, s->cap_esp, sizeof(*s->esp));
    }
    map_put(&s->esp_map, hash, (uint32_t)s->nesp);
    struct scan_esp *e = &s->esp[s->nesp++];
    *e = (struct scan_esp){.src = k->src,
                           .dst = k->dst,
                           .spi = k->spi,
                           .in = (enum scan_encapsulation)k->in,
                           .first_seq = seq,
                           .highest = seq,
                           .lowest = seq};
    range_set_init(&e->seen);
    return e;
}

void scan_take_esp(struct scan *s, const struct savefile_packet *p, enum scan_encapsulation in,
                   uint32_t spi, uint32_t seq)
{
    struct esp_key k = {p->pkt.ip.src, p->pkt.ip.dst, spi, (uint32_t)in};
    struct scan_esp *e = esp_of(s, &k, seq);

    if (e->packets++ == 0)
        e->first_ns = p->time_ns;
    if (range_set_add(&e->seen, (struct range){seq, (int64_t)seq + 1}, NULL) == 0)
        e->duplicates++;
    else if (seq < e->highest)
        e->out_of_order++;
    e->highest = seq > e->highest ? seq : e->highest;
    e->lowest = seq < e->lowest ? seq : e->lowest;
    e->last_seq = seq;
    e->last_ns = p->time_ns;
}

void scan_take_ah(struct scan *s, const struct savefile_packet *p)
{
    struct rd r = rd_of(p->pkt.ip.payload);
    uint8_t next = rd_u8(&r);
    size_t words = rd_u8(&r); /* length in 32-bit words, less two */

    rd_skip(&r, words * 4 + 6);
    uint32_t spi = rd_be32(&r), seq = rd_be32(&r);
    if (!r.err && next == IP_ESP && !ip_is_fragment(&p->pkt.ip))
        scan_take_esp(s, p, SCAN_IN_IP, spi, seq);
}

uint64_t scan_esp_missing(const struct scan_esp *e)
{
    return (uint64_t)e->highest - e->lowest + 1 - range_set_covered(&e->seen);
}

/* Types of the payloads in the clear. Tolerant: a chain that breaks off is told as far as it goes.
 */
static void walk_payloads(struct scan_ike *m, uint8_t type, struct rd r)
{
    bool v2 = m->version >> 4 == 2;

    while (type && m->npayloads < SCAN_IKE_PAYLOADS) {
        uint8_t next = rd_u8(&r);
        rd_skip(&r, 1); /* reserved; the critical bit of IKEv2 */
        size_t len = rd_be16(&r);
        if (r.err || len < 4)
            return;
        m->payloads[m->npayloads++] = type;
        if (v2 && (type == V2_SK || type == V2_SKF)) {
            m->encrypted = true;
            return;
        }
        rd_skip(&r, len - 4);
        type = next;
    }
}

static void add_ike(struct scan *s, const struct savefile_packet *p, struct bytes message)
{
    struct isakmp_hdr h;
    struct rd r = rd_of(message);

    if (isakmp_hdr_parse(message, &h) || h.version >> 4 < 1 || h.version >> 4 > 2)
        return;
    if (s->nike == s->cap_ike) {
        s->cap_ike = s->cap_ike ? s->cap_ike * 2 : 64;
        s->ike = mem_resize(s->ike, s->cap_ike, sizeof(*s->ike));
    }
    struct scan_ike *m = &s->ike[s->nike++];
    *m = (struct scan_ike){.packet = p->number,
                           .src = p->pkt.ip.src,
                           .dst = p->pkt.ip.dst,
                           .version = h.version,
                           .exchange = h.exchange,
                           .flags = h.flags,
                           .message_id = h.message_id};
    memcpy(m->spi_i, h.cookie_i, sizeof(m->spi_i));
    memcpy(m->spi_r, h.cookie_r, sizeof(m->spi_r));
    rd_skip(&r, ISAKMP_HDR_LEN);
    if (h.version >> 4 == 1 && (h.flags & V1_ENCRYPTED))
        m->encrypted = true;
    else
        walk_payloads(m, h.next, r);
}

void scan_take_natt(struct scan *s, const struct savefile_packet *p, struct bytes b,
                    enum scan_encapsulation in)
{
    struct rd r = rd_of(b);
    uint32_t spi = rd_be32(&r);

    if (r.err)
        return; /* a keep-alive is one byte */
    if (spi == 0) {
        add_ike(s, p, rd_rest(&r));
        return;
    }
    uint32_t seq = rd_be32(&r);
    if (!r.err)
        scan_take_esp(s, p, in, spi, seq);
}

void scan_take_ike(struct scan *s, const struct savefile_packet *p)
{
    const struct udp *u = &p->pkt.udp;

    if (u->src == IKE_PORT || u->dst == IKE_PORT)
        add_ike(s, p, u->data);
    else if (u->src == IKE_NATT_PORT || u->dst == IKE_NATT_PORT)
        scan_take_natt(s, p, u->data, SCAN_IN_UDP);
}
