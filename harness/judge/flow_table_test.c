/* Which stream a packet belongs to, with and without address translation in between. */
#include "base/mem.h"
#include "judge/judge_parts.h"
#include "tests/testkit.h"

struct lab {
    struct judge j;
    struct evidence_meta meta;
    struct arena arena;
};

static void announce(struct lab *l, const char *text)
{
    struct line line = {bytes_str(text), &l->j.value};

    jflow_announce(&l->j, &line);
}

static void begin(struct lab *l)
{
    *l = (struct lab){.meta = {.virtual_time = true}};
    arena_init(&l->arena);
    l->j.arena = &l->arena;
    l->j.meta = &l->meta;
    timeline_init(&l->j.tl, &l->arena, NULL);
    jflows_init(&l->j.flows);
    wan_init(&l->j.wan);
    announce(l, "stream id=one proto=tcp bo=10.1.0.10:40000 ho=192.168.50.10:80 opener=bo");
    announce(l, "stream id=two proto=tcp bo=10.1.0.10:40001 ho=192.168.50.10:80 opener=bo");
    announce(l, "stream id=six proto=tcp bo=[2001:db8::1]:40000 ho=[2001:db8::2]:80 opener=bo");
    announce(l, "stream id=dns proto=udp bo=10.1.0.10:5353 ho=192.168.50.10:53 opener=bo");
}

static void end(struct lab *l)
{
    jflows_release(&l->j.flows);
    wan_release(&l->j.wan);
    buf_release(&l->j.value);
    arena_release(&l->arena);
}

static struct pkt packet(const char *src, uint16_t sport, const char *dst, uint16_t dport,
                         uint8_t flags)
{
    struct pkt p = {.kind = PKT_TCP, .ip = {.proto = IP_TCP}};

    assert_ok(ip_addr_parse(src, &p.ip.src));
    assert_ok(ip_addr_parse(dst, &p.ip.dst));
    p.tcp = (struct tcp){.src = sport, .dst = dport, .flags = flags};
    return p;
}

/* The stream's name and its sender, "one BO"; "" when it is none. */
static const char *found(struct lab *l, int site, struct pkt p)
{
    static char text[16];
    int sender;
    struct jflow *f = jflow_find(&l->j, site, &p, &sender);

    text[0] = '\0';
    if (f) {
        strcpy(text, f->id);
        strcat(text, sender == BO ? " BO" : " HO");
    }
    return text;
}

/* The opener's SYN on its own LAN, so that the stream is awaited on the other one. */
static void open_at_bo(struct lab *l, uint16_t port)
{
    struct pkt p = packet("10.1.0.10", port, "192.168.50.10", 80, TCP_SYN);

    jflow_frame(&l->j, BO, &p);
}

static void by_its_endpoints_in_either_direction(void **state)
{
    struct lab l;

    (void)state;
    begin(&l);
    assert_string_equal(found(&l, BO, packet("10.1.0.10", 40001, "192.168.50.10", 80, TCP_ACK)),
                        "two BO");
    assert_string_equal(found(&l, BO, packet("192.168.50.10", 80, "10.1.0.10", 40000, TCP_ACK)),
                        "one HO");
    assert_string_equal(found(&l, HO, packet("2001:db8::2", 80, "2001:db8::1", 40000, TCP_ACK)),
                        "six HO");
    assert_string_equal(found(&l, BO, packet("10.1.0.10", 40002, "192.168.50.10", 80, TCP_ACK)),
                        "");
    end(&l);
}

static void behind_translated_addresses_by_its_ports(void **state)
{
    struct lab l;

    (void)state;
    begin(&l);
    open_at_bo(&l, 40000);
    open_at_bo(&l, 40001);
    assert_string_equal(found(&l, HO, packet("172.16.0.1", 40001, "192.168.50.10", 80, TCP_SYN)),
                        "two BO");
    assert_string_equal(found(&l, HO, packet("192.168.50.10", 80, "172.16.0.1", 40001, TCP_ACK)),
                        "two HO");
    assert_string_equal(found(&l, HO, packet("172.16.0.1", 40000, "192.168.50.10", 80, TCP_SYN)),
                        "one BO");
    end(&l);
}

static void behind_translated_ports_when_only_one_comes_into_question(void **state)
{
    struct lab l;

    (void)state;
    begin(&l);
    open_at_bo(&l, 40000);
    assert_string_equal(found(&l, HO, packet("172.16.0.1", 61000, "192.168.50.10", 80, TCP_SYN)),
                        "one BO");
    open_at_bo(&l, 40001);
    assert_string_equal(found(&l, HO, packet("172.16.0.1", 61001, "192.168.50.10", 80, TCP_SYN)),
                        "two BO");
    assert_string_equal(found(&l, HO, packet("172.16.0.1", 61000, "192.168.50.10", 80, TCP_ACK)),
                        "one BO");
    end(&l);
}

static void not_at_all_when_two_come_into_question(void **state)
{
    struct lab l;

    (void)state;
    begin(&l);
    open_at_bo(&l, 40000);
    open_at_bo(&l, 40001);
    assert_string_equal(found(&l, HO, packet("172.16.0.1", 61000, "192.168.50.10", 80, TCP_SYN)),
                        "");
    end(&l);
}

static void not_by_a_stranger_s_data_nor_before_it_was_opened(void **state)
{
    struct lab l;

    (void)state;
    begin(&l);
    assert_string_equal(found(&l, HO, packet("172.16.0.1", 40000, "192.168.50.10", 80, TCP_SYN)),
                        "");
    open_at_bo(&l, 40000);
    assert_string_equal(found(&l, HO, packet("172.16.0.1", 40000, "192.168.50.10", 80, TCP_ACK)),
                        "");
    assert_string_equal(found(&l, HO, packet("172.16.0.1", 40000, "192.168.50.10", 81, TCP_SYN)),
                        "");
    end(&l);
}

static void a_later_stream_on_the_same_ends_takes_them_over(void **state)
{
    struct lab l;

    (void)state;
    begin(&l);
    announce(&l, "stream id=again proto=tcp bo=10.1.0.10:40000 ho=192.168.50.10:80 opener=bo");
    assert_string_equal(found(&l, BO, packet("10.1.0.10", 40000, "192.168.50.10", 80, TCP_SYN)),
                        "again BO");
    end(&l);
}

static void broken_lines_are_counted(void **state)
{
    struct lab l;

    (void)state;
    begin(&l);
    announce(&l, "stream id=odd proto=tcp bo=10.1.0.10 ho=192.168.50.10:80 opener=bo");
    announce(&l, "stream proto=tcp bo=10.1.0.10:1 ho=192.168.50.10:80 opener=bo");
    announce(&l, "stream id=odd proto=tcp bo=10.1.0.10:99999 ho=192.168.50.10:80 opener=bo");
    assert_int_equal(l.j.flows.refused, 3);
    assert_int_equal(l.j.flows.n, 4);
    end(&l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_its_endpoints_in_either_direction),
        cmocka_unit_test(behind_translated_addresses_by_its_ports),
        cmocka_unit_test(behind_translated_ports_when_only_one_comes_into_question),
        cmocka_unit_test(not_at_all_when_two_come_into_question),
        cmocka_unit_test(not_by_a_stranger_s_data_nor_before_it_was_opened),
        cmocka_unit_test(a_later_stream_on_the_same_ends_takes_them_over),
        cmocka_unit_test(broken_lines_are_counted),
    };

    return cmocka_run_group_tests_name("judge/flow_table", tests, NULL, NULL);
}
