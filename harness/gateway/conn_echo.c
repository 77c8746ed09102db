/* `inspect icmp`: every request gets one reply at most, and only with its own sequence number. */
#include "gateway/conn_parts.h"

#define REMEMBERED 32 /* requests; an older one's reply comes too late */

static void note_request(struct conn_echo *e, uint16_t seq)
{
    int ahead = (int16_t)(seq - e->last);

    if (!e->any || ahead >= REMEMBERED || -ahead >= REMEMBERED) { /* it begins anew */
        *e = (struct conn_echo){.open = 1, .last = seq, .any = true};
    } else if (ahead > 0) {
        e->open = e->open << ahead | 1;
        e->last = seq;
    } else {
        e->open |= UINT32_C(1) << -ahead;
    }
}

static bool take_reply(struct conn_echo *e, uint16_t seq)
{
    uint16_t below = (uint16_t)(e->last - seq);

    if (below >= REMEMBERED || !(e->open >> below & 1))
        return false;
    e->open &= ~(UINT32_C(1) << below);
    return true;
}

enum gw_drop conn_echo_take(struct conn *c, int side, const struct pkt *p)
{
    uint16_t seq = (uint16_t)p->icmp.rest;
    bool asks = p->icmp.type == (p->ip.version == 6 ? ICMP6_ECHO : ICMP_ECHO);

    if (asks && side == 0)
        note_request(&c->echo, seq);
    else if (asks || !take_reply(&c->echo, seq))
        return GW_DROP_ICMP_SEQ;
    return GW_DROP_NONE;
}
