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

/* nat (REAL_IF,MAPPED_IF) [after-auto] source static|dynamic SRC MAPPED [destination static D D] */
struct gw_nat_twice {
    char real_if[GW_NAME], mapped_if[GW_NAME];
    bool after_auto, dynamic, inactive;
    char src_real[GW_NAME], src_mapped[GW_NAME];
    char dst_mapped[GW_NAME], dst_real[GW_NAME]; /* "": any destination */
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
    struct gw_nat_twice *twices;
    size_t ntwices;
};

void gw_nat_config_release(struct gw_nat_config *n);

/* NULL when there is none. */
struct gw_object *gw_nat_object(const struct gw_nat_config *n, const char *name);

/* What refers to interface FROM refers to TO; "": it goes. */
void gw_nat_config_rename(struct gw_nat_config *n, const char *from, const char *to);

/* The longest of the lists. */
size_t gw_nat_config_longest(const struct gw_nat_config *n);

/* The commands that make it: objects, which stand before what names them, and the rules. */
void gw_nat_config_write_objects(const struct gw_nat_config *n, struct buf *out);
void gw_nat_config_write(const struct gw_nat_config *n, const char *nat0_interface,
                         const char *nat0_acl, struct buf *out);

#endif
