/* The frames of a made-up run. */
#include "tests/mock_run.h"
#include "tests/testkit.h"
#include "wire/ether.h"
#include "wire/icmp.h"
#include "wire/ip.h"
#include "wire/isakmp.h"
#include "wire/tcp.h"
#include "wire/udp.h"

#define FRAME_MAX 2048

uint8_t mock_byte(int sender, int64_t pos);

uint8_t mock_byte(int sender, int64_t pos)
{
    return (uint8_t)((pos * 7 + pos / 251 + sender * 13) & 0xff);
}

static const struct mac mac_a = {{2, 0, 0, 0, 0, 1}}, mac_b = {{2, 0, 0, 0, 0, 2}};

static void put_link(struct wr *w)
{
    ether_put(w, &mac_a, &mac_b, ETHER_IPV4);
}

static void put_ip(struct wr *w, const struct ip_addr *src, const struct ip_addr *dst,
                   uint8_t proto, uint16_t id, struct bytes payload)
{
    struct ip ip = {
        .version = 4, .proto = proto, .ttl = 64, .id = id, .df = true, .src = *src, .dst = *dst};

    ip_put(w, &ip, payload.n);
    wr_put(w, payload);
    assert_ok(w->err);
}

/* --- segments ----------------------------------------------------------------------------------
 */

/* Beyond the device the user is another one, and both have other numbers. */
static bool is_beyond(const struct mock_run *m, int site)
{
    return site != (m->opts.device_at_ho ? 1 : 0);
}

static struct endpoint end_of(const struct mock_run *m, int who, bool beyond)
{
    return who == 0 && beyond ? m->outside : m->at[who];
}

static uint32_t number(const struct mock_run *m, int who, int64_t pos, bool beyond)
{
    return m->isn[who] + 1 + (uint32_t)pos + (beyond ? m->offset[who] : 0);
}

static size_t put_segment(struct mock_run *m, const struct mock_segment *s,
                          const struct endpoint *src, const struct endpoint *dst, bool beyond,
                          uint8_t *out)
{
    uint8_t data[FRAME_MAX], opts[TCP_OPTS_MAX];
    struct wr w = wr_of(out, FRAME_MAX), ow = wr_of(opts, sizeof(opts));
    bool syn = s->flags & TCP_SYN;
    struct tcp t = {.src = src->port,
                    .dst = dst->port,
                    .seq = number(m, s->sender, syn ? -1 : s->pos, beyond),
                    .flags = s->flags,
                    .window = 65535,
                    .data = {data, s->len}};

    if (syn)
        tcp_opts_put(&ow, &(struct tcp_opts){.mss = beyond ? 1380 : 1460, .sack_permitted = true});
    if (s->sack) {
        struct tcp_opts o = {.sacks = 1};
        int64_t from = m->got[s->sender] + s->sack;
        o.sack[0].from = number(m, !s->sender, from, beyond && !s->sack_unmapped);
        o.sack[0].to = o.sack[0].from + s->sack;
        tcp_opts_put(&ow, &o);
    }
    t.opts = wr_bytes(&ow);
    if (s->flags & TCP_ACK)
        t.ack = number(m, !s->sender, m->got[s->sender], beyond);
    for (uint32_t i = 0; i < s->len; i++)
        data[i] = mock_byte(s->sender, s->pos + i);
    if (s->altered)
        data[s->len / 2] ^= 0x20;
    tcp_put(&w, &t, &src->addr, &dst->addr);
    assert_ok(w.err);
    if (s->bad_checksum)
        out[16] ^= 0x55;
    return w.at;
}

static size_t put_packet(struct mock_run *m, const struct mock_segment *s, bool beyond,
                         uint8_t *out)
{
    uint8_t seg[FRAME_MAX];
    struct endpoint src = end_of(m, s->sender, beyond), dst = end_of(m, !s->sender, beyond);
    size_t n = put_segment(m, s, &src, &dst, beyond, seg);
    struct wr w = wr_of(out, FRAME_MAX);

    put_ip(&w, &src.addr, &dst.addr, IP_TCP, m->ip_id, bytes_of(seg, n));
    return w.at;
}

