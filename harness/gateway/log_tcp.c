#include "gateway/log_tcp.h"

#include <string.h>

#define RTO         SPAN_S(1) /* RFC 6298, 2.1; doubled with each repetition */
#define SYN_TRIES   3
#define DEAD_AFTER  SPAN_S(20)
#define AGAIN_AFTER SPAN_S(10)
#define OWN_WINDOW  4096
#define DEFAULT_MSS 536 /* RFC 9293, 3.7.1 */
#define PORT_FIRST  32768
#define PORT_SPREAD 28232

static const uint8_t syn_options[] = {2, 4, LOG_TCP_SEGMENT_MAX >> 8, LOG_TCP_SEGMENT_MAX & 0xff};

void log_tcp_init(struct log_tcp *c, uint16_t port)
{
    memset(c, 0, offsetof(struct log_tcp, data));
    c->port = port;
}

/* --- data --------------------------------------------------------------------------------------
 */

size_t log_tcp_room(const struct log_tcp *c)
{
    return c->state == LOG_TCP_OPEN ? sizeof(c->data) - c->n : 0;
}

void log_tcp_put(struct log_tcp *c, struct bytes record)
{
    memcpy(c->data + c->n, record.p, record.n);
    c->n += record.n;
}

/* Forgets the records that were acknowledged whole, so that data[0] begins one. */
static void forget_acked(struct log_tcp *c)
{
    size_t whole = c->acked;

    while (whole > 0 && c->data[whole - 1] != '\n')
        whole--;
    memmove(c->data, c->data + whole, c->n - whole);
    c->n -= whole;
    c->acked -= whole;
    c->sent -= whole;
    c->base += (uint32_t)whole;
}

static struct span backoff(unsigned tries)
{
    return (struct span){RTO.ns << (tries < 5 ? tries : 5)};
}

/* --- the end of a connection -------------------------------------------------------------------
 */

static enum log_tcp_event fail(struct log_tcp *c, struct mono now)
{
    c->rewritten += c->acked > 0;
    c->acked = c->sent = 0; /* the record that was cut goes again, whole */
    c->state = LOG_TCP_CLOSED;
    c->failed = true;
    c->ack_due = false;
    c->at = mono_add(now, AGAIN_AFTER);
    return LOG_TCP_FAILED;
}

/* The host is told that nobody is here any more. */
static enum log_tcp_event give_up(struct log_tcp *c, struct mono now)
{
    c->reset_due = true;
    c->reset_seq = c->base + (uint32_t)c->sent;
    return fail(c, now);
}

/* --- what the host sends -----------------------------------------------------------------------
 */

static enum log_tcp_event take_answer(struct log_tcp *c, const struct tcp *t, struct mono now)
{
    struct tcp_opts o;

    if (!tcp_has(t, TCP_ACK) || t->ack != c->base)
        return LOG_TCP_NOTHING; /* of an earlier attempt */
    if (tcp_has(t, TCP_RST))
        return fail(c, now);
    if (!tcp_has(t, TCP_SYN))
        return LOG_TCP_NOTHING;
    tcp_opts_parse(t->opts, &o);
    c->mss = o.mss && o.mss < LOG_TCP_SEGMENT_MAX ? o.mss
             : o.mss                              ? LOG_TCP_SEGMENT_MAX
                                                  : DEFAULT_MSS;
    c->window = t->window;
    c->peer_next = t->seq + 1;
    c->state = LOG_TCP_OPEN;
    c->failed = false;
    c->ack_due = true;
    c->tries = 0;
    c->at = MONO_NEVER;
    return LOG_TCP_CONNECTED;
}

static void take_ack(struct log_tcp *c, const struct tcp *t, struct mono now)
{
    size_t to = t->ack - c->base; /* far beyond what was sent when it is older */

    c->window = t->window;
    if (to > c->sent || to <= c->acked)
        return;
    c->acked = to;
    c->tries = 0;
    c->since = now;
    c->at = c->acked < c->sent ? mono_add(now, RTO) : MONO_NEVER;
    forget_acked(c);
}

