/* Segments and datagrams whose headers cannot be: what is logged, and which counter of `show asp
 * drop` they are in. The forms of 500003 and 500004 are those of Cisco's message guide; 500003 has
 * a real line, "Bad TCP hdr length (hdrlen=4, pktlen=74) from ... flags: INVALID, on interface
 * outside". The drops' texts are those that a real `capture type asp-drop ?` lists. */
#include "tests/access_lab.h"
#include "tests/testkit.h"
#include "wire/checksum.h"

#include <stdio.h>

#define PORTS 0x86, 0x90, 0x01, 0xbb /* 34448, 443 */
#define SEQ   0, 0, 0, 1, 0, 0, 0, 2
#define TAIL  0x10, 0, 0, 0, 0, 0 /* window, checksum, urgent */

static const struct row {
    const char *what;
    uint8_t proto;
    uint8_t bytes[32];
    size_t n;
    const char *log;  /* NULL: nothing is logged */
    const char *drop; /* NULL: it passes */
} rows[] = {
    {"a_header_of_one_word__is_none",
     IP_TCP,
     {PORTS, SEQ, 0x10, 0x00, TAIL, 'x', 'y'},
     22,
     "%ASA-5-500003: Bad TCP hdr length (hdrlen=4, pktlen=22) from 10.1.1.9/34448 to 10.2.2.9/443, "
     "flags: INVALID, on interface inside",
     "Invalid TCP Length (invalid-tcp-hdr-length)"},
    {"a_header_longer_than_its_segment__is_none",
     IP_TCP,
     {PORTS, SEQ, 0xf0, 0x04, TAIL},
     20,
     "%ASA-5-500003: Bad TCP hdr length (hdrlen=60, pktlen=20) from 10.1.1.9/34448 to "
     "10.2.2.9/443, flags: RST, on interface inside",
     "Invalid TCP Length (invalid-tcp-hdr-length)"},
    {"its_flags_are_words_with_one_blank",
     IP_TCP,
     {PORTS, SEQ, 0x40, 0x12, TAIL},
     20,
     "(hdrlen=16, pktlen=20) from 10.1.1.9/34448 to 10.2.2.9/443, flags: SYN ACK, on interface",
     "Invalid TCP Length (invalid-tcp-hdr-length)"},
    {"a_segment_that_ends_in_its_ports__is_none",
     IP_TCP,
     {PORTS, 0},
     5,
     "Bad TCP hdr length (hdrlen=0, pktlen=5) from 10.1.1.9/34448 to 10.2.2.9/443",
     "Invalid TCP Length (invalid-tcp-hdr-length)"},
    {"a_segment_to_port_zero",
     IP_TCP,
     {0x86, 0x90, 0, 0, SEQ, 0x50, 0x02, TAIL},
     20,
     "%ASA-4-500004: Invalid transport field for protocol=TCP, from 10.1.1.9/34448 to 10.2.2.9/0",
     "Slowpath security checks failed (sp-security-failed)"},
    {"a_datagram_from_port_zero",
     IP_UDP,
     {0, 0, 0x01, 0xbb, 0, 8, 0, 0},
     8,
     "%ASA-4-500004: Invalid transport field for protocol=UDP, from 10.1.1.9/0 to 10.2.2.9/443",
     "Slowpath security checks failed (sp-security-failed)"},
    {"a_datagram_longer_than_its_packet",
     IP_UDP,
     {PORTS, 0, 40, 0, 0},
     8,
     NULL,
     "Invalid UDP Length (invalid-udp-length)"},
    {"a_datagram_shorter_than_its_packet",
     IP_UDP,
     {PORTS, 0, 8, 0, 0, 'x'},
     9,
     NULL,
     "Invalid UDP Length (invalid-udp-length)"},
    {"a_datagram_shorter_than_its_header",
     IP_UDP,
     {PORTS, 0, 7, 0, 0},
     8,
     NULL,
     "Invalid UDP Length (invalid-udp-length)"},
    {"a_syn_that_is_a_fin",
     IP_TCP,
     {PORTS, SEQ, 0x50, 0x03, TAIL},
     20,
     NULL,
     "Bad TCP flags (bad-tcp-flags)"},
    {"a_sound_segment__passes", IP_TCP, {PORTS, SEQ, 0x50, 0x02, TAIL}, 20, "302013: Built", NULL},
    {"a_sound_datagram__passes", IP_UDP, {PORTS, 0, 9, 0, 0, 'x'}, 9, "302015: Built", NULL},
};

