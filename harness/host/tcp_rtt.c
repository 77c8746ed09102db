/* The retransmission timeout: RFC 6298, with the bounds of Linux. */
#include "host/tcp_conn.h"

#define RTO_FIRST SPAN_S(1)
#define RTO_MAX   SPAN_S(120)
/* Linux keeps the variance term, not the sum, above 200 ms. That is RFC 6298 2.3 with a clock
 * granularity of 200 ms, and never earlier than a minimum on the sum would be. */
#define VAR_LEAST SPAN_MS(200)

void tcp_rtt_init(struct tcp_conn *c)
{
    c->rtt = (struct tcp_rtt){.rto = RTO_FIRST};
}

static void sample(struct tcp_rtt *r, struct span m)
{
    if (!r->valid) {
        r->srtt = m;
        r->rttvar.ns = m.ns / 2;
        r->valid = true;
    } else {
        int64_t off = r->srtt.ns - m.ns;
        r->rttvar.ns += ((off < 0 ? -off : off) - r->rttvar.ns) / 4;
        r->srtt.ns -= off / 8;
    }
    int64_t var = 4 * r->rttvar.ns;
    r->rto.ns = r->srtt.ns + (var > VAR_LEAST.ns ? var : VAR_LEAST.ns);
    if (r->rto.ns > RTO_MAX.ns)
        r->rto = RTO_MAX;
}

/* One segment a round trip is timed exactly; Karn's rule ends that when something is sent again.
 * From then on the echoed timestamp says which copy was acknowledged (RFC 7323, 4.1); an echo from
 * before the last retransmission says nothing, as the peer may only have repeated its last one. */
void tcp_rtt_acked(struct tcp_conn *c, const struct tcp_seg *s)
{
    struct tcp_rtt *r = &c->rtt;

    if (r->timing) {
        if (c->snd.una < r->end)
            return;
        r->timing = false;
        sample(r, mono_diff(r->sent, tcp_now(c)));
    } else if (c->ts.on && s->o.has_ts && !(r->again && seq_lt(s->o.tsecr, r->again_at))) {
        uint32_t ms = tcp_clock(c) - s->o.tsecr;
        if (ms < INT32_MAX)
            sample(r, SPAN_MS(ms));
    }
}

void tcp_rtt_sent_again(struct tcp_conn *c)
{
    c->rtt.timing = false;
    c->rtt.again = true;
    c->rtt.again_at = tcp_clock(c);
}

void tcp_rtt_backoff(struct tcp_conn *c)
{
    c->rtt.rto.ns *= 2;
    if (c->rtt.rto.ns > RTO_MAX.ns)
        c->rtt.rto = RTO_MAX;
}
