/* The reference gateway's configuration: what the commands of an ASA have set.
 *
 * One command table serves the loader and the console (gateway/command.h); its handlers change this
 * struct and nothing else, and say which part of it (enum gw_change). Secrets are wiped by
 * gw_config_free. Lists are in configuration order.
 */
#ifndef GATEWAY_CONFIG_H
#define GATEWAY_CONFIG_H

#include "base/buf.h"
#include "base/bytes.h"
#include "base/clock.h"
#include "base/err.h"
#include "crypto/cipher.h"
#include "crypto/hash.h"
#include "gateway/config_ikev2.h"
#include "gateway/config_ipsec.h"
#include "gateway/config_logging.h"
#include "gateway/config_nat.h"
#include "gateway/platform.h"
#include "wire/addr.h"

/* Parts of the configuration, as bits: what a command touched. X(id) */
#define GW_CHANGES(X)                                                                              \
    X(HOSTNAME)                                                                                    \
    X(INTERFACE)                                                                                   \
    X(NAMES)                                                                                       \
    X(ACL)                                                                                         \
    X(ROUTE)                                                                                       \
    X(NAT)                                                                                         \
    X(ISAKMP)                                                                                      \
    X(TRANSFORM)                                                                                   \
    X(MAP)                                                                                         \
    X(LIFETIME)                                                                                    \
    X(FRAGMENTS)                                                                                   \
    X(GROUP)                                                                                       \
    X(TIMEOUT)                                                                                     \
    X(SYSOPT)                                                                                      \
    X(SERVICE)                                                                                     \
    X(LOGGING)

enum gw_change_bit {
#define X(id) GW_CHANGE_BIT_##id,
    GW_CHANGES(X)
#undef X
        GW_CHANGE_BITS
};

enum gw_change {
    GW_CHANGED_NOTHING = 0,
#define X(id) GW_CHANGED_##id = 1 << GW_CHANGE_BIT_##id,
    GW_CHANGES(X)
#undef X
};

struct gw_addr6 {
    struct ip_net net;
    bool eui64; /* the last 64 bits are made from the MAC */
};

#define GW_ADDRS6 8 /* of one interface */

struct gw_interface {
    char hardware[GW_NAME]; /* "Ethernet0/0" */
    char nameif[GW_NAME];   /* "" : not named, not used */
    int security_level;     /* 0..100, -1: not set */
    struct ip_addr addr;    /* family 0: none */
    uint8_t prefix;
    struct gw_addr6 addr6[GW_ADDRS6];
    size_t naddr6;
    struct ip_addr link_local; /* family 0: made from the MAC, when IPv6 is on */
    bool ipv6_enable;          /* on without an address of its own */
    bool shutdown;
};

enum gw_ace_action { GW_DENY, GW_PERMIT };

/* How a side that is any address was written: 8.x knows "any" for IPv4 (and, in IPv6 lists, for
 * IPv6); 9.0 made it both, and "any4" and "any6" one of them. */
enum gw_any { GW_ANY, GW_ANY_FAMILY, GW_ANY_BOTH };

struct gw_wildcard { /* an address and a mask of any shape (the note has 255.255.255.1) */
    struct ip_addr addr;
    struct ip_addr mask; /* ones are compared */
    uint8_t any;         /* enum gw_any, where the mask has no ones; GW_ANY_BOTH: either version */
};

struct gw_port_range {
    uint16_t from, to; /* 0..65535: any */
    bool negated;      /* "neq": every port but these */
};

#define GW_ACE_LOG_LEVEL      6
#define GW_ACE_LOG_INTERVAL_S 300

struct gw_ace {
    enum gw_ace_action action;
    uint8_t proto; /* 0: ip, else the IP protocol */
    struct gw_wildcard src, dst;
    struct gw_port_range src_port, dst_port;
    int icmp_type;           /* -1: any */
    bool log;                /* 106100 in place of 106023 */
    bool log_disabled;       /* neither */
    uint8_t log_level;       /* 6 */
    uint16_t log_interval_s; /* 300 */
    bool inactive;           /* kept and shown, never matched */
    uint64_t hits;           /* first packets of flows that met it, as `show access-list` counts */
};

struct gw_acl {
    char name[GW_NAME];
    bool standard; /* destinations only: for routing, never for traffic */
    bool ipv6;     /* "ipv6 access-list", up to 8.x: for IPv6 traffic alone */
    struct gw_ace *aces;
    size_t naces;
};

