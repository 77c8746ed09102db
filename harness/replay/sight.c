#include "replay/sight.h"

static uint32_t end_of(const struct pkt *p)
{
    return p->tcp.seq + (uint32_t)p->data_len + tcp_has(&p->tcp, TCP_SYN) +
           tcp_has(&p->tcp, TCP_FIN);
}

static void take_segment(struct sight *s, const struct pkt *p)
{
    uint32_t end = end_of(p);
    struct tcp_opts o = {0};

    if (!s->sent || tcp_has(&p->tcp, TCP_SYN) || seq_lt(s->next, end))
        s->next = end;
    if (tcp_has(&p->tcp, TCP_ACK))
        s->ack = p->tcp.ack;
    s->window = p->tcp.window;
    tcp_opts_parse(p->tcp.opts, &o);
    s->ts = o.tsval;
    s->ts_echo = o.tsecr;
}

void sight_take(struct sight *s, const struct pkt *p, struct bytes packet, bool sent)
{
    struct endpoint src = {p->ip.src, 0}, dst = {p->ip.dst, 0};

    if (p->kind == PKT_TCP) {
        src.port = p->tcp.src;
        dst.port = p->tcp.dst;
    } else if (p->kind == PKT_UDP) {
        src.port = p->udp.src;
        dst.port = p->udp.dst;
    }
    s->local = sent ? src : dst;
    s->remote = sent ? dst : src;
    if (!sent) {
        struct bytes head = bytes_head(packet, SIGHT_QUOTE);
        memcpy(s->last, head.p, head.n);
        s->last_len = head.n;
        s->came = true;
        return;
    }
    if (p->kind == PKT_TCP)
        take_segment(s, p);
    s->sent = true;
}
