/* Traffic selectors (RFC 7296, 2.9 and 3.13), and the policies they match. A selector of ours is a
 * network on each side, one protocol and one port or all; ranges of the other side that are no
 * network are narrowed to one. */
#include "ike/ike2_exchanges.h"

#define PORT_LAST 65535

static size_t bits_of(const struct ip_addr *a)
{
    return ip_addr_len(a) * 8;
}

/* First (ONES 0) and last (ONES 0xff) address of a network. */
static struct ip_addr edge(const struct ip_net *net, uint8_t ones)
{
    struct ip_addr a = net->addr;

    for (size_t i = 0; i < ip_addr_len(&a); i++) {
        size_t keep = net->prefix > i * 8 ? net->prefix - i * 8 : 0;
        unsigned open = keep < 8 ? 0xffu >> keep : 0u;
        a.b[i] = (uint8_t)((a.b[i] & ~open) | (ones & open));
    }
    return a;
}

static int compare(const struct ip_addr *a, const struct ip_addr *b)
{
    return memcmp(a->b, b->b, sizeof(a->b));
}

/* --- out ------------------------------------------------------------------------------------- */

static void put_one(struct isakmp_msg *m, uint8_t payload, const struct ike_selector *s, bool local)
{
    const struct ip_net *net = local ? &s->local : &s->remote;
    uint16_t port = local ? s->local_port : s->remote_port;
    struct ikev2_ts t = {.type = net->addr.family == 6 ? IKEV2_TS_IPV6_RANGE : IKEV2_TS_IPV4_RANGE,
                         .protocol = s->proto,
                         .start_port = port,
                         .end_port = port ? port : PORT_LAST,
                         .start = edge(net, 0),
                         .end = edge(net, 0xff)};

    ikev2_put_ts(m, payload, &t, 1);
}

/* TSi is that of who asks, and comes first in the answer, too (RFC 7296, 1.3.1 and 2.9). */
void ike2_put_ts(struct isakmp_msg *m, const struct ike_selector *s, bool initiator)
{
    put_one(m, IKEV2_P_TS_I, s, initiator);
    put_one(m, IKEV2_P_TS_R, s, !initiator);
}

/* --- in -------------------------------------------------------------------------------------- */

struct part { /* what of one of theirs and of ours there is */
    struct ip_net net;
    uint8_t proto;
    uint16_t port;
    bool asked, ours; /* it is all of what was asked for; of ours */
};

/* The largest network that begins at FROM and does not pass TO. */
static struct ip_net net_from(const struct ip_addr *from, const struct ip_addr *to)
{
    struct ip_net n = {*from, (uint8_t)bits_of(from)};

    while (n.prefix > 0) {
        struct ip_net wider = {*from, (uint8_t)(n.prefix - 1)};
        struct ip_addr first = edge(&wider, 0), last = edge(&wider, 0xff);
        if (compare(&first, from) != 0 || compare(&last, to) > 0)
            break;
        n = wider;
    }
    return n;
}

static bool cut_addresses(const struct ikev2_ts *t, const struct ip_net *ours, struct part *out)
{
    struct ip_addr first = edge(ours, 0), last = edge(ours, 0xff);

    if (t->start.family != ours->addr.family || compare(&t->start, &t->end) > 0)
        return false;
    const struct ip_addr *from = compare(&t->start, &first) > 0 ? &t->start : &first;
    const struct ip_addr *to = compare(&t->end, &last) < 0 ? &t->end : &last;
    if (compare(from, to) > 0)
        return false;
    out->net = net_from(from, to);
    struct ip_addr a = edge(&out->net, 0), z = edge(&out->net, 0xff);
    out->asked = compare(&a, &t->start) == 0 && compare(&z, &t->end) == 0;
    out->ours = compare(&a, &first) == 0 && compare(&z, &last) == 0;
    return true;
}

static bool cut_ports(const struct ikev2_ts *t, uint16_t ours, struct part *out)
{
    bool any = t->start_port == 0 && t->end_port == PORT_LAST;

    if (any) {
        out->port = ours;
        out->asked = out->asked && !ours;
        return true;
    }
    if (t->start_port > t->end_port || (ours && (ours < t->start_port || ours > t->end_port)))
        return false; /* OPAQUE, or another */
    out->port = ours ? ours : t->start_port;
    if (!out->port)
        return false; /* which would mean any */
    out->ours = out->ours && ours;
    out->asked = out->asked && t->start_port == t->end_port;
    return true;
}

