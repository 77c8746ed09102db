#define _GNU_SOURCE
#include "tests/charon_lab.h"

#include "base/mem.h"
#include "base/rng_os.h"
#include "tests/charon_wire.h"
#include "tests/testkit.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define LOG_TOLD 6000 /* characters */

void charon_lab_drain(struct charon_lab *l)
{
    struct ike_out o;

    while (ike_next(l->ike, &o)) {
        if (o.kind == IKE_OUT_SEND) {
            if (!l->leaves || l->leaves(l, charon_wire_message(&o.to, o.datagram)))
                charon_wire_send(l, &o.from, &o.to, o.datagram);
            continue;
        }
        l->said = mem_resize(l->said, l->nsaid + 1, sizeof(*l->said));
        l->said[l->nsaid++] = o;
        if (l->answer && (o.kind == IKE_OUT_LOGIN || o.kind == IKE_OUT_CONFIG))
            l->answer(l, &o);
        if (o.kind != IKE_OUT_CHILD_UP)
            continue;
        l->pair = o;
        charon_wire_keys(l);
    }
}

/* Lets our end work for a moment. */
void charon_lab_turn(struct charon_lab *l)
{
    struct clock *clk = &l->clk.clock;

    clock_sleep_until(clk, mono_min(ike_deadline(l->ike), mono_add(clock_now(clk), SPAN_MS(20))));
    charon_wire_read(l);
    if (!mono_before(clock_now(clk), ike_deadline(l->ike))) {
        ike_tick(l->ike);
        charon_lab_drain(l);
    }
}

void charon_lab_work(struct charon_lab *l, double seconds)
{
    struct mono end = mono_add(clock_now(&l->clk.clock), SPAN_NS(seconds * 1e9));

    while (mono_before(clock_now(&l->clk.clock), end))
        charon_lab_turn(l);
}

size_t charon_lab_count(const struct charon_lab *l, enum ike_out_kind kind, enum ike_end end)
{
    size_t n = 0;

    for (size_t i = 0; i < l->nsaid; i++)
        n += l->said[i].kind == kind && (end == IKE_END_NONE || l->said[i].end == end);
    return n;
}

size_t charon_lab_facts(const struct charon_lab *l, enum ike_fact fact)
{
    size_t n = 0;

    for (size_t i = 0; i < l->nsaid; i++)
        n += l->said[i].kind == IKE_OUT_FACT && l->said[i].fact == fact;
    return n;
}

/* Works until SIDE has said WANT outputs of this kind and end; fails after ten seconds. */
void charon_lab_await(struct charon_lab *l, enum ike_out_kind kind, enum ike_end end, size_t want)
{
    struct mono limit = mono_add(clock_now(&l->clk.clock), SPAN_S(10));

    while (charon_lab_count(l, kind, end) < want && mono_before(clock_now(&l->clk.clock), limit))
        charon_lab_turn(l);
    assert_int_equal(charon_lab_count(l, kind, end), want);
}

/* --- charon's end ---------------------------------------------------------------------------- */

bool charon_lab_ask(struct charon_lab *l, const char *args)
{
    bool ok = false;
    pid_t pid = charon_ask(&l->charon, args);

    while (!charon_done(pid, &ok))
        charon_lab_turn(l);
    return ok;
}

static size_t occurrences(const char *text, const char *word)
{
    size_t n = 0;

    for (const char *at = text; (at = strstr(at, word)); at++)
        n++;
    return n;
}

/* What charon has: IKE SAs that are up, and pairs that have no successor. */
static void count_sas(struct charon_lab *l, size_t *ikes, size_t *pairs)
{
    assert_true(charon_lab_ask(l, "--list-sas --raw"));
    struct buf b = charon_said(&l->charon);
    *ikes = occurrences(buf_str(&b), "state=ESTABLISHED");
    *pairs = occurrences(buf_str(&b), "state=INSTALLED");
    buf_release(&b);
}

void charon_lab_tell(const struct charon_lab *l)
{
    struct buf b = charon_log(&l->charon);
    const char *text = buf_str(&b);
    size_t n = strlen(text);

    printf("%s\n", text + (n > LOG_TOLD ? n - LOG_TOLD : 0));
    buf_release(&b);
}

