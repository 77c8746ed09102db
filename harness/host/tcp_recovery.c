/* Congestion control (RFC 5681, 6928, 3042) and loss recovery (RFC 6675 with SACK, RFC 6582
 * without).
 *
 * What is lost is known by two marks: everything not SACKed below max(rto_lost, sack_lost). What of
 * it has been sent again is known by a third, high_rxt. The rescue retransmission of RFC 6675
 * (NextSeg rule 4) is left out: it is spurious more often than not, and retransmissions are what
 * this harness counts. */
#include "host/tcp_conn.h"

#define DUP_THRESH 3
#define CWND_MAX   (1u << 30)

static uint64_t max64(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

static uint64_t min64(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

void tcp_recovery_init(struct tcp_conn *c)
{
    uint32_t mss = c->snd.mss, most = 2 * mss > 14600 ? 2 * mss : 14600;

    c->rec = (struct tcp_recovery){.ssthresh = UINT32_MAX, .high_rxt = 1};
    c->rec.cwnd = 10 * mss < most ? 10 * mss : most; /* RFC 6928, 2 */
    if (c->syn_lost)
        c->rec.cwnd = mss;
}

static uint64_t lost_below(const struct tcp_conn *c)
{
    uint64_t lost = max64(c->rec.rto_lost, c->rec.sack_lost);

    return min64(max64(lost, c->snd.una), c->snd.nxt);
}

/* RFC 6675, 4: SetPipe. Without SACK each duplicate ACK stands for a segment that left the path. */
uint64_t tcp_pipe(const struct tcp_conn *c)
{
    const struct tcp_recovery *r = &c->rec;
    uint64_t lost = lost_below(c), una = c->snd.una;
    uint64_t pipe = c->snd.nxt - lost;

    if (r->high_rxt > una)
        pipe += r->high_rxt - una;
    if (r->sacked.n > 0) {
        pipe -= intervals_covered(&r->sacked, lost, c->snd.nxt);
        pipe -= intervals_covered(&r->sacked, una, r->high_rxt);
    }
    if (!c->sack_ok)
        pipe -= min64(pipe, (uint64_t)r->dupacks * c->snd.mss);
    return pipe;
}

/* RFC 6675, 4: NextSeg rule 1, or with GUESS rule 3. */
bool tcp_next_hole(const struct tcp_conn *c, bool guess, struct interval *out)
{
    const struct intervals *sacked = &c->rec.sacked;
    uint64_t at = max64(c->rec.high_rxt, c->snd.una), below = lost_below(c);
    uint32_t i = intervals_find(sacked, at);

    if (guess)
        below = sacked->n > 0 ? sacked->v[sacked->n - 1].from : 0;
    if (i < sacked->n && sacked->v[i].from <= at)
        at = sacked->v[i++].to;
    if (at >= below)
        return false;
    out->from = at;
    out->to = i < sacked->n ? sacked->v[i].from : c->snd.nxt;
    return true;
}

/* Slow start and congestion avoidance (RFC 5681, 3.1), only when the window was what held us
 * back. */
static void grow(struct tcp_conn *c, uint64_t n)
{
    struct tcp_recovery *r = &c->rec;
    uint32_t mss = c->snd.mss;

    if (!r->limited || r->cwnd >= CWND_MAX)
        return;
    if (r->cwnd < r->ssthresh) {
        r->cwnd += n < mss ? (uint32_t)n : mss;
        return;
    }
    r->acked += (uint32_t)min64(n, CWND_MAX);
    if (r->acked >= r->cwnd) {
        r->acked -= r->cwnd;
        r->cwnd += mss;
    }
}

static void finish(struct tcp_conn *c)
{
    struct tcp_recovery *r = &c->rec;

    r->phase = TCP_OPEN;
    r->dupacks = 0;
    r->acked = 0;
    r->force = false;
}

void tcp_recovery_acked(struct tcp_conn *c, uint64_t n)
{
    struct tcp_recovery *r = &c->rec;

    r->high_rxt = max64(r->high_rxt, c->snd.una);
    switch (r->phase) {
    case TCP_OPEN:
        r->dupacks = 0;
        grow(c, n);
        break;
    case TCP_RECOVERY:
        if (c->snd.una >= r->point) {
            finish(c);
        } else if (!c->sack_ok) { /* RFC 6582, 3.2: a partial ACK means the next one is lost too */
            uint64_t arrived = (n + c->snd.mss - 1) / c->snd.mss - 1; /* but the one sent again */
            r->dupacks -= (uint32_t)min64(r->dupacks, arrived);
            r->high_rxt = c->snd.una;
            r->sack_lost = c->snd.una + 1;
        }
        break;
    case TCP_LOSS:
        grow(c, n);
        if (c->snd.una >= r->point)
            finish(c);
        break;
    }
}

/* RFC 6675, 4: IsLost, for all places at once: it holds below the start of the range with which
 * three ranges, or more than two segments' bytes, have been SACKed above. */
static void find_lost(struct tcp_conn *c)
{
    const struct intervals *sacked = &c->rec.sacked;
    uint64_t bytes = 0;

    for (uint32_t i = sacked->n; i-- > 0;) {
        bytes += sacked->v[i].to - sacked->v[i].from;
        if (bytes > (DUP_THRESH - 1) * (uint64_t)c->snd.mss || sacked->n - i >= DUP_THRESH) {
            c->rec.sack_lost = max64(c->rec.sack_lost, sacked->v[i].from);
            return;
        }
    }
}

static void halve(struct tcp_conn *c)
{
    uint64_t flight = c->snd.nxt - c->snd.una, least = 2u * c->snd.mss;

    c->rec.ssthresh = (uint32_t)max64(min64(flight / 2, CWND_MAX), least); /* RFC 5681, (4) */
    c->rec.acked = 0;
}

void tcp_recovery_check(struct tcp_conn *c)
{
    struct tcp_recovery *r = &c->rec;

    if (c->sack_ok && r->sacked.n > 0)
        find_lost(c);
    if (r->phase != TCP_OPEN || c->snd.una == c->snd.nxt)
        return;
    bool sure = c->sack_ok && r->sack_lost > c->snd.una;
    /* without SACK, duplicates of our own retransmissions must not start it anew (RFC 6582, 3.2) */
    if (!sure && (r->dupacks < DUP_THRESH || (!c->sack_ok && c->snd.una <= r->point)))
        return;
    halve(c);
    r->cwnd = r->ssthresh;
    r->phase = TCP_RECOVERY;
    r->point = c->snd.nxt;
    r->high_rxt = max64(r->high_rxt, c->snd.una);
    r->sack_lost = max64(r->sack_lost, c->snd.una + 1);
    r->force = true;
    tcp_rtt_sent_again(c);
    c->flow.status.fast_retransmits++;
    log_say(c->flow.host->log, LOG_DEBUG, LOG_MODULE, "flow %u: fast retransmit of byte %llu",
            (unsigned)c->flow.id, (unsigned long long)(c->snd.una - 1));
}

/* Everything in flight is to be sent again, but for what SACK says has arrived. */
void tcp_recovery_resend_all(struct tcp_conn *c)
{
    struct tcp_recovery *r = &c->rec;

    r->phase = TCP_LOSS;
    r->point = c->snd.nxt;
    r->rto_lost = c->snd.nxt;
    r->high_rxt = c->snd.una;
    r->dupacks = 0;
    r->force = false;
    tcp_rtt_sent_again(c);
    if (r->sacked.n > 0 && r->sacked.v[0].from <= c->snd.una)
        intervals_trim(&r->sacked,
                       c->snd.nxt); /* the peer took back what it SACKed (RFC 2018, 8) */
}

void tcp_recovery_timeout(struct tcp_conn *c)
{
    if (c->timers.retries == 1) /* RFC 5681, 3.1: once per loss */
        halve(c);
    tcp_recovery_resend_all(c);
    c->rec.cwnd = c->snd.mss;
    c->rec.limited = true;
}
