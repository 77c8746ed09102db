#include "evidence/keep.h"

#include "evidence/payload_hash.h"
#include "tests/testkit.h"
#include "wire/pkt.h"

enum { TCP_HEAD = 54, UDP_HEAD = 42, IP_HEAD = 34 };

struct shape { /* of a frame to build */
    uint8_t proto;
    uint16_t src, dst;
    size_t payload;
    bool marker;    /* UDP: begins with four zeros */
    bool fragment;  /* more fragments follow */
    bool version_6; /* IPv6: 20 bytes more */
    size_t padding; /* bytes after the packet */
    size_t missing; /* bytes the capture has cut off */
};

static const struct row {
    const char *what;
    struct shape shape;
    enum evidence_leg leg;
    size_t want;   /* bytes kept; 0: all */
    bool has_hash; /* of the payload */
} rows[] = {
    {"tcp_is_cut_behind_its_header", {IP_TCP, 1, 80, .payload = 1400}, EV_WAN, TCP_HEAD, true},
    {"tcp_over_ipv6_is_cut_behind_its_header",
     {IP_TCP, 1, 80, .payload = 1400, .version_6 = true},
     EV_BO_LAN,
     TCP_HEAD + 20,
     true},
    {"a_frame_of_192_bytes_is_kept", {IP_TCP, 1, 80, .payload = 192 - TCP_HEAD}, EV_WAN, 0, false},
    {"a_frame_of_193_bytes_is_cut",
     {IP_TCP, 1, 80, .payload = 193 - TCP_HEAD},
     EV_WAN,
     TCP_HEAD,
     true},
    {"bytes_after_the_packet_are_no_payload",
     {IP_TCP, 1, 80, .payload = 300, .padding = 6},
     EV_HO_LAN,
     TCP_HEAD,
     true},
    {"tcp_on_mgmt_is_kept", {IP_TCP, 1, 1470, .payload = 1400}, EV_MGMT, 0, false},
    {"anything_on_events_is_kept", {IP_TCP, 1, 80, .payload = 1400}, EV_EVENTS, 0, false},
    {"udp_is_cut_behind_its_header", {IP_UDP, 53, 1000, .payload = 500}, EV_WAN, UDP_HEAD, true},
    {"ike_is_kept", {IP_UDP, 500, 500, .payload = 500}, EV_WAN, 0, false},
    {"ike_behind_nat_is_kept", {IP_UDP, 1024, 500, .payload = 500}, EV_WAN, 0, false},
    {"ike_on_4500_is_kept", {IP_UDP, 4500, 4500, .payload = 500, .marker = true}, EV_WAN, 0, false},
    {"esp_in_udp_is_cut", {IP_UDP, 4500, 4500, .payload = 500}, EV_WAN, UDP_HEAD + 16, false},
    {"syslog_through_a_lan_is_kept", {IP_UDP, 1025, 514, .payload = 500}, EV_BO_LAN, 0, false},
    {"esp_is_cut_behind_half_an_iv", {IP_ESP, 0, 0, .payload = 1000}, EV_WAN, IP_HEAD + 16, false},
    {"icmp_is_kept", {IP_ICMP, 0, 0, .payload = 1000}, EV_WAN, 0, false},
    {"a_first_fragment_is_kept",
     {IP_TCP, 1, 80, .payload = 1400, .fragment = true},
     EV_WAN,
     0,
     false},
    {"a_frame_that_was_cut_before_is_kept",
     {IP_TCP, 1, 80, .payload = 1400, .missing = 7},
     EV_WAN,
     0,
     false},
    {"an_unknown_protocol_is_kept", {IP_GRE, 0, 0, .payload = 1000}, EV_WAN, 0, false},
};

static uint8_t fill(size_t i)
{
    return (uint8_t)(i * 7 + 3);
}

static size_t build(const struct shape *s, uint8_t *out, size_t cap)
{
    static const struct mac a = {{2, 0, 0, 0, 0, 1}}, b = {{2, 0, 0, 0, 0, 2}};
    uint8_t data[1500];
    struct ip ip = {.version = 4, .proto = s->proto, .ttl = 64, .more = s->fragment};
    struct wr w = wr_of(out, cap);

    for (size_t i = 0; i < s->payload; i++)
        data[i] = s->marker && i < 4 ? 0 : fill(i);
    assert_ok(ip_addr_parse(s->version_6 ? "2001:db8::1" : "10.0.0.1", &ip.src));
    assert_ok(ip_addr_parse(s->version_6 ? "2001:db8::2" : "10.0.0.2", &ip.dst));
    ip.version = s->version_6 ? 6 : 4;
    struct bytes payload = bytes_of(data, s->payload);
    struct tcp t = {
        .src = s->src, .dst = s->dst, .seq = 9, .flags = TCP_ACK, .window = 100, .data = payload};
    struct udp u = {.src = s->src, .dst = s->dst, .data = payload};
    ether_put(&w, &b, &a, s->version_6 ? ETHER_IPV6 : ETHER_IPV4);
    size_t head = s->proto == IP_TCP ? TCP_HDR_LEN : s->proto == IP_UDP ? UDP_HDR_LEN : 0;
    ip_put(&w, &ip, head + s->payload);
    if (s->proto == IP_TCP)
        tcp_put(&w, &t, &ip.src, &ip.dst);
    else if (s->proto == IP_UDP)
        udp_put(&w, &u, &ip.src, &ip.dst);
    else
        wr_put(&w, payload);
    wr_zero(&w, s->padding);
    assert_ok(w.err);
    return w.at - s->missing;
}

static void keeps_what_its_row_says(void **state)
{
    const struct row *row = *state;
    uint8_t frame[1700], payload[1500];
    size_t n = build(&row->shape, frame, sizeof(frame));
    struct keep k = keep_headers(row->leg, bytes_of(frame, n));

    for (size_t i = 0; i < row->shape.payload; i++)
        payload[i] = fill(i);
    assert_int_equal(k.n, row->want ? row->want : n);
    assert_int_equal(k.has_hash, row->has_hash);
    if (row->has_hash)
        assert_int_equal(k.payload_hash, payload_hash(bytes_of(payload, row->shape.payload)));
}

static enum err keep_any(struct bytes in, void *ctx)
{
    (void)ctx;
    return keep_headers(EV_WAN, in).n <= in.n ? ERR_OK : ERR_RANGE;
}

static void every_truncation_and_flip_keeps_less_than_there_is(void **state)
{
    const struct row *row = *state;
    uint8_t frame[1700];
    size_t n = build(&row->shape, frame, sizeof(frame));

    test_truncations(bytes_of(frame, n), keep_any, NULL);
    for (size_t i = 0; i < 64; i++) { /* the headers */
        frame[i] ^= 0xff;
        assert_ok(keep_any(bytes_of(frame, n), NULL));
        frame[i] ^= 0xff;
    }
}

int main(void)
{
    struct CMUnitTest tests[1 + COUNT(rows)] = {
        {"every_truncation_and_flip_keeps_less_than_there_is",
         every_truncation_and_flip_keeps_less_than_there_is, NULL, NULL,
         (void *)(uintptr_t)&rows[0]}};
    size_t n = 1;

    for (size_t i = 0; i < COUNT(rows); i++)
        tests[n++] = (struct CMUnitTest){rows[i].what, keeps_what_its_row_says, NULL, NULL,
                                         (void *)(uintptr_t)&rows[i]};
    return _cmocka_run_group_tests("evidence/keep", tests, n, NULL, NULL);
}
