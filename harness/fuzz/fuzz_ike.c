/* Two IKE endpoints with a wire between them on which the input does what it likes: loses, doubles,
 * delays, damages, cuts and replays datagrams, injects its own, lets time pass, and asks the
 * endpoints for what an owner may ask; in IKEv1 or IKEv2. Whatever happens, each SA that goes down
 * was up, nothing grows without bound, and once the wire is left alone, nothing stays half-done. */
#include "base/cursor.h"
#include "base/mem.h"
#include "ike/ike.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { STEPS_MAX = 400, FLYING_MAX = 64, PAST_MAX = 128, PAIRS_MAX = 512, CALM_S = 300 };

struct flying {
    int to;
    uint16_t port;
    size_t n;
    uint8_t p[IKE_DATAGRAM_MAX + 4];
};

struct side {
    struct ip_addr addr;
    struct ike_suite suite;
    struct ike_esp_suite esp;
    struct ike_policy policy;
    struct ike_peer_config peer;
    struct ike_config cfg;
    struct rng_seeded rng;
    struct ike *ike;
    uint32_t pairs[PAIRS_MAX]; /* inbound SPIs that are up */
    size_t npairs;
};

struct world {
    struct clock_virtual clk;
    struct side side[2];
    struct flying flying[FLYING_MAX], past[PAST_MAX];
    size_t nflying, npast;
};

enum {                /* an input that begins with it */
       REMOTE = 0xc7, /* remote access, side 0 the client */
       SECOND = 0xc9, /* IKEv2 */
       PIECES = 0xcb, /* IKEv1, in fragments */
};

static void make_remote(struct side *s, int i)
{
    s->peer.group = bytes_str("group");
    s->peer.aggressive = s->peer.xauth = true;
    s->peer.config = IKE_CONFIG_ADDRESS;
    s->peer.user = s->peer.password = bytes_str("user");
    s->policy.assigned = i == 0;
    if (i == 1) {
        s->peer.address = (struct ip_addr){0};
        s->policy.selector.remote = (struct ip_net){ip4(0), 0};
    }
}

static void make_v2(struct side *s, uint8_t how)
{
    s->suite = (struct ike_suite){CIPHER_AES128_GCM_16, DIGEST_SHA256, 31, 600, INTEG_NONE};
    s->esp = (struct ike_esp_suite){
        CIPHER_AES128_GCM_16, INTEG_NONE, how & 1 ? 31 : 0, 200, 1000, how & 2};
    s->peer.ike_version = 2;
    s->peer.natt = how & 4;
    s->peer.mobike = how & 8;
    s->peer.childless = how & 16;
    s->peer.fragment_mtu = how & 32 ? 320 : 0;
    s->peer.reauth = how >> 6 == 3 ? IKE_REAUTH_NEVER : (enum ike_reauth)(how >> 6);
    s->cfg.cookies_from = how & 1 ? SIZE_MAX : 0;
}

static void side_init(struct world *w, int i, const uint8_t *data, size_t size)
{
    struct side *s = &w->side[i];
    struct ip_net net[2] = {{ip4(0x0a010000), 16}, {ip4(0x0a020000), 16}};

    s->addr = ip4(0xc0000201u + (uint32_t)i);
    s->suite = (struct ike_suite){CIPHER_AES128_CBC, DIGEST_SHA1, 1, 600, INTEG_NONE};
    s->esp = (struct ike_esp_suite){CIPHER_AES128_CBC, INTEG_HMAC_SHA1_96, 0, 200, 1000, false};
    s->policy = (struct ike_policy){
        .id = 1, .selector = {.local = net[i], .remote = net[!i]}, .suites = &s->esp, .nsuites = 1};
    s->peer = (struct ike_peer_config){
        .address = ip4(0xc0000202u - (uint32_t)i),
        .psk = bytes_str("key"),
        .suites = &s->suite,
        .nsuites = 1,
        .initial_contact = true,
        .dpd = {.enabled = true, .threshold = SPAN_S(10), .retry = SPAN_S(2), .tries = 3}};
    s->cfg = (struct ike_config){
        .local = s->addr, .peers = &s->peer, .npeers = 1, .policies = &s->policy, .npolicies = 1};
    if (size && data[0] == REMOTE)
        make_remote(s, i);
    if (size && data[0] == PIECES)
        s->peer.fragment_mtu = 120;
    if (size > 1 && data[0] == SECOND)
        make_v2(s, data[1]);
    rng_seeded_init(&s->rng, (uint64_t)i, "fuzz");
    s->ike = ike_new(&s->cfg, &w->clk.clock, &s->rng.rng, NULL);
}

