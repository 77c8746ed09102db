/* `show local-host`: what is counted for a host. The form is that of the command reference of 8.2.
 */
#include "tests/access_lab.h"
#include "tests/testkit.h"

#include "base/mem.h"

static void assert_shows(struct access_bench *b, const char *line, const char *part)
{
    struct buf out = BUF_INIT;

    gateway_command(b->g, line, &out);
    if (!strstr(buf_str(&out), part))
        fail_msg("no\n%s\nin\n%s", part, buf_str(&out));
    buf_release(&out);
}

/* Connections that a host has not answered are "embryonic to" it, not to who began them. */
static void flows_are_counted_by_host_and_kind(void **state)
{
    struct access_bench *b = access_new("");

    (void)state;
    access_send_first(b, ACCESS_INSIDE, "10.1.1.9", "10.2.2.9", IP_TCP, 80);
    access_send_first(b, ACCESS_INSIDE, "10.1.1.9", "10.2.2.9", IP_TCP, 443);
    access_send_first(b, ACCESS_INSIDE, "10.1.1.9", "10.2.2.9", IP_UDP, 53);
    access_send_first(b, ACCESS_INSIDE, "10.1.1.8", "10.2.2.9", IP_UDP, 53);
    assert_shows(b, "show local-host 10.2.2.9",
                 "local host: <10.2.2.9>,\n"
                 "    TCP flow count/limit = 2/unlimited\n"
                 "    TCP embryonic count to host = 2\n"
                 "    TCP intercept watermark = unlimited\n"
                 "    UDP flow count/limit = 2/unlimited\n");
    assert_shows(b, "show local-host 10.1.1.9",
                 "local host: <10.1.1.9>,\n"
                 "    TCP flow count/limit = 2/unlimited\n"
                 "    TCP embryonic count to host = 0\n"
                 "    TCP intercept watermark = unlimited\n"
                 "    UDP flow count/limit = 1/unlimited\n");
    assert_shows(b, "show local-host", "Interface inside: 2 active, 2 maximum active, 0 denied\n");
    access_wait_s(b, 31); /* SYN Timeout */
    assert_shows(b, "show local-host 10.2.2.9", "TCP flow count/limit = 0/unlimited\n");
    access_free(b);
}

/* A connection that is over and lingers is no flow any more, as in `show conn`. */
static void what_lingers_is_not_counted(void **state)
{
    struct access_bench *b = access_new("sysopt connection timewait\n");
    struct ip_addr in = access_address("10.1.1.9"), dmz = access_address("10.2.2.9");
    static const struct {
        size_t from;
        uint32_t seq, ack;
        uint8_t flags;
    } steps[] = {
        {ACCESS_INSIDE, 5, 0, TCP_SYN},         {ACCESS_DMZ, 9, 6, TCP_SYN | TCP_ACK},
        {ACCESS_INSIDE, 6, 10, TCP_ACK},        {ACCESS_INSIDE, 6, 10, TCP_FIN | TCP_ACK},
        {ACCESS_DMZ, 10, 7, TCP_FIN | TCP_ACK}, {ACCESS_INSIDE, 7, 11, TCP_ACK},
    };
    uint32_t offset = 0; /* of the initiator's numbers, as the dmz sees them */

    (void)state;
    for (size_t i = 0; i < COUNT(steps); i++) {
        bool back = steps[i].from == ACCESS_DMZ;
        struct tcp t = {.src = back ? 80 : 1000,
                        .dst = back ? 1000 : 80,
                        .seq = steps[i].seq,
                        .ack = steps[i].ack + (back ? offset : 0),
                        .flags = steps[i].flags,
                        .window = 100};
        uint8_t body[64];
        struct wr w = wr_of(body, sizeof(body));
        struct pkt p;
        tcp_put(&w, &t, back ? &dmz : &in, back ? &in : &dmz);
        access_send(b, steps[i].from, back ? "10.2.2.9" : "10.1.1.9",
                    back ? "10.1.1.9" : "10.2.2.9", IP_TCP, wr_bytes(&w));
        access_wait_s(b, 0);
        pkt_parse_ip(bytes_of(b->end[ACCESS_DMZ].last, b->end[ACCESS_DMZ].n), &p);
        if (i == 0)
            offset = p.tcp.seq - 5;
        if (i == 2)
            assert_shows(b, "show local-host 10.2.2.9", "TCP flow count/limit = 1/unlimited\n");
    }
    assert_shows(b, "show local-host", "Interface dmz: 0 active, 0 maximum active, 0 denied\n");
    access_free(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(flows_are_counted_by_host_and_kind),
        cmocka_unit_test(what_lingers_is_not_counted),
    };
    return cmocka_run_group_tests_name("gateway/conn_hosts", tests, NULL, NULL);
}
