#include "cli/consoles.h"

#include "base/mem.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define BUSY "The console is in use.\r\n"

struct console_end {
    int in, out; /* -1: nobody there */
    struct shell shell;
};

struct consoles {
    struct consoles_config cfg;
    struct console_end local, client;
    int listener;
    char address[INET6_ADDRSTRLEN + 16];
};

/* --- bytes out ---------------------------------------------------------------------------------
 */

/* A client that does not read is not waited for longer than this. */
#define SLOW_MS 2000

#define LAST_READS 16

static void write_all(int fd, struct bytes b)
{
    while (b.n) {
        ssize_t n = write(fd, b.p, b.n);
        struct pollfd p = {.fd = fd, .events = POLLOUT};
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && (errno != EAGAIN || poll(&p, 1, SLOW_MS) <= 0))
            return; /* nobody listens: what was typed took effect all the same */
        if (n > 0)
            b = bytes_from(b, (size_t)n);
    }
}

static void send_out(struct console_end *e, struct buf *out)
{
    if (out->n)
        write_all(e->out, buf_bytes(out));
    mem_wipe(out->s, out->n); /* it may have shown a key */
    buf_release(out);
}

/* --- beginning and ending ----------------------------------------------------------------------
 */

static void watch(const struct consoles *c, int fd)
{
    if (c->cfg.clk && clock_real_watch(c->cfg.clk, fd))
        bug("more descriptors to watch than there is room for");
}

static void begin(struct consoles *c, struct console_end *e, int in, int out, bool network)
{
    struct shell_config cfg = {
        .ops = c->cfg.ops, .prompts = network || c->cfg.prompts, .network = network};
    struct buf text = BUF_INIT;

    e->in = in;
    e->out = out;
    watch(c, in);
    shell_init(&e->shell, &cfg, &text);
    send_out(e, &text);
}

/* A client that goes in the middle of a line did not mean it; a file that ends there did. */
static void end(struct consoles *c, struct console_end *e, bool at_end)
{
    struct buf text = BUF_INIT;

    if (e->in < 0)
        return;
    if (at_end && e == &c->local)
        shell_finish(&e->shell, &text);
    shell_release(&e->shell);
    send_out(e, &text);
    if (c->cfg.clk)
        clock_real_unwatch(c->cfg.clk, e->in);
    if (e == &c->client)
        close(e->in);
    e->in = e->out = -1;
}

/* --- listening ---------------------------------------------------------------------------------
 */

struct address {
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    } u;
    socklen_t n;
    bool loopback;
};

/* "127.0.0.1:5000", "[::1]:5000" */
static bool parse_address(const char *text, struct address *a)
{
    char host[INET6_ADDRSTRLEN];
    const char *colon = strrchr(text, ':');
    bool six = text[0] == '[';
    size_t n = colon ? (size_t)(colon - text) : 0;
    char *rest;

    if (!colon || !colon[1] || (six && (n < 2 || colon[-1] != ']')))
        return false;
    long port = strtol(colon + 1, &rest, 10);
    if (*rest || port < 0 || port > 65535 || colon[1] == '-' || colon[1] == '+')
        return false;
    if (snprintf(host, sizeof(host), "%.*s", (int)(six ? n - 2 : n), text + six) >=
        (int)sizeof(host))
        return false;
    *a = (struct address){.n = six ? sizeof(a->u.v6) : sizeof(a->u.v4)};
    if (six) {
        a->u.v6.sin6_family = AF_INET6;
        a->u.v6.sin6_port = htons((uint16_t)port);
        a->loopback = inet_pton(AF_INET6, host, &a->u.v6.sin6_addr) == 1 &&
                      IN6_IS_ADDR_LOOPBACK(&a->u.v6.sin6_addr);
        return inet_pton(AF_INET6, host, &a->u.v6.sin6_addr) == 1;
    }
    a->u.v4.sin_family = AF_INET;
    a->u.v4.sin_port = htons((uint16_t)port);
    if (inet_pton(AF_INET, host, &a->u.v4.sin_addr) != 1)
        return false;
    a->loopback = ntohl(a->u.v4.sin_addr.s_addr) >> 24 == 127;
    return true;
}

static void name_address(struct consoles *c)
{
    struct address a = {.n = sizeof(a.u)};
    char host[INET6_ADDRSTRLEN] = "";

    if (getsockname(c->listener, &a.u.any, &a.n))
        return;
    if (a.u.any.sa_family == AF_INET6) {
        inet_ntop(AF_INET6, &a.u.v6.sin6_addr, host, sizeof(host));
        snprintf(c->address, sizeof(c->address), "[%s]:%u", host, ntohs(a.u.v6.sin6_port));
    } else {
        inet_ntop(AF_INET, &a.u.v4.sin_addr, host, sizeof(host));
        snprintf(c->address, sizeof(c->address), "%s:%u", host, ntohs(a.u.v4.sin_port));
    }
}

