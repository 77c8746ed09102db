/* <send>: single packets, as no well-behaved host would send them. */
#include "evidence/marked.h"
#include "replay/run_parts.h"

#define FAR        0x40000000u /* beyond every window, and still "after" (RFC 7323, 2.3) */
#define PIECES_MAX 4
#define PIECE      1480u /* of a datagram, in a frame of 1500 bytes */
#define LONG       4000u /* bytes in the datagram that is sent in fragments */
#define SHORT      100u
#define QUOTED     28u /* RFC 792: the header and eight bytes */
#define SMALL_MTU  1200u
#define MSS        1460u
#define TTL        64

/* --- what is seen ------------------------------------------------------------------------------
 */

static enum tap_id tap_of(const struct stream *s, enum plan_site site)
{
    if (site == SITE_BO)
        return TAP_BO;
    return s && s->spec->to == FAR_OUTSIDE ? TAP_WAN : TAP_HO;
}

static bool fits(const struct stream *s, enum plan_site site, const struct pkt *p, bool sent)
{
    const struct endpoint *own = &s->at[site];
    enum plan_site other = site == SITE_BO ? SITE_HO : SITE_BO;
    uint16_t src = p->kind == PKT_TCP ? p->tcp.src : p->udp.src;
    uint16_t dst = p->kind == PKT_TCP ? p->tcp.dst : p->udp.dst;
    bool opens = s->opener == site;

    /* the port of who was called is left alone by translation; that of the caller may not be */
    if (!ip_addr_eq(sent ? &p->ip.src : &p->ip.dst, &own->addr) || (sent ? src : dst) != own->port)
        return false;
    return !opens || (sent ? dst : src) == s->at[other].port;
}

void send_watch(struct run *r, const struct tap *t, struct bytes frame, bool sent)
{
    enum tap_id id = (enum tap_id)(t - r->taps);
    struct pkt p;

    if (id != TAP_BO && id != TAP_HO && id != TAP_WAN)
        return;
    pkt_parse(frame, &p);
    if (!sent && p.kind != PKT_OTHER) {
        r->beyond[id] = p.eth.src;
        r->knows_beyond[id] = true;
    }
    if (p.kind != PKT_TCP && p.kind != PKT_UDP)
        return;
    for (size_t i = 0; i < r->nstreams; i++) {
        struct stream *s = &r->streams[i];
        for (int site = 0; s->added && site < SITES; site++) {
            if (tap_of(s, (enum plan_site)site) != id ||
                s->flow->conv.proto != (enum conv_proto)p.ip.proto ||
                !fits(s, (enum plan_site)site, &p, sent))
                continue;
            sight_take(&s->seen[site], &p, bytes_from(frame, ETHER_HDR_LEN), sent);
        }
    }
}

/* --- packets -----------------------------------------------------------------------------------
 */

struct letter { /* a packet being written */
    struct run *run;
    const struct plan_event *spec;
    enum tap_id tap;
    const struct sight *seen; /* NULL: it is of no stream */
    struct endpoint from, to;
    uint8_t payload[LONG + UDP_HDR_LEN];
};

/* Own link address at the end of a leg. */
static struct mac mac_at(enum tap_id tap)
{
    return tap == TAP_WAN ? LAB_WAN_MAC : lab_host_mac(tap == TAP_BO ? SITE_BO : SITE_HO);
}

static bool post(struct letter *l, const struct ip *ip, struct bytes payload)
{
    struct tap *t = &l->run->taps[l->tap];
    size_t n = ETHER_HDR_LEN + IP4_HDR_LEN + payload.n;
    struct mac own = mac_at(l->tap);
    uint8_t *mem = sink_reserve(&t->sink, n);

    if (!mem)
        return false;
    struct wr w = wr_of(mem, n);
    ether_put(&w, &l->run->beyond[l->tap], &own, ETHER_IPV4);
    ip_put(&w, ip, payload.n);
    wr_put(&w, payload);
    sink_commit(&t->sink, w.at);
    return !w.err;
}

static struct ip header_of(const struct letter *l, uint8_t proto)
{
    return (struct ip){.version = 4,
                       .proto = proto,
                       .ttl = TTL,
                       .id = (uint32_t)(l->spec - l->run->plan->events) + 0x4800,
                       .src = l->from.addr,
                       .dst = l->to.addr};
}

