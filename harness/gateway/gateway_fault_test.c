/* Seeded faults: each is seen to do what its name says, and the same run without it does not. */
#include "tests/gateway_lab.h"
#include "tests/testkit.h"

#include "base/mem.h"

static struct gateway_lab *make(const char *fault, bool preserve)
{
    struct gateway_lab *l = mem_zalloc(sizeof(*l));
    const char *config = preserve ? NULL : "no sysopt connection preserve-vpn-flows\n";

    lab_init(l, config, config, 4);
    if (fault)
        assert_ok(gateway_set_fault(l->gw[LAB_BO], fault));
    return l;
}

static void done(struct gateway_lab *l)
{
    lab_release(l);
    mem_free(l);
}

/* A download, the tunnel away, and back after D. */
static void bounce(struct gateway_lab *l, struct lab_tcp *c, struct span d)
{
    struct buf out = BUF_INIT;

    assert_true(lab_connect(l, c, 1135, 80));
    assert_true(lab_transfer(l, c, LAB_BO, 100));
    l->wan_down = d.ns > 0;
    lab_flush(l, LAB_BO);
    lab_type(l, LAB_BO, "clear crypto isakmp sa", &out);
    lab_run(l, d.ns > 0 ? d : SPAN_MS(200));
    buf_release(&out);
}

static size_t torn(struct gateway_lab *l, const char *text)
{
    return lab_logged(l, LAB_BO, 302014, text);
}

static void a_name_that_is_none_is_refused(void **state)
{
    struct gateway_lab *l = make(NULL, true);

    (void)state;
    assert_int_equal(gateway_set_fault(l->gw[0], "no-such-fault"), ERR_NOTFOUND);
    done(l);
}

struct log_row {
    const char *fault;
    bool preserve;
    size_t records;   /* 302014 right after the drop */
    const char *text; /* in them */
    size_t later;     /* 302014 40 s later */
};

static const struct log_row log_rows[] = {
    {NULL, false, 1, "1135 duration", 1},
    {NULL, true, 0, NULL, 0},
    {"no-302014", false, 0, NULL, 0},
    {"wrong-reason", false, 1, "Conn-timeout", 1},
    {"wrong-connection", false, 1, "/1142 duration", 1},
    {"double-302014", false, 2, "Tunnel has been torn down", 2},
    {"late-302014", false, 0, NULL, 1},
    {"tear-preserved", true, 1, "Tunnel has been torn down", 1},
    {"silent-stale", true, 0, NULL, 0},
    {"reset-instead", true, 0, NULL, 0},
};

static void the_log_of_a_drop_is_as_the_fault_says(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(log_rows); i++) {
        const struct log_row *row = &log_rows[i];
        struct gateway_lab *l = make(row->fault, row->preserve);
        struct lab_tcp c;
        bounce(l, &c, SPAN_S(1));
        if (torn(l, NULL) != row->records || torn(l, row->text) != row->records)
            fail_msg("row %zu (%s): %s", i, row->fault ? row->fault : "none",
                     buf_str(&l->logs[LAB_BO]));
        lab_run(l, SPAN_S(40));
        assert_int_equal(torn(l, NULL), row->later);
        assert_int_equal(l->clear_on_wan, 0);
        done(l);
    }
}

static void reset_instead_tells_the_user(void **state)
{
    (void)state;
    for (int with = 0; with < 2; with++) {
        struct gateway_lab *l = make(with ? "reset-instead" : NULL, true);
        struct lab_tcp c;
        struct pkt p;
        bool reset = false;
        bounce(l, &c, SPAN_S(1));
        while (lab_take(l, LAB_BO, &p)) {
            reset = reset || tcp_has(&p.tcp, TCP_RST);
            if (tcp_has(&p.tcp, TCP_RST))
                assert_int_equal(p.tcp.seq, c.user_sees);
        }
        assert_int_equal(reset, with);
        done(l);
    }
}

/* Whether a preserved connection goes on after the bounce. */
static void stream_faults_stop_the_stream(void **state)
{
    static const char *const faults[] = {NULL, "silent-stale", "no-isn-mapback", "no-resume",
                                         "tear-preserved"};

    (void)state;
    for (size_t i = 0; i < COUNT(faults); i++) {
        struct gateway_lab *l = make(faults[i], true);
        struct lab_tcp c;
        bool goes_on = false;
        bounce(l, &c, SPAN_S(1));
        l->wan_down = false;
        for (int k = 0; k < 20 && !goes_on; k++) {
            lab_ping(l, LAB_BO, 9, 10, false); /* wants the tunnel, whatever the flow does */
            lab_run(l, SPAN_S(2));
            goes_on = lab_transfer(l, &c, LAB_BO, 100);
        }
        assert_int_equal(goes_on, faults[i] == NULL);
        assert_int_equal(l->clear_on_wan, 0);
        done(l);
    }
}

