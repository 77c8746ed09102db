#include "gateway/show.h"

#include "gateway/acl.h"
#include "gateway/command_parts.h"
#include "gateway/config_parts.h"
#include "wire/scan.h"

static const struct gw_show_env *env_of(const struct gw_call *call)
{
    return call->owner;
}

/* `show running-config all sysopt`, line for line as Cisco's tech note 113014 prints it */
static enum err show_sysopt_all(struct gw_call *call)
{
    gw_config_write_sysopt_all(env_of(call)->cfg, call->answer);
    return ERR_OK;
}

/* WHAT: with keys */
static enum err show_running(struct gw_call *call)
{
    buf_adds(call->answer, ": Saved\n:\n");
    gw_config_write(env_of(call)->cfg, call->what != 0, call->answer);
    return ERR_OK;
}

static enum err show_running_all(struct gw_call *call)
{
    buf_adds(call->answer, ": Saved\n:\n");
    gw_config_write_all(env_of(call)->cfg, call->answer);
    return ERR_OK;
}

/* Whether the words that were typed begin LINE: the first as an abbreviation, the others whole or,
 * being keywords, abbreviated. */
static bool is_in_section(struct bytes line, const struct gw_words *w)
{
    struct bytes left = line;

    (void)scan_lit(&left, "no ");
    for (size_t i = w->at; i < w->n; i++) {
        size_t n = 0;
        char word[GW_NAME];
        bool number = false;
        for (; n < left.n && left.p[n] != ' ' && n + 1 < sizeof(word); n++) {
            word[n] = (char)left.p[n];
            number |= word[n] >= '0' && word[n] <= '9';
        }
        word[n] = '\0';
        if (n == 0 || (number ? strcmp(w->w[i].s, word) != 0 : !gw_prefix_of(w->w[i].s, word)))
            return false;
        left = bytes_from(left, n);
        (void)scan_lit(&left, " ");
    }
    return true;
}

/* A line belongs to the command above it while it is indented. */
static void put_section(struct bytes text, const struct gw_words *w, struct buf *out)
{
    bool in = false;
    struct bytes line;

    while (scan_before(&text, "\n", &line)) {
        if (!line.n || line.p[0] != ' ') {
            in = line.n && line.p[0] != '!' && line.p[0] != ':' && is_in_section(line, w);
            if (in && line.n > 10 && memcmp(line.p, "interface ", 10) == 0)
                buf_adds(out, "!\n");
        }
        if (in)
            buf_addf(out, "%.*s\n", (int)line.n, (const char *)line.p);
    }
}

/* The first words that sections can have. */
static bool is_section(const char *word)
{
    static const char *const names[] = {
        "access-group",   "access-list",  "class-map", "crypto",     "domain-name", "enable",
        "global",         "group-policy", "hostname",  "icmp",       "interface",   "ip",
        "ipv6",           "isakmp",       "logging",   "name",       "names",       "nat",
        "object",         "object-group", "passwd",    "policy-map", "route",       "service",
        "service-policy", "static",       "sysopt",    "telnet",     "timeout",     "tunnel-group",
        "username",       "vpn",          "webvpn"};

    for (size_t i = 0; i < COUNT(names); i++) {
        if (gw_prefix_of(word, names[i]))
            return true;
    }
    return false;
}

/* show running-config [all] SECTION [WORDS]. WHAT: all */
static enum err show_section(struct gw_call *call)
{
    const struct gw_config *c = env_of(call)->cfg;
    struct gw_words *w = call->rest;
    struct buf text = BUF_INIT;

    if (!gw_peek(w))
        return ERR_SHORT;
    if (!is_section(gw_peek(w)))
        return ERR_FORMAT;
    if (call->what)
        gw_config_write_all(c, &text);
    else
        gw_config_write(c, false, &text);
    put_section(buf_bytes(&text), w, call->answer);
    buf_release(&text);
    w->at = w->n;
    return ERR_OK;
}

static enum err show_logging(struct gw_call *call)
{
    if (env_of(call)->log)
        gw_syslog_show(env_of(call)->log, call->answer);
    else
        buf_adds(call->answer, "Syslog logging: disabled\n");
    return ERR_OK;
}

static void put_uptime(int64_t t, struct buf *out)
{
    if (t >= 86400)
        buf_addf(out, "%lld day%s ", (long long)(t / 86400), t >= 2 * 86400 ? "s" : "");
    if (t >= 3600)
        buf_addf(out, "%d hour%s", (int)(t / 3600 % 24), t / 3600 % 24 == 1 ? "" : "s");
    else
        buf_addf(out, "%d min%s %d sec%s", (int)(t / 60), t / 60 == 1 ? "" : "s", (int)(t % 60),
                 t % 60 == 1 ? "" : "s");
    buf_adds(out, "\n");
}

static enum err show_version(struct gw_call *call)
{
    static const char *const banners[GW_PLATFORM_COUNT] = {
        [GW_PLATFORM_ASA] = "Cisco Adaptive Security Appliance Software Version",
        [GW_PLATFORM_PIX] = "Cisco PIX Firewall Version",
        [GW_PLATFORM_VPN3000] = "Cisco Systems, Inc./VPN 3000 Concentrator Version",
        [GW_PLATFORM_IOS] = "Cisco IOS Software, Version"};
    const struct gw_config *c = env_of(call)->cfg;
    struct buf *out = call->answer;

