/* Packets through a gateway that translates: what comes out, what comes back, what is said. */
#include "base/mem.h"
#include "tests/nat_lab.h"
#include "tests/testkit.h"
#include "wire/checksum.h"

#define SERVER "198.51.100.9:80"

static struct nat_lab *make(const char *version, const char *lines)
{
    struct nat_lab *l = mem_zalloc(sizeof(*l));

    nat_init(l, version, lines);
    return l;
}

static void done(struct nat_lab *l)
{
    nat_release(l);
    mem_free(l);
}

static struct tcp syn(void)
{
    return (struct tcp){.flags = TCP_SYN, .seq = 7};
}

#define PAT                                                                                        \
    "global (outside) 1 interface\nnat (inside) 1 10.1.1.0 255.255.255.0\n"                        \
    "access-list in extended permit ip any any\n"

/* --- ports -------------------------------------------------------------------------------------
 */

static void many_hosts_hide_behind_the_interface(void **state)
{
    struct nat_lab *l = make("8.2(1)", PAT);
    struct pkt p;

    (void)state;
    nat_connect(l, NAT_INSIDE, "10.1.1.5:1772", SERVER, NAT_OUTSIDE, "203.0.113.1:1772", SERVER);
    nat_send_tcp(l, NAT_INSIDE, "10.1.1.6:1772", SERVER, syn());
    assert_true(nat_take(l, NAT_OUTSIDE, &p));
    assert_int_not_equal(p.tcp.src, 1772);
    assert_in_range(p.tcp.src, 1024, 65535);
    assert_int_equal(nat_logged(l, "%ASA-6-305011: Built dynamic TCP translation from "
                                   "inside:10.1.1.5/1772 to outside:203.0.113.1/1772"),
                     1);
    assert_int_equal(nat_logged(l, "302013: Built outbound TCP connection 1 for "
                                   "outside:198.51.100.9/80 (198.51.100.9/80) to "
                                   "inside:10.1.1.5/1772 (203.0.113.1/1772)"),
                     1);
    done(l);
}

static void bytes_go_both_ways_and_the_translation_outlives_the_connection(void **state)
{
    struct nat_lab *l = make("8.2(1)", PAT);
    struct pkt p;

    (void)state;
    nat_connect(l, NAT_INSIDE, "10.1.1.5:1772", SERVER, NAT_OUTSIDE, "203.0.113.1:1772", SERVER);
    nat_send_tcp(
        l, NAT_INSIDE, "10.1.1.5:1772", SERVER,
        (struct tcp){.flags = TCP_ACK, .seq = 1000, .ack = 5000, .data = bytes_str("odd")});
    p = nat_expect(l, NAT_OUTSIDE, "203.0.113.1:1772", SERVER);
    assert_true(bytes_eq(p.tcp.data, bytes_str("odd")));
    nat_send_tcp(l, NAT_OUTSIDE, SERVER, "203.0.113.1:1772",
                 (struct tcp){.flags = TCP_RST | TCP_ACK, .seq = 5000, .ack = 1003});
    nat_expect(l, NAT_INSIDE, SERVER, "10.1.1.5:1772");
    assert_int_equal(nat_logged(l, "bytes 3 TCP Reset-O"), 1);
    nat_run(l, SPAN_S(29));
    assert_int_equal(nat_logged(l, "305012"), 0);
    nat_run(l, SPAN_S(2));
    assert_int_equal(nat_logged(l, "305012: Teardown dynamic TCP translation from "
                                   "inside:10.1.1.5/1772 to outside:203.0.113.1/1772 duration "
                                   "0:00:30"),
                     1);
    done(l);
}

static void nobody_else_reaches_a_port_that_is_translated(void **state)
{
    struct nat_lab *l = make("8.2(1)", PAT "access-group in in interface outside\n");

    (void)state;
    nat_connect(l, NAT_INSIDE, "10.1.1.5:1772", SERVER, NAT_OUTSIDE, "203.0.113.1:1772", SERVER);
    nat_send_tcp(l, NAT_OUTSIDE, "198.51.100.66:80", "203.0.113.1:1772", syn());
    nat_send_tcp(l, NAT_OUTSIDE, SERVER, "203.0.113.1:1773", syn());
    nat_expect_none(l, NAT_INSIDE);
    done(l);
}

