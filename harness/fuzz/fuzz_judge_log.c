/* Any bytes as a device's log in a file, beside captures that hold one connection. */
#include "base/cursor.h"
#include "cli/leg_syslog.h"
#include "wire/ip.h"
#include "wire/tcp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define BEGUN INT64_C(1795813223050000000) /* 27 November 2026, 21:00:23.05 UTC */

/* 10.224.228.10:33066 to 192.168.50.10:80. */
static void take_packet(struct judge *j, enum evidence_leg leg, uint8_t flags, int64_t ns)
{
    uint8_t frame[64];
    struct wr w = wr_of(frame, sizeof(frame));
    struct ip ip = {
        .version = 4, .proto = IP_TCP, .ttl = 64, .src = ip4(0x0ae0e40a), .dst = ip4(0xc0a8320a)};
    struct tcp t = {.src = 33066, .dst = 80, .seq = 1000, .flags = flags, .window = 65535};
    struct pkt p;

    ip_put(&w, &ip, TCP_HDR_LEN);
    tcp_put(&w, &t, &ip.src, &ip.dst);
    pkt_parse_ip(wr_bytes(&w), &p);
    judge_legs_take(j, &(struct judge_leg_packet){leg, ns, 1, &p});
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct judge *j = judge_legs_new();
    struct judgement *out;
    FILE *f = size ? fmemopen((void *)(uintptr_t)data, size, "r") : NULL;

    take_packet(j, EV_BO_LAN, TCP_SYN, BEGUN);
    take_packet(j, EV_HO_LAN, TCP_SYN, BEGUN + 1000000);
    if (f) {
        if (leg_syslog_take(j, f, "log"))
            bug("memory that cannot be read");
        fclose(f);
    }
    judge_legs_finish(j, &out);
    if (out->nstreams != 1 || out->nlogs > LOGS_KEPT)
        bug("a log that makes streams, or more lines than are kept");
    judgement_free(out);
    return 0;
}
