/* Address translation as it is configured, in the syntax of ASA 8.2 and older (nat, global, static,
 * nat-control) and in that of 8.3 and newer (object NAT, twice NAT). Both may stand in one
 * configuration: which of them a version takes is the command table's business. What the rules mean
 * for a packet is gateway/nat.h's. Addresses are IPv4. */
#ifndef GATEWAY_CONFIG_NAT_H
#define GATEWAY_CONFIG_NAT_H

#include "base/buf.h"
#include "wire/addr.h"

#define GW_NAME 64 /* bytes of a name with its NUL */

#define GW_NAT_ANY       "any"       /* as an interface, and as an object */
#define GW_NAT_INTERFACE "interface" /* in place of an object: the address of the interface */

/* nat (IF) ID NET MASK, and nat (IF) ID access-list ACL. ID 0: not translated. */
struct gw_nat_id {
    char nameif[GW_NAME];
    uint32_t id;
    struct ip_net net;
    char acl[GW_NAME]; /* "": by NET */
    bool outside;      /* also towards interfaces of higher security */
};

struct gw_nat_global { /* global (IF) ID interface | FROM[-TO] */
    char nameif[GW_NAME];
    uint32_t id;
    bool interface;
    struct ip_addr from, to;
};

/* static (REAL_IF,MAPPED_IF) [tcp|udp] MAPPED [PORT] REAL [PORT] netmask MASK, or with access-list
 * ACL in place of REAL. */
struct gw_nat_static {
    char real_if[GW_NAME], mapped_if[GW_NAME];
    uint8_t proto;  /* TCP or UDP: one port; 0: the whole address */
    bool interface; /* MAPPED is the interface's address */
    struct ip_addr mapped, real;
    uint16_t mapped_port, real_port;
    uint8_t prefix;
    char acl[GW_NAME]; /* "": by REAL */
};

enum gw_object_kind { GW_OBJECT_EMPTY, GW_OBJECT_HOST, GW_OBJECT_SUBNET, GW_OBJECT_RANGE };

struct gw_object_nat { /* nat (REAL_IF,MAPPED_IF) static|dynamic MAPPED, inside an object */
    bool set, dynamic;
    char real_if[GW_NAME], mapped_if[GW_NAME];
    char mapped[GW_NAME]; /* an object, or GW_NAT_INTERFACE; "": ADDR */
    struct ip_addr addr;
    uint8_t proto; /* service tcp|udp REAL MAPPED; 0: none */
    uint16_t real_port, mapped_port;
};

struct gw_object { /* object network NAME */
    char name[GW_NAME];
    enum gw_object_kind kind;
    struct ip_addr from, to; /* SUBNET: its first and last address */
    struct gw_object_nat nat;
};

struct gw_net_member {  /* of an object-group */
    bool group;         /* group-object NAME */
    char name[GW_NAME]; /* network-object object NAME; "": FROM to TO */
    struct ip_addr from, to;
};

struct gw_net_group { /* object-group network NAME */
    char name[GW_NAME];
    struct gw_net_member *members;
    size_t nmembers;
};

struct gw_net_range { /* addresses in host order */
    uint32_t from, to;
};

struct gw_port_object { /* object service NAME: service tcp|udp source eq PORT; nothing else of them
                         */
    char name[GW_NAME];
    uint8_t proto; /* 0: not said yet */
    uint16_t port;
};

/* nat (REAL_IF,MAPPED_IF) [after-auto] source static|dynamic SRC MAPPED [destination static D D]
 * [service REAL MAPPED] */
struct gw_nat_twice {
    char real_if[GW_NAME], mapped_if[GW_NAME];
    bool after_auto, dynamic, inactive;
    char src_real[GW_NAME], src_mapped[GW_NAME];
    char dst_mapped[GW_NAME], dst_real[GW_NAME];         /* "": any destination */
    char service_real[GW_NAME], service_mapped[GW_NAME]; /* "": every port */
};

struct gw_nat_config {
    bool control; /* nat-control */
    struct gw_nat_id *ids;
    size_t nids;
    struct gw_nat_global *globals;
    size_t nglobals;
    struct gw_nat_static *statics;
    size_t nstatics;
    struct gw_object *objects;
    size_t nobjects;
    struct gw_net_group *groups;
    size_t ngroups;
    struct gw_port_object *services;
    size_t nservices;
    struct gw_nat_twice *twices;
    size_t ntwices;
};

void gw_nat_config_release(struct gw_nat_config *n);

/* NULL when there is none. */
struct gw_object *gw_nat_object(const struct gw_nat_config *n, const char *name);

struct gw_net_group *gw_net_group(const struct gw_nat_config *n, const char *name);
struct gw_port_object *gw_port_object(const struct gw_nat_config *n, const char *name);

/* The addresses that object or object-group NAME stands for, in the order of its members, groups in
 * groups included; GW_NAT_ANY: all. Returns how many ranges; what goes beyond GW_NET_RANGES of
 * them, or is nested more than GW_NET_DEPTH deep, does not count. */
#define GW_NET_RANGES 256
#define GW_NET_DEPTH  8
size_t gw_net_ranges(const struct gw_nat_config *n, const char *name,
                     struct gw_net_range out[static GW_NET_RANGES]);

/* True when group NAME is, or has in it, group OTHER; or when that takes too long to tell. */
bool gw_net_group_has(const struct gw_nat_config *n, const char *name, const char *other);

/* What refers to interface FROM refers to TO; "": it goes. */
void gw_nat_config_rename(struct gw_nat_config *n, const char *from, const char *to);

/* The longest of the lists. */
size_t gw_nat_config_longest(const struct gw_nat_config *n);

/* The commands that make it: objects, which stand before what names them, and the rules. */
void gw_nat_config_write_objects(const struct gw_nat_config *n, struct buf *out);
void gw_net_groups_write(const struct gw_nat_config *n, struct buf *out); /* of the former */
void gw_nat_config_write(const struct gw_nat_config *n, const char *nat0_interface,
                         const char *nat0_acl, struct buf *out);

#endif