static bool set_nonblocking(int fd)
{
    int flags = fcntl(fd, F_GETFL);

    return flags >= 0 && fcntl(fd, F_SETFL, flags | O_NONBLOCK) == 0;
}

static enum err listen_at(struct consoles *c, struct diag *why)
{
    const char *text = c->cfg.listen;
    struct address a;
    int yes = 1;

    if (!parse_address(text, &a))
        return diag_fail(why, ERR_INVALID, "--cli %s: wants ADDRESS:PORT, as in 127.0.0.1:5000",
                         text);
    if (!a.loopback && !c->cfg.anywhere)
        return diag_fail(why, ERR_INVALID,
                         "--cli %s: others could reach it, and it asks for no password; "
                         "--cli-anywhere allows that",
                         text);
    c->listener = socket(a.u.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (c->listener < 0 || setsockopt(c->listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes)) ||
        bind(c->listener, &a.u.any, a.n) || listen(c->listener, 4) || !set_nonblocking(c->listener))
        return diag_fail(why, ERR_IO, "--cli %s: %s", text, strerror(errno));
    name_address(c);
    watch(c, c->listener);
    return ERR_OK;
}

/* --- bytes in ----------------------------------------------------------------------------------
 */

/* The descriptor may block when nothing is there, so it is asked first. */
static void read_end(struct consoles *c, struct console_end *e)
{
    struct pollfd p = {.fd = e->in, .events = POLLIN};
    struct buf out = BUF_INIT;
    uint8_t in[4096];

    if (e->in < 0 || poll(&p, 1, 0) <= 0)
        return;
    ssize_t n = read(e->in, in, sizeof(in));
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    bool goes_on = n > 0 && shell_input(&e->shell, bytes_of(in, (size_t)n), &out);
    mem_wipe(in, sizeof(in)); /* it may have held a key */
    send_out(e, &out);
    if (!goes_on)
        end(c, e, n == 0);
}

/* Whether the client is still there: it may have gone since, with words of its still to be read. */
static bool is_busy(struct consoles *c)
{
    for (int i = 0; i < LAST_READS && c->client.in >= 0; i++)
        read_end(c, &c->client);
    return c->client.in >= 0;
}

/* One client at a time, as at the device's own console; others are told. */
static void accept_client(struct consoles *c)
{
    int fd = c->listener < 0 ? -1 : accept(c->listener, NULL, NULL);

    if (fd < 0)
        return;
    if (is_busy(c) || !set_nonblocking(fd)) {
        write_all(fd, bytes_str(BUSY));
        close(fd);
        return;
    }
    begin(c, &c->client, fd, fd, true);
}

void consoles_read(struct consoles *c)
{
    read_end(c, &c->local);
    read_end(c, &c->client);
    accept_client(c);
}

void consoles_say(struct consoles *c, struct bytes text)
{
    struct console_end *ends[] = {&c->local, &c->client};

    for (size_t i = 0; i < COUNT(ends); i++) {
        struct buf out = BUF_INIT;
        if (ends[i]->in < 0)
            continue;
        for (size_t k = 0; k < text.n; k++) {
            if (text.p[k] == '\n' && ends[i]->shell.cfg.network)
                buf_addc(&out, '\r');
            buf_addc(&out, (char)text.p[k]);
        }
        send_out(ends[i], &out);
    }
}

bool consoles_are_over(const struct consoles *c)
{
    return c->local.in < 0 && c->client.in < 0 && c->listener < 0;
}

void consoles_wait(const struct consoles *c, int ms)
{
    struct pollfd p[] = {{.fd = c->local.in, .events = POLLIN},
                         {.fd = c->client.in, .events = POLLIN},
                         {.fd = c->listener, .events = POLLIN}};

    (void)poll(p, COUNT(p), ms);
}

const char *consoles_address(const struct consoles *c)
{
    return c->address[0] ? c->address : NULL;
}

enum err consoles_open(const struct consoles_config *cfg, struct consoles **out, struct diag *why)
{
    struct consoles *c = mem_zalloc(sizeof(*c));
    enum err e = ERR_OK;

    c->cfg = *cfg;
    c->local.in = c->local.out = c->client.in = c->client.out = c->listener = -1;
    if (cfg->listen)
        e = listen_at(c, why);
    if (e) {
        consoles_close(c);
        return e;
    }
    if (cfg->in >= 0)
        begin(c, &c->local, cfg->in, cfg->out, false);
    *out = c;
    return ERR_OK;
}

void consoles_close(struct consoles *c)
{
    if (!c)
        return;
    end(c, &c->local, false);
    end(c, &c->client, false);
    if (c->listener >= 0)
        close(c->listener);
    mem_free(c);
}
