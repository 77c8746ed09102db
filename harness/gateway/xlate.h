/* The table of translations (`show xlate`): fixed ones, one real address to one mapped address, and
 * ports behind one address. Connections hold them; one that nobody holds goes after a while.
 * Look-up and timers are O(1), and so is the choice of a port.
 *
 * A port keeps its number where that is free, else it gets the next one of its range, 0-511,
 * 512-1023 or 1024-65535 (CLI guide 8.4 and newer). Older versions number them one after the other
 * from 1024 on (real 305011 lines of an 8.x: 1772 to 8256, 1773 to 8257): not modelled, a config's
 * version does not change the choice. */
#ifndef GATEWAY_XLATE_H
#define GATEWAY_XLATE_H

#include "base/buf.h"
#include "base/clock.h"
#include "gateway/config.h"
#include "gateway/netif.h"
#include "gateway/syslog.h"

struct xlates;
struct xlate;

struct xlates_env {
    const struct gw_config *cfg; /* timeouts are read anew at each use */
    const struct clock *clk;
    struct gw_syslog *log;
    const struct netifs *ifs;
};

struct xlates *xlates_new(const struct xlates_env *env);
void xlates_free(struct xlates *t); /* NULL is fine; connections that hold some are gone before */

void xlates_tick(struct xlates *t);
struct mono xlates_deadline(const struct xlates *t);
size_t xlates_count(const struct xlates *t);

/* Who is translated: PROTO and the port count where ports are translated, else both are 0. The port
 * of ICMP is the echo identifier. */
struct xlate_source {
    uint8_t proto;
    struct endpoint real;
    size_t real_ifi, mapped_ifi;
};

/* One port behind ADDR: the translation that is there, or a new one (305011). NULL: none is free.
 */
struct xlate *xlates_port(struct xlates *t, const struct xlate_source *s,
                          const struct ip_addr *addr);

/* One address of FROM..TO (305009). NULL: none is free. */
struct xlate *xlates_address(struct xlates *t, const struct xlate_source *s, uint32_t from,
                             uint32_t to);

/* The translation of an address whose mapped one is A on interface IFI; NULL: none, or only ports.
 */
struct xlate *xlates_of_mapped(const struct xlates *t, size_t ifi, const struct ip_addr *a);

/* Fixed ones, as the configuration has them now: begin, name each, end. Those that were not named
 * go. The pointer holds until the next round. */
struct xlate_fixed {
    uint8_t proto; /* 0: the whole address */
    struct endpoint real, mapped;
    uint32_t last;               /* of several addresses: the last one's distance from the first */
    size_t real_ifi, mapped_ifi; /* NETIF_NONE: any */
    bool twice;
};

void xlates_fixed_begin(struct xlates *t);
struct xlate *xlates_fixed(struct xlates *t, const struct xlate_fixed *f);
void xlates_fixed_end(struct xlates *t);

void xlate_hold(struct xlates *t, struct xlate *x);
void xlate_let_go(struct xlates *t, struct xlate *x);

/* Its ends; of a fixed one for many addresses the first ones. */
const struct endpoint *xlate_real(const struct xlate *x);
const struct endpoint *xlate_mapped(const struct xlate *x);
bool xlate_is_fixed(const struct xlate *x);
bool xlate_is_port(const struct xlate *x); /* of one port, fixed or not */

/* `clear xlate`: those that nobody holds and that are not fixed. */
void xlates_clear(struct xlates *t);

enum xlate_show { XLATE_SHOW_PLAIN, XLATE_SHOW_DETAIL };

/* The lines of `show xlate`, oldest first. Which form depends on the version: until 8.2 "Global A
 * Local B" and "PAT Global A(p) Local B(p)" (DETAIL: with interfaces and flags), from 8.3 on "NAT
 * from IF:B to IF:A flags s idle 0:01:37 timeout 0:00:00" and "TCP PAT from IF:B/p to IF:A/p ...".
 * Rules for many addresses and those of twice NAT have their flags on a line of their own, as in
 * the sample of ntc-templates. */
void xlates_show(const struct xlates *t, enum xlate_show how, struct buf *out);
void xlates_show_count(const struct xlates *t, struct buf *out);

/* The `Xlate:` block of one local host (`show local-host`). */
void xlates_show_host(const struct xlates *t, size_t ifi, const struct ip_addr *real,
                      struct buf *out);

/* 100 * major + minor of the configuration's version: 802, 916. */
unsigned gw_version_number(const struct gw_config *c);

#endif
