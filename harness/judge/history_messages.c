/* Events from what IKE messages say, where their keys are there.
 *
 *   pairs     one that names what it rekeys (N(REKEY_SA)) is `phase2-rekey`; in IKEv1, which names
 *             nothing, one for the same selectors while another is up and streams did not stand
 *             still; any other is `establish`
 *   IKE SAs   a CREATE_CHILD_SA with a new IKE SA is `phase1-rekey`
 *   deletes   of an SA or IKE SA that nothing took the place of: `phase1-delete` when the IKE SA
 *             goes, else `phase2-delete`. Others end a rekeying and are no event */
#include "judge/history_parts.h"

#include "base/hex.h"
#include "ike/ike_pieces.h"

static bool has_sa(const struct ike_child *c, uint32_t sa)
{
    return c->sa[0] == sa || c->sa[1] == sa;
}

/* --- births ------------------------------------------------------------------------------------
 */

static bool is_up_at(const struct judge *j, const struct ike_child *c, int64_t ns)
{
    for (int i = 0; i < 2; i++) {
        int64_t down = j->wan.sas[c->sa[i]].said_down_ns;
        if (down != NEVER && down < ns)
            return false;
    }
    return true;
}

/* IKEv1: an earlier pair for the same that is still there. */
static bool follows(const struct hunt *u, size_t at)
{
    const struct ike_story *s = &u->h->story;
    const struct ike_child *c = &s->children[at];

    for (size_t i = at; i-- > 0;) {
        const struct ike_child *old = &s->children[i];
        if (old->version == 1 && old->selectors == c->selectors && is_up_at(u->j, old, c->ns))
            return !hunt_stood_still(u->h, c->ns - GRACE_NS, c->ns);
    }
    return false;
}

static void hunt_pairs(struct hunt *u)
{
    const struct ike_story *s = &u->h->story;

    for (size_t i = 0; i < s->nchildren; i++) {
        const struct ike_child *c = &s->children[i];
        bool rekey = c->rekeys || (c->version == 1 && follows(u, i));
        struct found_event *e = hunt_add(u, c->ns, rekey ? "phase2-rekey" : "establish", "ike");
        if (e)
            e->ways = 1U << TO_DEVICE | 1U << FROM_DEVICE;
    }
}

/* --- deletes -----------------------------------------------------------------------------------
 */

/* A pair that takes SA's place was agreed before it went. */
static bool is_replaced(const struct hunt *u, uint32_t sa, int64_t ns)
{
    const struct ike_story *s = &u->h->story;
    const struct ike_child *own = ike_story_pair(s, sa);

    for (size_t i = 0; i < s->nchildren; i++) {
        const struct ike_child *c = &s->children[i];
        if (c == own || c->ns > ns)
            continue;
        if (c->rekeys &&
            (c->rekeyed == sa || (own && c->rekeyed != MAP_NONE && has_sa(own, c->rekeyed))))
            return true;
        if (own && c->version == 1 && own->version == 1 && c->ns > own->ns &&
            c->selectors == own->selectors && is_up_at(u->j, c, ns))
            return true;
    }
    return false;
}

static bool same_ends(const struct ike_note *a, const struct ike_note *b)
{
    return (ip_addr_eq(&a->src, &b->src) && ip_addr_eq(&a->dst, &b->dst)) ||
           (ip_addr_eq(&a->src, &b->dst) && ip_addr_eq(&a->dst, &b->src));
}

/* Another IKE SA of the same two began after this one and before it was deleted: an authentication
 * anew, or IKEv1's way of rekeying. */
static bool is_succeeded(const struct history *h, const struct ike_gone *g)
{
    const struct ike_note *first = history_first(h, g->cookie);

    if (g->by_rekey || !first)
        return g->by_rekey;
    for (size_t i = 0; i < h->nikes; i++) {
        const struct ike_note *n = &h->ikes[i];
        if (n->first && n != first && n->ns > first->ns && n->ns < g->ns && ike_begins_phase1(n) &&
            same_ends(n, first))
            return true;
    }
    return false;
}

static void add_delete(struct hunt *u, int64_t ns, const char *action)
{
    if (!hunt_near(u, "phase1-delete", ns - NEAR_NS, ns + NEAR_NS) &&
        !hunt_near(u, "phase2-delete", ns - NEAR_NS, ns + NEAR_NS))
        hunt_add(u, ns, action, "ike");
}

/* A side that ends everything says so of SAs first. */
static int64_t begin_of(const struct ike_story *s, const struct ike_gone *g)
{
    int64_t ns = g->ns;

    for (size_t i = 0; i < s->ngone; i++)
        if (s->gone[i].sa != MAP_NONE && s->gone[i].ns < ns && s->gone[i].ns >= g->ns - NEAR_NS)
            ns = s->gone[i].ns;
    return ns;
}

