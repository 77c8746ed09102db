/* Which port, or which address of a pool, a source gets. */
#include "base/mem.h"
#include "gateway/xlate_parts.h"
#include "wire/ip.h"

static const struct {
    uint16_t lo, hi;
} ranges[] = {{1, 511}, {512, 1023}, {1024, 65535}};

/* The gateway's own on an address that is its interface's: IKE and NAT traversal. */
static void reserve_own(const struct xlates *t, struct xlate_ports *p)
{
    if (p->proto != IP_UDP || netifs_owner(t->env.ifs, &p->addr) == NETIF_NONE)
        return;
    (void)portset_take(&p->set, 500);
    (void)portset_take(&p->set, 4500);
}

struct xlate_ports *xlates_ports_of(struct xlates *t, uint8_t proto, size_t ifi,
                                    const struct ip_addr *addr)
{
    for (size_t i = 0; i < t->nports; i++) {
        struct xlate_ports *p = t->ports[i];
        if (p->proto == proto && p->ifi == ifi && ip_addr_eq(&p->addr, addr))
            return p;
    }
    struct xlate_ports *p = mem_zalloc(sizeof(*p));
    p->addr = *addr;
    p->proto = proto;
    p->ifi = ifi;
    for (size_t i = 0; i < COUNT(ranges); i++)
        p->next[i] = ranges[i].lo;
    portset_init(&p->set);
    reserve_own(t, p);
    t->ports = mem_resize(t->ports, t->nports + 1, sizeof(struct xlate_ports *));
    t->ports[t->nports++] = p;
    return p;
}

static bool choose_port(struct xlate_ports *p, uint16_t real, uint16_t *out)
{
    size_t r = 0;

    *out = real;
    if (real && portset_take(&p->set, real))
        return true;
    while (real > ranges[r].hi)
        r++;
    if (!portset_take_next(&p->set, ranges[r].lo, ranges[r].hi, p->next[r], out))
        return false;
    p->next[r] = *out == ranges[r].hi ? ranges[r].lo : (uint16_t)(*out + 1);
    return true;
}

struct xlate *xlates_port(struct xlates *t, const struct xlate_source *s,
                          const struct ip_addr *addr)
{
    struct xlate *x = xlate_find_real(t, s);
    uint16_t port;

    if (x)
        return x;
    struct xlate_ports *p = xlates_ports_of(t, s->proto, s->mapped_ifi, addr);
    if (!choose_port(p, s->real.port, &port))
        return NULL;
    struct xlate like = {.kind = XLATE_PORT,
                         .proto = s->proto,
                         .real = s->real,
                         .mapped = {*addr, port},
                         .real_ifi = s->real_ifi,
                         .mapped_ifi = s->mapped_ifi,
                         .ports = p};
    x = xlate_add(t, &like);
    xlate_rest(t, x); /* until somebody holds it */
    return x;
}

struct xlate *xlates_address(struct xlates *t, const struct xlate_source *s, uint32_t from,
                             uint32_t to)
{
    struct xlate_source whole = {
        .real.addr = s->real.addr, .real_ifi = s->real_ifi, .mapped_ifi = s->mapped_ifi};
    struct xlate *x = xlate_find_real(t, &whole);

    if (x)
        return x;
    for (uint64_t a = from; a <= to; a++) {
        struct endpoint mapped = {.addr = ip4((uint32_t)a)};
        if (xlate_find_mapped(t, s->mapped_ifi, 0, &mapped))
            continue;
        struct xlate like = {.kind = XLATE_ADDRESS,
                             .real = whole.real,
                             .mapped = mapped,
                             .real_ifi = s->real_ifi,
                             .mapped_ifi = s->mapped_ifi};
        x = xlate_add(t, &like);
        xlate_rest(t, x);
        return x;
    }
    return NULL;
}
