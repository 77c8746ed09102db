#include "replay/run_parts.h"

void ways_init(struct run *r)
{
    r->taps[TAP_BO].in = r->taps[TAP_BO].out = &r->ways[WAY_BO];
    r->taps[TAP_HO].in = r->taps[TAP_HO].out = &r->ways[WAY_HO];
    r->taps[TAP_WAN].in = &r->ways[WAY_IN];
    if (run_is_pair(r))
        r->taps[TAP_WAN2].in = &r->ways[WAY_IN2];
    else
        r->taps[TAP_WAN].out = &r->ways[WAY_OUT];
}

/* The way by which a device's frames come, and the one by which frames come to it. A direction in
 * pair mode is that of the device at the event's site. */
static void ways_of_device(const struct run *r, const struct plan_event *s, unsigned *from,
                           unsigned *to)
{
    bool at_ho = run_is_pair(r) && s->site == SITE_HO;

    *from = at_ho ? WAY_IN2 : WAY_IN;
    *to = !run_is_pair(r) ? WAY_OUT : at_ho ? WAY_IN : WAY_IN2;
}

unsigned ways_of_event(const struct run *r, const struct plan_event *s)
{
    bool both = !s->to_device && !s->from_device;
    unsigned from, to, mask = 0;

    ways_of_device(r, s, &from, &to);
    if (s->leg != LEG_WAN)
        mask = 1u << (s->leg == LEG_BO_LAN ? WAY_BO : WAY_HO);
    else if (both || s->from_device)
        mask |= 1u << from;
    if (s->leg == LEG_WAN && (both || s->to_device))
        mask |= 1u << to;
    return mask;
}

enum way_id way_to_device(const struct run *r, const struct plan_event *s)
{
    unsigned from, to;

    ways_of_device(r, s, &from, &to);
    return (enum way_id)to;
}

unsigned ways_block(struct run *r, const struct plan_event *s)
{
    unsigned mask = ways_of_event(r, s);

    for (unsigned i = 0; i < WAYS; i++) {
        if (mask & 1u << i)
            r->ways[i].blocked = true;
    }
    return mask;
}

unsigned ways_unblock(struct run *r, unsigned ways)
{
    unsigned mask = 0;

    for (unsigned i = 0; i < WAYS; i++) {
        struct way *w = &r->ways[i];
        if (!(ways & 1u << i))
            continue;
        mask |= w->blocked ? 1u << i : 0;
        w->blocked = false;
    }
    return mask;
}

uint64_t ways_eaten(const struct run *r, unsigned ways)
{
    uint64_t sum = 0;

    for (unsigned i = 0; i < WAYS; i++)
        sum += ways & 1u << i ? r->ways[i].eaten : 0;
    return sum;
}

uint64_t ways_passed(const struct run *r, unsigned ways)
{
    uint64_t sum = 0;

    for (unsigned i = 0; i < WAYS; i++)
        sum += ways & 1u << i ? r->ways[i].passed : 0;
    return sum;
}
