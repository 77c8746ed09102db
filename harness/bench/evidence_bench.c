/* What a record of evidence costs: a frame of 1514 bytes kept whole, kept as headers with the hash
 * of its payload, and read back; beside it memcpy of the same bytes and the hash alone. */
#include "base/mem.h"
#include "evidence/payload_hash.h"
#include "evidence/reader.h"
#include "wire/pkt.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { FRAMES = 100000, ROUNDS = 5, FRAME = 1514 };

static double now(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static void die(const char *what)
{
    fprintf(stderr, "evidence_bench: %s failed\n", what);
    exit(1);
}

static void build(uint8_t *out)
{
    static const struct mac a = {{2, 0, 0, 0, 0, 1}}, b = {{2, 0, 0, 0, 0, 2}};
    uint8_t data[FRAME - 54];
    struct ip ip = {
        .version = 4, .proto = IP_TCP, .ttl = 64, .src = ip4(0x0a000001), .dst = ip4(0x0a000002)};
    struct wr w = wr_of(out, FRAME);

    for (size_t i = 0; i < sizeof(data); i++)
        data[i] = (uint8_t)(i * 31);
    struct tcp t = {
        .src = 1, .dst = 80, .flags = TCP_ACK, .window = 9, .data = bytes_of(data, sizeof(data))};
    ether_put(&w, &a, &b, ETHER_IPV4);
    ip_put(&w, &ip, TCP_HDR_LEN + sizeof(data));
    tcp_put(&w, &t, &ip.src, &ip.dst);
    if (w.err)
        die("building a frame");
}

/* To /dev/null or a file: what the disk does is not ours. */
static double round_write(const char *path, bool headers, const uint8_t *frame)
{
    struct evidence_meta meta = {.case_xml = bytes_str("<case/>"),
                                 .version = "bench",
                                 .headers_only = headers,
                                 .virtual_time = true};
    struct evidence_writer *w;

    if (evidence_create(path, &meta, &w, NULL))
        die("create");
    double start = now();
    for (int i = 0; i < FRAMES; i++)
        evidence_frame(w, EV_WAN, (struct mono){i}, bytes_of(frame, FRAME), NULL);
    if (evidence_close(w, (struct mono){FRAMES}, NULL))
        die("close");
    return now() - start;
}

static double round_read(const char *path)
{
    struct evidence_reader *r;
    struct evidence_record rec;
    double start = now();
    int n = 0;

    if (evidence_open(path, &r, NULL))
        die("open");
    while (!evidence_next(r, &rec))
        n++;
    evidence_reader_free(r);
    if (n != FRAMES)
        die("read");
    return now() - start;
}

static volatile uint64_t sink;

static double round_hash(const uint8_t *frame)
{
    double start = now();

    for (int i = 0; i < FRAMES; i++)
        sink += payload_hash(bytes_of(frame + 54, FRAME - 54));
    return now() - start;
}

static double round_copy(const uint8_t *frame)
{
    static uint8_t to[1 << 20];
    double start = now();

    for (size_t i = 0; i < FRAMES; i++) {
        memcpy(to + i * FRAME % (sizeof(to) - FRAME), frame, FRAME);
        sink += to[i * FRAME % (sizeof(to) - FRAME)];
    }
    return now() - start;
}

static void print(const char *what, double seconds)
{
    printf("evidence %-28s %7.1f ns a frame %8.1f MB/s of frames\n", what, seconds / FRAMES * 1e9,
           FRAMES * (double)FRAME / seconds / 1e6);
}

int main(void)
{
    char path[] = "/tmp/holdfast-bench-XXXXXX";
    uint8_t frame[FRAME];
    double best[6] = {1e9, 1e9, 1e9, 1e9, 1e9, 1e9};
    int fd = mkstemp(path);

    if (fd < 0)
        die("mkstemp");
    close(fd);
    build(frame);
    for (int i = 0; i < ROUNDS; i++) {
        double t[6];
        t[0] = round_write("/dev/null", false, frame);
        t[1] = round_write("/dev/null", true, frame);
        t[2] = round_write(path, true, frame);
        t[3] = round_read(path);
        t[4] = round_hash(frame);
        t[5] = round_copy(frame);
        for (int k = 0; k < 6; k++)
            best[k] = t[k] < best[k] ? t[k] : best[k];
    }
    unlink(path);
    print("whole to /dev/null", best[0]);
    print("headers to /dev/null", best[1]);
    print("headers to a file", best[2]);
    print("headers read back", best[3]);
    print("payload hash alone", best[4]);
    print("memcpy alone", best[5]);
    return 0;
}
