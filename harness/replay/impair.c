#include "replay/impair.h"

#include "base/mem.h"
#include "wire/checksum.h"

#define NUMBER_FRESH    100000    /* so far ahead that it is no replay in the other SA */
#define OVERTAKEN_AFTER SPAN_S(1) /* a reordered frame that nobody overtakes goes on then */

/* --- life --------------------------------------------------------------------------------------
 */

/* Whether an event needs to know what is on the wan leg. */
static bool needs_it(enum plan_action a)
{
    static const bool needed[ACTION_COUNT] = {
#define X(id, name, who, attrs, proof, what, shows) [ACTION_##id] = true,
        PLAN_EVENTS_WAN(X) PLAN_EVENTS_ESP(X) PLAN_EVENTS_IKE(X)
#undef X
    };

    return needed[a] && a != ACTION_BLACKHOLE && a != ACTION_RESTORE;
}

struct impair *impair_new(struct run *r)
{
    struct impair *m = NULL;

    for (size_t i = 0; i < r->plan->nevents; i++) {
        const struct plan_event *e = &r->plan->events[i];
        if (!needs_it(e->action) && e->when != WHEN_MESSAGE)
            continue;
        if (!m) {
            m = mem_zalloc(sizeof(*m));
            m->rng = run_rng(r, "impair");
            m->rules = mem_array(r->plan->nevents, sizeof(*m->rules));
        }
        m->keeps = m->keeps || e->action == ACTION_WAN_REPLAY;
    }
    return m;
}

void impair_free(struct impair *m)
{
    if (!m)
        return;
    impair_queue_free(m);
    for (size_t i = 0; i < COUNT(m->kept); i++)
        mem_free(m->kept[i].p);
    mem_free(m->rules);
    mem_free(m);
}

static struct rule *rule_of(const struct impair *m, const struct event *e)
{
    for (size_t i = 0; i < m->nrules; i++) {
        if (m->rules[i].event == e)
            return &m->rules[i];
    }
    return NULL;
}

void impair_begin(struct run *r, struct event *e)
{
    static const struct plan_match esp = {.kind = FRAME_ESP};
    const struct plan_event *s = e->spec;
    bool by_peer = s->by == ACTOR_PEER;
    struct impair *m = r->impair;
    struct rule *old = rule_of(m, e), *rule = old ? old : &m->rules[m->nrules++];

    *rule = (struct rule){.event = e,
                          .match = by_peer ? &esp : &s->match,
                          .ways = by_peer ? 1u << WAY_OUT : ways_of_event(r, s),
                          .active = true,
                          .until = s->lasts.ns ? mono_add(run_now(r), s->lasts) : MONO_NEVER,
                          .free_at = run_now(r)};
}

bool impair_end(struct run *r, const struct event *of)
{
    struct rule *rule = rule_of(r->impair, of);
    bool was = rule && rule->active && mono_before(run_now(r), rule->until);

    if (rule) {
        rule->active = false;
        rule->ended = true;
    }
    return was;
}

uint64_t impair_missed(const struct run *r, const struct event *of)
{
    const struct rule *rule = rule_of(r->impair, of);

    return rule ? rule->missed : 0;
}

/* --- what they do ------------------------------------------------------------------------------
 */

static void bit(struct rule *rule)
{
    rule->acted++;
    rule->event->bites++;
}

/* Of those that match: the ones it acts on. */
static bool is_chosen(struct run *r, struct rule *rule)
{
    const struct plan_match *m = rule->match;
    const struct plan_event *s = rule->event->spec;
    unsigned most = s->by == ACTOR_PEER ? s->count : m->first;
    uint64_t number = ++rule->matched;

    if (number <= m->skip || (most && rule->acted >= most))
        return false;
    if (m->every && (number - m->skip) % m->every != 0)
        return false;
    return !(m->share > 0) || rng_unit(r->impair->rng) < m->share;
}

/* A copy that the harness changes and sends as its own. */
static struct held *inject_copy(struct run *r, enum way_id way, struct bytes frame)
{
    struct held *h = impair_hold(r, way, frame, run_now(r), 0);

    if (h)
        h->remark = REMARK_INJECTED;
    return h;
}

/* Behind what is due already, so that a copy that was injected goes first. */
static enum impair_fate go_behind(struct run *r, enum way_id way, struct bytes frame, size_t rule)
{
    return impair_hold(r, way, frame, run_now(r), rule) ? FATE_HELD : FATE_EATEN;
}

