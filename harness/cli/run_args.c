#include "cli/run_args.h"

#include "base/mem.h"
#include "cli/files.h"
#include "cli/words.h"
#include "device/device.h"
#include "gateway/fault.h"

#include <stdio.h>
#include <string.h>

#define TAKE_TEXT(name, member)                                                                    \
    static const char *name(void *ctx, const char *value)                                          \
    {                                                                                              \
        ((struct run_args *)ctx)->member = value;                                                  \
        return NULL;                                                                               \
    }

#define TAKE_SWITCH(name, member, to)                                                              \
    static const char *name(void *ctx, const char *value)                                          \
    {                                                                                              \
        (void)value;                                                                               \
        ((struct run_args *)ctx)->member = (to);                                                   \
        return NULL;                                                                               \
    }

TAKE_TEXT(take_out, out)
TAKE_TEXT(take_junit, junit)
TAKE_TEXT(take_strict, strict)
TAKE_TEXT(take_json, json)
TAKE_SWITCH(take_list, list, true)
TAKE_SWITCH(take_list_faults, list_faults, true)
TAKE_SWITCH(take_quiet, quiet, true)
TAKE_SWITCH(take_keys, keys, true)
TAKE_SWITCH(take_no_keys, keys, false)

static void add_word(struct diag *d, const char *word)
{
    size_t n = strlen(d->text);

    snprintf(d->text + n, sizeof(d->text) - n, " %s", word);
}

static const char *take_verbose(void *ctx, const char *value)
{
    (void)value;
    ((struct run_args *)ctx)->verbose++;
    return NULL;
}

static const char *take_seed(void *ctx, const char *value)
{
    return parse_number(value, UINT64_MAX, &((struct run_args *)ctx)->seed)
               ? NULL
               : "wants a number up to 2^64-1";
}

static const char *take_jobs(void *ctx, const char *value)
{
    uint64_t n;

    if (!parse_number(value, RUN_JOBS_MAX, &n) || n == 0)
        return "wants a number from 1 to 64";
    ((struct run_args *)ctx)->jobs = (int)n;
    return NULL;
}

static const char *take_device(void *ctx, const char *value)
{
    struct run_args *a = ctx;

    a->device = value;
    if (device_find(value))
        return NULL;
    snprintf(a->trouble.text, sizeof(a->trouble.text), "is no device; there are:");
    for (const char *const *n = device_names(); *n; n++)
        add_word(&a->trouble, *n);
    return a->trouble.text;
}

static const char *take_fault(void *ctx, const char *value)
{
    struct run_args *a = ctx;
    enum gw_fault fault;

    a->fault = value;
    if (!gw_fault_by_name(value, &fault))
        return NULL;
    const char *names[GW_FAULT_COUNT];
    for (int f = 0; f < GW_FAULT_COUNT; f++)
        names[f] = gw_fault_name((enum gw_fault)f);
    const char *near = nearest(value, names, COUNT(names));
    snprintf(a->trouble.text, sizeof(a->trouble.text), "is no fault%s%s; --list-faults has all",
             near ? ": did you mean " : "", near ? near : "");
    return a->trouble.text;
}

static const char *take_color(void *ctx, const char *value)
{
    return color_by_name(value, &((struct run_args *)ctx)->color) ? NULL : COLOR_WANT;
}

static const char *take_progress(void *ctx, const char *value)
{
    static const char *const names[] = {"auto", "bar", "lines", "none"};
    int i = word_index(value, names, COUNT(names));

    ((struct run_args *)ctx)->progress = (enum progress_kind)(i < 0 ? 0 : i);
    return i >= 0 ? NULL : "wants auto, bar, lines or none";
}

static const char *take_log(void *ctx, const char *value)
{
    static const char *const names[] = {"warn", "info", "debug"};
    struct run_args *a = ctx;
    int i = word_index(value, names, COUNT(names));

    a->logs = true;
    a->log_level = (enum log_level)(i < 0 ? 0 : i);
    return i >= 0 ? NULL : "wants warn, info or debug";
}

