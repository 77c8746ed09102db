#include "evidence/interfaces.h"

#include "base/mem.h"

#define INTERFACES_MAX 4096
#define NS_PER_S       1000000000

void interfaces_release(struct interfaces *all)
{
    mem_free(all->list);
    *all = (struct interfaces){0};
}

static enum evidence_leg leg_of(struct bytes name)
{
    enum evidence_leg leg = 0;

    while (leg < EV_LEGS && !bytes_eq(name, bytes_str(evidence_leg_name(leg))))
        leg++;
    return leg;
}

/* if_tsresol: a power of ten, or of two when the first bit is set. 0: finer than we can count. */
static uint64_t ticks_of(uint8_t resolution)
{
    uint8_t power = resolution & 0x7f;
    uint64_t ticks = 1;

    if (resolution & 0x80)
        return power < 64 ? ticks << power : 0;
    if (power > 19)
        return 0;
    while (power-- > 0)
        ticks *= 10;
    return ticks;
}

static enum err read_option(struct interface *i, const struct pcapng_options *options,
                            const struct pcapng_option *o)
{
    uint64_t v;

    switch (o->code) {
    case PCAPNG_IF_NAME: i->leg = leg_of(o->value); return ERR_OK;
    case PCAPNG_IF_TSRESOL:
        i->ticks = o->value.n == 1 ? ticks_of(o->value.p[0]) : 0;
        return i->ticks ? ERR_OK : ERR_FORMAT;
    case PCAPNG_IF_TSOFFSET:
        if (pcapng_option_u64(options, o, &v))
            return ERR_FORMAT;
        i->offset_s = (int64_t)v;
        return ERR_OK;
    default: return ERR_OK;
    }
}

enum err interfaces_add(struct interfaces *all, const struct pcapng_interface *in)
{
    struct interface i = {.leg = EV_LEGS, .ticks = 1000000}; /* microseconds unless said */
    struct pcapng_options options = in->options;
    struct pcapng_option o;

    while (pcapng_option_next(&options, &o)) {
        enum err e = read_option(&i, &options, &o);
        if (e)
            return e;
    }
    if (!pcapng_options_ok(&options) || all->n == INTERFACES_MAX)
        return ERR_FORMAT;
    if (i.leg != EV_LEGS && in->link_type != PCAPNG_LINK_ETHER)
        return ERR_UNSUPPORTED;
    if ((all->n & (all->n + 1)) == 0) /* full at 0, 1, 3, 7, ... */
        all->list = mem_resize(all->list, 2 * (all->n + 1), sizeof(*all->list));
    all->list[all->n++] = i;
    all->legs += i.leg != EV_LEGS;
    return ERR_OK;
}

struct interface *interfaces_get(const struct interfaces *all, uint32_t number)
{
    return number < all->n ? &all->list[number] : NULL;
}

__extension__ typedef unsigned __int128 wide;

int64_t interface_time_ns(const struct interface *i, uint64_t time)
{
    wide ns = (wide)time * NS_PER_S / i->ticks;
    int64_t offset, t;

    if (ns > INT64_MAX || __builtin_mul_overflow(i->offset_s, (int64_t)NS_PER_S, &offset) ||
        __builtin_add_overflow((int64_t)ns, offset, &t))
        return INT64_MAX;
    return t;
}
