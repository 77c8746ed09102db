#include "cli/leg_clocks.h"

#include "base/buf.h"
#include "traffic/savefile.h"

#include <string.h>

/* One pass; a file that cannot be opened is told of later. */
static void read_leg(const struct leg_files *f, enum evidence_leg leg,
                     void take(void *ctx, const struct savefile_packet *p), void *ctx)
{
    struct savefile *file;
    struct savefile_packet p;
    struct diag why = {0};

    for (size_t i = 0; i < f->n; i++) {
        if (f->v[i].leg != leg || savefile_open(f->v[i].path, &file, &why))
            continue;
        while (savefile_next(file, &p, &why) == ERR_OK) {
            take(ctx, &p);
            if (p.number % LEG_FILES_WATCH == 0 && f->watch && !f->watch(f->ctx, p.number, 0))
                break;
        }
        savefile_close(file);
    }
}

struct taps { /* what is compared: each LAN with the other, and with the WAN */
    struct tap_clock *lans, *bo_wan, *ho_wan;
    struct judge *j;
    enum evidence_leg leg;
    bool opened;
};

static void take_lan(void *ctx, const struct savefile_packet *p)
{
    struct taps *t = ctx;
    bool is_ho = t->leg == EV_HO_LAN;

    tap_clock_add(t->lans, is_ho, &p->pkt, p->time_ns);
    tap_clock_add(is_ho ? t->ho_wan : t->bo_wan, 0, &p->pkt, p->time_ns);
}

static void take_wan(void *ctx, const struct savefile_packet *p)
{
    struct taps *t = ctx;
    struct pkt inner;

    if (!judge_legs_open(t->j, &p->pkt, &inner))
        return;
    t->opened = true;
    tap_clock_add(t->bo_wan, 1, &inner, p->time_ns);
    tap_clock_add(t->ho_wan, 1, &inner, p->time_ns);
}

static int64_t width(const struct tap_offset *o)
{
    return o->high_ns - o->low_ns;
}

/* The LAN that leaves less open; the BO's when they are equal: it is the reference. */
static void choose(struct leg_clocks *c, const struct tap_offset *bo, const struct tap_offset *ho)
{
    bool by_ho = ho->known && (!bo->known || width(ho) < width(bo)) && c->ho.known;

    if (!c->has[EV_BO_LAN])
        by_ho = true; /* the HO is all there is to go by */
    c->wan = by_ho ? *ho : *bo;
    c->wan_lan = by_ho ? EV_HO_LAN : EV_BO_LAN;
}

void leg_clocks_compare(struct leg_clocks *c, const struct leg_files *f, struct judge *j)
{
    struct taps t = {tap_clock_new(), tap_clock_new(), tap_clock_new(), j, EV_BO_LAN, false};

    for (size_t i = 0; i < f->n; i++)
        c->has[f->v[i].leg] = true;
    read_leg(f, t.leg, take_lan, &t);
    t.leg = EV_HO_LAN;
    read_leg(f, t.leg, take_lan, &t);
    if (f->esp_sa)
        read_leg(f, EV_WAN, take_wan, &t);
    c->ho = tap_clock_offset(t.lans);
    c->opened = t.opened;
    struct tap_offset bo = tap_clock_offset(t.bo_wan), ho = tap_clock_offset(t.ho_wan);
    choose(c, &bo, &ho);
    tap_clock_free(t.lans);
    tap_clock_free(t.bo_wan);
    tap_clock_free(t.ho_wan);
}

int64_t leg_clocks_mend(const struct leg_clocks *c, enum evidence_leg leg)
{
    if (leg == EV_HO_LAN)
        return tap_offset_mend(&c->ho);
    if (leg != EV_WAN)
        return 0;
    return tap_offset_mend(&c->wan) + (c->wan_lan == EV_HO_LAN ? tap_offset_mend(&c->ho) : 0);
}

static void say_offset(struct judge *j, const char *tap, const char *other,
                       const struct tap_offset *o)
{
    struct buf b = BUF_INIT;

    if (!o->known) {
        buf_addf(&b,
                 o->contradicts ? "no one offset between the clocks of %s and %s explains the "
                                  "packets of both: times across are doubtful"
                                : "the clocks of %s and %s cannot be compared: no payload was seen "
                                  "once on each, both ways",
                 other, tap);
    } else {
        int64_t half = width(o) / 2, mend = tap_offset_mend(o);
        buf_addf(&b, "the clock of %s is %+.6f s from that of %s, give or take %.6f s, by ", tap,
                 (double)(o->low_ns + half) / 1e9, other, (double)half / 1e9);
        buf_addf(&b, "%llu packets; %s", (unsigned long long)o->packets,
                 mend ? "its times are mended by that" : "times are taken as they are");
    }
    judge_legs_note(j, "clock", !o->known, buf_str(&b));
    buf_release(&b);
}

void leg_clocks_say(const struct leg_clocks *c, struct judge *j)
{
    if (c->has[EV_BO_LAN] && c->has[EV_HO_LAN])
        say_offset(j, "ho-lan", "bo-lan", &c->ho);
    if (!c->has[EV_WAN] || (!c->has[EV_BO_LAN] && !c->has[EV_HO_LAN]))
        return;
    if (c->opened)
        say_offset(j, "wan", c->wan_lan == EV_HO_LAN ? "ho-lan" : "bo-lan", &c->wan);
    else
        judge_legs_note(j, "clock", true,
                        "the clock of wan cannot be compared with that of the LANs: what ESP holds "
                        "is not known without its keys (--esp-sa); its times are taken as printed");
}
