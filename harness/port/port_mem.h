/* The in-memory leg of virtual time: two ports joined by a link with delay, rate, loss, reordering,
 * duplication and MTU. Deterministic: the same random stream gives the same fate to every frame. */
#ifndef PORT_PORT_MEM_H
#define PORT_PORT_MEM_H

#include "base/rng.h"
#include "port/port.h"

struct link_spec {
    struct span delay;  /* one way */
    struct span jitter; /* added, uniform in [0, jitter]; never reorders by itself */
    uint64_t rate_bps;  /* bits a second, Ethernet framing of 38 bytes a frame counted (preamble,
                           header, FCS, gap: IEEE 802.3); 0: infinitely fast */
    size_t queue_bytes; /* waiting to be sent; a frame that does not fit is lost. 0: 4 MiB */
    double loss;        /* 0..1, each frame by itself */
    double duplicate;   /* 0..1 */
    double reorder;     /* 0..1: held back so that the next frames overtake it */
    struct span reorder_by; /* how long a reordered frame is held; 0: three frames' time or 1 ms */
    size_t mtu;             /* IP bytes; a longer frame is lost. 0: no limit */
};

/* Makes a link with the same SPEC in both directions and gives its two ends. Each is closed by
 * port_close, in any order. CLK and RNG are borrowed for the link's life. */
void link_new(const struct link_spec *spec, const struct clock *clk, struct rng *rng,
              struct port **a, struct port **b);

/* Bytes now under way towards the holder of P (for triggers that want data in flight). */
size_t link_in_flight(const struct port *p);

#endif
