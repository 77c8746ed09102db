/* Frames on the two LANs. */
#include "evidence/payload_hash.h"
#include "judge/judge_parts.h"

static bool is_whole_tcp(const struct pkt *p)
{
    return p->ip.payload.n == p->ip.payload_len && !ip_is_fragment(&p->ip);
}

/* A receiver takes no segment whose checksum is wrong, so neither do we. What a host sends is not
 * looked at: real ones leave the sum to their hardware. */
static bool is_sound(struct flow_dir *d, const struct pkt *p, bool arrives, uint64_t packet)
{
    if (!arrives || !is_whole_tcp(p) || tcp_checksum_ok(p->ip.payload, &p->ip.src, &p->ip.dst))
        return true;
    if (d->bad_checksums++ == 0)
        d->bad_packet = packet;
    return false;
}

static void note_handshake(struct judge *j, struct jflow *f, int site, int sender,
                           const struct tcp *t)
{
    int64_t now = j->rec.time_ns;

    if (sender == f->opener && site == sender && tcp_has(t, TCP_SYN) && f->syn_ns == NEVER)
        f->syn_ns = now;
    if (site == f->opener || f->rtt_ns)
        return;
    /* on the responder's LAN, where the tunnel is up already: SYN-ACK out, its ACK in */
    if (sender != f->opener && tcp_has(t, TCP_SYN))
        f->syn_ack_ns = now;
    else if (sender == f->opener && !tcp_has(t, TCP_SYN) && f->syn_ack_ns != NEVER)
        f->rtt_ns = now > f->syn_ack_ns ? now - f->syn_ack_ns : 1;
}

/* Strays of an earlier connection on the same endpoints came before this one's SYN. */
static void begin_at_syn(struct judge *j, struct flow_dir *d, const struct tcp *t)
{
    if (!tcp_has(t, TCP_SYN) || d->tcp.syn > 0 || d->tcp.data_packets == 0)
        return;
    bool sha = !j->meta->headers_only;
    tcp_dir_release(&d->tcp);
    tcp_dir_init(&d->tcp, NULL);
    flow_bytes_release(&d->bytes, &j->flows.pieces);
    flow_bytes_init(&d->bytes, sha);
}

static void note_dupacks(struct flow_dir *d, const struct tcp_note *n)
{
    if (n->dup_ack) {
        if (++d->dupack_run == 3)
            d->triple_dupacks++;
    } else {
        d->dupack_run = 0;
    }
}

static void note_again(struct jflow *f, int sender, const struct tcp_note *n)
{
    struct way *w = &f->way[sender];

    if (n->class != TCP_SEG_DUP_FULL && n->class != TCP_SEG_DUP_PARTIAL)
        return;
    w->again = n->pos == w->again_pos ? w->again + 1 : 1;
    w->again_pos = n->pos;
    if (w->again > w->again_max)
        w->again_max = w->again;
    w->spurious += n->pos + (int64_t)n->len <= f->on[!sender][sender].tcp.in_order;
}

/* What arrived against what was sent, where a packet of both ended. */
static void compare(struct judge *j, struct jflow *f, int sender)
{
    struct way *w = &f->way[sender];
    const struct flow_bytes *sent = &f->on[sender][sender].bytes;
    const struct flow_bytes *came = &f->on[!sender][sender].bytes;
    uint64_t hash;

    if (w->altered || came->broken || sent->broken || came->next <= w->good_to ||
        !flow_bytes_hash_at(sent, came->next, &hash))
        return;
    if (hash == came->hash) {
        w->good_to = came->next;
        return;
    }
    w->altered = true;
    w->altered_to = came->next;
    w->altered_packet = j->rec.packet;
}

static void take_data(struct judge *j, struct jflow *f, int site, int sender,
                      const struct tcp_seg *seg, const struct tcp_note *n)
{
    struct flow_dir *d = &f->on[site][sender];
    struct payload p = {.pos = n->pos,
                        .len = seg->len,
                        .data = bytes_head(seg->data, seg->len),
                        .has_hash = j->rec.has_hash,
                        .hash = j->rec.payload_hash,
                        .packet = j->rec.packet};
    int64_t keep_from = site == sender ? f->on[!sender][sender].tcp.in_order : INT64_MAX;

    if (n->class == TCP_SEG_KEEPALIVE) /* its byte may be anything */
        return;
    if (!p.has_hash && p.data.n == p.len) {
        p.has_hash = true;
        p.hash = payload_hash(p.data);
    }
    if (p.has_hash)
        leak_note_payload(&j->wan, p.hash, p.len, p.packet);
    flow_bytes_take(&d->bytes, &j->flows.pieces, &p, keep_from);
    if (site == sender) {
        note_again(f, sender, n);
        jflow_sent_data(j, f, sender, n->fresh_bytes > 0);
        return;
    }
    compare(j, f, sender);
    if (n->in_order_after > n->in_order_before)
        jflow_progress(j, f, sender);
}

