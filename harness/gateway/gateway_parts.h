/* What the files of the gateway share. Not for others: use gateway/gateway.h. */
#ifndef GATEWAY_GATEWAY_PARTS_H
#define GATEWAY_GATEWAY_PARTS_H

#include "gateway/command.h"
#include "gateway/conn.h"
#include "gateway/drops.h"
#include "gateway/gateway.h"
#include "gateway/messages.h"
#include "gateway/neighbors.h"
#include "gateway/routes.h"
#include "gateway/vpn_plan.h"
#include "wire/pkt.h"
#include "wire/reassembly.h"

struct gw_pager {
    uint32_t lines;  /* of a page; 0: no pager */
    struct buf left; /* not shown yet */
};

struct gateway {
    struct gw_config *cfg;
    struct gateway_env env;
    struct gateway_model model;
    struct gw_syslog *log;
    struct gw_hop log_hops[GW_LOG_HOSTS];
    struct gw_log_channel *log_channels[GW_LOG_HOSTS]; /* of TCP hosts; NULL: none (log_send.c) */
    struct netifs ifs;
    struct neighbors *neighbors;
    struct routes routes;
    uint32_t epoch; /* from 1; raised when interfaces, routes or crypto maps change */
    struct reassembly *fragments;
    struct vpn vpn;
    struct nat *nat;
    struct conns *conns;
    struct acl_log *acl_log;
    struct gw_fault_set faults;
    bool fault_spent;      /* a fault that comes once has come */
    struct gw_place place; /* of the console */
    struct gw_pager pager;
    char question[GW_LINE_MAX]; /* the command that a yes runs; "": nothing was asked */
    struct buf startup;         /* the stored configuration, with its keys */
    struct mono booted;
    struct mono icmp_error_at; /* when the next one would be due, were they sent evenly */
    uint16_t ip_id;            /* of the next datagram of our own */
    struct gateway_counters count;
    uint64_t drops[GW_DROP_COUNT];
    bool drops_cleared; /* clear asp drop, then */
    int64_t drops_cleared_unix_s;
    uint8_t opened[65536]; /* a packet out of a tunnel, when it cannot lie where it will go */
    uint8_t sealed[65536 + ESP_OVERHEAD_MAX];
    uint8_t changed[65536]; /* a payload that is not the sender's: an ICMP error with its quotation
                               changed, an inspected segment */
    uint8_t scratch[65536]; /* one packet being made */
};

/* A packet on its way through. */
struct gw_packet {
    struct pkt p;
    size_t ifi;      /* came in here */
    uint32_t policy; /* out of this tunnel; VPN_NONE: in clear */
    bool whole;      /* it came so, not in fragments */
    /* The packet lies ETHER_HDR_LEN behind this, in memory lent by interface `lent_ifi`; NULL: it
     * is borrowed, and copied when it goes on. */
    uint8_t *lent;
    size_t lent_ifi;
};

/* Counts a packet that goes no further. */
static inline void gw_drop(struct gateway *g, enum gw_drop why)
{
    g->drops[why]++;
}

/* What access lists ask of a packet, and what the log says of it. */
struct gw_flow_key gw_packet_key(const struct pkt *p);
struct gw_msg_packet gw_packet_message(const struct pkt *p);

/* --- gateway.c ------------------------------------------------------------------------------- */

/* Takes over what the configuration says now, as far as CHANGED (enum gw_change) says it changed.
 */
void gw_configure(struct gateway *g, unsigned changed);

/* What follows every input: outputs of IKE, log records. */
void gw_settle(struct gateway *g);

/* --- transport.c ----------------------------------------------------------------------------- */

/* True when the TCP or UDP header of P is one that may be; else it is counted, and said. */
bool gw_transport_ok(struct gateway *g, const struct gw_packet *p);

/* --- send.c ---------------------------------------------------------------------------------- */

/* The way to DST, from *HOP if it still holds; through interface ONLY unless NETIF_NONE. False when
 * there is none. */
bool gw_hop_find(struct gateway *g, const struct ip_addr *dst, size_t only, struct gw_hop *hop);

/* Sends PAYLOAD under the header IP to HOP, in fragments if need be. */
void gw_send(struct gateway *g, const struct gw_hop *hop, const struct ip *ip,
             struct bytes payload);

/* One fragment of an IPv6 packet: what `id`, `frag_off` and `more` of PART say, with its own header
 * in place of extension headers, which what was put together from fragments has none of. */
void gw_put_fragment6(struct wr *w, const struct ip *part, struct bytes payload);

/* gw_send for what the gateway itself has to say, through a tunnel where the crypto map wants it.
 * The header's version, id and ttl are filled in. False: not sent. */
bool gw_send_own(struct gateway *g, size_t only, struct ip *ip, struct bytes payload);

/* Takes log records and sends them, as far as their hosts can be reached. */
void gw_send_logs(struct gateway *g);

/* TCP to logging hosts (log_send.c). A segment for the box: false when it is of none of them. */
bool gw_log_tcp_input(struct gateway *g, const struct gw_packet *p);
void gw_log_tcp_tick(struct gateway *g);
struct mono gw_log_tcp_deadline(const struct gateway *g);
void gw_log_tcp_forget(struct gateway *g);

