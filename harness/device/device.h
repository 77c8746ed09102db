/* Adapters to the gateway under test. The runner asks every device the same few things; what a
 * device cannot do it refuses with a sentence, which makes the case SKIPPED or ERROR, never FAIL.
 */
#ifndef DEVICE_DEVICE_H
#define DEVICE_DEVICE_H

#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/rng.h"
#include "base/sink.h"
#include "plan/plan.h"

struct device;

struct device_env {
    struct clock *clk;
    struct rng *rng;
    int64_t epoch_s;
    const struct log *log;
    const char *psk;   /* the lab's pre-shared key */
    const char *fault; /* reference gateway: seeded fault, NULL: none */
};

enum device_leg { DEVICE_INSIDE, DEVICE_OUTSIDE, DEVICE_MGMT, DEVICE_LEGS };

struct device_ops {
    const char *name; /* as written in <device type="..."/> */
    MUST_USE enum err (*open)(const struct plan_device *spec, const struct device_env *env,
                              struct device **out, struct diag *why);
    /* True for a device inside this process, which wants frames and time; its legs are attached. */
    bool embedded;
    bool has_console; /* `command` and `action_command` have a chance */
    void (*attach)(struct device *d, enum device_leg leg, struct sink *out);
    void (*input)(struct device *d, enum device_leg leg, struct bytes frame);
    void (*tick)(struct device *d);
    struct mono (*deadline)(const struct device *d);
    /* One console command; what the device printed is added to ANSWER. ERR_UNSUPPORTED: no console.
     */
    MUST_USE enum err (*command)(struct device *d, const char *line, struct buf *answer,
                                 struct diag *why);
    /* The console command that causes ACTION on this device; NULL when there is none. */
    const char *(*action_command)(const struct device *d, enum plan_action action);
    void (*close)(struct device *d); /* restores what was changed; takes D */
};

struct device {
    const struct device_ops *ops;
};

/* The adapter called NAME; NULL when there is none. */
const struct device_ops *device_find(const char *name);

/* The names of all adapters, NULL-terminated. */
const char *const *device_names(void);

extern const struct device_ops device_reference; /* gateway/ in this process */
extern const struct device_ops
    device_external; /* anything on real interfaces, driven by wire only */

#endif
