/* Our IKE against strongSwan's charon over real UDP: both roles, both phases, probes, rekeying and
 * deletes from either side; a ping through each pair shows that the keys are the same. */
#define _GNU_SOURCE
#include "base/clock_real.h"
#include "base/mem.h"
#include "base/rng_os.h"
#include "esp/esp.h"
#include "tests/charon.h"
#include "tests/testkit.h"
#include "tests/two_ikes.h"
#include "wire/icmp.h"
#include "wire/ip.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

struct lab {
    struct charon charon;
    struct clock_real clk;
    struct rng rng;
    int fd[2]; /* UDP 500 and 4500 */
    struct ike_suite suite;
    struct ike_esp_suite esp;
    struct ike_policy policy;
    struct ike_peer_config peer;
    struct ike_config cfg;
    struct ike *ike;
    struct ike_out *said;
    size_t nsaid;
    struct ike_out pair; /* the newest that came up */
    struct esp_sa *in, *out;
    bool pong;
};

static const struct ip_addr us = {4, {192, 0, 2, 1}}, charon_addr = {4, {192, 0, 2, 2}};

/* --- our end -----------------------------------------------------------------------------------
 */

static int udp_socket(uint16_t port)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(port)};
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    memcpy(&a.sin_addr, us.b, 4);
    assert_true(fd >= 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&a, sizeof(a)), 0);
    return fd;
}

static void send_udp(struct lab *l, const struct endpoint *from, const struct endpoint *to,
                     struct bytes b)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(to->port)};

    memcpy(&a.sin_addr, to->addr.b, 4);
    /* charon may be gone already: what is lost then is lost */
    (void)!sendto(l->fd[from->port == IKE_NATT_PORT], b.p, b.n, 0, (struct sockaddr *)&a,
                  sizeof(a));
}

static struct esp_sa *make_sa(const struct ike_out *o, bool inbound)
{
    struct esp_params p = {.spi = inbound ? o->child.in_spi : o->child.out_spi,
                           .src = inbound ? charon_addr : us,
                           .dst = inbound ? us : charon_addr,
                           .cipher = o->child.suite.cipher,
                           .integ = o->child.suite.integ,
                           .replay_window = 64};
    struct esp_sa *sa;

    memcpy(p.cipher_key, inbound ? o->child.in_cipher_key : o->child.out_cipher_key,
           sizeof(p.cipher_key));
    memcpy(p.integ_key, inbound ? o->child.in_integ_key : o->child.out_integ_key,
           sizeof(p.integ_key));
    assert_ok(esp_sa_new(&p, (struct mono){0}, &sa));
    return sa;
}

static void drain(struct lab *l)
{
    struct ike_out o;

    while (ike_next(l->ike, &o)) {
        if (o.kind == IKE_OUT_SEND) {
            send_udp(l, &o.from, &o.to, o.datagram);
            continue;
        }
        l->said = mem_resize(l->said, l->nsaid + 1, sizeof(*l->said));
        l->said[l->nsaid++] = o;
        if (o.kind != IKE_OUT_CHILD_UP)
            continue;
        l->pair = o;
        esp_sa_free(l->in);
        esp_sa_free(l->out);
        l->in = make_sa(&o, true);
        l->out = make_sa(&o, false);
    }
}

/* ESP in UDP: the answer to our ping, if it opens. */
static void take_esp(struct lab *l, struct bytes b)
{
    uint8_t plain[2048];
    struct esp_plain p;
    struct ip ip;
    struct icmp m;

    if (l->in && !esp_open(l->in, b, plain, &p) && !ip_parse(p.inner, &ip) && ip.proto == IP_ICMP &&
        !icmp_parse(ip.payload, &m) && m.type == ICMP_ECHO_REPLY)
        l->pong = true;
}

static void read_socket(struct lab *l, int i)
{
    uint8_t buf[4096];
    struct sockaddr_in a;
    socklen_t len = sizeof(a);
    ssize_t n;

    while ((n = recvfrom(l->fd[i], buf, sizeof(buf), 0, (struct sockaddr *)&a, &len)) >= 0) {
        struct endpoint from = {.addr.family = 4, .port = ntohs(a.sin_port)};
        struct endpoint to = {us, i ? IKE_NATT_PORT : IKE_PORT};
        memcpy(from.addr.b, &a.sin_addr, 4);
        struct bytes b = bytes_of(buf, (size_t)n);
        if (i && b.n > 4 && memcmp(b.p, "\0\0\0\0", 4) != 0)
            take_esp(l, b);
        else
            ike_input(l->ike, &from, &to, b);
        drain(l);
        len = sizeof(a);
    }
}

