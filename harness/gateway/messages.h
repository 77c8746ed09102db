/* The messages of the reference gateway, one function each, so that every text stands in one place
 * (messages.c). Forms and blanks as real devices print them, not as the manual typesets them. */
#ifndef GATEWAY_MESSAGES_H
#define GATEWAY_MESSAGES_H

#include "base/clock.h"
#include "gateway/syslog.h"
#include "wire/addr.h"

/* Why a TCP connection ended (302014): X(id, text) */
#define GW_REASONS(X)                                                                              \
    X(TUNNEL_DOWN, "Tunnel has been torn down")                                                    \
    X(CONN_TIMEOUT, "Conn-timeout")             /* the manual's word for idle expiry */            \
    X(CONNECTION_TIMEOUT, "Connection timeout") /* what 302304 of real devices says */             \
    X(TIMED_OUT_RESET, "Flow timed out with reset")                                                \
    X(FIN_TIMEOUT, "FIN Timeout")                                                                  \
    X(SYN_TIMEOUT, "SYN Timeout")                                                                  \
    X(TCP_FINS, "TCP FINs")                                                                        \
    X(RESET_I, "TCP Reset-I")                                                                      \
    X(RESET_O, "TCP Reset-O")                                                                      \
    X(RESET_APPLIANCE, "TCP Reset-APPLIANCE")                                                      \
    X(SYN_CONTROL, "SYN Control")                                                                  \
    X(INVALID_SYN, "Invalid SYN")                                                                  \
    X(RECLASSIFY_FAILED, "VPN reclassify failed")                                                  \
    X(XLATE_CLEAR, "Xlate Clear")                                                                  \
    X(ROUTE_CHANGE, "Route change")                                                                \
    X(NO_ADJACENCY, "No valid adjacency")                                                          \
    X(FLOW_CLOSED, "Flow closed by inspection")                                                    \
    X(PARENT_CLOSED, "Parent flow is closed")                                                      \
    X(PINHOLE_TIMEOUT, "Pinhole Timeout")                                                          \
    X(UNKNOWN, "Unknown")

enum gw_reason {
#define X(id, text) GW_REASON_##id,
    GW_REASONS(X)
#undef X
        GW_REASON_COUNT
};

const char *gw_reason_text(enum gw_reason r);

/* One side of a connection as the log names it. Mapped equals real where nothing is translated. */
struct gw_msg_side {
    const char *nameif; /* "identity" for the device itself */
    int security_level;
    struct ip_addr addr, mapped;
    uint16_t port, mapped_port; /* ICMP: the echo identifier, on both sides */
};

struct gw_msg_conn {
    uint32_t id;
    uint8_t proto; /* TCP, UDP, ICMP */
    struct gw_msg_side initiator, responder;
    int icmp_type, icmp_code; /* ICMP: printed when type is not -1 */
    const char *ended_by;     /* teardown: the interface the end came from, where releases print it;
                                 NULL: none */
    /* A secondary channel is "inbound" when its control channel is, whoever has begun it. */
    enum gw_msg_direction { GW_MSG_BY_LEVELS, GW_MSG_INBOUND, GW_MSG_OUTBOUND } direction;
};

/* 302013, 302015 or 302020. The side of lower security is printed first, the initiator between
 * equals; "inbound" when that side is the initiator. */
void gw_msg_built(struct gw_syslog *s, const struct gw_msg_conn *c);

/* 302014 (REASON), 302016 or 302021 (no reason). BYTES: payload, both directions. */
void gw_msg_teardown(struct gw_syslog *s, const struct gw_msg_conn *c, struct span duration,
                     uint64_t bytes, enum gw_reason reason);

/* A packet's ends for the messages about packets. */
struct gw_msg_packet {
    uint8_t proto;
    struct ip_addr src, dst;
    uint16_t sport, dport;
    uint8_t tcp_flags;        /* as in the header */
    int icmp_type, icmp_code; /* ICMP */
};

void gw_msg_no_connection(struct gw_syslog *s, const struct gw_msg_packet *p,
                          const char *nameif); /* 106015 */
/* A packet that the levels of its interfaces do not let pass: 106001 (TCP), 106006 and 106007 (UDP,
 * and DNS), 106014 (ICMP), 106010 (the rest). */
void gw_msg_denied_inbound(struct gw_syslog *s, const struct gw_msg_packet *p, const char *src_if,
                           const char *dst_if);
