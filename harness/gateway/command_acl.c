/* access-list: extended and standard entries, remarks. */
#include "base/mem.h"
#include "gateway/command_parts.h"
#include "gateway/command_ports.h"
#include "gateway/config_parts.h"
#include "wire/ip.h"

#define DUPLICATE_SEARCH_MAX 512 /* entries; beyond, a duplicate is only useless, never wrong */

static const struct gw_port_range any_port = {0, UINT16_MAX, false};

struct line { /* one command, read */
    struct gw_ace ace;
    uint32_t position; /* from 1; 0: at the end */
    bool standard;
    bool six;          /* of `ipv6 access-list` */
    bool object_group; /* names something the model does not have */
};

static struct gw_wildcard wildcard(struct ip_addr addr, struct ip_addr mask)
{
    /* addresses are kept masked, so that two ways of writing an entry are the same entry */
    for (size_t i = 0; i < sizeof(addr.b); i++)
        addr.b[i] &= mask.b[i];
    return (struct gw_wildcard){addr, mask, GW_ANY};
}

static struct ip_addr host_mask(const struct ip_addr *a)
{
    struct ip_addr m = {.family = a->family};

    memset(m.b, 0xff, ip_addr_len(a));
    return m;
}

static struct gw_wildcard whole(uint8_t family, enum gw_any any)
{
    return (struct gw_wildcard){{.family = family}, {.family = family}, (uint8_t)any};
}

/* "any": IPv4 up to 8.x, both versions from 9.0 on, IPv6 in an IPv6 list. */
static bool take_any(struct gw_call *call, bool six, struct gw_wildcard *out)
{
    struct gw_words *w = call->rest;

    if (gw_take_if(w, "any")) { /* first: the word begins the others, too */
        *out = whole(six ? 6 : 4, GW_ANY);
        if (gw_config_since(call->cfg, 9, 0))
            out->any = six ? GW_ANY_FAMILY : GW_ANY_BOTH;
    } else if (gw_take_if(w, "any4")) {
        *out = whole(4, GW_ANY_FAMILY);
    } else if (gw_take_if(w, "any6")) {
        *out = whole(6, GW_ANY_FAMILY);
    } else {
        return false;
    }
    return true;
}

/* host A | A/N of IPv6; false: it is none. */
static bool take_side6(struct gw_words *w, struct gw_wildcard *out)
{
    struct gw_words look = *w;
    bool host = gw_take_if(&look, "host");
    const char *word = gw_peek(&look);
    struct ip_addr mask = {.family = 6};
    struct ip_net net = {.prefix = 128};

    if (!word || !(host ? gw_parse_addr6(word, &net.addr) : gw_parse_net6(word, &net)))
        return false;
    for (size_t i = 0; i < net.prefix; i++)
        mask.b[i / 8] |= (uint8_t)(0x80u >> (i % 8));
    *out = wildcard(net.addr, mask);
    w->at = look.at + 1;
    return true;
}

/* any | any4 | any6 | host A | interface IF | A M | A/N */
static enum err take_side(struct gw_call *call, bool six, struct gw_wildcard *out)
{
    struct gw_words *w = call->rest;
    struct ip_addr addr, mask;
    const char *name;
    enum err e;

    if (take_any(call, six, out) || take_side6(w, out))
        return ERR_OK;
    if (six) {
        if (gw_take_if(w, "host") && !gw_peek(w))
            return ERR_SHORT;
        return gw_peek(w) ? ERR_FORMAT : ERR_SHORT;
    }
    if (gw_take_if(w, "host")) {
        if ((e = gw_take_addr(w, call->cfg, &addr)))
            return e;
        *out = wildcard(addr, host_mask(&addr));
        return ERR_OK;
    }
    if (gw_take_if(w, "interface")) {
        if ((e = gw_take_name(w, &name)))
            return e;
        const struct gw_interface *i = gw_config_interface(call->cfg, name);
        if (!i || !i->addr.family) {
            w->at--;
            return ERR_FORMAT;
        }
        *out = wildcard(i->addr, host_mask(&i->addr));
        return ERR_OK;
    }
    if ((e = gw_take_addr(w, call->cfg, &addr)) || (e = gw_take_mask(w, &mask)))
        return e;
    *out = wildcard(addr, mask);
    return ERR_OK;
}