struct gw_access_group {
    char acl[GW_NAME];
    char nameif[GW_NAME];
    bool out; /* else in */
};

struct gw_route {
    char nameif[GW_NAME];
    struct ip_net net;
    struct ip_addr next_hop;
};

struct gw_isakmp_policy {
    unsigned priority;
    enum cipher_alg cipher;
    enum digest_alg digest;
    uint16_t group;
    uint32_t lifetime_s; /* 0: none */
    bool pre_share;
};

struct gw_transform_set {
    char name[GW_NAME];
    enum cipher_alg cipher;
    enum integ_alg integ;
};

#define GW_MAP_PEERS 10
#define GW_MAP_SETS  11

struct gw_map_entry { /* of a crypto map, or of a dynamic one: that has no peers */
    char map[GW_NAME];
    unsigned seq;
    char acl[GW_NAME];     /* match address; "": incomplete, or of a dynamic one: anything */
    char dynamic[GW_NAME]; /* `ipsec-isakmp dynamic D`: the dynamic map that stands here */
    struct ip_addr peers[GW_MAP_PEERS];
    size_t npeers;
    char sets[GW_MAP_SETS][GW_NAME];
    size_t nsets;
    char proposals[GW_MAP_SETS][GW_NAME]; /* set ikev2 ipsec-proposal */
    size_t nproposals;
    uint16_t pfs_group;   /* 0: none */
    uint32_t lifetime_s;  /* 0: the global one */
    uint64_t lifetime_kb; /* 0: the global one */
    bool answer_only, originate_only;
};

struct gw_tunnel_group {
    char name[GW_NAME]; /* the peer's address for LAN-to-LAN */
    bool l2l;
    char psk[129]; /* "*" or "*****" as printed: see gw_load_options.psk */
    char ikev2_local_psk[129], ikev2_remote_psk[129]; /* likewise */
    bool keepalive_disabled, keepalive_infinite;
    uint32_t keepalive_threshold_s, keepalive_retry_s; /* default 10 (remote access: 300) and 2 */
    char pool[GW_NAME];                                /* general-attributes: address-pool */
    char policy[GW_NAME];                              /* default-group-policy; "": DfltGrpPolicy */
    bool no_xauth;                                     /* isakmp ikev1-user-authentication none */
};

#define GW_IDLE_DEFAULT_MIN 30 /* vpn-idle-timeout of DfltGrpPolicy */

enum gw_vpn_protocol { /* vpn-tunnel-protocol, as bits */
                       GW_PROTOCOL_IPSEC = 1,
                       GW_PROTOCOL_L2TP = 2,
                       GW_PROTOCOL_SVC = 4, /* AnyConnect */
                       GW_PROTOCOL_WEBVPN = 8,
                       GW_PROTOCOL_IKEV2 = 16,
};

enum gw_nem { GW_NEM_INHERIT, GW_NEM_DISABLE, GW_NEM_ENABLE };

struct gw_group_policy {
    char name[GW_NAME];
    enum gw_nem nem;
    bool has_idle, has_session;     /* else inherited */
    uint32_t idle_min, session_min; /* vpn-idle-timeout, vpn-session-timeout; 0: none */
    unsigned protocols;             /* set of enum gw_vpn_protocol; 0: inherited */
    struct ip_addr dns[2];
    char domain[GW_NAME];
    bool has_filter;      /* vpn-filter; else inherited */
    char filter[GW_NAME]; /* the list; "": none */
    bool split;           /* split-tunnel-policy tunnelspecified */
    char split_acl[GW_NAME];
};

struct gw_pool { /* ip local pool */
    char name[GW_NAME];
    struct ip_addr first, last, mask; /* MASK family 0: none */
};

struct gw_user {
    char name[GW_NAME];
    char password[GW_NAME];
    bool hashed; /* the password is printed as a device keeps it: nobody can log in with it */
    unsigned privilege;
};

struct gw_timeouts { /* seconds; 0: never */
    uint32_t conn, half_closed, udp, icmp, embryonic, xlate, pat_xlate, floating_conn;
};

/* set connection timeout, in a class: what is set here comes before `timeout`. */
struct gw_set_timeouts { /* seconds; 0: never */
    uint32_t idle, half_closed, embryonic;
    bool has_idle, has_half_closed, has_embryonic;
    bool reset; /* of both hosts, when a connection has idled out */
};