static size_t log_lines(struct access_bench *b)
{
    return access_logged(b, "%ASA-") - access_logged(b, "-111009");
}

static void assert_dropped(struct access_bench *b, const char *text)
{
    struct buf out = BUF_INIT;

    gateway_command(b->g, "show asp drop frame", &out);
    const char *at = strstr(buf_str(&out), "Frame drop:\n") + strlen("Frame drop:\n");
    if (!text)
        assert_int_equal(*at, '\n'); /* none at all */
    else if (strncmp(at, "  ", 2) != 0 || strncmp(at + 2, text, strlen(text)) != 0)
        fail_msg("no %s in\n%s", text, buf_str(&out));
    buf_release(&out);
}

static void a_header_may_be_or_not(void **state)
{
    const struct row *row = *state;
    struct access_bench *b = access_new("");
    size_t before = log_lines(b);

    access_send(b, ACCESS_INSIDE, "10.1.1.9", "10.2.2.9", row->proto, bytes_of(row->bytes, row->n));
    access_wait_s(b, 0);
    assert_int_equal(b->end[ACCESS_DMZ].came, row->drop == NULL);
    assert_int_equal(log_lines(b) - before, row->log != NULL);
    if (row->log)
        access_assert_logged(b, row->log);
    assert_dropped(b, row->drop);
    access_free(b);
}

/* What is addressed to the gateway itself is looked at in the same way. */
static void a_header_for_the_box_is_looked_at_too(void **state)
{
    struct access_bench *b = access_new("service resetoutside\n");

    (void)state;
    access_send(b, ACCESS_OUTSIDE, "192.0.2.9", "192.0.2.1", IP_TCP,
                bytes_of(rows[0].bytes, rows[0].n));
    access_assert_logged(b, "500003: Bad TCP hdr length (hdrlen=4, pktlen=22) from 192.0.2.9/34448 "
                            "to 192.0.2.1/443, flags: INVALID, on interface outside");
    assert_int_equal(b->end[ACCESS_OUTSIDE].came, 0);
    access_free(b);
}

/* Whatever is cut off or flipped, nothing that cannot be read goes on. */
static void no_cut_of_a_segment_goes_on(void **state)
{
    static const uint8_t syn[] = {PORTS, SEQ, 0x60, 0x02, TAIL, 2, 4, 5, 180};
    struct access_bench *b = access_new("");

    (void)state;
    for (size_t n = 0; n < sizeof(syn); n++) {
        access_send(b, ACCESS_INSIDE, "10.1.1.9", "10.2.2.9", IP_TCP, bytes_of(syn, n));
        assert_int_equal(b->end[ACCESS_DMZ].came, 0);
    }
    assert_int_equal(access_logged(b, "-500003:"), sizeof(syn));
    access_send(b, ACCESS_INSIDE, "10.1.1.9", "10.2.2.9", IP_TCP, bytes_of(syn, sizeof(syn)));
    access_wait_s(b, 0);
    assert_int_equal(b->end[ACCESS_DMZ].came, 1);
    access_free(b);
}

