/* The reference gateway in this process. */
#include "base/mem.h"
#include "device/device.h"
#include "gateway/gateway.h"

struct reference {
    struct device device;
    struct gateway *gw;
    bool has[DEVICE_LEGS];
    size_t interface[DEVICE_LEGS]; /* the gateway's number of a leg */
};

static const char *const nameifs[DEVICE_LEGS] = {"inside", "outside", "management"};

/* Switches of <set name= value=>: X(name, value, configuration line) */
#define SWITCHES(X)                                                                                \
    X("preserve-vpn-flows", "on", "sysopt connection preserve-vpn-flows")                          \
    X("preserve-vpn-flows", "off", "no sysopt connection preserve-vpn-flows")

static const struct {
    const char *name, *value, *line;
} switches[] = {
#define X(name, value, line) {name, value, line},
    SWITCHES(X)
#undef X
};

static const char *switch_line(const struct plan_setting *s)
{
    for (size_t i = 0; i < COUNT(switches); i++) {
        if (strcmp(switches[i].name, s->name) == 0 && strcmp(switches[i].value, s->value) == 0)
            return switches[i].line;
    }
    return NULL;
}

static bool is_release(const struct plan_setting *s)
{
    return s->name && (strcmp(s->name, "platform") == 0 || strcmp(s->name, "version") == 0);
}

static bool is_line(const struct plan_setting *s)
{
    return !s->name;
}

static bool is_fault(const struct plan_setting *s)
{
    return s->name && strcmp(s->name, "fault") == 0;
}

static bool is_model(const struct plan_setting *s)
{
    return s->name && strcmp(s->name, "model") == 0;
}

/* What there is instead, for a person. */
static enum err no_switch(const struct plan_setting *s, struct diag *why)
{
    struct buf known = BUF_INIT;

    for (size_t i = 0; i < COUNT(switches); i++)
        buf_addf(&known, " %s=\"%s\",", switches[i].name, switches[i].value);
    enum err e =
        diag_fail_at(why, ERR_INVALID, s->at.file, s->at.line,
                     "the built-in gateway has no setting %s=\"%s\"; it has%s platform=\"asa\", "
                     "version=\"8.2.1\", fault=\"NAME\", model=\"NAME\" and every line of a "
                     "configuration",
                     s->name, s->value, buf_str(&known));
    buf_release(&known);
    return e;
}

static int lines_in(const char *text)
{
    int n = 1;

    for (; *text; text++)
        n += *text == '\n';
    return n;
}

/* The N settings from S on, all of them lines, typed one after the other, so that one may stand
 * inside what another begins ("interface ..."). */
static enum err load_run(struct gw_config *c, const struct plan_setting *s, size_t n,
                         const struct gw_load_options *opts, struct diag *why)
{
    struct buf text = BUF_INIT;
    struct diag d = {0};
    size_t at = 0;

    for (size_t i = 0; i < n; i++)
        buf_addf(&text, "%s\n", s[i].value);
    enum err e = gw_config_load(c, "case", buf_bytes(&text), opts, &d);
    buf_release(&text);
    if (!e)
        return ERR_OK;
    for (int line = lines_in(s[at].value); line < d.line && at + 1 < n;)
        line += lines_in(s[++at].value);
    return diag_fail_at(why, e, s[at].at.file, s[at].at.line, "%s", d.text);
}

static enum err load_settings(const struct plan_device *spec, struct gw_config *c,
                              const struct gw_load_options *opts, struct diag *why)
{
    enum err e = ERR_OK;

    for (size_t i = 0, n; !e && i < spec->nsettings; i += n) {
        const struct plan_setting *s = &spec->settings[i];
        for (n = is_line(s); n && i + n < spec->nsettings && is_line(&s[n]);)
            n++;
        if (n) {
            e = load_run(c, s, n, opts, why);
            continue;
        }
        n = 1;
        if (is_release(s) || is_fault(s) || is_model(s)) /* before the files, or when it is made */
            continue;
        const char *line = switch_line(s);
        if (!line)
            return no_switch(s, why);
        struct plan_setting typed = {NULL, line, s->at};
        e = load_run(c, &typed, 1, opts, why);
    }
    return e;
}

/* What the device is, before anything is loaded: the last of each setting counts. */
static enum err use_release(const struct plan_device *spec, struct gw_config *c, struct diag *why)
{
    const struct plan_setting *platform = NULL, *version = NULL;
    struct diag d = {0};

    for (size_t i = 0; i < spec->nsettings; i++) {
        const struct plan_setting *s = &spec->settings[i];
        if (is_release(s) && s->name[0] == 'p')
            platform = s;
        else if (is_release(s))
            version = s;
    }
    if (!platform && !version)
        return ERR_OK;
    enum err e =
        gw_config_use(c, platform ? platform->value : NULL, version ? version->value : NULL, &d);
    if (!e)
        return ERR_OK;
    return diag_fail_at(why, ERR_INVALID, platform ? platform->at.file : NULL,
                        platform ? platform->at.line : 0, "%s", d.text);
}

