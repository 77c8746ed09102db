/* How fast ESP seals and opens packets of 1400 bytes, beside the cheapest way libcrypto has to do
 * the same cipher and HMAC on the same bytes: the floor. Rounds of both take turns, so that a noisy
 * machine slows both; the best round of each counts. */
#define OPENSSL_SUPPRESS_DEPRECATED /* SHA1_Update and its like: the floor has no EVP_MAC in it */

#include "base/mem.h"
#include "crypto/openssl.h"
#include "esp/esp.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { INNER = 1400, PACKETS = 8000, ROUNDS = 15, PACKET_MAX = 2048 };

struct suite {
    const char *what;
    enum cipher_alg cipher;
    enum integ_alg integ;
    const EVP_CIPHER *(*evp)(void);
};

static const struct suite suites[] = {
    {"aes-128-cbc/hmac-sha1-96", CIPHER_AES128_CBC, INTEG_HMAC_SHA1_96, EVP_aes_128_cbc},
    {"3des-cbc/hmac-md5-96", CIPHER_3DES_CBC, INTEG_HMAC_MD5_96, EVP_des_ede3_cbc},
};

struct floor { /* libcrypto alone */
    EVP_CIPHER_CTX *ctx;
    enum integ_alg integ;
    SHA_CTX sha_inner, sha_outer;
    MD5_CTX md5_inner, md5_outer;
};

struct bench {
    struct esp_sa *out, *in;
    struct floor seal, open;
    struct rng_seeded rng;
    uint8_t inner[INNER], plain[PACKET_MAX];
    uint8_t (*packets)[PACKET_MAX];
    size_t sealed_len;
};

static double now(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static void die(const char *what)
{
    fprintf(stderr, "esp_bench: %s failed\n", what);
    exit(1);
}

static struct floor floor_new(const struct suite *s, const uint8_t *key, int encrypt)
{
    struct floor f = {.ctx = EVP_CIPHER_CTX_new(), .integ = s->integ};
    uint8_t pad[64];

    EVP_CipherInit_ex(f.ctx, s->evp(), NULL, key, NULL, encrypt);
    EVP_CIPHER_CTX_set_padding(f.ctx, 0);
    memset(pad, 0x36, sizeof(pad));
    SHA1_Init(&f.sha_inner);
    SHA1_Update(&f.sha_inner, pad, sizeof(pad));
    MD5_Init(&f.md5_inner);
    MD5_Update(&f.md5_inner, pad, sizeof(pad));
    f.sha_outer = f.sha_inner;
    f.md5_outer = f.md5_inner;
    return f;
}

static void floor_mac(const struct floor *f, const uint8_t *p, size_t n)
{
    uint8_t mac[20];

    if (f->integ == INTEG_HMAC_SHA1_96) {
        SHA_CTX c = f->sha_inner;
        SHA1_Update(&c, p, n);
        SHA1_Final(mac, &c);
        c = f->sha_outer;
        SHA1_Update(&c, mac, 20);
        SHA1_Final(mac, &c);
    } else {
        MD5_CTX c = f->md5_inner;
        MD5_Update(&c, p, n);
        MD5_Final(mac, &c);
        c = f->md5_outer;
        MD5_Update(&c, mac, 16);
        MD5_Final(mac, &c);
    }
}

static void floor_cipher(const struct floor *f, const uint8_t *iv, const uint8_t *in, uint8_t *out,
                         size_t n)
{
    int done;

    if (EVP_CipherInit_ex(f->ctx, NULL, NULL, NULL, iv, -1) != 1 ||
        EVP_CipherUpdate(f->ctx, out, &done, in, (int)n) != 1)
        die("libcrypto");
}

static double round_seal(struct bench *b)
{
    double start = now();

    for (size_t i = 0; i < PACKETS; i++) {
        struct wr w = wr_of(b->packets[i], PACKET_MAX);
        if (esp_seal(b->out, &b->rng.rng, bytes_of(b->inner, INNER), 4, &w))
            die("seal");
    }
    return now() - start;
}

static double round_open(struct bench *b)
{
    double start = now();
    struct esp_plain got;

    for (size_t i = 0; i < PACKETS; i++)
        if (esp_open(b->in, bytes_of(b->packets[i], b->sealed_len), b->plain, &got))
            die("open");
    return now() - start;
}

static double round_floor(struct bench *b, const struct suite *s, bool seal)
{
    const struct floor *f = seal ? &b->seal : &b->open;
    size_t iv = cipher_iv_len(s->cipher), mac = integ_icv_len(s->integ);
    size_t body = b->sealed_len - ESP_HDR_LEN - iv - mac;
    double start = now();

    for (size_t i = 0; i < PACKETS; i++) {
        uint8_t *p = b->packets[i];
        uint8_t *in = p + ESP_HDR_LEN + iv;
        if (seal)
            floor_cipher(f, p + ESP_HDR_LEN, in, in, body);
        floor_mac(f, p, b->sealed_len - mac);
        if (!seal)
            floor_cipher(f, p + ESP_HDR_LEN, in, b->plain, body);
    }
    return now() - start;
}

static void print(const struct suite *s, const char *what, double ours, double floor)
{
    printf("esp %-25s %s %8.0f packets/s %7.1f MB/s  libcrypto alone %7.1f MB/s  ratio %.3f\n",
           s->what, what, PACKETS / ours, PACKETS * (double)INNER / ours / 1e6,
           PACKETS * (double)INNER / floor / 1e6, ours / floor);
}

static double least(double a, double b)
{
    return a < b ? a : b;
}

static void run(const struct suite *s)
{
    struct bench b = {.packets = mem_array(PACKETS, PACKET_MAX)};
    struct esp_params p = {.spi = 1, .cipher = s->cipher, .integ = s->integ, .replay_window = 64};
    double seal = 1e9, open = 1e9, floor_seal = 1e9, floor_open = 1e9;

    rng_seeded_init(&b.rng, 1, "bench");
    rng_fill(&b.rng.rng, p.cipher_key, sizeof(p.cipher_key));
    rng_fill(&b.rng.rng, b.inner, sizeof(b.inner));
    if (esp_sa_new(&p, (struct mono){0}, &b.out) || esp_sa_new(&p, (struct mono){0}, &b.in))
        die("new SA");
    b.seal = floor_new(s, p.cipher_key, 1);
    b.open = floor_new(s, p.cipher_key, 0);
    b.sealed_len = esp_sealed_len(b.out, INNER);
    for (int i = 0; i < ROUNDS; i++) {
        seal = least(seal, round_seal(&b));
        open = least(open, round_open(&b));
        floor_seal = least(floor_seal, round_floor(&b, s, true));
        floor_open = least(floor_open, round_floor(&b, s, false));
    }
    print(s, "seal", seal, floor_seal);
    print(s, "open", open, floor_open);
    EVP_CIPHER_CTX_free(b.seal.ctx);
    EVP_CIPHER_CTX_free(b.open.ctx);
    esp_sa_free(b.out);
    esp_sa_free(b.in);
    mem_free(b.packets);
}

int main(void)
{
    for (size_t i = 0; i < sizeof(suites) / sizeof(suites[0]); i++)
        run(&suites[i]);
    return 0;
}
