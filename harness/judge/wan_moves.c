#include "judge/wan_moves.h"

#include "base/mem.h"
#include "judge/judge_parts.h"

bool sa_goes_to(const struct sa *sa, const struct ip_addr *dst)
{
    if (ip_addr_eq(&sa->to, dst))
        return true;
    for (size_t i = 0; i < SA_PLACES && i < sa->moves; i++) {
        if (ip_addr_eq(&sa->was[i], dst))
            return true;
    }
    return false;
}

bool sa_number_is_new(const struct sa *sa, uint32_t seq)
{
    if (!sa->any || seq > sa->high_seq)
        return true;
    uint32_t back = sa->high_seq - seq;
    return back < 64 && !(sa->window >> back & 1);
}

static void note(struct wan *w, const struct ip_addr *from, const struct ip_addr *to,
                 const struct ip_addr *other)
{
    if (w->nmoves == WAN_MOVES) {
        memmove(w->moves, w->moves + 1, (WAN_MOVES - 1) * sizeof(w->moves[0]));
        w->nmoves--;
    }
    w->moves[w->nmoves++] = (struct wan_move){*from, *to, *other};
}

static void moved(const struct judge *j, struct sa *sa, const struct ip_addr *old)
{
    sa->was[sa->moves++ % SA_PLACES] = *old;
    sa->moved_ns = j->rec.time_ns;
    sa->moved_packet = j->rec.packet;
}

void sa_comes_from(struct judge *j, struct sa *sa, const struct ip_addr *src)
{
    if (ip_addr_eq(&sa->from, src))
        return;
    note(&j->wan, &sa->from, src, &sa->to);
    sa->from = *src;
    moved(j, sa, &sa->to); /* what it goes to is the same */
}

void sa_follow(struct judge *j, struct sa *sa, const struct ip_addr *dst)
{
    if (ip_addr_eq(&sa->to, dst))
        return;
    bool known = sa_goes_to(sa, dst);
    moved(j, sa, &sa->to);
    sa->to = *dst;
    if (!known)
        map_put(&j->wan.map, wan_sa_hash(sa->spi, dst), (uint32_t)(sa - j->wan.sas));
}

void ike_sa_comes_from(struct judge *j, struct ike_sa *s, const struct ip_addr *src,
                       const struct ip_addr *dst)
{
    if (s->first_ns == NEVER) {
        s->ends[0] = *src;
        s->ends[1] = *dst;
        return;
    }
    for (int side = 0; side < 2; side++) {
        struct ip_addr *end = &s->ends[side];
        if (!ip_addr_eq(dst, &s->ends[!side]) || ip_addr_eq(src, end))
            continue;
        note(&j->wan, end, src, dst);
        *end = *src;
        return;
    }
}

uint32_t wan_find_moved(const struct wan *w, uint32_t spi, const struct ip_addr *src,
                        const struct ip_addr *dst)
{
    struct ip_addr at = *dst;

    for (size_t i = w->nmoves; i-- > 0;) {
        const struct wan_move *m = &w->moves[i];
        if (!ip_addr_eq(&m->to, &at) || !ip_addr_eq(&m->other, src))
            continue;
        at = m->from;
        uint32_t id = wan_find(w, spi, &at);
        if (id != MAP_NONE && ip_addr_eq(&w->sas[id].from, src))
            return id;
    }
    return MAP_NONE;
}

bool wan_same_host(const struct wan *w, const struct ip_addr *a, const struct ip_addr *b)
{
    struct ip_addr at = *b;

    for (size_t i = w->nmoves; i-- > 0 && !ip_addr_eq(a, &at);) {
        if (ip_addr_eq(&w->moves[i].to, &at))
            at = w->moves[i].from;
    }
    return ip_addr_eq(a, &at);
}
