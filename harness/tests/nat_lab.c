#include "tests/nat_lab.h"

#include "base/mem.h"
#include "tests/testkit.h"
#include "wire/checksum.h"

#include <stdio.h>

static const char *const nameifs[] = {"inside", "outside", "dmz"};

/* --- the wires ---------------------------------------------------------------------------------
 */

static uint8_t *reserve(struct sink *s, size_t cap)
{
    struct nat_end *e = CONTAINER_OF(s, struct nat_end, sink);

    return cap <= sizeof(e->buf) ? e->buf : NULL;
}

/* Whoever is asked for answers, at the gateway's next turn. */
static void note_arp(struct nat_end *e, const struct arp *a)
{
    static uint8_t frame[64];
    struct wr w = wr_of(frame, sizeof(frame));
    struct arp r = {.op = ARP_REPLY,
                    .sender_mac = e->mac,
                    .sender = a->target,
                    .target_mac = a->sender_mac,
                    .target = a->sender};

    e->gw_mac = a->sender_mac;
    if (a->op == ARP_REPLY) {
        e->lab->answered = a->sender_mac;
        e->lab->was_answered = true;
        return;
    }
    if (ip_addr_eq(&a->sender, &a->target))
        return;
    ether_put(&w, &a->sender_mac, &e->mac, ETHER_ARP);
    arp_put(&w, &r);
    e->lab->arp = (struct nat_frame){e->leg, w.at, frame};
    e->lab->has_arp = true;
}

static void commit(struct sink *s, size_t n)
{
    struct nat_end *e = CONTAINER_OF(s, struct nat_end, sink);
    struct nat_lab *l = e->lab;
    struct pkt p;

    pkt_parse(bytes_of(e->buf, n), &p);
    if (p.kind == PKT_ARP) {
        note_arp(e, &p.arp);
        return;
    }
    struct nat_frame f = {.leg = e->leg, .n = n, .p = mem_array(n, 1)};
    memcpy(f.p, e->buf, n);
    l->got = mem_resize(l->got, l->ngot + 1, sizeof(f));
    l->got[l->ngot++] = f;
}

static const struct sink_ops ops = {reserve, commit};

static void answer_arp(struct nat_lab *l)
{
    while (l->has_arp) {
        l->has_arp = false;
        gateway_input(l->g, l->end[l->arp.leg].ifi, bytes_of(l->arp.p, l->arp.n));
    }
}

/* --- making and releasing ----------------------------------------------------------------------
 */

#define BASE                                                                                       \
    "ASA Version %s\nhostname fw\n"                                                                \
    "interface Ethernet0/0\n nameif outside\n security-level 0\n ip address 203.0.113.1 "          \
    "255.255.255.0\n"                                                                              \
    "interface Ethernet0/1\n nameif inside\n security-level 100\n ip address 10.1.1.1 "            \
    "255.255.255.0\n"                                                                              \
    "interface Ethernet0/2\n nameif dmz\n security-level 50\n ip address 192.168.7.1 "             \
    "255.255.255.0\n"                                                                              \
    "route outside 0.0.0.0 0.0.0.0 203.0.113.254 1\n"                                              \
    "logging enable\nlogging buffered 7\nlogging buffer-size 1048576\n"                            \
    "policy-map p\n class c\n  set connection random-sequence-number disable\n  inspect icmp\n"

void nat_init(struct nat_lab *l, const char *version, const char *lines)
{
    struct gw_config *c = gw_config_new();
    struct gateway_env env = {.clk = &l->clk.clock, .rng = &l->rng.rng, .epoch_s = 1700000000};
    struct buf text = BUF_INIT;
    struct diag why = {0};

    memset(l, 0, sizeof(*l));
    clock_virtual_init(&l->clk);
    rng_seeded_init(&l->rng, 7, "nat");
    buf_addf(&text, BASE "%s", version, lines);
    if (gw_config_load(c, "lab", buf_bytes(&text), NULL, &why) || gateway_new(c, &env, &l->g, &why))
        fail_msg("%s", why.text);
    buf_release(&text);
    for (int leg = 0; leg < NAT_LEGS; leg++) {
        struct nat_end *e = &l->end[leg];
        e->sink.ops = &ops;
        e->lab = l;
        e->leg = (enum nat_leg)leg;
        e->mac = (struct mac){{0x02, 0x1a, 0xb0, 0, 9, (uint8_t)leg}};
        assert_ok(gateway_find_interface(l->g, nameifs[leg], &e->ifi));
        gateway_attach(l->g, e->ifi, &e->sink);
    }
    assert_true(nat_ask(l, NAT_INSIDE, "10.1.1.1"));
    assert_true(nat_ask(l, NAT_OUTSIDE, "203.0.113.1"));
    assert_true(nat_ask(l, NAT_DMZ, "192.168.7.1"));
}

