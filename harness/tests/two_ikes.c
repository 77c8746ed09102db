#include "tests/two_ikes.h"

#include "base/mem.h"
#include "tests/testkit.h"

#define ONE_WAY SPAN_MS(10)

void two_ikes_init(struct two_ikes *t)
{
    static const char key[] = "a key for two";

    memset(t, 0, sizeof(*t));
    clock_virtual_init(&t->clk);
    t->wire = mem_array(TWO_IKES_WIRE, sizeof(*t->wire));
    for (int i = 0; i < 2; i++) {
        struct two_ikes_side *s = &t->side[i];
        struct ip_addr own = ip4(i ? 0xcb007101 : 0xc6336401);
        struct ip_addr other = ip4(i ? 0xc6336401 : 0xcb007101);
        struct ip_net nets[2] = {{ip4(0x0a0a0100), 24}, {ip4(0x0a140100), 24}};

        s->suites[0] = (struct ike_suite){CIPHER_3DES_CBC, DIGEST_SHA1, 2, 86400};
        s->esp[0] = (struct ike_esp_suite){CIPHER_3DES_CBC, INTEG_HMAC_MD5_96, 0, 28800, 4608000};
        s->peer = (struct ike_peer_config){
            .address = other,
            .psk = bytes_str(key),
            .suites = s->suites,
            .nsuites = 1,
            .dpd = {.enabled = true, .threshold = SPAN_S(10), .retry = SPAN_S(2), .tries = 3}};
        s->policy = (struct ike_policy){.id = 7,
                                        .selector = {.local = nets[i], .remote = nets[!i]},
                                        .suites = s->esp,
                                        .nsuites = 1};
        s->cfg = (struct ike_config){own, &s->peer, 1, &s->policy, 1};
        rng_seeded_init(&s->rng, 1, i ? "b" : "a");
    }
}

void two_ikes_start(struct two_ikes *t)
{
    for (int i = 0; i < 2; i++)
        t->side[i].ike = ike_new(&t->side[i].cfg, &t->clk.clock, &t->side[i].rng.rng, NULL);
}

void two_ikes_release(struct two_ikes *t)
{
    ike_free(t->side[0].ike);
    ike_free(t->side[1].ike);
    mem_free(t->wire);
}

static void put_on_wire(struct two_ikes *t, int from, const struct ike_out *o)
{
    struct two_ikes_datagram *d = &t->wire[t->nwire];

    assert_true(t->nwire < TWO_IKES_WIRE);
    d->due = mono_add(t->clk.at, ONE_WAY);
    d->to = !from;
    d->from_at = o->from;
    d->to_at = o->to;
    d->n = o->datagram.n;
    memcpy(d->bytes, o->datagram.p, o->datagram.n);
    d->delivered = t->lose && t->lose(t->lose_ctx, t->nwire, d);
    t->nwire++;
}

void two_ikes_drain(struct two_ikes *t)
{
    struct ike_out o;

    for (int i = 0; i < 2; i++) {
        while (ike_next(t->side[i].ike, &o)) {
            if (o.kind == IKE_OUT_SEND) {
                put_on_wire(t, i, &o);
                continue;
            }
            assert_true(t->side[i].nouts < TWO_IKES_OUTS);
            t->side[i].outs[t->side[i].nouts++] = o;
        }
    }
}

static struct two_ikes_datagram *next_datagram(struct two_ikes *t)
{
    struct two_ikes_datagram *first = NULL;

    for (size_t i = 0; i < t->nwire; i++) {
        struct two_ikes_datagram *d = &t->wire[i];
        if (!d->delivered && (!first || mono_before(d->due, first->due)))
            first = d;
    }
    return first;
}

static struct mono next_due(struct two_ikes *t)
{
    struct two_ikes_datagram *d = next_datagram(t);
    struct mono due = mono_min(ike_deadline(t->side[0].ike), ike_deadline(t->side[1].ike));

    return d ? mono_min(due, d->due) : due;
}

static void deliver(struct two_ikes *t)
{
    struct two_ikes_datagram *d;

    while ((d = next_datagram(t)) && !mono_before(t->clk.at, d->due)) {
        uint8_t *exact = mem_zalloc(d->n);
        memcpy(exact, d->bytes, d->n);
        d->delivered = true;
        ike_input(t->side[d->to].ike, &d->from_at, &d->to_at, bytes_of(exact, d->n));
        mem_free(exact);
        two_ikes_drain(t);
    }
}

void two_ikes_run(struct two_ikes *t, struct span d)
{
    struct mono end = mono_add(t->clk.at, d);

    two_ikes_drain(t);
    for (;;) {
        struct mono due = next_due(t);
        if (mono_before(end, due))
            break;
        clock_sleep_until(&t->clk.clock, due);
        deliver(t);
        for (int i = 0; i < 2; i++)
            ike_tick(t->side[i].ike);
        two_ikes_drain(t);
    }
    clock_sleep_until(&t->clk.clock, end);
}

const struct ike_out *two_ikes_out(const struct two_ikes *t, int side, enum ike_out_kind kind,
                                   size_t n)
{
    for (size_t i = 0; i < t->side[side].nouts; i++) {
        if (t->side[side].outs[i].kind == kind && n-- == 0)
            return &t->side[side].outs[i];
    }
    return NULL;
}

size_t two_ikes_count(const struct two_ikes *t, int side, enum ike_out_kind kind)
{
    size_t n = 0;

    while (two_ikes_out(t, side, kind, n))
        n++;
    return n;
}

const struct ike_out *two_ikes_fact(const struct two_ikes *t, int side, enum ike_fact fact)
{
    const struct ike_out *o;

    for (size_t i = 0; (o = two_ikes_out(t, side, IKE_OUT_FACT, i)); i++) {
        if (o->fact == fact)
            return o;
    }
    return NULL;
}

size_t two_ikes_children(const struct two_ikes *t, int side)
{
    struct ike_status s;

    ike_status(t->side[side].ike, &s);
    (void)t;
    return s.children;
}
