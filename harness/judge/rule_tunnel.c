/* What became of the tunnel, from the SPIs on the WAN and from what the peer said of its SAs. */
#include "judge/judge_parts.h"

/* A stream of packets on an old SPI that goes on this long after the new one is in use is no
 * overlap any more. */
#define OVERLAP_NS INT64_C(2000000000)

struct view { /* of SAs towards the device [0] and from it [1] */
    bool used_before[2], fresh[2], old_goes_on[2], used_after[2];
    int64_t first_fresh[2], last_old[2];
    bool deleted;
    uint32_t stuck_spi;
};

static int way_of(const struct judge *j, const struct sa_seen *sa)
{
    const struct plan_lab *l = &j->plan->lab;
    const struct ip_addr *device = l->device_site == SITE_BO ? &l->bo_outside : &l->ho_outside;

    return ip_addr_eq(&sa->dst, device) ? 0 : 1;
}

static struct view look(const struct judge *j, int64_t from, int64_t to)
{
    struct view v = {.first_fresh = {INT64_MAX, INT64_MAX}, .last_old = {NEVER, NEVER}};

    for (size_t i = 0; i < j->nsas; i++) {
        const struct sa_seen *sa = &j->sas[i];
        int w = way_of(j, sa);
        v.deleted = v.deleted || (sa->down_said && sa->down_ns >= from && sa->down_ns < to);
        if (sa->first_ns == NEVER)
            continue;
        if (sa->first_ns < from) {
            v.used_before[w] = true;
            if (sa->last_ns > v.last_old[w])
                v.last_old[w] = sa->last_ns;
        } else if (sa->first_ns < to) {
            v.fresh[w] = true;
            if (sa->first_ns < v.first_fresh[w])
                v.first_fresh[w] = sa->first_ns;
        }
        if (sa->last_ns >= from && sa->first_ns < to)
            v.used_after[w] = true;
    }
    for (size_t i = 0; i < j->nsas; i++) {
        const struct sa_seen *sa = &j->sas[i];
        int w = way_of(j, sa);
        if (sa->first_ns == NEVER || sa->first_ns >= from || !v.fresh[w] ||
            sa->last_ns <= v.first_fresh[w] + OVERLAP_NS)
            continue;
        v.old_goes_on[w] = true;
        v.stuck_spi = sa->spi;
    }
    return v;
}

static bool phase1_renewed(const struct judge *j, int64_t from, int64_t to)
{
    for (size_t i = 0; i < j->nikes; i++) {
        if (j->ikes[i].up_ns >= from && j->ikes[i].up_ns < to)
            return true;
    }
    return false;
}

static struct finding *judge_phase1(struct judge *j, const struct plan_expect *x, int64_t from,
                                    int64_t to)
{
    bool renewed = phase1_renewed(j, from, to);

    if (j->plan->lab.mode == MODE_PAIR)
        return find_add(j, "tunnel", VERDICT_INCONCLUSIVE,
                        "in pair mode the devices keep their IKE SAs to themselves");
    if (x->tunnel_is == TUNNEL_REPLACED || x->tunnel_is == TUNNEL_UP)
        return find_add(j, "tunnel", renewed ? VERDICT_PASS : VERDICT_FAIL,
                        renewed ? "a new IKE SA came up" : "no new IKE SA came up");
    return find_add(j, "tunnel", renewed ? VERDICT_FAIL : VERDICT_PASS,
                    renewed ? "a new IKE SA came up" : "no new IKE SA came up");
}

static struct finding *judge_replaced(struct judge *j, const struct view *v)
{
    if (v->old_goes_on[0] || v->old_goes_on[1])
        return find_add(j, "tunnel", VERDICT_FAIL,
                        "SPI 0x%08x goes on although a new one is in use", v->stuck_spi);
    if (!v->fresh[0] || !v->fresh[1])
        return find_add(j, "tunnel", VERDICT_FAIL, "no new SPI carried traffic %s",
                        !v->fresh[0] && !v->fresh[1] ? "in either direction"
                        : !v->fresh[0]               ? "towards the device"
                                                     : "from the device");
    return find_add(j, "tunnel", VERDICT_PASS, "new SPIs carry the traffic in both directions");
}

static struct finding *judge_phase2(struct judge *j, const struct plan_expect *x,
                                    const struct view *v)
{
    switch (x->tunnel_is) {
    case TUNNEL_REPLACED: return judge_replaced(j, v);
    case TUNNEL_KEPT:
        if (v->fresh[0] || v->fresh[1])
            return find_add(j, "tunnel", VERDICT_FAIL, "a new SPI came into use");
        return find_add(j, "tunnel", VERDICT_PASS, "the same SPIs are in use");
    case TUNNEL_DELETED:
        return find_add(j, "tunnel", v->deleted ? VERDICT_PASS : VERDICT_FAIL,
                        v->deleted ? "its SAs went" : "no SA went");
    case TUNNEL_UP:
        return find_add(
            j, "tunnel", v->used_after[0] && v->used_after[1] ? VERDICT_PASS : VERDICT_FAIL,
            v->used_after[0] && v->used_after[1] ? "ESP goes in both directions"
                                                 : "ESP does not go in both directions");
    case TUNNEL_DOWN: break;
    }
    return find_add(j, "tunnel", v->used_after[0] && v->used_after[1] ? VERDICT_FAIL : VERDICT_PASS,
                    v->used_after[0] && v->used_after[1] ? "ESP goes in both directions"
                                                         : "no ESP goes in both directions");
}

void rule_tunnel(struct judge *j, const struct plan_expect *x)
{
    const struct jevent *e = event_of(j, x->window.since), *u = event_of(j, x->window.until);
    int64_t from = e && e->sent_ns != NEVER ? e->sent_ns : j->first_ns;
    int64_t to = u && u->sent_ns != NEVER ? u->sent_ns : INT64_MAX;

    if (x->window.within.ns && from + x->window.within.ns < to)
        to = from + x->window.within.ns;
    struct view v = look(j, from, to);
    struct finding *f = x->phase == 1 ? judge_phase1(j, x, from, to) : judge_phase2(j, x, &v);
    find_at(f, x);
}