/* A logging host that wants TCP does not answer, and `logging permit-hostdown` does not let new
 * connections through all the same. */
bool gw_log_disallows(const struct gateway *g);

/* A RST in answer to segment P, as if from its destination. */
void gw_send_reset(struct gateway *g, const struct pkt *p);

/* --- icmp_out.c ------------------------------------------------------------------------------ */

/* An ICMP error about packet P, back to its source; types and codes are those of P's version. */
void gw_send_icmp_error(struct gateway *g, const struct gw_packet *p, uint8_t type, uint8_t code,
                        uint32_t rest);

/* --- box.c ----------------------------------------------------------------------------------- */

/* P is addressed to the interface that it came in on, or to another of ours. */
void gw_box_input(struct gateway *g, struct gw_packet *p);

/* --- console_exec.c -------------------------------------------------------------------------- */

void gw_store(struct gateway *g);  /* write memory */
void gw_reboot(struct gateway *g); /* reload */

/* --- through.c ------------------------------------------------------------------------------- */

void gw_through_input(struct gateway *g, struct gw_packet *p);

/* --- translate.c ----------------------------------------------------------------------------- */

void gw_nat_init(struct gateway *g);
void gw_nat_configure(struct gateway *g);

/* P is for an address of our own, but belongs to a flow that is translated to it. */
bool gw_nat_is_through(struct gateway *g, const struct gw_packet *p);

/* --- flows.c --------------------------------------------------------------------------------- */

void gw_flows_init(struct gateway *g);
void gw_flows_release(struct gateway *g);
void gw_flows_forget(struct gateway *g); /* a crash: none is left, nothing is logged */
void gw_flows_tick(struct gateway *g);
struct mono gw_flows_deadline(const struct gateway *g);
void gw_flows_tunnel_up(struct gateway *g, uint32_t policy);
void gw_flows_tunnel_down(struct gateway *g, uint32_t policy);
void gw_flows_rekeyed(struct gateway *g, uint32_t policy);

/* --- vpn.c, vpn_events.c, vpn_packets.c ------------------------------------------------------ */

void gw_vpn_init(struct gateway *g);
void gw_vpn_release(struct gateway *g);
void gw_vpn_configure(struct gateway *g);
/* IKE gets the plan that is in force, if nothing is left that was made by an older one. */
void gw_vpn_renew(struct gateway *g);
void gw_vpn_be_faulty(struct gateway *g); /* seeded faults of IKE itself */
void gw_vpn_forget(struct gateway *g);    /* a crash: no SA is left, nobody is told */
void gw_vpn_tick(struct gateway *g);
struct mono gw_vpn_deadline(const struct gateway *g);
void gw_vpn_events(struct gateway *g); /* takes what IKE has to say */

/* Traffic wants POLICY. */
void gw_vpn_acquire(struct gateway *g, uint32_t policy);

/* Keeps P until POLICY has a tunnel; it is dropped when too many wait. */
void gw_vpn_hold(struct gateway *g, uint32_t policy, const struct gw_packet *p);

/* Drops what has waited for too long. */
void gw_vpn_expire_held(struct gateway *g);

/* The SA pair that seals for POLICY; NULL: there is none. */
struct sadb_pair *gw_vpn_pair(struct gateway *g, uint32_t policy);

/* What is done with DF, and with what does not fit, is as configured on the crypto map's interface.
 */
void gw_vpn_path_configure(struct gateway *g);

/* Bytes of the largest packet that goes through POLICY's tunnel in one frame. */
size_t gw_vpn_mtu(const struct gateway *g, uint32_t policy);
size_t gw_vpn_path(const struct gateway *g, uint32_t policy); /* bytes of an outer packet */
/* What becomes of the packet P, N bytes, on its way into POLICY's tunnel: gateway/vpn_path.c. */
enum gw_vpn_fate {
    GW_VPN_WHOLE,  /* sealed as it is; the outer packet may be cut */
    GW_VPN_CUT,    /* cut, and each piece is sealed */
    GW_VPN_TOO_BIG /* its sender is told what would fit */
};
enum gw_vpn_fate gw_vpn_fate(const struct gateway *g, uint32_t policy, const struct ip *ip,
                             size_t n, bool whole);
/* DF of the outer packet, N bytes, around INNER, whose own bit is DF. */
bool gw_vpn_outer_df(const struct gateway *g, bool df, size_t n);
/* An ICMP error to us: false when it is not about the size of an ESP packet of ours. */
bool gw_vpn_path_input(struct gateway *g, const struct pkt *in);

/* Seals the packet INNER and sends it to the peer. */
void gw_vpn_send(struct gateway *g, uint32_t policy, struct bytes inner);

/* An ESP packet for one of our addresses came in. */
void gw_vpn_input(struct gateway *g, struct gw_packet *p);

/* A datagram for UDP 4500 came in: ESP, IKE or a keep-alive. */
void gw_vpn_natt_input(struct gateway *g, struct gw_packet *p);

/* An IKE datagram came in. */
void gw_vpn_ike_input(struct gateway *g, const struct gw_packet *p);

struct vpn_session *gw_vpn_session(struct gateway *g, const struct ip_addr *peer);

#endif
