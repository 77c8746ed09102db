/* Which addresses the first packet of a flow has on its way in and on its way out: the rules of the
 * configuration in the order in which an ASA asks them (CLI guide 8.2, "Order of NAT Commands Used
 * to Match Real Addresses"; 8.4, "NAT Rule Order"):
 *
 *   nat 0 access-list · twice NAT · static · static object NAT · nat ID access-list · nat ID, the
 *   longest prefix first · dynamic object NAT · twice NAT after-auto
 *
 * The destination is mapped back before the route is looked up, the source is mapped after it, and
 * the crypto map sees what comes out. What the rules make of a flow also has to hold for its
 * answers (305013). Linear in the rules, for the first packet of a connection only. Families other
 * than IPv4 are left alone. */
#ifndef GATEWAY_NAT_H
#define GATEWAY_NAT_H

#include "gateway/acl.h"
#include "gateway/xlate.h"

struct nat;

struct nat *nat_new(const struct xlates_env *env);
void nat_free(struct nat *n); /* NULL is fine */

/* Takes over what the configuration and the interfaces say now. */
void nat_configure(struct nat *n);

/* A crash: no translation is left but the fixed ones. Nobody may hold any. */
void nat_forget(struct nat *n);

struct xlates *nat_xlates(struct nat *n);

struct nat_flow {
    /* of the packet as it came; nat_flow_of fills them in */
    size_t in;
    uint8_t proto;
    bool ported; /* TCP, UDP, ICMP echo: has ports that can be translated */
    int icmp_type;
    struct endpoint src, dst;
    /* as it goes on: nat_undo and nat_apply */
    struct endpoint mapped_src, real_dst;
    struct xlate *xlate[2];         /* of the source, of the destination; NULL: none */
    const struct nat_rule *rule[2]; /* that decided on them; NULL: none did */
    bool expected; /* a control channel has announced it: its destination is settled */
};

/* The destination of F, mapped back. */
void nat_undo(struct nat *n, struct nat_flow *f);

enum nat_verdict {
    NAT_PASS,
    NAT_NO_GROUP, /* 305005: a translation is wanted and none is configured */
    NAT_NO_PORT,  /* 305006: every port is taken, or the protocol has none */
    NAT_NO_ADDRESS,
    NAT_REVERSE, /* 305013 */
};

/* The source of F, which leaves through OUT. */
enum nat_verdict nat_apply(struct nat *n, size_t out, struct nat_flow *f);

/* True when some flows are translated to addresses of the gateway's own interfaces, so that what
 * comes for these may be for somebody else. */
bool nat_has_own_ports(const struct nat *n);

/* True when the gateway answers ARP on interface IFI for A, an address it translates to. */
bool nat_answers_for(const struct nat *n, size_t ifi, const struct ip_addr *a);

/* True when access lists see real destinations (8.3 and later), not those of the packet. */
bool nat_lists_see_real(const struct gw_config *c);

#endif
