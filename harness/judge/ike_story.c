#include "judge/ike_story.h"

#include "base/mem.h"
#include "judge/history_parts.h"

void ike_story_init(struct ike_story *s)
{
    *s = (struct ike_story){.tap = ike_tap_new()};
}

void ike_story_release(struct ike_story *s)
{
    ike_tap_free(s->tap);
    mem_free(s->children);
    mem_free(s->gone);
    mem_free(s->moved);
}

/* V with room for one more than its N. */
static void *grow(void *v, size_t n, size_t *cap, size_t size)
{
    if (n < *cap)
        return v;
    *cap = *cap ? *cap * 2 : 16;
    return mem_resize(v, *cap, size);
}

/* --- halves of exchanges ---------------------------------------------------------------------- */

static void ask(struct ike_story *s, const struct isakmp_hdr *h, const struct ip_addr *from,
                const struct ike_said *said)
{
    struct ike_asked *a = &s->asked[s->next_asked++ % STORY_PENDING];

    *a = (struct ike_asked){.taken = true,
                            .by_initiator = h->flags & IKEV2_FLAG_INITIATOR,
                            .exchange = h->exchange,
                            .message_id = h->message_id,
                            .from = *from,
                            .said = *said};
    memcpy(a->cookie, h->cookie_i, sizeof(a->cookie));
}

/* The first half of the exchange that H ends. An IKE_AUTH with EAP asks in its first message and
 * answers in its last; IKEv1 has no flag that tells the sides apart. */
static struct ike_asked *asked_by(struct ike_story *s, const struct isakmp_hdr *h,
                                  const struct ip_addr *from)
{
    bool v2 = isakmp_major(h) == 2;

    for (uint32_t i = 0; i < STORY_PENDING; i++) {
        struct ike_asked *a = &s->asked[(s->next_asked - 1 - i) % STORY_PENDING];
        if (!a->taken || a->exchange != h->exchange ||
            memcmp(a->cookie, h->cookie_i, sizeof(a->cookie)) != 0)
            continue;
        if (h->exchange != ISAKMP_X_V2_AUTH && a->message_id != h->message_id)
            continue;
        if (v2 ? a->by_initiator != !!(h->flags & IKEV2_FLAG_INITIATOR)
               : !ip_addr_eq(&a->from, from))
            return a;
    }
    return NULL;
}

const struct ike_child *ike_story_pair(const struct ike_story *s, uint32_t sa)
{
    for (size_t i = s->nchildren; i-- > 0;)
        if (s->children[i].sa[0] == sa || s->children[i].sa[1] == sa)
            return &s->children[i];
    return NULL;
}

/* --- SAs that were agreed --------------------------------------------------------------------- */

/* Of the pair that C rekeys, the one from SRC to DST. */
static uint32_t old_spi(const struct judge *j, const struct ike_child *c, const struct ip_addr *src,
                        const struct ip_addr *dst, uint32_t named)
{
    const struct ike_child *old =
        c->rekeyed == MAP_NONE ? NULL : ike_story_pair(&j->history->story, c->rekeyed);

    for (int w = 0; old && w < 2; w++)
        if (wan_find_between(&j->wan, j->wan.sas[old->sa[w]].spi, src, dst) == old->sa[w])
            return j->wan.sas[old->sa[w]].spi;
    return named;
}

static void agree_child(struct judge *j, const struct isakmp_hdr *h, const struct ike_asked *a,
                        const struct ip *ip, const struct ike_said *said)
{
    struct ike_story *s = &j->history->story;
    const uint32_t spis[2] = {a->said.child_spi,
                              said->child_spi}; /* each the choice of its receiver */
    const struct ip_addr *at[2] = {&ip->dst, &ip->src};
    struct ike_child c = {.ns = j->rec.time_ns,
                          .version = isakmp_major(h),
                          .selectors = a->said.selectors,
                          .rekeys = a->said.rekeys,
                          .rekeyed = MAP_NONE};

    if (s->nchildren == SAS_MAX)
        return;
    memcpy(c.cookie, h->cookie_i, sizeof(c.cookie));
    for (int i = 0; i < 2; i++) {
        struct sa *sa = wan_sa(j, spis[i], at[!i], at[i]);
        if (!sa)
            return;
        c.sa[i] = (uint32_t)(sa - j->wan.sas);
        if (sa->said_up_ns == NEVER)
            sa->said_up_ns = j->rec.time_ns;
    }
    if (c.rekeys) /* by the SPI on which its own sender received (RFC 7296, 1.3.3) */
        c.rekeyed = wan_find_between(&j->wan, a->said.rekeyed_spi, at[1], at[0]);
    s->children = grow(s->children, s->nchildren, &s->cap_children, sizeof(*s->children));
    for (int i = 0; i < 2 && c.rekeys; i++) {
        j->wan.sas[c.sa[i]].said_rekeys = true;
        j->wan.sas[c.sa[i]].said_old_spi = old_spi(j, &c, at[!i], at[i], a->said.rekeyed_spi);
    }
    s->children[s->nchildren++] = c;
}

