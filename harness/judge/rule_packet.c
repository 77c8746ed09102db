/* <packet>: single packets that came out of the device, by what they are, whose they are, or by the
 * <send> they go back to. */
#include "judge/judge_parts.h"

#include "evidence/marked.h"

/* The outside host is there when the case has something to do with it. */
static bool has_outside(const struct plan *p)
{
    for (size_t i = 0; i < p->nstreams; i++)
        if (p->streams[i].to == FAR_OUTSIDE)
            return true;
    for (size_t i = 0; i < p->nevents; i++)
        if (p->events[i].action == ACTION_SEND && p->events[i].sender == SENDER_OUTSIDE)
            return true;
    return false;
}

void packet_init(struct judge *j)
{
    size_t n = j->plan->nexpects;

    j->has_outside = has_outside(j->plan);
    j->packets = arena_array(j->arena, n + 1, sizeof(*j->packets));
    for (size_t i = 0; i < n; i++)
        j->counts_packets = j->counts_packets || j->plan->expects[i].rule == RULE_PACKET;
}

static int site_of(enum plan_leg leg)
{
    return leg == LEG_BO_LAN ? BO : HO;
}

/* Whoever stands on a leg beside the device, and sends there himself. */
static bool is_sent_there(const struct judge *j, enum plan_leg leg, const struct ip_addr *src)
{
    const struct plan_lab *l = &j->plan->lab;

    if (leg == LEG_WAN && l->mode == MODE_PAIR)
        return false; /* devices at both ends */
    if (leg == LEG_WAN)
        return ip_addr_eq(src, &l->outside_host) ||
               ip_addr_eq(src, l->device_site == SITE_BO ? &l->ho_outside : &l->bo_outside);
    return ip_addr_eq(src, leg == LEG_BO_LAN ? &l->bo_host : &l->ho_host);
}

static uint16_t mss_of(const struct pkt *p)
{
    struct tcp_opts o = {0};

    tcp_opts_parse(p->tcp.opts, &o);
    return o.mss;
}

static bool is_unreachable(const struct pkt *p, bool too_big)
{
    bool six = p->ip.version == 6;

    if (p->kind != PKT_ICMP)
        return false;
    if (too_big)
        return six ? p->icmp.type == ICMP6_TOO_BIG
                   : p->icmp.type == ICMP_UNREACHABLE && p->icmp.code == 4;
    return six ? p->icmp.type == ICMP6_UNREACHABLE
               : p->icmp.type == ICMP_UNREACHABLE && p->icmp.code != 4;
}

static bool is_kind(const struct pkt *p, enum plan_packet kind)
{
    switch (kind) {
    case PACKET_ANY: return true;
    case PACKET_SYN: return p->kind == PKT_TCP && tcp_has(&p->tcp, TCP_SYN);
    case PACKET_RESET: return p->kind == PKT_TCP && tcp_has(&p->tcp, TCP_RST);
    case PACKET_DATA: return p->kind == PKT_TCP && p->data_len > 0;
    case PACKET_UNREACHABLE: return is_unreachable(p, false);
    case PACKET_TOO_BIG: return is_unreachable(p, true);
    case PACKET_FRAGMENT: return ip_is_fragment(&p->ip);
    case PACKET_COUNT: break;
    }
    return false;
}

/* RFC 792, 5927 4.1: an error quotes eight bytes of what it is about at least, which for TCP is as
 * far as the sequence number: it has to be one that the host has sent. */
static bool quotes(struct judge *j, const struct jflow *f, int site, const struct pkt *p)
{
    struct pkt q;
    int sender;

    pkt_parse_ip(p->icmp.data, &q);
    if (q.kind == PKT_OTHER)
        return false;
    struct rd r = rd_of(q.ip.payload);
    uint16_t src = rd_be16(&r), dst = rd_be16(&r);
    uint32_t seq = rd_be32(&r);
    if (r.err || q.ip.proto != f->proto)
        return false;
    if (q.kind == PKT_IP) { /* cut off in its TCP header: enough is there to find it */
        q.kind = PKT_TCP;
        q.tcp = (struct tcp){.src = src, .dst = dst, .seq = seq, .flags = TCP_ACK};
    }
    if (jflow_known(j, site, &q, &sender) != f || sender != site)
        return false;
    if (q.kind != PKT_TCP)
        return true;
    const struct tcp_dir *sent = &f->on[site][site].tcp;
    int64_t pos = tcp_dir_pos(sent, seq);
    return sent->started && pos >= sent->start - 1 && pos <= sent->high + 1;
}

static bool is_of_stream(struct judge *j, const struct plan_expect *x, const struct pkt *p)
{
    const struct jflow *f = jflow_of_plan(&j->flows, x->stream);
    int site = site_of(x->leg), sender;

    if (!f)
        return false;
    if (p->kind == PKT_ICMP && icmp_is_error(p->ip.version, p->icmp.type))
        return quotes(j, f, site, p);
    return jflow_known(j, site, p, &sender) == f && sender != site;
}

static struct bytes payload_of(const struct pkt *p)
{
    switch (p->kind) {
    case PKT_TCP: return p->tcp.data;
    case PKT_UDP: return p->udp.data;
    case PKT_ICMP: return p->icmp.data;
    case PKT_IP: return p->ip.proto == IP_GRE ? bytes_from(p->ip.payload, 4) : (struct bytes){0};
    default: return (struct bytes){0};
    }
}

