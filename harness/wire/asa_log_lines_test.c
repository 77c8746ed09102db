/* Every line of tests/asa_log_lines.txt against what a second reader found in it. */
#include "wire/asa_log.h"

#include "base/buf.h"
#include "base/mem.h"
#include "tests/testkit.h"
#include "wire/scan.h"

#include <stdio.h>

static void put(struct buf *b, const char *key, struct bytes value)
{
    if (value.n)
        buf_addf(b, " | %s %.*s", key, (int)value.n, (const char *)value.p);
}

static void put_side(struct buf *b, const char *name, const struct asa_endpoint *e)
{
    if (!e->address.n)
        return;
    buf_addf(b, " | %s ", name);
    if (e->interface.n)
        buf_addf(b, "%.*s:", (int)e->interface.n, (const char *)e->interface.p);
    buf_add(b, e->address.p, e->address.n);
    if (e->has_port)
        buf_addf(b, "/%u", e->port);
    if (e->mapped_address.n)
        buf_addf(b, " map %.*s/%u", (int)e->mapped_address.n, (const char *)e->mapped_address.p,
                 e->mapped_port);
    if (e->ident.n)
        buf_addf(b, " ident %.*s", (int)e->ident.n, (const char *)e->ident.p);
}

static void put_tail(struct buf *b, const struct asa_log *l)
{
    put(b, "from", l->initiator_interface);
    if (l->icmp_type >= 0)
        buf_addf(b, " | icmp %d/%d", l->icmp_type, l->icmp_code);
    put(b, "flags", l->tcp_flags);
    if (l->kind == ASA_DENY_NO_CONN)
        put(b, "interface", l->interface);
    put(b, "acl", l->acl);
    if (l->kind != ASA_IKE && l->spi)
        buf_addf(b, " | spi %08x", l->spi);
    if (l->sequence)
        buf_addf(b, " | seq %x", l->sequence);
    put(b, "group", l->group);
    put(b, "peer", l->peer);
    put(b, "user", l->user);
    if (l->kind == ASA_SESSION_END)
        buf_addf(b, " | sent %llu received %llu", (unsigned long long)l->bytes_sent,
                 (unsigned long long)l->bytes_received);
    if (l->kind == ASA_COMMAND)
        put(b, "typed", l->detail);
    if (l->kind == ASA_IKE2) {
        put(b, "map", l->map);
        put(b, "local", l->local_proxy);
        put(b, "remote", l->remote_proxy);
    }
}

static bool has_proto(const struct asa_log *l)
{
    return l->kind == ASA_BUILT || l->kind == ASA_TEARDOWN || l->kind == ASA_DENY_ACL ||
           l->kind == ASA_NO_ROUTE || l->id == 402117;
}

/* The fields in the words of the expectations. */
static void describe(const struct asa_log *l, struct buf *b)
{
    buf_addf(b, "%06u/%u", l->id, l->severity);
    if (l->pri >= 0)
        buf_addf(b, " | pri %d", l->pri);
    put(b, "class", l->klass);
    if (!l->complete) {
        buf_adds(b, " | misfit");
        return;
    }
    if (l->direction)
        buf_adds(b, l->direction == ASA_INBOUND ? " | inbound" : " | outbound");
    if (has_proto(l))
        put(b, "proto", l->protocol);
    if (l->connection)
        buf_addf(b, " | conn %llu", (unsigned long long)l->connection);
    put_side(b, "a", &l->a);
    put_side(b, "b", &l->b);
    if (l->has_duration)
        buf_addf(b, " | duration %llu", (unsigned long long)l->duration_s);
    if (l->has_bytes)
        buf_addf(b, " | bytes %llu", (unsigned long long)l->bytes);
    if (l->kind == ASA_TEARDOWN)
        buf_addf(b, " | class %s", asa_reason_name(l->reason_class));
    if (l->kind != ASA_IKE)
        put(b, "reason", l->reason);
    put_tail(b, l);
}

static bool next_line(struct bytes *text, struct bytes *line)
{
    return scan_before(text, "\n", line);
}

