#include "tests/lone_host.h"

#include "base/mem.h"

static uint8_t *reserve(struct sink *s, size_t cap)
{
    struct lone *l = CONTAINER_OF(s, struct lone, sink);

    return cap <= sizeof(l->buf) ? l->buf : NULL;
}

static void commit(struct sink *s, size_t n)
{
    struct lone *l = CONTAINER_OF(s, struct lone, sink);

    if (l->nout == LONE_FRAMES)
        bug("a lone host sent too many frames");
    struct lone_frame *f = &l->out[l->nout++];
    *f = (struct lone_frame){l->clk.at, n, mem_zalloc(n)};
    memcpy(f->p, l->buf, n);
}

static const struct sink_ops sink_ops = {reserve, commit};

static void introduce(struct lone *l) /* the peer says where it is */
{
    uint8_t b[128];
    struct wr w = wr_of(b, sizeof(b));

    if (l->us.addr.family == 4) {
        struct arp a = {.op = ARP_REPLY,
                        .sender_mac = l->peer_mac,
                        .target_mac = l->cfg.mac,
                        .sender = l->peer.addr,
                        .target = l->us.addr};
        ether_put(&w, &l->cfg.mac, &l->peer_mac, ETHER_ARP);
        arp_put(&w, &a);
        host_input(l->host, wr_bytes(&w));
        return;
    }
    wr_put(&w, bytes_of(l->peer.addr.b, 16));
    wr_be16(&w, 0x0201); /* target link address, eight bytes */
    wr_put(&w, bytes_of(l->peer_mac.b, 6));
    struct icmp m = {
        .type = ICMP6_NEIGHBOR_ADVERTISEMENT, .rest = 0x60000000, .data = wr_bytes(&w)};
    uint8_t body[64];
    struct wr v = wr_of(body, sizeof(body));
    icmp_put(&v, &m, &l->peer.addr, &l->us.addr);
    struct ip ip = {
        .version = 6, .proto = IP_ICMPV6, .ttl = 255, .src = l->peer.addr, .dst = l->us.addr};
    lone_input_ip(l, &ip, wr_bytes(&v));
}

void lone_init(struct lone *l, const struct host_config *cfg, uint8_t family, uint64_t seed)
{
    memset(l, 0, sizeof(*l));
    clock_virtual_init(&l->clk);
    rng_seeded_init(&l->rng, seed, "lone");
    if (cfg)
        l->cfg = *cfg;
    if (family == 6) {
        l->us.addr = (struct ip_addr){6, {0x20, 1, 0x0d, 0xb8, [15] = 1}};
        l->peer.addr = (struct ip_addr){6, {0x20, 1, 0x0d, 0xb8, [15] = 2}};
    } else {
        l->us.addr = ip4(0x0a000001);
        l->peer.addr = ip4(0x0a000002);
    }
    l->us.port = 1000;
    l->peer.port = 2000;
    l->peer_mac = (struct mac){{2, 0, 0, 0, 0, 2}};
    l->cfg.addr = l->cfg.on_link = l->us.addr;
    l->cfg.next_hop = l->peer.addr;
    l->cfg.mac = (struct mac){{2, 0, 0, 0, 0, 1}};
    l->sink.ops = &sink_ops;
    l->host = host_new(&l->cfg, &l->clk.clock, &l->rng.rng, &l->log);
    host_attach(l->host, &l->sink);
    introduce(l);
}

void lone_release(struct lone *l)
{
    for (size_t i = 0; i < l->nout; i++)
        mem_free(l->out[i].p);
    host_free(l->host);
}

void lone_add(struct lone *l, const struct tape *tape, enum conv_side side)
{
    struct host_flow f = {
        .tape = tape, .side = side, .local = l->us, .remote = l->peer, .start = l->clk.at};

    if (host_add_flow(l->host, &f, &l->id))
        bug("a flow was refused");
    lone_wait(l, SPAN_MS(2));
}

void lone_wait(struct lone *l, struct span d)
{
    struct mono until = mono_add(l->clk.at, d);

    for (;;) {
        struct mono at = host_deadline(l->host);
        if (mono_before(until, at))
            break;
        clock_sleep_until(&l->clk.clock, at);
        host_tick(l->host);
    }
    clock_sleep_until(&l->clk.clock, until);
}

