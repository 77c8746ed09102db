#include "replay/log_server.h"

#include "wire/ether.h"
#include "wire/ip.h"

#define WINDOW 65535
#define ISN    0x10000000u /* nobody is to guess it: the link is the harness's own */

void log_server_release(struct log_server *s)
{
    line_stream_release(&s->lines);
    s->open = false;
}

static void send(const struct pkt *p, const struct mac *self, struct sink *out, uint8_t flags,
                 uint32_t seq, uint32_t ack)
{
    struct tcp t = {.src = p->tcp.dst,
                    .dst = p->tcp.src,
                    .seq = seq,
                    .ack = ack,
                    .flags = flags,
                    .window = WINDOW};
    struct ip ip = {
        .version = p->ip.version, .proto = IP_TCP, .ttl = 64, .src = p->ip.dst, .dst = p->ip.src};
    size_t n = ETHER_HDR_LEN + IP4_HDR_LEN + TCP_HDR_LEN;
    uint8_t *b = ip.version == 4 ? sink_reserve(out, n) : NULL;

    if (!b)
        return;
    struct wr w = wr_of(b, n);
    ether_put(&w, &p->eth.src, self, ETHER_IPV4);
    ip_put(&w, &ip, TCP_HDR_LEN);
    tcp_put(&w, &t, &ip.src, &ip.dst);
    if (!w.err)
        sink_commit(out, w.at);
}

static bool is_known(const struct log_server *s, const struct pkt *p)
{
    return s->open && s->peer.port == p->tcp.src && ip_addr_eq(&s->peer.addr, &p->ip.src);
}

static void begin(struct log_server *s, const struct pkt *p)
{
    if (!is_known(s, p))
        line_stream_release(&s->lines);
    s->peer = (struct endpoint){p->ip.src, p->tcp.src};
    s->own_next = ISN + 1;
    s->open = true;
}

void log_server_input(struct log_server *s, const struct pkt *p, const struct mac *self,
                      struct sink *out, void (*take)(void *ctx, struct bytes line), void *ctx)
{
    struct tcp_seg seg = tcp_seg_of(p, 0);
    bool syn = tcp_has(&p->tcp, TCP_SYN), fin = tcp_has(&p->tcp, TCP_FIN);

    if (tcp_has(&p->tcp, TCP_RST)) {
        s->open = s->open && !is_known(s, p);
        return;
    }
    if (syn)
        begin(s, p);
    if (!is_known(s, p)) {
        send(p, self, out, TCP_RST, p->tcp.ack, 0);
        return;
    }
    line_stream_add(&s->lines, &seg, take, ctx);
    if (syn) {
        send(p, self, out, TCP_SYN | TCP_ACK, ISN, s->lines.next);
    } else if (fin && s->lines.next == p->tcp.seq + (uint32_t)p->data_len) {
        send(p, self, out, TCP_ACK | TCP_FIN, s->own_next, s->lines.next + 1);
        s->open = false;
    } else if (p->data_len) {
        send(p, self, out, TCP_ACK, s->own_next, s->lines.next);
    }
}
