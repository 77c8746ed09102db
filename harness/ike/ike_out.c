#include "base/mem.h"
#include "ike/ike_impl.h"

struct ike_out *out_add(struct ike *k, enum ike_out_kind kind)
{
    struct out_node *n = mem_zalloc(sizeof(*n));

    n->out.kind = kind;
    n->out.version = 1;
    if (k->last)
        k->last->next = n;
    else
        k->first = n;
    k->last = n;
    return &n->out;
}

void out_send(struct ike *k, const struct sa *sa, struct bytes datagram)
{
    if (datagram.n == 0)
        return; /* did not fit: never for what we build */
    struct ike_out *o = out_add(k, IKE_OUT_SEND);

    k->last->data = mem_zalloc(datagram.n);
    memcpy(k->last->data, datagram.p, datagram.n);
    o->datagram = bytes_of(k->last->data, datagram.n);
    o->from = sa->local;
    o->to = sa->remote;
    o->peer = sa->remote.addr;
    o->ike = sa->number;
}

struct ike_out *out_fact(struct ike *k, enum ike_fact fact, const struct ip_addr *peer)
{
    struct ike_out *o = out_add(k, IKE_OUT_FACT);

    o->fact = fact;
    o->peer = *peer;
    return o;
}

static void node_free(struct out_node *n)
{
    if (!n)
        return;
    mem_free(n->data);
    mem_wipe(&n->out, sizeof(n->out));
    mem_free(n);
}

bool ike_next(struct ike *k, struct ike_out *out)
{
    node_free(k->taken);
    k->taken = k->first;
    if (!k->first)
        return false;
    k->first = k->first->next;
    if (!k->first)
        k->last = NULL;
    *out = k->taken->out;
    return true;
}

void out_drop_all(struct ike *k)
{
    while (k->first) {
        struct out_node *n = k->first;
        k->first = n->next;
        node_free(n);
    }
    k->last = NULL;
    node_free(k->taken);
    k->taken = NULL;
}