void mock_lan(struct mock_run *m, int site, const struct mock_segment *s)
{
    uint8_t frame[FRAME_MAX], packet[FRAME_MAX];
    struct wr w = wr_of(frame, sizeof(frame));
    size_t n = put_packet(m, s, is_beyond(m, site), packet);

    put_link(&w);
    wr_put(&w, bytes_of(packet, n));
    assert_ok(w.err);
    mock_frame(m, site == 0 ? EV_BO_LAN : EV_HO_LAN, wr_bytes(&w), NULL);
}

static void seal_as(struct mock_run *m, int way, struct bytes inner, const char *remark, bool bad)
{
    struct mock_sa *sa = &m->sa[way];
    uint8_t esp[FRAME_MAX], frame[FRAME_MAX];
    struct wr w = wr_of(esp, sizeof(esp)), f = wr_of(frame, sizeof(frame));

    assert_non_null(sa->out);
    assert_ok(esp_seal(sa->out, &m->rng.rng, inner, IP_IPIP, &w));
    if (bad)
        esp[w.at - 1] ^= 1;
    put_link(&f);
    put_ip(&f, &sa->params.src, &sa->params.dst, IP_ESP, 0, wr_bytes(&w));
    if (way == MOCK_FROM_DEVICE) {
        assert_true(f.at <= sizeof(m->esp_frame));
        memcpy(m->esp_frame, frame, f.at);
        m->esp_len = f.at;
    }
    mock_frame(m, EV_WAN, wr_bytes(&f), remark);
}

static void seal(struct mock_run *m, int way, struct bytes inner, const char *remark)
{
    seal_as(m, way, inner, remark, false);
}

void mock_bad_esp(struct mock_run *m, int way)
{
    uint8_t packet[FRAME_MAX];
    struct mock_segment s = {.sender = way == mock_esp_way(m, 0) ? 0 : 1, .flags = TCP_ACK};
    size_t n = put_packet(m, &s, true, packet);

    seal_as(m, way, bytes_of(packet, n), NULL, true);
}

void mock_esp_again(struct mock_run *m, bool other)
{
    struct mock_sa *sa = &m->sa[MOCK_FROM_DEVICE];
    struct esp_sa *used = sa->out;

    if (!other) {
        mock_frame(m, EV_WAN, bytes_of(m->esp_frame, m->esp_len), NULL);
        return;
    }
    assert_ok(esp_sa_new(&sa->params, (struct mono){0}, &sa->out));
    mock_esp(m, &(struct mock_segment){.sender = m->opts.device_at_ho, .flags = TCP_ACK}, NULL);
    esp_sa_free(sa->out);
    sa->out = used;
}

/* A segment that goes through ESP in two fragments and is whole on the LANs. */
void mock_fragments(struct mock_run *m, const struct mock_segment *s)
{
    uint8_t seg[FRAME_MAX], part[FRAME_MAX];
    struct endpoint src = end_of(m, s->sender, true), dst = end_of(m, !s->sender, true);
    size_t n = put_segment(m, s, &src, &dst, true, seg), cut = 160;

    mock_lan(m, s->sender, s);
    for (int i = 0; i < 2; i++) {
        struct wr w = wr_of(part, sizeof(part));
        struct bytes half = i ? bytes_from(bytes_of(seg, n), cut) : bytes_of(seg, cut);
        struct ip ip = {.version = 4,
                        .proto = IP_TCP,
                        .ttl = 64,
                        .id = m->ip_id,
                        .more = i == 0,
                        .frag_off = i ? (uint32_t)cut : 0,
                        .src = src.addr,
                        .dst = dst.addr};
        ip_put(&w, &ip, half.n);
        wr_put(&w, half);
        assert_ok(w.err);
        seal(m, mock_esp_way(m, s->sender), wr_bytes(&w), NULL);
    }
    m->now_us += 1000;
    mock_lan(m, !s->sender, s);
}

void mock_esp(struct mock_run *m, const struct mock_segment *s, const char *remark)
{
    uint8_t packet[FRAME_MAX];
    size_t n = put_packet(m, s, true, packet);

    seal(m, mock_esp_way(m, s->sender), bytes_of(packet, n), remark);
}

