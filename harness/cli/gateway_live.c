#include "cli/gateway_live.h"

#include "base/clock_real.h"
#include "base/mem.h"
#include "base/rng_os.h"
#include "cli/consoles.h"
#include "cli/gateway_escape.h"
#include "port/interface.h"
#include "port/port_live.h"
#include "port/privileges.h"

#include <string.h>

#define BURST 64 /* frames of one interface before the others get their turn */

/* A signal that comes between looking at `stop` and falling asleep is seen this much later. */
#define LOOK_UP_MS 200

struct leg {
    size_t number; /* the gateway's */
    struct port *port;
};

struct live {
    const struct gateway_live_options *opts;
    struct clock_real real;
    struct clock_virtual virtual;
    struct clock *clk; /* one of them */
    struct rng os;
    struct rng_seeded seeded;
    struct rng *rng; /* likewise */
    struct gateway *gw;
    struct far_end *far; /* NULL: none */
    struct consoles *consoles;
    struct leg legs[GATEWAY_LIVE_INTERFACES];
    size_t nlegs;
};

/* --- time --------------------------------------------------------------------------------------
 */

static bool read_frames(struct live *l)
{
    bool some = false;

    for (size_t i = 0; i < l->nlegs; i++) {
        struct bytes frame;
        struct mono when;
        for (int n = 0; n < BURST && port_receive(l->legs[i].port, &frame, &when); n++) {
            some = true;
            gateway_input(l->gw, l->legs[i].number, frame);
        }
    }
    return some;
}

/* Does what is due now. True: there may be more at once. */
static bool step(struct live *l)
{
    bool busy = read_frames(l);

    if (!mono_before(clock_now(l->clk), gateway_deadline(l->gw)))
        gateway_tick(l->gw);
    if (l->far)
        far_end_tick(l->far);
    return busy;
}

static struct mono next_due(const struct live *l)
{
    struct mono due = gateway_deadline(l->gw);

    return l->far ? mono_min(due, far_end_deadline(l->far)) : due;
}

static bool is_stopped(void *ctx)
{
    return *((struct live *)ctx)->opts->stop != 0;
}

/* On behalf of a line: the console waits, the gateway does not. */
static void run_for(void *ctx, struct span d)
{
    struct live *l = ctx;
    struct mono until = mono_add(clock_now(l->clk), d);

    for (;;) {
        bool busy = step(l);
        struct mono now = clock_now(l->clk), next = mono_min(next_due(l), until);
        if (!mono_before(now, until) || is_stopped(l))
            return;
        if (l->opts->virtual_time)
            clock_sleep_until(l->clk, next);
        else if (!busy)
            clock_sleep_until(l->clk, mono_min(next, mono_add(now, SPAN_MS(LOOK_UP_MS))));
    }
}

/* --- lines -------------------------------------------------------------------------------------
 */

/* At the privileged prompt these end a session; inside the configuration they leave a mode. */
static bool ends_session(const struct live *l, const char *line)
{
    static const char *const words[] = {"exit", "quit", "logout"};
    struct buf prompt = BUF_INIT;
    bool ends = false;

    line += strspn(line, " \t");
    for (size_t i = 0; i < COUNT(words); i++) {
        size_t n = strlen(words[i]);
        ends = ends || (strncmp(line, words[i], n) == 0 && !line[n + strspn(line + n, " \t")]);
    }
    gateway_prompt(l->gw, &prompt);
    ends = ends && !strstr(buf_str(&prompt), "(config");
    buf_release(&prompt);
    return ends;
}

static bool run_line(void *ctx, const char *line, struct buf *out)
{
    struct live *l = ctx;
    struct escape_env env = {.far = l->far, .run_for = run_for, .stopped = is_stopped, .ctx = l};

    if (escape_line(&env, line, out)) {
        gateway_take_console(l->gw, out);
        return true;
    }
    if (ends_session(l, line)) {
        buf_adds(out, "\nLogoff\n\n");
        return false;
    }
    gateway_command(l->gw, line, out);
    (void)step(l);
    gateway_take_console(l->gw, out);
    return true;
}

static void put_prompt(void *ctx, struct buf *out)
{
    gateway_prompt(((struct live *)ctx)->gw, out);
}

/* --- opening and closing -----------------------------------------------------------------------
 */

static enum err open_leg(struct live *l, const struct gateway_live_interface *i, struct diag *why)
{
    struct leg *leg = &l->legs[l->nlegs];

