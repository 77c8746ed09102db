/* holdfast inspect: what is in a capture, and what of it can be replayed. */
#include "cli/inspect.h"
#include "cli/options.h"
#include "cli/words.h"

struct inspect_args {
    bool json;
    enum tcp_rules rules;
};

static const char *take_json(void *ctx, const char *value)
{
    (void)value;
    ((struct inspect_args *)ctx)->json = true;
    return NULL;
}

static const char *take_rules(void *ctx, const char *value)
{
    static const char *const names[] = {"positions", "tcptrace", "wireshark"};
    int i = word_index(value, names, COUNT(names));

    ((struct inspect_args *)ctx)->rules = (enum tcp_rules)(i < 0 ? 0 : i);
    return i >= 0 ? NULL : "wants positions, tcptrace or wireshark";
}

static const struct option_row rows[] = {
    {0, "json", NULL, "as JSON: an object a capture", take_json},
    {0, "rules", "WHOSE", "what counts as a retransmission: positions, tcptrace, wireshark",
     take_rules},
};

static const struct options options = {
    .command = "inspect",
    .usage = "[OPTIONS] CAPTURE...",
    .about =
        "Lists what is in captures (pcap, pcapng, gzip or zstd of them): flows, what had to be "
        "mended in them, whether they can be replayed and why not, IKE, ESP and syslog.",
    .rows = rows,
    .n = COUNT(rows),
};

static void flush(struct buf *b)
{
    put_out(b);
    buf_clear(b);
}

/* A damaged capture is told of, not refused: what was before the damage is good. */
static int inspect_one(const struct inspect_args *a, const char *path)
{
    struct inspection in;
    struct inspect_out out = {.b = BUF_INIT, .flush = flush};
    bool good = inspect_read(&in, path, a->rules, a->json);

    if (a->json)
        inspect_json(&in, &out);
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
    struct inspect_args a = {.rules = TCP_RULES_POSITIONS};
    int rc = options_parse(&options, &argc, argv, &a);

    (void)env;
    if (rc < 0 && argc == 0)
        rc = usage_error("inspect: needs a capture (holdfast inspect --help)");
    if (rc >= 0)
        return rc;
    rc = EXIT_PASSED;
    for (int i = 0; i < argc; i++) {
        int one = inspect_one(&a, argv[i]);
        rc = one > rc ? one : rc;
    }
    return rc;
}