/* A new IKE SA inherits the pairs of the old one (RFC 7296, 2.8). */
static void agree_ike(struct judge *j, const struct isakmp_hdr *h, const struct ike_asked *a)
{
    struct ike_story *s = &j->history->story;
    struct ike_moved m = {.ns = j->rec.time_ns};

    if (s->nmoved == SAS_MAX)
        return;
    memcpy(m.cookie, h->cookie_i, sizeof(m.cookie));
    memcpy(m.next, a->said.ike_spi, sizeof(m.next));
    for (size_t i = 0; i < s->nchildren; i++)
        if (memcmp(s->children[i].cookie, m.cookie, sizeof(m.cookie)) == 0)
            memcpy(s->children[i].cookie, m.next, sizeof(m.next));
    s->moved = grow(s->moved, s->nmoved, &s->cap_moved, sizeof(*s->moved));
    s->moved[s->nmoved++] = m;
}

static void take_offer(struct judge *j, const struct isakmp_hdr *h, const struct ip *ip,
                       const struct ike_said *said)
{
    struct ike_story *s = &j->history->story;
    struct ike_asked *a = asked_by(s, h, &ip->src);
    bool answers = isakmp_major(h) == 2 ? ikev2_is_response(h) : a != NULL;

    if (!answers) {
        ask(s, h, &ip->src, said);
        return;
    }
    if (!a)
        return; /* its question was not seen, or not opened */
    if (a->said.offers_child && said->offers_child)
        agree_child(j, h, a, ip, said);
    else if (a->said.offers_ike && said->offers_ike)
        agree_ike(j, h, a);
    a->taken = false;
}

/* --- deletes -----------------------------------------------------------------------------------
 */

static void add_gone(struct judge *j, struct ike_gone g)
{
    struct ike_story *s = &j->history->story;

    if (s->ngone == 2 * SAS_MAX)
        return;
    s->gone = grow(s->gone, s->ngone, &s->cap_gone, sizeof(*s->gone));
    g.ns = j->rec.time_ns;
    s->gone[s->ngone++] = g;
}

static void end_pair(struct judge *j, const struct ike_child *c)
{
    for (int w = 0; w < 2; w++)
        if (j->wan.sas[c->sa[w]].said_down_ns == NEVER)
            j->wan.sas[c->sa[w]].said_down_ns = j->rec.time_ns;
}

/* SAs come and go in pairs (RFC 7296, 1.4.1; in IKEv1 by custom). */
static void end_sa(struct judge *j, uint32_t id)
{
    struct sa *sa = &j->wan.sas[id];
    const struct ike_child *c = ike_story_pair(&j->history->story, id);

    if (sa->said_down_ns != NEVER)
        return; /* the other side says so, too */
    sa->said_down_ns = j->rec.time_ns;
    if (c)
        end_pair(j, c);
    add_gone(j, (struct ike_gone){.sa = id});
}

/* SPIs are those on which the sender received; some send the other ones, too. */
static void delete_spi(struct judge *j, const struct ip *ip, uint32_t spi)
{
    uint32_t id = wan_find_between(&j->wan, spi, &ip->dst, &ip->src);

    if (id == MAP_NONE)
        id = wan_find_between(&j->wan, spi, &ip->src, &ip->dst);
    if (id != MAP_NONE)
        end_sa(j, id);
}

static bool has_moved(const struct ike_story *s, const uint8_t *cookie)
{
    for (size_t i = 0; i < s->nmoved; i++)
        if (memcmp(s->moved[i].cookie, cookie, ISAKMP_COOKIE_LEN) == 0)
            return true;
    return false;
}

static bool is_gone(const struct ike_story *s, const uint8_t *cookie)
{
    for (size_t i = 0; i < s->ngone; i++)
        if (s->gone[i].sa == MAP_NONE && memcmp(s->gone[i].cookie, cookie, ISAKMP_COOKIE_LEN) == 0)
            return true;
    return false;
}

/* IKEv2: its pairs go with it (RFC 7296, 1.4.1). Those of IKEv1 have Deletes of their own. */
static void delete_ike(struct judge *j, const struct isakmp_hdr *h, const uint8_t *cookie)
{
    struct ike_story *s = &j->history->story;
    struct ike_gone g = {.sa = MAP_NONE, .by_rekey = has_moved(s, cookie)};

    if (is_gone(s, cookie))
        return;
    memcpy(g.cookie, cookie, sizeof(g.cookie));
    add_gone(j, g);
    for (size_t i = 0; i < s->nchildren && isakmp_major(h) == 2; i++) {
        const struct ike_child *c = &s->children[i];
        if (memcmp(c->cookie, cookie, sizeof(c->cookie)) == 0)
            end_pair(j, c);
    }
}

void ike_story_take(struct judge *j, const struct isakmp_hdr *h, const struct ip *ip,
                    const struct ike_said *said)
{
    if (said->offers_child || said->offers_ike)
        take_offer(j, h, ip, said);
    for (size_t i = 0; i < said->ndeleted; i++)
        delete_spi(j, ip, said->deleted[i]);
    if (said->deletes_ike)
        delete_ike(j, h, isakmp_major(h) == 2 ? h->cookie_i : said->ike_deleted);
}
