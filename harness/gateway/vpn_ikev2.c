#include "gateway/vpn_ikev2.h"

#include "gateway/messages_ikev2.h"
#include "gateway/vpn_parts.h"

static const struct vpn_session *session_of(struct gateway *g, const struct ike_out *o)
{
    const struct vpn_session *s = gw_vpn_session(g, &o->peer);

    return s && s->version == 2 ? s : NULL;
}

/* The user is known once the peer has proved what it is. */
static struct gw_msg_ikev2 who(struct gateway *g, const struct ike_out *o, bool known)
{
    const struct vpn_session *s = session_of(g, o);
    const struct gw_tunnel_group *group = gw_config_group(g->cfg, &o->peer);
    uint16_t port = s && s->natt ? IKE_NATT_PORT : IKE_PORT;

    return (struct gw_msg_ikev2){.local = {g->vpn.used->ike.local, port},
                                 .peer = {o->peer, s && s->natt ? s->remote.port : port},
                                 .user = s       ? s->group
                                         : known ? (group ? group->name : NULL)
                                                 : NULL};
}

static struct gw_msg_range range_of(const struct ip_net *net, uint8_t proto, uint16_t port)
{
    return (struct gw_msg_range){*net, proto, port};
}

static void asked(struct gateway *g, const struct ike_out *o, const char *what)
{
    uint32_t number = o->child.policy & ~VPN_BY_IKEV2;
    struct gw_msg_ikev2 k = who(g, o, false);

    if (number >= g->vpn.npolicies)
        return;
    const struct ike_selector *s = &g->vpn.policies[number]->selector;
    struct gw_msg_range local = range_of(&s->local, s->proto, s->local_port);
    struct gw_msg_range remote = range_of(&s->remote, s->proto, s->remote_port);
    gw_msg_ikev2_asked(g->log, &k, what, &local, &remote);
}

static void no_policy(struct gateway *g, const struct ike_out *o)
{
    struct gw_msg_ikev2 k = who(g, o, true);
    const struct ike_selector *s = &o->child.selector;
    struct gw_msg_range local = range_of(&s->local, s->proto, s->local_port);
    struct gw_msg_range remote = range_of(&s->remote, s->proto, s->remote_port);

    gw_msg_ikev2_no_policy(g->log, &k, &local, &remote);
    gw_msg_ikev2_aborted(g->log, &k, "There was no IPSEC policy found for received TS");
}

/* X(code, what the device calls it) */
#define ERRORS(X)                                                                                  \
    X(7, "Received an invalid syntax notify")                                                      \
    X(14, "Received no proposal chosen notify")                                                    \
    X(17, "The peer's KE payload contained the wrong DH group")                                    \
    X(24, "Auth exchange failed")                                                                  \
    X(34, "Received single pair required notify")                                                  \
    X(35, "Received no additional SAs notify")                                                     \
    X(38, "Received TS unacceptable notify")                                                       \
    X(43, "Received temporary failure notify")                                                     \
    X(44, "Received child SA not found notify")

const char *gw_vpn_ikev2_error(uint16_t code)
{
    switch (code) {
#define X(number, text)                                                                            \
    case number: return text;
        ERRORS(X)
#undef X
    default: return NULL;
    }
}

/* The other side said no. What we refuse has facts of its own. */
static void refused(struct gateway *g, const struct ike_out *o)
{
    struct gw_msg_ikev2 k = who(g, o, false);
    const char *text = gw_vpn_ikev2_error(o->code);

    if (o->initiator)
        gw_msg_ikev2_aborted(g->log, &k, text ? text : "Create child exchange failed");
}

void gw_vpn_ikev2_fact(struct gateway *g, const struct ike_out *o)
{
    struct gw_msg_ikev2 k = who(g, o, false);

    switch (o->fact) {
    case IKE_FACT_INITIATING_1:
        if (!o->rekey && g->vpn.last_wanted < g->vpn.npolicies) {
            struct ike_out first = *o;
            first.child.policy = g->vpn.last_wanted;
            asked(g, &first, "establish");
        }
        break;
    case IKE_FACT_INITIATING_2:
        if (o->rekey)
            asked(g, o, "rekey");
        break;
    case IKE_FACT_RESPONDING_1:
        if (!o->rekey)
            gw_msg_ikev2_init(g->log, &k);
        break;
    case IKE_FACT_NO_PROPOSAL:
        gw_msg_ikev2_aborted(g->log, &k, "Failed to find a matching policy");
        break;
    case IKE_FACT_NO_POLICY: no_policy(g, o); break;
    case IKE_FACT_REFUSED: refused(g, o); break;
    case IKE_FACT_COOKIE:
        if (!o->initiator)
            gw_msg_ikev2_cookie(g->log, &k);
        break;
    case IKE_FACT_COLLISION:
        if (o->phase == 2 && !o->initiator)
            gw_msg_ikev2_collision(g->log, &k, o->child.in_spi);
        break;
    case IKE_FACT_UNKNOWN_PEER: gw_msg_ikev2_no_group(g->log, &k); break;
    default: break; /* nothing an ASA would log at level 6 */
    }
}

void gw_vpn_ikev2_up(struct gateway *g, const struct vpn_session *s, const struct ike_out *o)
{
    struct gw_msg_ikev2 k = who(g, o, s != NULL);

    gw_msg_ikev2_up(g->log, &k, o->rekey ? "Rekey" : "New Connection Established");
}

void gw_vpn_ikev2_down(struct gateway *g, const struct vpn_session *s, const struct ike_out *o)
{
    static const struct {
        enum ike_end end;
        const char *reason;
    } reasons[] = {
        {IKE_END_PEER_DELETE, "peer request"},
        {IKE_END_LOCAL_DELETE, "application initiated"},
        {IKE_END_DPD, "peer lost"},
        {IKE_END_TIMEOUT, "peer lost"},
        {IKE_END_REPLACED, "rekey"},
        {IKE_END_PEER_RESTARTED, "peer request"},
    };
    struct gw_msg_ikev2 k = who(g, o, s != NULL);
    const char *reason = "local failure";

    for (size_t i = 0; i < COUNT(reasons); i++) {
        if (reasons[i].end == o->end)
            reason = reasons[i].reason;
    }
    if (o->end == IKE_END_DPD || o->end == IKE_END_TIMEOUT)
        gw_msg_ikev2_aborted(g->log, &k, "Maximum number of retransmissions reached");
    if (o->end == IKE_END_PEER_RESTARTED)
        gw_msg_ikev2_restarted(g->log, &k);
    gw_msg_ikev2_down(g->log, &k, reason);
}

void gw_vpn_ikev2_failed(struct gateway *g, const struct ike_out *o)
{
    struct gw_msg_ikev2 k = who(g, o, false);

    if (o->end == IKE_END_AUTH)
        gw_msg_ikev2_aborted(g->log, &k, "Auth exchange failed");
    else if (o->end != IKE_END_REFUSED) /* that was said when it was refused */
        gw_msg_ikev2_aborted(g->log, &k,
                             o->initiator
                                 ? "Maximum number of retransmissions reached"
                                 : "Failed to receive the AUTH msg before the timer expired");
}
