/* Flows and the tunnels they go through: what happens to them when one goes down or comes back.
 *
 * That may be a million flows at once, and none of the others shall wait for them. So the event
 * only counts the tunnel's turn; flows are seen to in batches at each tick, and one that a packet
 * asks for before its batch is seen to at once. Nobody can tell the difference, but for log records
 * that come a little later. A flow that missed several turns has been through at most one fall and
 * one rise. */
#include "base/mem.h"
#include "gateway/conn_parts.h"

static struct conn_tunnel *tunnel_at(struct conns *t, uint32_t tunnel)
{
    if (tunnel >= t->ntunnels) {
        size_t n = tunnel + 1;
        t->tunnels = mem_resize(t->tunnels, n, sizeof(*t->tunnels));
        for (size_t i = t->ntunnels; i < n; i++)
            t->tunnels[i] = (struct conn_tunnel){0};
        t->ntunnels = n;
    }
    return &t->tunnels[tunnel];
}

static void set_next(struct conns *t, struct conn_tunnel *f, struct conn *c)
{
    t->behind -= f->next != NULL;
    t->behind += c != NULL;
    f->next = c;
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
        struct conn_tunnel *f = tunnel_at(t, c->tunnel[i]);
        c->link[i] = (struct conn_link){.next = f->head};
        c->turn[i] = f->turn;
        if (f->head)
            f->head->link[link_of(f->head, c->tunnel[i])].prev = c;
        f->head = c;
    }
}

void conn_unlink_tunnels(struct conns *t, struct conn *c)
{
    for (int i = 0; i < 2; i++) {
        if (!is_linked(c, i))
            continue;
        struct conn_link *l = &c->link[i];
        struct conn_tunnel *f = tunnel_at(t, c->tunnel[i]);
        if (f->next == c)
            set_next(t, f, l->next);
        if (l->prev)
            l->prev->link[link_of(l->prev, c->tunnel[i])].next = l->next;
        else
            f->head = l->next;
        if (l->next)
            l->next->link[link_of(l->next, c->tunnel[i])].prev = l->prev;
    }
}

void conn_set_orphan(struct conns *t, struct conn *c, bool orphan)
{
    t->orphans += orphan && !c->orphan;
    t->orphans -= !orphan && c->orphan;
    c->orphan = orphan;
    if (orphan && conns_fault(t, GW_FAULT_ORPHAN_IDLES_EARLY))
        conn_arm(t, c);
}

/* True: C is still there. */
static bool tear(struct conns *t, struct conn *c)
{
    if (c->proto != IP_TCP) {
        if (!t->model.udp_goes_with_tunnel)
            return true;
        conn_end(t, c, GW_REASON_UNKNOWN);
        return false;
    }
    if (conns_fault(t, GW_FAULT_SILENT_STALE)) {
        c->life = CONN_STALE;
        return true;
    }
    if (conns_fault(t, GW_FAULT_LATE_302014)) {
        c->life = CONN_ZOMBIE;
        c->seen = conns_now(t);
        conn_arm(t, c);
        return true;
    }
    if (conns_fault(t, GW_FAULT_TEAR_IN_WORDS)) {
        conn_log_end(t, c, GW_REASON_TUNNEL_DOWN);
        return true;
    }
    conn_end(t, c, GW_REASON_TUNNEL_DOWN);
    return false;
}

/* True: C is still there. */
static bool lose_tunnel(struct conns *t, struct conn *c)
{
    bool keep = c->preserve && !conn_fault_tears(t, c);

    if (conns_fault(t, GW_FAULT_PRESERVE_AT_ONCE))
        keep = t->env.cfg->sysopt.preserve_vpn_flows;

    if (c->life == CONN_ZOMBIE || c->life == CONN_STALE)
        return true;
    if (c->proto == IP_TCP && conns_fault(t, GW_FAULT_RESET_INSTEAD)) {
        if (t->env.reset_hosts)
            t->env.reset_hosts(t->env.ctx, c);
        conn_free(t, c);
        return false;
    }
    if (c->life == CONN_CLOSED) {
        conn_free(t, c);
        return false;
    }
    if (c->proto == IP_TCP && conns_fault(t, GW_FAULT_RESET_ONE_HOST) && t->env.reset_hosts)
        t->env.reset_hosts(t->env.ctx, c);
    if (c->proto != IP_TCP || !keep)
        return tear(t, c);
    if (conns_fault(t, GW_FAULT_SILENT_STALE))
        c->life = CONN_STALE;
    conn_set_orphan(t, c, true);
    return true;
}

