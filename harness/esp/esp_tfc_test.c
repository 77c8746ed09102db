/* Traffic flow confidentiality (RFC 4303, 2.7): lengths that do not show. */
#include "esp/esp_sa.h"
#include "tests/testkit.h"
#include "wire/ip.h"

struct link {
    struct esp_sa *out, *in;
    struct rng_seeded rng;
    uint8_t packet[4096], plain[4096];
};

static void link_init(struct link *l, enum cipher_alg cipher, enum integ_alg integ, uint16_t tfc)
{
    struct esp_params p = {.spi = 0x11223344, .cipher = cipher, .integ = integ, .tfc = tfc};

    assert_ok(esp_sa_new(&p, (struct mono){0}, &l->out));
    p.tfc = 0; /* nobody tells a receiver */
    assert_ok(esp_sa_new(&p, (struct mono){0}, &l->in));
    rng_seeded_init(&l->rng, 1, "tfc");
}

static void link_release(struct link *l)
{
    esp_sa_free(l->out);
    esp_sa_free(l->in);
}

static struct bytes seal(struct link *l, struct bytes inner, uint8_t next)
{
    struct wr w = wr_of(l->packet, sizeof(l->packet));

    assert_ok(esp_seal(l->out, &l->rng.rng, inner, next, &w));
    assert_int_equal(w.at, esp_sealed_len(l->out, inner.n));
    return wr_bytes(&w);
}

/* An IP packet of N bytes in BUF. */
static struct bytes ip_packet(uint8_t *buf, uint8_t version, size_t n)
{
    size_t header = version == 4 ? 20 : 40;
    struct ip ip = {.version = version, .proto = IP_UDP, .ttl = 64};
    struct wr w = wr_of(buf, n);

    ip.src.family = ip.dst.family = version;
    ip_put(&w, &ip, n - header);
    for (size_t i = header; i < n; i++)
        wr_u8(&w, (uint8_t)i);
    assert_ok(w.err);
    assert_int_equal(w.at, n);
    return wr_bytes(&w);
}

static const struct row {
    const char *what;
    enum cipher_alg cipher;
    enum integ_alg integ;
    uint8_t version;
} rows[] = {
    {"ipv4_in_gcm__has_one_length", CIPHER_AES128_GCM_16, INTEG_NONE, 4},
    {"ipv6_in_gcm__has_one_length", CIPHER_AES128_GCM_16, INTEG_NONE, 6},
    {"ipv4_in_3des_sha1__has_one_length", CIPHER_3DES_CBC, INTEG_HMAC_SHA1_96, 4},
    {"ipv6_in_chacha20__has_one_length", CIPHER_CHACHA20_POLY1305, INTEG_NONE, 6},
};

static void every_length_is_sealed_alike_and_opens_as_it_was(void **state)
{
    const struct row *row = *state;
    uint8_t next = row->version == 4 ? IP_IPIP : IP_IPV6, buf[1600];
    struct esp_plain got;
    struct link l;

    link_init(&l, row->cipher, row->integ, 1400);
    size_t sealed = esp_sealed_len(l.out, 1400);
    for (size_t n = 41; n <= 1500; n += 7) {
        struct bytes inner = ip_packet(buf, row->version, n), packet = seal(&l, inner, next);
        if (n <= 1400)
            assert_int_equal(packet.n, sealed);
        else
            assert_true(packet.n > n);
        assert_ok(esp_open(l.in, packet, l.plain, &got));
        assert_true(bytes_eq(got.inner, inner));
    }
    assert_int_equal(esp_sa_counters(l.in)->bytes, esp_sa_counters(l.out)->bytes);
    link_release(&l);
}

/* What says no length that could be believed is handed on whole. */
static void no_length_of_its_own__is_left_as_it_came(void **state)
{
    static const struct {
        uint8_t inner[44];
        uint8_t next;
    } odd[] = {
        {{0x45, 0, 0, 19}, IP_IPIP},            /* less than a header */
        {{0x45, 0, 0xff, 0xff}, IP_IPIP},       /* more than there is */
        {{0x60, 0, 0, 0, 0, 0}, IP_IPV6},       /* a jumbogram */
        {{0x60, 0, 0, 0, 0xff, 0xff}, IP_IPV6}, /* more than there is */
        {{0x45, 0, 0, 20}, IP_UDP},             /* transport mode */
        {{0x45, 0, 0, 20, 0, 1}, IP_IPV6},      /* says one thing and is another */
        {{0x60, 0, 0, 20, 0, 1}, IP_IPIP},
    };
    struct esp_plain got;
    struct link l;

    (void)state;
    link_init(&l, CIPHER_AES128_GCM_16, INTEG_NONE, 0);
    for (size_t i = 0; i < COUNT(odd); i++) {
        struct bytes inner = bytes_of(odd[i].inner, sizeof(odd[i].inner));
        assert_ok(esp_open(l.in, seal(&l, inner, odd[i].next), l.plain, &got));
        assert_true(bytes_eq(got.inner, inner));
    }
    for (size_t n = 0; n < 8; n++) {
        struct bytes inner = bytes_of(odd[0].inner, n);
        assert_ok(esp_open(l.in, seal(&l, inner, IP_IPIP), l.plain, &got));
        assert_true(bytes_eq(got.inner, inner));
    }
    link_release(&l);
}

int main(void)
{
    struct CMUnitTest tests[COUNT(rows) + 1] = {
        cmocka_unit_test(no_length_of_its_own__is_left_as_it_came),
    };

    for (size_t i = 0; i < COUNT(rows); i++)
        tests[i + 1] =
            (struct CMUnitTest){rows[i].what, every_length_is_sealed_alike_and_opens_as_it_was,
                                NULL, NULL, (void *)&rows[i]};
    return cmocka_run_group_tests_name("esp/esp_tfc", tests, NULL, NULL);
}