/* 313004: an ICMP reply that nobody has asked for */
void gw_msg_icmp_denied(struct gw_syslog *s, const struct gw_msg_packet *p, const char *src_if);
/* 313005: an ICMP error about no flow of ours; QUOTED NULL: what it quotes cannot be read */
void gw_msg_icmp_error_denied(struct gw_syslog *s, const struct gw_msg_packet *p,
                              const char *src_if, const char *dst_if,
                              const struct gw_msg_packet *quoted);
void gw_msg_inbound_denied(struct gw_syslog *s, const struct gw_msg_packet *p,
                           const char *nameif); /* 106001 */

struct gw_msg_access {
    const char *list, *in_if, *out_if;
    bool permitted;
    struct gw_msg_packet packet;
    uint32_t hash; /* of the entry */
};

/* 106100. INTERVAL_S 0: the first hit. */
void gw_msg_access(struct gw_syslog *s, const struct gw_msg_access *a, uint32_t hits,
                   unsigned interval_s);
void gw_msg_duplicate_syn(struct gw_syslog *s, const struct gw_msg_packet *p, const char *src_if,
                          const char *dst_if); /* 419002 */
void gw_msg_acl_denied(struct gw_syslog *s, const struct gw_msg_packet *p, const char *src_if,
                       const char *dst_if, const char *acl); /* 106023 */
void gw_msg_no_route(struct gw_syslog *s, const struct gw_msg_packet *p, const char *src_if,
                     const char *dst_if); /* 110003 */

/* 500003: the TCP header of a segment of PACKET_LEN bytes says that it has HEADER_LEN of them */
void gw_msg_bad_tcp_header(struct gw_syslog *s, const struct gw_msg_packet *p, unsigned header_len,
                           size_t packet_len, const char *nameif);
/* 500004: a port of zero */
void gw_msg_bad_port(struct gw_syslog *s, const struct gw_msg_packet *p);

/* A translation. PROTO 0: of the whole address (305009, 305010), else of a port (305011, 305012).
 */
struct gw_msg_xlate {
    bool fixed; /* else dynamic */
    uint8_t proto;
    const char *real_if, *mapped_if;
    struct endpoint real, mapped;
};

void gw_msg_xlate(struct gw_syslog *s, const struct gw_msg_xlate *x,
                  const struct span *duration); /* NULL: built; else torn down after this long */
void gw_msg_no_translation(struct gw_syslog *s, const struct gw_msg_packet *p, const char *src_if,
                           const char *dst_if); /* 305005 */
/* 305006: no port ("portmap"), or no address ("regular"), was free */
void gw_msg_translation_failed(struct gw_syslog *s, const struct gw_msg_packet *p,
                               const char *src_if, const char *dst_if, bool port);
void gw_msg_asymmetric(struct gw_syslog *s, const struct gw_msg_packet *p, const char *src_if,
                       const char *dst_if); /* 305013 */

/* A PORT command of CLIENT to SERVER names a port below 1024, or an address that is not the
 * client's. */
void gw_msg_ftp_low_port(struct gw_syslog *s, const struct endpoint *named,
                         const struct ip_addr *server, const char *nameif); /* 406001 */
void gw_msg_ftp_address(struct gw_syslog *s, const struct ip_addr *named,
                        const struct ip_addr *client, const struct ip_addr *server,
                        const char *nameif); /* 406002 */

/* IPsec SAs of a LAN-to-LAN tunnel: LOCAL and PEER are the gateways' addresses. */
struct gw_msg_sa {
    bool inbound;
    uint32_t spi;
    struct ip_addr local, peer;
    bool remote;      /* of remote access */
    const char *user; /* of that; NULL: the peer's address stands for it */
};

void gw_msg_sa_created(struct gw_syslog *s, const struct gw_msg_sa *sa);      /* 602303 */
void gw_msg_sa_deleted(struct gw_syslog *s, const struct gw_msg_sa *sa);      /* 602304 */
void gw_msg_sa_seq_rollover(struct gw_syslog *s, const struct gw_msg_sa *sa); /* 702305 */
void gw_msg_sa_rekey_data(struct gw_syslog *s, const struct gw_msg_sa *sa);   /* 702307 */

/* An ESP packet that was dropped; from PEER to LOCAL. One of each in five seconds. */
struct gw_msg_esp {
    uint32_t spi, seq;
    struct ip_addr peer, local;
};

void gw_msg_esp_bad_spi(struct gw_syslog *s, const struct gw_msg_esp *e); /* 402114 */
/* 402116: the inner packet does not fit the SA; SELECTORS as the SA has them: local net, remote net
 */
void gw_msg_esp_bad_inner(struct gw_syslog *s, const struct gw_msg_esp *e,
                          const struct gw_msg_packet *inner, const struct ip_net *local,
                          const struct ip_net *remote);
