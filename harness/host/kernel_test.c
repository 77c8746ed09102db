/* The kernel's TCP as the other end, in a network namespace behind a TAP device, both as server and
 * as client, with and without loss: independent truth for everything a host does on the wire. Needs
 * root and /dev/net/tun; skips without. */
#define _GNU_SOURCE
#include "base/clock_real.h"
#include "base/mem.h"
#include "base/rng_os.h"
#include "tests/testkit.h"
#include "tests/two_hosts.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define A CONV_A
#define B CONV_B

static const struct two_row talk[] = {
    {TURN_DATA, A, 300, 0},  {TURN_DATA, B, 3000000, 0}, {TURN_DATA, A, 2000000, 0},
    {TURN_DATA, B, 100, 20}, {TURN_FIN, A, 0, 0},        {TURN_DATA, B, 50000, 20},
    {TURN_FIN, B, 0, 0},
};

static const struct row {
    const char *what;
    enum conv_side kernel; /* which side the kernel plays: A opens, B serves */
    int family, loss_percent;
    struct host_config cfg;
} rows[] = {
    {"the_kernel_serves", B, 4, 0, .cfg.mtu = 0},
    {"the_kernel_opens", A, 4, 0, .cfg.mtu = 0},
    {"the_kernel_serves__ipv6", B, 6, 0, .cfg.mtu = 0},
    {"the_kernel_opens__ipv6", A, 6, 0, .cfg.mtu = 0},
    {"the_kernel_serves__two_percent_lost", B, 4, 2, .cfg.mtu = 0},
    {"the_kernel_opens__two_percent_lost", A, 4, 2, .cfg.mtu = 0},
    {"the_kernel_serves__no_options", B, 4, 0,
     .cfg = {.no_sack = true, .no_timestamps = true, .no_window_scale = true}},
    {"the_kernel_opens__mss_of_500__lossy", A, 4, 2, .cfg.mss = 500},
    {"the_kernel_serves__a_small_window", B, 4, 0, .cfg.recv_window = 4000},
};

#define HOST4   "10.77.0.1"
#define KERNEL4 "10.77.0.2"
#define HOST6   "fd77::1"
#define KERNEL6 "fd77::2"

/* --- the kernel's side, in a process and a namespace of its own ------------------------------- */

static int open_tap(void)
{
    struct ifreq ifr = {.ifr_flags = IFF_TAP | IFF_NO_PI};
    int fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK);

    strcpy(ifr.ifr_name, "hfhost0");
    if (fd >= 0 && ioctl(fd, TUNSETIFF, &ifr) != 0) {
        close(fd);
        fd = -1;
    }
    return fd;
}

static bool configure(int loss_percent)
{
    char cmd[512];

    if (system("ip link set lo up && ip addr add " KERNEL4 "/24 dev hfhost0 && "
               "ip -6 addr add " KERNEL6 "/64 dev hfhost0 nodad && ip link set hfhost0 up") != 0)
        return false;
    if (loss_percent == 0)
        return true;
    snprintf(cmd, sizeof(cmd),
             "nft -f - <<'END'\n"
             "table inet lossy {\n"
             "  chain in { type filter hook input priority 0; meta l4proto tcp numgen random mod "
             "100 < %d drop; }\n"
             "  chain out { type filter hook output priority 0; meta l4proto tcp numgen random mod "
             "100 < %d drop; }\n"
             "}\nEND",
             loss_percent, loss_percent);
    return system(cmd) == 0;
}

static void send_fd(int sock, int fd)
{
    char c = 'k', space[CMSG_SPACE(sizeof(int))] = {0};
    struct iovec iov = {&c, 1};
    struct msghdr m = {
        .msg_iov = &iov, .msg_iovlen = 1, .msg_control = space, .msg_controllen = sizeof(space)};
    struct cmsghdr *h = CMSG_FIRSTHDR(&m);

    h->cmsg_level = SOL_SOCKET;
    h->cmsg_type = SCM_RIGHTS;
    h->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(h), &fd, sizeof(fd));
    if (sendmsg(sock, &m, 0) != 1)
        _exit(9);
}

/* The TAP device from the child; -1: it has none to give. */
static int receive_fd(int sock)
{
    char c, space[CMSG_SPACE(sizeof(int))] = {0};
    struct iovec iov = {&c, 1};
    struct msghdr m = {
        .msg_iov = &iov, .msg_iovlen = 1, .msg_control = space, .msg_controllen = sizeof(space)};
    int fd = -1;

    if (recvmsg(sock, &m, 0) == 1 && CMSG_FIRSTHDR(&m))
        memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&m)), sizeof(fd));
    return fd;
}