/* RFC 2018, 3: what a receiver has lies within what was sent. A device that changes sequence
 * numbers has to change these, too. P came to the host at SITE; its FIN counts as one. */
static void take_sacks(struct judge *j, struct jflow *f, int site, const struct pkt *p)
{
    const struct tcp_dir *sent = &f->on[site][site].tcp;
    struct way *w = &f->way[site];
    struct tcp_opts o;

    if (!p->tcp.opts.n || !sent->started || !sent->syn)
        return;
    tcp_opts_parse(p->tcp.opts, &o);
    for (unsigned i = 0; i < o.sacks; i++) {
        int64_t from = tcp_dir_pos(sent, o.sack[i].from), to = tcp_dir_pos(sent, o.sack[i].to);
        if (from >= sent->start && from <= to && to <= sent->high + 1)
            continue;
        if (w->strange_sacks++ == 0)
            w->strange_packet = j->rec.packet;
    }
}

static void take_tcp(struct judge *j, struct jflow *f, int site, int sender, const struct pkt *p)
{
    struct flow_dir *d = &f->on[site][sender];
    struct tcp_seg seg = tcp_seg_of(p, j->rec.time_ns);
    struct tcp_note n;

    if (!is_sound(d, p, site != sender, j->rec.packet))
        return;
    begin_at_syn(j, d, &p->tcp);
    jflow_align(j, f, site, sender, p);
    note_handshake(j, f, site, sender, &p->tcp);
    tcp_dir_add(&d->tcp, &seg, &n);
    if (site != sender && tcp_has(&p->tcp, TCP_ACK)) {
        jflow_acknowledged(f, site, p->tcp.ack, j->rec.time_ns);
        take_sacks(j, f, site, p);
    }
    note_dupacks(d, &n);
    if (tcp_has(&p->tcp, TCP_RST))
        jflow_reset_frame(j, f, site, sender, n.pos);
    else if (seg.len > 0)
        take_data(j, f, site, sender, &seg, &n);
}

static void take_datagram(struct judge *j, struct jflow *f, int site, int sender,
                          const struct pkt *p)
{
    struct flow_dir *d = &f->on[site][sender];

    d->datagrams++;
    d->datagram_bytes += p->kind == PKT_UDP ? p->data_len : p->icmp.data.n;
    if (p->kind == PKT_UDP && j->rec.has_hash)
        leak_note_payload(&j->wan, j->rec.payload_hash, p->data_len, j->rec.packet);
    else if (p->kind == PKT_UDP && p->udp.data.n == p->data_len)
        leak_note_payload(&j->wan, payload_hash(p->udp.data), p->data_len, j->rec.packet);
    if (site == sender)
        jflow_datagram_sent(j, f, sender);
    else
        jflow_datagram_came(j, f, sender);
}

static void count_frame(struct judge *j, struct jflow *f, int site, int sender)
{
    struct jflows *t = &j->flows;
    struct flow_dir *d = &f->on[site][sender];

    d->frames++;
    if (d->first_ns == NEVER)
        d->first_ns = j->rec.time_ns;
    if (site == sender) {
        t->in[sender]++;
        return;
    }
    t->out[sender]++;
    uint64_t missing = t->in[sender] > t->out[sender] ? t->in[sender] - t->out[sender] : 0;
    if (!t->floor_set && missing < t->floor[sender])
        t->floor[sender] = missing;
}

void jflow_frame(struct judge *j, int site, const struct pkt *p)
{
    int sender;
    struct jflow *f = jflow_find(j, site, p, &sender);

    if (!f)
        return;
    count_frame(j, f, site, sender);
    if (j->rec.leg == EV_WAN)
        ; /* past the tunnel */
    else if (site == judge_peer_site(j))
        inner_on_lan(j, p, site == sender);
    else if (inner_legs_compares(j))
        inner_legs_on_lan(j, site, sender, p);
    if (p->kind == PKT_TCP)
        take_tcp(j, f, site, sender, p);
    else
        take_datagram(j, f, site, sender, p);
}