static const char *take_psk_file(void *ctx, const char *value)
{
    struct run_args *a = ctx;

    if (a->psk)
        return "is a second key";
    if (read_secret(value, &a->psk, &a->trouble))
        return a->trouble.text;
    return NULL;
}

static bool add_leg(struct run_args *a, char *word)
{
    char *eq = strchr(word, '=');

    for (int i = 0; eq && i < LEG_COUNT; i++) {
        const char *name = plan_leg_name((enum plan_leg)i);
        if (i == LEG_EVENTS || strlen(name) != (size_t)(eq - word) ||
            strncmp(name, word, strlen(name)) != 0)
            continue;
        a->live.legs[i] = eq + 1;
        return eq[1] != '\0';
    }
    return false;
}

static const char *take_live(void *ctx, const char *value)
{
    struct run_args *a = ctx;
    char *rest;

    mem_free(a->live_text);
    a->live_text = mem_strdup(value);
    a->is_live = true;
    for (char *w = strtok_r(a->live_text, ",", &rest); w; w = strtok_r(NULL, ",", &rest)) {
        if (!add_leg(a, w))
            return "wants LEG=INTERFACE,... with the legs bo-lan, wan, ho-lan, mgmt";
    }
    return NULL;
}

static const struct option_row rows[] = {
    SELECT_ROWS,
    {0, "list", NULL, "print the ids of what would run, and run nothing", take_list},
    {0, "seed", "N", "seed of all randomness (default: 1)", take_seed},
    {'j', "jobs", "N", "cases side by side (default: one a processor; live: 1)", take_jobs},
    {'o', "out", "DIR", "where reports and evidence go (default: reports)", take_out},
    {0, "junit", "FILE", "JUnit XML with properties (default: DIR/junit.xml)", take_junit},
    {0, "junit-strict", "FILE", "also JUnit XML as Jenkins' junit-10.xsd has it", take_strict},
    {0, "json", "FILE", "everything that was found (default: DIR/run.json)", take_json},
    {0, "keys", NULL, "export keys for Wireshark to DIR/evidence/ID.keys (default)", take_keys},
    {0, "no-keys", NULL, "do not export keys", take_no_keys},
    {0, "live", "LEG=IF,...", "real interfaces: bo-lan=IF,wan=IF,mgmt=IF (as root)", take_live},
    {0, "device", "TYPE", "the device of every case: reference, external", take_device},
    {0, "fault", "NAME", "seeded fault of the built-in gateway, to see a case fail", take_fault},
    {0, "list-faults", NULL, "print the seeded faults and the rules that catch them",
     take_list_faults},
    {0, "psk-file", "FILE", "the tunnel's pre-shared key, the file's first line", take_psk_file},
    {'q', "quiet", NULL, "only what did not pass, and the last line", take_quiet},
    {'v', "verbose", NULL, "every finding; twice: every figure too", take_verbose},
    {0, "log", "LEVEL", "what the lab does, to stderr: warn, info, debug", take_log},
    {0, "color", "WHEN", COLOR_HELP, take_color},
    {0, "progress", "HOW", "auto, bar, lines, none; auto: a bar on a terminal", take_progress},
};

static const struct options options = {
    .command = "run",
    .usage = "[OPTIONS] [CASE|DIR]...",
    .about =
        "Replays the captured traffic of each case through the device, brings its events about "
        "(tear-down, rekey, blackhole), keeps everything seen as evidence, judges that, and "
        "writes reports. Without CASE: all of cases/.",
    .rows = rows,
    .n = COUNT(rows),
};

int run_args_parse(struct run_args *a, int *argc, char **argv)
{
    *a = (struct run_args){.out = "reports", .seed = 1, .keys = true};
    int rc = options_parse(&options, argc, argv, a);

    if (rc < 0 && a->is_live && a->jobs > 1)
        rc = usage_error("run: with --live one case runs at a time, not --jobs %d", a->jobs);
    return rc;
}

void run_args_release(struct run_args *a)
{
    select_release(&a->sel);
    mem_free(a->live_text);
    if (a->psk)
        mem_wipe(a->psk, strlen(a->psk));
    mem_free(a->psk);
}
