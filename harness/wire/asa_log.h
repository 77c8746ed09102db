/* One line of the log of a Cisco ASA (FTD and PIX write the same form): header, tag, text, and the
 * fields of the messages about connections and tunnels. Input is a line of a file or the payload of
 * a syslog datagram. Views point into the input; nothing is allocated.
 *
 * Source: Cisco "ASA Series Syslog Messages" and what real lines look like where they differ: the
 * colon after the number may be missing, interface names may hold blanks, IPv6 addresses come
 * without brackets, addresses may be names or masked ("XX.XX.XX.XX"). */
#ifndef WIRE_ASA_LOG_H
#define WIRE_ASA_LOG_H

#include "base/bytes.h"
#include "base/err.h"
#include "wire/addr.h"

/* Why a connection ended, as classes: X(id, name in cases and reports). Device releases and
 * editions of the manual word the same reason differently ("Conn-timeout", "Connection timeout").
 */
#define ASA_REASONS(X)                                                                             \
    X(NONE, "none")     /* no reason printed, or a message without one */                          \
    X(TUNNEL, "tunnel") /* "Tunnel has been torn down" */                                          \
    X(IDLE, "idle")                                                                                \
    X(FIN, "fin")                                                                                  \
    X(FIN_TIMEOUT, "fin-timeout")                                                                  \
    X(SYN_TIMEOUT, "syn-timeout")                                                                  \
    X(RESET_I, "reset-i") /* from the side of higher security */                                   \
    X(RESET_O, "reset-o")                                                                          \
    X(RESET_APPLIANCE, "reset-appliance")                                                          \
    X(RECLASSIFY, "reclassify") /* "VPN reclassify failed" */                                      \
    X(OTHER, "other")

enum asa_reason {
#define X(id, name) ASA_REASON_##id,
    ASA_REASONS(X)
#undef X
        ASA_REASON_COUNT
};

/* What a message is about, and with it which fields of struct asa_log are filled. */
enum asa_kind {
    ASA_OTHER,      /* header, id and text only */
    ASA_BUILT,      /* 302013 302015 302303: connection, proto, direction, a, b, user */
    ASA_TEARDOWN,   /* 302014 302016 302304: the same without direction; duration, bytes, reason */
    ASA_ICMP_BUILT, /* 302020: direction, a (faddr), b (laddr, mapped is gaddr); port: ICMP id */
    ASA_ICMP_TEARDOWN, /* 302021 */
    ASA_DENY_NO_CONN,  /* 106015 106001: a (from), b (to), tcp_flags, interface */
    ASA_DENY_ACL,      /* 106023: proto, a (src), b (dst), acl, icmp_type, icmp_code */
    ASA_NO_ROUTE,      /* 110002 110003: proto, a, b */
    ASA_IPSEC_SA,      /* 602303 602304 702305 702307: direction, spi, a (local), b (peer), user */
    ASA_IPSEC_PACKET,  /* 402114 to 402122: spi, sequence, a (from), b (to), user, reason */
    ASA_IKE,         /* 713xxx 715xxx: group, user, peer, detail; by id: phase, rekey, spi, out_spi,
                        message_id, reason, local_proxy, remote_proxy, map, interface */
    ASA_IKE2,        /* 750xxx 751xxx: a (local), b (remote), user, detail; by id: reason, spi,
                        local_proxy, remote_proxy, group. 752xxx: map, sequence (of the map) */
    ASA_SESSION_END, /* 113019: group, user, peer, session_type, duration, bytes_sent,
                        bytes_received, reason */
    ASA_COMMAND,     /* 111008 111009 111010: user, detail (what was typed) */
};

enum asa_direction { ASA_DIRECTION_NONE, ASA_INBOUND, ASA_OUTBOUND };