void gw_msg_esp_replayed(struct gw_syslog *s, const struct gw_msg_esp *e); /* 402119 */
void gw_msg_esp_bad_icv(struct gw_syslog *s, const struct gw_msg_esp *e);  /* 402120 */
/* 402115: a peer that has SAs with us sent a packet of protocol ACTUAL ("AH") in place of ESP */
void gw_msg_not_esp(struct gw_syslog *s, const struct ip_addr *peer, const struct ip_addr *local,
                    const char *actual);
/* 402117: came in clear and should have come through the tunnel */
void gw_msg_not_ipsec(struct gw_syslog *s, const struct gw_msg_packet *p);

/* Who an IKE message is about. GROUP NULL: not known yet, only the address is printed. */
struct gw_msg_ike {
    const char *group;
    struct ip_addr peer;
    const char *user; /* of remote access; NULL: none is known */
};

/* 713041. PHASE 2 prints the proxies (network addresses) and MAP, phase 1 "N/A" where NULL. */
void gw_msg_ike_initiating(struct gw_syslog *s, const struct gw_msg_ike *k, unsigned phase,
                           bool rekey, const char *nameif, const struct ip_addr *local_proxy,
                           const struct ip_addr *remote_proxy, const char *map);
void gw_msg_phase1_done(struct gw_syslog *s, const struct gw_msg_ike *k); /* 713119 */
void gw_msg_phase2_spis(struct gw_syslog *s, const struct gw_msg_ike *k, bool initiator,
                        uint32_t in_spi, uint32_t out_spi); /* 713049 */
void gw_msg_phase2_done(struct gw_syslog *s, const struct gw_msg_ike *k, uint32_t message_id);
/* 713120 */
void gw_msg_phase2_ended(struct gw_syslog *s, const struct gw_msg_ike *k, const char *reason,
                         const struct ip_addr *remote_proxy,
                         const struct ip_addr *local_proxy); /* 713050 */
void gw_msg_ike_deleting_sa(struct gw_syslog *s, const struct gw_msg_ike *k,
                            const struct ip_addr *remote_proxy,
                            const struct ip_addr *local_proxy); /* 715009 */
void gw_msg_no_crypto_map(struct gw_syslog *s, const struct gw_msg_ike *k,
                          const struct ip_net *remote, const struct ip_net *local, uint8_t proto,
                          uint16_t port, const char *nameif);          /* 713061 */
void gw_msg_dpd_lost(struct gw_syslog *s, const struct gw_msg_ike *k); /* 713123 */
void gw_msg_session_down(struct gw_syslog *s, const struct gw_msg_ike *k,
                         const char *reason); /* 713259 */
/* 713201: a packet of PHASE came again; 713202 (PHASE 0): the first packet of an exchange did */
void gw_msg_duplicate_packet(struct gw_syslog *s, const struct gw_msg_ike *k, unsigned phase);
void gw_msg_notify(struct gw_syslog *s, const struct gw_msg_ike *k, const char *name,
                   unsigned type); /* 713068 */
/* We, as responder, put our lifetime in place of the initiator's: 713075 (seconds), 713076
 * (kilobytes). The responder did: 713073, 713074. 0: no lifetime, as a real line has it. */
void gw_msg_lifetime_changed(struct gw_syslog *s, const struct gw_msg_ike *k, bool by_us,
                             unsigned phase, uint64_t from_s, uint64_t to_s);
void gw_msg_volume_changed(struct gw_syslog *s, const struct gw_msg_ike *k, bool by_us,
                           uint64_t from_kb, uint64_t to_kb);
void gw_msg_ike_timeout(struct gw_syslog *s, const struct gw_msg_ike *k,
                        const char *state); /* 713136 */

/* 713902 to 713906: free text at severities 3, 4, 5, 6, 7. */
void gw_msg_ike_text(struct gw_syslog *s, uint32_t id, const struct gw_msg_ike *k, const char *fmt,
                     ...) PRINTF_LIKE(4, 5);

/* 113019: the session with a peer ended. */
void gw_msg_session_end(struct gw_syslog *s, const struct gw_msg_ike *k, const char *type,
                        struct span duration, uint64_t bytes_sent, uint64_t bytes_received,
                        const char *reason);

/* --- remote access (messages_remote.c) ------------------------------------------------------ */

void gw_msg_user_accepted(struct gw_syslog *s, const char *user); /* 113012 and 113008 */
void gw_msg_user_policy(struct gw_syslog *s, const char *user, const char *policy);   /* 113009 */
void gw_msg_user_rejected(struct gw_syslog *s, const char *user, const char *reason); /* 113015 */
void gw_msg_login_failed(struct gw_syslog *s, const struct gw_msg_ike *k);            /* 713167 */
void gw_msg_protocol_refused(struct gw_syslog *s, const struct gw_msg_ike *k);        /* 713206 */
void gw_msg_client_type(struct gw_syslog *s, const struct gw_msg_ike *k,
                        const char *version);                            /* 713184 */