static enum err load(const struct plan_device *spec, const struct device_env *env,
                     struct gw_config *c, struct diag *why)
{
    struct gw_load_options opts = {.psk = env->psk};

    if (!spec->config_text)
        return diag_fail_at(why, ERR_INVALID, spec->at.file, spec->at.line,
                            "the device has no configuration");
    enum err e = use_release(spec, c, why);
    if (!e)
        e = gw_config_load(c, spec->config ? spec->config : "configuration",
                           bytes_str(spec->config_text), &opts, why);
    return e ? e : load_settings(spec, c, &opts, why);
}

static enum err set_fault(struct reference *r, const char *name, const struct plan_place *at,
                          struct diag *why)
{
    if (!*name || strcmp(name, "none") == 0)
        return ERR_OK;
    if (gateway_set_fault(r->gw, name))
        return diag_fail_at(why, ERR_INVALID, at ? at->file : NULL, at ? at->line : 0,
                            "there is no fault called \"%s\"", name);
    return ERR_OK;
}

static enum err set_faults(struct reference *r, const struct plan_device *spec,
                           const struct device_env *env, struct diag *why)
{
    enum err e = env->fault ? set_fault(r, env->fault, NULL, why) : ERR_OK;

    for (size_t i = 0; !e && i < spec->nsettings; i++) {
        if (is_fault(&spec->settings[i]))
            e = set_fault(r, spec->settings[i].value, &spec->settings[i].at, why);
    }
    return e;
}

static enum err set_models(struct gateway_model *m, const struct plan_device *spec,
                           struct diag *why)
{
    for (size_t i = 0; i < spec->nsettings; i++) {
        const struct plan_setting *s = &spec->settings[i];
        struct buf names = BUF_INIT;
        if (!is_model(s) || !gateway_model_set(m, s->value))
            continue;
        gateway_model_names(&names);
        enum err e = diag_fail_at(why, ERR_INVALID, s->at.file, s->at.line,
                                  "the built-in gateway has no model switch \"%s\"; it has%s",
                                  s->value, buf_str(&names));
        buf_release(&names);
        return e;
    }
    return ERR_OK;
}

static void reference_close(struct device *d)
{
    struct reference *r = CONTAINER_OF(d, struct reference, device);

    gateway_free(r->gw);
    mem_free(r);
}

static enum err reference_open(const struct plan_device *spec, const struct device_env *env,
                               struct device **out, struct diag *why)
{
    struct gateway_model model = {0};
    struct gateway_env genv = {.clk = env->clk,
                               .rng = env->rng,
                               .epoch_s = env->epoch_s,
                               .log = env->log,
                               .model = &model};
    struct gw_config *c = gw_config_new();
    enum err e = set_models(&model, spec, why);

    if (!e)
        e = load(spec, env, c, why);

    if (e) {
        gw_config_free(c);
        return e;
    }
    struct reference *r = mem_zalloc(sizeof(*r));
    r->device.ops = &device_reference;
    e = gateway_new(c, &genv, &r->gw, why); /* takes the configuration */
    if (!e)
        e = set_faults(r, spec, env, why);
    if (e) {
        reference_close(&r->device);
        return e;
    }
    for (int i = 0; i < DEVICE_LEGS; i++)
        r->has[i] = gateway_find_interface(r->gw, nameifs[i], &r->interface[i]) == ERR_OK;
    *out = &r->device;
    return ERR_OK;
}

static void reference_attach(struct device *d, enum device_leg leg, struct sink *out)
{
    struct reference *r = CONTAINER_OF(d, struct reference, device);

    if (r->has[leg])
        gateway_attach(r->gw, r->interface[leg], out);
}

static void reference_input(struct device *d, enum device_leg leg, struct bytes frame)
{
    struct reference *r = CONTAINER_OF(d, struct reference, device);

    if (r->has[leg])
        gateway_input(r->gw, r->interface[leg], frame);
}

static void reference_tick(struct device *d)
{
    gateway_tick(CONTAINER_OF(d, struct reference, device)->gw);
}

static struct mono reference_deadline(const struct device *d)
{
    return gateway_deadline(CONTAINER_OF(d, const struct reference, device)->gw);
}

static enum err reference_command(struct device *d, const char *line, struct buf *answer,
                                  struct diag *why)
{
    (void)why;
    gateway_command(CONTAINER_OF(d, struct reference, device)->gw, line, answer);
    return ERR_OK;
}

static const char *reference_action(const struct device *d, enum plan_action action)
{
    (void)d;
    switch (action) {
    case ACTION_PHASE1_DELETE: return "clear crypto isakmp sa";
    case ACTION_PHASE2_DELETE: return "clear crypto ipsec sa";
    default: return NULL;
    }
}

const struct device_ops device_reference = {
    .name = "reference",
    .open = reference_open,
    .embedded = true,
    .has_console = true,
    .attach = reference_attach,
    .input = reference_input,
    .tick = reference_tick,
    .deadline = reference_deadline,
    .command = reference_command,
    .action_command = reference_action,
    .close = reference_close,
};
