/* A host with four flows (TCP opener and listener, UDP, ICMP) that is fed whatever the input says:
 * raw frames, segments that nearly fit (their numbers are relative to what the host sent last,
 * their checksums right), datagrams, errors, time. Whatever comes, what the host sends must be
 * whole. */
#include "base/mem.h"
#include "host/host.h"
#include "wire/checksum.h"
#include "wire/pkt.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { FRAMES_MAX = 200000, STEPS_MAX = 2000, DATA = 6000 };

struct world {
    struct clock_virtual clk;
    struct rng_seeded rng;
    struct sink sink;
    struct host *host;
    struct tape tape[3];     /* TCP, UDP, ICMP */
    uint32_t seq[2], ack[2]; /* what each TCP flow expects and has had acknowledged, as last sent */
    uint32_t ids[4];
    size_t frames;
    uint8_t buf[65536 + 64];
};

static const struct ip_addr us = {4, {10, 0, 0, 1}}, peer = {4, {10, 0, 0, 2}};
static const struct mac our_mac = {{2, 0, 0, 0, 0, 1}}, peer_mac = {{2, 0, 0, 0, 0, 2}};
static uint8_t bytes[2][DATA];

static const struct turn turns[] = {
    {TURN_DATA, CONV_A, {0}, 0, 3000},          {TURN_DATA, CONV_B, {5000000}, 0, 2500},
    {TURN_DATA, CONV_A, {1000000000}, 3000, 1}, {TURN_FIN, CONV_A, {0}, 0, 0},
    {TURN_DATA, CONV_B, {0}, 2500, 3500},       {TURN_RST, CONV_B, {2000000}, 0, 0},
};
static const struct conversation convs[] = {
    {.proto = CONV_TCP, .data = {{bytes[0], 3001}, {bytes[1], DATA}}, .turns = turns, .nturns = 6},
    {.proto = CONV_UDP, .data = {{bytes[0], 3001}, {bytes[1], DATA}}, .turns = turns, .nturns = 6},
    {.proto = CONV_ICMP, .data = {{bytes[0], 3001}, {bytes[1], DATA}}, .turns = turns, .nturns = 6},
};

/* TCP flow 0 is opened from port 1000 to 2000, flow 1 listens on 80 for 3000. */
static const uint16_t ports[2][2] = {{1000, 2000}, {80, 3000}};

static uint8_t *reserve(struct sink *s, size_t cap)
{
    struct world *w = CONTAINER_OF(s, struct world, sink);

    return cap <= sizeof(w->buf) ? w->buf : NULL;
}

static void check_tcp(struct world *w, const struct pkt *p)
{
    if (!tcp_checksum_ok(p->ip.payload, &p->ip.src, &p->ip.dst))
        bug("a segment with a bad checksum was sent");
    for (int i = 0; i < 2; i++)
        if (p->tcp.src == ports[i][0] && p->tcp.dst == ports[i][1]) {
            w->ack[i] = p->tcp.seq + (uint32_t)p->tcp.data.n;
            w->seq[i] = p->tcp.ack;
        }
}

static void commit(struct sink *s, size_t n)
{
    struct world *w = CONTAINER_OF(s, struct world, sink);
    struct pkt p;

    pkt_parse(bytes_of(w->buf, n), &p);
    if (p.kind == PKT_OTHER || (p.kind != PKT_ARP && ip_is_cut(&p.ip)))
        bug("a broken frame was sent");
    if (p.kind == PKT_TCP)
        check_tcp(w, &p);
    if (++w->frames > FRAMES_MAX)
        bug("a flood of frames was sent");
}

static const struct sink_ops sink_ops = {reserve, commit};

static void add(struct world *w, int i, int tape, enum conv_side side, uint16_t local,
                uint16_t remote)
{
    struct host_flow f = {.tape = &w->tape[tape], .side = side};

    f.local = (struct endpoint){us, local};
    f.remote = (struct endpoint){peer, remote};
    if (host_add_flow(w->host, &f, &w->ids[i]))
        bug("a flow was refused");
}

static void begin(struct world *w)
{
    struct host_config cfg = {.addr = us,
                              .on_link = us,
                              .next_hop = peer,
                              .mac = our_mac,
                              .recv_window = 4000,
                              .keepalive = SPAN_S(100)};

    clock_virtual_init(&w->clk);
    rng_seeded_init(&w->rng, 1, "fuzz");
    w->sink.ops = &sink_ops;
    w->host = host_new(&cfg, &w->clk.clock, &w->rng.rng, NULL);
    host_attach(w->host, &w->sink);
    for (int i = 0; i < 3; i++)
        tape_init(&w->tape[i], &convs[i], NULL);
    add(w, 0, 0, CONV_A, 1000, 2000);
    add(w, 1, 0, CONV_B, 80, 3000);
    add(w, 2, 1, CONV_B, 53, 4000);
    add(w, 3, 2, CONV_A, 7, 7);
}

