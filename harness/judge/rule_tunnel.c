/* <tunnel>: from the SPIs on the WAN, and from what the peer and the devices' logs say of SAs.
 *
 *   replaced  a new SPI carried traffic in both directions; the old one is given up
 *   kept      no SA came or went, and no new SPI came into use
 *   deleted   an SA from before the window went in it, and its SPI is not used on
 *   up        traffic went both ways, or the last word about the SAs is that they are up
 *   down      traffic went one way at most, but for what was under way at the beginning
 *   settled   see rule_settled.c
 */
#include "judge/judge_parts.h"

static const char *direction(int way)
{
    return way == TO_DEVICE ? "towards the device" : "from the device";
}

struct view {
    int64_t from, to;
    struct sa_change way[DIRECTIONS];
    const struct sa *went, *goes_on;   /* deleted in the window; in use long after that */
    const struct sa *came;             /* up in the window, by its line or by the log */
    uint64_t late_packets[DIRECTIONS]; /* got through after what was under way */
};

static bool inside(const struct view *v, int64_t ns)
{
    return ns != NEVER && ns >= v->from && ns < v->to;
}

/* When SA was deleted in the window; NEVER. */
static int64_t deleted_ns(const struct view *v, const struct sa *sa)
{
    return inside(v, sa->down_ns)          ? sa->down_ns
           : inside(v, sa->logged_down_ns) ? sa->logged_down_ns
                                           : NEVER;
}

static bool is_from_before(const struct view *v, const struct sa *sa)
{
    return (sa->first_ns != NEVER && sa->first_ns < v->from) ||
           (sa->up_ns != NEVER && sa->up_ns < v->from) ||
           (sa->logged_up_ns != NEVER && sa->logged_up_ns < v->from);
}

static struct view look(const struct judge *j, const struct plan_expect *x)
{
    struct view v = {0};
    struct sa_change late[DIRECTIONS];

    (void)window_bounds(&j->tl, &x->window, &v.from, &v.to);
    tunnel_changes(j, v.from, v.to, v.way);
    if (x->window.since >= 0 && v.to - GRACE_NS > v.from)
        tunnel_changes(j, v.from + GRACE_NS, v.to, late);
    else
        memcpy(late, v.way, sizeof(late));
    for (int w = 0; w < DIRECTIONS; w++)
        v.late_packets[w] = late[w].packets;
    for (uint32_t i = 0; i < j->wan.nsas; i++) {
        const struct sa *sa = &j->wan.sas[i];
        int64_t gone = deleted_ns(&v, sa);
        if (gone != NEVER && is_from_before(&v, sa)) {
            v.went = sa;
            if (sa->last_ns != NEVER && sa->last_ns > gone + GRACE_NS)
                v.goes_on = sa;
        }
        if (inside(&v, sa->up_ns) || inside(&v, sa->logged_up_ns))
            v.came = sa;
    }
    return v;
}

static struct found *verdict(struct judge *j, bool good, enum basis basis, const char *text)
{
    return find_add(&j->fs, "tunnel", good ? VERDICT_PASS : VERDICT_FAIL, basis, "%s", text);
}

/* --- phase 2 -----------------------------------------------------------------------------------
 */

static const char *say_hole(struct judge *j, const struct sa_change *c)
{
    struct buf b = BUF_INIT;

    if (!c->old) {
        buf_adds(&b, "none was in use before");
    } else {
        int64_t hole = c->fresh->first_ns - c->old->last_ns;
        buf_addf(&b, "%s of %.1f ms after 0x%08x", hole < 0 ? "overlap" : "hole",
                 (double)(hole < 0 ? -hole : hole) / 1e6, c->old->spi);
    }
    const char *s = arena_strdup(j->arena, buf_str(&b));
    buf_release(&b);
    return s;
}

static struct found *say_no_fresh(struct judge *j, const struct view *v, int way)
{
    const struct sa *old = v->way[way].old;
    bool goes_on = old && old->last_ns > v->from + GRACE_NS;

    if (!v->way[TO_DEVICE].packets && !v->way[FROM_DEVICE].packets)
        return find_add(&j->fs, "tunnel", v->came ? VERDICT_INCONCLUSIVE : VERDICT_FAIL,
                        BASIS_MISSING, "no ESP at all came by%s",
                        v->came ? ", so nothing used the SAs that came up" : "");
    if (!goes_on)
        return find_add(&j->fs, "tunnel", VERDICT_FAIL, BASIS_MISSING,
                        "no new SPI carried traffic %s", direction(way));
    struct found *f =
        find_add(&j->fs, "tunnel", VERDICT_FAIL, BASIS_SEEN,
                 "no new SPI carried traffic %s: SPI 0x%08x goes on, its last packet is %llu",
                 direction(way), old->spi, (unsigned long long)old->last_packet);
    found_packet(f, old->last_packet, "wan", old->last_ns);
    return f;
}