static void hunt_gone(struct hunt *u)
{
    const struct ike_story *s = &u->h->story;

    for (size_t i = 0; i < s->ngone; i++)
        if (s->gone[i].sa == MAP_NONE && !is_succeeded(u->h, &s->gone[i]))
            add_delete(u, begin_of(s, &s->gone[i]), "phase1-delete");
    for (size_t i = 0; i < s->ngone; i++)
        if (s->gone[i].sa != MAP_NONE && !is_replaced(u, s->gone[i].sa, s->gone[i].ns))
            add_delete(u, s->gone[i].ns, "phase2-delete");
}

void hunt_messages(struct hunt *u)
{
    const struct ike_story *s = &u->h->story;

    hunt_pairs(u);
    for (size_t i = 0; i < s->nmoved; i++)
        hunt_add(u, s->moved[i].ns, "phase1-rekey", "ike");
    hunt_gone(u);
}

/* --- for the judgement -------------------------------------------------------------------------
 */

static const char *hex_of(struct judge *j, const uint8_t *spi)
{
    char digits[2 * ISAKMP_COOKIE_LEN + 1];

    return arena_strdup(j->arena, hex_format(bytes_of(spi, ISAKMP_COOKIE_LEN), digits));
}

static struct ike_outcome outcome_of(struct judge *j, const struct ike_note *n)
{
    const char *name = isakmp_exchange_name(n->exchange);
    char text[IP_ADDR_TEXT];

    return (struct ike_outcome){
        .time_ns = n->ns,
        .packet = n->packet,
        .src = arena_strdup(j->arena, ip_addr_format(&n->src, text)),
        .dst = arena_strdup(j->arena, ip_addr_format(&n->dst, text)),
        .version = n->version,
        .exchange = name ? name : "unknown",
        .spi_i = hex_of(j, n->spi_i),
        .spi_r = hex_of(j, n->spi_r),
        .message_id = n->message_id,
        .is_response = n->version == 2 && n->flags & IKEV2_FLAG_RESPONSE,
        .is_sealed = n->sealed,
        .is_opened = n->opened,
        .is_again = n->again,
        .matters = n->matters,
        .contents = n->text,
    };
}

static void say_opened(struct judge *j)
{
    const struct ike_story *s = &j->history->story;

    if (!s->has_keys)
        return;
    if (s->opened == s->sealed)
        find_add(&j->fs, "ike", s->sealed ? VERDICT_PASS : VERDICT_INCONCLUSIVE, BASIS_SEEN,
                 s->sealed ? "all %llu encrypted IKE messages were opened"
                           : "no encrypted IKE message was seen: the keys open nothing",
                 (unsigned long long)s->opened);
    else
        find_add(&j->fs, "ike", VERDICT_INCONCLUSIVE, BASIS_SEEN,
                 "%llu of %llu encrypted IKE messages were opened; %llu have no key, of %llu the "
                 "beginning of phase 1 was not seen: what they say is taken from ESP's behaviour",
                 (unsigned long long)s->opened, (unsigned long long)s->sealed,
                 (unsigned long long)s->no_key, (unsigned long long)s->no_phase1);
}

static void say_pieces(struct judge *j)
{
    struct ike_pieces_stats s = {0};

    if (j->wan.pieces)
        s = ike_pieces_stats(j->wan.pieces);
    if (s.lost)
        find_add(&j->fs, "ike", VERDICT_INCONCLUSIVE, BASIS_SEEN,
                 "%llu messages of IKEv1 came in fragments and were never whole: what they say is "
                 "not known",
                 (unsigned long long)s.lost);
    if (s.malformed)
        find_add(&j->fs, "ike", VERDICT_INCONCLUSIVE, BASIS_SEEN,
                 "%llu fragments of IKEv1 messages are malformed", (unsigned long long)s.malformed);
}

/* ESP that was not read looks like ESP that was lost. */
static void say_tcp(struct judge *j)
{
    uint64_t holes = wan_tcp_holes(&j->wan.tcp);

    if (j->wan.tcp.too_many)
        find_add(&j->fs, "legs", VERDICT_INCONCLUSIVE, BASIS_SEEN,
                 "more than %u directions of TCP carry IKE and ESP: the others are not read",
                 WAN_TCP_MAX);
    if (holes)
        find_add(&j->fs, "legs", VERDICT_INCONCLUSIVE, BASIS_SEEN,
                 "%llu holes in TCP streams that carry IKE and ESP were given up: what was in them "
                 "counts as missing",
                 (unsigned long long)holes);
}

void history_outcomes(struct judge *j)
{
    struct judgement *o = j->out;
    const struct history *h = j->history;

    if (!h)
        return;
    say_opened(j);
    say_pieces(j);
    say_tcp(j);
    o->ikes = arena_array(j->arena, h->nikes + 1, sizeof(*o->ikes));
    for (size_t i = 0; i < h->nikes; i++)
        o->ikes[o->nikes++] = outcome_of(j, &h->ikes[i]);
}
