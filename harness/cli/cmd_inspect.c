/* holdfast inspect: what is in a capture, and what of it can be replayed. */
#include "cli/inspect.h"
#include "cli/options.h"
#include "cli/read_bar.h"
#include "cli/words.h"

#include <stdio.h>

struct inspect_args {
    const struct cli_env *env;
    bool json, csv, quiet, follow, vlans_apart;
    enum tcp_rules rules;
    struct inspect_filter filter;
};

static const char *take_json(void *ctx, const char *value)
{
    (void)value;
    ((struct inspect_args *)ctx)->json = true;
    return NULL;
}

static const char *take_csv(void *ctx, const char *value)
{
    (void)value;
    ((struct inspect_args *)ctx)->csv = true;
    return NULL;
}

static const char *take_quiet(void *ctx, const char *value)
{
    (void)value;
    ((struct inspect_args *)ctx)->quiet = true;
    return NULL;
}

static const char *take_follow(void *ctx, const char *value)
{
    (void)value;
    ((struct inspect_args *)ctx)->follow = true;
    return NULL;
}

static const char *take_vlans_apart(void *ctx, const char *value)
{
    (void)value;
    ((struct inspect_args *)ctx)->vlans_apart = true;
    return NULL;
}

static const char *take_rules(void *ctx, const char *value)
{
    static const char *const names[] = {"positions", "tcptrace", "wireshark"};
    int i = word_index(value, names, COUNT(names));

    ((struct inspect_args *)ctx)->rules = (enum tcp_rules)(i < 0 ? 0 : i);
    return i >= 0 ? NULL : "wants positions, tcptrace or wireshark";
}

static const char *take_host(void *ctx, const char *value)
{
    enum err e = inspect_filter_host(&((struct inspect_args *)ctx)->filter, value);

    return e == ERR_RANGE ? "is given too often"
           : e            ? "wants an address, a network or ADDRESS:PORT"
                          : NULL;
}

static const char *take_stream(void *ctx, const char *value)
{
    return inspect_filter_stream(&((struct inspect_args *)ctx)->filter, value)
               ? "wants the number of a TCP stream"
               : NULL;
}

#define TIME_WANT "wants seconds of Unix time, or +SECONDS after the first packet"

static const char *take_from(void *ctx, const char *value)
{
    return inspect_filter_from(&((struct inspect_args *)ctx)->filter, value) ? TIME_WANT : NULL;
}

static const char *take_to(void *ctx, const char *value)
{
    return inspect_filter_to(&((struct inspect_args *)ctx)->filter, value) ? TIME_WANT : NULL;
}

static const struct option_row rows[] = {
    {0, "json", NULL, "as JSON: an object a capture", take_json},
    {0, "csv", NULL, "as comma-separated values: a line a flow", take_csv},
    {'q', "quiet", NULL, "only what went wrong", take_quiet},
    {0, "rules", "WHOSE", "what counts as a retransmission: positions, tcptrace, wireshark",
     take_rules},
    {0, "host", "ADDRESS", "only flows of this address, network or ADDRESS:PORT (repeatable)",
     take_host},
    {0, "stream", "N", "only this TCP stream", take_stream},
    {0, "from", "TIME", "only packets from this time on: Unix seconds, or +SECONDS", take_from},
    {0, "to", "TIME", "only packets up to this time", take_to},
    {0, "vlans-apart", NULL, "equal endpoints under other VLAN ids are other streams",
     take_vlans_apart},
    {0, "follow", NULL, "go on reading while the capture grows, until interrupted", take_follow},
};

static const struct options options = {
    .command = "inspect",
    .usage = "[OPTIONS] CAPTURE...",
    .about =
        "Lists what is in captures (pcap, pcapng, gzip or zstd of them; - is standard input): "
        "flows, the worst first, what had to be mended in them, whether they can be replayed and "
        "why not, IKE, ESP and syslog.",
    .rows = rows,
    .n = COUNT(rows),
};

static void flush(struct buf *b)
{
    put_out(b);
    buf_clear(b);
}

/* --- while it is read ---------------------------------------------------------------------------
 */

static bool watch(void *ctx, const struct savefile_stats *so_far)
{
    return read_bar_tick(ctx, so_far->packets, so_far->stored + so_far->packets * 16);
}

/* Waits for the file to grow. */
static bool more(void *ctx)
{
    return read_bar_wait(ctx);
}

/* A damaged capture is told of, not refused: what was read of it is good. */
static int inspect_one(const struct inspect_args *a, const char *path, bool first)
{
    struct inspection in;
    struct inspect_out out = {.b = BUF_INIT, .flush = flush};
    struct read_bar bar = read_bar_begin(a->env, read_bar_size(path));
    struct intake_wait wait = {more, &bar};
    struct scan_options o = {.digests = a->json,
                             .vlans_apart = a->vlans_apart,
                             .filter = &a->filter,
                             .wait = a->follow ? &wait : NULL,
                             .watch = watch,
                             .ctx = &bar};
    bool good = inspect_read(&in, path, a->rules, &o);

    read_bar_clear(&bar);
    in.quiet = a->quiet;
    if (a->json)
        inspect_json(&in, &out);
    else if (good && a->csv)
        inspect_csv(&in, &out, first);
    else if (good)
        inspect_text(&in, &out);
    put_out(&out.b);
    if (!good)
        (void)say_why(&in.trouble, EXIT_USAGE);
    inspect_release(&in);
    buf_release(&out.b);
    return good ? EXIT_PASSED : EXIT_USAGE;
}

int cmd_inspect(const struct cli_env *env, int argc, char **argv)
{
    struct inspect_args a = {.env = env, .rules = TCP_RULES_POSITIONS};

    inspect_filter_init(&a.filter);
    int rc = options_parse(&options, &argc, argv, &a);
    if (rc < 0 && argc == 0)
        rc = usage_error("inspect: needs a capture (holdfast inspect --help)");
    if (rc < 0 && a.json && a.csv)
        rc = usage_error("inspect: --json and --csv are two forms of the same");
    if (rc >= 0)
        return rc;
    rc = EXIT_PASSED;
    for (int i = 0; i < argc && (i == 0 || !*env->stop); i++) {
        int one = inspect_one(&a, argv[i], i == 0);
        rc = one > rc ? one : rc;
    }
    if (*env->stop && !a.follow) /* to end the following is no failure */
        rc = *env->stop == SIGINT ? EXIT_INT : EXIT_TERM;
    return rc;
}
