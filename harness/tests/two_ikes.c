#include "tests/two_ikes.h"

#include "base/mem.h"
#include "tests/testkit.h"

static const uint8_t psk[] = "correct horse battery staple";

static void init_side(struct two_ikes *t, int i)
{
    struct ike_end_point *s = &t->side[i];
    struct ip_net net[2] = {{ip4(0x0a010000), 16}, {ip4(0x0a020000), 16}};

    s->addr = ip4(i == IKE_A ? 0xc6336401 : 0xcb007101);
    s->suites[0] = (struct ike_suite){CIPHER_AES128_CBC, DIGEST_SHA1, 2, 86400, INTEG_NONE};
    s->esp[0] = (struct ike_esp_suite){CIPHER_AES128_CBC, INTEG_HMAC_SHA1_96, 0, 28800, 0, false};
    s->peer = (struct ike_peer_config){
        .psk = {psk, sizeof(psk) - 1},
        .nsuites = 1,
        .dpd = {.enabled = true, .threshold = SPAN_S(10), .retry = SPAN_S(2), .tries = 3},
        .initial_contact = true};
    s->policies[0] = (struct ike_policy){
        .id = 7, .selector = {.local = net[i], .remote = net[!i]}, .nsuites = 1};
    s->cfg.npeers = 1;
    s->cfg.npolicies = 1;
}

void two_ikes_init(struct two_ikes *t)
{
    *t = (struct two_ikes){.delay = SPAN_MS(10), .seed = 1};
    clock_virtual_init(&t->clk);
    init_side(t, IKE_A);
    init_side(t, IKE_B);
}

void two_ikes_init_v2(struct two_ikes *t)
{
    two_ikes_init(t);
    for (int i = 0; i < 2; i++) {
        struct ike_end_point *s = &t->side[i];
        s->suites[0] =
            (struct ike_suite){CIPHER_AES128_GCM_16, DIGEST_SHA256, 31, 86400, INTEG_NONE};
        s->esp[0] = (struct ike_esp_suite){CIPHER_AES128_GCM_16, INTEG_NONE, 0, 28800, 0, false};
        s->peer.ike_version = 2;
        s->peer.natt = true;
        s->peer.fragment_mtu = 1280;
        s->cfg.quirks = &s->quirks;
    }
}

void two_ikes_start(struct two_ikes *t)
{
    for (int i = 0; i < 2; i++) {
        struct ike_end_point *s = &t->side[i];
        s->peer.address = s->is_server ? (struct ip_addr){0} : t->side[!i].addr;
        s->peer.suites = s->suites;
        for (size_t p = 0; p < s->cfg.npolicies; p++) {
            if (!s->policies[p].suites)
                s->policies[p].suites = s->esp;
        }
        s->cfg.local = s->addr;
        s->cfg.peers = &s->peer;
        s->cfg.policies = s->policies;
        rng_seeded_init(&s->rng, t->seed, i == IKE_A ? "a" : "b");
        s->ike = ike_new(&s->cfg, &t->clk.clock, &s->rng.rng, NULL);
    }
}

void two_ikes_release(struct two_ikes *t)
{
    for (int i = 0; i < 2; i++) {
        ike_free(t->side[i].ike);
        mem_free(t->side[i].said);
    }
    for (size_t i = 0; i < t->nflown; i++)
        mem_free(t->flown[i].p);
    mem_free(t->flown);
}

void *two_ikes_room(void *list, size_t n, size_t size)
{
    if (n & (n - 1))
        return list;
    return n < 16 && n > 0 ? list : mem_resize(list, n ? 2 * n : 16, size);
}

static void fly(struct two_ikes *t, int from, const struct ike_out *o)
{
    struct flown d = {.from = from, .src = o->from, .dst = o->to, .sent = t->clk.at};

    d.due = mono_add(t->clk.at, t->delay);
    d.n = o->datagram.n;
    d.p = mem_zalloc(d.n);
    memcpy(d.p, o->datagram.p, d.n);
    d.lost = t->filter && !t->filter(t, &d, t->side[from].nsent);
    t->side[from].nsent++;
    t->flown = two_ikes_room(t->flown, t->nflown, sizeof(*t->flown));
    t->flown[t->nflown++] = d;
}

void two_ikes_drain(struct two_ikes *t, int side)
{
    struct ike_end_point *s = &t->side[side];
    struct ike_out o;

    while (ike_next(s->ike, &o)) {
        if (o.kind == IKE_OUT_SEND) {
            fly(t, side, &o);
            continue;
        }
        s->said = two_ikes_room(s->said, s->nsaid, sizeof(*s->said));
        s->said[s->nsaid++] = o;
        if ((o.kind == IKE_OUT_LOGIN || o.kind == IKE_OUT_CONFIG) && t->answer)
            t->answer(t, side, &o);
    }
}