void nat_release(struct nat_lab *l)
{
    gateway_free(l->g);
    for (size_t i = 0; i < l->ngot; i++)
        mem_free(l->got[i].p);
    mem_free(l->got);
}

struct nat_lab *nat_lab_new(const char *version, const char *lines)
{
    struct nat_lab *l = mem_zalloc(sizeof(*l));

    nat_init(l, version, lines);
    return l;
}

void nat_lab_free(struct nat_lab *l)
{
    nat_release(l);
    mem_free(l);
}

void nat_run(struct nat_lab *l, struct span d)
{
    struct mono until = mono_add(l->clk.at, d);

    answer_arp(l);
    for (struct mono t; mono_before(t = gateway_deadline(l->g), until);) {
        clock_sleep_until(&l->clk.clock, t);
        gateway_tick(l->g);
        answer_arp(l);
    }
    clock_sleep_until(&l->clk.clock, until);
}

/* --- sending -----------------------------------------------------------------------------------
 */

struct endpoint nat_at(const char *text)
{
    struct endpoint e = {0};
    const char *colon = strchr(text, ':');
    char addr[IP_ADDR_TEXT];
    unsigned port = 0;

    snprintf(addr, sizeof(addr), "%.*s", colon ? (int)(colon - text) : (int)strlen(text), text);
    assert_ok(ip_addr_parse(addr, &e.addr));
    if (colon)
        assert_int_equal(sscanf(colon + 1, "%u", &port), 1);
    e.port = (uint16_t)port;
    return e;
}

void nat_send_ip(struct nat_lab *l, enum nat_leg leg, struct ip *ip, struct bytes payload)
{
    struct nat_end *e = &l->end[leg];
    uint8_t frame[65536];
    struct wr w = wr_of(frame, sizeof(frame));

    ip->version = 4;
    ip->ttl = ip->ttl ? ip->ttl : 64;
    ip->id = ++l->id & 0xffff;
    ether_put(&w, &e->gw_mac, &e->mac, ETHER_IPV4);
    ip_put(&w, ip, payload.n);
    wr_put(&w, payload);
    assert_ok(w.err);
    gateway_input(l->g, e->ifi, wr_bytes(&w));
    answer_arp(l);
}

void nat_send_tcp(struct nat_lab *l, enum nat_leg leg, const char *from, const char *to,
                  struct tcp t)
{
    struct endpoint a = nat_at(from), b = nat_at(to);
    struct ip ip = {.proto = IP_TCP, .src = a.addr, .dst = b.addr};
    uint8_t segment[65536];
    struct wr w = wr_of(segment, sizeof(segment));

    t.src = a.port;
    t.dst = b.port;
    if (!t.window)
        t.window = 65535;
    tcp_put(&w, &t, &ip.src, &ip.dst);
    nat_send_ip(l, leg, &ip, wr_bytes(&w));
}

void nat_send_udp(struct nat_lab *l, enum nat_leg leg, const char *from, const char *to,
                  const char *text)
{
    struct endpoint a = nat_at(from), b = nat_at(to);
    struct ip ip = {.proto = IP_UDP, .src = a.addr, .dst = b.addr};
    struct udp u = {
        .src = a.port, .dst = b.port, .data_len = strlen(text), .data = bytes_str(text)};
    uint8_t datagram[2048];
    struct wr w = wr_of(datagram, sizeof(datagram));

    udp_put(&w, &u, &ip.src, &ip.dst);
    nat_send_ip(l, leg, &ip, wr_bytes(&w));
}

void nat_ping(struct nat_lab *l, enum nat_leg leg, const char *from, const char *to, uint8_t type,
              uint16_t id)
{
    struct ip ip = {.proto = IP_ICMP, .src = nat_at(from).addr, .dst = nat_at(to).addr};
    struct icmp m = {.type = type, .rest = (uint32_t)id << 16 | 1, .data = bytes_str("abcdefg")};
    uint8_t message[256];
    struct wr w = wr_of(message, sizeof(message));

    icmp_put(&w, &m, &ip.src, &ip.dst);
    nat_send_ip(l, leg, &ip, wr_bytes(&w));
}

/* --- what comes out ----------------------------------------------------------------------------
 */

