/* holdfast gateway: the reference gateway on its own. */
#include "base/mem.h"
#include "cli/files.h"
#include "cli/gateway_check.h"
#include "cli/gateway_live.h"
#include "cli/options.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* The key of a gateway that has no neighbours but those in this process. */
#define LONE_PSK "holdfast-lab"

/* Where virtual time begins, so that the same lines have the same answers: 2026-01-01 00:00:00 UTC.
 */
#define VIRTUAL_EPOCH INT64_C(1767225600)

#define CONFIGS_MAX 16
#define LINES_MAX   64

struct gateway_args {
    const struct cli_env *env;
    const char *configs[CONFIGS_MAX], *lines[LINES_MAX];
    size_t nconfigs, nlines;
    const char *platform, *version; /* NULL: as the configuration says */
    char *psk;                      /* NULL: none given */
    struct diag trouble;
    struct gateway_live_options live;
    char *names[GATEWAY_LIVE_INTERFACES];
    bool check, as_printed, console, strict, real_time;
    int verbose;
};

#define TAKE_SWITCH(name, statement)                                                               \
    static const char *name(void *ctx, const char *value)                                          \
    {                                                                                              \
        struct gateway_args *a = ctx;                                                              \
        (void)value;                                                                               \
        statement;                                                                                 \
        return NULL;                                                                               \
    }

TAKE_SWITCH(take_as_printed, a->as_printed = true)
TAKE_SWITCH(take_check, a->check = true)
TAKE_SWITCH(take_strict, a->strict = true)
TAKE_SWITCH(take_console, a->console = true)
TAKE_SWITCH(take_peer, a->live.peer = true)
TAKE_SWITCH(take_anywhere, a->live.anywhere = true)
TAKE_SWITCH(take_verbose, a->verbose++)

static const char *add(const char **list, size_t *n, size_t max, const char *value)
{
    if (*n == max)
        return "is one too many";
    list[(*n)++] = value;
    return NULL;
}

static const char *take_config(void *ctx, const char *value)
{
    struct gateway_args *a = ctx;

    return add(a->configs, &a->nconfigs, CONFIGS_MAX, value);
}

static const char *take_line(void *ctx, const char *value)
{
    struct gateway_args *a = ctx;

    return add(a->lines, &a->nlines, LINES_MAX, value);
}

static const char *take_platform(void *ctx, const char *value)
{
    struct gateway_args *a = ctx;
    enum gw_platform p;

    a->platform = value;
    return gw_platform_find(value, &p) ? NULL : "is asa, pix, vpn3000 or ios";
}

static const char *take_version(void *ctx, const char *value)
{
    struct gateway_args *a = ctx;

    a->version = value;
    return *value >= '0' && *value <= '9' ? NULL : "is a number like 8.2(1) or 8.2.1";
}

static const char *take_interface(void *ctx, const char *value)
{
    struct gateway_args *a = ctx;
    const char *eq = strchr(value, '=');
    size_t n = a->live.ninterfaces;

    if (!eq || eq == value || !eq[1])
        return "wants NAME=IF";
    if (n == GATEWAY_LIVE_INTERFACES)
        return "is one too many";
    a->names[n] = mem_strndup(value, (size_t)(eq - value));
    a->live.interfaces[n] = (struct gateway_live_interface){a->names[n], eq + 1};
    a->live.ninterfaces++;
    return NULL;
}

static const char *take_psk_file(void *ctx, const char *value)
{
    struct gateway_args *a = ctx;

    if (a->psk)
        return "is a second key";
    return read_secret(value, &a->psk, &a->trouble) ? a->trouble.text : NULL;
}

static const char *take_time(void *ctx, const char *value)
{
    struct gateway_args *a = ctx;

    if (strcmp(value, "virtual") != 0 && strcmp(value, "real") != 0)
        return "wants virtual or real";
    a->real_time = value[0] == 'r';
    a->live.virtual_time = !a->real_time;
    return NULL;
}

static const char *take_cli(void *ctx, const char *value)
{
    ((struct gateway_args *)ctx)->live.listen = value;
    return NULL;
}

static const char *take_model(void *ctx, const char *value)
{
    struct gateway_args *a = ctx;
    struct buf b = BUF_INIT;

    if (!gateway_model_set(&a->live.model, value))
        return NULL;
    buf_adds(&b, "is no switch of the model; there are:");
    gateway_model_names(&b);
    enum err e = diag_fail(&a->trouble, ERR_INVALID, "%s", buf_str(&b));
    buf_release(&b);
    return e ? a->trouble.text : NULL;
}

static const struct option_row rows[] = {
    {0, "config", "FILE", "an ASA's configuration; several are read in order", take_config},
    {0, "line", "COMMAND", "one more line of configuration", take_line},
    {0, "platform", "NAME", "what the device is: asa, pix, vpn3000, ios", take_platform},
    {0, "version", "V", "its software, 8.2(1) or 8.2.1, instead of what the first line says",
     take_version},
    {0, "interface", "NAME=IF", "puts the interface called NAME on IF: outside=eth1",
     take_interface},
    {0, "psk-file", "FILE", "the key that stands for \"pre-shared-key *\", its first line",
     take_psk_file},
    {0, "as-printed", NULL, "the configuration is a document that was wrapped in printing",
     take_as_printed},
    {0, "check", NULL, "only say, line by line, what is modelled, accepted or refused", take_check},
    {0, "strict", NULL, "what is not modelled, and every warning, is an error", take_strict},
    {0, "console", NULL, "with --interface: take commands from standard input", take_console},
    {0, "cli", "ADDR:PORT", "the console on TCP: 127.0.0.1:5000, [::1]:0", take_cli},
    {0, "cli-anywhere", NULL, "--cli may be an address that others can reach; there is no password",
     take_anywhere},
    {0, "time", "virtual|real",
     "without --interface: virtual time (the default) stands still but for the line \"!wait 30\"",
     take_time},
    {0, "peer", NULL,
     "without --interface: the other end of the tunnel in memory; the line \"!help\" says more",
     take_peer},
    {0, "model", "NAME", "turns a switch of the model, see holdfast-gateway(1)", take_model},
    {'v', "verbose", NULL, "say what happens; twice: everything", take_verbose},
};