static void datagrams_are_translated_and_keep_a_checksum_that_is_not_used(void **state)
{
    struct nat_lab *l = make("8.2(1)", PAT);
    static const uint8_t bare[] = {0x14, 0xe9, 0, 53, 0, 10, 0, 0, 'h', 'i'};
    struct ip ip = {.proto = IP_UDP};
    struct pkt p;

    (void)state;
    nat_send_udp(l, NAT_INSIDE, "10.1.1.5:5353", "198.51.100.9:53", "query");
    nat_expect(l, NAT_OUTSIDE, "203.0.113.1:5353", "198.51.100.9:53");
    nat_send_udp(l, NAT_OUTSIDE, "198.51.100.9:53", "203.0.113.1:5353", "answers");
    nat_expect(l, NAT_INSIDE, "198.51.100.9:53", "10.1.1.5:5353");
    ip.src = nat_at("10.1.1.6").addr;
    ip.dst = nat_at("198.51.100.9").addr;
    nat_send_ip(l, NAT_INSIDE, &ip, bytes_of(bare, sizeof(bare)));
    assert_true(nat_take(l, NAT_OUTSIDE, &p));
    assert_int_equal(p.ip.payload.p[6] | p.ip.payload.p[7], 0);
    assert_int_equal(nat_logged(l, "305011: Built dynamic UDP translation from "
                                   "inside:10.1.1.5/5353 to outside:203.0.113.1/5353"),
                     1);
    done(l);
}

static void two_hosts_may_ping_with_the_same_identifier(void **state)
{
    struct nat_lab *l = make("8.2(1)", PAT);
    uint16_t ids[2];
    struct pkt p;

    (void)state;
    for (int i = 0; i < 2; i++) {
        nat_ping(l, NAT_INSIDE, i ? "10.1.1.6" : "10.1.1.5", "198.51.100.9", ICMP_ECHO, 340);
        p = nat_expect(l, NAT_OUTSIDE, "203.0.113.1", "198.51.100.9");
        ids[i] = (uint16_t)(p.icmp.rest >> 16);
    }
    assert_int_not_equal(ids[0], ids[1]);
    for (int i = 1; i >= 0; i--) {
        nat_ping(l, NAT_OUTSIDE, "198.51.100.9", "203.0.113.1", ICMP_ECHO_REPLY, ids[i]);
        p = nat_expect(l, NAT_INSIDE, "198.51.100.9", i ? "10.1.1.6" : "10.1.1.5");
        assert_int_equal(p.icmp.rest >> 16, 340);
    }
    assert_int_equal(nat_logged(l, "305011: Built dynamic ICMP translation"), 2);
    assert_int_equal(nat_logged(l, "302020: Built outbound ICMP connection for faddr "
                                   "198.51.100.9/0 gaddr 203.0.113.1/340 laddr 10.1.1.5/340"),
                     1);
    done(l);
}

static void the_gateway_itself_still_answers_on_its_address(void **state)
{
    struct nat_lab *l = make("8.2(1)", PAT);

    (void)state;
    nat_ping(l, NAT_OUTSIDE, "198.51.100.9", "203.0.113.1", ICMP_ECHO, 9);
    nat_expect(l, NAT_OUTSIDE, "203.0.113.1", "198.51.100.9");
    done(l);
}

static void a_wrong_checksum_stays_wrong(void **state)
{
    struct nat_lab *l = make("8.2(1)", PAT);
    uint8_t segment[TCP_HDR_LEN];
    struct wr w = wr_of(segment, sizeof(segment));
    struct ip ip = {.proto = IP_TCP, .src = nat_at("10.1.1.5").addr, .dst = nat_at(SERVER).addr};
    struct tcp t = {.src = 9, .dst = 80, .flags = TCP_SYN, .seq = 5, .window = 9};

    (void)state;
    tcp_put(&w, &t, &ip.src, &ip.dst);
    segment[17] ^= 0x55;
    nat_send_ip(l, NAT_INSIDE, &ip, wr_bytes(&w));
    assert_int_equal(l->ngot, 1);
    struct pkt p;
    pkt_parse(bytes_of(l->got[0].p, l->got[0].n), &p);
    uint64_t sum = checksum_pseudo(&p.ip.src, &p.ip.dst, IP_TCP, p.ip.payload.n);
    assert_int_equal(ip4_u32(&p.ip.src), 0xcb007101);
    assert_int_not_equal(checksum_finish(checksum_add(sum, p.ip.payload)), 0);
    done(l);
}