static void give(struct world *w, uint8_t proto, struct bytes payload)
{
    static uint8_t frame[2048];
    struct wr o = wr_of(frame, sizeof(frame));
    struct ip ip = {.version = 4, .proto = proto, .ttl = 64, .src = peer, .dst = us};

    ether_put(&o, &our_mac, &peer_mac, ETHER_IPV4);
    ip_put(&o, &ip, payload.n);
    wr_put(&o, payload);
    if (!o.err)
        host_input(w->host, wr_bytes(&o));
}

static void give_arp(struct world *w)
{
    uint8_t frame[64];
    struct wr o = wr_of(frame, sizeof(frame));
    struct arp a = {.op = ARP_REPLY,
                    .sender_mac = peer_mac,
                    .target_mac = our_mac,
                    .sender = peer,
                    .target = us};

    ether_put(&o, &our_mac, &peer_mac, ETHER_ARP);
    arp_put(&o, &a);
    host_input(w->host, wr_bytes(&o));
}

/* A segment for one of the flows; its data is the tape's at the place its number says, or not. */
static void give_segment(struct world *w, struct rd *r)
{
    uint8_t how = rd_u8(r), seg[2000], content[1400];
    int flow = how & 1;
    struct tcp t = {.src = ports[flow][1], .dst = ports[flow][0], .flags = rd_u8(r)};
    struct wr o = wr_of(seg, sizeof(seg));

    t.seq = w->seq[flow] + rd_be16(r) - 0x4000u; /* somewhere about what is expected */
    t.ack = w->ack[flow] + rd_be16(r) - 0x4000u;
    t.window = rd_be16(r);
    size_t n = rd_be16(r) % (sizeof(content) + 1);
    t.opts = rd_take(r, (how >> 4) * 4u % 44);
    memset(content, how, sizeof(content));
    struct host_flow_status s;
    host_flow_status(w->host, w->ids[flow], &s);
    if (how & 2 && s.delivered + n <= w->tape[0].total[!flow])
        tape_read(&w->tape[0], flow ? CONV_A : CONV_B, s.delivered, content, n);
    t.data = bytes_of(content, n);
    tcp_put(&o, &t, &peer, &us);
    if (!o.err)
        give(w, IP_TCP, wr_bytes(&o));
}

static void give_udp(struct world *w, struct rd *r)
{
    uint8_t dgram[1500];
    struct wr o = wr_of(dgram, sizeof(dgram));
    struct udp u = {.src = (uint16_t)(4000 + rd_u8(r) % 2), .dst = 53};
    uint64_t at = rd_be16(r) % 2000;

    u.data = bytes_of(bytes[0] + at, rd_be16(r) % 1000);
    udp_put(&o, &u, &peer, &us);
    give(w, IP_UDP, wr_bytes(&o));
}

static void give_icmp(struct world *w, struct rd *r)
{
    uint8_t msg[1500];
    struct wr o = wr_of(msg, sizeof(msg));
    struct icmp m = {.type = rd_u8(r), .code = rd_u8(r), .rest = rd_be32(r)};

    m.data = rd_take(r, rd_u8(r));
    icmp_put(&o, &m, &peer, &us);
    if (!o.err)
        give(w, IP_ICMP, wr_bytes(&o));
}

static void wait(struct world *w, struct span d)
{
    struct mono until = mono_add(w->clk.at, d);

    while (!mono_before(until, host_deadline(w->host))) {
        clock_sleep_until(&w->clk.clock, host_deadline(w->host));
        host_tick(w->host);
    }
    clock_sleep_until(&w->clk.clock, until);
}

static void step(struct world *w, struct rd *r)
{
    switch (rd_u8(r) % 8) {
    case 0: wait(w, SPAN_MS(rd_u8(r))); break;
    case 1: wait(w, SPAN_MS(rd_be16(r) * 10)); break;
    case 2: host_input(w->host, rd_take(r, rd_be16(r) % 1600)); break;
    case 3: give_udp(w, r); break;
    case 4: give_icmp(w, r); break;
    case 5: give_arp(w); break;
    default: give_segment(w, r); break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct world *w = mem_zalloc(sizeof(*w));
    struct rd r = rd_of(bytes_of(data, size));
    struct rng_seeded content;

    rng_seeded_init(&content, 2, "content");
    rng_fill(&content.rng, bytes, sizeof(bytes));
    begin(w);
    if (size > 0 && data[0] & 0x80)
        give_arp(w); /* most inputs should not have to find that out */
    wait(w, SPAN_MS(5));
    for (int i = 0; i < STEPS_MAX && rd_left(&r) > 0; i++)
        step(w, &r);
    wait(w, SPAN_S(2000));
    for (int i = 0; i < 4; i++) {
        struct host_flow_status s;
        host_flow_status(w->host, w->ids[i], &s);
        if (s.acked > s.sent)
            bug("more was acknowledged than sent");
    }
    host_free(w->host);
    mem_free(w);
    return 0;
}
