/* Real ESP of other people's implementations opens: strongSwan in user space, the Linux kernel, and
 * the captures of the Wireshark wiki. */
#include "esp/esp.h"
#include "esp/esp_table.h"

#include "base/hash.h"
#include "base/map.h"
#include "base/mem.h"
#include "tests/testkit.h"
#include "wire/pkt.h"

#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define DATA "../shared/data/"

enum { SAS_MAX = 64, NATT_PORT = 4500 };

struct keyring {
    struct esp_sa *sa[SAS_MAX];
    size_t n;
};

static void keyring_add(struct keyring *k, struct bytes line)
{
    struct esp_params p;
    struct diag why = {0};

    if (esp_table_parse(line, &p, &why))
        return;
    p.replay_window = 64;
    assert_true(k->n < SAS_MAX);
    if (!esp_sa_new(&p, (struct mono){0}, &k->sa[k->n])) /* NULL with NULL makes none */
        k->n++;
}

static void keyring_release(struct keyring *k)
{
    for (size_t i = 0; i < k->n; i++)
        esp_sa_free(k->sa[i]);
}

static struct esp_sa *keyring_find(const struct keyring *k, const struct ip *ip, uint32_t spi)
{
    for (size_t i = 0; i < k->n; i++) {
        const struct esp_params *p = esp_sa_params(k->sa[i]);
        if (p->spi == spi && ip_addr_eq(&p->src, &ip->src) && ip_addr_eq(&p->dst, &ip->dst))
            return k->sa[i];
    }
    return NULL;
}

static struct bytes next_line(struct bytes *text)
{
    const uint8_t *end = memchr(text->p, '\n', text->n);
    size_t n = end ? (size_t)(end - text->p) : text->n;
    struct bytes line = bytes_head(*text, n);

    *text = bytes_from(*text, n + 1);
    return line;
}

static pcap_t *open_capture(const char *path)
{
    char error[PCAP_ERRBUF_SIZE];
    pcap_t *p = pcap_open_offline(path, error);

    assert_non_null(p);
    assert_int_equal(pcap_datalink(p), DLT_EN10MB);
    return p;
}

static bool next_frame(pcap_t *p, struct bytes *frame)
{
    struct pcap_pkthdr *h;
    const unsigned char *data;

    if (pcap_next_ex(p, &h, &data) != 1)
        return false;
    *frame = bytes_of(data, h->caplen);
    return true;
}

/* The ESP packet in a frame: an IP payload, or in UDP on port 4500 behind no marker (RFC 3948). */
static struct bytes esp_in(const struct pkt *p)
{
    if (p->kind == PKT_ESP)
        return p->ip.payload;
    if (p->kind == PKT_UDP && p->udp.dst == NATT_PORT && p->udp.data.n > 8 &&
        memcmp(p->udp.data.p, "\0\0\0\0", 4) != 0)
        return p->udp.data;
    return bytes_of(NULL, 0);
}

/* What a router does not change: addresses, id and everything after the IPv4 header. */
static uint64_t fingerprint(const struct ip *ip)
{
    uint64_t h = hash_bytes(bytes_of(&ip->src, sizeof(ip->src)), ip->id);

    return hash_bytes(ip->payload, hash_bytes(bytes_of(&ip->dst, sizeof(ip->dst)), h));
}

struct prints { /* a set */
    struct map map;
    uint64_t *list;
    size_t n, cap;
};

static bool same_print(const void *ctx, uint32_t id, const void *key)
{
    return ((const struct prints *)ctx)->list[id] == *(const uint64_t *)key;
}

static bool prints_has(const struct prints *s, uint64_t v)
{
    return map_find(&s->map, v, same_print, s, &v) != MAP_NONE;
}

static void prints_load(struct prints *s, const char *path)
{
    pcap_t *p = open_capture(path);
    struct bytes frame;
    struct pkt k;

    while (next_frame(p, &frame)) {
        pkt_parse(frame, &k);
        uint64_t v = k.kind == PKT_OTHER || k.kind == PKT_ARP ? 0 : fingerprint(&k.ip);
        if (prints_has(s, v))
            continue;
        if (s->n == s->cap) {
            s->cap = s->cap ? 2 * s->cap : 1024;
            s->list = mem_resize(s->list, s->cap, sizeof(*s->list));
        }
        s->list[s->n] = v;
        map_put(&s->map, v, (uint32_t)s->n++);
    }
    pcap_close(p);
}

static void skip_without(const char *path)
{
    if (access(path, R_OK) != 0) {
        printf("SKIPPED: %s is not here\n", path);
        skip();
    }
}

