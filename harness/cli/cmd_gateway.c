/* holdfast gateway: the reference gateway on its own. */
#include "base/mem.h"
#include "cli/cli.h"
#include "cli/gateway_live.h"

#include <stdio.h>
#include <string.h>

#define CONFIGS_MAX 16
#define LINES_MAX   64

struct gateway_args {
    const struct cli_env *env;
    const char *configs[CONFIGS_MAX], *lines[LINES_MAX];
    size_t nconfigs, nlines;
    const char *psk_file;
    struct gateway_live_options live;
    char *names[GATEWAY_LIVE_INTERFACES];
    bool check, as_printed, console, strict;
    int verbose;
};

static const struct option_row rows[] = {
    {0, "config", "FILE", "an ASA's configuration; several are read in order"},
    {0, "line", "COMMAND", "one more line of configuration"},
    {0, "interface", "NAME=IF", "puts the interface called NAME on IF (\"outside=eth1\")"},
    {0, "psk-file", "FILE", "the key that stands for \"pre-shared-key *\", its first line"},
    {0, "as-printed", NULL, "the configuration is a document that was wrapped in printing"},
    {0, "check", NULL, "only say what is modelled, accepted or wrong"},
    {0, "strict", NULL, "with --check: warnings are errors"},
    {0, "console", NULL, "take commands from standard input"},
    {'v', "verbose", NULL, "say what happens"},
};
static const struct options options = {
    rows, COUNT(rows), "gateway --config FILE... (--interface NAME=IF... | --check)",
    "Runs the built-in gateway, a model of a Cisco ASA, as a device on real interfaces (root).\n"
    "The interfaces must carry no address and no offloads."};

static bool add(const char **list, size_t *n, size_t max, const char *value)
{
    if (*n == max)
        return false;
    list[(*n)++] = value;
    return true;
}

static bool add_interface(struct gateway_args *a, const char *value)
{
    const char *eq = strchr(value, '=');
    size_t n = a->live.ninterfaces;

    if (!eq || eq == value || !eq[1] || n == GATEWAY_LIVE_INTERFACES) {
        usage_error(a->env, "--interface %s: wants NAME=IF", value);
        return false;
    }
    a->names[n] = mem_strndup(value, (size_t)(eq - value));
    a->live.interfaces[n] = (struct gateway_live_interface){a->names[n], eq + 1};
    a->live.ninterfaces++;
    return true;
}

static bool take_option(void *ctx, const char *name, const char *value)
{
    struct gateway_args *a = ctx;

    if (strcmp(name, "config") == 0)
        return add(a->configs, &a->nconfigs, CONFIGS_MAX, value);
    if (strcmp(name, "line") == 0)
        return add(a->lines, &a->nlines, LINES_MAX, value);
    if (strcmp(name, "interface") == 0)
        return add_interface(a, value);
    if (strcmp(name, "psk-file") == 0)
        a->psk_file = value;
    else if (strcmp(name, "as-printed") == 0)
        a->as_printed = true;
    else if (strcmp(name, "check") == 0)
        a->check = true;
    else if (strcmp(name, "strict") == 0)
        a->strict = true;
    else if (strcmp(name, "console") == 0)
        a->console = true;
    else
        a->verbose++;
    return true;
}

static int say(const struct diag *why, int code)
{
    char line[1024];

    diag_format(why, line, sizeof(line));
    fprintf(stderr, "holdfast: %s\n", line);
    return code;
}

static enum err load(struct gateway_args *a, struct gw_config *c, const char *psk, struct diag *why)
{
    struct gw_load_options opts = {.psk = psk, .as_printed = a->as_printed};
    enum err e = ERR_OK;

    for (size_t i = 0; !e && i < a->nconfigs; i++) {
        char *text;
        size_t n;
        e = read_whole(a->configs[i], &text, &n, why);
        if (e)
            break;
        e = gw_config_load(c, a->configs[i], bytes_of(text, n), &opts, why);
        mem_wipe(text, n);
        mem_free(text);
    }
    opts.as_printed = false;
    for (size_t i = 0; !e && i < a->nlines; i++)
        e = gw_config_load(c, "--line", bytes_str(a->lines[i]), &opts, why);
    return e;
}

static int check(const struct gateway_args *a, const struct gw_config *c)
{
    struct buf b = BUF_INIT;
    size_t errors;

    for (size_t i = 0; i < c->nnotes; i++)
        printf("line %d: %s: %s\n", c->notes[i].line,
               c->notes[i].remark ? c->notes[i].remark : "not modelled", c->notes[i].text);
    errors = gw_config_review(c, &b);
    put_out(&b);
    printf("%zu lines accepted and not modelled, %zu errors\n", c->nnotes, errors);
    bool warned = b.n || c->nnotes;
    buf_release(&b);
    return errors || (a->strict && warned) ? EXIT_USAGE : EXIT_PASSED;
}

static void say_line(void *ctx, enum log_level level, const char *line)
{
    (void)ctx;
    (void)level;
    fprintf(stderr, "%s\n", line);
}

static int run(struct gateway_args *a, struct gw_config *c)
{
    struct log log = {.level = a->verbose > 1 ? LOG_DEBUG : LOG_INFO, .write = say_line};
    struct diag why = {0};

    if (a->live.ninterfaces == 0) {
        gw_config_free(c);
        return usage_error(a->env, "gateway needs --interface NAME=IF, or --check (--help)");
    }
    a->live.cfg = c;
    a->live.epoch_s = a->env->unix_s;
    a->live.drop_uid = a->env->sudo_uid;
    a->live.drop_gid = a->env->sudo_gid;
    a->live.console_in = a->console ? 0 : -1;
    a->live.console_out = 1;
    a->live.stop = a->env->stop;
    a->live.log = a->verbose ? &log : NULL;
    if (gateway_live_run(&a->live, &why))
        return say(&why, EXIT_USAGE);
    return EXIT_PASSED;
}

int cmd_gateway(const struct cli_env *env, int argc, char **argv)
{
    struct gateway_args a = {.env = env};
    struct gw_config *c;
    struct diag why = {0};
    char *psk = NULL;
    size_t n = 0;
    int rc = options_parse(&options, env, &argc, argv, take_option, &a);

    if (rc < 0 && (argc || !a.nconfigs))
        rc = usage_error(env, "gateway needs --config FILE (--help)");
    if (rc < 0 && a.psk_file && read_whole(a.psk_file, &psk, &n, &why))
        rc = say(&why, EXIT_USAGE);
    if (rc < 0) {
        if (psk)
            psk[strcspn(psk, "\r\n")] = '\0';
        c = gw_config_new();
        if (load(&a, c, psk, &why)) {
            gw_config_free(c);
            rc = say(&why, EXIT_USAGE);
        } else if (a.check) {
            rc = check(&a, c);
            gw_config_free(c);
        } else {
            rc = run(&a, c);
        }
    }
    if (psk)
        mem_wipe(psk, n);
    mem_free(psk);
    for (size_t i = 0; i < a.live.ninterfaces; i++)
        mem_free(a.names[i]);
    return rc;
}
