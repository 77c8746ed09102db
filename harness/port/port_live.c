#include "port/port_live.h"

#include "base/attr.h"
#include "base/mem.h"
#include "port/interface.h"

#include <libnet.h>
#include <linux/filter.h>
#include <linux/if_packet.h>
#include <pcap/pcap.h>
#include <poll.h>
#include <sys/socket.h>
#include <time.h>

#define BUFFER_BYTES (16 << 20)
#define SNAPLEN_MIN  2048 /* TPACKET_V2 has slots of one size: with 64 KiB the buffer holds few */
#define FRAME_EXTRA  64   /* Ethernet header, VLAN tags */

struct live {
    struct port port;
    const struct clock *clk;
    pcap_t *in;
    libnet_t *out;
    bool nanoseconds; /* of the capture's stamps; else microseconds */
    bool maybe_more;  /* the last receive found a frame */
    struct mono last; /* arrival of the last frame */
    struct mono due;  /* MONO_NEVER: nobody said */
    struct port_stats stats;
    uint64_t cut; /* frames longer than a slot */
    char send_error[160];
    uint8_t frame[PORT_FRAME_MAX];
};

static uint8_t *live_reserve(struct sink *s, size_t cap)
{
    struct live *l = CONTAINER_OF(s, struct live, port.sink);

    return cap <= sizeof(l->frame) ? l->frame : NULL;
}

static void note_lateness(struct live *l)
{
    if (mono_is_never(l->due))
        return;
    int64_t late = mono_diff(l->due, clock_now(l->clk)).ns;
    if (late > l->stats.late_max_ns)
        l->stats.late_max_ns = late;
}

static void live_commit(struct sink *s, size_t n)
{
    struct live *l = CONTAINER_OF(s, struct live, port.sink);
    struct bytes frame = bytes_of(l->frame, n);

    if (n == 0)
        return;
    if (l->port.filter.pass && !l->port.filter.pass(l->port.filter.ctx, true, frame)) {
        l->stats.filtered++;
        return;
    }
    l->stats.sent++;
    note_lateness(l);
    if (libnet_adv_write_link(l->out, frame.p, (uint32_t)n) == (int)n)
        return;
    l->stats.lost++;
    snprintf(l->send_error, sizeof(l->send_error), "%s", libnet_geterror(l->out));
}

/* The capture's stamps are of the wall clock: its age now, taken off the run's clock. */
static struct mono arrival(struct live *l, const struct pcap_pkthdr *h)
{
    struct timespec wall;
    struct mono now = clock_now(l->clk);
    int64_t ns = (int64_t)h->ts.tv_usec * (l->nanoseconds ? 1 : 1000);

    clock_gettime(CLOCK_REALTIME, &wall);
    int64_t age = ((int64_t)wall.tv_sec - h->ts.tv_sec) * 1000000000 + wall.tv_nsec - ns;
    struct mono when = mono_add(now, SPAN_NS(age > 0 ? -age : 0));
    if (mono_before(when, l->last)) /* someone set the clock */
        when = l->last;
    l->last = when;
    return when;
}

static bool live_receive(struct port *p, struct bytes *frame, struct mono *when)
{
    struct live *l = CONTAINER_OF(p, struct live, port);
    struct pcap_pkthdr *h;
    const unsigned char *data;

    while (pcap_next_ex(l->in, &h, &data) == 1) {
        l->maybe_more = true;
        if (h->caplen < h->len) {
            l->cut++;
            continue;
        }
        *frame = bytes_of(data, h->caplen);
        if (p->filter.pass && !p->filter.pass(p->filter.ctx, false, *frame)) {
            l->stats.filtered++;
            continue;
        }
        *when = arrival(l, h);
        l->stats.received++;
        return true;
    }
    l->maybe_more = false;
    return false;
}

static struct mono live_next(const struct port *p)
{
    const struct live *l = CONTAINER_OF(p, const struct live, port);
    struct pollfd fd = {.fd = port_live_fd(p), .events = POLLIN};

    if (l->maybe_more || poll(&fd, 1, 0) > 0)
        return clock_now(l->clk);
    return MONO_NEVER;
}

static void live_stats(const struct port *p, struct port_stats *out)
{
    const struct live *l = CONTAINER_OF(p, const struct live, port);
    struct pcap_stat s = {0};

    *out = l->stats;
    out->dropped = l->cut;
    if (pcap_stats(l->in, &s) == 0)
        out->dropped += s.ps_drop;
}

static void live_close(struct port *p)
{
    struct live *l = CONTAINER_OF(p, struct live, port);

    if (l->in)
        pcap_close(l->in);
    if (l->out)
        libnet_destroy(l->out);
    mem_free(l);
}