static enum impair_fate beside(struct run *r, const struct rule *rule, enum way_id way,
                               struct bytes frame, const struct wan_frame *f, size_t next)
{
    const struct wan_way *back = &r->impair->seen[WAY_IN], *seen = &r->impair->seen[way];
    struct held *h = inject_copy(r, way, frame);
    struct wr w = h ? wr_of(h->p, h->n) : wr_of(NULL, 0);
    uint32_t other;

    w.at = w.cap;
    if (!h)
        return FATE_PASS;
    switch (rule->event->spec->action) {
    case ACTION_ESP_BAD_ICV: h->p[h->n - 1] ^= 0x5a; break;
    case ACTION_ESP_UNKNOWN_SPI: wr_fill32(&w, f->at, rng_u32(r->impair->rng) | 0x80000000u); break;
    default: /* the SA that was replaced, or the one of the other direction */
        other = seen->nspis > 1 ? seen->spis[(seen->nspis - 2) % SPIS_KNOWN]
                : back->nspis   ? back->spis[(back->nspis - 1) % SPIS_KNOWN]
                                : 0;
        wr_fill32(&w, f->at, other);
        wr_fill32(&w, f->at + 4, f->seq + NUMBER_FRESH);
        break;
    }
    return go_behind(r, way, frame, next);
}

/* Somewhere behind the headers, so that it still goes where it should. */
static enum impair_fate corrupt(struct run *r, enum way_id way, struct bytes frame,
                                const struct wan_frame *f)
{
    struct held *h = f->at < frame.n ? inject_copy(r, way, frame) : NULL;

    if (h)
        h->p[f->at + rng_below(r->impair->rng, frame.n - f->at)] ^= 0x5a;
    return FATE_EATEN;
}

static enum impair_fate delay(struct run *r, struct rule *rule, enum way_id way, struct bytes frame,
                              size_t next)
{
    const struct plan_event *s = rule->event->spec;
    struct mono now = run_now(r), due = mono_add(now, s->hold);

    if (s->action == ACTION_WAN_RATE) {
        struct mono from = mono_before(rule->free_at, now) ? now : rule->free_at;
        uint64_t ns = (uint64_t)frame.n * 8 * 1000000000u / s->rate_bps;
        due = rule->free_at = mono_add(from, SPAN_NS((int64_t)ns));
        if (!mono_before(now, from))
            return impair_hold(r, way, frame, due, next) ? FATE_HELD : FATE_EATEN;
        bit(rule);
    }
    return impair_hold(r, way, frame, due, next) ? FATE_HELD : FATE_EATEN;
}

static enum impair_fate reorder(struct run *r, const struct rule *rule, enum way_id way,
                                struct bytes frame, size_t next)
{
    struct held *h = impair_hold(r, way, frame, mono_add(run_now(r), OVERTAKEN_AFTER), next);

    if (h)
        h->behind = rule->event->spec->behind;
    return h ? FATE_HELD : FATE_EATEN;
}

/* Cannot be sent whole: in pieces of eight bytes, but for the last one (RFC 791, 3.2). */
static void cut(struct run *r, const struct rule *rule, enum way_id way, struct bytes frame,
                const struct wan_frame *f, size_t next)
{
    size_t most = (rule->event->spec->mtu - f->p.ip.hdr_len) & ~(size_t)7;
    size_t head = frame.n - f->p.eth.payload.n;
    struct bytes all = f->p.ip.payload;
    uint8_t part[ETHER_HDR_LEN + UINT16_MAX];

    for (size_t at = 0; at < all.n; at += most) {
        struct bytes data = bytes_head(bytes_from(all, at), most);
        struct ip ip = f->p.ip;
        struct wr w = wr_of(part, sizeof(part));
        ip.frag_off += (uint32_t)at;
        ip.more = ip.more || at + data.n < all.n;
        wr_put(&w, bytes_head(frame, head));
        ip_put(&w, &ip, data.n);
        wr_put(&w, data);
        (void)impair_hold(r, way, wr_bytes(&w), run_now(r), next);
    }
}

