#include "bench/traffic_file.h"

#include "base/mem.h"
#include "wire/pkt.h"

#include <stdio.h>
#include <stdlib.h>

#define FRAME_MAX   1514
#define HEADERS     (14 + IP4_HDR_LEN + TCP_HDR_LEN + 12) /* with time stamps, as hosts send them */
#define CLIENT_ISN  1000u
#define SERVER_ISN  900000u
#define SERVER_PORT 80

struct flow {
    uint32_t next[2]; /* sequence number each side sends next; 0: the client */
};

struct writer {
    FILE *f;
    uint64_t packets;
    struct flow *flows;
    uint8_t payload[FRAME_MAX * 2];
    uint32_t ticks;
};

static void put(struct writer *w, struct bytes b)
{
    if (fwrite(b.p, 1, b.n, w->f) != b.n) {
        perror("traffic_file");
        exit(1);
    }
}

static void put_header(struct writer *w)
{
    uint8_t head[24];
    struct wr r = wr_of(head, sizeof(head));

    wr_le32(&r, 0xa1b2c3d4);
    wr_le16(&r, 2);
    wr_le16(&r, 4);
    wr_le64(&r, 0); /* time zone, accuracy */
    wr_le32(&r, 65535);
    wr_le32(&r, 1);
    put(w, wr_bytes(&r));
}

static void put_frame(struct writer *w, struct bytes frame)
{
    uint8_t head[16];
    struct wr r = wr_of(head, sizeof(head));

    wr_le32(&r, 1700000000u + w->ticks / 1000000);
    wr_le32(&r, w->ticks % 1000000);
    wr_le32(&r, (uint32_t)frame.n);
    wr_le32(&r, (uint32_t)frame.n);
    w->ticks += 3;
    w->packets++;
    put(w, wr_bytes(&r));
    put(w, frame);
}

/* A segment of flow ID from SIDE with N bytes. Checksums are left unfilled, as offload does. */
static void segment(struct writer *w, uint32_t id, int side, uint8_t flags, size_t n)
{
    static const struct mac macs[2] = {{{2, 0, 0, 0, 0, 1}}, {{2, 0, 0, 0, 0, 2}}};
    struct flow *f = &w->flows[id];
    uint8_t frame[FRAME_MAX];
    struct wr r = wr_of(frame, sizeof(frame));
    struct ip ip = {.version = 4, .proto = IP_TCP, .ttl = 64};
    uint16_t port = (uint16_t)(1024 + id % 60000);

    ip.src = ip4(side ? 0xc0a8320a : 0x0a000000 + id / 60000);
    ip.dst = ip4(side ? 0x0a000000 + id / 60000 : 0xc0a8320a);
    ether_put(&r, &macs[side], &macs[!side], ETHER_IPV4);
    ip_put(&r, &ip, TCP_HDR_LEN + 12 + n);
    wr_be16(&r, side ? SERVER_PORT : port);
    wr_be16(&r, side ? port : SERVER_PORT);
    wr_be32(&r, f->next[side]);
    wr_be32(&r, flags & TCP_ACK ? f->next[!side] : 0);
    wr_u8(&r, (TCP_HDR_LEN + 12) / 4 << 4);
    wr_u8(&r, flags);
    wr_be16(&r, 64000);
    wr_be32(&r, 0); /* checksum, urgent */
    wr_be32(&r, 0x0101080a);
    wr_be32(&r, w->ticks);
    wr_be32(&r, w->ticks);
    wr_put(&r, bytes_of(w->payload + f->next[side] % FRAME_MAX, n));
    f->next[side] += (uint32_t)n + (flags & (TCP_SYN | TCP_FIN) ? 1 : 0);
    put_frame(w, wr_bytes(&r));
}

static void put_traffic(struct writer *w, const struct traffic_file *t)
{
    for (uint32_t i = 0; i < t->flows; i++)
        w->flows[i] = (struct flow){{CLIENT_ISN, SERVER_ISN}};
    for (uint32_t i = 0; i < t->flows; i++) {
        segment(w, i, 0, TCP_SYN, 0);
        segment(w, i, 1, TCP_SYN | TCP_ACK, 0);
        segment(w, i, 0, TCP_ACK, 0);
    }
    for (uint32_t i = 0; i < t->flows && t->requests; i++)
        segment(w, i, 0, TCP_ACK | TCP_PSH, (size_t)t->requests);
    for (uint64_t k = 0; k < t->packets; k++)
        segment(w, (uint32_t)(k % t->flows), 1, TCP_ACK, t->frame - (size_t)HEADERS);
    for (uint32_t i = 0; i < t->flows; i++) {
        segment(w, i, 1, TCP_ACK | TCP_FIN, 0);
        segment(w, i, 0, TCP_ACK | TCP_FIN, 0);
    }
}

uint64_t traffic_file_write(const char *path, const struct traffic_file *t)
{
    struct writer w = {.f = fopen(path, "wb"), .flows = mem_array(t->flows, sizeof(struct flow))};

    if (!w.f) {
        perror(path);
        exit(1);
    }
    for (size_t i = 0; i < sizeof(w.payload); i++)
        w.payload[i] = (uint8_t)(i * 31 >> 3);
    put_header(&w);
    put_traffic(&w, t);
    if (fclose(w.f)) {
        perror(path);
        exit(1);
    }
    mem_free(w.flows);
    return w.packets;
}
