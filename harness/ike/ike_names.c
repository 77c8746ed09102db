#include "ike/ike.h"

const char *ike_end_name(enum ike_end e)
{
    switch (e) {
    case IKE_END_NONE: return "none";
    case IKE_END_PEER_DELETE: return "peer-delete";
    case IKE_END_LOCAL_DELETE: return "local-delete";
    case IKE_END_DPD: return "dpd";
    case IKE_END_EXPIRED: return "expired";
    case IKE_END_REPLACED: return "replaced";
    case IKE_END_PEER_RESTARTED: return "peer-restarted";
    case IKE_END_PARENT: return "parent";
    case IKE_END_TIMEOUT: return "timeout";
    case IKE_END_REFUSED: return "refused";
    case IKE_END_AUTH: return "auth";
    case IKE_END_USER: return "user";
    }
    return "unknown";
}

const char *ike_fact_name(enum ike_fact f)
{
    switch (f) {
    case IKE_FACT_INITIATING_1: return "initiating-1";
    case IKE_FACT_INITIATING_2: return "initiating-2";
    case IKE_FACT_RESPONDING_1: return "responding-1";
    case IKE_FACT_RESPONDING_2: return "responding-2";
    case IKE_FACT_DUPLICATE: return "duplicate";
    case IKE_FACT_NO_SA: return "no-sa";
    case IKE_FACT_NO_PROPOSAL: return "no-proposal";
    case IKE_FACT_NO_POLICY: return "no-policy";
    case IKE_FACT_MALFORMED: return "malformed";
    case IKE_FACT_NOTIFY: return "notify";
    case IKE_FACT_DPD_SENT: return "dpd-sent";
    case IKE_FACT_DPD_ANSWERED: return "dpd-answered";
    case IKE_FACT_LIFETIME_LOWERED: return "lifetime-lowered";
    case IKE_FACT_LIFETIME_FORCED: return "lifetime-forced";
    case IKE_FACT_DELETE_SENT: return "delete-sent";
    case IKE_FACT_DELETE_RECEIVED: return "delete-received";
    case IKE_FACT_AUTH: return "auth";
    case IKE_FACT_UNKNOWN_PEER: return "unknown-peer";
    case IKE_FACT_LIMIT: return "limit";
    case IKE_FACT_ACCEPTED: return "accepted";
    case IKE_FACT_CFG_IGNORED: return "cfg-ignored";
    case IKE_FACT_COOKIE: return "cookie";
    case IKE_FACT_INVALID_KE: return "invalid-ke";
    case IKE_FACT_RETRANSMIT: return "retransmit";
    case IKE_FACT_NARROWED: return "narrowed";
    case IKE_FACT_REFUSED: return "refused";
    case IKE_FACT_COLLISION: return "collision";
    case IKE_FACT_WINDOW: return "window";
    case IKE_FACT_REPLY_ROUTE: return "reply-route";
    }
    return "unknown";
}