static enum err take_port(struct gw_words *w, uint8_t proto, uint16_t *out)
{
    if (!gw_peek(w))
        return ERR_SHORT;
    if (!gw_port_named(gw_peek(w), proto, out))
        return ERR_FORMAT;
    w->at++;
    return ERR_OK;
}

/* eq P | neq P | gt P | lt P | range P P, or nothing */
static enum err take_ports(struct gw_words *w, uint8_t proto, struct gw_port_range *out)
{
    static const char *const kws[] = {"eq", "neq", "gt", "lt", "range"};
    enum { EQ, NEQ, GT, LT, RANGE };
    size_t op;
    uint16_t p, to;
    enum err e;

    *out = any_port;
    if ((proto != IP_TCP && proto != IP_UDP) || !gw_peek(w) ||
        gw_take_keyword(w, kws, COUNT(kws), &op))
        return ERR_OK;
    if ((e = take_port(w, proto, &p)))
        return e;
    to = p;
    if (op == RANGE && (e = take_port(w, proto, &to)))
        return e;
    if ((op == GT && p == UINT16_MAX) || (op == LT && p == 0) || to < p) {
        w->at--;
        return ERR_FORMAT;
    }
    *out = (struct gw_port_range){p, to, op == NEQ};
    if (op == GT)
        *out = (struct gw_port_range){(uint16_t)(p + 1), UINT16_MAX, false};
    else if (op == LT)
        *out = (struct gw_port_range){0, (uint16_t)(p - 1), false};
    return ERR_OK;
}

/* log [level | disable | default] [interval N] */
static enum err take_log(struct gw_call *call, struct gw_ace *ace)
{
    struct gw_words *w = call->rest;
    uint32_t v;

    ace->log_disabled = gw_take_if(w, "disable");
    ace->log = !ace->log_disabled && !gw_take_if(w, "default"); /* as without "log" */
    ace->log_level = GW_ACE_LOG_LEVEL;
    ace->log_interval_s = GW_ACE_LOG_INTERVAL_S;
    if (ace->log && gw_peek(w) && gw_parse_level(gw_peek(w), &v)) {
        ace->log_level = (uint8_t)v;
        w->at++;
        if (v != GW_ACE_LOG_LEVEL)
            call->remark = "106100 keeps its own level: see `logging message`";
    }
    if (!ace->log || !gw_take_if(w, "interval"))
        return ERR_OK;
    if (gw_take_number(w, 1, 600, &v))
        return ERR_FORMAT;
    ace->log_interval_s = (uint16_t)v;
    return ERR_OK;
}

/* log ..., time-range NAME, inactive: in any order */
static enum err take_tail(struct gw_call *call, struct gw_ace *ace)
{
    struct gw_words *w = call->rest;
    const char *name;

    for (;;) {
        if (gw_take_if(w, "log")) {
            if (take_log(call, ace))
                return ERR_FORMAT;
        } else if (gw_take_if(w, "time-range")) {
            if (gw_take_name(w, &name))
                return ERR_SHORT;
            call->remark = "time ranges are not modelled: the entry holds at any time";
        } else if (gw_take_if(w, "inactive")) {
            ace->inactive = true;
        } else {
            return gw_end(w);
        }
    }
}

static enum err take_proto(struct gw_words *w, uint8_t *out)
{
    if (!gw_peek(w))
        return ERR_SHORT;
    if (!gw_proto_named(gw_peek(w), out))
        return ERR_FORMAT;
    w->at++;
    return ERR_OK;
}

static enum err take_extended(struct gw_call *call, struct line *l)
{
    struct gw_words *w = call->rest;
    struct gw_ace *a = &l->ace;
    enum err e;

