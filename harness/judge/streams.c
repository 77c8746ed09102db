/* Streams on the two LANs: which bytes passed where, when, and who sent resets. */
#include "judge/judge_parts.h"

/* From one side of a stream to the other; *SENDER: which. */
static bool is_of(const struct jstream *s, const struct endpoint *src, const struct endpoint *dst,
                  int *sender)
{
    for (int i = 0; i < SITES; i++) {
        if (src->port == s->at[i].port && dst->port == s->at[!i].port &&
            ip_addr_eq(&src->addr, &s->at[i].addr) && ip_addr_eq(&dst->addr, &s->at[!i].addr)) {
            *sender = i;
            return true;
        }
    }
    return false;
}

static bool endpoints(const struct pkt *p, struct endpoint *src, struct endpoint *dst)
{
    *src = (struct endpoint){.addr = p->ip.src};
    *dst = (struct endpoint){.addr = p->ip.dst};
    if (p->kind == PKT_TCP) {
        src->port = p->tcp.src;
        dst->port = p->tcp.dst;
    } else if (p->kind == PKT_UDP) {
        src->port = p->udp.src;
        dst->port = p->udp.dst;
    } else if (p->kind == PKT_ICMP &&
               (p->icmp.type == ICMP_ECHO || p->icmp.type == ICMP_ECHO_REPLY)) {
        src->port = dst->port = (uint16_t)(p->icmp.rest >> 16);
    } else {
        return false;
    }
    return true;
}

static struct jstream *find(struct judge *j, const struct pkt *p, int *sender)
{
    struct endpoint src, dst;

    if (!endpoints(p, &src, &dst))
        return NULL;
    for (size_t i = 0; i < j->nstreams; i++) {
        if (j->streams[i].proto == p->ip.proto && is_of(&j->streams[i], &src, &dst, sender))
            return &j->streams[i];
    }
    return NULL;
}

struct jstream *stream_by_plan(struct judge *j, int index)
{
    for (size_t i = 0; index >= 0 && i < j->nstreams; i++) {
        if (j->streams[i].plan == index)
            return &j->streams[i];
    }
    return NULL;
}

/* A silence of this stream has ended now: was it the longest since an event? */
static void note_silence(struct judge *j, struct jstream *s, int64_t from, int64_t to)
{
    for (size_t i = 0; i < j->nevents; i++) {
        struct after_event *a = &s->after[i];
        if (j->events[i].sent_ns == NEVER)
            continue;
        if (a->end_ns == NEVER || to - from > a->end_ns - a->start_ns) {
            a->start_ns = from;
            a->end_ns = to;
        }
    }
}

static void note_progress(struct judge *j, struct jstream *s, int sender, int64_t in_order)
{
    struct progress *g = &s->progress[sender];
    int64_t now = j->rec.time_ns;

    if (in_order <= g->in_order && g->last_ns != NEVER)
        return;
    if (g->last_ns != NEVER) {
        int64_t gap = now - g->last_ns;
        if (gap > g->stall_max_ns) {
            g->stall_max_ns = gap;
            g->stall_start_ns = g->last_ns;
        }
        if (gap > STALL_MIN_NS) {
            g->stalls++;
            g->stall_total_ns += gap;
        }
        if (sender == larger_sender(s))
            note_silence(j, s, g->last_ns, now);
    }
    g->last_ns = now;
    g->in_order = in_order;
}

static void note_dupacks(struct leg_dir *d, const struct tcp_note *note)
{
    d->dupack_run = note->dup_ack ? d->dupack_run + 1 : 0;
    if (d->dupack_run == 3)
        d->triple_dupacks++;
}

/* Who made a reset: the host whose LAN carried it on its way out, else the device (or, on the
 * peer's own LAN, whoever is behind the tunnel: the device again). */
static void note_reset(struct judge *j, struct jstream *s, int leg, int sender)
{
    int maker = RESET_BY_DEVICE;

    if (leg == sender) {
        s->reset_sent[sender] = true;
        maker = RESET_BY_HOST;
    } else if (s->reset_sent[sender]) {
        return; /* the host's own, arriving at the other LAN */
    }
    s->resets_by[maker]++;
    s->resets_by[RESET_BY_ANY]++;
    if (s->reset_ns == NEVER) {
        s->reset_ns = j->rec.time_ns;
        s->reset_packet = j->rec.packet;
        s->reset_leg = leg == BO ? "bo-lan" : "ho-lan";
        s->reset_maker = maker;
    }
}

static void count_since(struct judge *j, struct jstream *s)
{
    for (size_t i = 0; i < j->nevents; i++)
        s->after[i].data_packets += j->events[i].sent_ns != NEVER;
}

static void take_tcp(struct judge *j, struct jstream *s, int leg, int sender, const struct pkt *p)
{
    struct leg_dir *d = &s->dir[leg][sender];
    struct tcp_seg seg = tcp_seg_of(p, j->rec.time_ns);
    struct tcp_note note;

    if (tcp_has(&p->tcp, TCP_SYN) && leg == sender && s->first_syn_ns == NEVER)
        s->first_syn_ns = j->rec.time_ns;
    if (tcp_has(&p->tcp, TCP_SYN) && sender != s->opener && leg == s->opener && !s->handshake_ns)
        s->handshake_ns = j->rec.time_ns;
    tcp_dir_add(&d->tcp, &seg, &note);
    note_dupacks(d, &note);
    if (seg.flags & TCP_RST) {
        note_reset(j, s, leg, sender);
        return;
    }
    if (seg.len == 0)
        return;
    count_since(j, s);
    d->last_data_ns = j->rec.time_ns;
    if (d->first_ns == NEVER)
        d->first_ns = j->rec.time_ns;
    bytes_take(&d->seen, note.pos, seg.len, seg.data, j->rec.has_hash, j->rec.payload_hash);
    if (leg != sender)
        note_progress(j, s, sender, d->tcp.in_order);
}

static void take_datagram(struct judge *j, struct jstream *s, int leg, int sender,
                          const struct pkt *p)
{
    struct leg_dir *d = &s->dir[leg][sender];

    d->datagrams++;
    d->datagram_bytes += p->kind == PKT_UDP ? p->data_len : p->icmp.data.n;
    if (d->first_ns == NEVER)
        d->first_ns = j->rec.time_ns;
    d->last_data_ns = j->rec.time_ns;
    if (leg == sender)
        return;
    note_progress(j, s, sender, (int64_t)d->datagrams);
    for (size_t i = 0; i < j->nevents; i++) {
        if (j->events[i].sent_ns != NEVER && s->after[i].datagram_ns == NEVER)
            s->after[i].datagram_ns = j->rec.time_ns;
    }
}

void stream_take(struct judge *j, int leg, const struct pkt *p)
{
    int sender;
    struct jstream *s = find(j, p, &sender);

    if (!s)
        return;
    if (p->kind == PKT_TCP)
        take_tcp(j, s, leg, sender, p);
    else
        take_datagram(j, s, leg, sender, p);
}

int larger_sender(const struct jstream *s)
{
    return s->total[HO] >= s->total[BO] ? HO : BO;
}

bool direction_complete(const struct jstream *s, int sender)
{
    return (uint64_t)s->dir[!sender][sender].tcp.in_order >= s->total[sender];
}

bool is_complete(const struct jstream *s)
{
    return direction_complete(s, BO) && direction_complete(s, HO);
}
