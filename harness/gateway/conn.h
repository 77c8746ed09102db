/* The connection table: TCP, UDP and ICMP echo flows through the gateway, their state, their timers
 * and their log messages. What the gateway does with packets is decided elsewhere; here it is known
 * which flow a packet belongs to, whether it fits, and what is rewritten in it.
 *
 * Look-up, timers and the lists by tunnel are O(1); a packet costs no allocation. A connection's
 * side 0 is its initiator. Numbers of tunnels are those of the crypto map's policies
 * (gateway/vpn.h).
 */
#ifndef GATEWAY_CONN_H
#define GATEWAY_CONN_H

#include "base/buf.h"
#include "base/clock.h"
#include "base/rng.h"
#include "base/wheel.h"
#include "gateway/drops.h"
#include "gateway/fault.h"
#include "gateway/messages.h"
#include "gateway/nat.h"
#include "gateway/show_net.h"
#include "gateway/vpn.h"
#include "wire/pkt.h"

/* Where sources disagree or say nothing. */
struct conn_model {
    bool udp_goes_with_tunnel; /* as Cisco's list of features has it; the note, and default: UDP and
                                  ICMP are left to their timers */
    bool randomise_responder;  /* the ISN of the SYN+ACK too; default: the SYN's alone */
    bool orphans_refresh;      /* packets of an orphan keep it from idling out; default: no */
};

struct conns;
struct conn;

struct conns_env {
    const struct gw_config *cfg; /* timeouts and sysopts are read anew at each use */
    const struct clock *clk;
    struct rng *rng;
    struct gw_syslog *log;
    const struct netifs *ifs;          /* names and security levels */
    const struct gw_fault_set *faults; /* set of enum gw_fault; may be NULL */
    const struct conn_model *model;    /* NULL: defaults */
    struct nat *nat;                   /* whose translations connections hold; NULL: none */
    /* Called between the endings of many connections, so that log records can be sent before their
     * queue overflows; may be NULL. */
    void (*breathe)(void *ctx);
    /* C is ending, its hosts get a reset; may be NULL. */
    void (*reset_hosts)(void *ctx, const struct conn *c);
    void *ctx;
};

struct conns *conns_new(const struct conns_env *env);
void conns_free(struct conns *t);   /* NULL is fine */
void conns_forget(struct conns *t); /* a crash: none is left, nothing is logged; ids start anew */

/* Timers. conns_deadline: when to call conns_tick next; now, while it has more to do than is done
 * at a time. */
void conns_tick(struct conns *t);
struct mono conns_deadline(const struct conns *t);

size_t conns_count(const struct conns *t);
size_t conns_most(const struct conns *t); /* ever at the same time */
size_t conns_orphans(const struct conns *t);

/* The flow that P (TCP, UDP, or ICMP echo) belongs to and the side it comes from; NULL: none. */
struct conn *conns_find(struct conns *t, const struct pkt *p, int *side);

/* The flow that the packet quoted by the ICMP error P belongs to; *SIDE: the side that sent the
 * quoted packet, so the one the error goes to. NULL: none. */
struct conn *conns_find_quoted(struct conns *t, const struct pkt *p, int *side);

struct conn_open {
    size_t ifi[2];              /* where the initiator's packets come in, and where they leave */
    uint32_t tunnel[2];         /* VPN_NONE: in clear on that side */
    bool preserve;              /* of the tunnel's context */
    const struct nat_flow *nat; /* its ends on both sides; NULL: as in the packet */
    struct conn *parent;        /* the control channel that has announced it; NULL: none */
};

/* Makes the flow that P begins and logs 302013, 302015 or 302020. P is not taken in yet: call
 * conn_take next. NULL: P begins no flow (a TCP segment that is no SYN is the caller's to refuse).
 */
struct conn *conns_open(struct conns *t, const struct pkt *p, const struct conn_open *how);

enum conn_verdict {
    CONN_PASS,
    CONN_DROP_STATE,  /* does not fit the connection */
    CONN_DROP_ORPHAN, /* the flow waits for its tunnel */
    CONN_DROP_FAULT,  /* a seeded fault ate it */
};

/* Takes packet P of SIDE in: state, bytes, idle clock. CONN_DROP_STATE: *WHY is the reason
 * (tcp-invalid-ack, tcp-rstfin-ooo ...). */
enum conn_verdict conn_take(struct conns *t, struct conn *c, int side, const struct pkt *p,
                            enum gw_drop *why);

/* What inspection makes of a segment that is about to be sent on. */
enum conn_inspected {
    CONN_AS_IT_IS,
    CONN_CHANGED, /* `segment` takes the place of its TCP segment */
    CONN_REFUSED, /* it is dropped */
};