/* The other reasons of `show asp drop` for what goes no further before it is looked into. */
static const struct frame_row {
    const char *what;
    uint16_t type;   /* of Ethernet */
    uint8_t mac_bit; /* to be flipped in the destination */
    uint8_t vlan;    /* 1: it has a tag */
    uint8_t ip[24];
    size_t n;
    const char *drop;
} frames[] = {
    {"a_frame_for_another_station",
     0x0800,
     1,
     0,
     {0x45, 0, 0, 20, [9] = 47, 10, 1, 1, 9},
     20,
     "FP L2 rule drop (l2_acl)"},
    {"a_frame_of_another_protocol",
     0x88b5,
     0,
     0,
     {1, 2, 3},
     3,
     "Non-IP packet received in routed mode (non-ip-pkt-in-routed-mode)"},
    {"a_frame_with_a_tag",
     0x0800,
     0,
     1,
     {0x45, 0, 0, 20},
     20,
     "Invalid encapsulation "
     "(invalid-encap)"},
    {"a_packet_that_is_none",
     0x0800,
     0,
     0,
     {0x44, 0, 0, 20},
     20,
     "Invalid IP header (invalid-ip-header)"},
    {"a_packet_that_is_cut",
     0x0800,
     0,
     0,
     {0x45, 0, 0, 200, [8] = 64, 47, [12] = 10, 1, 1, 9},
     20,
     "Invalid IP length (invalid-ip-length)"},
    {"a_packet_with_options",
     0x0800,
     0,
     0,
     {0x46, 0, 0, 24, [8] = 64, 47, [12] = 10, 1, 1, 9},
     24,
     "IP option drop (invalid-ip-option)"},
};

static void put_checksum(uint8_t *ip)
{
    uint16_t sum;

    ip[10] = ip[11] = 0;
    sum = checksum_finish(checksum_add(0, bytes_of(ip, (ip[0] & 15u) * 4)));
    ip[10] = (uint8_t)(sum >> 8);
    ip[11] = (uint8_t)sum;
}

static void a_frame_is_counted_by_its_reason(void **state)
{
    const struct frame_row *row = *state;
    struct access_bench *b = access_new("");
    struct mac to = b->end[ACCESS_INSIDE].gw;
    uint8_t frame[64], ip[24];
    struct wr w = wr_of(frame, sizeof(frame));

    memcpy(ip, row->ip, sizeof(ip));
    if (row->type == 0x0800)
        put_checksum(ip);
    to.b[5] ^= row->mac_bit;
    ether_put(&w, &to, &b->end[ACCESS_INSIDE].mac, row->vlan ? 0x8100 : row->type);
    if (row->vlan) {
        wr_be16(&w, 7);
        wr_be16(&w, row->type);
    }
    wr_put(&w, bytes_of(ip, row->n));
    gateway_input(b->g, ACCESS_INSIDE, wr_bytes(&w));
    assert_dropped(b, row->drop);
    access_free(b);
}

static void what_waits_for_a_neighbour_in_vain_has_no_adjacency(void **state)
{
    struct access_bench *b = access_new("route dmz 10.8.0.0 255.255.0.0 10.2.2.98\n");
    struct buf out = BUF_INIT;

    (void)state;
    b->end[ACCESS_DMZ].deaf = true;
    access_send_first(b, ACCESS_INSIDE, "10.1.1.9", "10.8.0.9", IP_TCP, 80);
    assert_dropped(b, NULL); /* it waits */
    access_wait_s(b, 60);
    assert_dropped(b, "No valid adjacency (no-adjacency)");
    gateway_command(b->g, "clear asp drop", &out);
    gateway_command(b->g, "show asp drop frame", &out);
    assert_null(strstr(buf_str(&out), "no-adjacency"));
    buf_release(&out);
    access_free(b);
}

#define FIXED 3

int main(void)
{
    struct CMUnitTest tests[FIXED + COUNT(rows) + COUNT(frames)] = {
        cmocka_unit_test(a_header_for_the_box_is_looked_at_too),
        cmocka_unit_test(no_cut_of_a_segment_goes_on),
        cmocka_unit_test(what_waits_for_a_neighbour_in_vain_has_no_adjacency),
    };
    size_t n = FIXED;

    for (size_t i = 0; i < COUNT(rows); i++)
        tests[n++] = (struct CMUnitTest){rows[i].what, a_header_may_be_or_not, NULL, NULL,
                                         (void *)(uintptr_t)&rows[i]};
    for (size_t i = 0; i < COUNT(frames); i++)
        tests[n++] = (struct CMUnitTest){frames[i].what, a_frame_is_counted_by_its_reason, NULL,
                                         NULL, (void *)(uintptr_t)&frames[i]};
    return cmocka_run_group_tests_name("gateway/transport", tests, NULL, NULL);
}
