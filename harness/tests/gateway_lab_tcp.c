/* One TCP connection through both gateways, played segment by segment. */
#include "tests/gateway_lab.h"
#include "tests/testkit.h"

static uint16_t port_of(const struct lab_tcp *c, enum lab_side side)
{
    return side == LAB_BO ? c->user_port : c->server_port;
}

/* The next segment of C that came out at SIDE; others are skipped. */
static bool take_segment(struct gateway_lab *l, const struct lab_tcp *c, enum lab_side side,
                         struct pkt *out)
{
    while (lab_take(l, side, out)) {
        if (out->kind != PKT_TCP || out->tcp.dst != port_of(c, side))
            continue;
        assert_true(tcp_checksum_ok(out->ip.payload, &out->ip.src, &out->ip.dst));
        return true;
    }
    return false;
}

static void send(struct gateway_lab *l, const struct lab_tcp *c, enum lab_side from, uint8_t flags,
                 uint32_t seq, uint32_t ack, struct bytes data)
{
    struct tcp t = {.src = port_of(c, from),
                    .dst = port_of(c, !from),
                    .seq = seq,
                    .ack = ack,
                    .flags = flags,
                    .window = 65535,
                    .data = data};
    static const uint8_t mss[] = {2, 4, 1460 >> 8, 1460 & 0xff};

    if (flags & TCP_SYN)
        t.opts = bytes_of(mss, sizeof(mss));
    lab_send_tcp(l, from, &t);
}

#define NO_DATA ((struct bytes){NULL, 0})

bool lab_connect(struct gateway_lab *l, struct lab_tcp *c, uint16_t user_port, uint16_t server_port)
{
    struct pkt p;

    *c = (struct lab_tcp){.user_port = user_port, .server_port = server_port};
    c->user_next = 1000;
    c->server_next = 500000;
    bool arrived = false;
    for (int i = 0; i < 10 && !arrived; i++) {
        send(l, c, LAB_BO, TCP_SYN, c->user_next, 0, NO_DATA);
        lab_run(l, SPAN_S(1));
        arrived = take_segment(l, c, LAB_HO, &p);
    }
    if (!arrived)
        return false;
    c->server_sees = p.tcp.seq + 1;
    c->user_next++;
    send(l, c, LAB_HO, TCP_SYN | TCP_ACK, c->server_next++, c->server_sees, NO_DATA);
    lab_run(l, SPAN_MS(50));
    if (!take_segment(l, c, LAB_BO, &p) || p.tcp.ack != c->user_next)
        return false;
    c->user_sees = p.tcp.seq + 1;
    send(l, c, LAB_BO, TCP_ACK, c->user_next, c->user_sees, NO_DATA);
    lab_run(l, SPAN_MS(50));
    return take_segment(l, c, LAB_HO, &p) && p.tcp.ack == c->server_next;
}

static uint32_t *next_of(struct lab_tcp *c, enum lab_side side)
{
    return side == LAB_BO ? &c->user_next : &c->server_next;
}

static uint32_t *sees_of(struct lab_tcp *c, enum lab_side side)
{
    return side == LAB_BO ? &c->user_sees : &c->server_sees;
}

/* One segment and its ACK. */
static bool exchange(struct gateway_lab *l, struct lab_tcp *c, enum lab_side from, uint8_t flags,
                     struct bytes data)
{
    enum lab_side to = from == LAB_BO ? LAB_HO : LAB_BO;
    uint32_t len = (uint32_t)data.n + !!(flags & TCP_FIN);
    struct pkt p;

    send(l, c, from, flags, *next_of(c, from), *sees_of(c, from), data);
    lab_run(l, SPAN_MS(20));
    if (!take_segment(l, c, to, &p) || p.tcp.seq != *sees_of(c, to) ||
        p.tcp.ack != *next_of(c, to) || !bytes_eq(p.tcp.data, data))
        return false;
    send(l, c, to, TCP_ACK, *next_of(c, to), *sees_of(c, to) + len, NO_DATA);
    lab_run(l, SPAN_MS(20));
    if (!take_segment(l, c, from, &p) || p.tcp.ack != *next_of(c, from) + len)
        return false;
    *next_of(c, from) += len;
    *sees_of(c, to) += len;
    *(to == LAB_BO ? &c->to_user : &c->to_server) += data.n;
    return true;
}

bool lab_transfer(struct gateway_lab *l, struct lab_tcp *c, enum lab_side from, size_t n)
{
    uint8_t data[1380];

    for (size_t i = 0; i < sizeof(data); i++)
        data[i] = (uint8_t)(*next_of(c, from) + i * 7);
    for (size_t at = 0; at < n; at += sizeof(data)) {
        size_t piece = n - at < sizeof(data) ? n - at : sizeof(data);
        if (!exchange(l, c, from, TCP_ACK | TCP_PSH, bytes_of(data, piece)))
            return false;
    }
    return true;
}

bool lab_close(struct gateway_lab *l, struct lab_tcp *c)
{
    return exchange(l, c, LAB_BO, TCP_FIN | TCP_ACK, NO_DATA) &&
           exchange(l, c, LAB_HO, TCP_FIN | TCP_ACK, NO_DATA);
}
