/* What judging costs: records of a long transfer on three legs, headers only, judged with rules and
 * without; beside it the reader alone over the same file. */
#include "base/mem.h"
#include "evidence/event_line.h"
#include "judge/judge.h"
#include "wire/pkt.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum { SEGMENTS = 300000, ROUNDS = 3, SEGMENT = 1368, FRAME_MAX = 1600 };

static double now(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static void die(const char *what)
{
    fprintf(stderr, "judge_bench: %s failed\n", what);
    exit(1);
}

static const struct mac mac_a = {{2, 0, 0, 0, 0, 1}}, mac_b = {{2, 0, 0, 0, 0, 2}};

static struct ip_addr user(void)
{
    return ip4(0x0a01000a);
}

static struct ip_addr server(void)
{
    return ip4(0xc0a8320a);
}

static void put_tcp(struct evidence_writer *w, enum evidence_leg leg, int64_t ns, bool down,
                    uint8_t flags, uint32_t seq, uint32_t ack, struct bytes data)
{
    uint8_t frame[FRAME_MAX];
    struct wr f = wr_of(frame, sizeof(frame));
    struct ip ip = {.version = 4,
                    .proto = IP_TCP,
                    .ttl = 64,
                    .src = down ? server() : user(),
                    .dst = down ? user() : server()};
    struct tcp t = {.src = down ? 80 : 40000,
                    .dst = down ? 40000 : 80,
                    .seq = seq,
                    .ack = ack,
                    .flags = flags,
                    .window = 65535,
                    .data = data};

    ether_put(&f, &mac_a, &mac_b, ETHER_IPV4);
    ip_put(&f, &ip, TCP_HDR_LEN + data.n);
    tcp_put(&f, &t, &ip.src, &ip.dst);
    evidence_frame(w, leg, (struct mono){ns}, wr_bytes(&f), NULL);
}

static void put_esp(struct evidence_writer *w, int64_t ns, bool down, uint32_t seq, size_t n)
{
    uint8_t frame[FRAME_MAX];
    struct wr f = wr_of(frame, sizeof(frame));
    struct ip ip = {.version = 4,
                    .proto = IP_ESP,
                    .ttl = 64,
                    .src = ip4(down ? 0xd1a5c80a : 0xd1a5c902),
                    .dst = ip4(down ? 0xd1a5c902 : 0xd1a5c80a)};

    ether_put(&f, &mac_a, &mac_b, ETHER_IPV4);
    ip_put(&f, &ip, n);
    wr_be32(&f, down ? 0x1000 : 0x2000);
    wr_be32(&f, seq);
    wr_zero(&f, n - 8);
    evidence_frame(w, EV_WAN, (struct mono){ns}, wr_bytes(&f), NULL);
}

static void handshake(struct evidence_writer *w)
{
    static const enum evidence_leg legs[] = {EV_BO_LAN, EV_HO_LAN};
    struct bytes none = {NULL, 0};

    for (int i = 0; i < 2; i++)
        put_tcp(w, legs[i], 10, false, TCP_SYN, 99, 0, none);
    for (int i = 1; i >= 0; i--)
        put_tcp(w, legs[i], 20, true, TCP_SYN | TCP_ACK, 199, 100, none);
}

static void build(const char *path)
{
    struct evidence_meta meta = {.case_xml = bytes_str("<case/>"),
                                 .version = "bench",
                                 .headers_only = true,
                                 .virtual_time = true};
    struct evidence_writer *w;
    struct buf line = BUF_INIT;
    uint8_t data[SEGMENT];
    struct bytes none = {NULL, 0};

    for (size_t i = 0; i < sizeof(data); i++)
        data[i] = (uint8_t)(i * 31);
    if (evidence_create(path, &meta, &w, NULL))
        die("create");
    event_line_start(&line, "stream");
    buf_addf(&line,
             " id=dl proto=tcp bo=10.1.0.10:40000 ho=192.168.50.10:80 opener=bo "
             "bytes_ho_to_bo=%llu bytes_bo_to_ho=0",
             (unsigned long long)SEGMENTS * SEGMENT);
    evidence_event(w, (struct mono){0}, buf_bytes(&line));
    handshake(w);
    for (uint32_t i = 0; i < SEGMENTS; i++) {
        int64_t ns = 1000 + (int64_t)i * 12000;
        uint32_t seq = 200 + i * SEGMENT, ack = seq + SEGMENT;
        put_tcp(w, EV_HO_LAN, ns, true, TCP_ACK, seq, 100, bytes_of(data, sizeof(data)));
        put_esp(w, ns, true, i + 1, SEGMENT + 60);
        put_tcp(w, EV_BO_LAN, ns, true, TCP_ACK, seq, 100, bytes_of(data, sizeof(data)));
        if (i % 2 == 0)
            continue;
        put_tcp(w, EV_BO_LAN, ns, false, TCP_ACK, 100, ack, none);
        put_esp(w, ns, false, i / 2 + 1, 100);
        put_tcp(w, EV_HO_LAN, ns, false, TCP_ACK, 100, ack, none);
    }
    event_line_start(&line, "run-end");
    event_line_add(&line, "state", "complete");
    evidence_event(w, (struct mono){INT64_C(12000) * SEGMENTS}, buf_bytes(&line));
    if (evidence_close(w, (struct mono){INT64_C(12000) * SEGMENTS}, NULL))
        die("close");
    buf_release(&line);
}

static const struct plan_stream stream = {.id = "dl", .after = -1};
static const struct plan_expect expects[] = {
    {.rule = RULE_STREAM, .completes = true, .window = {-1, -1, {0}}},
    {.rule = RULE_NO_CLEARTEXT, .stream = -1, .window = {-1, -1, {0}}},
};

static double round_judge(const char *path, bool with_plan, uint64_t *records)
{
    struct plan p = {.id = "bench",
                     .streams = &stream,
                     .nstreams = 1,
                     .expects = expects,
                     .nexpects = COUNT(expects)};
    struct evidence_reader *r;
    struct judgement *j;
    double start = now();

    p.lab.bo_net = (struct ip_net){ip4(0x0a010000), 24};
    p.lab.bo_outside = ip4(0xd1a5c902);
    p.lab.ho_outside = ip4(0xd1a5c80a);
    if (evidence_open(path, &r, NULL))
        die("open");
    if (judge_evidence(r, with_plan ? &p : NULL, &j) || j->verdict != VERDICT_PASS)
        die("judging");
    *records = j->packets;
    judgement_free(j);
    evidence_reader_free(r);
    return now() - start;
}

static double round_read(const char *path)
{
    struct evidence_reader *r;
    struct evidence_record rec;
    double start = now();

    if (evidence_open(path, &r, NULL))
        die("open");
    while (!evidence_next(r, &rec))
        ;
    evidence_reader_free(r);
    return now() - start;
}

static void say(const char *what, double s, uint64_t records)
{
    printf("%-28s %6.2f M records/s  %5.0f ns each\n", what, (double)records / s / 1e6,
           s * 1e9 / (double)records);
}

int main(void)
{
    char path[] = "/tmp/judge-bench-XXXXXX";
    int fd = mkstemp(path);
    double best[3] = {1e9, 1e9, 1e9};
    uint64_t records = 0;
    struct rusage use;

    if (fd < 0)
        die("mkstemp");
    close(fd);
    build(path);
    for (int i = 0; i < ROUNDS; i++) {
        double t[3] = {round_read(path), round_judge(path, false, &records),
                       round_judge(path, true, &records)};
        for (int k = 0; k < 3; k++)
            best[k] = t[k] < best[k] ? t[k] : best[k];
    }
    unlink(path);
    getrusage(RUSAGE_SELF, &use);
    printf("judge: %llu records of one transfer on three legs, headers only\n",
           (unsigned long long)records);
    say("read alone", best[0], records);
    say("classified", best[1], records);
    say("judged", best[2], records);
    printf("memory at most %ld KB\n", use.ru_maxrss);
    return 0;
}