static const struct options options = {
    .command = "gateway",
    .usage = "--config FILE... [--interface NAME=IF... | --check]",
    .about = "Runs the built-in gateway, a model of a Cisco ASA. Without interfaces its console is "
             "on standard input and output, in virtual time. With them it is a device on the "
             "network (as root); the interfaces must carry no address and no offloads.",
    .rows = rows,
    .n = COUNT(rows),
};

static enum err load(const struct gateway_args *a, struct gw_config *c, struct check *told,
                     struct diag *why)
{
    struct gw_load_options opts = {.psk = a->psk, .as_printed = a->as_printed};
    enum err e = ERR_OK;

    if (!a->psk && a->live.ninterfaces == 0 && !a->check)
        opts.psk = LONE_PSK;
    if (told) {
        opts.each = check_line;
        opts.ctx = told;
    }

    if (a->platform || a->version)
        e = gw_config_use(c, a->platform, a->version, why);
    for (size_t i = 0; !e && i < a->nconfigs; i++) {
        char *text;
        size_t n;
        e = read_whole(a->configs[i], &text, &n, why);
        if (e)
            break;
        if (told)
            told->file = a->configs[i];
        e = gw_config_load(c, a->configs[i], bytes_of(text, n), &opts, why);
        mem_wipe(text, n);
        mem_free(text);
    }
    opts.as_printed = false;
    if (told)
        told->file = "--line";
    for (size_t i = 0; !e && i < a->nlines; i++)
        e = gw_config_load(c, "--line", bytes_str(a->lines[i]), &opts, why);
    return e;
}

static void say_line(void *ctx, enum log_level level, const char *line)
{
    (void)ctx;
    (void)level;
    fprintf(stderr, "%s\n", line);
}

static void say_address(const char *address)
{
    fprintf(stderr, "console on %s\n", address);
}

static int run(struct gateway_args *a, struct gw_config *c)
{
    struct log log = {.level = a->verbose > 1 ? LOG_DEBUG : LOG_INFO, .write = say_line};
    bool alone = a->live.ninterfaces == 0, on_stdin = alone ? !a->live.listen : a->console;
    struct diag why = {0};

    a->live.cfg = c;
    a->live.drop_uid = a->env->sudo_uid;
    a->live.drop_gid = a->env->sudo_gid;
    a->live.virtual_time = alone && !a->real_time;
    a->live.epoch_s = a->live.virtual_time ? VIRTUAL_EPOCH : a->env->unix_s;
    a->live.console_in = on_stdin ? STDIN_FILENO : -1;
    a->live.console_out = STDOUT_FILENO;
    a->live.prompts = alone && isatty(STDIN_FILENO) && a->env->out_is_tty;
    a->live.listening = say_address;
    a->live.stop = a->env->stop;
    a->live.log = a->verbose ? &log : NULL;
    if (gateway_live_run(&a->live, &why))
        return say_why(&why, EXIT_USAGE);
    return EXIT_PASSED;
}

/* Says everything there is to say about the configuration, and runs nothing. */
static int check(struct gateway_args *a, struct gw_config *c, bool quiet)
{
    struct check told = {.quiet = quiet};
    struct diag why = {0};
    int rc;

    if (load(a, c, &told, &why))
        rc = say_why(&why, EXIT_USAGE);
    else
        rc = check_end(&told, c, a->strict);
    put_out(&told.out);
    buf_release(&told.out);
    return rc;
}

/* --strict: looks first, and does not begin with anything to remark. */
static int start(struct gateway_args *a)
{
    struct gw_config *c = gw_config_new();
    struct diag why = {0};
    int rc = EXIT_PASSED;

    if (a->check || a->strict) {
        rc = check(a, c, !a->check);
        gw_config_free(c);
        if (a->check || rc)
            return rc;
        c = gw_config_new();
    }
    if (load(a, c, NULL, &why)) {
        gw_config_free(c);
        return say_why(&why, EXIT_USAGE);
    }
    return run(a, c);
}

static const char *contradiction(const struct gateway_args *a)
{
    if (a->live.ninterfaces && a->live.virtual_time)
        return "on interfaces time is real";
    if (a->live.ninterfaces && a->live.peer)
        return "--peer is for a gateway without interfaces";
    return NULL;
}

int cmd_gateway(const struct cli_env *env, int argc, char **argv)
{
    struct gateway_args a = {.env = env};
    int rc = options_parse(&options, &argc, argv, &a);

    if (rc < 0 && argc)
        rc = usage_error("gateway: does not take %s (holdfast gateway --help)", argv[0]);
    if (rc < 0 && !a.nconfigs)
        rc = usage_error("gateway: needs --config FILE (holdfast gateway --help)");
    if (rc < 0 && contradiction(&a))
        rc = usage_error("gateway: %s (holdfast gateway --help)", contradiction(&a));
    if (rc < 0)
        rc = start(&a);
    if (a.psk)
        mem_wipe(a.psk, strlen(a.psk));
    mem_free(a.psk);
    for (size_t i = 0; i < a.live.ninterfaces; i++)
        mem_free(a.names[i]);
    return rc;
}
