/* Streams of captures that holdfast did not make: nothing announces them.
 *
 * Which site an endpoint belongs to is told by the LAN that sees a packet of it first: its sender
 * is there. How much was to be sent is what was sent. */
#include "judge/judge_parts.h"

#include <stdio.h>
#include <string.h>

#define CLASS_STALL_NS INT64_C(1000000000) /* shorter pauses make no RECOVERED */
#define STALE_NS       INT64_C(3000000000) /* still for so long, with something due */
#define ALIGN_MAX      (INT32_C(1) << 24)  /* farther apart the numbers are not the same ones */

bool jflow_discover(struct judge *j, int site, const struct pkt *p)
{
    struct endpoint at[SITES];
    char id[24];

    if (p->kind != PKT_TCP || tcp_has(&p->tcp, TCP_RST))
        return false;
    bool answer = tcp_has(&p->tcp, TCP_SYN) && tcp_has(&p->tcp, TCP_ACK);
    (void)jflow_key_of(p, &at[site], &at[!site]);
    snprintf(id, sizeof(id), "tcp%zu", j->flows.n + 1);
    return jflow_make(j, arena_strdup(j->arena, id), IP_TCP, at, answer ? !site : site) != NULL;
}

static bool has_ended(const struct jflow *f)
{
    const struct flow_dir *bo = &f->on[BO][BO], *ho = &f->on[HO][HO];

    return f->nresets > 0 || (bo->tcp.fin > 0 && ho->tcp.fin > 0);
}

bool jflow_is_over(const struct jflow *f, int site, int sender, const struct pkt *p)
{
    const struct tcp_dir *d = &f->on[site][sender].tcp;

    return f->proto == IP_TCP && site == sender && p->kind == PKT_TCP &&
           (p->tcp.flags & (TCP_SYN | TCP_ACK)) == TCP_SYN && d->syn > 0 &&
           p->tcp.seq != d->last_isn && has_ended(f);
}

static bool is_translated(const struct jflow *f, int sender, const struct pkt *p)
{
    struct endpoint src, dst;

    (void)jflow_key_of(p, &src, &dst);
    return !endpoint_eq(&src, &f->at[sender]) || !endpoint_eq(&dst, &f->at[!sender]);
}

void jflow_align(struct judge *j, struct jflow *f, int site, int sender, const struct pkt *p)
{
    struct tcp_dir *d = &f->on[site][sender].tcp;
    const struct tcp_dir *other = &f->on[!site][sender].tcp;

    if (!j->history || tcp_has(&p->tcp, TCP_SYN) || other->syn > 0 || !other->started ||
        is_translated(f, sender, p))
        return;
    int32_t apart = (int32_t)(p->tcp.seq - (other->zero + (uint32_t)other->high));
    if (apart > ALIGN_MAX || apart < -ALIGN_MAX)
        return;
    f->aligned[sender] = f->aligned[sender] || d->packets == 0;
    if (d->packets == 0 && !d->started)
        tcp_dir_align(d, other->zero);
}

void jflows_foreign_totals(struct judge *j)
{
    for (size_t i = 0; i < j->flows.n; i++) {
        struct jflow *f = j->flows.list[i];
        for (int sender = 0; sender < SITES; sender++) {
            int64_t high = f->on[sender][sender].tcp.high;
            f->total[sender] = high > 0 ? (uint64_t)high : jflow_arrived(f, sender);
        }
    }
}

/* --- class -------------------------------------------------------------------------------------
 */

static const char *blind(const struct jflow *f)
{
    static const char *const only[SITES] = {"it was seen on bo-lan only",
                                            "it was seen on ho-lan only"};

    if (!f->seen[BO] || !f->seen[HO])
        return only[f->seen[HO] ? HO : BO];
    for (int site = 0; site < SITES; site++)
        for (int sender = 0; sender < SITES; sender++) {
            const struct tcp_dir *d = &f->on[site][sender].tcp;
            if (d->syn == 0 && d->data_packets > 0 && !f->aligned[sender])
                return "it began before the capture, so positions on the two LANs cannot be "
                       "compared";
        }
    return NULL;
}

/* The same user asked the same service again after F had moved for the last time. */
static bool was_begun_anew(const struct judge *j, const struct jflow *f)
{
    int64_t last = jflow_last_move(f);

    if (tcp_dir_isns(&f->on[f->opener][f->opener].tcp) > 1)
        return true;
    for (size_t i = 0; i < j->flows.n; i++) {
        const struct jflow *g = j->flows.list[i];
        if (g != f && g->opener == f->opener && g->begun_ns > last &&
            ip_addr_eq(&g->at[g->opener].addr, &f->at[f->opener].addr) &&
            endpoint_eq(&g->at[!g->opener], &f->at[!f->opener]))
            return true;
    }
    return false;
}