enum log_tcp_event log_tcp_take(struct log_tcp *c, const struct tcp *t, size_t data_len,
                                struct mono now)
{
    if (c->state == LOG_TCP_SYN_SENT)
        return take_answer(c, t, now);
    if (c->state != LOG_TCP_OPEN)
        return LOG_TCP_NOTHING;
    if (tcp_has(t, TCP_RST)) /* RFC 5961, 3.2: only one in place counts */
        return t->seq == c->peer_next ? fail(c, now) : LOG_TCP_NOTHING;
    if (tcp_has(t, TCP_ACK))
        take_ack(c, t, now);
    if (data_len == 0 && !tcp_has(t, TCP_FIN | TCP_SYN))
        return LOG_TCP_NOTHING;
    c->ack_due = true;
    if (t->seq != c->peer_next || tcp_has(t, TCP_SYN))
        return LOG_TCP_NOTHING;
    c->peer_next += (uint32_t)data_len;
    return tcp_has(t, TCP_FIN) ? give_up(c, now) : LOG_TCP_NOTHING;
}

/* --- time --------------------------------------------------------------------------------------
 */

static void begin(struct log_tcp *c, struct rng *rng, struct mono now)
{
    c->own_port = (uint16_t)(PORT_FIRST + rng_below(rng, PORT_SPREAD));
    c->base = rng_u32(rng) + 1;
    c->state = LOG_TCP_SYN_SENT;
    c->tries = 0;
    c->acked = c->sent = 0;
    c->reset_due = false;
    c->at = now; /* the SYN is due */
}

enum log_tcp_event log_tcp_tick(struct log_tcp *c, struct rng *rng, struct mono now)
{
    if (mono_before(now, c->at))
        return LOG_TCP_NOTHING;
    switch (c->state) {
    case LOG_TCP_CLOSED: begin(c, rng, now); break;
    case LOG_TCP_SYN_SENT:
        if (c->tries >= SYN_TRIES)
            return fail(c, now);
        break;
    case LOG_TCP_OPEN:
        if (now.ns - c->since.ns >= DEAD_AFTER.ns)
            return give_up(c, now);
        c->sent = c->acked; /* all of it once more */
        c->tries++;
        c->at = mono_add(now, backoff(c->tries));
        break;
    }
    return LOG_TCP_NOTHING;
}

struct mono log_tcp_deadline(const struct log_tcp *c)
{
    return c->at;
}

/* --- what is sent ------------------------------------------------------------------------------
 */

static bool next_syn(struct log_tcp *c, struct mono now, struct tcp *out)
{
    if (c->tries >= SYN_TRIES || mono_before(now, c->at))
        return false;
    out->flags = TCP_SYN;
    out->seq = c->base - 1;
    out->opts = bytes_of(syn_options, sizeof(syn_options));
    c->at = mono_add(now, backoff(c->tries++));
    return true;
}

static bool next_data(struct log_tcp *c, struct mono now, struct tcp *out)
{
    size_t under_way = c->sent - c->acked, room, n = c->n - c->sent;
    /* a shut window is asked by a byte now and then, with the timer of repetitions */
    size_t window = c->window ? c->window : under_way == 0;

    room = window > under_way ? window - under_way : 0;
    n = n < room ? n : room;
    n = n < c->mss ? n : c->mss;
    out->flags = TCP_ACK;
    out->seq = c->base + (uint32_t)c->sent;
    out->ack = c->peer_next;
    if (n == 0)
        return c->ack_due;
    out->flags |= TCP_PSH;
    out->data = bytes_of(c->data + c->sent, n);
    if (c->sent == c->acked && c->tries == 0)
        c->since = now;
    if (mono_is_never(c->at))
        c->at = mono_add(now, RTO);
    c->sent += n;
    return true;
}

bool log_tcp_next(struct log_tcp *c, struct mono now, struct tcp *out)
{
    bool some = false;

    *out = (struct tcp){.src = c->own_port, .dst = c->port, .window = OWN_WINDOW};
    if (c->reset_due) {
        out->flags = TCP_RST;
        out->seq = c->reset_seq;
        c->reset_due = false;
        return true;
    }
    if (c->state == LOG_TCP_SYN_SENT)
        some = next_syn(c, now, out);
    else if (c->state == LOG_TCP_OPEN)
        some = next_data(c, now, out);
    c->ack_due = c->ack_due && !some;
    return some;
}
