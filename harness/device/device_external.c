/* A gateway on real interfaces of which the harness knows nothing but what comes over the wire. Its
 * configuration is the operator's; what a case sets is taken as done there. */
#include "base/mem.h"
#include "device/device.h"

static enum err external_open(const struct plan_device *spec, const struct device_env *env,
                              struct device **out, struct diag *why)
{
    for (size_t i = 0; i < spec->nsettings; i++) {
        const struct plan_setting *s = &spec->settings[i];
        if (s->name && strcmp(s->name, "fault") == 0)
            return diag_fail_at(why, ERR_UNSUPPORTED, s->at.file, s->at.line,
                                "seeded faults are of the built-in gateway alone");
    }
    if (env->fault)
        return diag_fail(why, ERR_UNSUPPORTED, "seeded faults are of the built-in gateway alone");
    struct device *d = mem_zalloc(sizeof(*d));
    d->ops = &device_external;
    *out = d;
    return ERR_OK;
}

static void external_attach(struct device *d, enum device_leg leg, struct sink *out)
{
    (void)d;
    (void)leg;
    (void)out;
}

static void external_input(struct device *d, enum device_leg leg, struct bytes frame)
{
    (void)d;
    (void)leg;
    (void)frame;
}

static void external_tick(struct device *d)
{
    (void)d;
}

static struct mono external_deadline(const struct device *d)
{
    (void)d;
    return MONO_NEVER;
}

static enum err external_command(struct device *d, const char *line, struct buf *answer,
                                 struct diag *why)
{
    (void)d;
    (void)line;
    (void)answer;
    return diag_fail(why, ERR_UNSUPPORTED, "an external device has no console here");
}

static const char *external_action(const struct device *d, enum plan_action action)
{
    (void)d;
    (void)action;
    return NULL;
}

static void external_close(struct device *d)
{
    mem_free(d);
}

const struct device_ops device_external = {
    .name = "external",
    .open = external_open,
    .embedded = false,
    .has_console = false,
    .attach = external_attach,
    .input = external_input,
    .tick = external_tick,
    .deadline = external_deadline,
    .command = external_command,
    .action_command = external_action,
    .close = external_close,
};
