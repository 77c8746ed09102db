#include "plan/explain_packets.h"
#include "plan/value.h"

#include <stdio.h>

static const char *const senders[] = {"the user", "the server", "the outside host"};

static void seen_as(struct buf *out, const char *who, const struct ip_addr *a)
{
    char text[IP_ADDR_TEXT];

    if (a->family)
        buf_addf(out, ", %s known as %s", who, ip_addr_format(a, text));
}

void explain_past_tunnel(struct buf *out, const struct plan *p, const struct plan_stream *s)
{
    char text[IP_ADDR_TEXT];

    if (s->to == FAR_OUTSIDE)
        buf_addf(out, ", with the host %s outside of the tunnel",
                 ip_addr_format(&p->lab.outside_host, text));
    if (s->opener != OPENER_CAPTURED)
        buf_addf(out, ", opened by %s",
                 s->opener == OPENER_BO ? "the user"
                 : s->to == FAR_OUTSIDE ? "that host"
                                        : "the server");
    seen_as(out, "the user", &s->bo_seen_as);
    seen_as(out, "the server", &s->ho_seen_as);
}

void explain_send(struct buf *out, const struct plan *p, const struct plan_event *e)
{
    char text[IP_ADDR_TEXT];

    buf_addf(out, " sends from %s %s", senders[e->sender], plan_send_what(e->send));
    if (e->about >= 0)
        buf_addf(out, ", of %s", p->streams[e->about].id);
    if (e->to.family)
        buf_addf(out, ", to %s", ip_addr_format(&e->to, text));
    if (e->to_port)
        buf_addf(out, ", port %u", e->to_port);
    buf_addc(out, '\n');
}

void explain_packet(struct buf *out, const struct plan *p, const struct plan_expect *x)
{
    buf_addf(out, "%s out of the device on %s", plan_packet_words(x->packet),
             plan_leg_name(x->leg));
    if (x->stream >= 0)
        buf_addf(out, " of %s", p->streams[x->stream].id);
    if (x->sent >= 0)
        buf_addf(out, " as %s sent it", p->events[x->sent].id);
    if (x->mss)
        buf_addf(out, " with an MSS of %u at most", x->mss);
    if (x->isn)
        buf_addf(out, " with %s sequence number",
                 x->isn == ISN_KEPT ? "its sender's own" : "another than its sender's");
    explain_count(out, x);
}

const char *plan_ike_messages(const struct plan_expect *x, char out[static PLAN_IKE_CHARS])
{
    static const char *const from[] = {"", " of the device", " of the peer"};
    static const char *const is[] = {"a message", "a request", "an answer"};
    char exchange[32] = "", notify[32] = "";

    if (x->exchange)
        (void)value_word(PLAN_EXCHANGE_WORDS, x->exchange, exchange, sizeof(exchange));
    if (x->notify)
        (void)value_word(PLAN_CLEAR_NOTIFY_WORDS, x->notify, notify, sizeof(notify));
    snprintf(out, PLAN_IKE_CHARS, "%s of IKE%s%s%s%s%s", is[x->ike_is], from[x->from],
             *exchange ? ", exchange " : "", exchange, *notify ? ", with " : "", notify);
    return out;
}

void explain_ike(struct buf *out, const struct plan_expect *x)
{
    char text[PLAN_IKE_CHARS];

    buf_adds(out, plan_ike_messages(x, text));
    explain_count(out, x);
}