static const struct port_ops live_ops = {live_receive, live_next, live_stats, live_close};
static const struct sink_ops live_sink_ops = {live_reserve, live_commit};

int port_live_fd(const struct port *p)
{
    return pcap_get_selectable_fd(CONTAINER_OF(p, const struct live, port)->in);
}

void port_live_due(struct port *p, struct mono due)
{
    CONTAINER_OF(p, struct live, port)->due = due;
}

const char *port_live_send_error(const struct port *p)
{
    return CONTAINER_OF(p, const struct live, port)->send_error;
}

static enum err activation_failed(struct live *l, const char *name, int rc, struct diag *why)
{
    switch (rc) {
    case PCAP_ERROR_NO_SUCH_DEVICE:
        return diag_fail(why, ERR_NOTFOUND,
                         "interface %s: there is none of this name here (ip link)", name);
    case PCAP_ERROR_PERM_DENIED:
    case PCAP_ERROR_PROMISC_PERM_DENIED:
        return diag_fail(why, ERR_IO,
                         "interface %s: only root may capture on it: run as root or with sudo",
                         name);
    case PCAP_ERROR_IFACE_NOT_UP:
        return diag_fail(why, ERR_IO, "interface %s is down: ip link set %s up", name, name);
    default:
        return diag_fail(why, ERR_IO, "interface %s: cannot be captured on: %s", name,
                         pcap_geterr(l->in));
    }
}

/* Our own frames are not looked at: else they fill the buffer and count as drops of the capture.
 * Kernels before 4.20 lack this; PCAP_D_IN still keeps them from us. */
static void ignore_own(int fd)
{
    int on = 1;

    (void)!setsockopt(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &on, sizeof(on));
}

static enum err open_capture(struct live *l, const char *name, struct diag *why)
{
    char error[PCAP_ERRBUF_SIZE] = "";
    size_t mtu;
    enum err e = interface_mtu(name, &mtu, why);

    if (e)
        return e;
    int snaplen = mtu + FRAME_EXTRA > SNAPLEN_MIN ? (int)(mtu + FRAME_EXTRA) : SNAPLEN_MIN;
    l->in = pcap_create(name, error);
    if (!l->in)
        return diag_fail(why, ERR_IO, "interface %s: %s", name, error);
    pcap_set_snaplen(l->in, snaplen);
    pcap_set_promisc(l->in, 1);
    pcap_set_immediate_mode(l->in, 1);
    pcap_set_buffer_size(l->in, BUFFER_BYTES);
    l->nanoseconds = pcap_set_tstamp_precision(l->in, PCAP_TSTAMP_PRECISION_NANO) == 0;
    int rc = pcap_activate(l->in);
    if (rc < 0)
        return activation_failed(l, name, rc, why);
    ignore_own(pcap_fileno(l->in));
    if (pcap_datalink(l->in) != DLT_EN10MB)
        return diag_fail(why, ERR_UNSUPPORTED, "interface %s is not Ethernet", name);
    if (pcap_setdirection(l->in, PCAP_D_IN) != 0)
        return diag_fail(why, ERR_IO, "interface %s: %s", name, pcap_geterr(l->in));
    if (pcap_setnonblock(l->in, 1, error) != 0)
        return diag_fail(why, ERR_IO, "interface %s: %s", name, error);
    return ERR_OK;
}

/* libnet's socket gets a copy of every frame that nobody reads: refuse them all. */
static void refuse_all(int fd)
{
    struct sock_filter none = {.code = BPF_RET | BPF_K, .k = 0};
    struct sock_fprog program = {.len = 1, .filter = &none};

    (void)!setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program));
}

static enum err open_output(struct live *l, const char *name, struct diag *why)
{
    char error[LIBNET_ERRBUF_SIZE] = "";

    l->out = libnet_init(LIBNET_LINK_ADV, name, error);
    if (!l->out)
        return diag_fail(why, ERR_IO, "interface %s: cannot be sent on: %s", name, error);
    refuse_all(libnet_getfd(l->out));
    return ERR_OK;
}

enum err port_live_open(const char *interface, const struct clock *clk, struct port **out,
                        struct diag *why)
{
    struct live *l = mem_zalloc(sizeof(*l));

    l->port.ops = &live_ops;
    l->port.sink.ops = &live_sink_ops;
    l->clk = clk;
    l->due = MONO_NEVER;
    enum err e = open_capture(l, interface, why);
    if (!e)
        e = open_output(l, interface, why);
    if (e)
        live_close(&l->port);
    else
        *out = &l->port;
    return e;
}
