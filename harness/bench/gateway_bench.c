/* How fast reference gateways forward.
 *
 * A download: two gateways, every segment goes into one, is sealed, opened by the other and comes
 * out. Beside it the floor: sealing and opening packets of the same size with the same suite, which
 * is nearly all of the work that cannot be left out.
 *
 * One gateway: packets a second, in clear with the smallest segments, and 512-byte packets into a
 * tunnel and out of one, over 1000 connections in turn. Beside the latter the same floor.
 *
 * CPU time of this process, not the clock on the wall: others may be at work on the machine.
 * Rounds take turns, and the best of each counts. `gateway_bench count on|off` instead passes a
 * fixed load with `sysopt connection preserve-vpn-flows` on or off through count_load, for a tool
 * that counts instructions (tests/no_extra_cost_test.c), and prints the connections. */
#include "base/mem.h"
#include "bench/pair.h"
#include "esp/esp.h"

#include <stdio.h>
#include <string.h>

enum { SEGMENT = 1380, BURST = 16, ROUNDS = 5, FLOWS = 1000 };
/* Bytes of payload. TINY: so that cryptography does not drown what else is to be counted. */
enum { SMALL = 0 /* 40-byte packets */, TINY = 8, MIDDLE = 512 - 40 };

#define BYTES         (64u << 20)
#define PACKETS       200000u
#define COUNTED       4000u
#define COUNTED_FLOWS 16
#define BUDGET_PLAIN  1e6
#define BUDGET_ESP    3e5

/* --- the floor ---------------------------------------------------------------------------------
 */

static struct esp_sa *sa(void)
{
    struct esp_params p = {
        .spi = 999, .cipher = CIPHER_AES128_CBC, .integ = INTEG_HMAC_SHA1_96, .replay_window = 64};
    struct esp_sa *out;

    if (esp_sa_new(&p, (struct mono){0}, &out))
        pair_die("no SA");
    return out;
}

struct floor {
    double seal, open; /* seconds a packet, the best so far */
};

/* N packets of SIZE bytes. */
static void floor_round(struct rng *rng, size_t size, unsigned n, struct floor *best)
{
    static uint8_t inner[PAIR_FRAME], packets[64][PAIR_FRAME], plain[PAIR_FRAME];
    struct esp_sa *out = sa(), *in = sa();
    double sealed = 0, opened = 0;

    for (unsigned at = 0; at < n; at += 64) {
        struct wr w[64];
        struct esp_plain got;
        double t = pair_cpu();
        for (int i = 0; i < 64; i++) {
            w[i] = wr_of(packets[i], PAIR_FRAME);
            if (esp_seal(out, rng, bytes_of(inner, size), IP_IPIP, &w[i]))
                pair_die("ESP failed");
        }
        double middle = pair_cpu();
        for (int i = 0; i < 64; i++) {
            if (esp_open(in, wr_bytes(&w[i]), plain, &got))
                pair_die("ESP failed");
        }
        sealed += middle - t;
        opened += pair_cpu() - middle;
    }
    esp_sa_free(out);
    esp_sa_free(in);
    if (sealed / n < best->seal)
        best->seal = sealed / n;
    if (opened / n < best->open)
        best->open = opened / n;
}

/* --- a download through two --------------------------------------------------------------------
 */

/* BURST segments down, one ACK up. */
static double download_round(struct pair *p, struct pair_flow *f)
{
    uint64_t before = p->out[PAIR_BO];
    size_t bursts = BYTES / (SEGMENT * BURST);
    struct pair_frame down, up;
    double t = pair_cpu();

    pair_frame(p, f, PAIR_HO, SEGMENT, &down);
    pair_frame(p, f, PAIR_BO, 0, &up);
    for (size_t i = 0; i < bursts; i++) {
        for (int k = 0; k < BURST; k++)
            pair_next(p, f, PAIR_HO, &down);
        pair_next(p, f, PAIR_BO, &up);
    }
    t = pair_cpu() - t;
    if (p->out[PAIR_BO] - before != bursts * BURST)
        pair_die("segments were lost");
    return t / (double)(bursts * BURST);
}

static void download(void)
{
    struct pair *p = mem_zalloc(sizeof(*p));
    struct floor floor = {1e9, 1e9};
    double best = 1e9;
    struct pair_flow f;

    pair_init(p, &(struct pair_setup){0});
    pair_connect(p, &f, 5000);
    p->blind = true;
    for (int i = 0; i < ROUNDS; i++) {
        floor_round(&p->rng[0].rng, SEGMENT + 40, BYTES / SEGMENT, &floor);
        double t = download_round(p, &f);
        best = t < best ? t : best;
    }
    printf("gateway: a download through two gateways, aes-128-cbc/hmac-sha1-96: %6.2f Gbit/s\n",
           SEGMENT * 8.0 / best / 1e9);
    printf("gateway:   floor, ESP alone:                                        %6.2f Gbit/s\n",
           SEGMENT * 8.0 / (floor.seal + floor.open) / 1e9);
    pair_release(p);
    mem_free(p);
}

/* --- packets through one -----------------------------------------------------------------------
 */

struct load {
    struct pair *p;
    struct pair_flow f[FLOWS];
    struct pair_frame frame[FLOWS];
    size_t nflows;
};