static void lines_say_what_a_second_reader_found(void **state)
{
    size_t n, rows = 0;
    uint8_t *file = test_file("harness/tests/asa_log_lines.txt", &n);
    struct bytes text, line, want;

    (void)state;
    assert_non_null(file);
    text = bytes_of(file, n);
    while (next_line(&text, &line)) {
        struct asa_log l;
        struct buf got = BUF_INIT;
        if (!line.n || line.p[0] == '#')
            continue;
        assert_true(next_line(&text, &want));
        rows++;
        if (asa_log_parse(line, &l))
            buf_adds(&got, "-");
        else
            describe(&l, &got);
        if (!bytes_eq(buf_bytes(&got), want))
            fail_msg("%.*s\nread as  %s\nexpected %.*s", (int)line.n, (const char *)line.p,
                     buf_str(&got), (int)want.n, (const char *)want.p);
        buf_release(&got);
    }
    assert_true(rows >= 100);
    mem_free(file);
}

static enum err parse(struct bytes in, void *ctx)
{
    struct asa_log l;

    (void)ctx;
    return asa_log_parse(in, &l);
}

static void every_line_may_be_cut_or_damaged_anywhere(void **state)
{
    size_t n;
    uint8_t *file = test_file("harness/tests/asa_log_lines.txt", &n);
    struct bytes text, line;

    (void)state;
    assert_non_null(file);
    text = bytes_of(file, n);
    while (next_line(&text, &line)) {
        if (!line.n || line.p[0] == '#')
            continue;
        test_truncations(line, parse, NULL);
        test_flips(line, parse, NULL);
    }
    mem_free(file);
}

static bool has_tag(struct bytes line)
{
    static const char *const marks[] = {"%ASA-", "%FTD-", "%PIX-"};
    struct bytes before;

    for (size_t i = 0; i < COUNT(marks); i++) {
        struct bytes rest = line;
        if (scan_before(&rest, marks[i], &before))
            return true;
    }
    return false;
}

/* The collected public logs lie beside the project where it is developed. */
static void public_logs_are_read(void **state)
{
    static const char *const sets[] = {"CrowdStrike__logscale-community-content",
                                       "layer-3-communications__cisco-asa-syslog",
                                       "logstash-plugins__logstash-patterns-core",
                                       "misc-public-samples",
                                       "networktocode__ntc-templates",
                                       "olauret__cribl-cisco-asa-cleanup",
                                       "splunk__splunk-connect-for-syslog"};
    size_t tagged = 0, conns = 0, whole = 0, present = 0;

    (void)state;
    for (size_t i = 0; i < COUNT(sets); i++) {
        char path[256];
        size_t n;
        struct bytes text, line;
        snprintf(path, sizeof(path), "../shared/data/asa-logs/%s/messages.log", sets[i]);
        uint8_t *file = test_file(path, &n);
        if (!file)
            continue;
        present++;
        text = bytes_of(file, n);
        while (next_line(&text, &line)) {
            struct asa_log l;
            enum err e = asa_log_parse(line, &l);
            if (has_tag(line))
                assert_ok(e);
            if (e)
                continue;
            tagged++;
            conns += l.id >= 302013 && l.id <= 302021;
            whole += l.id >= 302013 && l.id <= 302021 && l.complete;
        }
        mem_free(file);
    }
    if (!present) {
        printf("SKIPPED: ../shared/data/asa-logs is not here\n");
        skip();
    }
    printf("%zu messages; %zu of %zu connection messages read to the end\n", tagged, whole, conns);
    /* the one that is not is a template with a placeholder behind it */
    assert_true(conns - whole <= 1 || whole * 230 >= conns * 227);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_say_what_a_second_reader_found),
        cmocka_unit_test(every_line_may_be_cut_or_damaged_anywhere),
        cmocka_unit_test(public_logs_are_read),
    };
    return cmocka_run_group_tests_name("wire/asa_log_lines", tests, NULL, NULL);
}