static struct found *judge_replaced(struct judge *j, const struct view *v)
{
    for (int way = 0; way < DIRECTIONS; way++) {
        const struct sa *stuck = v->way[way].stuck;
        if (!stuck)
            continue;
        struct found *f = find_add(
            &j->fs, "tunnel", VERDICT_FAIL, BASIS_SEEN,
            "SPI 0x%08x goes on for %.3f s %s although 0x%08x is in use: packet %llu", stuck->spi,
            seconds(stuck->last_ns - v->way[way].fresh->first_ns), direction(way),
            v->way[way].fresh->spi, (unsigned long long)stuck->last_packet);
        found_packet(f, stuck->last_packet, "wan", stuck->last_ns);
        return f;
    }
    for (int way = DIRECTIONS; way-- > 0;)
        if (!v->way[way].fresh)
            return say_no_fresh(j, v, way);
    return find_add(&j->fs, "tunnel", VERDICT_PASS, BASIS_SEEN,
                    "new SPIs carry traffic: 0x%08x towards the device (%s), 0x%08x from it (%s)",
                    v->way[TO_DEVICE].fresh->spi, say_hole(j, &v->way[TO_DEVICE]),
                    v->way[FROM_DEVICE].fresh->spi, say_hole(j, &v->way[FROM_DEVICE]));
}

/* An SA whose other end has another address than before, in the window; NULL: none. */
static const struct sa *moved_in(const struct judge *j, const struct view *v)
{
    const struct sa *best = NULL;

    for (uint32_t i = 0; i < j->wan.nsas; i++) {
        const struct sa *sa = &j->wan.sas[i];
        if (inside(v, sa->moved_ns) && (!best || sa->way == FROM_DEVICE))
            best = sa;
    }
    return best;
}

static struct found *say_kept(struct judge *j, const struct view *v)
{
    char src[IP_ADDR_TEXT], dst[IP_ADDR_TEXT];
    const struct sa *sa = moved_in(j, v);

    if (!sa)
        return verdict(j, true, BASIS_MISSING, "the same SPIs are in use");
    return find_add(&j->fs, "tunnel", VERDICT_PASS, BASIS_MISSING,
                    "the same SPIs are in use; 0x%08x goes from %s to %s since packet %llu",
                    sa->spi, ip_addr_format(&sa->from, src), ip_addr_format(&sa->to, dst),
                    (unsigned long long)sa->moved_packet);
}

static struct found *judge_kept(struct judge *j, const struct view *v)
{
    for (int way = 0; way < DIRECTIONS; way++) {
        const struct sa_change *c = &v->way[way]; /* the first ones of a run replace nothing */
        const struct sa *fresh = c->old ? c->fresh : c->next;
        if (!fresh)
            continue;
        struct found *f = find_add(
            &j->fs, "tunnel", VERDICT_FAIL, BASIS_SEEN, "packet %llu: SPI 0x%08x came into use %s",
            (unsigned long long)fresh->first_packet, fresh->spi, direction(way));
        found_packet(f, fresh->first_packet, "wan", fresh->first_ns);
        return f;
    }
    if (v->went)
        return find_add(&j->fs, "tunnel", VERDICT_FAIL, BASIS_SEEN, "SPI 0x%08x was deleted (%s)",
                        v->went->spi, v->went->down_reason ? v->went->down_reason : "by the log");
    if (!v->way[TO_DEVICE].packets && !v->way[FROM_DEVICE].packets)
        return find_add(&j->fs, "tunnel", VERDICT_INCONCLUSIVE, BASIS_MISSING,
                        "no ESP at all came by, so nothing shows that the SAs are there");
    return say_kept(j, v);
}

static struct found *judge_deleted(struct judge *j, const struct view *v)
{
    if (!v->went)
        return verdict(j, false, BASIS_MISSING,
                       "no SA went: nothing says so, and no log has 602304");
    if (v->goes_on) {
        struct found *f =
            find_add(&j->fs, "tunnel", VERDICT_FAIL, BASIS_SEEN,
                     "SPI 0x%08x was deleted and is still used %.3f s later: packet %llu",
                     v->goes_on->spi, seconds(v->goes_on->last_ns - deleted_ns(v, v->goes_on)),
                     (unsigned long long)v->goes_on->last_packet);
        found_packet(f, v->goes_on->last_packet, "wan", v->goes_on->last_ns);
        return f;
    }
    return find_add(&j->fs, "tunnel", VERDICT_PASS, BASIS_SEEN, "SPI 0x%08x was deleted (%s)",
                    v->went->spi, v->went->down_reason ? v->went->down_reason : "by the log");
}

/* By what was said last of each SA. */
static bool said_up(const struct judge *j, int64_t to)
{
    for (uint32_t i = 0; i < j->wan.nsas; i++) {
        const struct sa *sa = &j->wan.sas[i];
        int64_t up = sa->up_ns > sa->logged_up_ns ? sa->up_ns : sa->logged_up_ns;
        int64_t down = sa->down_ns > sa->logged_down_ns ? sa->down_ns : sa->logged_down_ns;
        if (up != NEVER && up < to && (down == NEVER || down >= to))
            return true;
    }
    return false;
}

