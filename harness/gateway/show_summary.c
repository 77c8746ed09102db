/* The sums of `show vpn-sessiondb`, in the form of 9.x. */
#include "gateway/show_vpn.h"

typedef unsigned long long ull;

#define RULE "---------------------------------------------------------------------------\n"
#define LINE "                             ----------------------------------------------\n"

/* A part has its name two columns further in. */
static void put_sessions(const struct show_tally *t, struct buf *out)
{
    buf_addf(out, "%s%-*s: %6llu : %10llu : %11llu", t->part ? "  " : "", t->part ? 27 : 29,
             t->name, (ull)t->active, (ull)t->cumulative, (ull)t->peak);
    buf_adds(out, t->resumes ? " :        0\n" : "\n");
}

/* 38 of 5000 are 1%: a real device rounds. */
static unsigned load_of(uint64_t active, unsigned capacity)
{
    return capacity ? (unsigned)((active * 100 + capacity / 2) / capacity) : 0;
}

static void put_tunnels(const struct show_tally *tunnels, size_t n, struct buf *out)
{
    uint64_t active = 0, cumulative = 0;

    buf_adds(out,
             RULE "Tunnels Summary\n" RULE
                  "                               Active : Cumulative : Peak Concurrent\n" LINE);
    for (size_t i = 0; i < n; i++) {
        buf_addf(out, "%-29s: %6llu : %10llu : %15llu\n", tunnels[i].name, (ull)tunnels[i].active,
                 (ull)tunnels[i].cumulative, (ull)tunnels[i].peak);
        active += tunnels[i].active;
        cumulative += tunnels[i].cumulative;
    }
    buf_addf(out, RULE "Totals                       : %6llu : %10llu\n" RULE, (ull)active,
             (ull)cumulative);
}

void show_summary_put(const struct show_tally *sessions, size_t nsessions,
                      const struct show_tally *tunnels, size_t ntunnels, unsigned capacity,
                      struct buf *out)
{
    uint64_t active = 0, cumulative = 0;

    buf_adds(out, RULE "VPN Session Summary\n" RULE
                       "                               Active : Cumulative : Peak Concur : "
                       "Inactive\n" LINE);
    for (size_t i = 0; i < nsessions; i++) {
        put_sessions(&sessions[i], out);
        active += sessions[i].part ? 0 : sessions[i].active;
        cumulative += sessions[i].part ? 0 : sessions[i].cumulative;
    }
    buf_addf(out, RULE "Total Active and Inactive    : %6llu             Total Cumulative : %llu\n",
             (ull)active, (ull)cumulative);
    buf_addf(out, "Device Total VPN Capacity    : %6u\nDevice Load                  : %5u%%\n" RULE,
             capacity, load_of(active, capacity));
    put_tunnels(tunnels, ntunnels, out);
}