struct conn_inspection {
    enum conn_inspected verdict;
    struct bytes segment;
    /* Its sender is to be told that all before `ack` has arrived, since what it said last is held
     * back until the rest of the line has come. */
    bool acknowledge;
    uint32_t ack;
};

/* P is from SIDE; MEM has room for 65535 bytes. */
struct conn_inspection conn_inspect(struct conns *t, struct conn *c, int side, const struct pkt *p,
                                    uint8_t *mem);

/* The control channel that expects the connection which P begins on interface IFI, and its
 * destination in F; NULL: none. F has been through nat_undo. */
struct conn *conns_expected(struct conns *t, const struct pkt *p, struct nat_flow *f);

/* Rewrites the packet's copy that is to be sent on: PACKET is the IP packet of N bytes, its own
 * checksums still those of the sender; a wrong TCP checksum stays wrong. ISN offset both ways (SACK
 * blocks too), MSS of a SYN clamped to `sysopt connection tcpmss` (IPv6 to the same value: whether
 * a device takes 20 bytes off is not known), unknown options and the urgent flag cleared,
 * translated addresses and ports. */
void conn_rewrite(struct conns *t, struct conn *c, int side, uint8_t *packet, size_t n);

/* True when conn_rewrite would change something in P of SIDE. */
bool conn_rewrites(const struct conns *t, const struct conn *c, int side, const struct pkt *p);

/* The same mapping back for the packet quoted in an ICMP error that goes to SIDE: MESSAGE are the N
 * bytes of ICMP. Addresses, ports, sequence number; all checksums follow. */
void conn_restore_quoted(const struct conn *c, int side, uint8_t *message, size_t n);

/* After the packet was sent on: ends the connection if that was its last one. C may be gone. */
void conn_settle(struct conns *t, struct conn *c);

/* The last SA of TUNNEL is gone: its flows are torn (302014 "Tunnel has been torn down"), or kept
 * as orphans. And it has come back. When there are very many flows, those that no packet asks for
 * are seen to at the next ticks; conns_catch_up does it now, before anything is shown. */
void conns_tunnel_down(struct conns *t, uint32_t tunnel);
void conns_tunnel_up(struct conns *t, uint32_t tunnel, bool preserve);
void conns_catch_up(struct conns *t);
/* A rekeying: nothing happens, but for faults. */
void conns_tunnel_rekeyed(struct conns *t, uint32_t tunnel);

/* `clear conn`: ends all that MATCH (NULL: all) with this reason. Returns how many. */
size_t conns_clear(struct conns *t, bool (*match)(void *ctx, const struct conn *c), void *ctx,
                   enum gw_reason reason);

/* --- what others may see of a connection -------------------------------------------------------
 */

uint32_t conn_id(const struct conn *c);
uint8_t conn_proto(const struct conn *c);
const struct endpoint *conn_endpoint(const struct conn *c, int side);
/* The same as the other side sees it. */
const struct endpoint *conn_mapped(const struct conn *c, int side);
size_t conn_ifi(const struct conn *c, int side);
uint32_t conn_tunnel(const struct conn *c, int side);
bool conn_is_orphan(const struct conn *c);

/* The owner's cache of the way towards SIDE. */
struct gw_hop *conn_hop(struct conn *c, int side);

/* The RST that SIDE would believe, as if from the other side; the owner sends it. And an ACK of
 * what SIDE has sent before ACK. */
struct tcp conn_reset_for(const struct conn *c, int side);
struct tcp conn_ack_for(const struct conn *c, int side, uint32_t ack);

struct conn_wanted { /* all zero: every connection */
    bool orphans;    /* only those (`show conn state vpn_orphan`) */
    uint8_t proto;
    struct ip_net net;           /* one of its ends is in there; family 0: any */
    uint16_t from_port, to_port; /* or has such a port; to_port 0: any */
};

/* The lines of `show conn`: "N in use, M most used", then one or two a connection, oldest first. */
void conns_show(const struct conns *t, enum show_conn_how how, const struct conn_wanted *w,
                struct buf *out);
void conns_show_count(const struct conns *t, struct buf *out);

/* `show local-host`: the hosts behind interface IFI, or one of them. */
void conns_show_hosts(const struct conns *t, size_t ifi, const struct ip_addr *only,
                      struct buf *out);

#define CONN_FLAGS 16
/* Letters of `show conn`, "UIO" for a running download. Returns OUT. */
char *conn_flags(const struct conns *t, const struct conn *c, char out[static CONN_FLAGS]);

#endif
