#define _GNU_SOURCE
#include "tests/charon_wire.h"

#include "tests/testkit.h"
#include "wire/icmp.h"
#include "wire/ip.h"
#include "wire/natt.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

/* --- sockets --------------------------------------------------------------------------------- */

union address {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
};

static socklen_t to_sockaddr(const struct ip_addr *at, uint16_t port, union address *out)
{
    memset(out, 0, sizeof(*out));
    if (at->family == 6) {
        out->v6.sin6_family = AF_INET6;
        out->v6.sin6_port = htons(port);
        memcpy(&out->v6.sin6_addr, at->b, 16);
        return sizeof(out->v6);
    }
    out->v4.sin_family = AF_INET;
    out->v4.sin_port = htons(port);
    memcpy(&out->v4.sin_addr, at->b, 4);
    return sizeof(out->v4);
}

static struct endpoint from_sockaddr(const union address *a)
{
    struct endpoint e = {.addr.family = 4, .port = ntohs(a->v4.sin_port)};

    if (a->any.sa_family == AF_INET6) {
        e = (struct endpoint){.addr.family = 6, .port = ntohs(a->v6.sin6_port)};
        memcpy(e.addr.b, &a->v6.sin6_addr, 16);
        return e;
    }
    memcpy(e.addr.b, &a->v4.sin_addr, 4);
    return e;
}

int charon_wire_socket(const struct ip_addr *at, uint16_t port)
{
    union address a;
    socklen_t n = to_sockaddr(at, port, &a);
    int fd = socket(a.any.sa_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), on = 1;

    assert_true(fd >= 0);
    /* a test that failed left its own open */
    assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)), 0);
    assert_int_equal(bind(fd, &a.any, n), 0);
    return fd;
}

void charon_wire_send(struct charon_lab *l, const struct endpoint *from, const struct endpoint *to,
                      struct bytes b)
{
    union address a;
    socklen_t n = to_sockaddr(&to->addr, to->port, &a);

    /* charon may be gone already: what is lost then is lost */
    if (!l->deaf)
        (void)!sendto(l->fd[from->port == IKE_NATT_PORT], b.p, b.n, 0, &a.any, n);
}

struct bytes charon_wire_message(const struct endpoint *to, struct bytes datagram)
{
    return bytes_from(datagram, to->port == IKE_NATT_PORT ? NATT_MARKER_LEN : 0);
}

void charon_lab_send_esp(struct charon_lab *l, struct bytes packet)
{
    struct endpoint from = {l->us, IKE_NATT_PORT}, to = {l->them, IKE_NATT_PORT};

    charon_wire_send(l, &from, &to, packet);
}

void charon_lab_send_ike(struct charon_lab *l, struct bytes message)
{
    uint8_t b[NATT_MARKER_LEN + IKE_DATAGRAM_MAX];
    struct wr w = wr_of(b, sizeof(b));

    wr_be32(&w, 0);
    wr_put(&w, message);
    assert_ok(w.err);
    charon_lab_send_esp(l, wr_bytes(&w));
}

/* --- ESP ------------------------------------------------------------------------------------- */

static struct esp_sa *make_sa(const struct charon_lab *l, const struct ike_out *o, bool inbound)
{
    struct esp_params p = {.spi = inbound ? o->child.in_spi : o->child.out_spi,
                           .src = inbound ? l->them : l->us,
                           .dst = inbound ? l->us : l->them,
                           .cipher = o->child.suite.cipher,
                           .integ = o->child.suite.integ,
                           .esn = o->child.suite.esn,
                           .tfc = inbound ? 0 : l->tfc,
                           .replay_window = 64};
    struct esp_sa *sa;

    memcpy(p.cipher_key, inbound ? o->child.in_cipher_key : o->child.out_cipher_key,
           sizeof(p.cipher_key));
    memcpy(p.integ_key, inbound ? o->child.in_integ_key : o->child.out_integ_key,
           sizeof(p.integ_key));
    assert_ok(esp_sa_new(&p, (struct mono){0}, &sa));
    return sa;
}

void charon_wire_keys(struct charon_lab *l)
{
    esp_sa_free(l->was_in);
    esp_sa_free(l->out);
    l->was_in = l->in;
    l->in = make_sa(l, &l->pair, true);
    l->out = make_sa(l, &l->pair, false);
}

void charon_lab_use(struct charon_lab *l, const struct ike_out *up)
{
    l->pair = *up;
    charon_wire_keys(l);
}