static bool post_segment(struct letter *l, struct tcp *t)
{
    struct ip ip = header_of(l, IP_TCP);
    struct wr w = wr_of(l->payload, sizeof(l->payload));

    t->src = l->from.port;
    t->dst = l->to.port;
    tcp_put(&w, t, &ip.src, &ip.dst);
    return !w.err && post(l, &ip, wr_bytes(&w));
}

static bool post_icmp(struct letter *l, const struct icmp *m)
{
    struct ip ip = header_of(l, IP_ICMP);
    struct wr w = wr_of(l->payload, sizeof(l->payload));

    icmp_put(&w, m, &ip.src, &ip.dst);
    return !w.err && post(l, &ip, wr_bytes(&w));
}

/* --- of a stream -------------------------------------------------------------------------------
 */

static bool of_stream(struct letter *l)
{
    const struct sight *s = l->seen;
    uint8_t opts[TCP_OPTS_MAX], mark[SHORT];
    struct wr w = wr_of(opts, sizeof(opts)), m = wr_of(mark, sizeof(mark));
    struct tcp t = {.seq = s->next, .ack = s->ack, .flags = TCP_ACK, .window = s->window};
    struct tcp_opts o = {.has_ts = true, .tsval = s->ts - FAR, .tsecr = s->ts_echo};

    marked_put(&m, l->spec->id, sizeof(mark));
    switch (l->spec->send) {
    case SEND_RESET: t.flags = TCP_RST | TCP_ACK; break;
    case SEND_RESET_PAST:
        t.flags = TCP_RST | TCP_ACK;
        t.seq += FAR;
        break;
    case SEND_FIN_PAST:
        t.flags = TCP_FIN | TCP_ACK;
        t.seq += FAR;
        break;
    case SEND_DATA_PAST:
        t.seq += FAR;
        t.data = wr_bytes(&m);
        break;
    case SEND_ACK_AHEAD: t.ack += FAR; break;
    case SEND_OLD_STAMP:
        tcp_opts_put(&w, &o);
        t.seq--;
        t.opts = wr_bytes(&w);
        t.data = bytes_of(mark, 1);
        break;
    case SEND_SYN_AGAIN:
        t.flags = TCP_SYN;
        t.seq += FAR;
        t.ack = 0;
        break;
    default: return false;
    }
    return post_segment(l, &t);
}

static bool error_about(struct letter *l)
{
    bool big = l->spec->send == SEND_TOO_BIG;
    struct icmp m = {.type = ICMP_UNREACHABLE,
                     .code = big ? 4 : 3,
                     .rest = big ? SMALL_MTU : 0,
                     .data = bytes_head(bytes_of(l->seen->last, l->seen->last_len), QUOTED)};

    return post_icmp(l, &m);
}

/* --- of none -----------------------------------------------------------------------------------
 */

static struct bytes datagram(struct letter *l, size_t n)
{
    static const size_t room = LONG;
    uint8_t data[LONG];
    struct wr d = wr_of(data, room), w = wr_of(l->payload, sizeof(l->payload));

    marked_put(&d, l->spec->id, n);
    struct udp u = {.src = l->from.port, .dst = l->to.port, .data_len = n, .data = wr_bytes(&d)};
    udp_put(&w, &u, &l->from.addr, &l->to.addr);
    return wr_bytes(&w);
}

static bool post_datagram(struct letter *l)
{
    bool whole = l->spec->send == SEND_BIG_DF;
    struct ip ip = header_of(l, IP_UDP);

    ip.df = whole;
    return post(l, &ip, datagram(l, whole ? PIECE - UDP_HDR_LEN : SHORT));
}

static bool post_fragments(struct letter *l)
{
    struct bytes all = datagram(l, LONG);
    size_t n = (all.n + PIECE - 1) / PIECE;
    bool done = true;

    for (size_t i = 0; i < n; i++) {
        size_t piece = l->spec->send == SEND_FRAGMENTS_BACK ? n - 1 - i : i;
        struct ip ip = header_of(l, IP_UDP);
        if (l->spec->send == SEND_FRAGMENTS_LESS && piece == 1)
            continue;
        ip.frag_off = (uint32_t)(piece * PIECE);
        ip.more = piece + 1 < n;
        done = post(l, &ip, bytes_head(bytes_from(all, piece * PIECE), PIECE)) && done;
    }
    return done;
}

static bool post_echo(struct letter *l, bool reply)
{
    uint8_t mark[SHORT];
    struct wr m = wr_of(mark, sizeof(mark));

    marked_put(&m, l->spec->id, sizeof(mark));
    return post_icmp(l, &(struct icmp){.type = reply ? ICMP_ECHO_REPLY : ICMP_ECHO,
                                       .rest = (uint32_t)l->from.port << 16 | 1,
                                       .data = wr_bytes(&m)});
}