    for (size_t i = w->at; i < w->n && !w->stream; i++) {
        if (strcmp(w->w[i].s, "object") == 0 || strcmp(w->w[i].s, "object-group") == 0) {
            l->object_group = true;
            w->at = w->n;
            return ERR_OK;
        }
    }
    if ((e = take_proto(w, &a->proto)) || (e = take_side(call, l->six, &a->src)) ||
        (e = take_ports(w, a->proto, &a->src_port)) || (e = take_side(call, l->six, &a->dst)) ||
        (e = take_ports(w, a->proto, &a->dst_port)))
        return e;
    if (a->src.addr.family != a->dst.addr.family && a->src.any != GW_ANY_BOTH &&
        a->dst.any != GW_ANY_BOTH)
        return gw_refuse(call, "Source and destination are of different IP versions");
    if (a->proto == IP_ICMP && gw_peek(w) && gw_icmp_named(gw_peek(w), &a->icmp_type))
        w->at++;
    if (a->proto == IP_ICMPV6 && gw_peek(w) && gw_icmp6_named(gw_peek(w), &a->icmp_type))
        w->at++;
    return take_tail(call, a);
}

/* permit any | host A | A M; some write "permit A" for a host */
static enum err take_standard(struct gw_call *call, struct line *l)
{
    l->standard = true;
    l->ace.src = whole(4, GW_ANY);
    l->ace.src_port = l->ace.dst_port = any_port;
    enum err e = take_side(call, false, &l->ace.dst);
    return e ? e : gw_end(call->rest);
}

/* [line N] [extended | standard] {permit | deny} ... */
static enum err take_line(struct gw_call *call, struct line *l)
{
    static const char *const actions[] = {"deny", "permit"};
    struct gw_words *w = call->rest;
    size_t action;
    enum err e;

    l->ace.icmp_type = -1;
    if (gw_take_if(w, "line") && (e = gw_take_number(w, 1, INT32_MAX, &l->position)))
        return e;
    l->standard = !l->six && gw_take_if(w, "standard");
    if (!l->standard && !l->six)
        (void)gw_take_if(w, "extended");
    if ((e = gw_take_keyword(w, actions, COUNT(actions), &action)))
        return e;
    l->ace.action = action ? GW_PERMIT : GW_DENY;
    return l->standard ? take_standard(call, l) : take_extended(call, l);
}

static bool same_range(const struct gw_port_range *a, const struct gw_port_range *b)
{
    return a->from == b->from && a->to == b->to && a->negated == b->negated;
}

static bool same_wildcard(const struct gw_wildcard *a, const struct gw_wildcard *b)
{
    return ip_addr_eq(&a->addr, &b->addr) && ip_addr_eq(&a->mask, &b->mask) &&
           (a->any == GW_ANY_BOTH) == (b->any == GW_ANY_BOTH);
}

static bool same_ace(const struct gw_ace *a, const struct gw_ace *b)
{
    return a->action == b->action && a->proto == b->proto && a->icmp_type == b->icmp_type &&
           same_wildcard(&a->src, &b->src) && same_wildcard(&a->dst, &b->dst) &&
           same_range(&a->src_port, &b->src_port) && same_range(&a->dst_port, &b->dst_port);
}

static size_t find_ace(const struct gw_acl *a, const struct gw_ace *ace)
{
    size_t i = 0;

    while (i < a->naces && !same_ace(&a->aces[i], ace))
        i++;
    return i;
}

static void remove_acl(struct gw_config *c, struct gw_acl *a)
{
    gw_config_unbind_acl(c, a->name);
    mem_free(a->aces);
    gw_list_remove(c->acls, &c->nacls, sizeof(*c->acls), (size_t)(a - c->acls));
}

static enum err remove_ace(struct gw_call *call, const char *name, const struct line *l)
{
    struct gw_acl *a = gw_config_find_acl(call->cfg, name);
    size_t i = a ? find_ace(a, &l->ace) : 0;

