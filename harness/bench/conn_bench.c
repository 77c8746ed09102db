/* A million connections in the table of the reference gateway: what each takes of memory, what it
 * costs to open one, to find one and to end one, and how long anybody waits while the tunnel of all
 * of them goes. CPU time of this process; memory as malloc counts it and as the kernel does.
 *
 * Ratios to a small table say whether something is O(1): what is left is the cache that a million
 * records do not fit into. */
#include "base/hash.h"
#include "base/mem.h"
#include "bench/pair.h"
#include "gateway/config_parts.h"
#include "gateway/conn.h"

#include <malloc.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { FEW = 1000, MANY = 1000000, LOOKUPS = 1000000, TUNNEL = 1 };

#define BUDGET_BYTES   512.0
#define BUDGET_TICK_MS 20.0

struct bench {
    struct clock_virtual clk;
    struct rng_seeded rng;
    struct gw_config *cfg;
    struct gw_syslog *log;
    struct netif netif[2];
    struct netifs ifs;
    struct conns *t;
    uint32_t n;
    uint64_t records;
};

static void take_logs(void *ctx)
{
    struct bench *b = ctx;
    struct gw_syslog_record r;

    while (gw_syslog_next(b->log, &r))
        b->records++;
}

static struct pkt segment(uint32_t number, uint8_t flags)
{
    struct pkt p = {.kind = PKT_TCP};

    p.ip.version = 4;
    p.ip.proto = IP_TCP;
    p.ip.src = ip4(0x0a010000 + (number >> 15));
    p.ip.dst = ip4(0x0a020009);
    p.tcp = (struct tcp){.src = (uint16_t)(1024 + (number & 0x7fff)),
                         .dst = 80,
                         .flags = flags,
                         .seq = 7 + (flags != TCP_SYN),
                         .window = 1000};
    return p;
}

static void setup(struct bench *b)
{
    *b = (struct bench){.cfg = gw_config_new()};
    struct gw_logging *l = &b->cfg->logging;
    struct gw_log_host *h = gw_list_add((void **)&l->hosts, &l->nhosts, sizeof(*h));
    struct conns_env env = {.clk = &b->clk.clock, .rng = &b->rng.rng, .ifs = &b->ifs};

    (void)gw_name_set(h->nameif, "inside");
    h->addr = ip4(0x0a010001);
    h->port = 514;
    l->enable = true;
    l->to[GW_LOG_TO_TRAP].level = 6;
    clock_virtual_init(&b->clk);
    rng_seeded_init(&b->rng, 1, "conn_bench");
    b->log = gw_syslog_new(b->cfg, &b->clk.clock, 0);
    b->netif[0] = (struct netif){.nameif = "outside", .level = 0, .up = true};
    b->netif[1] = (struct netif){.nameif = "inside", .level = 100, .up = true};
    b->ifs = (struct netifs){b->netif, 2};
    env.cfg = b->cfg;
    env.log = b->log;
    env.breathe = take_logs;
    env.ctx = b;
    b->t = conns_new(&env);
}

static void release(struct bench *b)
{
    conns_free(b->t);
    gw_syslog_free(b->log);
    gw_config_free(b->cfg);
}

/* Nanoseconds each. */
static double open_all(struct bench *b, uint32_t n, bool preserve)
{
    struct conn_open how = {.ifi = {1, 0}, .tunnel = {VPN_NONE, TUNNEL}, .preserve = preserve};
    double t = pair_cpu();

    b->n = n;
    for (uint32_t i = 0; i < n; i++) {
        struct pkt p = segment(i, TCP_SYN);
        enum gw_drop why;
        struct conn *c = conns_open(b->t, &p, &how);
        if (!c || conn_take(b->t, c, 0, &p, &why) != CONN_PASS)
            pair_die("a connection does not open");
        take_logs(b);
    }
    t = pair_cpu() - t;
    if (conns_count(b->t) != n)
        pair_die("connections are missing");
    return t * 1e9 / n;
}

static double find_some(struct bench *b)
{
    uint32_t x = 12345;
    double t = pair_cpu();

    for (int i = 0; i < LOOKUPS; i++) {
        x = x * 1664525 + 1013904223; /* in no order */
        struct pkt p = segment((uint32_t)(((uint64_t)x * b->n) >> 32), TCP_ACK);
        int side;
        if (!conns_find(b->t, &p, &side))
            pair_die("a connection is not found");
    }
    return (pair_cpu() - t) * 1e9 / LOOKUPS;
}

