/* What a hop over an in-memory link costs: reserve, copy, commit, next, receive. Beside it a
 * memcpy of the same frames in a ring of the same depth. */
#include "port/port_mem.h"

#include <stdio.h>
#include <time.h>

enum { FRAMES = 1000000, ROUNDS = 5, FRAME = 1514, DEPTH = 64 };

static double now(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static volatile uint64_t sink;

static double round_link(const struct link_spec *spec, size_t n, const uint8_t *data)
{
    struct clock_virtual clk;
    struct rng_seeded rng;
    struct port *a, *b;
    struct bytes frame;
    struct mono when;

    clock_virtual_init(&clk);
    rng_seeded_init(&rng, 1, "bench");
    link_new(spec, &clk.clock, &rng.rng, &a, &b);
    double start = now();
    for (int i = 0; i < FRAMES; i += DEPTH) {
        for (int k = 0; k < DEPTH; k++)
            sink_put(&a->sink, bytes_of(data, n));
        while (!mono_is_never(port_next(b))) {
            clock_sleep_until(&clk.clock, port_next(b));
            while (port_receive(b, &frame, &when))
                sink += frame.p[frame.n - 1];
        }
    }
    double t = now() - start;
    port_close(a);
    port_close(b);
    return t;
}

static double round_copy(size_t n, const uint8_t *data)
{
    static uint8_t ring[DEPTH][FRAME];
    double start = now();

    for (int i = 0; i < FRAMES; i++) {
        memcpy(ring[i % DEPTH], data, n);
        sink += ring[i % DEPTH][n - 1];
    }
    return now() - start;
}

int main(void)
{
    const struct {
        const char *what;
        struct link_spec spec;
    } rows[] = {
        {"delay", {.delay = SPAN_MS(1)}},
        {"delay and rate", {.delay = SPAN_MS(1), .rate_bps = 1000000000}},
        {"everything",
         {.delay = SPAN_MS(1),
          .rate_bps = 1000000000,
          .loss = 0.01,
          .duplicate = 0.01,
          .reorder = 0.01,
          .jitter = SPAN_US(10)}},
    };
    static uint8_t data[FRAME];

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        for (size_t n = 66; n <= FRAME; n += FRAME - 66) {
            double link = 1e9, copy = 1e9;
            for (int r = 0; r < ROUNDS; r++) {
                double t = round_link(&rows[i].spec, n, data), c = round_copy(n, data);
                link = t < link ? t : link;
                copy = c < copy ? c : copy;
            }
            printf("port_mem %-14s %4zu bytes %6.1f ns a frame, memcpy alone %5.1f ns\n",
                   rows[i].what, n, link / FRAMES * 1e9, copy / FRAMES * 1e9);
        }
    }
    return 0;
}