bool lone_frame(struct lone *l, struct pkt *out, struct mono *at)
{
    if (l->taken == l->nout)
        return false;
    const struct lone_frame *f = &l->out[l->taken++];
    pkt_parse(bytes_of(f->p, f->n), out);
    if (at)
        *at = f->at;
    return true;
}

bool lone_segment(struct lone *l, struct tcp *out, struct mono *at)
{
    struct pkt p;

    while (lone_frame(l, &p, at)) {
        if (p.kind != PKT_TCP)
            continue;
        *out = p.tcp;
        if (tcp_has(out, TCP_SYN))
            l->irs = out->seq;
        out->seq -= l->irs;
        if (tcp_has(out, TCP_ACK))
            out->ack -= LONE_ISS;
        tcp_opts_parse(out->opts, &l->opts);
        for (int i = 0; i < l->opts.sacks; i++) {
            l->opts.sack[i].from -= LONE_ISS;
            l->opts.sack[i].to -= LONE_ISS;
        }
        return true;
    }
    return false;
}

size_t lone_flush(struct lone *l)
{
    size_t n = 0;
    struct tcp t;

    for (; lone_segment(l, &t, NULL); n++)
        ;
    return n;
}

void lone_input_ip(struct lone *l, const struct ip *ip, struct bytes payload)
{
    static uint8_t b[65536 + 64];
    struct wr w = wr_of(b, sizeof(b));

    ether_put(&w, &l->cfg.mac, &l->peer_mac, ip->version == 6 ? ETHER_IPV6 : ETHER_IPV4);
    ip_put(&w, ip, payload.n);
    wr_put(&w, payload);
    host_input(l->host, wr_bytes(&w));
}

void lone_send_opts(struct lone *l, struct tcp t, const struct tcp_opts *o)
{
    uint8_t opts[TCP_OPTS_MAX], seg[65536];
    struct wr ow = wr_of(opts, sizeof(opts)), w = wr_of(seg, sizeof(seg));
    struct ip ip = {.version = l->us.addr.family,
                    .proto = IP_TCP,
                    .ttl = 64,
                    .src = l->peer.addr,
                    .dst = l->us.addr};
    struct tcp_opts shifted = o ? *o : (struct tcp_opts){0};

    for (int i = 0; i < shifted.sacks; i++) {
        shifted.sack[i].from += l->irs;
        shifted.sack[i].to += l->irs;
    }
    tcp_opts_put(&ow, &shifted);
    t.opts = wr_bytes(&ow);
    t.src = l->peer.port;
    t.dst = l->us.port;
    t.seq += LONE_ISS;
    if (tcp_has(&t, TCP_ACK))
        t.ack += l->irs;
    tcp_put(&w, &t, &ip.src, &ip.dst);
    lone_input_ip(l, &ip, wr_bytes(&w));
}

void lone_send(struct lone *l, struct tcp t)
{
    lone_send_opts(l, t, NULL);
}

void lone_open(struct lone *l, enum conv_side side, const struct tcp_opts *o, uint16_t window)
{
    static const struct tcp_opts plain = {.mss = 1460};
    struct tcp t;

    if (side == CONV_A) {
        if (!lone_segment(l, &t, NULL) || !tcp_has(&t, TCP_SYN))
            bug("no SYN was sent");
        lone_send_opts(l, (struct tcp){.flags = TCP_SYN | TCP_ACK, .ack = 1, .window = window},
                       o ? o : &plain);
        return;
    }
    lone_send_opts(l, (struct tcp){.flags = TCP_SYN, .window = window}, o ? o : &plain);
    if (!lone_segment(l, &t, NULL) || t.flags != (TCP_SYN | TCP_ACK))
        bug("the SYN was not answered");
    struct tcp_opts ack = {
        .has_ts = l->opts.has_ts, .tsval = o ? o->tsval : 0, .tsecr = l->opts.tsval};
    lone_send_opts(l, (struct tcp){.flags = TCP_ACK, .seq = 1, .ack = 1, .window = window}, &ack);
}

struct host_flow_status lone_status(const struct lone *l)
{
    struct host_flow_status s;

    host_flow_status(l->host, l->id, &s);
    return s;
}
