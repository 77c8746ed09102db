/* `show conn` in the forms of ASA 8.2 to 9.x. */
#include "gateway/conn_more.h"

static int level(const struct conns *t, const struct conn *c, int side)
{
    return t->env.ifs->v[c->ifi[side]].level;
}

/* The side of lower security, named first: the outside. Between equals the initiator, as a real
 * 9.16 shows it: "TCP inside: ... dmz: ..., flags SaAB". */
static int outer(const struct conns *t, const struct conn *c)
{
    return level(t, c, 0) <= level(t, c, 1) ? 0 : 1;
}

static size_t put_handshake(const struct conn *c, int out, char *s)
{
    const struct conn_tcp_side *o = &c->tcp[out], *i = &c->tcp[!out];
    size_t n = 0;

    /* s, S: no SYN from that side yet; a, A: that side has not acknowledged the other's SYN */
    if (!o->syn)
        s[n++] = 's';
    if (!i->syn)
        s[n++] = 'S';
    if (!i->syn_acked)
        s[n++] = 'a';
    if (!o->syn_acked)
        s[n++] = 'A';
    return n;
}

static size_t put_open(const struct conn *c, int out, char *s)
{
    const struct conn_tcp_side *o = &c->tcp[out], *i = &c->tcp[!out];
    size_t n = 0;

    s[n++] = 'U';
    if (i->fin)
        s[n++] = 'f';
    if (o->fin)
        s[n++] = 'F';
    if (o->fin_acked) /* the inside has acknowledged it */
        s[n++] = 'r';
    if (i->fin_acked)
        s[n++] = 'R';
    if (o->data)
        s[n++] = 'I';
    if (i->data)
        s[n++] = 'O';
    return n;
}

/* The legend's "back connection", outside or inside: a data connection that the server begins
 * towards its client, from that side. One that the client begins (passive FTP) goes the way of its
 * control channel. That this is what is meant by the words is an inference. */
static bool is_back(const struct conn *c)
{
    const struct conn *parent = c->more ? c->more->parent : NULL;

    return parent && ip_addr_eq(&c->at[0].addr, &parent->at[1].addr);
}

char *conn_flags(const struct conns *t, const struct conn *c, char out[static CONN_FLAGS])
{
    int o = outer(t, c);
    size_t n = 0;

    if (c->proto != IP_TCP) {
        out[n++] = '-';
    } else {
        n = conn_is_embryonic(c) ? put_handshake(c, o, out) : put_open(c, o, out);
        if (is_back(c))
            out[n++] = o == 0 ? 'E' : 'P';
        if (c->orphan)
            out[n++] = 'V';
        if (o == 0)
            out[n++] = 'B';
    }
    out[n] = '\0';
    return out;
}

static const char *proto_name(uint8_t proto)
{
    return proto == IP_TCP ? "TCP" : proto == IP_UDP ? "UDP" : "ICMP";
}

static long long seconds(struct mono from, struct mono to)
{
    return (long long)(mono_diff(from, to).ns / 1000000000);
}

static struct show_conn_side side_of(const struct conns *t, const struct conn *c, int side,
                                     char text[static 2][IP_ADDR_TEXT])
{
    const struct endpoint *e = &c->at[side], *m = conn_mapped(c, side);

    return (struct show_conn_side){.nameif = t->env.ifs->v[c->ifi[side]].nameif,
                                   .addr = ip_addr_format(&e->addr, text[0]),
                                   .mapped = ip_addr_format(&m->addr, text[1]),
                                   .port = e->port,
                                   .mapped_port = m->port};
}

static void put_conn(const struct conns *t, const struct conn *c, enum show_conn_how how,
                     struct buf *out)
{
    int o = outer(t, c);
    char flags[CONN_FLAGS], a[2][IP_ADDR_TEXT], b[2][IP_ADDR_TEXT];
    struct show_conn line = {.proto = proto_name(c->proto),
                             .outer = side_of(t, c, o, a),
                             .inner = side_of(t, c, !o, b),
                             .outer_began = o == 0,
                             .id = c->id,
                             .idle_s = seconds(c->seen, conns_now(t)),
                             .uptime_s = seconds(c->born, conns_now(t)),
                             .timeout_s = conn_patience(t, c),
                             .bytes = c->bytes,
                             .flags = conn_flags(t, c, flags)};

    show_conn_put(t->env.cfg->profile, &line, how, out);
}

void conns_show_count(const struct conns *t, struct buf *out)
{
    buf_addf(out, "%zu in use, %zu most used\n", t->count, t->most);
}

void conn_show_line(const struct conns *t, const struct conn *c, struct buf *out)
{
    put_conn(t, c, SHOW_CONN_PLAIN, out);
}

static bool has_address(const struct conn *c, const struct ip_net *net)
{
    return ip_net_has(net, &c->at[0].addr) || ip_net_has(net, &c->at[1].addr);
}

static bool is_wanted(const struct conn *c, const struct conn_wanted *w)
{
    if (c->life == CONN_CLOSED || c->life == CONN_ZOMBIE)
        return false;
    if ((w->orphans && !c->orphan) || (w->proto && c->proto != w->proto))
        return false;
    if (w->net.addr.family && !has_address(c, &w->net))
        return false;
    return !w->to_port || (c->at[0].port >= w->from_port && c->at[0].port <= w->to_port) ||
           (c->at[1].port >= w->from_port && c->at[1].port <= w->to_port);
}

void conns_show(const struct conns *t, enum show_conn_how how, const struct conn_wanted *w,
                struct buf *out)
{
    conns_show_count(t, out);
    show_conn_put_legend(t->env.cfg->profile, how, out);
    for (const struct conn *c = t->oldest; c; c = c->next) {
        if (is_wanted(c, w))
            put_conn(t, c, how, out);
    }
}
