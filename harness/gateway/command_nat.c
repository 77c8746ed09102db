/* nat, global, static and nat-control as ASA 8.2 and older have them, and twice NAT of 8.3. */
#include "gateway/command_nat.h"

#include "gateway/command_ports.h"
#include "gateway/config_parts.h"
#include "wire/ip.h"

static enum err set_control(struct gw_call *call)
{
    call->cfg->nat.control = !call->no;
    call->changed |= GW_CHANGED_NAT;
    return ERR_OK;
}

static void name_in_parens(const char *word, char out[static GW_NAME])
{
    size_t n = strlen(word) - 2;

    memset(out, 0, GW_NAME);
    memcpy(out, word + 1, n);
}

/* --- nat (IF) ID -------------------------------------------------------------------------------
 */

/* dns, norandomseq, and limits of connections: read over. `outside` counts. */
static enum err take_options(struct gw_words *w, bool *outside)
{
    uint32_t n;

    while (gw_peek(w)) {
        if (outside && gw_take_if(w, "outside"))
            *outside = true;
        else if (gw_take_if(w, "dns") || gw_take_if(w, "norandomseq") || gw_take_if(w, "nailed"))
            continue;
        else if (!w->stream && (gw_take_if(w, "tcp") || gw_take_if(w, "udp") ||
                                gw_take_number(w, 0, 65535, &n) == ERR_OK))
            continue;
        else
            break;
    }
    return gw_end(w);
}

static bool same_id(const struct gw_nat_id *a, const struct gw_nat_id *b)
{
    return a->id == b->id && a->net.prefix == b->net.prefix &&
           ip_addr_eq(&a->net.addr, &b->net.addr) && strcmp(a->nameif, b->nameif) == 0 &&
           strcmp(a->acl, b->acl) == 0;
}

static enum err put_id(struct gw_call *call, const struct gw_nat_id *n)
{
    struct gw_nat_config *c = &call->cfg->nat;
    size_t i = 0;

    while (i < c->nids && !same_id(&c->ids[i], n))
        i++;
    if (call->no && i == c->nids)
        return gw_refuse(call, "unable to find nat configuration");
    if (call->no) {
        gw_list_remove(c->ids, &c->nids, sizeof(*n), i);
    } else {
        struct gw_nat_id *to =
            i < c->nids ? &c->ids[i] : gw_list_add((void **)&c->ids, &c->nids, sizeof(*to));
        *to = *n;
    }
    call->changed |= GW_CHANGED_NAT;
    return ERR_OK;
}

enum { FROM_ARGS, IDENTITY, BY_LIST };

/* WHAT: IDENTITY, the number is 0 and no argument; BY_LIST: an access list instead of a network */
static enum err set_id(struct gw_call *call)
{
    size_t at = call->what == IDENTITY ? 1 : 2;
    struct gw_nat_id n = {.id = call->what == IDENTITY ? 0 : call->args[1].number};

    name_in_parens(call->args[0].word, n.nameif);
    n.net.addr = ip4(0);
    if (call->what == BY_LIST) {
        (void)gw_name_set(n.acl, call->args[at].word);
        if (!call->no && !gw_config_acl(call->cfg, n.acl))
            return gw_refuse(call, "access-list %s does not exist", n.acl);
    } else {
        uint32_t net = ip4_u32(&call->args[at].addr), mask = ip4_u32(&call->args[at + 1].addr);
        int prefix = ip4_mask_prefix(mask);
        if (prefix < 0 || net & ~mask)
            return gw_refuse(call, "Invalid address/mask pair");
        n.net = (struct ip_net){ip4(net), (uint8_t)prefix};
    }
    enum err e = call->open ? take_options(call->rest, &n.outside) : ERR_OK;
    return e ? e : put_id(call, &n);
}

/* --- global ------------------------------------------------------------------------------------
 */

/* "A" or "A-B" */
static bool parse_range(const char *word, const struct gw_config *c, struct gw_nat_global *g)
{
    char first[GW_NAME];
    const char *dash = strchr(word, '-');

    if (gw_parse_addr(word, c, &g->from)) {
        g->to = g->from;
        return true;
    }
    if (!dash || dash - word >= GW_NAME)
        return false;
    memset(first, 0, sizeof(first));
    memcpy(first, word, (size_t)(dash - word));
    return gw_parse_addr(first, c, &g->from) && gw_parse_addr(dash + 1, c, &g->to) &&
           ip4_u32(&g->from) <= ip4_u32(&g->to);
}