/* Lets our end work for a moment. */
static void turn(struct lab *l)
{
    struct clock *clk = &l->clk.clock;

    clock_sleep_until(clk, mono_min(ike_deadline(l->ike), mono_add(clock_now(clk), SPAN_MS(20))));
    read_socket(l, 0);
    read_socket(l, 1);
    if (!mono_before(clock_now(clk), ike_deadline(l->ike))) {
        ike_tick(l->ike);
        drain(l);
    }
}

static void work(struct lab *l, double seconds)
{
    struct mono end = mono_add(clock_now(&l->clk.clock), SPAN_NS(seconds * 1e9));

    while (mono_before(clock_now(&l->clk.clock), end))
        turn(l);
}

static size_t count(const struct lab *l, enum ike_out_kind kind, enum ike_end end)
{
    size_t n = 0;

    for (size_t i = 0; i < l->nsaid; i++)
        n += l->said[i].kind == kind && (end == IKE_END_NONE || l->said[i].end == end);
    return n;
}

static size_t facts(const struct lab *l, enum ike_fact fact)
{
    size_t n = 0;

    for (size_t i = 0; i < l->nsaid; i++)
        n += l->said[i].kind == IKE_OUT_FACT && l->said[i].fact == fact;
    return n;
}

/* Works until SIDE has said WANT outputs of this kind and end; fails after ten seconds. */
static void await(struct lab *l, enum ike_out_kind kind, enum ike_end end, size_t want)
{
    struct mono limit = mono_add(clock_now(&l->clk.clock), SPAN_S(10));

    while (count(l, kind, end) < want && mono_before(clock_now(&l->clk.clock), limit))
        turn(l);
    assert_int_equal(count(l, kind, end), want);
}

/* --- charon's end ------------------------------------------------------------------------------
 */

