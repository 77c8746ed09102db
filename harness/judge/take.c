/* One record of evidence after the other: what is remembered of each. */
#include "base/mem.h"
#include "judge/judge_parts.h"

static void begin_watches(struct judge *j)
{
    size_t n = j->plan->nexpects;

    j->watches = arena_array(j->arena, n + 1, sizeof(*j->watches));
    j->reset_watches = arena_array(j->arena, n + 1, sizeof(*j->reset_watches));
    j->ikes = arena_array(j->arena, n + 1, sizeof(*j->ikes));
    j->wan.leaks = arena_array(j->arena, n + 1, sizeof(*j->wan.leaks));
    for (size_t i = 0; i < n; i++)
        j->watches[i] = (struct stream_watch){.x = &j->plan->expects[i],
                                              .first_move_ns = NEVER,
                                              .last_move_ns = NEVER,
                                              .datagram_due_ns = NEVER,
                                              .datagram_ns = NEVER};
}

struct judge *judge_begin(const struct evidence_meta *meta, const struct plan *plan)
{
    struct judge *j = mem_zalloc(sizeof(*j));

    j->out = mem_zalloc(sizeof(*j->out));
    arena_init(&j->out->arena);
    j->arena = &j->out->arena;
    j->plan = plan;
    j->meta = meta;
    timeline_init(&j->tl, j->arena, plan);
    findings_init(&j->fs, j->arena);
    jflows_init(&j->flows);
    wan_init(&j->wan);
    logs_init(j);
    if (plan) {
        j->out->case_id = arena_strdup(j->arena, plan->id);
        begin_watches(j);
        packet_init(j);
    }
    return j;
}

void judge_release(struct judge *j)
{
    jflows_release(&j->flows);
    wan_release(&j->wan);
    logs_release(j);
    findings_release(&j->fs);
    for (int leg = 0; leg < EV_LEGS; leg++)
        fragments_free(j->fragments[leg]);
    fragments_free(j->inner_fragments);
    if (j->value.s)
        mem_wipe(j->value.s, j->value.cap); /* keys went through it */
    buf_release(&j->value);
    history_free(j->history);
    mem_free(j);
}

static void take_line(struct judge *j, struct bytes text)
{
    struct line l = {text, &j->value};

    if (event_line_is(text, "event")) {
        int sent = timeline_event(&j->tl, &l, j->rec.time_ns, j->rec.packet);
        if (sent >= 0) {
            jflows_event_sent(j, sent);
            answer_sent(j, sent);
        }
    } else if (event_line_is(text, "stream")) {
        jflow_announce(j, &l);
    } else if (event_line_is(text, "host")) {
        jflow_host_line(j, &l);
    } else if (event_line_is(text, "esp-sa")) {
        wan_esp_line(j, &l);
    } else if (event_line_is(text, "ike-sa")) {
        wan_ike_line(j, &l);
    } else if (event_line_is(text, "console")) {
        log_console(j, &l);
    } else if (event_line_is(text, "port")) {
        timeline_port(&j->tl, &l);
    } else if (event_line_is(text, "run-end")) {
        timeline_run_end(&j->tl, &l);
    }
}

/* On a LAN or the mgmt leg, and to and from the outside host: whole datagrams only. */
static void take_packet(struct judge *j, struct pkt *p)
{
    enum evidence_leg leg = j->rec.leg;

    if (p->kind == PKT_OTHER || p->kind == PKT_ARP)
        return;
    if (ip_is_fragment(&p->ip)) {
        packet_fragment(j, p);
        if (!j->fragments[leg])
            j->fragments[leg] = fragments_new();
        if (!fragments_add(j->fragments[leg], p, j->rec.time_ns))
            return;
    }
    if (leg == EV_MGMT) {
        log_frame(j, p);
        return;
    }
    jflow_frame(j, leg == EV_BO_LAN ? BO : HO, p);
    packet_whole(j, p);
}

/* The outside host is none of the protected networks: its streams are in clear on the WAN. */
static bool is_past_tunnel(const struct judge *j, const struct pkt *p)
{
    const struct ip_addr *host = j->has_outside ? &j->plan->lab.outside_host : NULL;

    return host && p->kind != PKT_OTHER && p->kind != PKT_ARP &&
           (ip_addr_eq(&p->ip.src, host) || ip_addr_eq(&p->ip.dst, host));
}

static void take_wan(struct judge *j, struct pkt *p)
{
    if (is_past_tunnel(j, p)) {
        if (!j->rec.remark.n)
            take_packet(j, p);
        return;
    }
    wan_frame(j, p);
    if (p->kind == PKT_OTHER || p->kind == PKT_ARP)
        return;
    if (ip_is_fragment(&p->ip))
        packet_fragment(j, p);
    else
        packet_whole(j, p);
}

/* Times and counts that every record has; differences of sane times cannot overflow. */
static void note_record(struct judge *j)
{
    struct timeline *t = &j->tl;

    if (j->rec.time_ns < 0 || j->rec.time_ns > INT64_MAX / 4)
        j->rec.time_ns = j->rec.time_ns < 0 ? 0 : INT64_MAX / 4;
    if (t->first_ns == NEVER)
        t->first_ns = j->rec.time_ns;
    if (j->rec.time_ns > t->last_ns)
        t->last_ns = j->rec.time_ns;
    t->last_packet = j->rec.packet;
    t->legs[j->rec.leg].frames++;
}

static void take_parsed(struct judge *j, struct pkt *p)
{
    if (j->rec.leg == EV_WAN)
        take_wan(j, p);
    else
        take_packet(j, p);
}

void judge_take_pkt(struct judge *j, struct pkt *p)
{
    note_record(j);
    take_parsed(j, p);
}

void judge_take_frame(struct judge *j)
{
    struct pkt p;
    struct ether e;

    note_record(j);
    if (j->rec.leg == EV_EVENTS) {
        if (!ether_parse(j->rec.frame, &e) && e.type == ETHER_LOCAL_EXPERIMENTAL)
            take_line(j, e.payload);
        return;
    }
    pkt_parse(j->rec.frame, &p);
    take_parsed(j, &p);
}
