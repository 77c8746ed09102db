/* What we send in IKEv2, Wireshark reads: every message of a life with rekeyings, probes and
 * deletes, in fragments or not, decrypted with the keys that we export, for every kind of cipher.
 */
#include "base/buf.h"
#include "tests/testkit.h"
#include "tests/two_ikes.h"
#include "wire/ip.h"
#include "wire/udp.h"

#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>

struct lab {
    char dir[64];
    struct two_ikes t;
};

/* What Wireshark calls them in ikev2_decryption_table; those with another ICV or salt stand by
 * themselves. */
static const char *encr_name(const struct ike_suite *s)
{
    switch (cipher_mode(s->cipher)) {
    case CIPHER_MODE_GCM:
        return cipher_key_bits(s->cipher) == 128 ? "AES-GCM-128 with 16 octet ICV [RFC5282]"
                                                 : "AES-GCM-256 with 16 octet ICV [RFC5282]";
    case CIPHER_MODE_CCM: return "AES-CCM-128 with 16 octet ICV [RFC5282]";
    default: break;
    }
    switch (s->cipher) {
    case CIPHER_3DES_CBC: return "3DES [RFC2451]";
    case CIPHER_AES128_CBC: return "AES-CBC-128 [RFC3602]";
    default: return "AES-CBC-256 [RFC3602]";
    }
}

static const char *integ_words(const struct ike_suite *s)
{
    switch (s->integ) {
    case INTEG_HMAC_MD5_96: return "HMAC_MD5_96 [RFC2403]";
    case INTEG_HMAC_SHA1_96: return "HMAC_SHA1_96 [RFC2404]";
    case INTEG_HMAC_SHA256_128: return "HMAC_SHA2_256_128 [RFC4868]";
    case INTEG_HMAC_SHA512_256: return "HMAC_SHA2_512_256 [RFC4868]";
    default: return "NONE [RFC4306]";
    }
}

static void add_hex(struct buf *b, const uint8_t *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        buf_addf(b, "%02x", p[i]);
    buf_addc(b, ',');
}

static void add_line(struct buf *b, const struct ike_out *o)
{
    size_t e = cipher_key_len(o->sa.suite.cipher), a = integ_key_len(o->sa.suite.integ);

    add_hex(b, o->sa.spi_i, 8);
    add_hex(b, o->sa.spi_r, 8);
    add_hex(b, o->sa.sk_ei, e);
    add_hex(b, o->sa.sk_er, e);
    buf_addf(b, "\"%s\",", encr_name(&o->sa.suite));
    add_hex(b, o->sa.sk_ai, a);
    add_hex(b, o->sa.sk_ar, a);
    buf_addf(b, "\"%s\"\n", integ_words(&o->sa.suite));
}

static void write_keys(const struct lab *l)
{
    const struct ike_end_point *s = &l->t.side[IKE_A];
    struct buf table = BUF_INIT;
    char path[128];

    for (size_t i = 0; i < s->nsaid; i++) {
        if (s->said[i].kind == IKE_OUT_IKE_UP)
            add_line(&table, &s->said[i]);
    }
    snprintf(path, sizeof(path), "%s/ikev2_decryption_table", l->dir);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    assert_int_equal(fwrite(table.s, 1, table.n, f), table.n);
    assert_int_equal(fclose(f), 0);
    buf_release(&table);
}

static void write_pcap(const struct lab *l)
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

static void run_tshark(const struct lab *l, struct buf *got)
{
    char command[512], line[1024];

    snprintf(command, sizeof(command),
             "WIRESHARK_CONFIG_DIR=%s tshark -n -r %s/ike.pcap -T fields -E 'separator=|'"
             " -e isakmp.exchangetype -e isakmp.messageid -e isakmp.typepayload"
             " -e isakmp.notify.msgtype -e _ws.malformed 2>%s/stderr",
             l->dir, l->dir, l->dir);
    FILE *f = popen(command, "r");
    assert_non_null(f);
    while (fgets(line, sizeof(line), f))
        buf_adds(got, line);
    assert_int_equal(pclose(f), 0);
}

static void act(struct two_ikes *t, int side, enum err e, double seconds)
{
    assert_ok(e);
    two_ikes_wait(t, side, seconds);
}

/* A establishes, B rekeys the pair, then the IKE SA, A probes under the new keys, B deletes. */
static void live(struct two_ikes *t)
{
    struct ike *a = t->side[IKE_A].ike, *b = t->side[IKE_B].ike;

    two_ikes_establish(t, IKE_A);
    act(t, IKE_B, ike_rekey_child(b, two_ikes_pair(t, IKE_B)), 1);
    act(t, IKE_B, ike_rekey_ike(b, NULL), 1);
    act(t, IKE_A, ike_probe(a, NULL), 1);
    act(t, IKE_B, ike_delete_child(b, two_ikes_pair(t, IKE_B), true), 1);
    ike_delete_ike(a, NULL, true);
    two_ikes_wait(t, IKE_A, 1);
    two_ikes_agree(t, 0, 0);
}