struct asa_time {
    bool present;
    struct bytes text; /* as printed: "Nov 09 2022 10:01:59 EDT" */
    int year;          /* 0: not printed */
    int month, day, hour, minute, second;
    uint32_t ns;
    bool has_offset; /* "Z" or "+02:00" was printed: offset_s is east of UTC */
    int offset_s;
    struct bytes zone; /* "EDT" as printed, else empty */
};

struct asa_endpoint {
    struct bytes interface; /* "outside", "NP Identity Ifc"; empty: not printed */
    struct bytes address;   /* as printed */
    struct ip_addr addr;    /* the same; family 0: a name, masked, or not printed */
    bool has_port;
    uint16_t port;
    struct bytes mapped_address; /* after address translation; empty: not printed */
    struct ip_addr mapped;
    uint16_t mapped_port;
    struct bytes ident; /* "LOCAL\user", "9999:my_SgtName"; empty: none */
};

struct asa_log {
    /* header */
    int pri; /* 0..191, -1: none */
    struct asa_time time;
    struct bytes host;    /* device-id, or the relay's word for it; empty: none */
    struct bytes product; /* "ASA", "FTD", "PIX" */
    struct bytes klass;   /* EMBLEM: "session", "vpn"; else empty */
    uint8_t severity;     /* of the tag */
    uint32_t id;          /* 302014 */
    struct bytes text;    /* after the tag, without blanks around it */

    enum asa_kind kind;
    bool complete; /* the text fits the grammar of its id to the end; else some fields are empty */

    uint64_t connection;
    uint8_t proto;         /* IP protocol; 0: none, or a word we do not know */
    struct bytes protocol; /* as printed: "TCP", "udp", "protocol 47" */
    enum asa_direction direction;
    struct asa_endpoint a, b; /* in the order printed */
    bool has_duration;
    uint64_t duration_s;
    bool has_bytes;
    uint64_t bytes; /* payload of both directions together */
    struct bytes reason;
    enum asa_reason reason_class;
    struct bytes initiator_interface; /* "... TCP FINs from inside" */
    struct bytes user;

    int icmp_type, icmp_code; /* -1: not printed */
    struct bytes tcp_flags;   /* "FIN PSH ACK" */
    struct bytes interface;
    struct bytes acl;

    struct bytes group, peer; /* "Group = G", "IP = P" */
    struct ip_addr peer_addr;
    struct bytes detail; /* the text after that prefix */
    uint32_t spi;        /* inbound where a message has both */
    uint32_t out_spi;
    uint32_t sequence;
    uint32_t message_id;
    unsigned phase; /* 1, 2; 0: not said */
    bool rekey;
    struct bytes local_proxy, remote_proxy;
    struct bytes session_type; /* "LAN-to-LAN" */
    struct bytes map;
    uint64_t bytes_sent, bytes_received;
};

/* ERR_NOTFOUND: no tag ("%ASA-6-302014") in LINE. OUT is untouched unless ERR_OK. */
MUST_USE enum err asa_log_parse(struct bytes line, struct asa_log *out);

/* The class of a reason text; NONE for an empty one. */
enum asa_reason asa_reason_class(struct bytes reason);

/* "tunnel" ...; ASA_REASON_COUNT for a name that is none. */
const char *asa_reason_name(enum asa_reason r);
enum asa_reason asa_reason_by_name(const char *name);

enum asa_match {
    ASA_MATCH_NO,
    ASA_MATCH_MAYBE, /* a name or masked digits stand where they could differ; the port fits */
    ASA_MATCH_YES,
};

/* Whether E, or what it is mapped to, is ADDR with PORT (PORT 0: any). */
enum asa_match asa_endpoint_match(const struct asa_endpoint *e, const struct ip_addr *addr,
                                  uint16_t port);

/* Unix time of T in nanoseconds. YEAR is used where none was printed, ZONE_S (east of UTC) where no
 * offset was. ERR_NOTFOUND: no time there. ERR_RANGE: no such day. */
MUST_USE enum err asa_time_unix(const struct asa_time *t, int year, int zone_s, int64_t *out_ns);

#endif