static bool is_down(const struct conns *t, const struct conn *c, int side)
{
    const struct conn_tunnel *f = is_linked(c, side) ? &t->tunnels[c->tunnel[side]] : NULL;

    return f && f->fell > f->rose;
}

static void regain_tunnel(struct conns *t, struct conn *c)
{
    if (!c->orphan || conns_fault(t, GW_FAULT_NO_RESUME) || is_down(t, c, 0) || is_down(t, c, 1))
        return;
    conn_set_orphan(t, c, false);
    c->resumed = true;
    conn_fault_resumed(t, c);
    conn_arm(t, c);
}

static bool take_turns(struct conns *t, struct conn *c, int side)
{
    const struct conn_tunnel *f = &t->tunnels[c->tunnel[side]];
    uint32_t seen = c->turn[side];

    c->turn[side] = f->turn;
    if (seen < f->fell) {
        if (seen < f->rose_before)
            c->preserve = c->preserve && f->preserved_before;
        if (!lose_tunnel(t, c))
            return false;
    }
    if (seen < f->rose && f->fell < f->rose) {
        regain_tunnel(t, c);
        c->preserve = f->preserve && c->proto == IP_TCP;
    }
    return true;
}

bool conn_catch_up(struct conns *t, struct conn *c)
{
    for (int i = 0; i < 2; i++) {
        if (is_linked(c, i) && c->turn[i] != t->tunnels[c->tunnel[i]].turn && !take_turns(t, c, i))
            return false;
    }
    return true;
}

/* --- batches -----------------------------------------------------------------------------------
 */

static size_t catch_up_tunnel(struct conns *t, uint32_t tunnel, size_t most)
{
    size_t n = 0;

    for (; n < most && t->tunnels[tunnel].next; n++) {
        struct conn *c = t->tunnels[tunnel].next;
        set_next(t, &t->tunnels[tunnel], c->link[link_of(c, tunnel)].next);
        (void)conn_catch_up(t, c);
        if (n % BREATHE_EVERY == BREATHE_EVERY - 1 && t->env.breathe)
            t->env.breathe(t->env.ctx);
    }
    return n;
}

void conn_catch_up_some(struct conns *t)
{
    size_t n = 0;

    for (uint32_t i = 0; i < t->ntunnels && t->behind && n < BATCH; i++)
        n += catch_up_tunnel(t, i, BATCH - n);
}

void conns_catch_up(struct conns *t)
{
    while (t->behind)
        conn_catch_up_some(t);
}

void conns_tunnel_down(struct conns *t, uint32_t tunnel)
{
    struct conn_tunnel *f = tunnel_at(t, tunnel);

    f->fell = ++f->turn;
    f->rose_before = f->rose;
    f->preserved_before = f->preserve;
    set_next(t, f, f->head);
    (void)catch_up_tunnel(t, tunnel, BATCH);
}

void conns_tunnel_up(struct conns *t, uint32_t tunnel, bool preserve)
{
    struct conn_tunnel *f = tunnel_at(t, tunnel);

    f->rose = ++f->turn;
    f->preserve = preserve;
    set_next(t, f, f->head);
    (void)catch_up_tunnel(t, tunnel, BATCH);
}

void conns_tunnel_rekeyed(struct conns *t, uint32_t tunnel)
{
    bool tears = conns_fault(t, GW_FAULT_TEAR_ON_REKEY);
    bool forgets = conns_fault(t, GW_FAULT_REKEY_UNPRESERVES);
    struct conn *next;

    if (tunnel >= t->ntunnels || !(tears || forgets))
        return;
    for (struct conn *c = t->tunnels[tunnel].head; c; c = next) {
        next = c->link[link_of(c, tunnel)].next;
        c->preserve = c->preserve && !forgets;
        if (tears)
            (void)tear(t, c);
    }
}
