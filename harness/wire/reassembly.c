#include "wire/reassembly.h"

#include "base/mem.h"

#define DATAGRAM_MAX (65535 - IP4_HDR_LEN)

struct piece {
    uint32_t from, to;
};

struct slot {
    bool used;
    struct mono until;
    size_t ifi;
    struct ip ip; /* of the fragment that came first */
    uint32_t end; /* payload bytes; 0: the last fragment has not come */
    struct piece pieces[REASSEMBLY_CHAIN];
    size_t n;
    uint8_t *buf; /* kept from datagram to datagram */
    size_t cap;
};

struct reassembly {
    struct slot slots[REASSEMBLY_SLOTS];
    size_t used;
};

struct reassembly *reassembly_new(void)
{
    return mem_zalloc(sizeof(struct reassembly));
}

void reassembly_forget(struct reassembly *r)
{
    for (size_t i = 0; i < REASSEMBLY_SLOTS; i++) {
        mem_free(r->slots[i].buf);
        r->slots[i] = (struct slot){0};
    }
    r->used = 0;
}

void reassembly_free(struct reassembly *r)
{
    if (r)
        reassembly_forget(r);
    mem_free(r);
}

static void drop(struct reassembly *r, struct slot *s)
{
    r->used -= s->used;
    s->used = false;
}

static bool same(const struct slot *s, size_t ifi, const struct ip *ip)
{
    return s->used && s->ifi == ifi && s->ip.id == ip->id && s->ip.proto == ip->proto &&
           ip_addr_eq(&s->ip.src, &ip->src) && ip_addr_eq(&s->ip.dst, &ip->dst);
}

/* The slot of IP's datagram; a vacant one, or the oldest, for a new datagram. */
static struct slot *slot_of(struct reassembly *r, size_t ifi, const struct ip *ip, struct mono now)
{
    struct slot *vacant = NULL, *oldest = &r->slots[0];

    for (size_t i = 0; i < REASSEMBLY_SLOTS; i++) {
        struct slot *s = &r->slots[i];
        if (s->used && !mono_before(now, s->until))
            drop(r, s);
        if (same(s, ifi, ip))
            return s;
        if (!s->used && !vacant)
            vacant = s;
        if (mono_before(s->until, oldest->until))
            oldest = s;
    }
    struct slot *s = vacant ? vacant : oldest;
    drop(r, s);
    r->used++;
    s->used = true;
    s->until = mono_add(now, REASSEMBLY_TIMEOUT);
    s->ifi = ifi;
    s->ip = *ip;
    s->end = 0;
    s->n = 0;
    return s;
}

/* False: the piece does not fit what is there, and the datagram is to go. */
static bool place(struct slot *s, const struct ip *ip)
{
    struct piece p = {ip->frag_off, ip->frag_off + (uint32_t)ip->payload.n};
    size_t at = 0;

    if (p.to > DATAGRAM_MAX || s->n == REASSEMBLY_CHAIN || p.from == p.to ||
        (ip->more && (p.to - p.from) % 8 != 0))
        return false;
    if (!ip->more && s->end)
        return false;
    if (!ip->more)
        s->end = p.to;
    while (at < s->n && s->pieces[at].from < p.from)
        at++;
    if ((at > 0 && s->pieces[at - 1].to > p.from) || (at < s->n && s->pieces[at].from < p.to))
        return false;
    memmove(&s->pieces[at + 1], &s->pieces[at], (s->n - at) * sizeof(p));
    s->pieces[at] = p;
    s->n++;
    if (s->end && s->pieces[s->n - 1].to > s->end)
        return false;
    if (p.to > s->cap) {
        s->cap = p.to <= 4096 ? 4096 : DATAGRAM_MAX;
        s->buf = mem_resize(s->buf, s->cap, 1);
    }
    memcpy(s->buf + p.from, ip->payload.p, ip->payload.n);
    return true;
}

static bool is_whole(const struct slot *s)
{
    uint32_t at = 0;

    for (size_t i = 0; i < s->n && s->pieces[i].from == at; i++)
        at = s->pieces[i].to;
    return s->end && at == s->end;
}

/* A fragment of either version, as it came, with no other extension header than its own. */
static bool is_usable(const struct ip *ip)
{
    if (ip_is_cut(ip))
        return false;
    return ip->version == 4 || (ip->next == IP_FRAGMENT && ip->ext.n == IP6_FRAGMENT_LEN);
}

bool reassembly_add(struct reassembly *r, size_t ifi, struct pkt *p, struct mono now)
{
    struct slot *s;

    if (!is_usable(&p->ip))
        return false;
    s = slot_of(r, ifi, &p->ip, now);
    if (!place(s, &p->ip)) {
        drop(r, s);
        return false;
    }
    if (!is_whole(s))
        return false;
    p->ip = s->ip;
    p->ip.more = false;
    p->ip.frag_off = 0;
    p->ip.ext = (struct bytes){0};
    p->ip.next = p->ip.proto;
    p->ip.hdr_len = ip_whole_hdr_len(&p->ip);
    p->ip.payload = bytes_of(s->buf, s->end);
    p->ip.payload_len = s->end;
    pkt_parse_payload(p);
    drop(r, s);
    return true;
}