static bool cut(const struct ikev2_ts *t, const struct ip_net *net, uint8_t proto, uint16_t port,
                struct part *out)
{
    if (!cut_addresses(t, net, out) || (proto && t->protocol && proto != t->protocol))
        return false;
    out->proto = proto ? proto : t->protocol;
    out->asked = out->asked && out->proto == t->protocol;
    out->ours = out->ours && out->proto == proto;
    return cut_ports(t, port, out);
}

static int rank_of(const struct part *l, const struct part *r)
{
    bool asked = l->asked && r->asked, ours = l->ours && r->ours;

    return asked && ours ? IKE2_RANK_EXACT
           : ours        ? IKE2_RANK_OURS
           : asked       ? IKE2_RANK_ASKED
                         : IKE2_RANK_PART;
}

/* Of all selectors of theirs with LOCAL. */
static void best_remote(struct bytes theirs, const struct ike_selector *ours,
                        const struct part *local, struct ike_selector *out, int *best)
{
    struct ikev2_ts t;
    struct part remote;

    while (ikev2_next_ts(&theirs, &t)) {
        if (!cut(&t, &ours->remote, ours->proto, ours->remote_port, &remote) ||
            (local->proto && remote.proto && local->proto != remote.proto))
            continue;
        int rank = rank_of(local, &remote);
        if (rank <= *best)
            continue;
        *best = rank;
        *out = (struct ike_selector){local->net, remote.net,
                                     local->proto ? local->proto : remote.proto, local->port,
                                     remote.port};
    }
}

enum err ike2_narrow(struct bytes our_ts, struct bytes their_ts, const struct ike_selector *ours,
                     struct ike_selector *out, int *rank)
{
    struct bytes mine, theirs;
    struct ikev2_ts t;
    struct part local;
    enum err e;
    int best = -1;

    if ((e = ikev2_ts_check(our_ts, &mine)) || (e = ikev2_ts_check(their_ts, &theirs)))
        return e;
    while (ikev2_next_ts(&mine, &t)) {
        if (cut(&t, &ours->local, ours->proto, ours->local_port, &local))
            best_remote(theirs, ours, &local, out, &best);
    }
    *rank = best;
    return best < 0 ? ERR_NOTFOUND : ERR_OK;
}

static bool will_do(const struct ike_peer_config *p, int rank)
{
    return !p->never_narrows || rank == IKE2_RANK_EXACT || rank == IKE2_RANK_ASKED;
}

enum err ike2_policy_for(const struct ike *k, const struct ike2_sa *sa, const struct ike2_in *in,
                         size_t *policy, struct ike_selector *out, int *rank)
{
    struct bytes ours = ike2_body(in, IKEV2_P_TS_R), theirs = ike2_body(in, IKEV2_P_TS_I);
    uint32_t i = k->v2->policy_of[ike_entry_of(k, sa->peer)];
    struct ike_selector s;
    int best = -1, r;

    for (; i != MAP_NONE; i = k->v2->policy_next[i]) {
        enum err e = ike2_narrow(ours, theirs, &k->cfg->policies[i].selector, &s, &r);
        if (e && e != ERR_NOTFOUND)
            return e;
        if (e || r <= best || !will_do(ike2_config(k, sa), r))
            continue;
        best = r;
        *policy = i;
        *out = s;
    }
    *rank = best;
    return best < 0 ? ERR_NOTFOUND : ERR_OK;
}

static void first_net(struct bytes body, struct ip_net *net, uint8_t *proto, uint16_t *port)
{
    struct ikev2_ts t;

    if (ikev2_ts_check(body, &body) || !ikev2_next_ts(&body, &t))
        return;
    *net = net_from(&t.start, &t.end);
    *proto = t.protocol;
    *port = t.start_port == t.end_port ? t.start_port : 0;
}

void ike2_first_ts(const struct ike2_in *in, struct ike_selector *out)
{
    first_net(ike2_body(in, IKEV2_P_TS_R), &out->local, &out->proto, &out->local_port);
    first_net(ike2_body(in, IKEV2_P_TS_I), &out->remote, &out->proto, &out->remote_port);
}