void charon_lab_has(struct charon_lab *l, size_t ikes, size_t pairs)
{
    struct mono limit = mono_add(clock_now(&l->clk.clock), SPAN_S(5));
    size_t got_ikes, got_pairs;

    count_sas(l, &got_ikes, &got_pairs);
    while ((got_ikes != ikes || got_pairs != pairs) &&
           mono_before(clock_now(&l->clk.clock), limit)) {
        charon_lab_work(l, 0.2);
        count_sas(l, &got_ikes, &got_pairs);
    }
    if (got_ikes != ikes || got_pairs != pairs)
        charon_lab_tell(l);
    assert_int_equal(got_ikes, ikes);
    assert_int_equal(got_pairs, pairs);
}

size_t charon_lab_pairs(struct charon_lab *l)
{
    size_t ikes, pairs;

    count_sas(l, &ikes, &pairs);
    return pairs;
}

void charon_lab_await_gone(struct charon_lab *l)
{
    struct mono limit = mono_add(clock_now(&l->clk.clock), SPAN_S(10));
    size_t ikes, pairs;

    do {
        charon_lab_work(l, 0.2);
        count_sas(l, &ikes, &pairs);
    } while (ikes && mono_before(clock_now(&l->clk.clock), limit));
    assert_int_equal(ikes, 0);
}

/* --- tests ----------------------------------------------------------------------------------- */

static void start_ours(struct charon_lab *l)
{
    clock_real_init(&l->clk);
    rng_os_init(&l->rng);
    for (int i = 0; i < 2; i++) {
        l->fd[i] = charon_wire_socket(&l->us, i ? IKE_NATT_PORT : IKE_PORT);
        assert_ok(clock_real_watch(&l->clk, l->fd[i]));
    }
    l->ike = ike_new(&l->cfg, &l->clk.clock, &l->rng, NULL);
}

void charon_lab_move(struct charon_lab *l, uint8_t last)
{
    char command[128];

    snprintf(command, sizeof(command),
             "ip addr del 192.0.2.%u/24 dev hfike0 && ip addr add 192.0.2.%u/24 dev hfike0",
             l->us.b[3], last);
    assert_int_equal(system(command), 0);
    l->us.b[3] = last;
    for (int i = 0; i < 2; i++) {
        int fd = charon_wire_socket(&l->us, i ? IKE_NATT_PORT : IKE_PORT);
        assert_true(dup2(fd, l->fd[i]) >= 0); /* the clock goes on watching the same number */
        close(fd);
    }
}

void charon_lab_init_ours(struct charon_lab *l, const struct ike_suite *suite,
                          const struct ike_esp_suite *esp, const char *secret)
{
    *l = (struct charon_lab){.suite = *suite,
                             .esp = *esp,
                             .us = {4, {192, 0, 2, 1}},
                             .them = {4, {192, 0, 2, 2}},
                             .ping_from = {4, {10, 1, 0, 1}},
                             .ping_to = {4, {10, 2, 0, 1}}};
    l->policy = (struct ike_policy){
        .id = 1,
        .selector = {.local = {ip4(0x0a010000), 16}, .remote = {ip4(0x0a020000), 16}},
        .suites = &l->esp,
        .nsuites = 1};
    l->peer = (struct ike_peer_config){
        .address = l->them,
        .psk = bytes_str(secret),
        .suites = &l->suite,
        .nsuites = 1,
        .natt = true,
        .initial_contact = true,
        .dpd = {.enabled = true, .threshold = SPAN_S(1), .retry = SPAN_S(1), .tries = 3}};
    l->cfg = (struct ike_config){
        .local = l->us, .peers = &l->peer, .npeers = 1, .policies = &l->policy, .npolicies = 1};
}

void charon_lab_try(struct charon_lab *l, const char *event)
{
    l->event = event;
    matrix_try(&l->row, event);
}

void charon_lab_ok(struct charon_lab *l)
{
    matrix_ok(&l->row, l->event);
}

void charon_lab_start(struct charon_lab *l, const char *swanctl_conf)
{
    assert_true(charon_start_with(&l->charon, swanctl_conf));
    start_ours(l);
}

void charon_lab_init(struct charon_lab *l, const char *proposals, const char *esp_proposals,
                     const struct ike_suite *suite, const struct ike_esp_suite *esp,
                     const char *secret)
{
    charon_lab_init_ours(l, suite, esp, secret);
    l->row = (struct matrix_row){.version = 1, .suite = proposals, .esp = esp_proposals};
    assert_true(charon_start(&l->charon, proposals, esp_proposals));
    start_ours(l);
}

void charon_lab_release(struct charon_lab *l)
{
    ike_free(l->ike);
    charon_wire_release(l);
    mem_wipe(l->said, l->nsaid * sizeof(*l->said));
    mem_free(l->said);
    charon_stop(&l->charon);
}
