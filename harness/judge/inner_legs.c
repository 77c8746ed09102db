/* Decrypt-and-compare over three taps: every packet of a known stream that a LAN sees leave must be
 * inside ESP, and what ESP holds must come out on the other LAN. At a gateway that changes every
 * packet nothing can be compared. */
#include "judge/judge_parts.h"

bool inner_legs_compares(const struct judge *j)
{
    return j->history && j->wan.has_keys;
}

/* The stream of a packet that lay inside ESP, by the LAN of the site it came from. */
static struct jflow *find_flow(struct judge *j, const struct pkt *p, int *sender)
{
    for (int site = 0; site < SITES; site++) {
        struct jflow *f = jflow_known(j, site, p, sender);
        if (f && *sender == site)
            return f;
    }
    return NULL;
}

static void compare(struct judge *j, struct inner_set *s, uint64_t hash, int gateway)
{
    struct wan *w = &j->wan;

    w->compared++;
    if (inner_meet(s, hash)) {
        w->legs_at[gateway].met++;
        return;
    }
    if (s->evicted || w->no_key) {
        w->unmet++;
        return;
    }
    if (w->legs_at[gateway].unmet++ == 0)
        w->legs_at[gateway].unmet_packet = j->rec.packet;
}

void inner_legs_finish(struct judge *j)
{
    struct wan *w = &j->wan;

    for (int site = 0; site < SITES; site++) {
        if (!w->legs_at[site].met || !w->legs_at[site].unmet)
            continue; /* a gateway that changes every packet: addresses, sequence numbers */
        if (!w->mismatches)
            w->mismatch_packet = w->legs_at[site].unmet_packet;
        w->mismatches += w->legs_at[site].unmet;
    }
}

bool inner_legs_says(const struct judge *j)
{
    return j->wan.legs_at[BO].met || j->wan.legs_at[HO].met;
}

void inner_legs_from_esp(struct judge *j, struct sa *sa, struct bytes esp)
{
    struct pkt p;
    int sender;

    if (!inner_of_esp(j, sa, esp, &p) || !find_flow(j, &p, &sender))
        return;
    uint64_t hash = inner_digest(&p.ip);
    compare(j, &j->wan.legs_into[sender], hash, sender);
    inner_expect(&j->wan.legs_out[sender], hash, j->rec.packet);
}

void inner_legs_on_lan(struct judge *j, int site, int sender, const struct pkt *p)
{
    if (ip_is_cut(&p->ip))
        return;
    uint64_t hash = inner_digest(&p->ip);
    if (site == sender)
        inner_expect(&j->wan.legs_into[sender], hash, j->rec.packet);
    else
        compare(j, &j->wan.legs_out[sender], hash, site);
}