/* The router in front of the narrow link answers (RFC 1191, 4). */
static void refuse(struct run *r, const struct rule *rule, enum way_id way,
                   const struct wan_frame *f)
{
    const struct plan_lab *l = &r->plan->lab;
    bool from_bo = ip_addr_eq(&f->p.ip.src, &l->bo_outside);
    uint8_t b[128], body[64], quoted[IP4_HDR_LEN + 8];
    struct wr q = wr_of(quoted, sizeof(quoted)), m = wr_of(body, sizeof(body)),
              w = wr_of(b, sizeof(b));
    struct ip ip = {.version = 4,
                    .proto = IP_ICMP,
                    .ttl = 64,
                    .src = from_bo ? l->bo_wan_router : l->ho_wan_router,
                    .dst = f->p.ip.src};

    ip_put(&q, &f->p.ip, f->p.ip.payload_len);
    wr_put(&q, bytes_head(f->p.ip.payload, 8));
    struct icmp error = {
        .type = ICMP_UNREACHABLE, .code = 4, .rest = rule->event->spec->mtu, .data = wr_bytes(&q)};
    icmp_put(&m, &error, &ip.src, &ip.dst);
    ether_put(&w, &f->p.eth.src, &f->p.eth.dst, ETHER_IPV4);
    ip_put(&w, &ip, m.at);
    wr_put(&w, wr_bytes(&m));
    if (sent_by_peer(r, way)) /* it is at work: later */
        (void)inject_copy(r, WAY_IN, wr_bytes(&w));
    else
        tap_put(&r->taps[way == WAY_IN2 ? TAP_WAN2 : TAP_WAN], wr_bytes(&w), REMARK_INJECTED);
}

static enum impair_fate narrow(struct run *r, struct rule *rule, enum way_id way,
                               struct bytes frame, const struct wan_frame *f, size_t next)
{
    if (f->p.ip.version != 4 || f->p.ip.hdr_len + f->p.ip.payload.n <= rule->event->spec->mtu)
        return FATE_PASS;
    bit(rule);
    if (f->p.ip.df) {
        refuse(r, rule, way, f);
        return FATE_EATEN;
    }
    cut(r, rule, way, frame, f, next);
    return FATE_HELD; /* the fragments are what goes on */
}

static enum impair_fate act(struct run *r, struct rule *rule, enum way_id way, struct bytes frame,
                            const struct wan_frame *f, size_t next)
{
    enum plan_action a = rule->event->spec->action;

    if (a == ACTION_WAN_MTU)
        return narrow(r, rule, way, frame, f, next);
    if (a == ACTION_WAN_RATE)
        return delay(r, rule, way, frame, next);
    bit(rule);
    switch (a) {
    case ACTION_WAN_DROP:
    case ACTION_ESP_LOSS: return FATE_EATEN;
    case ACTION_WAN_DELAY: return delay(r, rule, way, frame, next);
    case ACTION_WAN_REORDER:
    case ACTION_ESP_REORDER: return reorder(r, rule, way, frame, next);
    case ACTION_WAN_CORRUPT: return corrupt(r, way, frame, f);
    case ACTION_WAN_DUPLICATE:
    case ACTION_ESP_DUPLICATE: (void)inject_copy(r, way, frame); return FATE_PASS;
    default: return beside(r, rule, way, frame, f, next);
    }
}

/* FRAME meets the rules from FIRST on. */
static enum impair_fate meet(struct run *r, enum way_id way, struct bytes frame,
                             const struct wan_frame *f, size_t first)
{
    struct impair *m = r->impair;

    for (size_t i = first; i < m->nrules; i++) {
        struct rule *rule = &m->rules[i];
        if ((!rule->active && !rule->ended) || !(rule->ways & 1u << way) ||
            !mono_before(run_now(r), rule->until) || !wan_match(rule->match, &m->seen[way], f))
            continue;
        rule->missed += rule->ended;
        if (rule->ended || !is_chosen(r, rule))
            continue;
        enum impair_fate fate = act(r, rule, way, frame, f, i + 1);
        if (fate != FATE_PASS)
            return fate;
    }
    return FATE_PASS;
}

/* --- frames as they come -----------------------------------------------------------------------
 */

enum impair_fate impair_frame(struct run *r, enum way_id way, struct bytes frame)
{
    struct wan_frame f;

    if (!wan_frame_parse(frame, &f))
        return FATE_PASS;
    wan_note(r, way, frame, &f);
    timeline_on_message(r, way, &f);
    return meet(r, way, frame, &f, 0);
}

enum impair_fate impair_again(struct run *r, const struct held *h)
{
    struct bytes frame = bytes_of(h->p, h->n);
    struct wan_frame f;

    if (!wan_frame_parse(frame, &f))
        return FATE_PASS;
    enum impair_fate fate = meet(r, h->way, frame, &f, h->rule);
    if (fate == FATE_EATEN && sent_by_peer(r, h->way)) /* else it stands where it came */
        tap_note(&r->taps[TAP_WAN], frame, REMARK_FILTERED);
    return fate;
}