    if (gateway_find_interface(l->gw, i->nameif, &leg->number))
        return diag_fail(why, ERR_NOTFOUND,
                         "the configuration has no interface named \"%s\" that is up", i->nameif);
    enum err e = interface_prepare(i->ifname, why);
    if (!e)
        e = port_live_open(i->ifname, l->clk, &leg->port, why);
    if (e)
        return e;
    l->nlegs++;
    gateway_attach(l->gw, leg->number, &leg->port->sink);
    return clock_real_watch(&l->real, port_live_fd(leg->port));
}

static void choose_time(struct live *l)
{
    clock_real_init(&l->real);
    clock_virtual_init(&l->virtual);
    rng_os_init(&l->os);
    rng_seeded_init(&l->seeded, 1, "gateway"); /* virtual time is repeatable */
    l->clk = l->opts->virtual_time ? &l->virtual.clock : &l->real.clock;
    l->rng = l->opts->virtual_time ? &l->seeded.rng : &l->os;
}

static enum err open_gateway(struct live *l, struct diag *why)
{
    const struct gateway_live_options *o = l->opts;
    struct gateway_env env = {.clk = l->clk, .rng = l->rng, .log = o->log, .model = &o->model};
    enum err e = ERR_OK;

    /* The real clock counts from boot: log stamps want the Unix time of its zero. */
    env.epoch_s = o->epoch_s - clock_now(l->clk).ns / 1000000000;
    if (o->peer)
        e = far_end_new(o->cfg, l->clk, l->rng, o->log, &l->far, why);
    if (e) {
        gw_config_free(o->cfg);
        return e;
    }
    e = gateway_new(o->cfg, &env, &l->gw, why);
    if (!e && l->far)
        far_end_attach(l->far, l->gw);
    return e;
}

static enum err open_consoles(struct live *l, struct diag *why)
{
    const struct gateway_live_options *o = l->opts;
    struct consoles_config c = {.ops = {run_line, put_prompt, l},
                                .in = o->console_in,
                                .out = o->console_out,
                                .prompts = o->prompts,
                                .listen = o->listen,
                                .anywhere = o->anywhere,
                                .clk = o->virtual_time ? NULL : &l->real};
    enum err e = consoles_open(&c, &l->consoles, why);

    if (!e && o->listening && consoles_address(l->consoles))
        o->listening(consoles_address(l->consoles));
    return e;
}

static enum err live_open(struct live *l, struct diag *why)
{
    const struct gateway_live_options *o = l->opts;

    choose_time(l);
    enum err e = open_gateway(l, why);
    for (size_t i = 0; !e && i < o->ninterfaces; i++)
        e = open_leg(l, &o->interfaces[i], why);
    if (!e && o->ninterfaces) {
        struct user u = privileges_user(o->drop_uid, o->drop_gid);
        e = privileges_drop(&u, why);
    }
    if (!e)
        (void)step(l); /* interfaces announce themselves before anybody types */
    return e ? e : open_consoles(l, why);
}

static void live_close(struct live *l)
{
    consoles_close(l->consoles);
    gateway_free(l->gw);
    far_end_free(l->far);
    for (size_t i = 0; i < l->nlegs; i++)
        port_close(l->legs[i].port);
}

/* What `logging console` wants shown. */
static void say_logs(struct live *l)
{
    struct buf text = BUF_INIT;

    gateway_take_console(l->gw, &text);
    if (text.n)
        consoles_say(l->consoles, buf_bytes(&text));
    buf_release(&text);
}

static void sleep_a_little(struct live *l)
{
    struct mono awake = mono_add(clock_now(l->clk), SPAN_MS(LOOK_UP_MS));

    if (l->opts->virtual_time)
        consoles_wait(l->consoles, LOOK_UP_MS);
    else
        clock_sleep_until(l->clk, mono_min(next_due(l), awake));
}

static void live_loop(struct live *l)
{
    while (!is_stopped(l)) {
        bool busy = step(l);
        say_logs(l);
        consoles_read(l->consoles);
        if (!l->nlegs && consoles_are_over(l->consoles))
            return;
        if (!busy)
            sleep_a_little(l);
    }
}

enum err gateway_live_run(const struct gateway_live_options *opts, struct diag *why)
{
    struct live *l = mem_zalloc(sizeof(*l));

    l->opts = opts;
    enum err e = live_open(l, why);
    if (!e) {
        log_say(opts->log, LOG_INFO, "gateway", "running on %zu interfaces", l->nlegs);
        live_loop(l);
    }
    live_close(l);
    mem_free(l);
    return e;
}