static void load_init(struct load *l, const struct pair_setup *setup, size_t flows, size_t payload)
{
    *l = (struct load){.p = mem_zalloc(sizeof(*l->p)), .nflows = flows};
    pair_init(l->p, setup);
    for (size_t i = 0; i < flows; i++)
        pair_connect(l->p, &l->f[i], (uint16_t)(5000 + i));
    l->p->blind = true;
    for (size_t i = 0; i < flows; i++)
        pair_frame(l->p, &l->f[i], PAIR_BO, payload, &l->frame[i]);
}

static void load_release(struct load *l)
{
    pair_release(l->p);
    mem_free(l->p);
    mem_free(l);
}

/* Seconds a packet from the BO's LAN to its WAN, nobody being there. */
static double send_round(struct load *l)
{
    uint64_t before = l->p->wan[PAIR_BO];
    double t = pair_cpu();

    l->p->cut = true;
    for (size_t i = 0; i < PACKETS; i++)
        pair_next(l->p, &l->f[i % l->nflows], PAIR_BO, &l->frame[i % l->nflows]);
    t = pair_cpu() - t;
    if (l->p->wan[PAIR_BO] - before != PACKETS)
        pair_die("packets were lost");
    return t / PACKETS;
}

/* The same through both gateways. Before a round that was cut: all of it was lost on the way. */
static double pass_round(struct load *l)
{
    uint64_t before = l->p->out[PAIR_HO];
    double t = pair_cpu();

    l->p->cut = false;
    for (size_t i = 0; i < PACKETS; i++)
        pair_next(l->p, &l->f[i % l->nflows], PAIR_BO, &l->frame[i % l->nflows]);
    t = pair_cpu() - t;
    if (l->p->out[PAIR_HO] - before != PACKETS)
        pair_die("packets were lost");
    return t / PACKETS;
}

static void say_rate(const char *what, double seconds, double budget)
{
    printf("gateway: %-50s %8.0f kpps", what, 1e-3 / seconds);
    if (budget > 0)
        printf("  (budget %.0f%s)", budget / 1e3, seconds * budget > 1 ? ", MISSED" : "");
    printf("\n");
}

static void plain(void)
{
    struct load *l = mem_zalloc(sizeof(*l));
    double best = 1e9;

    load_init(l, &(struct pair_setup){.plain = true}, FLOWS, SMALL);
    for (int i = 0; i < ROUNDS; i++) {
        double t = send_round(l);
        best = t < best ? t : best;
    }
    say_rate("in clear, 40-byte packets", best, BUDGET_PLAIN);
    load_release(l);
}

static void esp(void)
{
    struct load *l = mem_zalloc(sizeof(*l));
    struct floor floor = {1e9, 1e9};
    double passed = 1e9, sent = 1e9;

    load_init(l, &(struct pair_setup){0}, FLOWS, MIDDLE);
    for (int i = 0; i < ROUNDS; i++) {
        double t = pass_round(l);
        passed = t < passed ? t : passed;
        floor_round(&l->p->rng[0].rng, MIDDLE + 40, PACKETS, &floor);
    }
    for (int i = 0; i < ROUNDS; i++) {
        double t = send_round(l);
        sent = t < sent ? t : sent;
    }
    say_rate("into a tunnel, 512-byte packets", sent, BUDGET_ESP);
    say_rate("  floor, sealing alone:", floor.seal, 0);
    say_rate("out of a tunnel, 512-byte packets", passed - sent, BUDGET_ESP);
    say_rate("  floor, opening alone:", floor.open, 0);
    load_release(l);
}

/* --- what one setting costs --------------------------------------------------------------------
 */

void count_load(struct load *l);

/* COUNTED packets of both sides, both gateways; a connection opened and closed for every hundred.
 * A function of its own, so that a tool can count in it alone. */
__attribute__((noinline)) void count_load(struct load *l)
{
    struct pair_frame back[COUNTED_FLOWS];

    for (size_t i = 0; i < l->nflows; i++)
        pair_frame(l->p, &l->f[i], PAIR_HO, TINY, &back[i]);
    for (size_t i = 0; i < COUNTED; i++) {
        size_t k = i % l->nflows;
        if (i % 2)
            pair_next(l->p, &l->f[k], PAIR_HO, &back[k]);
        else
            pair_next(l->p, &l->f[k], PAIR_BO, &l->frame[k]);
        if (i % 100 == 0) {
            struct tcp t = {.src = (uint16_t)(20000 + i), .dst = 80, .flags = TCP_SYN, .seq = 5};
            pair_send(l->p, PAIR_BO, &t);
            t.flags = TCP_RST;
            t.seq++;
            pair_send(l->p, PAIR_BO, &t);
        }
    }
}

static int count(bool on)
{
    const char *more = on ? "sysopt connection preserve-vpn-flows\n" : NULL;
    struct load *l = mem_zalloc(sizeof(*l));
    struct gateway_counters c[2];

    load_init(l, &(struct pair_setup){.more = more}, COUNTED_FLOWS, TINY);
    count_load(l);
    gateway_counters(l->p->g[PAIR_BO], &c[0]);
    gateway_counters(l->p->g[PAIR_HO], &c[1]);
    printf("conns %zu %zu forwarded %llu %llu\n", c[0].conns, c[1].conns,
           (unsigned long long)c[0].forwarded, (unsigned long long)c[1].forwarded);
    load_release(l);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "count") == 0)
        return count(strcmp(argv[2], "on") == 0);
    download();
    plain();
    esp();
    return 0;
}
