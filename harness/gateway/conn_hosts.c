/* `show local-host`: the hosts behind an interface, each with its translations and connections. The
 * form is that of the command reference of 8.2; counts that the model has no use for (denied hosts,
 * embryonic limits, intercept) are printed as an idle device prints them. "maximum active" is what
 * is active: hosts are found in the connections that are there, not kept. */
#include "base/mem.h"
#include "gateway/conn_more.h"

#include <stdlib.h>

struct end { /* of a connection, on the interface */
    struct ip_addr addr;
    const struct conn *c;
    int side;
};

struct ends {
    struct end *v;
    size_t n;
};

/* By host, then by age. */
static int order(const void *a, const void *b)
{
    const struct end *x = a, *y = b;
    int hosts = memcmp(&x->addr, &y->addr, sizeof(x->addr));

    return hosts ? hosts : x->c->id < y->c->id ? -1 : x->c->id > y->c->id;
}

static struct ends collect(const struct conns *t, size_t ifi, const struct ip_addr *only)
{
    struct ends e = {mem_array(2 * t->count + 1, sizeof(struct end)), 0};

    for (const struct conn *c = t->oldest; c; c = c->next) {
        if (c->life == CONN_CLOSED || c->life == CONN_ZOMBIE) /* `show conn` has none of them */
            continue;
        for (int side = 0; side < 2; side++) {
            if (c->ifi[side] == ifi && (!only || ip_addr_eq(only, &c->at[side].addr)))
                e.v[e.n++] = (struct end){c->at[side].addr, c, side};
        }
    }
    qsort(e.v, e.n, sizeof(*e.v), order);
    return e;
}

/* How many ends from V on are of the same host. */
static size_t run_of(const struct end *v, size_t n)
{
    size_t k = 1;

    while (k < n && ip_addr_eq(&v[k].addr, &v[0].addr))
        k++;
    return k;
}

/* Ends V of one host. */
static void put_host(const struct conns *t, size_t ifi, const struct end *v, size_t n,
                     struct buf *out)
{
    size_t tcp = 0, udp = 0, embryonic = 0;
    struct buf xlates = BUF_INIT;
    char text[IP_ADDR_TEXT];

    for (size_t i = 0; i < n; i++) {
        tcp += v[i].c->proto == IP_TCP;
        udp += v[i].c->proto == IP_UDP;
        embryonic += v[i].side == 1 && conn_is_embryonic(v[i].c);
    }
    buf_addf(out,
             "local host: <%s>,\n"
             "    TCP flow count/limit = %zu/unlimited\n"
             "    TCP embryonic count to host = %zu\n"
             "    TCP intercept watermark = unlimited\n"
             "    UDP flow count/limit = %zu/unlimited\n",
             ip_addr_format(&v->addr, text), tcp, embryonic, udp);
    if (t->env.nat)
        xlates_show_host(nat_xlates(t->env.nat), ifi, &v->addr, &xlates);
    if (xlates.n)
        buf_addf(out, "\n  Xlate:\n%s", buf_str(&xlates));
    buf_release(&xlates);
    buf_adds(out, "\n  Conn:\n");
    for (size_t i = 0; i < n; i++) {
        buf_adds(out, "    ");
        conn_show_line(t, v[i].c, out);
    }
}

void conns_show_hosts(const struct conns *t, size_t ifi, const struct ip_addr *only,
                      struct buf *out)
{
    struct ends e = collect(t, ifi, only);
    size_t hosts = 0, n;

    for (size_t i = 0; i < e.n; i += run_of(e.v + i, e.n - i))
        hosts++;
    buf_addf(out, "Interface %s: %zu active, %zu maximum active, 0 denied\n",
             t->env.ifs->v[ifi].nameif, hosts, hosts);
    for (size_t i = 0; i < e.n; i += n) {
        n = run_of(e.v + i, e.n - i);
        put_host(t, ifi, e.v + i, n, out);
    }
    mem_free(e.v);
}