static void protocols_without_ports_find_none(void **state)
{
    struct nat_lab *l = make("8.2(1)", PAT);
    struct ip ip = {.proto = IP_GRE, .src = nat_at("10.1.1.5").addr, .dst = nat_at(SERVER).addr};

    (void)state;
    nat_send_ip(l, NAT_INSIDE, &ip, bytes_str("whatever"));
    nat_expect_none(l, NAT_OUTSIDE);
    assert_int_equal(nat_logged(l, "%ASA-3-305006: regular translation creation failed for "
                                   "protocol 47 src inside:10.1.1.5 dst outside:198.51.100.9"),
                     1);
    done(l);
}

/* --- fixed ones --------------------------------------------------------------------------------
 */

static void flow_in(struct nat_lab *l, const char *mapped, const char *real)
{
    nat_connect(l, NAT_OUTSIDE, "198.51.100.9:4000", mapped, NAT_INSIDE, "198.51.100.9:4000", real);
}

static void a_static_host_is_reached_and_reaches(void **state)
{
    static const struct {
        const char *version, *lines;
    } rows[] = {
        {"8.2(1)", "static (inside,outside) 203.0.113.50 10.1.1.5 netmask 255.255.255.255\n"
                   "access-list in extended permit tcp any host 203.0.113.50 eq 80\n"
                   "access-group in in interface outside\n"},
        /* from 8.3 on lists name the real address */
        {"9.1(2)", "object network web\n host 10.1.1.5\n nat (inside,outside) static 203.0.113.50\n"
                   "access-list in extended permit tcp any host 10.1.1.5 eq 80\n"
                   "access-group in in interface outside\n"},
        {"9.1(2)", "object network web\n host 10.1.1.5\nobject network m\n host 203.0.113.50\n"
                   "nat (inside,outside) source static web m\n"
                   "access-list in extended permit tcp any host 10.1.1.5 eq 80\n"
                   "access-group in in interface outside\n"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct nat_lab *l = make(rows[i].version, rows[i].lines);
        flow_in(l, "203.0.113.50:80", "10.1.1.5:80");
        assert_int_equal(nat_logged(l, "302013: Built inbound TCP connection 1 for "
                                       "outside:198.51.100.9/4000 (198.51.100.9/4000) to "
                                       "inside:10.1.1.5/80 (203.0.113.50/80)"),
                         1);
        nat_connect(l, NAT_INSIDE, "10.1.1.5:999", SERVER, NAT_OUTSIDE, "203.0.113.50:999", SERVER);
        assert_true(nat_ask(l, NAT_OUTSIDE, "203.0.113.50"));
        assert_false(nat_ask(l, NAT_OUTSIDE, "203.0.113.51"));
        assert_false(nat_ask(l, NAT_INSIDE, "203.0.113.50"));
        done(l);
    }
}

static void a_static_port_of_the_interface_leads_to_one_service(void **state)
{
    static const struct {
        const char *version, *lines;
    } rows[] = {
        {"8.2(1)", PAT "static (inside,outside) tcp interface 8080 10.1.1.5 80 netmask "
                       "255.255.255.255\naccess-group in in interface outside\n"},
        {"9.1(2)",
         "object network web\n host 10.1.1.5\n nat (inside,outside) static interface "
         "service tcp 80 8080\naccess-list in extended permit ip any any\naccess-group in "
         "in interface outside\n"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct nat_lab *l = make(rows[i].version, rows[i].lines);
        flow_in(l, "203.0.113.1:8080", "10.1.1.5:80");
        nat_send_tcp(l, NAT_OUTSIDE, "198.51.100.9:4001", "203.0.113.1:80", syn());
        nat_expect_none(l, NAT_INSIDE);
        done(l);
    }
}

static void policy_nat_looks_at_the_destination(void **state)
{
    struct nat_lab *l =
        make("8.2(1)", "access-list to9 extended permit ip 10.1.1.0 255.255.255.0 198.51.100.0 "
                       "255.255.255.0\nstatic (inside,outside) 172.20.1.0 access-list to9\n" PAT);

    (void)state;
    nat_connect(l, NAT_INSIDE, "10.1.1.5:1000", SERVER, NAT_OUTSIDE, "172.20.1.5:1000", SERVER);
    nat_connect(l, NAT_INSIDE, "10.1.1.5:1000", "192.0.2.9:80", NAT_OUTSIDE, "203.0.113.1:1000",
                "192.0.2.9:80");
    done(l);
}

static void a_destination_may_be_translated_as_well(void **state)
{
    struct nat_lab *l =
        make("9.1(2)", "object network me\n host 10.1.1.5\nobject network mapped\n host "
                       "203.0.113.60\nobject network seen\n host 192.0.2.1\nobject network real\n "
                       "host 198.51.100.9\nnat (inside,outside) source static me mapped "
                       "destination static seen real\naccess-list in extended permit ip any any\n"
                       "access-group in in interface outside\n");

    (void)state;
    nat_connect(l, NAT_INSIDE, "10.1.1.5:1000", "192.0.2.1:80", NAT_OUTSIDE, "203.0.113.60:1000",
                SERVER);
    nat_connect(l, NAT_OUTSIDE, "198.51.100.9:4000", "203.0.113.60:22", NAT_INSIDE,
                "192.0.2.1:4000", "10.1.1.5:22");
    done(l);
}

/* --- the order of rules ------------------------------------------------------------------------
 */

static void the_rule_that_is_asked_first_decides(void **state)
{
    static const struct {
        const char *version, *lines, *mapped;
    } rows[] = {
        {"8.2(1)",
         "access-list no extended permit ip host 10.1.1.5 any\nnat (inside) 0 access-list "
         "no\nstatic (inside,outside) 203.0.113.50 10.1.1.5\n" PAT,
         "10.1.1.5:1000"},
        {"8.2(1)", "static (inside,outside) 203.0.113.50 10.1.1.5\n" PAT, "203.0.113.50:1000"},
        {"8.2(1)", PAT "nat (inside) 2 10.1.1.5 255.255.255.255\nglobal (outside) 2 203.0.113.70\n",
         "203.0.113.70:1000"}, /* the longer prefix */
        {"8.2(1)",
         PAT "access-list p extended permit ip any host 198.51.100.9\nnat (inside) 3 "
             "access-list p\nglobal (outside) 3 203.0.113.71\n",
         "203.0.113.71:1000"}, /* lists before networks */
        {"8.2(1)", "nat (inside) 0 10.1.1.0 255.255.255.0\n", "10.1.1.5:1000"},
        {"8.2(1)", "", "10.1.1.5:1000"}, /* no rule, and none wanted */
        {"8.2(1)",
         "nat (inside) 1 0 0\nglobal (outside) 1 203.0.113.16-203.0.113.18\nglobal "
         "(outside) 1 interface\n",
         "203.0.113.16:1000"},
        {"9.1(2)",
         "object network lan\n subnet 10.1.1.0 255.255.255.0\n nat (inside,outside) "
         "dynamic interface\nobject network web\n host 10.1.1.5\n nat (inside,outside) "
         "static 203.0.113.50\n",
         "203.0.113.50:1000"},
        {"9.1(2)",
         "object network lan\n subnet 10.1.1.0 255.255.255.0\n nat (inside,outside) "
         "dynamic interface\nobject network far\n host 198.51.100.9\nnat "
         "(inside,outside) source static lan lan destination static far far\n",
         "10.1.1.5:1000"},
        {"9.1(2)",
         "object network lan\n subnet 10.1.1.0 255.255.255.0\n nat (any,outside) dynamic "
         "203.0.113.9\nnat (inside,outside) after-auto source dynamic any interface\n",
         "203.0.113.9:1000"},
        {"9.1(2)", "nat (inside,outside) after-auto source dynamic any interface\n",
         "203.0.113.1:1000"},
        {"9.1(2)", "nat (inside,outside) source dynamic any interface inactive\n", "10.1.1.5:1000"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct nat_lab *l = make(rows[i].version, rows[i].lines);
        nat_connect(l, NAT_INSIDE, "10.1.1.5:1000", SERVER, NAT_OUTSIDE, rows[i].mapped, SERVER);
        done(l);
    }
}

static void addresses_come_before_ports_and_both_may_run_out(void **state)
{
    struct nat_lab *l =
        make("8.2(1)", "nat (inside) 1 0 0\nglobal (outside) 1 203.0.113.16-203.0.113.17\n");

    (void)state;
    for (int i = 0; i < 3; i++)
        nat_send_tcp(l, NAT_INSIDE,
                     i == 0   ? "10.1.1.5:9"
                     : i == 1 ? "10.1.1.6:9"
                              : "10.1.1.7:9",
                     SERVER, syn());
    nat_expect(l, NAT_OUTSIDE, "203.0.113.16:9", SERVER);
    nat_expect(l, NAT_OUTSIDE, "203.0.113.17:9", SERVER);
    nat_expect_none(l, NAT_OUTSIDE);
    assert_int_equal(nat_logged(l, "305006: regular translation creation failed for tcp src "
                                   "inside:10.1.1.7/9 dst outside:198.51.100.9/80"),
                     1);
    struct buf out = BUF_INIT;
    nat_type(l, "global (outside) 1 interface", &out);
    nat_send_tcp(l, NAT_INSIDE, "10.1.1.7:9", SERVER, syn());
    nat_expect(l, NAT_OUTSIDE, "203.0.113.1:9", SERVER);
    buf_release(&out);
    done(l);
}

static void an_address_of_a_pool_is_reached_while_it_is_lent(void **state)
{
    struct nat_lab *l = make("8.2(1)", "nat (inside) 1 0 0\nglobal (outside) 1 "
                                       "203.0.113.16-203.0.113.17\naccess-list in extended permit "
                                       "ip any any\naccess-group in in interface outside\n");

    (void)state;
    nat_send_tcp(l, NAT_OUTSIDE, "198.51.100.9:7", "203.0.113.16:22", syn());
    nat_connect(l, NAT_INSIDE, "10.1.1.5:1000", SERVER, NAT_OUTSIDE, "203.0.113.16:1000", SERVER);
    nat_connect(l, NAT_OUTSIDE, "198.51.100.9:7", "203.0.113.16:22", NAT_INSIDE, "198.51.100.9:7",
                "10.1.1.5:22");
    done(l);
}

/* --- refusals ----------------------------------------------------------------------------------
 */

static void flows_without_a_translation_are_refused_where_one_is_wanted(void **state)
{
    static const struct {
        const char *lines;
        enum nat_leg leg;
        const char *from, *to, *said;
    } rows[] = {
        {"nat-control\n", NAT_INSIDE, "10.1.1.5:9", "198.51.100.9:80",
         "%ASA-3-305005: No translation group found for tcp src inside:10.1.1.5/9 dst "
         "outside:198.51.100.9/80"},
        {"nat (inside) 1 0 0\n", NAT_INSIDE, "10.1.1.5:9", "198.51.100.9:80",
         "305005: No translation group found for tcp src inside:10.1.1.5/9 dst "
         "outside:198.51.100.9/80"},
        {"nat-control\naccess-list in extended permit ip any any\naccess-group in in interface "
         "outside\n",
         NAT_OUTSIDE, "198.51.100.9:9", "10.1.1.5:80",
         "305005: No translation group found for tcp src outside:198.51.100.9/9 dst "
         "inside:10.1.1.5/80"},
        {PAT "access-group in in interface outside\n", NAT_OUTSIDE, "198.51.100.9:9", "10.1.1.5:80",
         "%ASA-5-305013: Asymmetric NAT rules matched for forward and reverse flows; Connection "
         "for tcp src outside:198.51.100.9/9 dst inside:10.1.1.5/80 denied due to NAT reverse path "
         "failure"},
        {"static (inside,outside) 203.0.113.50 10.1.1.5\naccess-list in extended permit ip any "
         "any\naccess-group in in interface outside\n",
         NAT_OUTSIDE, "198.51.100.9:9", "10.1.1.5:80", "305013: Asymmetric"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct nat_lab *l = make("8.2(1)", rows[i].lines);
        nat_send_tcp(l, rows[i].leg, rows[i].from, rows[i].to, syn());
        nat_expect_none(l, rows[i].leg == NAT_INSIDE ? NAT_OUTSIDE : NAT_INSIDE);
        if (nat_logged(l, rows[i].said) != 1)
            fail_msg("row %zu: not said: %s", i, rows[i].said);
        done(l);
    }
}

static void control_is_content_with_an_exemption_or_equal_levels(void **state)
{
    struct nat_lab *l = make("8.2(1)", "nat-control\naccess-list no extended permit ip any any\n"
                                       "nat (inside) 0 access-list no\naccess-list in extended "
                                       "permit ip any any\naccess-group in in interface outside\n");

    (void)state;
    nat_connect(l, NAT_INSIDE, "10.1.1.5:9", SERVER, NAT_OUTSIDE, "10.1.1.5:9", SERVER);
    flow_in(l, "10.1.1.5:22", "10.1.1.5:22");
    done(l);
}

static void rules_of_the_inside_are_not_for_higher_levels(void **state)
{
    struct nat_lab *l = make("8.2(1)", "nat (dmz) 1 0 0\nglobal (inside) 1 interface\nglobal "
                                       "(outside) 1 interface\naccess-list in extended permit ip "
                                       "any any\naccess-group in in interface dmz\n");
    struct buf out = BUF_INIT;

    (void)state;
    nat_connect(l, NAT_DMZ, "192.168.7.5:1000", SERVER, NAT_OUTSIDE, "203.0.113.1:1000", SERVER);
    nat_connect(l, NAT_DMZ, "192.168.7.5:1000", "10.1.1.5:80", NAT_INSIDE, "192.168.7.5:1000",
                "10.1.1.5:80");
    nat_type(l, "no nat (dmz) 1 0 0", &out);
    nat_type(l, "nat (dmz) 1 0 0 outside", &out);
    nat_connect(l, NAT_DMZ, "192.168.7.5:1001", "10.1.1.5:80", NAT_INSIDE, "10.1.1.1:1001",
                "10.1.1.5:80");
    buf_release(&out);
    done(l);
}

/* --- ICMP errors -------------------------------------------------------------------------------
 */

/* An error of FROM about the last packet that came out at OUTSIDE, of which N bytes of payload are
 * quoted. */
static void complain(struct nat_lab *l, const char *from, const char *to, uint8_t type, size_t n)
{
    const struct nat_frame *f = &l->got[l->ngot - 1];
    struct bytes packet = bytes_from(bytes_of(f->p, f->n), ETHER_HDR_LEN);
    struct ip ip = {.proto = IP_ICMP, .src = nat_at(from).addr, .dst = nat_at(to).addr};
    struct icmp m = {.type = type, .code = 3, .data = bytes_head(packet, IP4_HDR_LEN + n)};
    uint8_t message[2048];
    struct wr w = wr_of(message, sizeof(message));

    icmp_put(&w, &m, &ip.src, &ip.dst);
    nat_send_ip(l, NAT_OUTSIDE, &ip, wr_bytes(&w));
}

static void errors_quote_the_packet_as_its_sender_knows_it(void **state)
{
    static const size_t quoted[] = {8, 13, 20, 200};
    struct nat_lab *l = make("8.2(1)", PAT "class-map c\n");
    struct buf out = BUF_INIT;

    (void)state;
    nat_type(l, "policy-map p", &out);
    nat_type(l, "class c", &out);
    nat_type(l, "set connection random-sequence-number enable", &out);
    for (size_t i = 0; i < COUNT(quoted); i++) {
        struct pkt p, q;
        char from[32] = "10.1.1.5:3000";
        from[12] = (char)('0' + i);
        nat_send_tcp(l, NAT_INSIDE, from, SERVER, (struct tcp){.flags = TCP_SYN, .seq = 123456});
        assert_true(nat_take(l, NAT_OUTSIDE, &p));
        assert_int_not_equal(p.tcp.seq, 123456);
        complain(l, "192.0.2.77", "203.0.113.1", ICMP_TIME_EXCEEDED, quoted[i]);
        p = nat_expect(l, NAT_INSIDE, "192.0.2.77", "10.1.1.5"); /* the router's own address */
        pkt_parse_ip(p.icmp.data, &q);
        assert_int_equal(ip4_u32(&q.ip.src), 0x0a010105);
        assert_int_equal(ip4_u32(&q.ip.dst), 0xc6336409);
        assert_int_equal(checksum_finish(checksum_add(0, bytes_head(p.icmp.data, 20))), 0);
        struct rd r = rd_of(bytes_from(p.icmp.data, 20));
        assert_int_equal(rd_be16(&r), 3000 + i);
        assert_int_equal(rd_be16(&r), 80);
        assert_int_equal(rd_be32(&r), 123456);
        if (quoted[i] >= 24) /* all of the segment: its checksum fits again */
            assert_true(tcp_checksum_ok(bytes_from(p.icmp.data, 20), &q.ip.src, &q.ip.dst));
    }
    buf_release(&out);
    done(l);
}

static void errors_about_datagrams_and_pings_find_their_hosts(void **state)
{
    struct nat_lab *l = make("8.2(1)", PAT);
    struct pkt p, q;

    (void)state;
    nat_send_udp(l, NAT_INSIDE, "10.1.1.5:5353", "198.51.100.9:53", "query");
    complain(l, "198.51.100.9", "203.0.113.1", ICMP_UNREACHABLE, 200);
    p = nat_expect(l, NAT_INSIDE, "198.51.100.9", "10.1.1.5");
    pkt_parse_ip(p.icmp.data, &q);
    assert_int_equal(q.udp.src, 5353);
    uint64_t sum = checksum_pseudo(&q.ip.src, &q.ip.dst, IP_UDP, q.ip.payload.n);
    assert_int_equal(checksum_finish(checksum_add(sum, q.ip.payload)), 0);
    nat_ping(l, NAT_INSIDE, "10.1.1.5", "198.51.100.9", ICMP_ECHO, 77);
    nat_ping(l, NAT_INSIDE, "10.1.1.6", "198.51.100.9", ICMP_ECHO, 77);
    complain(l, "198.51.100.9", "203.0.113.1", ICMP_TIME_EXCEEDED, 8);
    p = nat_expect(l, NAT_INSIDE, "198.51.100.9", "10.1.1.6");
    pkt_parse_ip(p.icmp.data, &q);
    assert_int_equal(q.icmp.rest >> 16, 77);
    assert_int_equal(ip4_u32(&q.ip.src), 0x0a010106);
    done(l);
}

/* --- the console -------------------------------------------------------------------------------
 */

static void connections_are_shown_with_both_addresses(void **state)
{
    struct nat_lab *l = make("8.2(1)", "static (inside,outside) 203.0.113.50 10.1.1.5\n");
    struct buf out = BUF_INIT;

    (void)state;
    nat_connect(l, NAT_INSIDE, "10.1.1.5:1000", SERVER, NAT_OUTSIDE, "203.0.113.50:1000", SERVER);
    nat_run(l, SPAN_S(7));
    assert_non_null(strstr(nat_type(l, "show conn", &out),
                           "TCP outside 198.51.100.9:80 inside 10.1.1.5(203.0.113.50):1000, idle "
                           "0:00:07, bytes 0, flags U\n"));
    assert_string_equal(nat_type(l, "show xlate", &out),
                        "1 in use, 1 most used\nGlobal 203.0.113.50 Local 10.1.1.5\n");
    assert_string_equal(nat_type(l, "show xlate count", &out), "1 in use, 1 most used\n");
    assert_string_equal(nat_type(l, "show local-host 10.1.1.5", &out),
                        "Interface outside: 0 active, 0 maximum active, 0 denied\n"
                        "Interface inside: 1 active, 1 maximum active, 0 denied\n"
                        "local host: <10.1.1.5>,\n"
                        "    TCP flow count/limit = 1/unlimited\n"
                        "    TCP embryonic count to host = 0\n"
                        "    TCP intercept watermark = unlimited\n"
                        "    UDP flow count/limit = 0/unlimited\n"
                        "\n  Xlate:\n    Global 203.0.113.50 Local 10.1.1.5\n"
                        "\n  Conn:\n    TCP outside 198.51.100.9:80 inside "
                        "10.1.1.5(203.0.113.50):1000, idle 0:00:07, bytes 0, flags U\n"
                        "Interface dmz: 0 active, 0 maximum active, 0 denied\n");
    buf_release(&out);
    done(l);
}

static void clear_xlate_ends_connections_and_what_they_held(void **state)
{
    struct nat_lab *l = make("8.2(1)", PAT);
    struct buf out = BUF_INIT;

    (void)state;
    nat_connect(l, NAT_INSIDE, "10.1.1.5:1000", SERVER, NAT_OUTSIDE, "203.0.113.1:1000", SERVER);
    nat_type(l, "clear xlate", &out);
    assert_int_equal(nat_logged(l, "duration 0:00:00 bytes 0 Xlate Clear"), 1);
    assert_int_equal(nat_logged(l, "305012: Teardown dynamic TCP"), 1);
    assert_string_equal(nat_type(l, "show xlate", &out), "0 in use, 1 most used\n");
    buf_release(&out);
    done(l);
}

static void connections_live_on_when_their_rule_goes(void **state)
{
    struct nat_lab *l = make("8.2(1)", "static (inside,outside) 203.0.113.50 10.1.1.5\n");
    struct buf out = BUF_INIT;

    (void)state;
    nat_connect(l, NAT_INSIDE, "10.1.1.5:1000", SERVER, NAT_OUTSIDE, "203.0.113.50:1000", SERVER);
    nat_type(l, "no static (inside,outside) 203.0.113.50 10.1.1.5", &out);
    nat_send_tcp(l, NAT_OUTSIDE, SERVER, "203.0.113.50:1000",
                 (struct tcp){.flags = TCP_ACK, .seq = 5000, .ack = 1000, .data = bytes_str("x")});
    nat_expect(l, NAT_INSIDE, SERVER, "10.1.1.5:1000");
    nat_type(l, "clear conn", &out);
    nat_type(l, "reload noconfirm", &out);
    nat_connect(l, NAT_INSIDE, "10.1.1.5:1000", SERVER, NAT_OUTSIDE, "203.0.113.50:1000", SERVER);
    buf_release(&out);
    done(l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(many_hosts_hide_behind_the_interface),
        cmocka_unit_test(bytes_go_both_ways_and_the_translation_outlives_the_connection),
        cmocka_unit_test(nobody_else_reaches_a_port_that_is_translated),
        cmocka_unit_test(datagrams_are_translated_and_keep_a_checksum_that_is_not_used),
        cmocka_unit_test(two_hosts_may_ping_with_the_same_identifier),
        cmocka_unit_test(the_gateway_itself_still_answers_on_its_address),
        cmocka_unit_test(a_wrong_checksum_stays_wrong),
        cmocka_unit_test(protocols_without_ports_find_none),
        cmocka_unit_test(a_static_host_is_reached_and_reaches),
        cmocka_unit_test(a_static_port_of_the_interface_leads_to_one_service),
        cmocka_unit_test(policy_nat_looks_at_the_destination),
        cmocka_unit_test(a_destination_may_be_translated_as_well),
        cmocka_unit_test(the_rule_that_is_asked_first_decides),
        cmocka_unit_test(addresses_come_before_ports_and_both_may_run_out),
        cmocka_unit_test(an_address_of_a_pool_is_reached_while_it_is_lent),
        cmocka_unit_test(flows_without_a_translation_are_refused_where_one_is_wanted),
        cmocka_unit_test(control_is_content_with_an_exemption_or_equal_levels),
        cmocka_unit_test(rules_of_the_inside_are_not_for_higher_levels),
        cmocka_unit_test(errors_quote_the_packet_as_its_sender_knows_it),
        cmocka_unit_test(errors_about_datagrams_and_pings_find_their_hosts),
        cmocka_unit_test(connections_are_shown_with_both_addresses),
        cmocka_unit_test(clear_xlate_ends_connections_and_what_they_held),
        cmocka_unit_test(connections_live_on_when_their_rule_goes),
    };
    return cmocka_run_group_tests_name("gateway/conn_nat", tests, NULL, NULL);
}
