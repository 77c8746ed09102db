#include "cli/gateway_check.h"

#include "cli/cli.h"

void check_line(void *ctx, int line, const char *command, enum gw_line_fate fate, const char *why)
{
    static const char *const words[] = {"modelled", "accepted, not modelled", "modelled otherwise",
                                        "refused"};
    struct check *c = ctx;
    size_t *counts[] = {&c->modelled, &c->accepted, &c->remarked, &c->refused};

    ++*counts[fate];
    if (c->quiet && fate == GW_LINE_MODELLED)
        return;
    buf_addf(&c->out, "%s:%d: %s: %s\n", c->file, line, words[fate], command);
    if (*why)
        buf_addf(&c->out, "    %s\n", why);
}

int check_end(struct check *c, const struct gw_config *cfg, bool strict)
{
    struct buf whole = BUF_INIT;
    size_t errors = gw_config_review(cfg, &whole);
    bool warned = whole.n || c->accepted || c->remarked;

    buf_add(&c->out, whole.s, whole.n);
    if (!c->quiet)
        buf_addf(&c->out,
                 "%zu lines modelled, %zu accepted and not modelled, %zu modelled otherwise, %zu "
                 "refused; %zu errors\n",
                 c->modelled, c->accepted, c->remarked, c->refused, errors);
    buf_release(&whole);
    return c->refused || errors || (strict && warned) ? EXIT_USAGE : EXIT_PASSED;
}