static void leak_cleartext_sends_what_should_wait_in_clear(void **state)
{
    (void)state;
    for (int with = 0; with < 2; with++) {
        struct gateway_lab *l = make(with ? "leak-cleartext" : NULL, true);
        struct lab_tcp c;
        bounce(l, &c, SPAN_S(1));
        assert_false(lab_transfer(l, &c, LAB_BO, 100));
        assert_int_equal(l->clear_on_wan > 0, with);
        done(l);
    }
}

static void segments_are_lost_or_altered(void **state)
{
    static const char *const faults[] = {NULL, "lose-segment", "corrupt-byte"};

    (void)state;
    for (size_t i = 0; i < COUNT(faults); i++) {
        struct gateway_lab *l = make(faults[i], true);
        struct lab_tcp c;
        size_t failed = 0;
        assert_true(lab_connect(l, &c, 1135, 80));
        for (int k = 0; k < 100; k++)
            failed += !lab_transfer(l, &c, LAB_HO, 100);
        if (!faults[i])
            assert_int_equal(failed, 0);
        else if (strcmp(faults[i], "corrupt-byte") == 0)
            assert_int_equal(failed, 1); /* and the same segment again is right */
        else
            assert_true(failed > 10);
        done(l);
    }
}

/* SPIs of ESP packets from the BO, in order. */
struct spis {
    uint32_t last;
    size_t changes;
};

static bool note_spi(struct gateway_lab *l, enum lab_side from, uint8_t *frame, size_t n)
{
    struct spis *s = l->hook_ctx;
    struct pkt p;

    pkt_parse(bytes_of(frame, n), &p);
    if (from == LAB_BO && p.kind == PKT_ESP) {
        s->changes += s->last && s->last != p.esp.spi;
        s->last = p.esp.spi;
    }
    return true;
}

static void keep_old_spi_goes_on_with_the_pair_that_was_replaced(void **state)
{
    (void)state;
    for (int with = 0; with < 2; with++) {
        struct gateway_lab *l = mem_zalloc(sizeof(*l));
        struct spis spis = {0};
        struct lab_tcp c;
        lab_init(l, "crypto ipsec security-association lifetime seconds 120\n", NULL, 5);
        if (with)
            assert_ok(gateway_set_fault(l->gw[LAB_BO], "keep-old-spi"));
        assert_true(lab_connect(l, &c, 1135, 80));
        l->hook = note_spi;
        l->hook_ctx = &spis;
        while (lab_logged(l, LAB_BO, 713120, NULL) < 2) {
            assert_true(lab_transfer(l, &c, LAB_BO, 10));
            lab_run(l, SPAN_MS(200));
        }
        assert_true(lab_transfer(l, &c, LAB_BO, 10));
        assert_int_equal(spis.changes, !with);
        done(l);
    }
}

static void tear_on_rekey_tears_at_a_rekeying(void **state)
{
    (void)state;
    for (int with = 0; with < 2; with++) {
        struct gateway_lab *l = mem_zalloc(sizeof(*l));
        struct lab_tcp c;
        lab_init(l, "crypto ipsec security-association lifetime seconds 120\n", NULL, 5);
        if (with)
            assert_ok(gateway_set_fault(l->gw[LAB_BO], "tear-on-rekey"));
        assert_true(lab_connect(l, &c, 1135, 80));
        lab_run(l, SPAN_S(118));
        assert_int_equal(lab_logged(l, LAB_BO, 713120, NULL), 2);
        assert_int_equal(torn(l, "Tunnel has been torn down"), with);
        done(l);
    }
}

static void an_orphan_that_idles_out_says_so(void **state)
{
    static const char *const faults[] = {NULL, "tunnel-reason-when-idle"};

    (void)state;
    for (size_t i = 0; i < COUNT(faults); i++) {
        struct gateway_lab *l = make(faults[i], true);
        struct lab_tcp c;
        bounce(l, &c, SPAN_S(1));
        lab_run(l, SPAN_S(3610));
        assert_int_equal(lab_last_log(l, LAB_BO, 302014).reason_class,
                         faults[i] ? ASA_REASON_TUNNEL : ASA_REASON_IDLE);
        assert_in_range(lab_last_log(l, LAB_BO, 302014).duration_s, 3599, 3604);
        done(l);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_name_that_is_none_is_refused),
        cmocka_unit_test(the_log_of_a_drop_is_as_the_fault_says),
        cmocka_unit_test(reset_instead_tells_the_user),
        cmocka_unit_test(stream_faults_stop_the_stream),
        cmocka_unit_test(leak_cleartext_sends_what_should_wait_in_clear),
        cmocka_unit_test(segments_are_lost_or_altered),
        cmocka_unit_test(keep_old_spi_goes_on_with_the_pair_that_was_replaced),
        cmocka_unit_test(tear_on_rekey_tears_at_a_rekeying),
        cmocka_unit_test(an_orphan_that_idles_out_says_so),
    };

    return cmocka_run_group_tests_name("gateway/fault", tests, NULL, NULL);
}
