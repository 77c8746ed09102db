/* The application above a connection: plays its turns of the tape.
 *
 * A turn of its own is written once everything the other side said in earlier turns has been read
 * and the turn's pause has passed, counted from when the turn before it was complete: read, or put
 * on the wire. A pause of zero joins a turn to the one before it. A connection whose tape ends
 * without a FIN of this side is closed at the end. */
#include "host/tcp_conn.h"

#define RESET_PATIENCE SPAN_S(10)

static const struct conversation *conv(const struct tcp_conn *c)
{
    return c->flow.tape->conv;
}

struct span tcp_app_patience(const struct tcp_conn *c)
{
    struct span d = c->flow.host->cfg.keepalive;

    if (tcp_app_expects_reset(c) && (d.ns <= 0 || d.ns > RESET_PATIENCE.ns))
        return RESET_PATIENCE;
    return d;
}

/* The turn to play now. */
static void begin_turn(struct tcp_conn *c, size_t at, struct mono since)
{
    struct span d;

    c->app = (struct tcp_app){.at = at, .since = since};
    if (at < conv(c)->nturns)
        c->app.turn = tape_turn(c->flow.tape, at);
    d = tcp_app_patience(c);
    if (d.ns > 0)
        c->timers.idle = mono_min(c->timers.idle, mono_add(tcp_now(c), d));
}

void tcp_app_start(struct tcp_conn *c)
{
    begin_turn(c, 0, tcp_now(c));
}

/* Bytes of the other direction that the application has read. */
static uint64_t bytes_read(const struct tcp_conn *c)
{
    const struct tcp_receive *r = &c->rcv;
    uint64_t fin = r->fin != POS_NONE && r->nxt > r->fin;

    return r->nxt - 1 - fin - r->unread;
}

static bool saw_end(const struct tcp_conn *c)
{
    return c->rcv.fin != POS_NONE && c->rcv.nxt > c->rcv.fin && c->rcv.unread == 0;
}

/* True when the other side's turn is complete. An end of the stream also ends the wait for a reset:
 * the peer chose the other way to say goodbye. */
static bool is_read(const struct tcp_conn *c)
{
    const struct turn *t = &c->app.turn;

    if (t->kind == TURN_DATA)
        return bytes_read(c) >= t->offset + t->len;
    return saw_end(c);
}

static void close_own(struct tcp_conn *c)
{
    if (c->snd.fin != POS_NONE)
        return;
    c->snd.fin = c->snd.end;
    c->state = c->state == TCP_CLOSE_WAIT ? TCP_LAST_ACK : TCP_FIN_WAIT_1;
}

/* Plays the own turn T. False: not yet. */
static bool write_turn(struct tcp_conn *c, const struct turn *t)
{
    switch (t->kind) {
    case TURN_DATA:
        if (c->snd.fin == POS_NONE)
            c->snd.end = 1 + t->offset + t->len;
        return true;
    case TURN_FIN: close_own(c); return true;
    case TURN_RST:
        if (c->snd.una < tcp_snd_limit(c))
            return false; /* what was said before must have arrived, or it would be lost with it */
        tcp_send_reset(c);
        tcp_close(c, HOST_FLOW_DONE, "reset it, as in the conversation");
        return true;
    }
    return true;
}

/* True when the pause before the own turn is over; else the timer is set, if time is what lacks. */
static bool pause_over(struct tcp_conn *c)
{
    struct tcp_app *a = &c->app;
    struct mono now = tcp_now(c);

    if (a->turn.gap.ns <= 0)
        return true;
    if (mono_is_never(a->since)) {
        if (c->snd.nxt < tcp_snd_limit(c))
            return false; /* the turn before is not yet on the wire */
        a->since = now;
    }
    struct mono due = mono_add(a->since, a->turn.gap);
    if (!mono_before(now, due))
        return true;
    c->timers.app = due;
    return false;
}

static void cut_short(struct tcp_conn *c)
{
    log_say(c->flow.host->log, LOG_WARN, LOG_MODULE,
            "flow %u: the other direction was closed after %llu of %llu bytes",
            (unsigned)c->flow.id, (unsigned long long)bytes_read(c),
            (unsigned long long)c->flow.tape->total[flow_other(&c->flow)]);
    tcp_send_reset(c);
    tcp_close(c, HOST_FLOW_RESET, "closed too early by the other side");
}

bool tcp_app_run(struct tcp_conn *c)
{
    struct tcp_app *a = &c->app;
    bool wrote = false;

    if (a->ended || c->state < TCP_ESTABLISHED)
        return false;
    while (c->state != TCP_CLOSED && a->at < conv(c)->nturns) {
        if (a->turn.from != c->flow.side) {
            if (!is_read(c)) {
                if (saw_end(c))
                    cut_short(c);
                return wrote;
            }
            begin_turn(c, a->at + 1, tcp_now(c));
        } else {
            if (!pause_over(c) || !write_turn(c, &a->turn))
                return wrote;
            wrote = true;
            begin_turn(c, a->at + 1, MONO_NEVER);
        }
    }
    if (c->state == TCP_CLOSED)
        return false;
    a->ended = true;
    close_own(c);
    return true;
}

bool tcp_app_expects_reset(const struct tcp_conn *c)
{
    const struct tcp_app *a = &c->app;

    for (size_t i = a->at; i < conv(c)->nturns && c->state >= TCP_ESTABLISHED; i++) {
        struct turn t = i == a->at ? a->turn : tape_turn(c->flow.tape, i);
        if (t.kind == TURN_RST)
            return t.from != c->flow.side;
        if (t.kind == TURN_DATA && !(t.from != c->flow.side && bytes_read(c) >= t.offset + t.len))
            return false;
    }
    return false;
}

void tcp_go(struct tcp_conn *c)
{
    tcp_app_run(c);
    do {
        if (c->state == TCP_CLOSED)
            return;
        tcp_output(c);
    } while (tcp_app_run(c));
    if (c->state != TCP_CLOSED)
        tcp_timers_arm(c);
}