void gw_msg_no_address(struct gw_syslog *s, const struct gw_msg_ike *k); /* 713132 */
void gw_msg_address_assigned(struct gw_syslog *s, const struct gw_msg_ike *k,
                             const struct ip_addr *a);                    /* 713228 */
void gw_msg_nem_refused(struct gw_syslog *s, const struct gw_msg_ike *k); /* 713174 */
void gw_msg_nem_route(struct gw_syslog *s, const struct gw_msg_ike *k, const struct ip_net *net,
                      bool add); /* 713145 and 713147 */

/* Who a message about an AnyConnect session is about: GROUP is its group policy. */
struct gw_msg_ssl {
    const char *group, *user;
    struct ip_addr peer;
};
/* 716001, 113039, 722022, 722051 (ASSIGNED) */
void gw_msg_ssl_up(struct gw_syslog *s, const struct gw_msg_ssl *k, const struct ip_addr *assigned);
/* 722037, 722023, 716002; REASON as of 716002 */
void gw_msg_ssl_down(struct gw_syslog *s, const struct gw_msg_ssl *k, const char *reason);

/* 414003 and 414005: a TCP logging host does not answer, and does again. 201008: so new connections
 * are disallowed. (messages_log.c) */
void gw_msg_log_host_down(struct gw_syslog *s, const char *nameif, const struct ip_addr *a,
                          uint16_t port, bool permit);
void gw_msg_log_host_up(struct gw_syslog *s, const char *nameif, const struct ip_addr *a,
                        uint16_t port);
void gw_msg_disallowing(struct gw_syslog *s);

struct gw_msg_map { /* an entry of a crypto map */
    const char *map;
    unsigned seq;
};

/* The tunnel manager of 8.4 and later (messages_tunnel.c): traffic asks for a tunnel by IKEv2
 * (752003) or IKEv1 (752004; and 752010 when IKEv2 has no proposal); it came about (752016), or did
 * not (752012, and 752015 when it was the LAST to be tried). Nothing is logged by older releases.
 */
void gw_msg_tunnel_wanted(struct gw_syslog *s, const struct gw_msg_map *m, unsigned version,
                          bool has_ikev2);
void gw_msg_tunnel_made(struct gw_syslog *s, const struct gw_msg_map *m, unsigned version);
void gw_msg_tunnel_failed(struct gw_syslog *s, const struct gw_msg_map *m, unsigned version,
                          bool last);

/* 402121: an ESP packet that fits an SA is dropped; 402122: a packet that should go through a
 * tunnel is. REASON as `show asp drop` has it. One of each in five seconds. */
void gw_msg_esp_dropped(struct gw_syslog *s, const struct gw_msg_esp *e, const char *reason);
void gw_msg_clear_dropped(struct gw_syslog *s, const struct gw_msg_packet *p, const char *reason);

/* 715080: when the SA pair just made will be renewed. */
void gw_msg_rekey_timer(struct gw_syslog *s, const struct gw_msg_ike *k, uint32_t seconds);

/* 110002: no interface leads to P's destination. */
void gw_msg_no_egress(struct gw_syslog *s, const struct gw_msg_packet *p, const char *src_if);

/* At the console (messages_console.c): 111001 and 111004: the configuration is stored; 111003: the
 * stored one is erased. 111007 and 111005: commands are taken from the terminal, and no more; the
 * configuration that a reload reads is read before there is a log. 199001: a reload is asked for;
 * 199002: the device is up again. 302010: the numbers of connections, each time that they are
 * shown: the guide does not say when it is logged, and has the words of `show conn`. */
void gw_msg_config_stored(struct gw_syslog *s);
void gw_msg_config_erased(struct gw_syslog *s);
void gw_msg_config_begin(struct gw_syslog *s);
void gw_msg_config_end(struct gw_syslog *s);
void gw_msg_conn_counts(struct gw_syslog *s, size_t in_use, size_t most_used);
void gw_msg_reload(struct gw_syslog *s);
void gw_msg_startup(struct gw_syslog *s);

/* What was typed, keys and passwords masked: 111008 and 111010 for configuration, 111009 for show
 * commands. */
void gw_msg_configured(struct gw_syslog *s, const char *user, const char *line);
void gw_msg_shown(struct gw_syslog *s, const char *user, const char *line);

#endif
