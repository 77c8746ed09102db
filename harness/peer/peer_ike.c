/* What IKE has to say becomes datagrams, security associations and facts. */
#include "base/mem.h"
#include "peer/peer_impl.h"

static void add_fact(struct peer *p, enum peer_fact_kind kind, const struct ike_out *o)
{
    if (p->facts_n == p->facts_cap) {
        size_t cap = p->facts_cap ? p->facts_cap * 2 : FACTS_FIRST;
        struct peer_fact *facts = mem_array(cap, sizeof(*facts));
        for (size_t i = 0; i < p->facts_n; i++)
            facts[i] = p->facts[(p->facts_first + i) % p->facts_cap];
        if (p->facts)
            mem_wipe(p->facts, p->facts_cap * sizeof(*facts));
        mem_free(p->facts);
        p->facts = facts;
        p->facts_cap = cap;
        p->facts_first = 0;
    }
    p->facts[(p->facts_first + p->facts_n++) % p->facts_cap] = (struct peer_fact){kind, *o};
}

bool peer_next_fact(struct peer *p, struct peer_fact *out)
{
    if (p->facts_n == 0)
        return false;
    struct peer_fact *f = &p->facts[p->facts_first];
    *out = *f;
    mem_wipe(f, sizeof(*f));
    p->facts_first = (p->facts_first + 1) % p->facts_cap;
    p->facts_n--;
    return true;
}

static struct esp_sa *make_sa(struct peer *p, const struct ike_out *o, bool inbound)
{
    const struct ike_esp_suite *suite = &o->child.suite;
    struct esp_params e = {.spi = inbound ? o->child.in_spi : o->child.out_spi,
                           .src = inbound ? o->peer : p->cfg.wan,
                           .dst = inbound ? p->cfg.wan : o->peer,
                           .cipher = suite->cipher,
                           .integ = suite->integ,
                           .replay_window = p->cfg.replay_window,
                           .esn = suite->esn,
                           .life_time = SPAN_S(suite->lifetime_s),
                           .life_bytes = suite->lifetime_kb * 1024};
    struct esp_sa *sa = NULL;

    memcpy(e.cipher_key, inbound ? o->child.in_cipher_key : o->child.out_cipher_key,
           sizeof(e.cipher_key));
    memcpy(e.integ_key, inbound ? o->child.in_integ_key : o->child.out_integ_key,
           sizeof(e.integ_key));
    if (esp_sa_new(&e, clock_now(p->clk), &sa))
        sa = NULL;
    mem_wipe(&e, sizeof(e));
    return sa;
}

static void note_volume(struct peer *p, const struct ike_out *o)
{
    uint64_t hard = o->child.suite.lifetime_kb * 1024;
    double share = o->initiator ? SOFT_VOLUME : SOFT_ANSWERED;

    for (size_t i = 0; i < p->cfg.ike.npolicies; i++) {
        if (p->cfg.ike.policies[i].id == o->child.policy)
            p->volumes[i] =
                (struct volume){o->child.in_spi, (uint64_t)((double)hard * share), hard, false};
    }
}

/* The pair that OLD_SPI names still opens what is under way, and seals no more. */
static void retire(struct peer *p, uint32_t old_spi)
{
    struct sadb_pair *old = sadb_by_spi(p->sadb, old_spi);

    if (old)
        old->retired = true;
}

/* In UDP or not, and between which ends (RFC 3948; RFC 7296, 2.23). */
static void set_way(struct sadb_pair *pair, const struct ike_out *o)
{
    pair->way = (struct esp_way){
        .local = o->from, .remote = o->to, .udp = o->child.udp, .follows = o->child.follows};
}

/* It has one device, so all of its pairs are with it. */
static void moved(struct peer *p, const struct ike_out *o)
{
    struct sadb_pair *pair;

    for (size_t i = 0; (pair = sadb_at(p->sadb, i)); i++) {
        if (ip_addr_eq(&esp_sa_params(pair->in)->src, &o->peer))
            set_way(pair, o);
    }
}

static void child_up(struct peer *p, const struct ike_out *o)
{
    struct esp_sa *in = make_sa(p, o, true), *out = make_sa(p, o, false);

    if (!in || !out || sadb_add(p->sadb, in, out, o->child.policy, o->ike)) {
        esp_sa_free(in);
        esp_sa_free(out);
        log_say(p->log, LOG_WARN, LOG_MODULE, "an SA pair could not be made: it is given up");
        (void)!ike_delete_child(p->ike, o->child.in_spi, true);
        return;
    }
    set_way(sadb_by_spi(p->sadb, o->child.in_spi), o);
    retire(p, o->child.old_in_spi); /* 0 names no SA (RFC 4303, 2.1) */
    note_volume(p, o);
    add_fact(p, PEER_CHILD_UP, o);
}

/* The newest pair has lost to another one, whose volume counts now. */
static void count_left(struct peer *p, const struct ike_out *o)
{
    const struct sadb_pair *left = sadb_for_policy(p->sadb, o->child.policy);

    for (size_t i = 0; left && i < p->cfg.ike.npolicies; i++) {
        if (p->volumes[i].in_spi != o->child.in_spi)
            continue;
        p->volumes[i].in_spi = esp_sa_params(left->in)->spi;
        p->volumes[i].told = false;
    }
}

static void child_down(struct peer *p, const struct ike_out *o)
{
    log_say(p->log, LOG_INFO, LOG_MODULE, "pair in 0x%08x is down: %s", o->child.in_spi,
            ike_end_name(o->end));
    struct sadb_pair *again = sadb_by_spi(p->sadb, o->child.old_in_spi);
    if (o->child.old_in_spi && again)
        again->retired = false;
    if (!sadb_remove(p->sadb, o->child.in_spi))
        return;
    add_fact(p, PEER_CHILD_DOWN, o);
    count_left(p, o);
}

static void take(struct peer *p, const struct ike_out *o)
{
    switch (o->kind) {
    case IKE_OUT_SEND: wan_send_datagram(p, &o->from, &o->to, o->datagram); break;
    case IKE_OUT_IKE_UP: add_fact(p, PEER_IKE_UP, o); break;
    case IKE_OUT_IKE_DOWN: add_fact(p, PEER_IKE_DOWN, o); break;
    case IKE_OUT_CHILD_UP: child_up(p, o); break;
    case IKE_OUT_CHILD_DOWN: child_down(p, o); break;
    case IKE_OUT_CONFIG: add_fact(p, PEER_CONFIG, o); break;
    case IKE_OUT_LOGIN: ike_answer_login(p->ike, o->ike, false); break; /* it is no server */
    case IKE_OUT_FACT: add_fact(p, PEER_IKE_FACT, o); break;
    case IKE_OUT_MOVED: moved(p, o); break;
    }
}

void peer_settle(struct peer *p)
{
    struct ike_out o;
    bool any = false;

    while (ike_next(p->ike, &o)) {
        take(p, &o);
        any = true;
    }
    if (any) /* with most frames there is nothing, and this is many bytes */
        mem_wipe(&o, sizeof(o));
}
