/* IKEv2 tunnels by the thousand: how many a second two endpoints in one process set up (both ends'
 * work is in the figure), against what their Curve25519 alone costs; and what each takes of memory
 * at one end. CPU time of this process; memory as malloc counts it. */
#include "base/mem.h"
#include "crypto/dh.h"
#include "ike/ike.h"

#include <malloc.h>
#include <stdio.h>
#include <time.h>

enum { MANY = 10000, FEW = 500 };

#define BUDGET_RATE  400.0
#define BUDGET_BYTES 65536.0

struct end {
    struct ike_peer_config *peers;
    struct ike_policy *policies;
    struct ike_config cfg;
    struct rng_seeded rng;
    struct ike *ike;
    size_t up;
};

static const struct ike_suite suite = {CIPHER_AES128_GCM_16, DIGEST_SHA256, 31, 86400, INTEG_NONE};
static const struct ike_esp_suite esp = {CIPHER_AES128_GCM_16, INTEG_NONE, 0, 28800, 0, false};

static double cpu_s(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static size_t heap(void)
{
    struct mallinfo2 m = mallinfo2();

    return m.uordblks + m.hblkhd;
}

/* The I-th peer of end SIDE, as that end sees it: both ends number them alike. */
static struct ip_addr addr_of(int side, uint32_t i)
{
    return ip4((side ? 0xcb000000u : 0xc6000000u) + i);
}

static void end_init(struct end *e, int side, uint32_t n, const struct clock *clk)
{
    *e = (struct end){.peers = mem_array(n, sizeof(*e->peers)),
                      .policies = mem_array(n, sizeof(*e->policies))};
    for (uint32_t i = 0; i < n; i++) {
        struct ip_net near = {ip4(0x0a000000u + i), 32}, far = {ip4(0x14000000u + i), 32};
        e->peers[i] = (struct ike_peer_config){.address = addr_of(!side, i),
                                               .psk = bytes_str("a secret of two gateways"),
                                               .suites = &suite,
                                               .nsuites = 1,
                                               .ike_version = 2};
        e->policies[i] = (struct ike_policy){
            .id = i,
            .peer = i,
            .suites = &esp,
            .nsuites = 1,
            .selector = {.local = side ? far : near, .remote = side ? near : far}};
    }
    e->cfg = (struct ike_config){.local = addr_of(side, 0xffffff),
                                 .peers = e->peers,
                                 .npeers = n,
                                 .policies = e->policies,
                                 .npolicies = n,
                                 .cookies_from = n + 1};
    rng_seeded_init(&e->rng, (uint64_t)side, "ike2_bench");
    e->ike = ike_new(&e->cfg, clk, &e->rng.rng, NULL);
}

static void end_release(struct end *e)
{
    ike_free(e->ike);
    mem_free(e->peers);
    mem_free(e->policies);
}

/* Hands over what each end sends until neither says any more. The sender is known to the other end
 * by the number of the peer that it sends to. */
static void talk(struct end *e)
{
    struct ike_out o;
    bool more = true;

    while (more) {
        more = false;
        for (int side = 0; side < 2; side++) {
            while (ike_next(e[side].ike, &o)) {
                more = true;
                e[side].up += o.kind == IKE_OUT_CHILD_UP;
                if (o.kind != IKE_OUT_SEND)
                    continue;
                uint32_t i = ip4_u32(&o.to.addr) & 0xffffff;
                struct endpoint from = {addr_of(side, i), 500};
                struct endpoint to = {e[!side].cfg.local, 500};
                ike_input(e[!side].ike, &from, &to, o.datagram);
            }
        }
    }
}

/* Seconds for N tunnels; *BYTES: that one takes at the end that answers. */
static double run(uint32_t n, double *bytes)
{
    struct clock_virtual clk;
    struct end e[2];

    clock_virtual_init(&clk);
    end_init(&e[0], 0, n, &clk.clock);
    end_init(&e[1], 1, n, &clk.clock);
    size_t before = heap();
    double start = cpu_s();
    for (uint32_t i = 0; i < n; i++) {
        (void)!ike_acquire(e[0].ike, i);
        talk(e);
    }
    double s = cpu_s() - start;
    *bytes = (double)(heap() - before) / n / 2; /* both ends keep the same */
    if (e[0].up != n || e[1].up != n)
        printf("only %zu and %zu pairs of %u are up\n", e[0].up, e[1].up, n);
    end_release(&e[0]);
    end_release(&e[1]);
    return s;
}

/* The floor: two key pairs and two shared secrets for each tunnel. */
static double floor_s(uint32_t n)
{
    struct rng_seeded rng;
    uint8_t shared[32];
    double start = cpu_s();

    rng_seeded_init(&rng, 1, "floor");
    for (uint32_t i = 0; i < n; i++) {
        struct dh *a, *b;
        if (dh_new(31, &rng.rng, &a) || dh_new(31, &rng.rng, &b) ||
            dh_shared(a, dh_public(b), shared) || dh_shared(b, dh_public(a), shared))
            return 0;
        dh_free(a);
        dh_free(b);
    }
    return cpu_s() - start;
}

int main(void)
{
    double bytes, few = run(FEW, &bytes), many = run(MANY, &bytes), least = floor_s(FEW);

    printf("%d tunnels (Curve25519, AES-128-GCM), both ends: %.0f a second; budget %.0f\n", MANY,
           MANY / many, BUDGET_RATE);
    printf("Curve25519 alone: %.0f a second; with all of IKEv2 %.2f times as long\n", FEW / least,
           few / FEW / (least / FEW));
    printf("one of %d takes %.2f times as long as one of %d\n", MANY, many / MANY / (few / FEW),
           FEW);
    printf("memory: %.0f bytes a tunnel at one end; budget %.0f\n", bytes, BUDGET_BYTES);
    return 0;
}
