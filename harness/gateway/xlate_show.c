/* `show xlate` in the forms of ASA 8.2 and of 8.3 and later. */
#include "gateway/xlate_parts.h"
#include "wire/ip.h"

static const char *proto_name(uint8_t proto)
{
    return proto == IP_TCP ? "TCP" : proto == IP_UDP ? "UDP" : "ICMP";
}

static const char *name_of(const struct xlates *t, size_t ifi)
{
    return ifi < t->env.ifs->n ? t->env.ifs->v[ifi].nameif : GW_NAT_ANY;
}

static void put_clock(struct buf *out, int64_t s)
{
    buf_addf(out, "%lld:%02lld:%02lld", (long long)s / 3600, (long long)s / 60 % 60,
             (long long)s % 60);
}

/* "10.1.1.1", "10.1.1.0/24", or "10.1.1.3-10.1.1.9" */
static void put_range(struct buf *out, const struct ip_addr *first, uint32_t last)
{
    char a[IP_ADDR_TEXT], b[IP_ADDR_TEXT];
    int prefix = ip4_mask_prefix(~last);

    buf_adds(out, ip_addr_format(first, a));
    if (!last)
        return;
    if (prefix >= 0 && !(ip4_u32(first) & last)) {
        buf_addf(out, "/%d", prefix);
    } else {
        struct ip_addr to = ip4(ip4_u32(first) + last);
        buf_addf(out, "-%s", ip_addr_format(&to, b));
    }
}

static bool is_identity(const struct xlate *x)
{
    return endpoint_eq(&x->real, &x->mapped);
}

static void put_flags(struct buf *out, const struct xlate *x)
{
    buf_adds(out, "flags ");
    if (x->kind == XLATE_PORT || (x->kind == XLATE_FIXED && x->proto))
        buf_adds(out, x->kind == XLATE_FIXED ? "sr" : "ri");
    else
        buf_adds(out, x->kind == XLATE_FIXED ? "s" : "i");
    buf_adds(out, is_identity(x) ? "I" : "");
    buf_adds(out, x->twice ? "T" : "");
}

static void put_ends(const struct xlates *t, const struct xlate *x, struct buf *out)
{
    char a[IP_ADDR_TEXT], b[IP_ADDR_TEXT];
    const char *from = name_of(t, x->real_ifi), *to = name_of(t, x->mapped_ifi);

    ip_addr_format(&x->real.addr, a);
    ip_addr_format(&x->mapped.addr, b);
    if (x->kind == XLATE_PORT) {
        buf_addf(out, "%s PAT from %s:%s/%u to %s:%s/%u", proto_name(x->proto), from, a,
                 x->real.port, to, b, x->mapped.port);
    } else if (x->proto) {
        buf_addf(out, "%s PAT from %s:%s %u-%u to %s:%s %u-%u", proto_name(x->proto), from, a,
                 x->real.port, x->real.port, to, b, x->mapped.port, x->mapped.port);
    } else {
        buf_addf(out, "NAT from %s:", from);
        put_range(out, &x->real.addr, x->last);
        buf_addf(out, " to %s:", to);
        put_range(out, &x->mapped.addr, x->last);
    }
}

static uint32_t timeout_of(const struct xlates *t, const struct xlate *x)
{
    const struct gw_timeouts *o = &t->env.cfg->timeouts;

    return x->kind == XLATE_FIXED ? 0 : x->kind == XLATE_PORT ? o->pat_xlate : o->xlate;
}

static void put_new(const struct xlates *t, const struct xlate *x, struct buf *out)
{
    put_ends(t, x, out);
    buf_addc(out, x->twice || x->last ? '\n' : ' ');
    put_flags(out, x);
    buf_adds(out, " idle ");
    put_clock(out, mono_diff(x->seen, clock_now(t->env.clk)).ns / 1000000000);
    buf_adds(out, " timeout ");
    put_clock(out, timeout_of(t, x));
    buf_addc(out, '\n');
}

/* "PAT Global 192.150.49.1(1024) Local 10.1.1.15(1028)"; "Global 192.150.49.1 Local 10.1.1.15" */
static void put_old(const struct xlate *x, struct buf *out)
{
    char a[IP_ADDR_TEXT], b[IP_ADDR_TEXT];

    ip_addr_format(&x->mapped.addr, a);
    ip_addr_format(&x->real.addr, b);
    if (x->proto == IP_ICMP)
        buf_addf(out, "PAT Global %s(%u) Local %s ICMP id %u\n", a, x->mapped.port, b,
                 x->real.port);
    else if (x->proto)
        buf_addf(out, "PAT Global %s(%u) Local %s(%u)\n", a, x->mapped.port, b, x->real.port);
    else
        buf_addf(out, "Global %s Local %s\n", a, b);
}

static void put_one(const struct xlates *t, const struct xlate *x, enum xlate_show how,
                    struct buf *out)
{
    if (gw_version_number(t->env.cfg) >= 803) {
        put_new(t, x, out);
    } else if (how == XLATE_SHOW_PLAIN) {
        put_old(x, out);
    } else {
        put_ends(t, x, out);
        buf_addc(out, ' ');
        put_flags(out, x);
        buf_addc(out, '\n');
    }
}

void xlates_show_count(const struct xlates *t, struct buf *out)
{
    buf_addf(out, "%zu in use, %zu most used\n", t->count, t->most);
}

void xlates_show(const struct xlates *t, enum xlate_show how, struct buf *out)
{
    const struct xlate *const lists[] = {t->fixed.oldest, t->dynamic.oldest};

    xlates_show_count(t, out);
    if (gw_version_number(t->env.cfg) >= 803)
        buf_adds(out, "Flags: D - DNS, i - dynamic, r - portmap, s - static, I - identity, T - "
                      "twice\ne - extended\n");
    else if (how == XLATE_SHOW_DETAIL)
        buf_adds(out, "Flags: D - DNS, d - dump, I - identity, i - dynamic, n - no random,\n"
                      "       r - portmap, s - static\n");
    for (size_t i = 0; i < COUNT(lists); i++) {
        for (const struct xlate *x = lists[i]; x; x = x->next)
            put_one(t, x, how, out);
    }
}

void xlates_show_host(const struct xlates *t, size_t ifi, const struct ip_addr *real,
                      struct buf *out)
{
    const struct xlate *const lists[] = {t->fixed.oldest, t->dynamic.oldest};

    for (size_t i = 0; i < COUNT(lists); i++) {
        for (const struct xlate *x = lists[i]; x; x = x->next) {
            if (x->real_ifi != ifi || !ip_addr_eq(&x->real.addr, real))
                continue;
            buf_adds(out, "    ");
            put_one(t, x, XLATE_SHOW_PLAIN, out);
        }
    }
}