static socklen_t sockaddr_of(struct sockaddr_storage *ss, int family, const char *v4,
                             const char *v6, uint16_t port)
{
    memset(ss, 0, sizeof(*ss));
    if (family == 6) {
        struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)ss;
        in6->sin6_family = AF_INET6;
        in6->sin6_port = htons(port);
        inet_pton(AF_INET6, v6, &in6->sin6_addr);
        return sizeof(*in6);
    }
    struct sockaddr_in *in = (struct sockaddr_in *)ss;
    in->sin_family = AF_INET;
    in->sin_port = htons(port);
    inet_pton(AF_INET, v4, &in->sin_addr);
    return sizeof(*in);
}

/* A connected socket of the kernel's; READY is told when it listens or is about to connect. */
static int connected(const struct row *r, int ready, int tap)
{
    struct sockaddr_storage local, remote;
    socklen_t n = sockaddr_of(&local, r->family, KERNEL4, KERNEL6, r->kernel == A ? 4000 : 80);
    int one = 1, s = socket(r->family == 6 ? AF_INET6 : AF_INET, SOCK_STREAM, 0);

    setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
    if (bind(s, (struct sockaddr *)&local, n) != 0)
        _exit(2);
    if (r->kernel == B) {
        if (listen(s, 1) != 0)
            _exit(3);
        send_fd(ready, tap);
        return accept(s, NULL, NULL);
    }
    send_fd(ready, tap);
    n = sockaddr_of(&remote, r->family, HOST4, HOST6, 80);
    if (connect(s, (struct sockaddr *)&remote, n) != 0)
        _exit(4);
    return s;
}

static bool socket_write(int s, const struct tape *tape, enum conv_side side, struct turn t)
{
    uint8_t b[16384];

    while (t.len > 0) {
        size_t n = t.len < sizeof(b) ? (size_t)t.len : sizeof(b);
        tape_read(tape, side, t.offset, b, n);
        ssize_t put = send(s, b, n, MSG_NOSIGNAL);
        if (put <= 0)
            return false;
        t.offset += (uint64_t)put;
        t.len -= (uint64_t)put;
    }
    return true;
}

static bool socket_read(int s, const struct tape *tape, enum conv_side side, struct turn t)
{
    uint8_t b[16384];

    while (t.len > 0) {
        ssize_t got = read(s, b, t.len < sizeof(b) ? (size_t)t.len : sizeof(b));
        if (got <= 0 || tape_match(tape, side, t.offset, bytes_of(b, (size_t)got)) != (size_t)got)
            return false;
        t.offset += (uint64_t)got;
        t.len -= (uint64_t)got;
    }
    return true;
}

/* What the kernel counted as "Tcp: NAME" in this namespace. */
static unsigned long counted(const char *name)
{
    char names[1024] = "", values[1024] = "", line[1024], *n, *v, *save_n, *save_v;
    FILE *f = fopen("/proc/self/net/snmp", "r");

    while (f && fgets(line, sizeof(line), f))
        if (strncmp(line, "Tcp:", 4) == 0)
            strcpy(*names ? values : names, line);
    if (f)
        fclose(f);
    n = strtok_r(names, " \n", &save_n);
    v = strtok_r(values, " \n", &save_v);
    for (; n && v; n = strtok_r(NULL, " \n", &save_n), v = strtok_r(NULL, " \n", &save_v))
        if (strcmp(n, name) == 0)
            return strtoul(v, NULL, 10);
    return 999; /* not there: the test is to fail */
}

/* Leaves when DONE is closed at the other end: the namespace, and what its TCP still has to send,
 * lives as long as this process. */
static void play_with_sockets(const struct row *r, const struct tape *tape, int s, int done)
{
    char c;

    for (size_t i = 0; i < tape->conv->nturns; i++) {
        struct turn t = tape_turn(tape, i);
        bool own = t.from == r->kernel;
        if (own)
            usleep((useconds_t)(t.gap.ns / 1000));
        if (t.kind == TURN_FIN) {
            if (own ? shutdown(s, SHUT_WR) != 0 : read(s, &c, 1) != 0)
                _exit(6);
        } else if (!(own ? socket_write : socket_read)(s, tape, t.from, t)) {
            _exit(7);
        }
    }
    if (read(done, &c, 1) != 0 || counted("InErrs") != 0 || counted("InCsumErrors") != 0)
        _exit(8);
    _exit(0);
}

static void be_the_kernel(const struct row *r, const struct tape *tape, int ready)
{
    alarm(30);
    if (unshare(CLONE_NEWNET) != 0)
        _exit(1);
    int tap = open_tap();
    if (tap < 0 || !configure(r->loss_percent))
        _exit(1);
    play_with_sockets(r, tape, connected(r, ready, tap), ready);
}

