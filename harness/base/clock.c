#include "base/clock.h"

#include "base/attr.h"

static struct mono virtual_now(const struct clock *clk)
{
    return ((const struct clock_virtual *)(const void *)clk)->at;
}

static void virtual_sleep_until(struct clock *clk, struct mono when)
{
    struct clock_virtual *v = CONTAINER_OF(clk, struct clock_virtual, clock);

    if (mono_before(v->at, when) && !mono_is_never(when))
        v->at = when;
}

static const struct clock_ops virtual_ops = {virtual_now, virtual_sleep_until};

void clock_virtual_init(struct clock_virtual *v)
{
    v->clock.ops = &virtual_ops;
    v->at = (struct mono){0};
}