static void send(struct world *w, int from, uint16_t port, struct bytes datagram)
{
    struct flying f = {.to = !from, .port = port, .n = datagram.n};

    memcpy(f.p, datagram.p, datagram.n);
    w->past[w->npast++ % PAST_MAX] = f;
    if (w->nflying < FLYING_MAX)
        w->flying[w->nflying++] = f;
}

static void child_up(struct side *s, const struct ike_out *o)
{
    for (size_t i = 0; i < s->npairs; i++) {
        if (s->pairs[i] == o->child.in_spi)
            bug("a pair came up twice");
    }
    if (s->npairs == PAIRS_MAX)
        bug("pairs without end");
    s->pairs[s->npairs++] = o->child.in_spi;
}

static void child_down(struct side *s, const struct ike_out *o)
{
    for (size_t i = 0; i < s->npairs; i++) {
        if (s->pairs[i] != o->child.in_spi)
            continue;
        if (o->attempt)
            bug("a pair that was up is said to be an attempt");
        s->pairs[i] = s->pairs[--s->npairs];
        return;
    }
    if (!o->attempt)
        bug("a pair went down that was not up");
}

static void drain(struct world *w, int i)
{
    struct ike_status st;
    struct ike_out o;

    while (ike_next(w->side[i].ike, &o)) {
        struct ike_net_config net = {.address = ip4(0x0a010005)};
        if (o.kind == IKE_OUT_SEND)
            send(w, i, o.to.port, o.datagram);
        else if (o.kind == IKE_OUT_LOGIN)
            ike_answer_login(w->side[i].ike, o.ike, strcmp(o.password, "user") == 0);
        else if (o.kind == IKE_OUT_CONFIG && i == 1)
            ike_answer_config(w->side[i].ike, o.ike, &net);
        else if (o.kind == IKE_OUT_CHILD_UP)
            child_up(&w->side[i], &o);
        else if (o.kind == IKE_OUT_CHILD_DOWN)
            child_down(&w->side[i], &o);
    }
    ike_status(w->side[i].ike, &st);
    if (st.children != w->side[i].npairs)
        bug("the count of pairs is not what was told");
    if (st.children && !st.ikes)
        bug("pairs without an IKE SA");
}

static void give(struct world *w, int to, uint16_t port, struct bytes datagram)
{
    struct endpoint src = {w->side[!to].addr, port}, dst = {w->side[to].addr, port};
    uint8_t *exact = mem_resize(NULL, datagram.n, 1);

    if (datagram.n)
        memcpy(exact, datagram.p, datagram.n);
    ike_input(w->side[to].ike, &src, &dst, bytes_of(exact, datagram.n));
    mem_free(exact);
    drain(w, to);
}

static void deliver(struct world *w, size_t i)
{
    struct flying *f = mem_zalloc(sizeof(*f));

    if (i < w->nflying) {
        *f = w->flying[i];
        w->nflying--;
        memmove(&w->flying[i], &w->flying[i + 1], (w->nflying - i) * sizeof(*f));
        give(w, f->to, f->port, bytes_of(f->p, f->n));
    }
    mem_free(f);
}

static void tick(struct world *w)
{
    for (int i = 0; i < 2; i++) {
        for (int n = 0; !mono_before(w->clk.at, ike_deadline(w->side[i].ike)); n++) {
            if (n == 1000)
                bug("a deadline that stays");
            ike_tick(w->side[i].ike);
            drain(w, i);
        }
    }
}

static void wait(struct world *w, struct span d, bool calm)
{
    struct mono until = mono_add(w->clk.at, d);

    for (;;) {
        while (calm && w->nflying)
            deliver(w, 0);
        struct mono next = mono_min(ike_deadline(w->side[0].ike), ike_deadline(w->side[1].ike));
        if (mono_before(until, next))
            break;
        clock_sleep_until(&w->clk.clock, next);
        tick(w);
    }
    clock_sleep_until(&w->clk.clock, until);
}

