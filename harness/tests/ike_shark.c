#include "tests/ike_shark.h"

#include "base/buf.h"
#include "ike/ike_keys.h"
#include "tests/testkit.h"
#include "wire/ip.h"
#include "wire/udp.h"

#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void write_file(const struct ike_shark *l, const char *name, const struct buf *b)
{
    char path[128];

    snprintf(path, sizeof(path), "%s/%s", l->dir, name);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    assert_int_equal(b->n ? fwrite(b->s, 1, b->n, f) : 0, b->n);
    assert_int_equal(fclose(f), 0);
}

/* What Wireshark needs of each IKE SA that came up. */
static void write_keys(struct ike_shark *l)
{
    const struct ike_end_point *s = &l->t.side[IKE_A];
    struct buf v1 = BUF_INIT, v2 = BUF_INIT;

    for (size_t i = 0; i < s->nsaid; i++) {
        if (s->said[i].kind == IKE_OUT_IKE_UP)
            assert_ok(ike_keys_put(&v1, &v2, &s->said[i]));
    }
    write_file(l, "ikev1_decryption_table", &v1);
    write_file(l, "ikev2_decryption_table", &v2);
    buf_release(&v1);
    buf_release(&v2);
}

static void write_pcap(const struct ike_shark *l)
{
    char path[128];
    uint8_t packet[2048];

    snprintf(path, sizeof(path), "%s/ike.pcap", l->dir);
    pcap_t *dead = pcap_open_dead(DLT_RAW, 65535);
    pcap_dumper_t *out = pcap_dump_open(dead, path);
    assert_non_null(out);
    for (size_t i = 0; i < l->t.nflown; i++) {
        const struct flown *d = &l->t.flown[i];
        struct ip ip = {.version = d->src.addr.family,
                        .proto = IP_UDP,
                        .ttl = 64,
                        .src = d->src.addr,
                        .dst = d->dst.addr};
        struct udp u = {.src = d->src.port, .dst = d->dst.port, .data = bytes_of(d->p, d->n)};
        struct wr w = wr_of(packet, sizeof(packet));
        ip_put(&w, &ip, UDP_HDR_LEN + d->n);
        udp_put(&w, &u, &ip.src, &ip.dst);
        assert_ok(w.err);
        struct pcap_pkthdr h = {.caplen = (uint32_t)w.at, .len = (uint32_t)w.at};
        h.ts.tv_sec = d->sent.ns / 1000000000;
        h.ts.tv_usec = d->sent.ns / 1000 % 1000000;
        pcap_dump((unsigned char *)out, &h, packet);
    }
    pcap_dump_close(out);
    pcap_close(dead);
}

/* FIELDS: of each message, one "-e NAME" each. */
static void run_tshark(const struct ike_shark *l, const char *fields, struct buf *got)
{
    char command[512], line[1024];

    snprintf(command, sizeof(command),
             "WIRESHARK_CONFIG_DIR=%s tshark -n -r %s/ike.pcap -T fields -E 'separator=|'"
             " -e isakmp.exchangetype -e isakmp.flag_e -e isakmp.typepayload %s"
             " -e _ws.malformed -e _ws.expert.severity 2>%s/stderr",
             l->dir, l->dir, fields, l->dir);
    FILE *f = popen(command, "r");
    assert_non_null(f);
    while (fgets(line, sizeof(line), f))
        buf_adds(got, line);
    assert_int_equal(pclose(f), 0);
}

void ike_shark_need(void)
{
    if (system("command -v tshark >/dev/null") != 0) {
        puts("SKIPPED: tshark is not here to read our IKE");
        skip();
    }
}

void ike_shark_init(struct ike_shark *l)
{
    *l = (struct ike_shark){.dir = "/tmp/holdfast-ike-XXXXXX"};
    assert_non_null(mkdtemp(l->dir));
    two_ikes_init(&l->t);
}

void ike_shark_check(struct ike_shark *l, const char *fields, const char *want)
{
    struct buf got = BUF_INIT;
    char command[128];

    write_keys(l);
    write_pcap(l);
    run_tshark(l, fields, &got);
    assert_string_equal(buf_str(&got), want);
    buf_release(&got);
    two_ikes_release(&l->t);
    snprintf(command, sizeof(command), "rm -rf %s", l->dir);
    assert_int_equal(system(command), 0);
}
