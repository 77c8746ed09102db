/* Flows and the tunnels they go through: what happens to them when one goes down or comes back. */
#include "base/mem.h"
#include "gateway/conn_parts.h"

static struct conn **head_of(struct conns *t, uint32_t tunnel)
{
    if (tunnel >= t->nheads) {
        size_t n = tunnel + 1;
        t->heads = mem_resize(t->heads, n, sizeof(*t->heads));
        for (size_t i = t->nheads; i < n; i++)
            t->heads[i] = NULL;
        t->nheads = n;
    }
    return &t->heads[tunnel];
}

static bool is_linked(const struct conn *c, int side)
{
    /* both sides through one tunnel: it is in the list once */
    return c->tunnel[side] < VPN_BLOCKED && !(side == 1 && c->tunnel[0] == c->tunnel[1]);
}

/* Which of C's links is of TUNNEL. */
static int link_of(const struct conn *c, uint32_t tunnel)
{
    return c->tunnel[0] == tunnel ? 0 : 1;
}

void conn_link_tunnels(struct conns *t, struct conn *c)
{
    for (int i = 0; i < 2; i++) {
        if (!is_linked(c, i))
            continue;
        struct conn **head = head_of(t, c->tunnel[i]);
        c->link[i] = (struct conn_link){.next = *head};
        if (*head)
            (*head)->link[link_of(*head, c->tunnel[i])].prev = c;
        *head = c;
    }
}

void conn_unlink_tunnels(struct conns *t, struct conn *c)
{
    for (int i = 0; i < 2; i++) {
        if (!is_linked(c, i))
            continue;
        struct conn_link *l = &c->link[i];
        if (l->prev)
            l->prev->link[link_of(l->prev, c->tunnel[i])].next = l->next;
        else
            *head_of(t, c->tunnel[i]) = l->next;
        if (l->next)
            l->next->link[link_of(l->next, c->tunnel[i])].prev = l->prev;
    }
}

static void set_orphan(struct conns *t, struct conn *c, bool orphan)
{
    t->orphans += orphan && !c->orphan;
    t->orphans -= !orphan && c->orphan;
    c->orphan = orphan;
}

static void tear(struct conns *t, struct conn *c)
{
    if (c->proto != IP_TCP) {
        if (!t->model.udp_outlives_tunnel)
            conn_end(t, c, GW_REASON_UNKNOWN);
        return;
    }
    if (conns_fault(t, GW_FAULT_SILENT_STALE)) {
        c->life = CONN_STALE;
        return;
    }
    if (conns_fault(t, GW_FAULT_LATE_302014)) {
        c->life = CONN_ZOMBIE;
        c->seen = conns_now(t);
        conn_arm(t, c);
        return;
    }
    conn_end(t, c, GW_REASON_TUNNEL_DOWN);
}

static void lost_tunnel(struct conns *t, struct conn *c)
{
    bool keep = c->preserve && !conns_fault(t, GW_FAULT_TEAR_PRESERVED);

    if (c->life == CONN_ZOMBIE || c->life == CONN_STALE)
        return;
    if (c->proto == IP_TCP && conns_fault(t, GW_FAULT_RESET_INSTEAD)) {
        if (t->env.reset_both)
            t->env.reset_both(t->env.ctx, c);
        conn_free(t, c);
        return;
    }
    if (c->life == CONN_CLOSED) {
        conn_free(t, c);
    } else if (c->proto == IP_TCP && keep) {
        if (conns_fault(t, GW_FAULT_SILENT_STALE))
            c->life = CONN_STALE;
        set_orphan(t, c, true);
    } else {
        tear(t, c);
    }
}

static void each_of_tunnel(struct conns *t, uint32_t tunnel,
                           void (*what)(struct conns *t, struct conn *c))
{
    struct conn *next;
    size_t n = 0;

    if (tunnel >= t->nheads)
        return;
    for (struct conn *c = t->heads[tunnel]; c; c = next) {
        next = c->link[link_of(c, tunnel)].next;
        what(t, c);
        if (++n % BREATHE_EVERY == 0 && t->env.breathe)
            t->env.breathe(t->env.ctx);
    }
}

void conns_tunnel_down(struct conns *t, uint32_t tunnel)
{
    each_of_tunnel(t, tunnel, lost_tunnel);
}

static void regained_tunnel(struct conns *t, struct conn *c)
{
    if (!c->orphan || conns_fault(t, GW_FAULT_NO_RESUME))
        return;
    set_orphan(t, c, false);
    c->mapback_lost = conns_fault(t, GW_FAULT_NO_ISN_MAPBACK);
    conn_arm(t, c);
}

static void keep_preserved(struct conns *t, struct conn *c)
{
    (void)t;
    c->preserve = c->proto == IP_TCP;
}

static void keep_unpreserved(struct conns *t, struct conn *c)
{
    (void)t;
    c->preserve = false;
}

void conns_tunnel_up(struct conns *t, uint32_t tunnel, bool preserve)
{
    each_of_tunnel(t, tunnel, regained_tunnel);
    each_of_tunnel(t, tunnel, preserve ? keep_preserved : keep_unpreserved);
}

void conns_tunnel_rekeyed(struct conns *t, uint32_t tunnel)
{
    if (conns_fault(t, GW_FAULT_TEAR_ON_REKEY))
        each_of_tunnel(t, tunnel, tear);
}