static void live(struct side *s, uint8_t how)
{
    switch (how % 5) {
    case 0: (void)!ike_probe(s->ike, NULL); break;
    case 1: (void)!ike_reauthenticate(s->ike, NULL, IKE_REAUTH_BREAK); break;
    case 2: (void)!ike_reauthenticate(s->ike, NULL, IKE_REAUTH_MAKE); break;
    case 3: ike_delete_children(s->ike, NULL, how & 0x80); break;
    default: ike_peer_is_alive(s->ike, &s->peer.address); break;
    }
}

static void ask(struct world *w, struct rd *r)
{
    uint8_t how = rd_u8(r);
    struct side *s = &w->side[how & 1];
    uint32_t spi = s->npairs ? s->pairs[rd_u8(r) % s->npairs] : rd_be32(r);

    switch (how >> 1 & 7) {
    case 0: (void)!ike_acquire(s->ike, how >> 7); break;
    case 1: (void)!ike_rekey_child(s->ike, spi); break;
    case 2: (void)!ike_rekey_ike(s->ike, NULL); break;
    case 3: (void)!ike_delete_child(s->ike, spi, how >> 7); break;
    case 4: ike_delete_ike(s->ike, NULL, how >> 7); break;
    case 5: ike_child_volume(s->ike, spi, how >> 7); break;
    case 6: live(s, rd_u8(r)); break;
    default:
        ike_forget(s->ike);
        s->npairs = 0;
        break;
    }
    drain(w, how & 1);
}

/* A datagram of the past or present, changed in some bytes and cut. */
static void damage(struct world *w, struct rd *r)
{
    size_t which = rd_u8(r), changes = rd_u8(r) % 8;
    struct flying *f = mem_zalloc(sizeof(*f));

    if (w->npast)
        *f = w->past[which % (w->npast < PAST_MAX ? w->npast : PAST_MAX)];
    for (size_t i = 0; i < changes && f->n; i++) {
        size_t at = rd_be16(r) % f->n;
        f->p[at] = rd_u8(r);
    }
    size_t cut = rd_u8(r);
    if (cut > 128)
        f->n -= (cut - 128) % (f->n + 1);
    give(w, f->to, f->port, bytes_of(f->p, f->n));
    mem_free(f);
}

static void step(struct world *w, struct rd *r)
{
    switch (rd_u8(r) % 8) {
    case 0:
    case 1: deliver(w, 0); break;
    case 2: deliver(w, rd_u8(r)); break;
    case 3: ask(w, r); break;
    case 4: damage(w, r); break;
    case 5: wait(w, SPAN_MS(rd_be16(r) * 8), false); break;
    case 6: give(w, rd_u8(r) & 1, 500, rd_take(r, rd_u8(r))); break;
    default:
        if (w->nflying)
            w->nflying--;
        break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct world *w = mem_zalloc(sizeof(*w));
    struct rd r = rd_of(bytes_of(data, size));
    struct ike_status st;

    clock_virtual_init(&w->clk);
    side_init(w, 0, data, size);
    side_init(w, 1, data, size);
    if (size && data[0] & 0x80) { /* most inputs should not have to find out how to get there */
        (void)!ike_acquire(w->side[0].ike, 1);
        drain(w, 0);
        wait(w, SPAN_S(1), true);
    }
    for (int i = 0; i < STEPS_MAX && rd_left(&r) > 0; i++)
        step(w, &r);
    wait(w, SPAN_S(CALM_S), true);
    (void)!ike_acquire(w->side[0].ike, 1);
    drain(w, 0);
    wait(w, SPAN_S(1), true);
    for (int i = 0; i < 2; i++) {
        ike_status(w->side[i].ike, &st);
        if (st.children == 0 || st.ikes == 0)
            bug("a calm wire and no tunnel");
        ike_free(w->side[i].ike);
    }
    mem_wipe(w, sizeof(*w));
    mem_free(w);
    return 0;
}