static bool same_global(const struct gw_nat_global *a, const struct gw_nat_global *b)
{
    return a->id == b->id && a->interface == b->interface && ip_addr_eq(&a->from, &b->from) &&
           ip_addr_eq(&a->to, &b->to) && strcmp(a->nameif, b->nameif) == 0;
}

/* WHAT: the interface's own address */
static enum err set_global(struct gw_call *call)
{
    struct gw_nat_config *c = &call->cfg->nat;
    struct gw_nat_global g = {.id = call->args[1].number, .interface = call->what != 0};
    size_t i = 0;

    name_in_parens(call->args[0].word, g.nameif);
    if (!g.interface && !parse_range(call->args[2].word, call->cfg, &g))
        return gw_refuse(call, "Invalid global IP address %s", call->args[2].word);
    while (i < c->nglobals && !same_global(&c->globals[i], &g))
        i++;
    if (call->no && i == c->nglobals)
        return gw_refuse(call, "unable to find global configuration");
    if (call->no) {
        gw_list_remove(c->globals, &c->nglobals, sizeof(g), i);
    } else if (i == c->nglobals) {
        struct gw_nat_global *to = gw_list_add((void **)&c->globals, &c->nglobals, sizeof(g));
        *to = g;
        if (g.interface)
            buf_addf(call->answer, "INFO: %s interface address added to PAT pool\n", g.nameif);
    }
    call->changed |= GW_CHANGED_NAT;
    return ERR_OK;
}

/* --- static ------------------------------------------------------------------------------------
 */

enum err gw_take_interfaces(struct gw_words *w, const struct gw_config *c, bool any,
                            char real[static GW_NAME], char mapped[static GW_NAME])
{
    const char *word = gw_peek(w);
    size_t n = word ? strlen(word) : 0;
    const char *comma = word ? strchr(word, ',') : NULL;

    if (!word)
        return ERR_SHORT;
    if (n < 5 || n >= GW_NAME || word[0] != '(' || word[n - 1] != ')' || !comma)
        return ERR_FORMAT;
    memset(real, 0, GW_NAME);
    memset(mapped, 0, GW_NAME);
    memcpy(real, word + 1, (size_t)(comma - word - 1));
    memcpy(mapped, comma + 1, (size_t)(word + n - 1 - (comma + 1)));
    for (int i = 0; i < 2; i++) {
        const char *name = i == 0 ? real : mapped;
        if (!gw_config_interface(c, name) && !(any && strcmp(name, GW_NAT_ANY) == 0))
            return ERR_FORMAT;
    }
    w->at++;
    return ERR_OK;
}

static enum err take_port(struct gw_words *w, uint8_t proto, uint16_t *port)
{
    const char *word;
    enum err e = gw_take_word(w, &word);

    if (!e && !gw_port_named(word, proto, port)) {
        w->at--;
        return ERR_FORMAT;
    }
    return e;
}

/* MAPPED [PORT] (REAL [PORT] [netmask MASK] | access-list ACL) */
static enum err take_static(struct gw_words *w, const struct gw_config *c, struct gw_nat_static *s)
{
    struct ip_addr mask;
    enum err e = ERR_OK;

    if (gw_take_if(w, "interface"))
        s->interface = true;
    else
        e = gw_take_addr(w, c, &s->mapped);
    if (!e && s->proto)
        e = take_port(w, s->proto, &s->mapped_port);
    if (!e && gw_take_if(w, "access-list")) {
        const char *name;
        e = gw_take_name(w, &name);
        if (!e)
            (void)gw_name_set(s->acl, name);
        return e;
    }
    if (!e)
        e = gw_take_addr(w, c, &s->real);
    if (!e && s->proto)
        e = take_port(w, s->proto, &s->real_port);
    s->prefix = 32;
    if (!e && gw_take_if(w, "netmask")) {
        e = gw_take_mask(w, &mask);
        int prefix = e ? 0 : ip4_mask_prefix(ip4_u32(&mask));
        if (prefix < 0)
            return ERR_FORMAT;
        s->prefix = (uint8_t)prefix;
    }
    return e;
}