static bool ask(struct lab *l, const char *args)
{
    bool ok = false;
    pid_t pid = charon_ask(&l->charon, args);

    while (!charon_done(pid, &ok))
        turn(l);
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
static void charon_has(struct lab *l, size_t ikes, size_t pairs)
{
    assert_true(ask(l, "--list-sas --raw"));
    struct buf b = charon_said(&l->charon);
    size_t got_ikes = occurrences(buf_str(&b), "state=ESTABLISHED");
    size_t got_pairs = occurrences(buf_str(&b), "state=INSTALLED");
    buf_release(&b);
    assert_int_equal(got_ikes, ikes);
    assert_int_equal(got_pairs, pairs);
}

static void ping(struct lab *l)
{
    uint8_t inner[128], sealed[256];
    struct wr w = wr_of(inner, sizeof(inner)), e = wr_of(sealed, sizeof(sealed));
    struct icmp m = {.type = ICMP_ECHO, .rest = 7 << 16 | 1, .data = bytes_str("through charon")};
    struct ip ip = {.version = 4,
                    .proto = IP_ICMP,
                    .ttl = 64,
                    .src = {4, {10, 1, 0, 1}},
                    .dst = {4, {10, 2, 0, 1}}};
    struct endpoint from = {us, IKE_NATT_PORT}, to = {charon_addr, IKE_NATT_PORT};

    ip_put(&w, &ip, ICMP_HDR_LEN + m.data.n);
    icmp_put(&w, &m, &ip.src, &ip.dst);
    assert_ok(w.err);
    assert_true(l->pair.child.udp);
    assert_ok(esp_seal(l->out, &l->rng, wr_bytes(&w), IP_IPIP, &e));
    l->pong = false;
    for (int i = 0; i < 5 && !l->pong; i++) { /* charon may still be installing */
        send_udp(l, &from, &to, wr_bytes(&e));
        work(l, 0.3);
        e.at = 0;
        assert_ok(esp_seal(l->out, &l->rng, wr_bytes(&w), IP_IPIP, &e));
    }
    assert_true(l->pong);
}

/* --- tests -------------------------------------------------------------------------------------
 */

static const struct row {
    const char *what, *proposals, *esp_proposals;
    struct ike_suite suite;
    struct ike_esp_suite esp;
} rows[] = {
    {"3des_sha1_modp1024__esp_3des_md5",
     "3des-sha1-modp1024",
     "3des-md5",
     {CIPHER_3DES_CBC, DIGEST_SHA1, 2, 86400},
     {CIPHER_3DES_CBC, INTEG_HMAC_MD5_96, 0, 28800, 4608000}},
    {"aes128_sha256_modp2048__pfs",
     "aes128-sha256-modp2048",
     "aes128-sha256-modp2048",
     {CIPHER_AES128_CBC, DIGEST_SHA256, 14, 86400},
     {CIPHER_AES128_CBC, INTEG_HMAC_SHA256_128, 14, 28800, 0}},
    {"aes256_md5_modp1536__esp_aes256_sha1_pfs_modp1024",
     "aes256-md5-modp1536",
     "aes256-sha1-modp1024",
     {CIPHER_AES256_CBC, DIGEST_MD5, 5, 0},
     {CIPHER_AES256_CBC, INTEG_HMAC_SHA1_96, 2, 3600, 0}},
    {"aes192_sha1_modp1536",
     "aes192-sha1-modp1536",
     "aes192-sha1",
     {CIPHER_AES192_CBC, DIGEST_SHA1, 5, 86400},
     {CIPHER_AES192_CBC, INTEG_HMAC_SHA1_96, 0, 3600, 0}},
};

static void lab_init(struct lab *l, const struct row *row, const char *secret)
{
    *l = (struct lab){.suite = row->suite, .esp = row->esp};
    assert_true(charon_start(&l->charon, row->proposals, row->esp_proposals));
    clock_real_init(&l->clk);
    rng_os_init(&l->rng);
    for (int i = 0; i < 2; i++) {
        l->fd[i] = udp_socket(i ? IKE_NATT_PORT : IKE_PORT);
        assert_ok(clock_real_watch(&l->clk, l->fd[i]));
    }
    l->policy = (struct ike_policy){
        .id = 1,
        .selector = {.local = {ip4(0x0a010000), 16}, .remote = {ip4(0x0a020000), 16}},
        .suites = &l->esp,
        .nsuites = 1};
    l->peer = (struct ike_peer_config){
        .address = charon_addr,
        .psk = bytes_str(secret),
        .suites = &l->suite,
        .nsuites = 1,
        .natt = true,
        .initial_contact = true,
        .dpd = {.enabled = true, .threshold = SPAN_S(1), .retry = SPAN_S(1), .tries = 3}};
    l->cfg = (struct ike_config){us, &l->peer, 1, &l->policy, 1};
    l->ike = ike_new(&l->cfg, &l->clk.clock, &l->rng, NULL);
}

static void lab_release(struct lab *l)
{
    ike_free(l->ike);
    esp_sa_free(l->in);
    esp_sa_free(l->out);
    mem_wipe(l->said, l->nsaid * sizeof(*l->said));
    mem_free(l->said);
    close(l->fd[0]);
    close(l->fd[1]);
    charon_stop(&l->charon);
}

/* --- lives -------------------------------------------------------------------------------------
 */

static void acquire(struct lab *l, size_t pairs)
{
    assert_ok(ike_acquire(l->ike, 1));
    drain(l);
    await(l, IKE_OUT_CHILD_UP, IKE_END_NONE, pairs);
    assert_true(l->pair.initiator);
    ping(l);
}

static void we_rekey(struct lab *l)
{
    assert_ok(ike_rekey_child(l->ike, l->pair.child.in_spi));
    drain(l);
    await(l, IKE_OUT_CHILD_UP, IKE_END_NONE, 2);
    ping(l);
    assert_ok(ike_rekey_ike(l->ike, NULL));
    drain(l);
    await(l, IKE_OUT_IKE_UP, IKE_END_NONE, 2);
    ping(l);
}

/* What was replaced is deleted in the end, and until then both sides probe each other. */
static void grow_old(struct lab *l)
{
    await(l, IKE_OUT_IKE_DOWN, IKE_END_REPLACED, 1);
    work(l, 2);
    await(l, IKE_OUT_CHILD_DOWN, IKE_END_REPLACED, 1);
    charon_has(l, 1, 1);
    assert_true(facts(l, IKE_FACT_DPD_SENT) > 0);
    assert_true(facts(l, IKE_FACT_DPD_ANSWERED) > 0);
    assert_int_equal(count(l, IKE_OUT_IKE_DOWN, IKE_END_DPD), 0);
    ping(l);
}

static void we_begin(struct lab *l, bool wait)
{
    acquire(l, 1);
    charon_has(l, 1, 1);
    we_rekey(l);
    if (wait)
        grow_old(l);
    ike_delete_children(l->ike, NULL, true);
    drain(l);
    work(l, 0.3);
    charon_has(l, wait ? 1 : 2, 0);
    acquire(l, 3);
    ike_delete_ike(l->ike, NULL, true);
    drain(l);
    work(l, 0.3);
    charon_has(l, 0, 0);
}

static void charon_begins(struct lab *l)
{
    assert_true(ask(l, "--initiate --child net --timeout 10"));
    await(l, IKE_OUT_CHILD_UP, IKE_END_NONE, 1);
    assert_false(l->pair.initiator);
    charon_has(l, 1, 1);
    ping(l);
    assert_true(ask(l, "--rekey --child net"));
    await(l, IKE_OUT_CHILD_UP, IKE_END_NONE, 2);
    assert_true(l->pair.rekey);
    ping(l);
    assert_true(ask(l, "--rekey --ike gw"));
    await(l, IKE_OUT_IKE_UP, IKE_END_NONE, 2);
    ping(l);
    assert_true(ask(l, "--terminate --child net --timeout 5"));
    await(l, IKE_OUT_CHILD_DOWN, IKE_END_PEER_DELETE, 1);
    assert_true(ask(l, "--initiate --child net --timeout 10"));
    await(l, IKE_OUT_CHILD_UP, IKE_END_NONE, 3);
    ping(l);
    assert_true(ask(l, "--terminate --ike gw --timeout 5"));
    work(l, 1);
    struct ike_status st;
    ike_status(l->ike, &st);
    assert_int_equal(st.ikes, 0);
    assert_int_equal(st.children, 0);
}

static void speaks_with_charon(void **state)
{
    const struct row *row = *state;
    struct lab l;

    lab_init(&l, row, CHARON_SECRET);
    we_begin(&l, row == rows);
    lab_release(&l);
    lab_init(&l, row, CHARON_SECRET);
    charon_begins(&l);
    lab_release(&l);
}

static void another_secret__is_found_out_by_both(void **state)
{
    struct lab l;

    (void)state;
    lab_init(&l, &rows[0], "not the secret of two gateways");
    assert_false(ask(&l, "--initiate --child net --timeout 3"));
    assert_true(facts(&l, IKE_FACT_AUTH) > 0);
    assert_ok(ike_acquire(l.ike, 1));
    drain(&l);
    work(&l, 1);
    assert_int_equal(count(&l, IKE_OUT_IKE_UP, IKE_END_NONE), 0);
    charon_has(&l, 0, 0);
    lab_release(&l);
}

static void another_esp_suite_or_selector__is_refused_by_charon(void **state)
{
    (void)state;
    for (int selector = 0; selector < 2; selector++) {
        struct lab l;
        lab_init(&l, &rows[0], CHARON_SECRET);
        if (selector)
            l.policy.selector.remote.addr = ip4(0x0a030000);
        else
            l.esp.integ = INTEG_HMAC_SHA1_96;
        assert_ok(ike_acquire(l.ike, 1));
        drain(&l);
        await(&l, IKE_OUT_CHILD_DOWN, IKE_END_REFUSED, 1);
        assert_int_equal(count(&l, IKE_OUT_IKE_UP, IKE_END_NONE), 1);
        /* and the other way round we refuse; charon is told and gives up at once */
        assert_false(ask(&l, "--initiate --child net --timeout 5"));
        assert_int_equal(facts(&l, selector ? IKE_FACT_NO_POLICY : IKE_FACT_NO_PROPOSAL), 1);
        lab_release(&l);
    }
}

int main(void)
{
    struct CMUnitTest tests[COUNT(rows) + 2] = {
        cmocka_unit_test(another_secret__is_found_out_by_both),
        cmocka_unit_test(another_esp_suite_or_selector__is_refused_by_charon),
    };
    const char *missing = charon_missing();

    if (missing) {
        printf("SKIPPED: IKE against strongSwan: %s\n", missing);
        return 0;
    }
    for (size_t i = 0; i < COUNT(rows); i++)
        tests[i + 2] =
            (struct CMUnitTest){rows[i].what, speaks_with_charon, NULL, NULL, (void *)&rows[i]};
    return cmocka_run_group_tests_name("tests/ike_strongswan", tests, NULL, NULL);
}