/* About a datagram that this host might have got from the one it is sent to. */
static bool post_stray_error(struct letter *l)
{
    uint8_t quoted[QUOTED];
    struct wr w = wr_of(quoted, sizeof(quoted));
    struct udp u = {.src = l->to.port, .dst = l->from.port};
    struct ip ip = {
        .version = 4, .proto = IP_UDP, .ttl = TTL, .src = l->to.addr, .dst = l->from.addr};

    ip_put(&w, &ip, UDP_HDR_LEN);
    udp_put(&w, &u, &ip.src, &ip.dst);
    return post_icmp(l, &(struct icmp){.type = ICMP_UNREACHABLE, .code = 3, .data = wr_bytes(&w)});
}

static bool post_gre(struct letter *l)
{
    struct ip ip = header_of(l, IP_GRE);
    struct wr w = wr_of(l->payload, sizeof(l->payload));

    wr_be16(&w, 0); /* RFC 2784, 2.1: no checksum, version 0 */
    wr_be16(&w, ETHER_IPV4);
    marked_put(&w, l->spec->id, SHORT);
    return post(l, &ip, wr_bytes(&w));
}

static bool of_none(struct letter *l)
{
    uint8_t opts[TCP_OPTS_MAX];
    struct wr w = wr_of(opts, sizeof(opts));
    struct tcp_opts o = {.mss = MSS};
    struct tcp syn = {.seq = FAR, .flags = TCP_SYN, .window = UINT16_MAX};
    struct tcp ack = {.seq = FAR, .ack = FAR, .flags = TCP_ACK, .window = UINT16_MAX};

    switch (l->spec->send) {
    case SEND_SYN:
        tcp_opts_put(&w, &o);
        syn.opts = wr_bytes(&w);
        return post_segment(l, &syn);
    case SEND_ACK: return post_segment(l, &ack);
    case SEND_UDP:
    case SEND_BIG_DF: return post_datagram(l);
    case SEND_FRAGMENTS:
    case SEND_FRAGMENTS_BACK:
    case SEND_FRAGMENTS_LESS: return post_fragments(l);
    case SEND_ECHO: return post_echo(l, false);
    case SEND_ECHO_REPLY: return post_echo(l, true);
    case SEND_STRAY_ERROR: return post_stray_error(l);
    case SEND_GRE: return post_gre(l);
    default: return false;
    }
}

/* --- all of it ---------------------------------------------------------------------------------
 */

static void address(struct letter *l)
{
    const struct plan_event *s = l->spec;
    const struct plan_lab *lab = &l->run->plan->lab;
    bool bo = s->sender == SENDER_BO;

    if (l->seen) {
        l->from = l->seen->local;
        l->to = l->seen->remote;
        return;
    }
    l->from.addr = bo                            ? lab->bo_host
                   : s->sender == SENDER_OUTSIDE ? lab->outside_host
                                                 : lab->ho_host;
    l->to.addr = s->to.family ? s->to : bo ? lab->ho_host : lab->bo_host;
    l->from.port = s->from_port ? s->from_port : SEND_FROM_PORT;
    l->to.port = s->to_port ? s->to_port : SEND_TO_PORT;
}

const char *send_packet(struct run *r, const struct plan_event *s)
{
    enum plan_site site = s->sender == SENDER_BO ? SITE_BO : SITE_HO;
    struct stream *st = s->about >= 0 ? &r->streams[s->about] : NULL;
    struct letter l = {.run = r,
                       .spec = s,
                       .seen = st ? &st->seen[site] : NULL,
                       .tap = s->sender == SENDER_BO        ? TAP_BO
                              : s->sender == SENDER_OUTSIDE ? TAP_WAN
                                                            : TAP_HO};
    bool error = s->send == SEND_UNREACHABLE || s->send == SEND_TOO_BIG;

    if (!r->knows_beyond[l.tap])
        return "the gateway of that leg was not heard yet";
    if (st && (error ? !l.seen->came : !l.seen->sent))
        return error ? "no packet of the stream came there yet"
                     : "the host has sent nothing of the stream yet";
    address(&l);
    if (!(!st ? of_none(&l) : error ? error_about(&l) : of_stream(&l)))
        return "the leg would not take it";
    return NULL;
}
