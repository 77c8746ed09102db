/* `show conn` in the forms of ASA 8.2 to 9.x. */
#include "gateway/conn_parts.h"

static int level(const struct conns *t, const struct conn *c, int side)
{
    return t->env.ifs->v[c->ifi[side]].level;
}

/* The side of lower security, named first: the outside. */
static int outer(const struct conns *t, const struct conn *c)
{
    return level(t, c, 0) < level(t, c, 1) ? 0 : 1;
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

char *conn_flags(const struct conns *t, const struct conn *c, char out[static CONN_FLAGS])
{
    int o = outer(t, c);
    size_t n = 0;

    if (c->proto != IP_TCP) {
        out[n++] = '-';
    } else {
        n = conn_is_embryonic(c) ? put_handshake(c, o, out) : put_open(c, o, out);
        if (o == 0)
            out[n++] = 'B';
        if (c->orphan)
            out[n++] = 'V';
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

static void put_clock(struct buf *out, long long s)
{
    buf_addf(out, "%lld:%02lld:%02lld", s / 3600, s / 60 % 60, s % 60);
}

/* "12s", "1m30s", "2h5m", "3D10h": as `show conn detail` prints spans. */
static void put_span(struct buf *out, long long s)
{
    if (s >= 86400)
        buf_addf(out, "%lldD%lldh", s / 86400, s / 3600 % 24);
    else if (s >= 3600)
        buf_addf(out, "%lldh%lldm", s / 3600, s / 60 % 60);
    else if (s >= 60)
        buf_addf(out, "%lldm%llds", s / 60, s % 60);
    else
        buf_addf(out, "%llds", s);
}

/* "outside 10.99.55.44(18.17.16.15):11515": the mapped address stands behind the real one. */
static void put_end(const struct conns *t, const struct conn *c, int side, struct buf *out)
{
    const struct ip_addr *real = &c->at[side].addr, *mapped = &conn_mapped(c, side)->addr;
    char a[IP_ADDR_TEXT];

    buf_addf(out, "%s %s", t->env.ifs->v[c->ifi[side]].nameif, ip_addr_format(real, a));
    if (!ip_addr_eq(real, mapped))
        buf_addf(out, "(%s)", ip_addr_format(mapped, a));
    buf_addf(out, ":%u", c->at[side].port);
}

void conn_show_line(const struct conns *t, const struct conn *c, struct buf *out)
{
    int o = outer(t, c);
    char flags[CONN_FLAGS];

    buf_addf(out, "%s ", proto_name(c->proto));
    put_end(t, c, o, out);
    buf_addc(out, ' ');
    put_end(t, c, !o, out);
    buf_adds(out, ", idle ");
    put_clock(out, seconds(c->seen, conns_now(t)));
    buf_addf(out, ", bytes %llu, flags %s\n", (unsigned long long)c->bytes,
             conn_flags(t, c, flags));
}

static uint32_t timeout_of(const struct conns *t, const struct conn *c)
{
    const struct gw_timeouts *o = &t->env.cfg->timeouts;

    if (c->proto != IP_TCP)
        return c->proto == IP_UDP ? o->udp : o->icmp;
    return conn_is_embryonic(c) ? EMBRYONIC_S : o->conn;
}

static void put_detail(const struct conns *t, const struct conn *c, struct buf *out)
{
    int o = outer(t, c);
    char flags[CONN_FLAGS], a[IP_ADDR_TEXT], b[IP_ADDR_TEXT], ma[IP_ADDR_TEXT], mb[IP_ADDR_TEXT];
    const struct endpoint *mo = conn_mapped(c, o), *mi = conn_mapped(c, !o);
    const char *ao = ip_addr_format(&c->at[o].addr, a), *ai = ip_addr_format(&c->at[!o].addr, b);

    buf_addf(out, "%s %s: %s/%u (%s/%u) %s: %s/%u (%s/%u), flags %s , idle ", proto_name(c->proto),
             t->env.ifs->v[c->ifi[o]].nameif, ao, c->at[o].port, ip_addr_format(&mo->addr, ma),
             mo->port, t->env.ifs->v[c->ifi[!o]].nameif, ai, c->at[!o].port,
             ip_addr_format(&mi->addr, mb), mi->port, conn_flags(t, c, flags));
    put_span(out, seconds(c->seen, conns_now(t)));
    buf_adds(out, ", uptime ");
    put_span(out, seconds(c->born, conns_now(t)));
    buf_adds(out, ", timeout ");
    put_span(out, timeout_of(t, c));
    buf_addf(out, ", bytes %llu\n", (unsigned long long)c->bytes);
    buf_addf(out, "  Initiator: %s, Responder: %s\n", o == 0 ? ao : ai, o == 0 ? ai : ao);
}

void conns_show_count(const struct conns *t, struct buf *out)
{
    buf_addf(out, "%zu in use, %zu most used\n", t->count, t->most);
}

void conns_show(const struct conns *t, enum conn_show how, bool orphans, struct buf *out)
{
    conns_show_count(t, out);
    for (const struct conn *c = t->oldest; c; c = c->next) {
        if ((orphans && !c->orphan) || c->life == CONN_CLOSED || c->life == CONN_ZOMBIE)
            continue;
        if (how == CONN_SHOW_PLAIN)
            conn_show_line(t, c, out);
        else
            put_detail(t, c, out);
        if (how == CONN_SHOW_DETAIL)
            buf_addf(out, "  Connection id: %u\n", c->id);
    }
}