struct work {
    double total_ms, longest_ms; /* the latter: of one call */
    unsigned calls;
};

static void add(struct work *w, double since)
{
    double ms = (pair_cpu() - since) * 1e3;

    w->total_ms += ms;
    w->calls++;
    if (ms > w->longest_ms)
        w->longest_ms = ms;
}

/* As the gateway's owner would: one tick after the other while there is something to do now. */
static void tick_on(struct bench *b, struct work *w)
{
    while (!mono_before(b->clk.at, conns_deadline(b->t))) {
        double t = pair_cpu();
        conns_tick(b->t);
        take_logs(b);
        add(w, t);
    }
}

static void say_work(const char *what, const struct work *w, uint32_t n)
{
    printf("conns: %-42s %8.0f ns each, %7.1f ms in all, %6.2f ms at a time%s\n", what,
           w->total_ms * 1e6 / n, w->total_ms, w->longest_ms,
           w->longest_ms > BUDGET_TICK_MS ? "  (MISSED: 20)" : "");
}

static void turn(struct bench *b, bool up, const char *what)
{
    struct work w = {0};
    double t = pair_cpu();

    if (up)
        conns_tunnel_up(b->t, TUNNEL, true);
    else
        conns_tunnel_down(b->t, TUNNEL);
    take_logs(b);
    add(&w, t);
    tick_on(b, &w);
    say_work(what, &w, b->n);
}

/* --- memory ------------------------------------------------------------------------------------
 */

static double allocated(void)
{
    struct mallinfo2 m = mallinfo2();

    return (double)(m.uordblks + m.hblkhd);
}

static double resident(void)
{
    unsigned long size, pages = 0;
    FILE *f = fopen("/proc/self/statm", "r");

    if (!f || fscanf(f, "%lu %lu", &size, &pages) != 2)
        pair_die("no /proc/self/statm");
    fclose(f);
    return (double)pages * (double)sysconf(_SC_PAGESIZE);
}

/* --- the figures -------------------------------------------------------------------------------
 */

static void preserved(double small_open, double small_find)
{
    struct bench b;

    setup(&b);
    double malloc_before = allocated(), rss_before = resident();
    double open = open_all(&b, MANY, true);
    double malloc_each = (allocated() - malloc_before) / MANY;
    double rss_each = (resident() - rss_before) / MANY;
    double find = find_some(&b);

    printf("conns: %d of them: %.0f bytes each allocated, %.0f resident  (budget %.0f%s)\n", MANY,
           malloc_each, rss_each, BUDGET_BYTES,
           malloc_each > BUDGET_BYTES || rss_each > BUDGET_BYTES ? ", MISSED" : "");
    printf("conns: %-42s %8.0f ns each, %.1f times that of %d\n", "opening, 302013 logged", open,
           open / small_open, FEW);
    printf("conns: %-42s %8.0f ns each, %.1f times that of %d\n", "finding, in no order", find,
           find / small_find, FEW);
    turn(&b, false, "the tunnel falls, all preserved");
    if (conns_orphans(b.t) != MANY)
        pair_die("orphans are missing");
    turn(&b, true, "and comes back");
    if (conns_orphans(b.t) != 0 || conns_count(b.t) != MANY)
        pair_die("connections did not come back");
    struct work w = {0};
    clock_sleep_until(&b.clk.clock, mono_add(b.clk.at, SPAN_S(3600)));
    tick_on(&b, &w);
    if (conns_count(b.t) != 0)
        pair_die("connections do not time out");
    say_work("all idle out together, 302014 logged", &w, MANY);
    release(&b);
}

static void torn(bool logged)
{
    struct bench b;

    setup(&b);
    b.cfg->logging.enable = logged;
    open_all(&b, MANY, false);
    uint64_t before = b.records;
    turn(&b, false,
         logged ? "the tunnel falls, all torn, 302014 logged" : "the same, nothing logged");
    if (conns_count(b.t) != 0 || (logged && b.records - before != MANY))
        pair_die("a torn connection is not logged, or is there still");
    release(&b);
}

int main(void)
{
    struct bench b;
    double open = 1e9, find = 1e9;

    for (int i = 0; i < 5; i++) {
        setup(&b);
        double t = open_all(&b, FEW, true);
        open = t < open ? t : open;
        t = find_some(&b);
        find = t < find ? t : find;
        release(&b);
    }
    preserved(open, find);
    torn(true);
    torn(false);
    return 0;
}