void mock_pass(struct mock_run *m, const struct mock_segment *s)
{
    m->ip_id++;
    mock_lan(m, s->sender,
             &(struct mock_segment){
                 .sender = s->sender, .flags = s->flags, .pos = s->pos, .len = s->len});
    m->now_us += 1000;
    /* what the device alters, it alters before it seals */
    bool by_device = mock_esp_way(m, s->sender) == MOCK_FROM_DEVICE;
    struct mock_segment in_esp = *s;
    in_esp.altered = s->altered && by_device;
    in_esp.bad_checksum = s->bad_checksum && by_device;
    mock_esp(m, &in_esp, NULL);
    m->now_us += 1000;
    mock_lan(m, !s->sender, s);
}

void mock_clear(struct mock_run *m, const struct mock_segment *s, bool nat, bool copy)
{
    uint8_t seg[FRAME_MAX], frame[FRAME_MAX];
    struct endpoint src = m->at[s->sender], dst = m->at[!s->sender];
    struct wr w = wr_of(frame, sizeof(frame));

    if (nat)
        src = (struct endpoint){m->plan.lab.bo_outside, 1025};
    if (copy) {
        src = (struct endpoint){ip4(0xc6336407), 5};
        dst = (struct endpoint){ip4(0xcb007109), 6};
    }
    size_t n = put_segment(m, s, &src, &dst, true, seg);
    put_link(&w);
    put_ip(&w, &src.addr, &dst.addr, IP_TCP, 1, bytes_of(seg, n));
    mock_frame(m, EV_WAN, wr_bytes(&w), NULL);
}

/* --- datagrams ---------------------------------------------------------------------------------
 */

static size_t put_datagram(struct mock_run *m, int sender, bool beyond, uint8_t *out)
{
    uint8_t text[FRAME_MAX], data[40];
    struct endpoint src = end_of(m, sender, beyond), dst = end_of(m, !sender, beyond);
    struct wr w = wr_of(text, sizeof(text)), p = wr_of(out, FRAME_MAX);
    bool icmp = strcmp(m->opts.proto, "icmp") == 0;

    for (size_t i = 0; i < sizeof(data); i++)
        data[i] = mock_byte(sender, (int64_t)i + m->ip_id);
    if (icmp)
        icmp_put(&w,
                 &(struct icmp){.type = sender == 0 ? ICMP_ECHO : ICMP_ECHO_REPLY,
                                .rest = (uint32_t)src.port << 16 | m->ip_id,
                                .data = {data, sizeof(data)}},
                 &src.addr, &dst.addr);
    else
        udp_put(&w, &(struct udp){.src = src.port, .dst = dst.port, .data = {data, sizeof(data)}},
                &src.addr, &dst.addr);
    assert_ok(w.err);
    put_ip(&p, &src.addr, &dst.addr, icmp ? IP_ICMP : IP_UDP, m->ip_id, wr_bytes(&w));
    return p.at;
}

static void lan_datagram(struct mock_run *m, int site, int sender)
{
    uint8_t frame[FRAME_MAX], packet[FRAME_MAX];
    struct wr w = wr_of(frame, sizeof(frame));
    size_t n = put_datagram(m, sender, is_beyond(m, site), packet);

    put_link(&w);
    wr_put(&w, bytes_of(packet, n));
    mock_frame(m, site == 0 ? EV_BO_LAN : EV_HO_LAN, wr_bytes(&w), NULL);
}

void mock_datagram(struct mock_run *m, int sender, bool arrives)
{
    uint8_t packet[FRAME_MAX];

    m->ip_id++;
    lan_datagram(m, sender, sender);
    m->now_us += 1000;
    if (!arrives)
        return;
    size_t n = put_datagram(m, sender, true, packet);
    seal(m, mock_esp_way(m, sender), bytes_of(packet, n), NULL);
    m->now_us += 1000;
    lan_datagram(m, !sender, sender);
}

/* --- IKE, logs ---------------------------------------------------------------------------------
 */