static bool is_meant(struct judge *j, const struct plan_expect *x, const struct pkt *p)
{
    if (x->rule != RULE_PACKET || !is_kind(p, x->packet) ||
        !window_has(&j->tl, &x->window, j->rec.time_ns) || is_sent_there(j, x->leg, &p->ip.src))
        return false;
    if (x->sent >= 0 && !marked_is(payload_of(p), j->plan->events[x->sent].id))
        return false;
    return x->stream < 0 || is_of_stream(j, x, p);
}

/* P's SYN against what its sender's own leg saw. */
static bool isn_fits(struct judge *j, const struct plan_expect *x, const struct pkt *p)
{
    int sender;
    const struct jflow *f = jflow_known(j, site_of(x->leg), p, &sender);

    if (x->isn == ISN_ANY || !f || !f->on[sender][sender].tcp.syn)
        return true;
    return (f->on[sender][sender].tcp.last_isn == p->tcp.seq) == (x->isn == ISN_KEPT);
}

/* FRAGMENTS: P is a frame as it came, else a datagram put together. */
static void take(struct judge *j, enum plan_leg leg, const struct pkt *p, bool fragments)
{
    for (size_t i = 0; i < j->plan->nexpects; i++) {
        const struct plan_expect *x = &j->plan->expects[i];
        struct packet_watch *w = &j->packets[i];
        if (x->leg != leg || (x->packet == PACKET_FRAGMENT) != fragments || !is_meant(j, x, p))
            continue;
        if (w->n++ == 0) {
            w->packet = j->rec.packet;
            w->time_ns = j->rec.time_ns;
        }
        if (x->mss && mss_of(p) > x->mss && !w->mss) {
            w->mss = mss_of(p);
            w->mss_packet = j->rec.packet;
        }
        if (!w->isn_packet && !isn_fits(j, x, p))
            w->isn_packet = j->rec.packet;
    }
}

static enum plan_leg leg_of(enum evidence_leg leg)
{
    return leg == EV_BO_LAN ? LEG_BO_LAN : leg == EV_WAN ? LEG_WAN : LEG_HO_LAN;
}

void packet_fragment(struct judge *j, const struct pkt *p)
{
    if (j->counts_packets && j->rec.leg != EV_MGMT)
        take(j, leg_of(j->rec.leg), p, true);
}

void packet_whole(struct judge *j, const struct pkt *p)
{
    if (j->counts_packets && j->rec.leg != EV_MGMT)
        take(j, leg_of(j->rec.leg), p, false);
}

/* --- verdict -----------------------------------------------------------------------------------
 */

static const char *say_packet(struct judge *j, const struct plan_expect *x)
{
    struct buf b = BUF_INIT;

    buf_addf(&b, "%s out of the device on %s", plan_packet_words(x->packet), plan_leg_name(x->leg));
    if (x->stream >= 0)
        buf_addf(&b, " of %s", j->plan->streams[x->stream].id);
    if (x->sent >= 0)
        buf_addf(&b, " as %s sent it", j->plan->events[x->sent].id);
    buf_adds(&b, say_window(&j->tl, &x->window));
    const char *s = arena_strdup(j->arena, buf_str(&b));
    buf_release(&b);
    return s;
}

static struct found *say_none(struct judge *j, const struct plan_expect *x)
{
    static const enum evidence_leg legs[] = {EV_BO_LAN, EV_WAN, EV_HO_LAN};
    bool lost = j->tl.dropped[legs[x->leg]] || !timeline_is_whole(&j->tl);

    return find_add(&j->fs, "packet",
                    lost         ? VERDICT_INCONCLUSIVE
                    : x->min > 0 ? VERDICT_FAIL
                                 : VERDICT_PASS,
                    BASIS_MISSING, "not one: %s%s", say_packet(j, x),
                    lost ? ", as far as the evidence goes" : "");
}

void rule_packet(struct judge *j, size_t i, const struct plan_expect *x)
{
    const struct packet_watch *w = &j->packets[i];
    bool few = w->n < (uint64_t)(x->min > 0 ? x->min : 0);
    bool many = x->max >= 0 && w->n > (uint64_t)x->max;
    struct found *f;
    int64_t from, to;

    if (!window_bounds(&j->tl, &x->window, &from, &to)) {
        f = find_add(&j->fs, "packet", VERDICT_UNRESOLVED, BASIS_MISSING,
                     "event %s was not sent, so there is nothing to look at",
                     j->plan->events[x->window.since].id);
    } else if (!w->n) {
        f = say_none(j, x);
    } else if (w->mss) {
        f = find_add(&j->fs, "packet", VERDICT_FAIL, BASIS_SEEN,
                     "packet %llu: %s, and its MSS is %u, more than %u",
                     (unsigned long long)w->mss_packet, say_packet(j, x), w->mss, x->mss);
        found_packet(f, w->mss_packet, plan_leg_name(x->leg), 0);
    } else if (w->isn_packet) {
        f = find_add(&j->fs, "packet", VERDICT_FAIL, BASIS_SEEN,
                     "packet %llu: %s, and its sequence number is %s",
                     (unsigned long long)w->isn_packet, say_packet(j, x),
                     x->isn == ISN_KEPT ? "not its sender's" : "its sender's own");
        found_packet(f, w->isn_packet, plan_leg_name(x->leg), 0);
    } else {
        f = find_add(&j->fs, "packet", few || many ? VERDICT_FAIL : VERDICT_PASS,
                     few ? BASIS_MISSING : BASIS_SEEN, "packet %llu: %s, %llu in all%s",
                     (unsigned long long)w->packet, say_packet(j, x), (unsigned long long)w->n,
                     few    ? ", fewer than expected"
                     : many ? ", more than expected"
                            : "");
        found_packet(f, w->packet, plan_leg_name(x->leg), w->time_ns);
    }
    found_place(f, x);
}