struct gw_sysopt {
    bool timewait;
    uint32_t tcpmss, tcpmss_minimum; /* 0: off */
    bool permit_vpn, reclassify_vpn, preserve_vpn_flows;
};

struct gw_service {
    bool reset_inbound, reset_outbound, reset_outside;
};

struct gw_clock { /* clock timezone NAME HOURS [MINUTES] */
    char zone[8]; /* "": UTC */
    int offset_s; /* east of UTC */
};

struct gw_host_name { /* name 10.1.1.1 server1 */
    char name[GW_NAME];
    struct ip_addr addr;
};

struct gw_note { /* a line that is not modelled, or was taken with a remark */
    int line;
    char *text;   /* the line */
    char *remark; /* NULL: accepted and not modelled */
};

struct gw_config {
    char hostname[GW_NAME], domain[GW_NAME];
    char version[GW_NAME]; /* "8.2(1)" */
    enum gw_platform platform;
    const struct gw_profile *profile; /* of these two; never NULL */
    bool version_fixed;               /* said from outside: "ASA Version" lines change nothing */
    struct gw_interface *interfaces;
    size_t ninterfaces;
    bool names_on; /* `names`: names stand for addresses in commands */
    struct gw_host_name *names;
    size_t nnames;
    struct gw_acl *acls;
    size_t nacls;
    struct gw_access_group *access_groups;
    size_t naccess_groups;
    struct gw_route *routes;
    size_t nroutes;
    struct gw_isakmp_policy *policies; /* by priority, lowest number first */
    size_t npolicies;
    char isakmp_interface[GW_NAME]; /* crypto isakmp enable; "": off */
    struct gw_ikev2_config ikev2;
    struct gw_ipsec_config ipsec;
    struct gw_transform_set *transforms;
    size_t ntransforms;
    struct gw_map_entry *map; /* by map name, then sequence */
    size_t nmap;
    char map_interface[GW_NAME]; /* crypto map M interface I */
    char map_applied[GW_NAME];
    struct gw_map_entry *dynamic; /* crypto dynamic-map: by map name, then sequence */
    size_t ndynamic;
    bool am_disable;           /* crypto isakmp am-disable: no aggressive mode */
    bool natt_off;             /* no crypto isakmp nat-traversal */
    uint32_t natt_keepalive_s; /* crypto isakmp nat-traversal N, 10..3600; 0: 20 as by default */
    struct gw_tunnel_group *groups;
    size_t ngroups;
    struct gw_group_policy *group_policies;
    size_t ngroup_policies;
    struct gw_pool *pools;
    size_t npools;
    struct gw_user *users;
    size_t nusers;
    uint32_t sa_lifetime_s;  /* crypto ipsec security-association lifetime; 28800 */
    uint64_t sa_lifetime_kb; /* 4608000 */
    char nat0_interface[GW_NAME], nat0_acl[GW_NAME]; /* nat (IF) 0 access-list ACL */
    struct gw_nat_config nat;
    bool inspect_ftp;        /* inspect ftp, in any class */
    bool random_sequence;    /* ISN randomisation, on by default */
    bool decrement_ttl;      /* set connection decrement-ttl */
    bool inspect_icmp;       /* replies are of sessions, or denied */
    bool inspect_icmp_error; /* kept and shown: quotations are always mapped back, as with it */
    bool same_security_inter, same_security_intra; /* same-security-traffic permit ... */
    uint32_t icmp_rate, icmp_burst;                /* icmp unreachable: errors a second; 1, 1 */
    struct gw_timeouts timeouts;
    struct gw_set_timeouts set_timeouts;
    struct gw_sysopt sysopt;
    struct gw_service service;
    struct gw_logging logging;
    struct gw_clock clock;
    struct gw_note *notes;
    size_t nnotes;
};

enum gw_line_fate { GW_LINE_MODELLED, GW_LINE_ACCEPTED, GW_LINE_REMARKED, GW_LINE_REFUSED };