static const char *say(struct judge *j, const char *fmt, double s)
{
    char text[160];

    snprintf(text, sizeof(text), fmt, s);
    return arena_strdup(j->arena, text);
}

static const char *whole(struct judge *j, const struct jflow *f, const char **why)
{
    const struct way *w = &f->way[f->way[HO].stall_max_ns >= f->way[BO].stall_max_ns ? HO : BO];

    if (w->stall_max_ns < CLASS_STALL_NS) {
        *why = "every byte that was sent arrived, and nothing stood still for a second";
        return "CONTINUOUS";
    }
    *why = say(j, "every byte that was sent arrived, after a stall of %.3f s",
               seconds(w->stall_max_ns));
    return "RECOVERED";
}

/* Both ends said that they had no more to say, and heard it of the other. */
static bool was_closed(const struct jflow *f)
{
    return f->on[BO][HO].tcp.fin > 0 && f->on[HO][BO].tcp.fin > 0;
}

/* When a host ended F by a reset; NEVER. */
static int64_t reset_by_host(const struct jflow *f)
{
    int64_t first = NEVER;

    for (size_t i = 0; i < f->nresets && i < RECORDS_MAX; i++)
        if (f->resets[i].by == RESET_BY_HOST && (first == NEVER || f->resets[i].time_ns < first))
            first = f->resets[i].time_ns;
    return first;
}

/* Its sender has not heard that all of it arrived: for the sender the stream goes on. */
static bool is_unacknowledged(const struct jflow *f)
{
    for (int sender = 0; sender < SITES; sender++) {
        const struct tcp_dir *d = &f->on[sender][sender].tcp;
        if (d->data_packets > 0 && d->high > d->acked)
            return true;
    }
    return false;
}

/* When it moved last, or was begun if it never did. */
static int64_t last_sign(const struct jflow *f)
{
    int64_t last = jflow_last_move(f);

    return last == NEVER ? f->begun_ns : last;
}

static bool is_by_host(const struct jflow *f, const struct tear *t)
{
    for (size_t i = 0; i < f->nresets && i < RECORDS_MAX; i++)
        if (f->resets[i].packet == t->packet)
            return f->resets[i].by == RESET_BY_HOST;
    return false;
}

static const char *broken(struct judge *j, const struct jflow *f, const char **why)
{
    int64_t last = last_sign(f);
    struct tear t;
    bool torn = jflow_torn(j, f, NULL, &t);
    int64_t still = (torn ? t.time_ns : j->tl.last_ns) - last;

    if (torn && !(is_by_host(f, &t) && still >= STALE_NS)) {
        *why = t.what;
        return "TORN";
    }
    if (still >= STALE_NS) {
        *why = say(j,
                   torn ? "nothing arrived for %.3f s, then a host gave up"
                        : "nothing arrived for the last %.3f s though something was due",
                   seconds(still));
        return "SILENT_STALE";
    }
    *why = "the capture ends while it was going on";
    return "UNFINISHED";
}

/* All that was sent arrived. NULL: but for the sender it goes on, as it does not know that. */
static const char *arrived(struct judge *j, const struct jflow *f, const char **why)
{
    int64_t host = reset_by_host(f);
    struct tear t;

    if (was_closed(f))
        return whole(j, f, why);
    if (jflow_ended_by_device(f, &t) && (host == NEVER || t.time_ns < host)) {
        *why = t.what;
        return "TORN";
    }
    bool gave_up = host != NEVER && host - last_sign(f) >= STALE_NS;
    if (is_unacknowledged(f) && (host == NEVER || gave_up))
        return NULL;
    return whole(j, f, why);
}

const char *jflow_foreign_class(struct judge *j, const struct jflow *f, const char **why)
{
    if (f->proto != IP_TCP) {
        *why = "it is no TCP";
        return "UNKNOWN";
    }
    *why = blind(f);
    if (*why)
        return "UNKNOWN";
    if (f->way[BO].altered || f->way[HO].altered) {
        *why = "bytes were altered on the way";
        return "UNKNOWN";
    }
    const char *class = jflow_complete(f) ? arrived(j, f, why) : NULL;
    if (!class)
        class = broken(j, f, why);
    bool broke = strcmp(class, "TORN") == 0 || strcmp(class, "SILENT_STALE") == 0;
    if (broke && was_begun_anew(j, f)) {
        *why = "it broke off, and the same user opened another one";
        return "RESTARTED";
    }
    return class;
}
