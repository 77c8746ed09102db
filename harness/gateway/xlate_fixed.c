/* Fixed translations: they follow the configuration. */
#include "gateway/xlate_parts.h"

void xlates_fixed_begin(struct xlates *t)
{
    for (struct xlate *x = t->fixed.oldest; x; x = x->next)
        x->named = false;
}

static bool is_the_same(const struct xlate *x, const struct xlate_fixed *f)
{
    return !x->gone && x->proto == f->proto && x->last == f->last && x->real_ifi == f->real_ifi &&
           x->mapped_ifi == f->mapped_ifi && x->twice == f->twice &&
           endpoint_eq(&x->real, &f->real) && endpoint_eq(&x->mapped, &f->mapped);
}

struct xlate *xlates_fixed(struct xlates *t, const struct xlate_fixed *f)
{
    struct xlate *x = t->fixed.oldest;

    while (x && !is_the_same(x, f))
        x = x->next;
    if (!x) {
        struct xlate like = {.kind = XLATE_FIXED,
                             .proto = f->proto,
                             .twice = f->twice,
                             .real = f->real,
                             .mapped = f->mapped,
                             .last = f->last,
                             .real_ifi = f->real_ifi,
                             .mapped_ifi = f->mapped_ifi};
        if (f->proto) { /* nobody else gets its port */
            struct xlate_ports *p = xlates_ports_of(t, f->proto, f->mapped_ifi, &f->mapped.addr);
            like.ports = portset_take(&p->set, f->mapped.port) ? p : NULL;
        }
        x = xlate_add(t, &like);
    }
    x->named = true;
    return x;
}

void xlates_fixed_end(struct xlates *t)
{
    struct xlate *next;

    for (struct xlate *x = t->fixed.oldest; x; x = next) {
        next = x->next;
        if (x->named || x->gone)
            continue;
        xlate_say(t, x, false);
        if (x->uses)
            x->gone = true;
        else
            xlate_drop(t, x);
    }
}