    buf_addf(out, "\n%s %s%s\n", banners[c->platform], c->version,
             c->platform == GW_PLATFORM_ASA ? " " : "");
    buf_adds(out, "holdfast reference gateway: a model, no Cisco software\n\n");
    buf_addf(out, "%s up ", c->hostname);
    put_uptime(env_of(call)->uptime_s, out);
    buf_adds(out, "\n");
    for (size_t i = 0; i < c->ninterfaces; i++)
        buf_addf(out, "%2zu: Ext: %-20s: %s\n", i, c->interfaces[i].hardware,
                 c->interfaces[i].nameif[0] ? c->interfaces[i].nameif : "not named");
    return ERR_OK;
}

/* The hashes that a device prints tell entries apart; how it makes them is not known. */
static uint32_t hash_of(struct bytes text)
{
    uint32_t h = 2166136261u; /* FNV-1a */

    for (size_t i = 0; i < text.n; i++)
        h = (h ^ text.p[i]) * 16777619u;
    return h;
}

/* "access-list 100 line 1 extended permit ip any any (hitcnt=5) 0x1a2b3c4d " */
static void put_entry(const struct gw_acl *a, size_t k, struct buf *out)
{
    struct buf text = BUF_INIT;
    size_t name = strlen("access-list ") + strlen(a->name);

    gw_ace_format(a, &a->aces[k], &text);
    buf_addf(out, "%.*s line %zu%s (hitcnt=%llu) 0x%08x \n", (int)name, buf_str(&text), k + 1,
             buf_str(&text) + name, (unsigned long long)a->aces[k].hits, hash_of(buf_bytes(&text)));
    buf_release(&text);
}

/* show access-list [NAME] */
static enum err show_access_list(struct gw_call *call)
{
    const struct gw_config *c = env_of(call)->cfg;
    struct buf *out = call->answer;

    if (call->nargs && !gw_config_acl(c, call->args[0].word))
        return gw_refuse(call, "access-list <%s> does not exist", call->args[0].word);
    if (!call->nargs)
        buf_adds(out, "access-list cached ACL log flows: total 0, denied 0 (deny-flow-max 4096)\n"
                      "            alert-interval 300\n");
    for (size_t i = 0; i < c->nacls; i++) {
        const struct gw_acl *a = &c->acls[i];
        if (call->nargs && strcmp(call->args[0].word, a->name) != 0)
            continue;
        buf_addf(out, "access-list %s; %zu elements", a->name, a->naces);
        if (c->profile->can & GW_CAN_IKEV1) /* 8.3 and later */
            buf_addf(out, "; name hash: 0x%08x", hash_of(bytes_str(a->name)));
        buf_addc(out, '\n');
        for (size_t k = 0; k < a->naces; k++)
            put_entry(a, k, out);
    }
    return ERR_OK;
}

static const struct gw_command rows[] = {
    {GW_EXEC, GW_YES, "show running-config", show_running, 0, "Current operating configuration"},
    {GW_EXEC, GW_YES, "more system:running-config", show_running, 1, NULL},
    {GW_EXEC | GW_NEEDS(GW_CAN_SYSOPT), GW_YES, "show running-config all sysopt", show_sysopt_all,
     0, "System options"},
    {GW_EXEC, GW_YES, "show running-config all", show_running_all, 0, "With the defaults"},
    {GW_EXEC, GW_YES, "show running-config all ...", show_section, 1, "A part of it"},
    {GW_EXEC, GW_YES, "show running-config ...", show_section, 0, "A part of it"},
    {GW_EXEC, GW_YES, "show access-list", show_access_list, 0, "Access lists"},
    {GW_EXEC, GW_YES, "show access-list NAME", show_access_list, 0, NULL},
    {GW_EXEC, GW_YES, "show logging", show_logging, 0, "Settings and buffer of the log"},
    {GW_EXEC | GW_USER, GW_YES, "show version", show_version, 0, "Software and uptime"},
};

const struct gw_command_set gw_show_commands = {rows, COUNT(rows)};

enum err gw_show(const struct gw_show_env *env, const char *line, struct buf *out)
{
    static const struct gw_command_set *const sets[] = {&gw_show_commands};
    struct gw_show_env own = *env;
    char copy[GW_LINE_MAX];
    struct gw_word w[GW_WORDS_MAX];
    struct gw_words words = {.w = w};
    struct gw_call call = {.owner = &own, .answer = out, .rest = &words};

    if (strlen(line) >= GW_LINE_MAX)
        return ERR_NOTFOUND;
    words.n = gw_command_split(line, copy, w, 0);
    struct gw_match m = gw_command_match(sets, COUNT(sets), GW_EXEC, env->cfg, &words);
    if (!m.row && m.bad < 2)
        return ERR_NOTFOUND;
    if (!m.row)
        return gw_command_complain(&call, &words, m.err, m.bad);
    gw_command_bind(m.row, env->cfg, &words, &call);
    call.what = m.row->what;
    words.at = m.used;
    enum err e = m.row->run(&call);
    return e == ERR_FORMAT || e == ERR_SHORT ? gw_command_complain(&call, &words, e, words.at) : e;
}