/* The datagram that arrives next, by UNTIL; of equals the one sent first. */
static struct flown *next_flown(struct two_ikes *t, struct mono until)
{
    struct flown *best = NULL;

    for (size_t i = 0; i < t->nflown; i++) {
        struct flown *d = &t->flown[i];
        if (d->lost || d->arrived || mono_before(until, d->due))
            continue;
        if (!best || mono_before(d->due, best->due))
            best = d;
    }
    return best;
}

static void arrive(struct two_ikes *t, struct flown *d)
{
    int to = !d->from;
    struct endpoint src = d->src, dst = d->dst;
    uint8_t *exact = mem_resize(NULL, d->n, 1); /* so that a sanitizer sees an overrun */
    size_t n = d->n;

    memcpy(exact, d->p, n);
    d->arrived = true;
    ike_input(t->side[to].ike, &src, &dst, bytes_of(exact, n));
    mem_free(exact);
    two_ikes_drain(t, to);
}

static void tick(struct two_ikes *t, int side, struct mono until)
{
    unsigned spins = 0;

    while (!mono_before(t->clk.at, ike_deadline(t->side[side].ike)) &&
           !mono_before(until, t->clk.at)) {
        ike_tick(t->side[side].ike);
        two_ikes_drain(t, side);
        assert_true(++spins < 100); /* a deadline that stays */
    }
}

void two_ikes_run(struct two_ikes *t, double seconds)
{
    struct mono end = mono_add(t->clk.at, SPAN_NS(seconds * 1e9));

    for (;;) {
        struct mono next = mono_min(ike_deadline(t->side[0].ike), ike_deadline(t->side[1].ike));
        struct flown *d = next_flown(t, mono_min(next, end));
        if (!d && mono_before(end, next))
            break;
        if (d)
            next = d->due;
        if (mono_before(t->clk.at, next))
            clock_sleep_until(&t->clk.clock, next);
        if (d) {
            arrive(t, d);
            continue;
        }
        tick(t, IKE_A, end);
        tick(t, IKE_B, end);
    }
    clock_sleep_until(&t->clk.clock, end);
}

void two_ikes_wait(struct two_ikes *t, int side, double seconds)
{
    two_ikes_drain(t, side);
    two_ikes_run(t, seconds);
}

bool two_ikes_lose_all(struct two_ikes *t, struct flown *d, size_t n)
{
    (void)t, (void)d, (void)n;
    return false;
}

void two_ikes_establish(struct two_ikes *t, int side)
{
    assert_ok(ike_acquire(t->side[side].ike, t->side[side].policies[0].id));
    two_ikes_drain(t, side);
    two_ikes_run(t, 5);
    two_ikes_agree(t, 1, 1);
}

void two_ikes_up(struct two_ikes *t)
{
    two_ikes_init(t);
    two_ikes_start(t);
    two_ikes_establish(t, IKE_A);
}

void two_ikes_up_v2(struct two_ikes *t)
{
    two_ikes_init_v2(t);
    two_ikes_start(t);
    two_ikes_establish(t, IKE_A);
}

void two_ikes_inject(struct two_ikes *t, int side, struct bytes datagram)
{
    struct endpoint from = {t->side[!side].addr, IKE_PORT}, to = {t->side[side].addr, IKE_PORT};
    uint8_t *exact = mem_resize(NULL, datagram.n, 1);

    if (datagram.n)
        memcpy(exact, datagram.p, datagram.n);
    ike_input(t->side[side].ike, &from, &to, bytes_of(exact, datagram.n));
    mem_free(exact);
    two_ikes_drain(t, side);
}

/* --- what was said --------------------------------------------------------------------------- */

size_t two_ikes_facts(const struct two_ikes *t, int side, enum ike_fact fact)
{
    const struct ike_end_point *s = &t->side[side];
    size_t n = 0;

    for (size_t i = 0; i < s->nsaid; i++)
        n += s->said[i].kind == IKE_OUT_FACT && s->said[i].fact == fact;
    return n;
}

size_t two_ikes_ends(const struct two_ikes *t, int side, enum ike_out_kind kind, enum ike_end end)
{
    const struct ike_end_point *s = &t->side[side];
    size_t n = 0;

    for (size_t i = 0; i < s->nsaid; i++)
        n += s->said[i].kind == kind && s->said[i].end == end;
    return n;
}

size_t two_ikes_said(const struct two_ikes *t, int side, enum ike_out_kind kind)
{
    const struct ike_end_point *s = &t->side[side];
    size_t n = 0;

    for (size_t i = 0; i < s->nsaid; i++)
        n += s->said[i].kind == kind;
    return n;
}

const struct ike_out *two_ikes_last(const struct two_ikes *t, int side, enum ike_out_kind kind)
{
    const struct ike_end_point *s = &t->side[side];

    for (size_t i = s->nsaid; i-- > 0;) {
        if (s->said[i].kind == kind)
            return &s->said[i];
    }
    return NULL;
}

