#include "cli/gateway_live.h"

#include "base/clock_real.h"
#include "base/mem.h"
#include "base/rng_os.h"
#include "port/interface.h"
#include "port/port_live.h"
#include "port/privileges.h"

#include <poll.h>
#include <unistd.h>

#define LINE_MAX_BYTES 1024 /* longer than any command of an ASA */
#define BURST          64   /* frames of one interface before the others get their turn */

/* A signal that comes between looking at `stop` and falling asleep is seen this much later. */
#define LOOK_UP SPAN_MS(200)

struct leg {
    size_t number; /* the gateway's */
    struct port *port;
};

struct live {
    const struct gateway_live_options *opts;
    struct clock_real clock;
    struct rng rng;
    struct gateway *gw;
    struct leg legs[GATEWAY_LIVE_INTERFACES];
    size_t nlegs;
    char line[LINE_MAX_BYTES];
    size_t line_len;
    bool line_too_long;
    bool console_open;
};

static enum err open_leg(struct live *l, const struct gateway_live_interface *i, struct diag *why)
{
    struct leg *leg = &l->legs[l->nlegs];

    if (gateway_find_interface(l->gw, i->nameif, &leg->number))
        return diag_fail(why, ERR_NOTFOUND,
                         "the configuration has no interface named \"%s\" that is up", i->nameif);
    enum err e = interface_prepare(i->ifname, why);
    if (!e)
        e = port_live_open(i->ifname, &l->clock.clock, &leg->port, why);
    if (e)
        return e;
    l->nlegs++;
    gateway_attach(l->gw, leg->number, &leg->port->sink);
    return clock_real_watch(&l->clock, port_live_fd(leg->port));
}

static enum err live_open(struct live *l, struct diag *why)
{
    const struct gateway_live_options *o = l->opts;
    struct gateway_env env = {.clk = &l->clock.clock, .rng = &l->rng, .log = o->log};

    clock_real_init(&l->clock);
    rng_os_init(&l->rng);
    /* The clock counts from boot: log stamps want the Unix time of its zero. */
    env.epoch_s = o->epoch_s - clock_now(&l->clock.clock).ns / 1000000000;
    enum err e = gateway_new(o->cfg, &env, &l->gw, why);
    for (size_t i = 0; !e && i < o->ninterfaces; i++)
        e = open_leg(l, &o->interfaces[i], why);
    if (!e) {
        struct user u = privileges_user(o->drop_uid, o->drop_gid);
        e = privileges_drop(&u, why);
    }
    l->console_open = o->console_in >= 0;
    if (!e && l->console_open)
        e = clock_real_watch(&l->clock, o->console_in);
    return e;
}

static void live_close(struct live *l)
{
    gateway_free(l->gw);
    for (size_t i = 0; i < l->nlegs; i++)
        port_close(l->legs[i].port);
}

static void write_all(int fd, struct bytes b)
{
    while (b.n) {
        ssize_t n = write(fd, b.p, b.n);
        if (n <= 0)
            return; /* nobody listens: the command took effect all the same */
        b = bytes_from(b, (size_t)n);
    }
}

static void run_line(struct live *l)
{
    struct buf answer = BUF_INIT;

    if (l->line_too_long)
        buf_adds(&answer, "ERROR: % Command too long\n");
    else
        gateway_command(l->gw, l->line, &answer);
    write_all(l->opts->console_out, buf_bytes(&answer));
    buf_release(&answer);
}

static void take_character(struct live *l, char c)
{
    if (c == '\n') {
        if (l->line_len && l->line[l->line_len - 1] == '\r')
            l->line_len--;
        l->line[l->line_len] = '\0';
        run_line(l);
        l->line_len = 0;
        l->line_too_long = false;
    } else if (l->line_len + 1 < sizeof(l->line)) {
        l->line[l->line_len++] = c;
    } else {
        l->line_too_long = true;
    }
}

/* Reads what is there; the descriptor may block when nothing is, so it is asked once a wake-up. */
static void read_console(struct live *l)
{
    char in[512];
    struct pollfd p = {.fd = l->opts->console_in, .events = POLLIN};

    if (!l->console_open || poll(&p, 1, 0) <= 0)
        return;
    ssize_t n = read(p.fd, in, sizeof(in));
    if (n <= 0) { /* the other side hung up: the gateway goes on without a console */
        l->console_open = false;
        clock_real_unwatch(&l->clock, p.fd);
        return;
    }
    for (ssize_t i = 0; i < n; i++)
        take_character(l, in[i]);
    mem_wipe(in, sizeof(in)); /* it may have held a key */
}

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

static void live_loop(struct live *l)
{
    struct clock *clk = &l->clock.clock;

    while (!*l->opts->stop) {
        bool busy = read_frames(l);
        struct mono due = gateway_deadline(l->gw);
        if (!mono_before(clock_now(clk), due))
            gateway_tick(l->gw);
        read_console(l);
        if (!busy)
            clock_sleep_until(clk,
                              mono_min(gateway_deadline(l->gw), mono_add(clock_now(clk), LOOK_UP)));
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
    mem_wipe(l->line, sizeof(l->line));
    mem_free(l);
    return e;
}
