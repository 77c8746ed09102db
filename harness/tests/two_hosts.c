#include "tests/two_hosts.h"

#include "base/mem.h"
#include "wire/checksum.h"

#include <stdlib.h>

static bool earlier(const struct two_frame *a, const struct two_frame *b)
{
    return a->at.ns != b->at.ns ? a->at.ns < b->at.ns : a->order < b->order;
}

static void push(struct two_hosts *net, struct two_frame f)
{
    if (net->nheap == net->cap) {
        net->cap = net->cap ? net->cap * 2 : 64;
        net->heap = mem_resize(net->heap, net->cap, sizeof(f));
    }
    size_t i = net->nheap++;
    for (; i > 0 && earlier(&f, &net->heap[(i - 1) / 2]); i = (i - 1) / 2)
        net->heap[i] = net->heap[(i - 1) / 2];
    net->heap[i] = f;
}

static struct two_frame pop(struct two_hosts *net)
{
    struct two_frame top = net->heap[0], last = net->heap[--net->nheap];
    size_t i = 0;

    for (size_t k = 1; k < net->nheap; i = k, k = 2 * k + 1) {
        if (k + 1 < net->nheap && earlier(&net->heap[k + 1], &net->heap[k]))
            k++;
        if (!earlier(&net->heap[k], &last))
            break;
        net->heap[i] = net->heap[k];
    }
    if (net->nheap > 0)
        net->heap[i] = last;
    return top;
}

static void launch(struct two_hosts *net, int to, const uint8_t *p, size_t n, struct span delay)
{
    struct two_frame f = {.at = mono_add(net->clk.at, delay), .order = net->order++, .to = to};

    f.n = n;
    f.p = mem_zalloc(n);
    memcpy(f.p, p, n);
    push(net, f);
}

void two_hosts_inject(struct two_hosts *net, int to, const uint8_t *frame, size_t n)
{
    launch(net, to, frame, n, net->delay);
}

static void record(struct two_hosts *net, const uint8_t *p, size_t n)
{
    int64_t ns = net->clk.at.ns;
    uint32_t h[4] = {(uint32_t)(ns / 1000000000), (uint32_t)(ns % 1000000000), (uint32_t)n,
                     (uint32_t)n};

    fwrite(h, sizeof(h), 1, net->pcap);
    fwrite(p, n, 1, net->pcap);
}

void two_hosts_pcap(struct two_hosts *net, const char *path)
{
    /* nanosecond pcap, Ethernet */
    static const uint32_t head[6] = {0xa1b23c4d, 4 << 16 | 2, 0, 0, 262144, 1};

    net->pcap = fopen(path, "wb");
    if (!net->pcap)
        bug("cannot write a pcap file");
    fwrite(head, sizeof(head), 1, net->pcap);
}

static uint8_t *reserve(struct sink *s, size_t cap)
{
    struct two_end *e = CONTAINER_OF(s, struct two_end, sink);

    return cap <= sizeof(e->buf) ? e->buf : NULL;
}

static bool chance(struct two_hosts *net, double p)
{
    return p > 0 && rng_unit(&net->fate.rng) < p;
}

static bool is_ip(const uint8_t *frame)
{
    return frame[12] != 0x08 || frame[13] != 0x06;
}

static void commit(struct sink *s, size_t n)
{
    struct two_end *e = CONTAINER_OF(s, struct two_end, sink);
    struct two_hosts *net = e->net;
    struct span delay = net->delay;
    struct mono now = net->clk.at;

    net->sent[e->from]++;
    if (net->hook)
        n = net->hook(net, e->from, e->buf, n);
    if (net->pcap && n > 0)
        record(net, e->buf, n);
    if (n == 0 || (!mono_before(now, net->down_from) && mono_before(now, net->down_to)) ||
        chance(net, net->loss))
        return;
    if (is_ip(e->buf) && chance(net, net->damage))
        e->buf[n - 1 - rng_below(&net->fate.rng, n - 14)] ^= 0x10;
    if (chance(net, net->reorder))
        delay = SPAN_US(delay.ns / 1000 + 500 + (int64_t)rng_below(&net->fate.rng, 5000));
    launch(net, !e->from, e->buf, n, delay);
    if (chance(net, net->duplicate))
        launch(net, !e->from, e->buf, n, delay);
}

static const struct sink_ops sink_ops = {reserve, commit};

static void address(struct two_hosts *net, int i, uint8_t family, struct host_config *c)
{
    if (family == 6)
        c->addr = (struct ip_addr){6, {0x20, 1, 0x0d, 0xb8, 0, 0, 0, (uint8_t)i, [15] = 0x10}};
    else
        c->addr = ip4(0x0a010000u + (uint32_t)i + 10);
    c->on_link = c->addr;
    c->mac = (struct mac){{2, 0, 0, 0, 0, (uint8_t)(i + 1)}};
    net->ep[i].addr = c->addr;
}

