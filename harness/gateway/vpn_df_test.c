/* crypto ipsec df-bit, crypto ipsec fragmentation: what a packet that fits, or does not, becomes on
 * the outside, for each way of configuring it. */
#include "base/mem.h"
#include "tests/gateway_lab.h"
#include "tests/testkit.h"

#include <stdio.h>

#define DF(word)  "crypto ipsec df-bit " word " outside\n"
#define CUT(word) "crypto ipsec fragmentation " word " outside\n"
#define SMALL     100
#define LARGE     1472 /* with its headers as much as a frame takes */

static const struct row {
    const char *what, *lines;
    size_t bytes;   /* of the ping */
    bool df;        /* of the ping */
    bool arrives;   /* else its sender is told what fits */
    unsigned esp;   /* packets of ESP, */
    unsigned parts; /* frames that are fragments, */
    bool outer_df;  /* and all have DF, or none */
} rows[] = {
    {"copy__of_1", "", SMALL, true, true, 1, 0, true},
    {"copy__of_0", "", SMALL, false, true, 1, 0, false},
    {"copy__too_large_with_1__is_told_so", "", LARGE, true, false, 0, 0, false},
    {"copy__too_large_with_0__is_cut_and_then_sealed", "", LARGE, false, true, 2, 0, false},
    {"copy__too_large_with_0__is_sealed_and_then_cut", CUT("after-encryption"), LARGE, false, true,
     1, 2, false},
    {"clear__of_1", DF("clear-df"), SMALL, true, true, 1, 0, false},
    {"clear__of_0", DF("clear-df"), SMALL, false, true, 1, 0, false},
    {"clear__too_large_with_1__is_cut_all_the_same", DF("clear-df"), LARGE, true, true, 2, 0,
     false},
    {"clear__too_large_with_1__is_sealed_and_then_cut", DF("clear-df") CUT("after-encryption"),
     LARGE, true, true, 1, 2, false},
    {"set__of_0", DF("set-df"), SMALL, false, true, 1, 0, true},
    {"set__of_1", DF("set-df"), SMALL, true, true, 1, 0, true},
    {"set__too_large_with_0__is_cut_before_as_the_outer_one_must_not_be", DF("set-df"), LARGE,
     false, true, 2, 0, true},
    {"set__too_large_with_0__the_same_after_encryption", DF("set-df") CUT("after-encryption"),
     LARGE, false, true, 2, 0, true},
    {"set__too_large_with_1__is_told_so", DF("set-df"), LARGE, true, false, 0, 0, false},
    {"a_line_for_another_interface__does_nothing", "crypto ipsec df-bit clear-df inside\n", SMALL,
     true, true, 1, 0, true},
    {"a_line_without_an_interface__holds", "crypto ipsec df-bit clear-df\n", SMALL, true, true, 1,
     0, false},
    {"the_interface_s_own_line__goes_before_it", "crypto ipsec df-bit clear-df\n" DF("copy-df"),
     SMALL, true, true, 1, 0, true},
    {"taken_back__it_is_copied", DF("set-df") "no " DF("set-df"), SMALL, false, true, 1, 0, false},
};

struct outer {
    unsigned esp, parts, with_df, without_df;
};

static bool look(struct gateway_lab *l, enum lab_side from, uint8_t *frame, size_t n)
{
    struct outer *o = l->hook_ctx;
    struct pkt p;

    pkt_parse(bytes_of(frame, n), &p);
    if (from != LAB_BO || p.ip.proto != IP_ESP)
        return true;
    assert_true(n <= ETHER_HDR_LEN + 1500);
    o->esp += p.ip.frag_off == 0;
    o->parts += ip_is_fragment(&p.ip);
    *(p.ip.df ? &o->with_df : &o->without_df) += 1;
    return true;
}

/* The way to the far end is known, and the tunnel is up. */
static struct gateway_lab *make(const char *lines, struct outer *o)
{
    struct gateway_lab *l = mem_zalloc(sizeof(*l));

