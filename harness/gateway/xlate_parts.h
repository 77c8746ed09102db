/* What the files of the table of translations share. Not for others: use gateway/xlate.h. */
#ifndef GATEWAY_XLATE_PARTS_H
#define GATEWAY_XLATE_PARTS_H

#include "base/map.h"
#include "base/wheel.h"
#include "gateway/portset.h"
#include "gateway/xlate.h"

enum xlate_kind { XLATE_FIXED, XLATE_ADDRESS, XLATE_PORT };

struct xlate {
    struct timer timer;        /* runs while nobody holds it */
    struct xlate *prev, *next; /* of its list, oldest first */
    uint32_t slot;
    enum xlate_kind kind;
    uint8_t proto;
    bool twice, named, gone; /* fixed: named in this round; no longer in the configuration */
    struct endpoint real, mapped;
    uint32_t last;
    size_t real_ifi, mapped_ifi;
    struct xlate_ports *ports; /* where the number of its mapped port is from */
    uint32_t uses;
    struct mono born, seen;
};

struct xlate_ports { /* of one mapped address and protocol */
    struct ip_addr addr;
    uint8_t proto;
    size_t ifi;
    uint16_t next[3]; /* by range: where to look first */
    struct portset set;
};

struct xlates {
    struct xlates_env env;
    struct map by_real, by_mapped; /* not the fixed ones */
    struct xlate **slots;
    uint32_t *free_slots;
    size_t nslots, nfree;
    struct xlate_list {
        struct xlate *oldest, *newest;
    } fixed, dynamic;
    size_t count, most;
    struct wheel wheel;
    struct xlate_ports **ports;
    size_t nports;
};

/* xlate.c */
struct xlate *xlate_add(struct xlates *t, const struct xlate *like); /* says so */
void xlate_drop(struct xlates *t, struct xlate *x);
void xlate_say(struct xlates *t, const struct xlate *x, bool built);
/* NULL when there is none. */
struct xlate *xlate_find_real(const struct xlates *t, const struct xlate_source *s);
struct xlate *xlate_find_mapped(const struct xlates *t, size_t ifi, uint8_t proto,
                                const struct endpoint *at);
void xlate_rest(struct xlates *t, struct xlate *x); /* nobody holds it: its timer runs */

/* xlate_ports.c */
struct xlate_ports *xlates_ports_of(struct xlates *t, uint8_t proto, size_t ifi,
                                    const struct ip_addr *addr); /* made if need be */

#endif