static void every_packet_of_a_bounce_opens_to_a_lan_packet(void **state)
{
    const char *name = *state;
    char path[160];
    struct keyring keys = {.n = 0};
    struct prints lan = {.n = 0};
    uint8_t plain[65536];
    size_t opened = 0, n;

    snprintf(path, sizeof(path), DATA "bounces/keys/%s/esp_sa", name);
    skip_without(path);
    uint8_t *table = test_file(path, &n);
    for (struct bytes text = bytes_of(table, n); text.n > 0;)
        keyring_add(&keys, next_line(&text));
    mem_free(table);
    for (int i = 0; i < 2; i++) {
        snprintf(path, sizeof(path), DATA "bounces/%s_%s-lan.pcap", name, i ? "ho" : "bo");
        prints_load(&lan, path);
    }
    snprintf(path, sizeof(path), DATA "bounces/%s_wan.pcap", name);
    pcap_t *wan = open_capture(path);
    for (struct bytes frame; next_frame(wan, &frame);) {
        struct pkt k, inner;
        struct esp_plain got;
        pkt_parse(frame, &k);
        struct bytes esp = esp_in(&k);
        if (esp.n == 0)
            continue;
        struct rd r = rd_of(esp);
        struct esp_sa *sa = keyring_find(&keys, &k.ip, rd_be32(&r));
        assert_non_null(sa);
        assert_ok(esp_open(sa, esp, plain, &got));
        assert_int_equal(got.next, IP_IPIP);
        pkt_parse_ip(got.inner, &inner);
        assert_int_not_equal(inner.kind, PKT_OTHER);
        assert_true(prints_has(&lan, fingerprint(&inner.ip)));
        opened++;
    }
    assert_true(opened > 300);
    pcap_close(wan);
    keyring_release(&keys);
    map_release(&lan.map);
    mem_free(lan.list);
}

/* A row of esp_keys.tsv as a line of esp_sa; false when it is about another file. */
static bool key_row(struct bytes row, const char *file, struct buf *line)
{
    struct bytes f[10] = {{NULL, 0}};

    for (size_t i = 0; i < 10; i++) {
        const uint8_t *tab = memchr(row.p, '\t', row.n);
        size_t n = tab ? (size_t)(tab - row.p) : row.n;
        f[i] = bytes_head(row, n);
        row = bytes_from(row, n + 1);
    }
    buf_clear(line);
    for (size_t i = 1; i < 9; i++) {
        buf_adds(line, i > 1 ? ",\"" : "\"");
        buf_add(line, f[i].p, f[i].n);
        buf_addc(line, '"');
    }
    return bytes_eq(f[0], bytes_str(file));
}

static const struct wiki_row {
    const char *file;
    size_t packets; /* but for those of SAs with neither cipher nor integrity */
} wiki_rows[] = {
    {"arkime-wireshark-esp.pcap", 220},
    {"zeek-ip6_esp.pcap", 110},
    {"rj-ipsec--ipsec_esp--ipsec_esp_capture_1--capture.pcap", 220},
};

static void a_capture_with_published_keys_opens(void **state)
{
    const struct wiki_row *row = *state;
    struct keyring keys = {.n = 0};
    struct buf line = BUF_INIT;
    char path[160];
    uint8_t plain[65536];
    size_t opened = 0, n;

    skip_without(DATA "captures/keys/esp_keys.tsv");
    uint8_t *table = test_file(DATA "captures/keys/esp_keys.tsv", &n);
    for (struct bytes text = bytes_of(table, n); text.n > 0;)
        if (key_row(next_line(&text), row->file, &line))
            keyring_add(&keys, buf_bytes(&line));
    mem_free(table);
    buf_release(&line);
    snprintf(path, sizeof(path), DATA "captures/esp/%s", row->file);
    pcap_t *p = open_capture(path);
    for (struct bytes frame; next_frame(p, &frame);) {
        struct pkt k;
        struct esp_plain got;
        pkt_parse(frame, &k);
        struct esp_sa *sa = k.kind == PKT_ESP ? keyring_find(&keys, &k.ip, k.esp.spi) : NULL;
        if (!sa)
            continue;
        assert_ok(esp_open(sa, k.ip.payload, plain, &got));
        opened++;
    }
    pcap_close(p);
    keyring_release(&keys);
    assert_int_equal(opened, row->packets);
}

int main(void)
{
    static const char *const bounces[] = {
        "ikev1_baseline_mini",     "ikev1_del_ike_mini", "ikev1_del_child_ctflush_loose0",
        "ikev1_rekey_child5_mini", "vm_ikev1_del_ike",
    };
    struct CMUnitTest tests[COUNT(bounces) + COUNT(wiki_rows)];
    size_t n = 0;

    for (size_t i = 0; i < COUNT(bounces); i++)
        tests[n++] = (struct CMUnitTest){bounces[i], every_packet_of_a_bounce_opens_to_a_lan_packet,
                                         NULL, NULL, (void *)(uintptr_t)bounces[i]};
    for (size_t i = 0; i < COUNT(wiki_rows); i++)
        tests[n++] = (struct CMUnitTest){wiki_rows[i].file, a_capture_with_published_keys_opens,
                                         NULL, NULL, (void *)(uintptr_t)&wiki_rows[i]};
    return _cmocka_run_group_tests("esp/esp_real", tests, n, NULL, NULL);
}
