/* What moving 1 GiB from one host to another costs, both stacks together, without a link in
 * between; beside it the floor: the work on the payload that cannot be left out (copied from the
 * tape, summed by the sender, summed by the receiver, compared with the tape), on the same bytes
 * through the same memory. Rounds take turns, so that a noisy machine slows both; the best round of
 * each counts. */
#include "base/mem.h"
#include "host/host.h"
#include "wire/checksum.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { SLOTS = 512, SLOT = 2048, SEGMENT = 1380, ROUNDS = 5, TAPE = 1 << 20 };

#define BYTES (1ull << 30)

struct ring { /* frames from one host to the other */
    struct sink sink;
    size_t head, tail; /* taken, put */
    uint64_t lost;
    size_t len[SLOTS];
    uint8_t slot[SLOTS][SLOT];
};

static double now(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static void die(const char *what)
{
    fprintf(stderr, "host_bench: %s\n", what);
    exit(1);
}

static uint8_t *ring_reserve(struct sink *s, size_t cap)
{
    struct ring *r = CONTAINER_OF(s, struct ring, sink);

    if (r->tail - r->head == SLOTS || cap > SLOT) {
        r->lost++;
        return NULL;
    }
    return r->slot[r->tail % SLOTS];
}

static void ring_commit(struct sink *s, size_t n)
{
    struct ring *r = CONTAINER_OF(s, struct ring, sink);

    r->len[r->tail++ % SLOTS] = n;
}

static const struct sink_ops ring_ops = {ring_reserve, ring_commit};

static bool drain(struct ring *r, struct host *to)
{
    bool any = r->head != r->tail;

    for (; r->head != r->tail; r->head++)
        host_input(to, bytes_of(r->slot[r->head % SLOTS], r->len[r->head % SLOTS]));
    return any;
}

static struct host *make_host(int i, struct clock_virtual *clk, struct rng_seeded *rng,
                              struct ring *out, const struct tape *tape)
{
    struct host_config cfg = {.mss = SEGMENT + 12, /* timestamps take twelve */
                              .addr = ip4(0x0a000001u + (uint32_t)i),
                              .next_hop = ip4(0x0a000002u - (uint32_t)i),
                              .mac = {{2, 0, 0, 0, 0, (uint8_t)i}}};
    struct host_flow f = {.tape = tape, .side = i ? CONV_B : CONV_A};
    uint32_t id;

    struct host *h = host_new(&cfg, &clk->clock, &rng->rng, NULL);
    host_attach(h, &out->sink);
    f.local = (struct endpoint){cfg.addr, i ? 80 : 4000};
    f.remote = (struct endpoint){cfg.next_hop, i ? 4000 : 80};
    if (host_add_flow(h, &f, &id))
        die("a flow was refused");
    return h;
}

static double round_hosts(struct ring out[2], const struct tape *tape)
{
    struct host_flow_status a, b;
    struct clock_virtual clk;
    struct rng_seeded rng;
    struct host *h[2];

    clock_virtual_init(&clk);
    rng_seeded_init(&rng, 1, "bench");
    for (int i = 0; i < 2; i++)
        h[i] = make_host(i, &clk, &rng, &out[i], tape);
    double start = now();
    while (!host_is_done(h[0]) || !host_is_done(h[1])) {
        bool any = drain(&out[1], h[0]);
        any = drain(&out[0], h[1]) || any;
        if (!any) {
            clock_sleep_until(&clk.clock, mono_min(host_deadline(h[0]), host_deadline(h[1])));
            host_tick(h[0]);
            host_tick(h[1]);
        }
    }
    double took = now() - start;
    host_flow_status(h[0], 0, &a);
    host_flow_status(h[1], 0, &b);
    if (a.delivered != BYTES || a.altered || b.retransmitted_segments || out[0].lost + out[1].lost)
        die("the transfer was not clean");
    host_free(h[0]);
    host_free(h[1]);
    return took;
}

static double round_floor(struct ring *through, const struct tape *tape)
{
    uint64_t sum = 0, same = 0;
    double start = now();

    for (uint64_t at = 0; at < BYTES; at += SEGMENT) {
        size_t n = BYTES - at < SEGMENT ? (size_t)(BYTES - at) : SEGMENT;
        struct bytes seg = bytes_of(through->slot[at / SEGMENT % SLOTS], n);
        tape_read(tape, CONV_B, at, through->slot[at / SEGMENT % SLOTS], n);
        sum += checksum_add(0, seg);
        sum -= checksum_add(0, seg);
        same += tape_match(tape, CONV_B, at, seg);
    }
    if (sum != 0 || same != BYTES)
        die("the floor is not level");
    return now() - start;
}

static void print_row(const char *what, double took)
{
    double segments = (double)BYTES / SEGMENT;

    printf("%-34s %7.3f s %7.2f Gbit/s %9.0f segments/s %7.1f ns a segment\n", what, took,
           (double)BYTES * 8 / took / 1e9, segments / took, took / segments * 1e9);
}

int main(void)
{
    struct ring *out = mem_array(2, sizeof(*out));
    uint8_t *data = mem_zalloc(TAPE), request[100] = {0};
    const struct turn turns[] = {{.from = CONV_A, .len = sizeof(request)},
                                 {.from = CONV_B, .len = TAPE}};
    const struct conversation conv = {.proto = CONV_TCP,
                                      .data = {{request, sizeof(request)}, {data, TAPE}},
                                      .turns = turns,
                                      .nturns = 2};
    const struct tape_options looped = {.bytes = BYTES};
    double hosts = 1e9, floor = 1e9, t;
    struct rng_seeded rng;
    struct tape tape;

    rng_seeded_init(&rng, 2, "tape");
    rng_fill(&rng.rng, data, TAPE);
    tape_init(&tape, &conv, &looped);
    out[0].sink.ops = out[1].sink.ops = &ring_ops;
    for (int i = 0; i < ROUNDS; i++) {
        t = round_hosts(out, &tape);
        hosts = t < hosts ? t : hosts;
        t = round_floor(&out[0], &tape);
        floor = t < floor ? t : floor;
    }
    printf("1 GiB in segments of %d bytes, best of %d rounds\n", SEGMENT, ROUNDS);
    print_row("two hosts", hosts);
    print_row("floor: copy, two sums, compare", floor);
    print_row("both stacks without the payload", hosts - floor);
    mem_free(data);
    mem_free(out);
    return 0;
}
