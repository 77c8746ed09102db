#include "gateway/show.h"

#include "gateway/acl.h"
#include "gateway/command_parts.h"
#include "gateway/config_parts.h"

static const struct gw_show_env *env_of(const struct gw_call *call)
{
    return call->owner;
}

static const char *no(bool on)
{
    return on ? "" : "no ";
}

/* The note prints this line for outside only, with three interfaces named: so it stands for those
 * of the lowest security. */
static void show_noproxyarp(const struct gw_config *c, struct buf *out)
{
    int lowest = 100;

    for (size_t i = 0; i < c->ninterfaces; i++) {
        const struct gw_interface *in = &c->interfaces[i];
        if (in->nameif[0] && in->security_level < lowest)
            lowest = in->security_level;
    }
    for (size_t i = 0; i < c->ninterfaces; i++) {
        const struct gw_interface *in = &c->interfaces[i];
        if (in->nameif[0] && in->security_level <= lowest)
            buf_addf(out, "no sysopt noproxyarp %s\n", in->nameif);
    }
}

/* `show running-config all sysopt`, line for line as Cisco's tech note 113014 prints it */
static enum err show_sysopt_all(struct gw_call *call)
{
    const struct gw_config *c = env_of(call)->cfg;
    const struct gw_sysopt *s = &c->sysopt;
    struct buf *out = call->answer;

    buf_addf(out, "%ssysopt connection timewait\n", no(s->timewait));
    buf_addf(out, "sysopt connection tcpmss %u\n", s->tcpmss);
    buf_addf(out, "sysopt connection tcpmss minimum %u\n", s->tcpmss_minimum);
    buf_addf(out, "%ssysopt connection permit-vpn\n", no(s->permit_vpn));
    buf_addf(out, "%ssysopt connection reclassify-vpn\n", no(s->reclassify_vpn));
    buf_addf(out, "%ssysopt connection preserve-vpn-flows\n", no(s->preserve_vpn_flows));
    buf_adds(out, "no sysopt nodnsalias inbound\n"
                  "no sysopt nodnsalias outbound\n"
                  "no sysopt radius ignore-secret\n");
    show_noproxyarp(c, out);
    return ERR_OK;
}

static enum err show_sysopt(struct gw_call *call)
{
    gw_config_write_sysopt(&env_of(call)->cfg->sysopt, call->answer);
    return ERR_OK;
}

/* WHAT: with keys */
static enum err show_running(struct gw_call *call)
{
    buf_adds(call->answer, ": Saved\n:\n");
    gw_config_write(env_of(call)->cfg, call->what != 0, call->answer);
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

static enum err show_version(struct gw_call *call)
{
    const struct gw_config *c = env_of(call)->cfg;
    int64_t t = env_of(call)->uptime_s;
    struct buf *out = call->answer;

    buf_addf(out, "\nCisco Adaptive Security Appliance Software Version %s \n", c->version);
    buf_adds(out, "holdfast reference gateway: a model, no Cisco software\n\n");
    buf_addf(out, "%s up ", c->hostname);
    if (t >= 86400)
        buf_addf(out, "%lld day%s ", (long long)(t / 86400), t >= 2 * 86400 ? "s" : "");
    if (t >= 3600)
        buf_addf(out, "%d hour%s", (int)(t / 3600 % 24), t / 3600 % 24 == 1 ? "" : "s");
    else
        buf_addf(out, "%d min%s %d sec%s", (int)(t / 60), t / 60 == 1 ? "" : "s", (int)(t % 60),
                 t % 60 == 1 ? "" : "s");
    buf_adds(out, "\n");
    return ERR_OK;
}

/* `show access-list [NAME]`, without hit counts, which the model does not keep */
static enum err show_access_list(struct gw_call *call)
{
    const struct gw_config *c = env_of(call)->cfg;

    for (size_t i = 0; i < c->nacls; i++) {
        const struct gw_acl *a = &c->acls[i];
        if (call->nargs && strcmp(call->args[0].word, a->name) != 0)
            continue;
        if (!call->what)
            buf_addf(call->answer, "access-list %s; %zu elements\n", a->name, a->naces);
        for (size_t k = 0; k < a->naces; k++) {
            gw_ace_format(a, &a->aces[k], call->answer);
            buf_addc(call->answer, '\n');
        }
    }
    if (call->nargs && !gw_config_acl(c, call->args[0].word))
        return gw_refuse(call, "access-list <%s> does not exist", call->args[0].word);
    return ERR_OK;
}

static const struct gw_command rows[] = {
    {GW_EXEC, GW_YES, "show running-config", show_running, 0, "Current operating configuration"},
    {GW_EXEC, GW_YES, "more system:running-config", show_running, 1, NULL},
    {GW_EXEC, GW_YES, "show running-config all sysopt", show_sysopt_all, 0, "System options"},
    {GW_EXEC, GW_YES, "show running-config sysopt", show_sysopt, 0, "System options"},
    {GW_EXEC, GW_YES, "show running-config access-list", show_access_list, 1, "Access lists"},
    {GW_EXEC, GW_YES, "show running-config access-list NAME", show_access_list, 1, NULL},
    {GW_EXEC, GW_YES, "show access-list", show_access_list, 0, "Access lists"},
    {GW_EXEC, GW_YES, "show access-list NAME", show_access_list, 0, NULL},
    {GW_EXEC, GW_YES, "show logging", show_logging, 0, "Settings and buffer of the log"},
    {GW_EXEC, GW_YES, "show version", show_version, 0, "Software and uptime"},
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
    return m.row->run(&call);
}
