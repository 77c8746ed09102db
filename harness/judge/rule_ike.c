/* <ike>: messages of IKE on the WAN, by what can be seen of them: their header, and of IKEv2 the
 * notifies in clear. Those that the harness made up do not count. */
#include "judge/judge_parts.h"

#include "ike/ike2_crypt.h"
#include "wire/ikev2.h"

static bool is_from(const struct judge *j, const struct ip_addr *src, enum plan_ike_from from)
{
    const struct plan_lab *l = &j->plan->lab;

    if (from == IKE_FROM_ANY || l->mode == MODE_PAIR)
        return true;
    bool device = ip_addr_eq(src, l->device_site == SITE_BO ? &l->bo_outside : &l->ho_outside);
    return device == (from == IKE_FROM_DEVICE);
}

static bool has_notify(struct bytes message, const struct isakmp_hdr *h, uint16_t type)
{
    struct ikev2_chain chain;
    struct ikev2_notify n;

    if (isakmp_major(h) != 2 || h->next == IKEV2_P_SK || h->next == IKEV2_P_SKF ||
        ikev2_chain_parse(h->next, bytes_from(message, ISAKMP_HDR_LEN), &chain))
        return false;
    return ikev2_find_notify(&chain, type, &n);
}

/* A message in fragments is one, told by its first (RFC 7383); those of IKEv1 are put together
 * before (wan.c). */
static bool is_counted(struct bytes message)
{
    uint16_t number;

    return !ike2_is_fragment(message, &number) || number == 1;
}

static bool fits(const struct judge *j, const struct plan_expect *x, const struct ip *ip,
                 const struct isakmp_hdr *h, struct bytes message)
{
    return window_has(&j->tl, &x->window, j->rec.time_ns) && is_from(j, &ip->src, x->from) &&
           plan_ike_is(x->ike_is, h) && (!x->exchange || plan_exchange_is(x->exchange, h)) &&
           (!x->notify || has_notify(message, h, plan_clear_notify(x->notify))) &&
           is_counted(message);
}

void ike_message(struct judge *j, const struct ip *ip, const struct isakmp_hdr *h,
                 struct bytes message)
{
    for (size_t i = 0; j->plan && i < j->plan->nexpects; i++) {
        const struct plan_expect *x = &j->plan->expects[i];
        struct ike_watch *w = &j->ikes[i];
        if (x->rule != RULE_IKE || !fits(j, x, ip, h, message))
            continue;
        if (w->n++ == 0) {
            w->packet = j->rec.packet;
            w->time_ns = j->rec.time_ns;
        }
    }
}

/* --- verdict -----------------------------------------------------------------------------------
 */

static struct found *say_none(struct judge *j, const struct plan_expect *x, const char *what)
{
    bool lost = j->tl.dropped[EV_WAN] || !timeline_is_whole(&j->tl);

    return find_add(&j->fs, "ike",
                    lost         ? VERDICT_INCONCLUSIVE
                    : x->min > 0 ? VERDICT_FAIL
                                 : VERDICT_PASS,
                    BASIS_MISSING, "not one: %s%s%s", what, say_window(&j->tl, &x->window),
                    lost ? ", as far as the evidence goes" : "");
}

void rule_ike(struct judge *j, size_t i, const struct plan_expect *x)
{
    const struct ike_watch *w = &j->ikes[i];
    bool few = w->n < (uint64_t)(x->min > 0 ? x->min : 0);
    bool many = x->max >= 0 && w->n > (uint64_t)x->max;
    char what[PLAN_IKE_CHARS];
    struct found *f;
    int64_t from, to;

    plan_ike_messages(x, what);
    if (!window_bounds(&j->tl, &x->window, &from, &to)) {
        f = find_add(&j->fs, "ike", VERDICT_UNRESOLVED, BASIS_MISSING,
                     "event %s was not sent, so there is nothing to look at",
                     j->plan->events[x->window.since].id);
    } else if (!w->n) {
        f = say_none(j, x, what);
    } else {
        f = find_add(&j->fs, "ike", few || many ? VERDICT_FAIL : VERDICT_PASS,
                     few ? BASIS_MISSING : BASIS_SEEN, "packet %llu: %s%s, %llu in all%s",
                     (unsigned long long)w->packet, what, say_window(&j->tl, &x->window),
                     (unsigned long long)w->n,
                     few    ? ", fewer than expected"
                     : many ? ", more than expected"
                            : "");
        found_packet(f, w->packet, "wan", w->time_ns);
    }
    found_place(f, x);
}