struct ike_status two_ikes_status(const struct two_ikes *t, int side)
{
    struct ike_status st;

    ike_status(t->side[side].ike, &st);
    return st;
}

/* True when what came up at I of SAID has not gone down since. */
static bool still_up(const struct ike_end_point *s, size_t i)
{
    const struct ike_out *up = &s->said[i];

    for (size_t j = i + 1; j < s->nsaid; j++) {
        const struct ike_out *o = &s->said[j];
        if (up->kind == IKE_OUT_CHILD_UP && o->kind == IKE_OUT_CHILD_DOWN &&
            o->child.in_spi == up->child.in_spi)
            return false;
        if (up->kind == IKE_OUT_IKE_UP && o->kind == IKE_OUT_IKE_DOWN && o->ike == up->ike)
            return false;
    }
    return true;
}

size_t two_ikes_pairs(const struct two_ikes *t, int side)
{
    const struct ike_end_point *s = &t->side[side];
    size_t n = 0;

    for (size_t i = 0; i < s->nsaid; i++)
        n += s->said[i].kind == IKE_OUT_CHILD_UP && still_up(s, i);
    return n;
}

uint32_t two_ikes_pair(const struct two_ikes *t, int side)
{
    const struct ike_end_point *s = &t->side[side];

    for (size_t i = s->nsaid; i-- > 0;) {
        if (s->said[i].kind == IKE_OUT_CHILD_UP && still_up(s, i))
            return s->said[i].child.in_spi;
    }
    return 0;
}

static bool mirrors(const struct ike_out *a, const struct ike_out *b)
{
    if (a->kind == IKE_OUT_IKE_UP)
        return memcmp(a->sa.spi_i, b->sa.spi_i, 8) == 0 &&
               memcmp(a->sa.spi_r, b->sa.spi_r, 8) == 0 &&
               memcmp(a->sa.skey, b->sa.skey, sizeof(a->sa.skey)) == 0 &&
               (a->sa.skey_len || a->version == 2) &&
               memcmp(a->sa.sk_ei, b->sa.sk_ei, sizeof(a->sa.sk_ei)) == 0 &&
               memcmp(a->sa.sk_er, b->sa.sk_er, sizeof(a->sa.sk_er)) == 0 &&
               memcmp(a->sa.sk_ai, b->sa.sk_ai, sizeof(a->sa.sk_ai)) == 0 &&
               memcmp(a->sa.sk_ar, b->sa.sk_ar, sizeof(a->sa.sk_ar)) == 0 &&
               a->initiator != b->initiator && a->sa.suite.cipher == b->sa.suite.cipher &&
               a->sa.suite.digest == b->sa.suite.digest && a->sa.suite.group == b->sa.suite.group;
    return a->child.in_spi == b->child.out_spi && a->child.out_spi == b->child.in_spi &&
           memcmp(a->child.in_cipher_key, b->child.out_cipher_key, CIPHER_KEY_MAX) == 0 &&
           memcmp(a->child.out_cipher_key, b->child.in_cipher_key, CIPHER_KEY_MAX) == 0 &&
           memcmp(a->child.in_integ_key, b->child.out_integ_key, DIGEST_MAX) == 0 &&
           memcmp(a->child.out_integ_key, b->child.in_integ_key, DIGEST_MAX) == 0 &&
           memcmp(&a->child.suite, &b->child.suite, sizeof(a->child.suite)) == 0 &&
           a->message_id == b->message_id && a->initiator != b->initiator;
}

static size_t count_mirrored(const struct two_ikes *t, enum ike_out_kind kind)
{
    const struct ike_end_point *a = &t->side[IKE_A], *b = &t->side[IKE_B];
    size_t n = 0;

    for (size_t i = 0; i < a->nsaid; i++) {
        if (a->said[i].kind != kind || !still_up(a, i))
            continue;
        for (size_t j = 0; j < b->nsaid; j++)
            n += b->said[j].kind == kind && still_up(b, j) && mirrors(&a->said[i], &b->said[j]);
    }
    return n;
}

void two_ikes_agree(const struct two_ikes *t, size_t ikes, size_t children)
{
    for (int i = 0; i < 2; i++) {
        struct ike_status st = two_ikes_status(t, i);
        assert_int_equal(st.ikes, ikes);
        assert_int_equal(st.children, children);
        assert_int_equal(st.negotiating, 0);
        assert_int_equal(two_ikes_pairs(t, i), children);
    }
    assert_int_equal(count_mirrored(t, IKE_OUT_IKE_UP), ikes);
    assert_int_equal(count_mirrored(t, IKE_OUT_CHILD_UP), children);
}

void two_ikes_acquire(struct two_ikes *t, double seconds)
{
    assert_ok(ike_acquire(t->side[IKE_A].ike, 7));
    two_ikes_wait(t, IKE_A, seconds);
}
