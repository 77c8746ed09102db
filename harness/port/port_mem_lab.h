/* A link between two ports in virtual time, for the tests of port_mem. */
#ifndef PORT_PORT_MEM_LAB_H
#define PORT_PORT_MEM_LAB_H

#include "base/err.h"
#include "port/port_mem.h"

struct lab {
    struct clock_virtual clk;
    struct rng_seeded rng;
    struct port *a, *b;
};

static inline void lab_init(struct lab *l, const struct link_spec *spec)
{
    clock_virtual_init(&l->clk);
    rng_seeded_init(&l->rng, 1, "link");
    link_new(spec, &l->clk.clock, &l->rng.rng, &l->a, &l->b);
}

static inline void lab_release(struct lab *l)
{
    port_close(l->a);
    port_close(l->b);
}

/* A frame of N bytes that carries NUMBER behind its Ethernet header. */
static inline void send(struct port *p, size_t n, uint32_t number)
{
    uint8_t *f = sink_reserve(&p->sink, n);

    if (!f)
        bug("a link lends no memory");
    memset(f, 0, n);
    memcpy(f + 14, &number, sizeof(number));
    sink_commit(&p->sink, n);
}

/* Moves the clock to the next frame and takes it; its number, or UINT32_MAX when there is none. */
static inline uint32_t take(struct lab *l, struct port *p, struct mono *when)
{
    struct bytes frame;
    uint32_t number;

    if (mono_is_never(port_next(p)))
        return UINT32_MAX;
    clock_sleep_until(&l->clk.clock, port_next(p));
    if (!port_receive(p, &frame, when) || mono_before(clock_now(&l->clk.clock), *when))
        bug("a frame is not there when it is due");
    memcpy(&number, frame.p + 14, sizeof(number));
    return number;
}

#endif