void charon_wire_release(struct charon_lab *l)
{
    esp_sa_free(l->was_in);
    esp_sa_free(l->in);
    esp_sa_free(l->out);
    close(l->fd[0]);
    close(l->fd[1]);
    if (l->tun)
        close(l->tun);
}

static void send_inner(struct charon_lab *l, struct bytes packet)
{
    uint8_t sealed[2048];
    struct wr e = wr_of(sealed, sizeof(sealed));
    struct endpoint from = {l->us, IKE_NATT_PORT}, to = {l->them, IKE_NATT_PORT};

    if (!l->out)
        return;
    assert_ok(esp_seal(l->out, &l->rng, packet, packet.p[0] >> 4 == 6 ? IP_IPV6 : IP_IPIP, &e));
    charon_wire_send(l, &from, &to, wr_bytes(&e));
}

static bool is_pong(struct bytes packet)
{
    struct ip ip;
    struct icmp m;

    return !ip_parse(packet, &ip) && ip.proto == IP_ICMP && !icmp_parse(ip.payload, &m) &&
           m.type == ICMP_ECHO_REPLY;
}

static void take_esp(struct charon_lab *l, struct bytes b)
{
    struct esp_sa *const pairs[] = {l->in, l->was_in};
    uint8_t plain[4096];
    struct esp_plain p;

    for (size_t i = 0; i < COUNT(pairs); i++) {
        if (!pairs[i] || esp_open(pairs[i], b, plain, &p))
            continue;
        l->pong |= is_pong(p.inner);
        if (l->tun && write(l->tun, p.inner.p, p.inner.n) == (ssize_t)p.inner.n)
            l->tun_bytes += p.inner.n;
        return;
    }
}

static size_t put_ping(struct charon_lab *l, uint8_t *inner, size_t cap)
{
    struct wr w = wr_of(inner, cap);
    struct icmp m = {.type = ICMP_ECHO, .rest = 7 << 16 | 1, .data = bytes_str("through charon")};
    struct ip ip = {
        .version = 4, .proto = IP_ICMP, .ttl = 64, .src = l->ping_from, .dst = l->ping_to};

    ip_put(&w, &ip, ICMP_HDR_LEN + m.data.n);
    icmp_put(&w, &m, &ip.src, &ip.dst);
    assert_ok(w.err);
    return w.at;
}

void charon_lab_seal_ping(struct charon_lab *l, struct esp_sa *sa, struct wr *out)
{
    uint8_t inner[128];
    size_t n = put_ping(l, inner, sizeof(inner));

    assert_ok(esp_seal(sa, &l->rng, bytes_of(inner, n), IP_IPIP, out));
}

bool charon_lab_pings(struct charon_lab *l, int times)
{
    uint8_t inner[128];
    size_t n = put_ping(l, inner, sizeof(inner));

    assert_true(l->pair.child.udp);
    l->pong = false;
    for (int i = 0; i < times && !l->pong; i++) { /* charon may still be installing */
        send_inner(l, bytes_of(inner, n));
        for (int j = 0; j < 15 && !l->pong; j++)
            charon_lab_turn(l);
    }
    return l->pong;
}

void charon_lab_ping(struct charon_lab *l)
{
    assert_true(charon_lab_pings(l, 30));
}

/* --- what has come --------------------------------------------------------------------------- */

static void read_socket(struct charon_lab *l, int i)
{
    uint8_t buf[4096];
    union address a;
    socklen_t len = sizeof(a);
    ssize_t n;

    while ((n = recvfrom(l->fd[i], buf, sizeof(buf), 0, &a.any, &len)) >= 0) {
        struct endpoint from = from_sockaddr(&a), to = {l->us, i ? IKE_NATT_PORT : IKE_PORT};
        struct bytes b = bytes_of(buf, (size_t)n);
        len = sizeof(a);
        if (l->deaf)
            continue;
        if (i && b.n > 4 && memcmp(b.p, "\0\0\0\0", 4) != 0)
            take_esp(l, b);
        else if (!l->heard || l->heard(l, charon_wire_message(&to, b)))
            ike_input(l->ike, &from, &to, b);
        charon_lab_drain(l);
    }
}

static void read_tun(struct charon_lab *l)
{
    uint8_t buf[2048];
    ssize_t n;

    while ((n = read(l->tun, buf, sizeof(buf))) > 0)
        send_inner(l, bytes_of(buf, (size_t)n));
}

void charon_wire_read(struct charon_lab *l)
{
    read_socket(l, 0);
    read_socket(l, 1);
    if (l->tun)
        read_tun(l);
}
