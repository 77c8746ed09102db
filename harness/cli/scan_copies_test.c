/* Which packets are copies of a span port, and which are sent again. */
#include "cli/scan_copies.h"

#include "tests/testkit.h"

struct seen {
    enum pkt_kind kind;
    int64_t us;
    uint32_t id, seq;
    uint16_t check;
};

#define DATA(us, id, seq, check)                                                                   \
    {                                                                                              \
        PKT_TCP, us, id, seq, check                                                                \
    }
#define ESP(us, id, seq)                                                                           \
    {                                                                                              \
        PKT_ESP, us, id, seq, 0                                                                    \
    }

static const struct row {
    const char *what;
    struct seen v[12];
    uint64_t copies;
} rows[] = {
    {"the_same_packet_at_once", {DATA(0, 1, 100, 7), DATA(3, 1, 100, 7)}, 1},
    {"in_a_burst",
     {DATA(0, 1, 100, 7), DATA(1, 2, 200, 8), DATA(2, 1, 100, 7), DATA(3, 2, 200, 8)},
     2},
    {"written_by_two_ports_whose_order_is_lost", {DATA(30, 1, 100, 7), DATA(0, 1, 100, 7)}, 1},
    {"a_retransmission_has_another_identification", {DATA(0, 1, 100, 7), DATA(3, 2, 100, 7)}, 0},
    {"one_without_identification_has_other_time_stamps",
     {DATA(0, 0, 100, 7), DATA(3, 0, 100, 9)},
     0},
    {"what_comes_later_is_sent_again", {DATA(0, 1, 100, 7), DATA(2000, 1, 100, 7)}, 0},
    {"far_behind_it_is_not_looked_for",
     {DATA(0, 1, 1, 7), DATA(1, 2, 2, 7), DATA(2, 3, 3, 7), DATA(3, 4, 4, 7), DATA(4, 5, 5, 7),
      DATA(5, 6, 6, 7), DATA(6, 7, 7, 7), DATA(7, 8, 8, 7), DATA(8, 9, 9, 7), DATA(9, 1, 1, 7)},
     0},
    {"esp_at_once", {ESP(0, 1, 100), ESP(2, 1, 100), ESP(3, 2, 101)}, 1},
    {"esp_that_is_replayed", {ESP(0, 1, 100), ESP(5000, 1, 100)}, 0},
    {"the_first_packet_of_all_is_no_copy", {DATA(0, 0, 0, 0)}, 0},
};

static void copies_are_as_the_row_says(void **state)
{
    const struct row *row = *state;
    struct scan_copies c = {0};

    for (const struct seen *s = row->v; s < row->v + COUNT(row->v) && s->kind; s++) {
        struct savefile_packet p = {.time_ns = s->us * 1000};
        p.pkt.kind = s->kind;
        p.pkt.ip.id = s->id;
        p.pkt.data_len = 10;
        if (s->kind == PKT_TCP) {
            p.pkt.tcp.seq = s->seq;
            p.pkt.tcp.check = s->check;
        } else {
            p.pkt.esp.spi = 0x1234;
            p.pkt.esp.seq = s->seq;
        }
        scan_copies_add(&c, &p);
    }
    assert_int_equal(c.n, row->copies);
}

/* Acknowledgements are the same again and again. */
static void what_has_no_data_is_not_looked_at(void **state)
{
    struct savefile_packet p = {.pkt = {.kind = PKT_TCP}};
    struct scan_copies c = {0};

    (void)state;
    p.pkt.tcp.seq = 5;
    for (int i = 0; i < 3; i++)
        scan_copies_add(&c, &p);
    assert_int_equal(c.n, 0);
}

int main(void)
{
    struct CMUnitTest tests[COUNT(rows) + 1] = {
        cmocka_unit_test(what_has_no_data_is_not_looked_at),
    };

    for (size_t i = 0; i < COUNT(rows); i++)
        tests[i + 1] = (struct CMUnitTest){rows[i].what, copies_are_as_the_row_says, NULL, NULL,
                                           (void *)(uintptr_t)&rows[i]};
    return _cmocka_run_group_tests("cli/scan_copies", tests, COUNT(tests), NULL, NULL);
}