    if (!a || i == a->naces)
        return gw_refuse(call, "entry not found in access-list <%s>", name);
    gw_list_remove(a->aces, &a->naces, sizeof(*a->aces), i);
    if (a->naces == 0)
        remove_acl(call->cfg, a);
    return ERR_OK;
}

static enum err add_ace(struct gw_call *call, const char *name, const struct line *l)
{
    struct gw_acl *a = gw_config_find_acl(call->cfg, name);

    bool six = l->six && !gw_config_since(call->cfg, 9, 0);

    if (a && a->naces && (a->standard != l->standard || a->ipv6 != six))
        return gw_refuse(call, "access-list <%s> is of another type", name);
    a = gw_config_make_acl(call->cfg, name);
    a->standard = l->standard;
    a->ipv6 = six;
    size_t i = a->naces < DUPLICATE_SEARCH_MAX ? find_ace(a, &l->ace) : a->naces;
    if (i < a->naces) {
        buf_addf(call->answer, "WARNING: <%s> found duplicate element\n", name);
        a->aces[i].inactive = l->ace.inactive;
        a->aces[i].log = l->ace.log;
        a->aces[i].log_disabled = l->ace.log_disabled;
        a->aces[i].log_level = l->ace.log_level;
        a->aces[i].log_interval_s = l->ace.log_interval_s;
        return ERR_OK;
    }
    size_t at = l->position && l->position <= a->naces ? l->position - 1 : a->naces;
    struct gw_ace *ace = gw_list_insert((void **)&a->aces, &a->naces, sizeof(*ace), at);
    *ace = l->ace;
    return ERR_OK;
}

enum err gw_set_access_entry(struct gw_call *call, bool six)
{
    const char *name = call->args[0].word;
    struct line l = {.six = six};
    enum err e = take_line(call, &l);

    if (e)
        return e;
    if (l.object_group) {
        call->remark = "object groups are not modelled: the entry is left out";
        return ERR_OK;
    }
    e = call->no ? remove_ace(call, name, &l) : add_ace(call, name, &l);
    if (!e)
        call->changed |= GW_CHANGED_ACL;
    return e;
}

static enum err set_entry(struct gw_call *call)
{
    return gw_set_access_entry(call, false);
}

static enum err clear_acl(struct gw_call *call)
{
    struct gw_config *c = call->cfg;
    struct gw_acl *a = call->nargs ? gw_config_find_acl(c, call->args[0].word) : NULL;

    if (call->nargs && !a)
        return gw_refuse(call, "access-list <%s> does not exist", call->args[0].word);
    if (a)
        remove_acl(c, a);
    while (!call->nargs && c->nacls)
        remove_acl(c, &c->acls[0]);
    call->changed |= GW_CHANGED_ACL;
    return ERR_OK;
}

static const struct gw_command rows[] = {
    {GW_CONFIG, GW_BOTH, "access-list NAME ...", set_entry, 0, "Configure an access control entry"},
    {GW_CONFIG, GW_BOTH, "access-list NAME remark ...", gw_accept, 0, NULL},
    {GW_CONFIG, GW_BOTH, "access-list NAME line <1-2147483647> remark ...", gw_accept, 0, NULL},
    {GW_CONFIG, GW_BOTH, "access-list NAME webtype ...", gw_accept, 0, NULL},
    {GW_CONFIG, GW_BOTH, "access-list NAME ethertype ...", gw_accept, 0, NULL},
    {GW_CONFIG, GW_BOTH, "access-list deny-flow-max <1-4096>", gw_accept, 0, NULL},
    {GW_CONFIG, GW_BOTH, "access-list alert-interval <1-3600>", gw_accept, 0, NULL},
    {GW_CONFIG, GW_YES, "clear configure access-list", clear_acl, 0, "Remove access lists"},
    {GW_CONFIG, GW_YES, "clear configure access-list NAME", clear_acl, 0, "Remove an access list"},
};

const struct gw_command_set gw_acl_commands = {rows, COUNT(rows)};