void two_hosts_init(struct two_hosts *net, uint64_t seed, uint8_t family,
                    const struct host_config cfg[2])
{
    struct host_config c[2] = {0};

    memset(net, 0, sizeof(*net));
    clock_virtual_init(&net->clk);
    rng_seeded_init(&net->rng, seed, "hosts");
    rng_seeded_init(&net->fate, seed, "link");
    net->delay = SPAN_MS(5);
    net->down_from = MONO_NEVER;
    if (cfg)
        memcpy(c, cfg, sizeof(c));
    for (int i = 0; i < 2; i++)
        address(net, i, family, &c[i]);
    for (int i = 0; i < 2; i++) {
        c[i].next_hop = c[!i].addr;
        net->host[i] = host_new(&c[i], &net->clk.clock, &net->rng.rng, &net->log);
        net->end[i] = (struct two_end){.sink.ops = &sink_ops, .net = net, .from = i};
        host_attach(net->host[i], &net->end[i].sink);
    }
}

void two_hosts_release(struct two_hosts *net)
{
    while (net->nheap > 0)
        mem_free(pop(net).p);
    mem_free(net->heap);
    for (int i = 0; i < 2; i++)
        host_free(net->host[i]);
    if (net->pcap)
        fclose(net->pcap);
}

uint32_t two_hosts_add(struct two_hosts *net, const struct tape *tape, uint16_t port)
{
    uint32_t id[2] = {0, 0};

    for (int i = 0; i < 2; i++) {
        struct endpoint a = {net->ep[0].addr, port}, b = {net->ep[1].addr, 80};
        struct host_flow f = {.tape = tape, .side = i ? CONV_B : CONV_A};
        f.local = i ? b : a;
        f.remote = i ? a : b;
        if (host_add_flow(net->host[i], &f, &id[i]))
            bug("a flow was refused");
    }
    if (id[0] != id[1])
        bug("flow ids differ");
    return id[0];
}

static struct mono next_event(const struct two_hosts *net)
{
    struct mono t = mono_min(host_deadline(net->host[0]), host_deadline(net->host[1]));

    return net->nheap > 0 ? mono_min(t, net->heap[0].at) : t;
}

static bool is_over(const struct two_hosts *net)
{
    return net->nheap == 0 && host_is_done(net->host[0]) && host_is_done(net->host[1]);
}

void two_hosts_run(struct two_hosts *net, struct mono until)
{
    while (!is_over(net)) {
        struct mono at = next_event(net);
        if (mono_is_never(at) || mono_before(until, at))
            break;
        clock_sleep_until(&net->clk.clock, at);
        while (net->nheap > 0 && !mono_before(net->clk.at, net->heap[0].at)) {
            struct two_frame f = pop(net);
            host_input(net->host[f.to], bytes_of(f.p, f.n));
            mem_free(f.p);
        }
        host_tick(net->host[0]);
        host_tick(net->host[1]);
    }
    if (!is_over(net))
        clock_sleep_until(&net->clk.clock, until);
}

struct host_flow_status two_hosts_status(const struct two_hosts *net, int side, uint32_t id)
{
    struct host_flow_status s;

    host_flow_status(net->host[side], id, &s);
    return s;
}

void conv_make(struct conversation *c, enum conv_proto proto, const struct two_row *rows, size_t n)
{
    struct rng_seeded r;
    struct turn *turns = mem_array(n + 1, sizeof(*turns));
    uint64_t total[2] = {0, 0};

    *c = (struct conversation){.proto = proto, .turns = turns};
    for (size_t i = 0; i < n && (rows[i].kind != TURN_DATA || rows[i].len > 0); i++) {
        turns[i] = (struct turn){rows[i].kind, rows[i].from, SPAN_MS(rows[i].gap_ms),
                                 total[rows[i].from], rows[i].len};
        total[rows[i].from] += rows[i].len;
        c->nturns++;
    }
    rng_seeded_init(&r, 7, "conversation");
    for (int side = 0; side < 2; side++) {
        uint8_t *p = mem_zalloc(total[side]);
        rng_fill(&r.rng, p, total[side]);
        c->data[side] = bytes_of(p, total[side]);
    }
}

void conv_release(struct conversation *c)
{
    mem_free((void *)(uintptr_t)c->turns);
    mem_free((void *)(uintptr_t)c->data[0].p);
    mem_free((void *)(uintptr_t)c->data[1].p);
}

void frame_fix(uint8_t *frame, size_t n)
{
    struct pkt p;
    size_t l4;

    pkt_parse(bytes_of(frame, n), &p);
    if (p.kind != PKT_TCP && p.kind != PKT_UDP)
        return;
    l4 = ETHER_HDR_LEN + p.ip.hdr_len;
    struct wr w = wr_of(frame, n);
    w.at = n;
    if (p.ip.version == 4) {
        wr_fill16(&w, ETHER_HDR_LEN + 10, 0);
        wr_fill16(&w, ETHER_HDR_LEN + 10,
                  checksum_finish(checksum_add(0, bytes_of(frame + ETHER_HDR_LEN, p.ip.hdr_len))));
    }
    size_t at = l4 + (p.kind == PKT_TCP ? 16 : 6);
    wr_fill16(&w, at, 0);
    uint64_t sum = checksum_pseudo(&p.ip.src, &p.ip.dst, p.ip.proto, p.ip.payload.n);
    wr_fill16(&w, at, checksum_finish(checksum_add(sum, p.ip.payload)));
}