static struct found *judge_up(struct judge *j, const struct view *v)
{
    if (v->way[TO_DEVICE].packets && v->way[FROM_DEVICE].packets)
        return verdict(j, true, BASIS_SEEN, "ESP went both ways");
    if (said_up(j, v->to))
        return verdict(j, true, BASIS_SEEN, "its SAs are up");
    return verdict(j, false, BASIS_MISSING, "ESP did not go both ways, and no SA is said to be up");
}

static struct found *judge_down(struct judge *j, const struct view *v)
{
    if (v->late_packets[TO_DEVICE] && v->late_packets[FROM_DEVICE])
        return verdict(j, false, BASIS_SEEN, "ESP went both ways");
    return verdict(j, true, BASIS_MISSING, "ESP did not go both ways");
}

static struct found *judge_phase2(struct judge *j, const struct plan_expect *x)
{
    struct view v = look(j, x);

    switch (x->tunnel_is) {
    case TUNNEL_REPLACED: return judge_replaced(j, &v);
    case TUNNEL_KEPT: return judge_kept(j, &v);
    case TUNNEL_DELETED: return judge_deleted(j, &v);
    case TUNNEL_UP: return judge_up(j, &v);
    case TUNNEL_SETTLED:
    case TUNNEL_DOWN: break;
    }
    return judge_down(j, &v);
}

/* --- phase 1 -----------------------------------------------------------------------------------
 */

struct phase1 {
    bool came, went, before, up_at_end;
};

static struct phase1 look_at_ikes(const struct judge *j, const struct plan_expect *x)
{
    struct phase1 p = {0};
    struct view v = {0};

    (void)window_bounds(&j->tl, &x->window, &v.from, &v.to);
    for (size_t i = 0; i < j->wan.nikes; i++) {
        const struct ike_sa *s = &j->wan.ikes[i];
        /* pair mode: nobody tells, but the first message behind a main mode does */
        int64_t up = s->up_ns != NEVER ? s->up_ns : s->proved_ns;
        bool began_inside = up != NEVER && inside(&v, s->first_ns != NEVER ? s->first_ns : up);
        p.came = p.came || (inside(&v, up) && (began_inside || s->up_ns != NEVER));
        p.went = p.went || inside(&v, s->down_ns);
        p.before = p.before || (up != NEVER && up < v.from);
        p.up_at_end = p.up_at_end ||
                      (up != NEVER && up < v.to && (s->down_ns == NEVER || s->down_ns >= v.to));
    }
    for (int site = 0; site < SITES; site++) {
        p.went = p.went || inside(&v, j->logs.device[site].ended_ns);
        p.came = p.came || inside(&v, j->logs.device[site].phase1_ns);
    }
    return p;
}

static struct found *judge_phase1(struct judge *j, const struct plan_expect *x)
{
    struct phase1 p = look_at_ikes(j, x);

    if (!j->wan.nikes)
        return find_add(&j->fs, "tunnel", VERDICT_INCONCLUSIVE, BASIS_MISSING,
                        "no IKE was seen on the WAN, and nobody told of it");
    switch (x->tunnel_is) {
    case TUNNEL_REPLACED:
        return verdict(j, p.came, BASIS_MISSING,
                       p.came ? "a new IKE SA came up" : "no new IKE SA came up");
    case TUNNEL_KEPT:
        return verdict(j, !p.came && !p.went, p.came || p.went ? BASIS_SEEN : BASIS_MISSING,
                       p.came   ? "a new IKE SA came up"
                       : p.went ? "the IKE SA went"
                                : "the same IKE SA is there");
    case TUNNEL_DELETED:
        return verdict(j, p.went, BASIS_MISSING, p.went ? "the IKE SA went" : "no IKE SA went");
    case TUNNEL_UP:
        return verdict(j, p.up_at_end, BASIS_MISSING,
                       p.up_at_end ? "an IKE SA is up" : "no IKE SA is up");
    case TUNNEL_SETTLED:
    case TUNNEL_DOWN: break;
    }
    return verdict(j, !p.up_at_end, BASIS_MISSING, /* its end may be what is missing */
                   p.up_at_end ? "an IKE SA is up" : "no IKE SA is up");
}

void rule_tunnel(struct judge *j, size_t i, const struct plan_expect *x)
{
    int64_t from, to;
    struct found *f;

    (void)i;
    if (!window_bounds(&j->tl, &x->window, &from, &to))
        f = find_add(&j->fs, "tunnel", VERDICT_UNRESOLVED, BASIS_MISSING,
                     "event %s was not sent, so there is nothing to look at",
                     j->plan->events[x->window.since].id);
    else if (!j->tl.captured[EV_WAN])
        f = find_add(&j->fs, "tunnel", VERDICT_INCONCLUSIVE, BASIS_MISSING,
                     "there is no wan in the evidence");
    else if (x->tunnel_is == TUNNEL_SETTLED)
        f = judge_settled(j, x, from, to);
    else
        f = x->phase == 1 ? judge_phase1(j, x) : judge_phase2(j, x);
    if (f->basis == BASIS_MISSING && j->tl.dropped[EV_WAN] && f->f.verdict != VERDICT_UNRESOLVED)
        f->f.verdict = VERDICT_INCONCLUSIVE; /* what was not seen may be what the capture lost */
    found_place(f, x);
}