    lab_init(l, lines, NULL, 3);
    lab_ping(l, LAB_BO, 7, 10, false);
    lab_run(l, SPAN_S(2));
    lab_flush(l, LAB_BO);
    assert_int_equal(lab_flush(l, LAB_HO), 1);
    *o = (struct outer){0};
    l->hook = look;
    l->hook_ctx = o;
    return l;
}

static void done(struct gateway_lab *l)
{
    assert_int_equal(l->clear_on_wan, 0);
    lab_release(l);
    mem_free(l);
}

static void ping(struct gateway_lab *l, const struct row *row, const struct outer *o)
{
    struct pkt p;

    lab_ping(l, LAB_BO, 8, row->bytes, row->df);
    lab_run(l, SPAN_S(1));
    if (row->arrives) {
        assert_true(lab_take(l, LAB_HO, &p));
        assert_int_equal(p.icmp.data.n, row->bytes);
    } else {
        assert_true(lab_take(l, LAB_BO, &p));
        assert_int_equal(p.icmp.type, ICMP_UNREACHABLE);
        assert_int_equal(p.icmp.code, 4);
    }
    assert_int_equal(lab_flush(l, LAB_HO) + lab_flush(l, LAB_BO), 0);
    assert_int_equal(o->esp, row->esp);
    assert_int_equal(o->parts, row->parts);
    assert_int_equal(row->outer_df ? o->without_df : o->with_df, 0);
}

/* Configured before it starts, and typed while the tunnel is up. */
static void becomes_what_its_row_says(void **state)
{
    const struct row *row = *state;
    struct outer o;
    struct gateway_lab *l = make(row->lines, &o);
    struct buf out = BUF_INIT;

    ping(l, row, &o);
    done(l);
    l = make(NULL, &o);
    lab_type(l, LAB_BO, "configure terminal", &out);
    for (const char *at = row->lines; *at; at += strcspn(at, "\n") + 1) {
        char line[128];
        (void)snprintf(line, sizeof(line), "%.*s", (int)strcspn(at, "\n"), at);
        lab_type(l, LAB_BO, line, &out);
    }
    lab_type(l, LAB_BO, "end", &out);
    ping(l, row, &o);
    buf_release(&out);
    done(l);
}

static void pieces_are_counted_and_the_policy_is_shown(void **state)
{
    struct outer o;
    struct gateway_lab *l = make("asa version 9.16(4)\n" DF("clear-df"), &o);
    struct buf out = BUF_INIT;
    const char *shown;

    (void)state;
    lab_ping(l, LAB_BO, 8, LARGE, true);
    lab_run(l, SPAN_S(1));
    assert_int_equal(lab_flush(l, LAB_HO), 1);
    shown = lab_type(l, LAB_BO, "show crypto ipsec sa", &out);
    assert_non_null(strstr(shown, "#pre-frag successes: 1, #pre-frag failures: 0, "
                                  "#fragments created: 2"));
    assert_non_null(strstr(shown, "DF policy: clear-df"));
    shown = lab_type(l, LAB_BO, "show running-config all crypto", &out);
    assert_non_null(strstr(shown, "crypto ipsec df-bit clear-df outside\n"));
    assert_non_null(strstr(shown, "crypto ipsec fragmentation before-encryption outside\n"));
    buf_release(&out);
    done(l);
}

int main(void)
{
    struct CMUnitTest tests[COUNT(rows) + 1] = {
        cmocka_unit_test(pieces_are_counted_and_the_policy_is_shown)};

    for (size_t i = 0; i < COUNT(rows); i++)
        tests[i + 1] = (struct CMUnitTest){rows[i].what, becomes_what_its_row_says, NULL, NULL,
                                           (void *)(uintptr_t)&rows[i]};
    return _cmocka_run_group_tests("gateway/vpn_df", tests, COUNT(tests), NULL, NULL);
}