struct gw_load_options {
    const char *psk; /* used where the configuration prints a key as "*"; NULL: none */
    bool strict;     /* a remark is an error */
    /* The text is a document in which a configuration was printed and re-wrapped, as in Cisco's
     * tech note. What stands before "ASA Version" and after ": end" is left out. Line ends mean
     * nothing, but one after a hyphen joins two halves of a word; a command ends where its grammar
     * does. "!---Output Suppressed" and "!--- sentences." between commands are dropped. */
    bool as_printed;
    /* Told of every command; WHY: the remark, or the device's words on one line. May be NULL. A
     * refused command then does not end the loading, which gives ERR_OK: the caller counts. */
    void (*each)(void *ctx, int line, const char *command, enum gw_line_fate fate, const char *why);
    void *ctx;
};

/* The defaults of an ASA before any command. */
struct gw_config *gw_config_new(void);
void gw_config_free(struct gw_config *c); /* NULL is fine */

/* The platform and the version that the device is, whatever its configuration's first line says.
 * PLATFORM NULL: an ASA; VERSION NULL: the platform's usual one, and "ASA Version" lines count on
 * an ASA. What the release has not and C has by now is lost, as when a stored configuration is
 * booted by it. ERR_NOTFOUND: no such platform; WHY says which there are. */
MUST_USE enum err gw_config_use(struct gw_config *c, const char *platform, const char *version,
                                struct diag *why);

/* Applies the lines of TEXT. FILE is for messages, OPTS may be NULL. Lines that are ASA commands
 * but not modelled are kept in `notes`; a line that is no ASA command at all is ERR_INVALID with
 * file, line and the ASA's own words in WHY. A line that other releases have, and this one refuses,
 * is a note as well: so a device goes on when it meets one in its startup-config. Later lines win
 * over earlier ones, as on the console. On an error the lines before it have been applied. */
MUST_USE enum err gw_config_load(struct gw_config *c, const char *file, struct bytes text,
                                 const struct gw_load_options *opts, struct diag *why);

/* The commands that make this configuration, in the order and form of `show running-config`: what
 * differs from the defaults, and nothing of `notes`. Loading them gives the same configuration.
 * Keys are printed as "*" unless KEYS, as `more system:running-config` has them. */
void gw_config_write(const struct gw_config *c, bool keys, struct buf *out);

/* The same with the defaults, as `show running-config all` prints them. */
void gw_config_write_all(const struct gw_config *c, struct buf *out);

/* Puts asterisks over every letter of a key or password in a command line, so that the line can be
 * kept, shown or logged. */
void gw_mask_secrets(char *line);

/* Whether a gateway can run on it: references that lead nowhere (access lists, transform sets,
 * interfaces), missing keys and addresses. ERR_INVALID: WHY has the first problem, and what to do.
 */
MUST_USE enum err gw_config_check(const struct gw_config *c, struct diag *why);

/* Every problem, one sentence a line added to OUT; those that keep a gateway from running begin
 * with "error: ", the others with "warning: ". Returns the number of errors. */
size_t gw_config_review(const struct gw_config *c, struct buf *out);

/* Lookups; NULL when there is none. A peer without a group of its own gets DefaultL2LGroup, when
 * that one has a key, as on the ASA. */
const struct gw_acl *gw_config_acl(const struct gw_config *c, const char *name);
const struct gw_transform_set *gw_config_transform(const struct gw_config *c, const char *name);
const struct gw_tunnel_group *gw_config_group(const struct gw_config *c,
                                              const struct ip_addr *peer);
const struct gw_interface *gw_config_interface(const struct gw_config *c, const char *nameif);
const struct gw_tunnel_group *gw_config_group_named(const struct gw_config *c, const char *name);
const struct gw_pool *gw_config_pool(const struct gw_config *c, const char *name);
const struct gw_user *gw_config_user(const struct gw_config *c, const char *name);

/* What group policy NAME comes to: what it does not say is DfltGrpPolicy's, and what that does not
 * say is as built in. NAME "": DfltGrpPolicy. */
struct gw_group_policy gw_config_policy(const struct gw_config *c, const char *name);

/* vpn-idle-timeout of DfltGrpPolicy, by which LAN-to-LAN tunnels go: minutes, 0: none. */
uint32_t gw_config_idle_min(const struct gw_config *c);

/* True when the configuration's software is MAJOR.MINOR or later. */
bool gw_config_since(const struct gw_config *c, unsigned major, unsigned minor);

/* True when the interface speaks IPv6. */
bool gw_interface_has_ipv6(const struct gw_interface *i);

#endif