/* --- the host's side ------------------------------------------------------------------------- */

struct tap_sink {
    struct sink sink;
    int fd;
    uint8_t buf[2048];
};

static uint8_t *tap_reserve(struct sink *s, size_t cap)
{
    struct tap_sink *t = CONTAINER_OF(s, struct tap_sink, sink);

    return cap <= sizeof(t->buf) ? t->buf : NULL;
}

static void tap_commit(struct sink *s, size_t n)
{
    struct tap_sink *t = CONTAINER_OF(s, struct tap_sink, sink);

    if (write(t->fd, t->buf, n) < 0 && errno != EAGAIN)
        printf("a frame was refused by the TAP device: %s\n", strerror(errno));
}

static const struct sink_ops tap_ops = {tap_reserve, tap_commit};

static struct host *make_host(const struct row *r, const struct tape *tape, struct clock_real *clk,
                              struct rng *rng, struct sink *out)
{
    struct host_config cfg = r->cfg;
    struct host_flow f = {.tape = tape, .side = r->kernel == A ? B : A};
    uint32_t id;

    assert_ok(ip_addr_parse(r->family == 6 ? HOST6 : HOST4, &cfg.addr));
    assert_ok(ip_addr_parse(r->family == 6 ? KERNEL6 : KERNEL4, &cfg.next_hop));
    cfg.on_link = cfg.addr;
    cfg.mac = (struct mac){{2, 0, 0, 0x77, 0, 1}};
    struct host *h = host_new(&cfg, &clk->clock, rng, NULL);
    host_attach(h, out);
    f.local = (struct endpoint){cfg.addr, f.side == A ? 4000 : 80};
    f.remote = (struct endpoint){cfg.next_hop, f.side == A ? 80 : 4000};
    f.start = clock_now(&clk->clock);
    assert_ok(host_add_flow(h, &f, &id));
    return h;
}

static void run(struct host *h, struct clock_real *clk, int tap)
{
    struct mono limit = mono_add(clock_now(&clk->clock), SPAN_S(25));
    uint8_t frame[2048];

    while (!host_is_done(h) && mono_before(clock_now(&clk->clock), limit)) {
        ssize_t n = read(tap, frame, sizeof(frame));
        if (n > 0) {
            host_input(h, bytes_of(frame, (size_t)n));
            continue;
        }
        host_tick(h);
        clock_sleep_until(&clk->clock, mono_min(host_deadline(h), limit));
    }
}

static void check(const struct host *h, const struct tape *tape, enum conv_side side)
{
    struct host_flow_status s;

    host_flow_status(h, 0, &s);
    assert_int_equal(s.state, HOST_FLOW_DONE);
    assert_int_equal(s.altered, 0);
    assert_int_equal(s.sent, tape->total[side]);
    assert_int_equal(s.acked, tape->total[side]);
    assert_int_equal(s.delivered, tape->total[!side]);
}

static void the_kernel_agrees(void **state)
{
    const struct row *r = *state;
    struct conversation conv;
    struct clock_real clk;
    struct rng rng;
    struct tape tape;
    int sv[2], status = 0;

    conv_make(&conv, CONV_TCP, talk, COUNT(talk));
    tape_init(&tape, &conv, NULL);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, sv), 0);
    pid_t kernel = fork();
    if (kernel == 0) {
        close(sv[0]);
        be_the_kernel(r, &tape, sv[1]);
    }
    close(sv[1]);
    struct tap_sink out = {.sink.ops = &tap_ops, .fd = receive_fd(sv[0])};
    if (out.fd < 0) {
        close(sv[0]);
        waitpid(kernel, &status, 0);
        conv_release(&conv);
        printf("SKIPPED: no TAP device in a network namespace here (it takes root, iproute2%s)\n",
               r->loss_percent ? " and nftables" : "");
        skip();
    }
    clock_real_init(&clk);
    assert_ok(clock_real_watch(&clk, out.fd));
    rng_os_init(&rng);
    struct host *h = make_host(r, &tape, &clk, &rng, &out.sink);
    run(h, &clk, out.fd);
    close(sv[0]);
    close(out.fd);
    assert_int_equal(waitpid(kernel, &status, 0), kernel);
    check(h, &tape, r->kernel == A ? B : A);
    assert_int_equal(status, 0); /* and the kernel's user had every byte as well */
    host_free(h);
    conv_release(&conv);
}

int main(void)
{
    struct CMUnitTest tests[COUNT(rows)];

    for (size_t i = 0; i < COUNT(rows); i++)
        tests[i] =
            (struct CMUnitTest){rows[i].what, the_kernel_agrees, NULL, NULL, (void *)&rows[i]};
    return cmocka_run_group_tests_name("kernel", tests, NULL, NULL);
}
