/* Clear text on the WAN: packets between the protected networks, of a stream's endpoints, or with a
 * payload that is on a LAN. What the gateways say to each other is none of it. */
#include "evidence/payload_hash.h"
#include "judge/judge_parts.h"

#include <stdio.h>

#define PAYLOAD_MIN 32u /* shorter ones are equal by chance */

void leak_note_payload(struct wan *w, uint64_t hash, size_t len, uint64_t packet)
{
    size_t slot = (hash ^ hash >> 32) & (RECENT - 1);

    if (len < PAYLOAD_MIN || len > UINT32_MAX)
        return;
    w->recent[slot].hash = hash;
    w->recent[slot].packet = packet;
    w->recent[slot].len = (uint32_t)len;
}

static bool is_gateway(const struct plan_lab *l, const struct ip_addr *a)
{
    return ip_addr_eq(a, &l->bo_outside) || ip_addr_eq(a, &l->ho_outside) ||
           ip_addr_eq(a, &l->bo_wan_router) || ip_addr_eq(a, &l->ho_wan_router);
}

/* A network of prefix 0 holds everybody, so only the other end tells. */
static bool is_within(const struct ip_net *net, const struct ip_addr *a)
{
    return net->prefix > 0 && ip_net_has(net, a);
}

static bool is_inside(const struct plan_lab *l, const struct ip_addr *a)
{
    return !is_gateway(l, a) && (is_within(&l->bo_net, a) || is_within(&l->ho_net, a) ||
                                 ip_addr_eq(a, &l->bo_host) || ip_addr_eq(a, &l->ho_host));
}

/* Either end of a stream as its hosts know it, or both: a translated packet keeps its far end. */
static bool is_of_stream(const struct judge *j, const struct pkt *p)
{
    struct endpoint src, dst;

    if (!jflow_key_of(p, &src, &dst))
        return false;
    for (size_t i = 0; i < j->flows.n; i++) {
        const struct jflow *f = j->flows.list[i];
        if (f->proto != (p->kind == PKT_ICMP ? IP_ICMP : p->ip.proto))
            continue;
        for (int site = 0; site < SITES; site++)
            if (endpoint_eq(&src, &f->at[site]) || endpoint_eq(&dst, &f->at[site]))
                return true;
    }
    return false;
}

/* The packet of a LAN that has the same payload; 0: none. */
static uint64_t copied_from(const struct judge *j, const struct pkt *p)
{
    const struct wan *w = &j->wan;
    struct bytes data = p->kind == PKT_TCP ? p->tcp.data : p->udp.data;
    uint64_t hash = j->rec.payload_hash;

    if ((p->kind != PKT_TCP && p->kind != PKT_UDP) || p->data_len < PAYLOAD_MIN)
        return 0;
    if (!j->rec.has_hash && data.n < p->data_len)
        return 0;
    if (!j->rec.has_hash)
        hash = payload_hash(data);
    size_t slot = (hash ^ hash >> 32) & (RECENT - 1);
    return w->recent[slot].hash == hash && w->recent[slot].len == p->data_len
               ? w->recent[slot].packet
               : 0;
}

static bool is_for_gateways(const struct judge *j, const struct pkt *p)
{
    const struct plan_lab *l = j->plan ? &j->plan->lab : NULL;

    return l && is_gateway(l, &p->ip.src) && is_gateway(l, &p->ip.dst);
}

static bool is_tunnel(const struct pkt *p)
{
    return p->ip.proto == IP_ESP || p->ip.proto == IP_AH;
}

static void describe(const struct pkt *p, uint64_t copied, char *out, size_t cap)
{
    struct endpoint src, dst;
    char a[ENDPOINT_TEXT], b[ENDPOINT_TEXT];
    int n;

    if (jflow_key_of(p, &src, &dst))
        n = snprintf(out, cap, "%s to %s, protocol %u", endpoint_format(&src, a),
                     endpoint_format(&dst, b), p->ip.proto);
    else
        n = snprintf(out, cap, "%s to %s, protocol %u", ip_addr_format(&p->ip.src, a),
                     ip_addr_format(&p->ip.dst, b), p->ip.proto);
    if (copied && n > 0 && (size_t)n < cap)
        snprintf(out + n, cap - (size_t)n, ", the payload of packet %llu",
                 (unsigned long long)copied);
}

static void count(struct judge *j, struct leak_watch *w, const char *what)
{
    if (w->packets++ > 0)
        return;
    w->first_packet = j->rec.packet;
    w->first_ns = j->rec.time_ns;
    snprintf(w->what, sizeof(w->what), "%s", what);
}

void leak_frame(struct judge *j, const struct pkt *p)
{
    const struct plan_lab *l = j->plan ? &j->plan->lab : NULL;
    char what[sizeof(j->wan.all.what)];

    if (is_tunnel(p))
        return;
    uint64_t copied = copied_from(j, p);
    bool inside = l && (is_inside(l, &p->ip.src) || is_inside(l, &p->ip.dst));
    if (!copied && !inside && (is_for_gateways(j, p) || !is_of_stream(j, p)))
        return;
    describe(p, copied, what, sizeof(what));
    count(j, &j->wan.all, what);
    for (size_t i = 0; j->plan && i < j->plan->nexpects; i++) {
        const struct plan_expect *x = &j->plan->expects[i];
        if (x->rule == RULE_NO_CLEARTEXT && window_has(&j->tl, &x->window, j->rec.time_ns))
            count(j, &j->wan.leaks[i], what);
    }
}