/* By the whole sum, not by how it was made. */
static void check_sums(struct bytes frame, const struct pkt *p)
{
    struct bytes header = bytes_head(bytes_from(frame, ETHER_HDR_LEN), p->ip.hdr_len);

    assert_int_equal(checksum_finish(checksum_add(0, header)), 0);
    if (p->kind == PKT_TCP)
        assert_true(tcp_checksum_ok(p->ip.payload, &p->ip.src, &p->ip.dst));
    if (p->kind == PKT_ICMP)
        assert_int_equal(checksum_finish(checksum_add(0, p->ip.payload)), 0);
    if (p->kind == PKT_UDP && p->ip.payload.n >= 8 && (p->ip.payload.p[6] | p->ip.payload.p[7])) {
        uint64_t sum = checksum_pseudo(&p->ip.src, &p->ip.dst, IP_UDP, p->ip.payload.n);
        assert_int_equal(checksum_finish(checksum_add(sum, p->ip.payload)), 0);
    }
}

bool nat_take(struct nat_lab *l, enum nat_leg leg, struct pkt *out)
{
    while (l->taken[leg] < l->ngot) {
        const struct nat_frame *f = &l->got[l->taken[leg]++];
        if (f->leg != leg)
            continue;
        pkt_parse(bytes_of(f->p, f->n), out);
        check_sums(bytes_of(f->p, f->n), out);
        return true;
    }
    return false;
}

static struct endpoint end_of(const struct pkt *p, bool src)
{
    struct endpoint e = {.addr = src ? p->ip.src : p->ip.dst};

    if (p->kind == PKT_TCP)
        e.port = src ? p->tcp.src : p->tcp.dst;
    if (p->kind == PKT_UDP)
        e.port = src ? p->udp.src : p->udp.dst;
    return e;
}

struct pkt nat_expect(struct nat_lab *l, enum nat_leg leg, const char *from, const char *to)
{
    struct pkt p;
    char a[ENDPOINT_TEXT], b[ENDPOINT_TEXT];

    if (!nat_take(l, leg, &p))
        fail_msg("nothing came out, wanted %s > %s", from, to);
    struct endpoint src = end_of(&p, true), dst = end_of(&p, false);
    struct endpoint want_src = nat_at(from), want_dst = nat_at(to);
    if (!endpoint_eq(&src, &want_src) || !endpoint_eq(&dst, &want_dst))
        fail_msg("%s > %s, wanted %s > %s", endpoint_format(&src, a), endpoint_format(&dst, b),
                 from, to);
    return p;
}

void nat_expect_none(struct nat_lab *l, enum nat_leg leg)
{
    struct pkt p;

    assert_false(nat_take(l, leg, &p));
}

void nat_connect(struct nat_lab *l, enum nat_leg from_leg, const char *from, const char *to,
                 enum nat_leg to_leg, const char *mapped_from, const char *real_to)
{
    nat_send_tcp(l, from_leg, from, to, (struct tcp){.flags = TCP_SYN, .seq = 999});
    nat_expect(l, to_leg, mapped_from, real_to);
    nat_send_tcp(l, to_leg, real_to, mapped_from,
                 (struct tcp){.flags = TCP_SYN | TCP_ACK, .seq = 4999, .ack = 1000});
    nat_expect(l, from_leg, to, from);
    nat_send_tcp(l, from_leg, from, to, (struct tcp){.flags = TCP_ACK, .seq = 1000, .ack = 5000});
    nat_expect(l, to_leg, mapped_from, real_to);
}

bool nat_ask(struct nat_lab *l, enum nat_leg leg, const char *a)
{
    struct nat_end *e = &l->end[leg];
    uint8_t frame[64];
    struct wr w = wr_of(frame, sizeof(frame));
    struct arp q = {.op = ARP_REQUEST, .sender_mac = e->mac, .target = nat_at(a).addr};

    q.sender = nat_at(leg == NAT_INSIDE    ? "10.1.1.200"
                      : leg == NAT_OUTSIDE ? "203.0.113.200"
                                           : "192.168.7.200")
                   .addr;
    l->was_answered = false;
    ether_put(&w, &MAC_BROADCAST, &e->mac, ETHER_ARP);
    arp_put(&w, &q);
    gateway_input(l->g, e->ifi, wr_bytes(&w));
    return l->was_answered;
}

/* --- the console -------------------------------------------------------------------------------
 */

const char *nat_type(struct nat_lab *l, const char *line, struct buf *out)
{
    buf_clear(out);
    gateway_command(l->g, line, out);
    answer_arp(l);
    return buf_str(out);
}

size_t nat_logged(struct nat_lab *l, const char *text)
{
    struct buf out = BUF_INIT;
    size_t n = 0;

    for (const char *p = nat_type(l, "show logging", &out); (p = strstr(p, text)); p++)
        n++;
    buf_release(&out);
    return n;
}

struct tcp nat_syn(void)
{
    return (struct tcp){.flags = TCP_SYN, .seq = 7};
}
