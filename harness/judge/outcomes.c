/* What the report says of streams, SAs and logs. */
#include "judge/judge_parts.h"

#include <stdio.h>

static const char *text_of(struct judge *j, const struct endpoint *e)
{
    char text[ENDPOINT_TEXT];

    return arena_strdup(j->arena, endpoint_format(e, text));
}

/* --- streams -----------------------------------------------------------------------------------
 */

/* The event that a pause from FROM on follows: the last one before it, or just after its first
 * missing byte. NEVER: none is near. */
static int64_t event_of_pause(const struct judge *j, int64_t from)
{
    const struct judgement *o = j->out;
    int64_t best = NEVER;

    for (size_t i = 0; i < o->nevents; i++) {
        int64_t t = o->events[i].time_ns;
        if (t && t <= from + GRACE_NS && t >= from - 3 * GRACE_NS && t > best)
            best = t;
    }
    return best;
}

static struct way_outcome way_of(const struct judge *j, const struct jflow *f, int sender)
{
    const struct flow_dir *sent = &f->on[sender][sender], *came = &f->on[!sender][sender];
    const struct way *w = &f->way[sender];
    struct way_outcome o = {.has_sent = sent->frames > 0,
                            .has_delivered = came->frames > 0,
                            .stall_max_ns = w->stall_max_ns,
                            .recovery_ns = -1};

    o.sent_unique_bytes = tcp_dir_unique_bytes(&sent->tcp);
    o.delivered_unique_bytes = tcp_dir_unique_bytes(&came->tcp);
    if (o.has_sent && o.sent_unique_bytes > o.delivered_unique_bytes)
        o.lost_bytes = o.sent_unique_bytes - o.delivered_unique_bytes;
    if (w->altered && w->altered_to > w->good_to)
        o.altered_bytes = (uint64_t)(w->altered_to - w->good_to);
    o.retransmitted_packets = tcp_dir_retransmitted(&sent->tcp, TCP_RULES_TCPTRACE).packets;
    if (w->stall_max_ns <= 0)
        return o;
    o.stall_start_ns = w->stall_max_from_ns;
    int64_t end = w->stall_max_from_ns + w->stall_max_ns;
    int64_t event = event_of_pause(j, w->stall_max_from_ns);
    if (event != NEVER && w->last_ns != NEVER && w->last_ns >= end)
        o.recovery_ns = end - event;
    return o;
}

static const char *maker(const struct reset *r)
{
    if (r->by == RESET_BY_DEVICE)
        return "device";
    if (r->by == RESET_BY_PEER)
        return "peer";
    return r->sender == BO ? "bo" : "ho";
}

static void add_resets(struct judge *j, const struct jflow *f, struct stream_outcome *o)
{
    o->nresets = f->nresets < RECORDS_MAX ? (size_t)f->nresets : RECORDS_MAX;
    o->resets = arena_array(j->arena, o->nresets + 1, sizeof(*o->resets));
    for (size_t i = 0; i < o->nresets; i++) {
        const struct reset *r = &f->resets[i];
        o->resets[i] = (struct reset_outcome){
            .time_ns = r->time_ns, .by = maker(r), .packet = r->packet, .leg = r->leg};
    }
}

static void say_streams(struct judge *j)
{
    struct judgement *out = j->out;

    out->streams = arena_array(j->arena, j->flows.n + 1, sizeof(*out->streams));
    for (size_t i = 0; i < j->flows.n; i++) {
        const struct jflow *f = j->flows.list[i];
        struct stream_outcome *o = &out->streams[out->nstreams++];
        *o = (struct stream_outcome){.id = j->history ? NULL : f->id,
                                     .bo = text_of(j, &f->at[BO]),
                                     .ho = text_of(j, &f->at[HO]),
                                     .bo_end = f->at[BO],
                                     .ho_end = f->at[HO],
                                     .is_tcp = f->proto == IP_TCP,
                                     .to_bo = way_of(j, f, HO),
                                     .to_ho = way_of(j, f, BO)};
        o->class_name = jflow_class(j, f, &o->why);
        add_resets(j, f, o);
        if (f->ntorn) {
            o->torn = f->torn[0].reason[0] ? f->torn[0].reason : "no reason given";
            o->torn_ns = f->torn[0].time_ns;
        }
    }
}

/* --- SAs ---------------------------------------------------------------------------------------
 */

static bool is_deleted(const struct judge *j, const struct sa *sa)
{
    return sa->down_ns != NEVER || sa->logged_down_ns != NEVER || history_deleted(j, sa);
}

static const char *const encapsulations[] = {
    [SA_IN_IP] = "ip", [SA_IN_UDP] = "udp", [SA_IN_TCP] = "tcp"};

static void say_sas(struct judge *j)
{
    struct judgement *out = j->out;
    char text[IP_ADDR_TEXT];

    out->sas = arena_array(j->arena, j->wan.nsas + 1, sizeof(*out->sas));
    for (uint32_t i = 0; i < j->wan.nsas; i++) {
        const struct sa *sa = &j->wan.sas[i];
        uint64_t span = (uint64_t)sa->high_seq - sa->first_seq + 1;
        if (!sa->any && sa->said_up_ns == NEVER)
            continue;
        struct sa_outcome *o = &out->sas[out->nsas++];
        *o = (struct sa_outcome){.spi = sa->spi,
                                 .encapsulation = encapsulations[sa->in],
                                 .first_ns = sa->first_ns,
                                 .last_ns = sa->last_ns,
                                 .packets = sa->packets,
                                 .missing = sa->any && span > sa->unique ? span - sa->unique : 0,
                                 .up_ns = sa->said_up_ns == NEVER ? 0 : sa->said_up_ns,
                                 .down_ns = sa->said_down_ns == NEVER ? 0 : sa->said_down_ns,
                                 .rekeys = sa->said_rekeys,
                                 .old_spi = sa->said_old_spi,
                                 .deleted = is_deleted(j, sa)};
        o->src = arena_strdup(j->arena, ip_addr_format(&sa->src, text));
        o->dst = arena_strdup(j->arena, ip_addr_format(&sa->dst, text));
        if (!sa->moves)
            continue;
        o->moved_ns = sa->moved_ns;
        o->moved_src = arena_strdup(j->arena, ip_addr_format(&sa->from, text));
        o->moved_dst = arena_strdup(j->arena, ip_addr_format(&sa->to, text));
    }
}

void judge_outcomes(struct judge *j)
{
    say_streams(j);
    say_sas(j);
    history_outcomes(j);
}