static bool same_static(const struct gw_nat_static *a, const struct gw_nat_static *b)
{
    return a->proto == b->proto && a->interface == b->interface &&
           ip_addr_eq(&a->mapped, &b->mapped) && ip_addr_eq(&a->real, &b->real) &&
           a->mapped_port == b->mapped_port && a->real_port == b->real_port &&
           a->prefix == b->prefix && strcmp(a->real_if, b->real_if) == 0 &&
           strcmp(a->mapped_if, b->mapped_if) == 0 && strcmp(a->acl, b->acl) == 0;
}

static enum err put_static(struct gw_call *call, const struct gw_nat_static *s)
{
    struct gw_nat_config *c = &call->cfg->nat;
    uint32_t host = s->prefix ? (uint32_t)(UINT64_C(0xffffffff) >> s->prefix) : UINT32_MAX;
    size_t i = 0;

    if (!s->acl[0] && !s->proto &&
        ((!s->interface && ip4_u32(&s->mapped) & host) || ip4_u32(&s->real) & host))
        return gw_refuse(call, "Invalid address/mask pair");
    if (!call->no && s->acl[0] && !gw_config_acl(call->cfg, s->acl))
        return gw_refuse(call, "access-list %s does not exist", s->acl);
    while (i < c->nstatics && !same_static(&c->statics[i], s))
        i++;
    if (call->no && i == c->nstatics)
        return gw_refuse(call, "unable to find static configuration");
    if (call->no) {
        gw_list_remove(c->statics, &c->nstatics, sizeof(*s), i);
    } else if (i == c->nstatics) {
        struct gw_nat_static *to = gw_list_add((void **)&c->statics, &c->nstatics, sizeof(*s));
        *to = *s;
    }
    call->changed |= GW_CHANGED_NAT;
    return ERR_OK;
}

static enum err set_static(struct gw_call *call)
{
    struct gw_words *w = call->rest;
    struct gw_nat_static s = {.prefix = 32};
    enum err e = gw_take_interfaces(w, call->cfg, false, s.real_if, s.mapped_if);

    if (!e && gw_take_if(w, "tcp"))
        s.proto = IP_TCP;
    else if (!e && gw_take_if(w, "udp"))
        s.proto = IP_UDP;
    if (!e)
        e = take_static(w, call->cfg, &s);
    if (!e)
        e = take_options(w, NULL);
    return e ? e : put_static(call, &s);
}

#define ID "nat (IF) <1-2147483647> "

static const struct gw_command rows[] = {
    {GW_CONFIG, GW_BOTH, "nat-control", set_control, 0, "Require a translation for every host"},
    {GW_CONFIG, GW_BOTH, ID "ADDR MASK", set_id, FROM_ARGS, "Translate what comes from a network"},
    {GW_CONFIG, GW_BOTH, ID "ADDR MASK ...", set_id, FROM_ARGS, NULL},
    {GW_CONFIG, GW_BOTH, ID "access-list NAME", set_id, BY_LIST, "Translate what a list permits"},
    {GW_CONFIG, GW_BOTH, ID "access-list NAME ...", set_id, BY_LIST, NULL},
    {GW_CONFIG, GW_BOTH, "nat (IF) 0 ADDR MASK", set_id, IDENTITY, "Leave addresses as they are"},
    {GW_CONFIG, GW_BOTH, "nat (IF) 0 ADDR MASK ...", set_id, IDENTITY, NULL},
    {GW_CONFIG, GW_BOTH, "nat ...", gw_set_twice, 0, "Translate source and destination"},
    {GW_CONFIG, GW_BOTH, "global (IF) <1-2147483647> interface", set_global, 1,
     "Translate to the interface's address"},
    {GW_CONFIG, GW_BOTH, "global (IF) <1-2147483647> WORD", set_global, 0,
     "Translate to these addresses"},
    {GW_CONFIG, GW_BOTH, "global (IF) <1-2147483647> WORD netmask MASK", set_global, 0, NULL},
    {GW_CONFIG, GW_BOTH, "static ...", set_static, 0, "Translate an address to a fixed one"},
};

const struct gw_command_set gw_nat_commands = {rows, COUNT(rows)};
