#include "gateway/show_net.h"

#include <stdio.h>
#include <string.h>

typedef unsigned long long ull;

#define NAME_NARROW 67
#define NAME_WIDE   100

void show_drop_put(const struct show_drop *d, struct buf *out)
{
    char name[NAME_WIDE + 1];
    int width = snprintf(name, sizeof(name), "%s (%s)", d->text, d->keyword) <= NAME_NARROW
                    ? NAME_NARROW
                    : NAME_WIDE;

    buf_addf(out, "  %-*s%11llu\n", width, name, (ull)d->n);
}

/* "0s", "1m30s", "1h0m", "3D10h" */
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

static void put_plain(const struct gw_profile *p, const struct show_conn *c, struct buf *out)
{
    bool old = p->conn_form == GW_CONN_8_0;
    const struct show_conn_side *a = &c->outer, *b = &c->inner;
    bool nat_a = strcmp(a->addr, a->mapped) != 0 && !old;
    bool nat_b = strcmp(b->addr, b->mapped) != 0 && !old;
    const char *comma = old ? "" : ",";

    buf_addf(out, "%s %s %s%s%s%s:%u ", c->proto, old ? "out" : a->nameif, a->addr,
             nat_a ? "(" : "", nat_a ? a->mapped : "", nat_a ? ")" : "", a->port);
    buf_addf(out, "%s %s%s%s%s:%u%s", old ? "in" : b->nameif, b->addr, nat_b ? "(" : "",
             nat_b ? b->mapped : "", nat_b ? ")" : "", b->port, comma);
    buf_addf(out, " idle %lld:%02d:%02d%s bytes %llu%s flags %s\n", (long long)(c->idle_s / 3600),
             (int)(c->idle_s / 60 % 60), (int)(c->idle_s % 60), comma, (ull)c->bytes, comma,
             c->flags);
}

static void put_times(const struct show_conn *c, struct buf *out)
{
    buf_adds(out, "idle ");
    put_span(out, c->idle_s);
    buf_adds(out, ", uptime ");
    put_span(out, c->uptime_s);
    buf_adds(out, ", timeout ");
    if (c->timeout_s)
        put_span(out, c->timeout_s);
    else
        buf_addc(out, '-');
    buf_addf(out, ", bytes %llu\n", (ull)c->bytes);
}

static void put_long(const struct gw_profile *p, const struct show_conn *c, enum show_conn_how how,
                     struct buf *out)
{
    const struct show_conn_side *a = &c->outer, *b = &c->inner;

    if (p->conn_form != GW_CONN_9) {
        buf_addf(out, "%s %s:%s/%u %s:%s/%u", c->proto, a->nameif, a->addr, a->port, b->nameif,
                 b->addr, b->port);
        if (p->conn_form == GW_CONN_8_0) {
            buf_addf(out, " flags %s\n", c->flags);
            return;
        }
        buf_addf(out, ", flags %s, ", c->flags);
        put_times(c, out);
        return;
    }
    buf_addf(out, "%s %s: %s/%u (%s/%u) %s: %s/%u (%s/%u), flags %s , ", c->proto, a->nameif,
             a->addr, a->port, a->mapped, a->mapped_port, b->nameif, b->addr, b->port, b->mapped,
             b->mapped_port, c->flags);
    put_times(c, out);
    buf_addf(out, "  Initiator: %s, Responder: %s\n", c->outer_began ? a->addr : b->addr,
             c->outer_began ? b->addr : a->addr);
    if (how == SHOW_CONN_DETAIL)
        buf_addf(out, "  Connection lookup keyid: %u\n", c->id);
}

void show_conn_put(const struct gw_profile *p, const struct show_conn *c, enum show_conn_how how,
                   struct buf *out)
{
    if (how == SHOW_CONN_PLAIN)
        put_plain(p, c, out);
    else
        put_long(p, c, how, out);
}

static const char legend_8[] =
    "Flags: A - awaiting inside ACK to SYN, a - awaiting outside ACK to SYN,\n"
    "       B - initial SYN from outside, b - TCP state-bypass or nailed, C - CTIQBE media,\n"
    "       D - DNS, d - dump, E - outside back connection, F - outside FIN, f - inside FIN,\n"
    "       G - group, g - MGCP, H - H.323, h - H.225.0, I - inbound data,\n"
    "       i - incomplete, J - GTP, j - GTP data, K - GTP t3-response\n"
    "       k - Skinny media, M - SMTP data, m - SIP media, n - GUP\n"
    "       O - outbound data, P - inside back connection, p - Phone-proxy TFTP connection,\n"
    "       q - SQL*Net data, R - outside acknowledged FIN,\n"
    "       R - UDP SUNRPC, r - inside acknowledged FIN, S - awaiting inside SYN,\n"
    "       s - awaiting outside SYN, T - SIP, t - SIP transient, U - up,\n"
    "       V - VPN orphan, W - WAAS,\n"
    "       X - inspected by service module\n\n";

static const char legend_9[] =
    "Flags: A - awaiting inside ACK to SYN, a - awaiting outside ACK to SYN,\n"
    "       B - initial SYN from outside, b - TCP state-bypass or nailed,\n"
    "       C - CTIQBE media, c - cluster centralized,\n"
    "       D - DNS / Umbrella, d - dump, E - outside back connection, e - semi-distributed,\n"
    "       F - outside FIN, f - inside FIN,\n"
    "       G - group, g - MGCP, H - H.323, h - H.225.0, I - inbound data,\n"
    "       i - incomplete, J - GTP, j - GTP data, K - GTP t3-response\n"
    "       k - Skinny media, L - LISP triggered flow owner mobility\n"
    "       l - local director/backup stub flow\n"
    "       M - SMTP data, m - SIP media, n - GUP\n"
    "       N - inspected by Snort\n"
    "       O - outbound data, o - offloaded,\n"
    "       P - inside back connection\n"
    "       Q - Diameter, q - SQL*Net data,\n"
    "       R - outside acknowledged FIN,\n"
    "       R - UDP SUNRPC, r - inside acknowledged FIN, S - awaiting inside SYN,\n"
    "       s - awaiting outside SYN, T - SIP, t - SIP transient, U - up, u - STUN,\n"
    "       V - VPN orphan, v - M3UA W - WAAS,\n"
    "       w - secondary domain backup,\n"
    "       X - inspected by service module,\n"
    "       x - per session, Y - director stub flow, y - backup stub flow,\n"
    "       Z - Scansafe redirection, z - forwarding stub flow\n\n";

void show_conn_put_legend(const struct gw_profile *p, enum show_conn_how how, struct buf *out)
{
    if (how == SHOW_CONN_PLAIN || (how == SHOW_CONN_LONG && p->conn_form != GW_CONN_9))
        return;
    buf_adds(out, p->conn_form == GW_CONN_9 ? legend_9 : legend_8);
}
