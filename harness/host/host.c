#include "host/host.h"

#include "base/mem.h"
#include "host/host_impl.h"

#define MTU_DEFAULT    1500
#define MTU_LEAST      576 /* RFC 791: every host takes that much */
#define WINDOW_DEFAULT (256u * 1024)
#define WINDOW_MAX     (UINT16_MAX << 14) /* RFC 7323, 2.3 */

static void fill_defaults(struct host_config *c)
{
    uint16_t hdrs = (uint16_t)(TCP_HDR_LEN + (c->addr.family == 6 ? IP6_HDR_LEN : IP4_HDR_LEN));

    if (c->mtu == 0)
        c->mtu = MTU_DEFAULT;
    if (c->mtu < MTU_LEAST)
        c->mtu = MTU_LEAST;
    if (c->mss == 0)
        c->mss = (uint16_t)(c->mtu - hdrs);
    if (c->recv_window == 0)
        c->recv_window = WINDOW_DEFAULT;
    if (c->recv_window > WINDOW_MAX)
        c->recv_window = WINDOW_MAX;
    if (c->no_window_scale && c->recv_window > UINT16_MAX)
        c->recv_window = UINT16_MAX;
    if (c->on_link.family == 0)
        c->on_link = c->addr;
}

struct host *host_new(const struct host_config *cfg, const struct clock *clk, struct rng *rng,
                      const struct log *log)
{
    struct host *h = mem_zalloc(sizeof(*h));

    h->cfg = *cfg;
    fill_defaults(&h->cfg);
    h->clk = clk;
    h->rng = rng;
    h->log = log;
    wheel_init(&h->wheel, host_now(h));
    demux_init(&h->demux, rng_u64(rng));
    return h;
}

void host_free(struct host *h)
{
    if (!h)
        return;
    for (uint32_t i = 0; i < h->nflows; i++)
        h->flows[i]->ops->free(h->flows[i]);
    mem_free(h->flows);
    mem_free(h->scratch);
    demux_release(&h->demux);
    defrag_release(&h->defrag);
    mem_free(h);
}

void host_attach(struct host *h, struct sink *out)
{
    h->out = out;
}

static struct flow *make_flow(enum conv_proto proto, enum conv_side side)
{
    switch (proto) {
    case CONV_TCP: return tcp_flow_new(side);
    case CONV_UDP: return udp_flow_new(side);
    case CONV_ICMP: return icmp_flow_new(side);
    }
    return NULL;
}

static bool is_playable(const struct host *h, const struct host_flow *flow)
{
    uint8_t family = h->cfg.next_hop.family;

    return flow->local.addr.family == family && flow->remote.addr.family == family &&
           (flow->tape->conv->proto == CONV_ICMP ||
            (flow->local.port != 0 && flow->remote.port != 0));
}

static void keep(struct host *h, struct flow *f)
{
    if (h->nflows == h->cap) {
        h->cap = h->cap ? h->cap * 2 : 8;
        h->flows = mem_resize(h->flows, h->cap, sizeof(struct flow *));
    }
    f->id = h->nflows;
    h->flows[h->nflows++] = f;
    h->live++;
}

enum err host_add_flow(struct host *h, const struct host_flow *flow, uint32_t *id)
{
    enum conv_proto proto = flow->tape->conv->proto;
    struct demux_name n = {proto, flow->local, flow->remote};

    if (proto == CONV_ICMP)
        n.local.port = 0; /* there is but one number: the echo id */
    if (!is_playable(h, flow))
        return ERR_INVALID;
    if (demux_is_taken(h, &n))
        return ERR_EXISTS;
    struct flow *f = make_flow(proto, flow->side);
    if (!f)
        return ERR_UNSUPPORTED;
    f->host = h;
    f->proto = proto;
    f->side = flow->side;
    f->tape = flow->tape;
    f->local = n.local;
    f->remote = n.remote;
    f->start = flow->start;
    f->mtu = h->cfg.mtu;
    f->stop_reading = flow->stop_reading;
    keep(h, f);
    if (f->side == CONV_A) {
        demux_bind(f, &f->remote); /* from now on the endpoints are taken */
        flow_wake_by(f, f->start);
    } else {
        demux_listen(f, false);
    }
    *id = f->id;
    return ERR_OK;
}

void host_read_on(struct host *h, uint32_t id)
{
    if (id >= h->nflows || !h->flows[id]->stop_reading)
        return;
    h->flows[id]->stop_reading = false;
    if (h->flows[id]->ops->read_on)
        h->flows[id]->ops->read_on(h->flows[id]);
}

static void wake(struct flow *f)
{
    if (f->side == CONV_A && !f->begun) {
        if (mono_before(flow_now(f), f->start)) {
            flow_wake_by(f, f->start);
            return;
        }
        f->begun = true;
        if (f->host->next_hop.known)
            f->ops->start(f);
        else
            neighbor_wait(f->host, f);
        return;
    }
    f->ops->wake(f);
}

void host_tick(struct host *h)
{
    struct timer *t;

    while ((t = wheel_expire(&h->wheel, host_now(h)))) {
        if (t == &h->next_hop.retry)
            neighbor_retry(h);
        else
            wake(CONTAINER_OF(t, struct flow, timer));
    }
}

struct mono host_deadline(const struct host *h)
{
    return wheel_next(&h->wheel);
}

void host_flow_status(const struct host *h, uint32_t id, struct host_flow_status *out)
{
    if (id >= h->nflows) {
        *out = (struct host_flow_status){0};
        return;
    }
    *out = h->flows[id]->status;
    h->flows[id]->ops->fill(h->flows[id], out);
}

void host_stats(const struct host *h, struct host_stats *out)
{
    *out = h->stats;
}

bool host_is_done(const struct host *h)
{
    return h->live == 0;
}