/* One message behind main mode, so that the SA is seen to be up. */
void mock_ike_message(struct mock_run *m, struct bytes message)
{
    uint8_t frame[FRAME_MAX], packet[FRAME_MAX];
    struct wr f = wr_of(frame, sizeof(frame)), p = wr_of(packet, sizeof(packet));

    udp_put(&p, &(struct udp){.src = 500, .dst = 500, .data = message}, &m->plan.lab.bo_outside,
            &m->plan.lab.ho_outside);
    put_link(&f);
    put_ip(&f, &m->plan.lab.bo_outside, &m->plan.lab.ho_outside, IP_UDP, 0, wr_bytes(&p));
    mock_frame(m, EV_WAN, wr_bytes(&f), NULL);
}

void mock_ike(struct mock_run *m, unsigned generation)
{
    uint8_t text[FRAME_MAX];
    struct wr w = wr_of(text, sizeof(text));

    wr_be64(&w, 0x1111111111111100u + generation);
    wr_be64(&w, 0x2222222222222200u + generation);
    wr_u8(&w, 8);    /* HASH */
    wr_u8(&w, 0x10); /* version 1.0 */
    wr_u8(&w, 32);   /* quick mode */
    wr_u8(&w, 1);    /* encrypted */
    wr_be32(&w, 0xabcdef01);
    wr_be32(&w, 28 + 32);
    wr_zero(&w, 32);
    mock_ike_message(m, wr_bytes(&w));
}

static const struct ip_addr *log_source(const struct mock_run *m, int site)
{
    return m->opts.pair && site == 1 ? &m->plan.lab.mgmt_device2 : &m->plan.lab.mgmt_device;
}

static void log_packet(struct mock_run *m, int site, uint8_t proto, struct bytes packet)
{
    uint8_t frame[FRAME_MAX];
    struct wr f = wr_of(frame, sizeof(frame));

    put_link(&f);
    put_ip(&f, log_source(m, site), &m->plan.lab.mgmt_host, proto, 0, packet);
    mock_frame(m, EV_MGMT, wr_bytes(&f), NULL);
}

static void log_segment(struct mock_run *m, int site, uint8_t flags, struct bytes data)
{
    uint8_t packet[FRAME_MAX];
    struct wr p = wr_of(packet, sizeof(packet));
    struct tcp t = {.src = 40514,
                    .dst = 1470,
                    .seq = m->log_seq[site],
                    .flags = flags,
                    .window = 4096,
                    .data = data};

    tcp_put(&p, &t, log_source(m, site), &m->plan.lab.mgmt_host);
    m->log_seq[site] += (uint32_t)data.n + (flags == TCP_SYN);
    if (data.n == 0 || ++m->log_segments != m->opts.log_lost)
        log_packet(m, site, IP_TCP, wr_bytes(&p));
}

/* The end of a record and the beginning of the next come together. */
static void log_over_tcp(struct mock_run *m, int site, struct buf *text)
{
    size_t half = text->n / 2;

    buf_addc(text, '\n');
    if (m->log_seq[site] == 0) {
        m->log_seq[site] = 0xfffffc00u;
        log_segment(m, site, TCP_SYN, (struct bytes){0});
    }
    log_segment(m, site, TCP_ACK, bytes_of(text->s, half));
    log_segment(m, site, TCP_ACK | TCP_PSH, bytes_of(text->s + half, text->n - half));
}

void mock_log(struct mock_run *m, int site, const char *fmt, ...)
{
    struct buf text = BUF_INIT;
    uint8_t packet[FRAME_MAX];
    struct wr p = wr_of(packet, sizeof(packet));
    va_list ap;

    buf_adds(&text, "<166>Jan 01 2026 00:00:00: ");
    va_start(ap, fmt);
    buf_vaddf(&text, fmt, ap);
    va_end(ap);
    if (m->opts.log_tcp) {
        log_over_tcp(m, site, &text);
    } else {
        udp_put(&p, &(struct udp){.src = 514, .dst = 514, .data = buf_bytes(&text)},
                log_source(m, site), &m->plan.lab.mgmt_host);
        log_packet(m, site, IP_UDP, wr_bytes(&p));
    }
    buf_release(&text);
    if (site == 0 || !m->opts.pair)
        m->datagrams++;
}