/* exchange | message ID | payloads, those inside SA and SK included | notifies | malformed. A star
 * is the transform of the integrity that a cipher without one has. */
static const char expected[] =
    "34|0x00000000|33,2,3,3,3*,34,40,41,41,41|16388,16389,16430|\n"
    "34|0x00000000|33,2,3,3,3*,34,40,41,41,41|16388,16389,16430|\n"
    "35|0x00000001|46,35,39,41,33,2,3,3,44,45|16384|\n" /* IDi, AUTH, INITIAL_CONTACT, SA, TS, TS */
    "35|0x00000001|46,36,39,33,2,3,3,45,44||\n"
    "36|0x00000000|46,41,33,2,3,3,3,40,34,44,45|16393|\n" /* REKEY_SA, SA, Ni, KEi, TS, TS */
    "36|0x00000000|46,33,2,3,3,3,40,34,45,44||\n"
    "37|0x00000001|46,42||\n" /* the old pair goes */
    "37|0x00000001|46,42||\n"
    "36|0x00000002|46,33,2,3,3,3*,40,34||\n" /* the IKE SA */
    "36|0x00000002|46,33,2,3,3,3*,40,34||\n"
    "37|0x00000003|46,42||\n"
    "37|0x00000003|46||\n"
    "37|0x00000000|46||\n" /* a probe, under the new keys */
    "37|0x00000000|46||\n"
    "37|0x00000000|46,42||\n" /* the pair */
    "37|0x00000000|46,42||\n"
    "37|0x00000001|46,42||\n" /* the IKE SA */
    "37|0x00000001|46||\n";

static const struct row {
    const char *what;
    struct ike_suite suite;
    uint8_t family;
} rows[] = {
    {"aes_128_gcm", {CIPHER_AES128_GCM_16, DIGEST_SHA256, 31, 86400, INTEG_NONE}, 4},
    {"aes_256_gcm_over_ipv6", {CIPHER_AES256_GCM_16, DIGEST_SHA384, 19, 86400, INTEG_NONE}, 6},
    {"aes_128_ccm", {CIPHER_AES128_CCM_16, DIGEST_SHA256, 31, 86400, INTEG_NONE}, 4},
    {"aes_128_cbc_sha1", {CIPHER_AES128_CBC, DIGEST_SHA1, 2, 86400, INTEG_HMAC_SHA1_96}, 4},
    {"aes_256_cbc_sha256", {CIPHER_AES256_CBC, DIGEST_SHA256, 14, 86400, INTEG_HMAC_SHA256_128}, 4},
    {"3des_md5", {CIPHER_3DES_CBC, DIGEST_MD5, 2, 86400, INTEG_HMAC_MD5_96}, 4},
};

static void need_tshark(void)
{
    if (system("command -v tshark >/dev/null") != 0) {
        puts("SKIPPED: tshark is not here to read our IKEv2");
        skip();
    }
}

static void check(struct lab *l, bool integ)
{
    struct buf got = BUF_INIT, want = BUF_INIT;
    char command[128];

    write_keys(l);
    write_pcap(l);
    run_tshark(l, &got);
    for (const char *p = expected; *p; p++) {
        if (*p != '*')
            buf_addc(&want, *p);
        else if (integ)
            buf_adds(&want, ",3");
    }
    assert_string_equal(buf_str(&got), buf_str(&want));
    buf_release(&got);
    buf_release(&want);
    two_ikes_release(&l->t);
    snprintf(command, sizeof(command), "rm -rf %s", l->dir);
    assert_int_equal(system(command), 0);
}

static void lab_init(struct lab *l)
{
    *l = (struct lab){.dir = "/tmp/holdfast-ike2-XXXXXX"};
    assert_non_null(mkdtemp(l->dir));
    two_ikes_init_v2(&l->t);
}

static void wireshark_reads_every_message(void **state)
{
    const struct row *row = *state;
    struct lab l;

    need_tshark();
    lab_init(&l);
    for (int i = 0; i < 2; i++) {
        l.t.side[i].suites[0] = row->suite;
        l.t.side[i].esp[0].pfs_group = 31;
        l.t.side[i].peer.dpd.answer_only = true;
        if (row->family == 6)
            assert_ok(ip_addr_parse(i ? "2001:db8::2" : "2001:db8::1", &l.t.side[i].addr));
    }
    two_ikes_start(&l.t);
    live(&l.t);
    check(&l, row->suite.integ != INTEG_NONE);
}

int main(void)
{
    struct CMUnitTest tests[COUNT(rows)];

    for (size_t i = 0; i < COUNT(rows); i++)
        tests[i] = (struct CMUnitTest){rows[i].what, wireshark_reads_every_message, NULL, NULL,
                                       (void *)&rows[i]};
    return cmocka_run_group_tests_name("ike/ike2_tshark", tests, NULL, NULL);
}
