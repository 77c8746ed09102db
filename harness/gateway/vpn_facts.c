/* What the IKE endpoint tells beside SAs becomes log lines. */
#include "gateway/gateway_parts.h"

#include "gateway/vpn_ikev2.h"
#include "gateway/vpn_parts.h"
#include "gateway/vpn_words.h"

static void initiating(struct gateway *g, const struct ike_out *o, unsigned phase)
{
    uint32_t number = phase == 2 ? o->child.policy : g->vpn.last_wanted;
    const struct vpn_policy *p = number < g->vpn.npolicies ? g->vpn.policies[number] : NULL;
    struct gw_msg_ike k = gw_vpn_who(g, &o->peer);

    if (phase == 1) /* the group is known once the peer is */
        k.group = NULL;
    if (p && !ip_addr_eq(&p->peer, &o->peer))
        p = NULL;
    gw_msg_ike_initiating(g->log, &k, phase, o->rekey, g->ifs.v[g->vpn.ifi].nameif,
                          p ? &p->selector.local.addr : NULL, p ? &p->selector.remote.addr : NULL,
                          p ? p->map : NULL);
}

static void no_policy(struct gateway *g, const struct ike_out *o)
{
    struct gw_msg_ike k = gw_vpn_who_of(g, o);
    const struct ike_selector *asked = &o->child.selector;

    gw_msg_no_crypto_map(g->log, &k, &asked->remote, &asked->local, asked->proto,
                         asked->remote_port, g->ifs.v[g->vpn.ifi].nameif);
    gw_msg_ike_text(g->log, 713902, &k, "QM FSM error (P2 struct &0x%08x, mess id 0x%x)!", o->ike,
                    o->message_id);
}

/* Only a change that one side has made the other take is told: a responder that takes what is lower
 * has nothing to say. */
static void lifetimes(struct gateway *g, const struct ike_out *o)
{
    struct gw_msg_ike k = gw_vpn_who_of(g, o);
    bool by_us = o->fact == IKE_FACT_LIFETIME_FORCED;
    uint64_t s = o->phase == 1 ? o->sa.suite.lifetime_s : o->child.suite.lifetime_s;
    uint64_t kb = o->phase == 1 ? o->was_kb : o->child.suite.lifetime_kb;

    if (!by_us && !o->initiator)
        return;
    if (o->was_s != s)
        gw_msg_lifetime_changed(g->log, &k, by_us, o->phase, o->was_s, s);
    if (o->was_kb != kb)
        gw_msg_volume_changed(g->log, &k, by_us, o->was_kb, kb);
}

void gw_vpn_fact(struct gateway *g, const struct ike_out *o)
{
    struct gw_msg_ike k = gw_vpn_who_of(g, o);

    if (gw_vpn_is_ssl(g, &o->peer))
        return;
    if (o->version == 2) {
        gw_vpn_ikev2_fact(g, o);
        return;
    }
    switch (o->fact) {
    case IKE_FACT_INITIATING_1: initiating(g, o, 1); break;
    case IKE_FACT_INITIATING_2: initiating(g, o, 2); break;
    case IKE_FACT_DUPLICATE: gw_msg_duplicate_packet(g->log, &k, o->phase); break;
    case IKE_FACT_NO_SA:
        gw_msg_ike_text(g->log, 713904, &k,
                        "Received encrypted packet with no matching SA, dropping");
        break;
    case IKE_FACT_NO_PROPOSAL:
        gw_msg_ike_text(g->log, 713904, &k, "All %sSA proposals found unacceptable!",
                        o->phase == 2 ? "IPSec " : "");
        break;
    case IKE_FACT_NO_POLICY: no_policy(g, o); break;
    case IKE_FACT_MALFORMED:
        gw_msg_ike_text(g->log, 713903, &k, "Information Exchange processing failed");
        break;
    case IKE_FACT_LIFETIME_LOWERED:
    case IKE_FACT_LIFETIME_FORCED: lifetimes(g, o); break;
    case IKE_FACT_NOTIFY: gw_msg_notify(g->log, &k, vpn_notify_name(o->code), o->code); break;
    case IKE_FACT_UNKNOWN_PEER:
        gw_msg_ike_text(g->log, 713903, &k, "Can't find a valid tunnel group, aborting...!");
        break;
    case IKE_FACT_AUTH:
        gw_msg_ike_text(g->log, 713904, &k,
                        "Received an un-encrypted or badly encrypted packet, dropping (%s)",
                        o->why);
        break;
    default: break; /* nothing an ASA would log at level 6 */
    }
}
