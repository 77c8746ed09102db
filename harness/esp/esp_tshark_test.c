/* What we seal, Wireshark opens: every cipher with every integrity algorithm, at every padding. */
#include "esp/esp.h"
#include "esp/esp_table.h"

#include "base/mem.h"
#include "tests/testkit.h"
#include "wire/ip.h"
#include "wire/udp.h"

#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum {
    PACKETS = 34, /* of each suite: two AES blocks and a bit */
    PAYLOAD = 3,  /* bytes of the shortest */
};

struct lab {
    char dir[64];
    struct rng_seeded rng;
    pcap_t *dead;
    pcap_dumper_t *out;
    struct buf table, expected;
};

static void lab_init(struct lab *l)
{
    char path[96];

    *l = (struct lab){.dir = "/tmp/holdfast-esp-XXXXXX"};
    assert_non_null(mkdtemp(l->dir));
    rng_seeded_init(&l->rng, 5, "tshark");
    snprintf(path, sizeof(path), "%s/esp.pcap", l->dir);
    l->dead = pcap_open_dead(DLT_RAW, 65535);
    l->out = pcap_dump_open(l->dead, path);
    assert_non_null(l->out);
}

static void lab_release(struct lab *l)
{
    char command[128];

    buf_release(&l->table);
    buf_release(&l->expected);
    pcap_close(l->dead);
    snprintf(command, sizeof(command), "rm -rf %s", l->dir);
    assert_int_equal(system(command), 0);
}

static struct bytes make_inner(struct lab *l, uint8_t *out, size_t cap, size_t n)
{
    uint8_t data[256];
    struct ip ip = {
        .version = 4, .proto = IP_UDP, .ttl = 64, .src = ip4(0x0a0a0102), .dst = ip4(0x0a140102)};
    struct wr w = wr_of(out, cap);

    rng_fill(&l->rng.rng, data, n);
    struct udp u = {.src = 40001, .dst = 40002, .data = bytes_of(data, n)};
    ip_put(&w, &ip, UDP_HDR_LEN + n);
    udp_put(&w, &u, &ip.src, &ip.dst);
    assert_ok(w.err);
    for (size_t i = 0; i < n; i++)
        buf_addf(&l->expected, "%02x", data[i]);
    return wr_bytes(&w);
}

static void write_packet(struct lab *l, struct esp_sa *sa, size_t n)
{
    uint8_t inner[512], outer[512];
    const struct esp_params *p = esp_sa_params(sa);
    struct ip ip = {.version = 4, .proto = IP_ESP, .ttl = 64, .src = p->src, .dst = p->dst};
    struct wr w = wr_of(outer, sizeof(outer));

    struct bytes in = make_inner(l, inner, sizeof(inner), n);
    ip_put(&w, &ip, esp_sealed_len(sa, in.n));
    assert_ok(esp_seal(sa, &l->rng.rng, in, IP_IPIP, &w));
    buf_addf(&l->expected, "|0x%08x|%u|%s\n", p->spi, (unsigned)esp_sa_seq(sa), "good");
    struct pcap_pkthdr h = {.caplen = (uint32_t)w.at, .len = (uint32_t)w.at};
    pcap_dump((unsigned char *)l->out, &h, outer);
}

static void write_suite(struct lab *l, enum cipher_alg cipher, enum integ_alg integ)
{
    struct esp_params p = {.spi = 0x1000u + 16u * cipher + integ,
                           .src = ip4(0xc6336401),
                           .dst = ip4(0xcb007101),
                           .cipher = cipher,
                           .integ = integ};
    struct esp_sa *sa;

    rng_fill(&l->rng.rng, p.cipher_key, cipher_key_len(cipher));
    rng_fill(&l->rng.rng, p.integ_key, integ_key_len(integ));
    esp_table_put(&l->table, &p);
    assert_ok(esp_sa_new(&p, (struct mono){0}, &sa));
    for (size_t i = 0; i < PACKETS; i++)
        write_packet(l, sa, PAYLOAD + i);
    esp_sa_free(sa);
}

static void write_table(const struct lab *l)
{
    char path[96];

    snprintf(path, sizeof(path), "%s/esp_sa", l->dir);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    assert_int_equal(fwrite(l->table.s, 1, l->table.n, f), l->table.n);
    assert_int_equal(fclose(f), 0);
}

/* tshark's verdict "1" or "True" in words, so that both of its spellings will do. */
static void add_line(struct buf *got, char *line)
{
    char *good = strrchr(line, '|');

    assert_non_null(good);
    bool is_good = good[1] == '1' || good[1] == 'T';
    good[1] = '\0';
    buf_adds(got, line);
    buf_adds(got, is_good ? "good\n" : "\n");
}

static void run_tshark(const struct lab *l, struct buf *got)
{
    char command[512], line[1024];

    snprintf(command, sizeof(command),
             "WIRESHARK_CONFIG_DIR=%s tshark -n -r %s/esp.pcap -o esp.enable_encryption_decode:TRUE"
             " -d udp.port==40002,data" /* random bytes may look like RTCP, and then malformed */
             " -o esp.enable_authentication_check:TRUE -T fields -E 'separator=|'"
             " -e udp.payload -e esp.spi -e esp.sequence -e esp.icv_good 2>%s/stderr",
             l->dir, l->dir, l->dir);
    FILE *f = popen(command, "r");
    assert_non_null(f);
    while (fgets(line, sizeof(line), f))
        add_line(got, line);
    assert_int_equal(pclose(f), 0);
}

/* Line by line, so that a failure names the packet. */
static void compare_lines(const char *got, const char *want)
{
    while (*got && *want) {
        size_t g = strcspn(got, "\n"), w = strcspn(want, "\n");
        if (g != w || memcmp(got, want, g) != 0)
            fail_msg("%.*s instead of %.*s", (int)g, got, (int)w, want);
        got += g + (got[g] == '\n');
        want += w + (want[w] == '\n');
    }
    assert_string_equal(got, want);
}

static void tshark_opens_what_we_seal(void **state)
{
    struct lab l;
    struct buf got = BUF_INIT;

    (void)state;
    if (system("command -v tshark >/dev/null") != 0) {
        puts("SKIPPED: tshark is not here to open our ESP");
        skip();
    }
    lab_init(&l);
    for (enum cipher_alg c = CIPHER_NONE + 1; c < CIPHER_COUNT; c++) {
        if (cipher_mode(c) == CIPHER_MODE_CCM || cipher_mode(c) == CIPHER_MODE_CHACHA)
            continue; /* Wireshark's ESP does not know them */
        if (cipher_is_aead(c))
            write_suite(&l, c, INTEG_NONE);
        for (enum integ_alg i = INTEG_NONE + 1; i < INTEG_COUNT && !cipher_is_aead(c); i++)
            write_suite(&l, c, i);
    }
    pcap_dump_close(l.out);
    write_table(&l);
    run_tshark(&l, &got);
    compare_lines(buf_str(&got), buf_str(&l.expected));
    buf_release(&got);
    lab_release(&l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tshark_opens_what_we_seal),
    };
    return cmocka_run_group_tests_name("esp/esp_tshark", tests, NULL, NULL);
}
