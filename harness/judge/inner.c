/* Decrypt-and-compare: what comes out of ESP on the WAN against what is on the peer's own LAN.
 * Only packets of known streams are compared: the peer itself speaks on its LAN, too. */
#include "base/hash.h"
#include "base/mem.h"
#include "judge/judge_parts.h"

bool inner_compares(const struct judge *j)
{
    return !j->meta->headers_only && judge_peer_site(j) != SITES;
}

void inner_set_release(struct inner_set *s)
{
    map_release(&s->map);
    mem_free(s->slots);
}

/* What stays the same of a packet from hop to hop: all but TTL, TOS and the header's checksum. */
uint64_t inner_digest(const struct ip *ip)
{
    uint8_t head[2 * sizeof(ip->src.b) + 16];
    struct wr w = wr_of(head, sizeof(head));

    wr_put(&w, bytes_of(ip->src.b, ip_addr_len(&ip->src)));
    wr_put(&w, bytes_of(ip->dst.b, ip_addr_len(&ip->dst)));
    wr_u8(&w, ip->proto);
    wr_be32(&w, ip->id);
    wr_be64(&w, hash_bytes(ip->payload, 0));
    return hash_bytes(wr_bytes(&w), 1);
}

static bool slot_eq(const void *ctx, uint32_t id, const void *key)
{
    const struct inner_set *s = ctx;

    return s->slots[id].hash == *(const uint64_t *)key;
}

void inner_expect(struct inner_set *s, uint64_t hash, uint64_t packet)
{
    uint32_t id = (uint32_t)(s->added++ % INNER_SLOTS);

    if (!s->slots)
        s->slots = mem_array(INNER_SLOTS, sizeof(*s->slots));
    if (s->slots[id].taken) {
        map_remove(&s->map, s->slots[id].hash, id);
        s->evicted++;
    }
    s->slots[id] = (struct inner_slot){hash, packet, true};
    map_put(&s->map, hash, id);
}

bool inner_meet(struct inner_set *s, uint64_t hash)
{
    uint32_t id = map_find(&s->map, hash, slot_eq, s, &hash);

    if (id == MAP_NONE)
        return false;
    map_remove(&s->map, hash, id);
    s->slots[id].taken = false;
    return true;
}

static void compare(struct judge *j, struct inner_set *s, uint64_t hash, const char *leg)
{
    struct wan *w = &j->wan;

    w->compared++;
    if (inner_meet(s, hash))
        return;
    if (s->evicted || w->no_key) { /* it may be one we lost, or could not open */
        w->unmet++;
        return;
    }
    if (w->mismatches++ == 0) {
        w->mismatch_packet = j->rec.packet;
        w->mismatch_leg = leg;
    }
}

static void count_bad(struct judge *j, const struct sa *sa)
{
    struct wan *w = &j->wan;
    bool device = sa->way == FROM_DEVICE;
    uint64_t *n = device ? &w->bad_from_device : &w->bad_from_peer;

    if ((*n)++ == 0)
        *(device ? &w->bad_from_device_packet : &w->bad_from_peer_packet) = j->rec.packet;
}

/* The inner packet, put together when it is a fragment. False: not (yet) whole. */
static bool take_inner(struct judge *j, struct bytes inner, struct pkt *p)
{
    pkt_parse_ip(inner, p);
    if (p->kind == PKT_OTHER || !ip_is_fragment(&p->ip))
        return p->kind != PKT_OTHER;
    if (!j->inner_fragments)
        j->inner_fragments = fragments_new();
    return fragments_add(j->inner_fragments, p, j->rec.time_ns);
}

static bool open_inner(struct judge *j, struct sa *sa, struct bytes esp, struct esp_plain *plain)
{
    struct wan *w = &j->wan;

    if (!sa->key || esp.n > EVIDENCE_SNAPLEN) {
        w->no_key++;
        return false;
    }
    if (!w->plain)
        w->plain = mem_array(EVIDENCE_SNAPLEN, 1);
    if (esp_peek(sa->key, esp, w->plain, plain)) {
        count_bad(j, sa);
        return false;
    }
    w->opened++;
    return true;
}

bool wan_open(struct judge *j, const struct pkt *p, struct pkt *inner)
{
    struct wan *w = &j->wan;
    struct bytes esp = p->kind == PKT_ESP ? p->ip.payload : p->udp.data;
    struct rd r = rd_of(esp);
    struct esp_plain plain;

    if ((p->kind != PKT_ESP && p->kind != PKT_UDP) || ip_is_fragment(&p->ip) || ip_is_cut(&p->ip) ||
        esp.n > EVIDENCE_SNAPLEN)
        return false;
    uint32_t id = wan_find_between(w, rd_be32(&r), &p->ip.src, &p->ip.dst);
    if (r.err || id == MAP_NONE || !w->sas[id].key)
        return false;
    if (!w->plain)
        w->plain = mem_array(EVIDENCE_SNAPLEN, 1);
    if (esp_peek(w->sas[id].key, esp, w->plain, &plain))
        return false;
    pkt_parse_ip(plain.inner, inner);
    return inner->kind != PKT_OTHER && !ip_is_fragment(&inner->ip);
}

bool inner_of_esp(struct judge *j, struct sa *sa, struct bytes esp, struct pkt *p)
{
    struct esp_plain plain;

    return open_inner(j, sa, esp, &plain) && take_inner(j, plain.inner, p);
}

void inner_from_esp(struct judge *j, struct sa *sa, struct bytes esp, bool eaten)
{
    struct wan *w = &j->wan;
    struct esp_plain plain;
    struct pkt p;
    int sender;

    if (eaten && sa->way == FROM_DEVICE)
        return; /* the peer never had it */
    if (!open_inner(j, sa, esp, &plain))
        return;
    if (!take_inner(j, plain.inner, &p))
        return;
    struct jflow *f = jflow_find(j, judge_peer_site(j), &p, &sender);
    if (!f)
        return;
    if (sa->way == TO_DEVICE && p.kind == PKT_TCP && tcp_has(&p.tcp, TCP_RST))
        f->reset_in_esp++;
    if (sa->way == FROM_DEVICE)
        inner_expect(&w->out_of_esp, inner_digest(&p.ip), j->rec.packet);
    else
        compare(j, &w->into_esp, inner_digest(&p.ip), "wan");
}

void inner_on_lan(struct judge *j, const struct pkt *p, bool sent)
{
    struct wan *w = &j->wan;

    if (!inner_compares(j) || ip_is_cut(&p->ip) || (w->opened == 0 && !sent))
        return;
    if (sent)
        inner_expect(&w->into_esp, inner_digest(&p->ip), j->rec.packet);
    else
        compare(j, &w->out_of_esp, inner_digest(&p->ip), site_lan(judge_peer_site(j)));
}
