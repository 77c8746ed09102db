/* Does what is said of single packets make sense: <send>, <packet>, streams past the tunnel. */
#include "plan/load.h"

static bool has_outside(const struct plan *p)
{
    return p->lab.mode == MODE_PEER && p->lab.device_site == SITE_BO;
}

static void check_stream(struct load *l, const struct plan_stream *s)
{
    const struct plan_lab *lab = &l->plan->lab;

    if (s->to == FAR_OUTSIDE && !has_outside(l->plan))
        problem_add(&l->problems, ERR_INVALID, &s->at,
                    "stream \"%s\" to=\"outside\": that host is there when the device is at the "
                    "branch office and the other gateway is the peer",
                    s->id);
    else if (s->to == FAR_OUTSIDE && lab->outside_host.family != lab->bo_host.family)
        problem_add(&l->problems, ERR_INVALID, &s->at,
                    "stream \"%s\": the outside host has IPv%d and the bo host IPv%d", s->id,
                    lab->outside_host.family, lab->bo_host.family);
    if ((s->bo_seen_as.family && s->bo_seen_as.family != lab->bo_host.family) ||
        (s->ho_seen_as.family && s->ho_seen_as.family != lab->ho_host.family))
        problem_add(&l->problems, ERR_INVALID, &s->at,
                    "stream \"%s\": a host is seen as an address of the other IP version", s->id);
}

static void check_send(struct load *l, const struct plan_event *e)
{
    const struct plan *p = l->plan;
    const char *name = plan_send_name(e->send);

    if (plan_send_has_stream(e->send) != (e->about >= 0))
        problem_add(&l->problems, ERR_INVALID, &e->at,
                    e->about >= 0 ? "<send form=\"%s\"> is about no stream"
                                  : "<send form=\"%s\"> of which stream? stream=\"...\" says it",
                    name);
    if (e->about >= 0 && (e->to.family || e->to_port || e->from_port))
        problem_add(&l->problems, ERR_INVALID, &e->at,
                    "<send form=\"%s\">: the stream says from where to where", name);
    if (e->sender == SENDER_OUTSIDE && !has_outside(p))
        problem_add(&l->problems, ERR_INVALID, &e->at, "<send from=\"outside\">: nobody is there");
    if (e->about >= 0 && e->sender != SENDER_BO &&
        (e->sender == SENDER_OUTSIDE) != (p->streams[e->about].to == FAR_OUTSIDE))
        problem_add(&l->problems, ERR_INVALID, &e->at,
                    "<send form=\"%s\">: stream \"%s\" does not end there", name,
                    p->streams[e->about].id);
    if (p->lab.bo_host.family != 4)
        problem_add(&l->problems, ERR_UNSUPPORTED, &e->at, "<send>: packets of IPv4 only");
}

static void check_packet(struct load *l, const struct plan_expect *x)
{
    const struct plan *p = l->plan;

    if (x->sent >= 0 && p->events[x->sent].action != ACTION_SEND)
        problem_add(&l->problems, ERR_INVALID, &x->at,
                    "<packet> sent=\"%s\": that event is no <send>", p->events[x->sent].id);
    if (x->sent >= 0 && x->stream >= 0)
        problem_add(&l->problems, ERR_INVALID, &x->at,
                    "<packet> sent and stream: one of the two says which packets");
    if ((x->mss || x->isn) && x->packet != PACKET_SYN)
        problem_add(&l->problems, ERR_INVALID, &x->at, "<packet> %s: only a SYN has one",
                    x->mss ? "mss" : "isn");
    if (x->isn && x->stream < 0)
        problem_add(&l->problems, ERR_INVALID, &x->at,
                    "<packet> isn of which stream? stream=\"...\" says it");
}

void check_packets(struct load *l)
{
    const struct plan *p = l->plan;

    for (size_t i = 0; i < p->nstreams; i++)
        check_stream(l, &p->streams[i]);
    for (size_t i = 0; i < p->nevents; i++) {
        if (p->events[i].action == ACTION_SEND)
            check_send(l, &p->events[i]);
    }
    for (size_t i = 0; i < p->nexpects; i++) {
        if (p->expects[i].rule == RULE_PACKET)
            check_packet(l, &p->expects[i]);
    }
}
