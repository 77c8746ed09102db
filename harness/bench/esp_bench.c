/* How fast ESP seals and opens packets of 1400 bytes, beside the cheapest way libcrypto has to do
 * the same cipher and HMAC on the same bytes: the floor. For a cipher that has its own ICV the
 * floor is one endless message: no IV, no AAD, no tag; and beside it stands what `openssl speed
 * -evp` says. Rounds of both take turns, so that a noisy machine slows both; the best round of each
 * counts. */
#define OPENSSL_SUPPRESS_DEPRECATED /* SHA1_Update and its like: the floor has no EVP_MAC in it */

#include "base/mem.h"
#include "crypto/openssl.h"
#include "esp/esp.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum {
    INNER = 1400,
    BATCH = 16, /* packets at a time: they stay in the cache, as openssl's one block does */
    BATCHES = 500,
    PACKETS = BATCH * BATCHES,
    ROUNDS = 15,
    PACKET_MAX = 2048
};

struct suite {
    const char *what;
    enum cipher_alg cipher;
    enum integ_alg integ;
    const EVP_CIPHER *(*evp)(void);
    const char *speed; /* its name for openssl speed; NULL: not asked, there is an HMAC, too */
};

static const struct suite suites[] = {
    {"aes-128-cbc/hmac-sha1-96", CIPHER_AES128_CBC, INTEG_HMAC_SHA1_96, EVP_aes_128_cbc, NULL},
    {"3des-cbc/hmac-md5-96", CIPHER_3DES_CBC, INTEG_HMAC_MD5_96, EVP_des_ede3_cbc, NULL},
    {"aes-128-gcm-16", CIPHER_AES128_GCM_16, INTEG_NONE, EVP_aes_128_gcm, "aes-128-gcm"},
    {"aes-256-gcm-16", CIPHER_AES256_GCM_16, INTEG_NONE, EVP_aes_256_gcm, "aes-256-gcm"},
    {"chacha20-poly1305", CIPHER_CHACHA20_POLY1305, INTEG_NONE, EVP_chacha20_poly1305,
     "chacha20-poly1305"},
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

    memset(pad, 0, sizeof(pad));
    EVP_CipherInit_ex(f.ctx, s->evp(), NULL, key, pad, encrypt);
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

struct round { /* seconds */
    double seal, open, floor_seal, floor_open;
};

static void seal_batch(struct bench *b)
{
    for (size_t i = 0; i < BATCH; i++) {
        struct wr w = wr_of(b->packets[i], PACKET_MAX);
        if (esp_seal(b->out, &b->rng.rng, bytes_of(b->inner, INNER), 4, &w))
            die("seal");
    }
}

static void open_batch(struct bench *b)
{
    struct esp_plain got;

    for (size_t i = 0; i < BATCH; i++)
        if (esp_open(b->in, bytes_of(b->packets[i], b->sealed_len), b->plain, &got))
            die("open");
}

static void floor_one(const struct suite *s, const struct floor *f, struct bench *b, uint8_t *p,
                      bool seal)
{
    size_t iv = cipher_iv_len(s->cipher), mac = integ_icv_len(s->integ);
    size_t body = b->sealed_len - ESP_HDR_LEN - iv - mac;
    uint8_t *in = p + ESP_HDR_LEN + iv;
    int done;

    if (cipher_is_aead(s->cipher)) {
        if (EVP_CipherUpdate(f->ctx, seal ? in : b->plain, &done, in, INNER) != 1)
            die("libcrypto");
        return;
    }
    if (seal)
        floor_cipher(f, p + ESP_HDR_LEN, in, in, body);
    floor_mac(f, p, b->sealed_len - mac);
    if (!seal)
        floor_cipher(f, p + ESP_HDR_LEN, in, b->plain, body);
}

static void floor_batch(struct bench *b, const struct suite *s, bool seal)
{
    for (size_t i = 0; i < BATCH; i++)
        floor_one(s, seal ? &b->seal : &b->open, b, b->packets[i], seal);
}

static struct round one_round(struct bench *b, const struct suite *s)
{
    struct round r = {0};

    for (size_t i = 0; i < BATCHES; i++) {
        double t0 = now();
        seal_batch(b);
        double t1 = now();
        open_batch(b);
        double t2 = now();
        floor_batch(b, s, true);
        double t3 = now();
        floor_batch(b, s, false);
        r.seal += t1 - t0;
        r.open += t2 - t1;
        r.floor_seal += t3 - t2;
        r.floor_open += now() - t3;
    }
    return r;
}

static void print(const struct suite *s, const char *what, double ours, double floor)
{
    printf("esp %-25s %s %8.0f packets/s %7.1f MB/s  libcrypto alone %7.1f MB/s  ratio %.2f\n",
           s->what, what, PACKETS / ours, PACKETS * (double)INNER / ours / 1e6,
           PACKETS * (double)INNER / floor / 1e6, floor / ours);
}

/* Bytes a second that the tool itself measures; 0 where there is no openssl. */
static double tool_speed(const char *name)
{
    char command[128], line[256];
    double speed = 0;

    snprintf(command, sizeof(command), "openssl speed -mr -evp %s -bytes %d -seconds 1 2>/dev/null",
             name, INNER);
    FILE *f = popen(command, "r");
    while (f && fgets(line, sizeof(line), f)) {
        const char *colon = strrchr(line, ':');
        if (strncmp(line, "+F:", 3) == 0 && colon)
            speed = strtod(colon + 1, NULL);
    }
    if (f)
        pclose(f);
    return speed;
}

static void print_tool(const struct suite *s, const struct round *best, double tool)
{
    double bytes = PACKETS * (double)INNER;

    if (tool > 0)
        printf("esp %-25s openssl speed -evp %s: %.1f MB/s  ratio %.2f sealed, %.2f opened%s\n",
               s->what, s->speed, tool / 1e6, bytes / best->seal / tool, bytes / best->open / tool,
               s->cipher == CIPHER_AES128_GCM_16 ? "  (budget 0.85)" : "");
}

static double least(double a, double b)
{
    return a < b ? a : b;
}

static double most(double a, double b)
{
    return a > b ? a : b;
}

static void run(const struct suite *s)
{
    struct bench b = {.packets = mem_array(BATCH, PACKET_MAX)};
    struct esp_params p = {.spi = 1, .cipher = s->cipher, .integ = s->integ, .replay_window = 64};
    struct round best = {1e9, 1e9, 1e9, 1e9};
    double tool = 0;

    rng_seeded_init(&b.rng, 1, "bench");
    rng_fill(&b.rng.rng, p.cipher_key, sizeof(p.cipher_key));
    rng_fill(&b.rng.rng, b.inner, sizeof(b.inner));
    if (esp_sa_new(&p, (struct mono){0}, &b.out) || esp_sa_new(&p, (struct mono){0}, &b.in))
        die("new SA");
    b.seal = floor_new(s, p.cipher_key, 1);
    b.open = floor_new(s, p.cipher_key, 0);
    b.sealed_len = esp_sealed_len(b.out, INNER);
    for (int i = 0; i < ROUNDS; i++) {
        struct round r = one_round(&b, s);
        best.seal = least(best.seal, r.seal);
        best.open = least(best.open, r.open);
        best.floor_seal = least(best.floor_seal, r.floor_seal);
        best.floor_open = least(best.floor_open, r.floor_open);
        if (s->speed && i % 5 == 0)
            tool = most(tool, tool_speed(s->speed));
    }
    print(s, "seal", best.seal, best.floor_seal);
    print(s, "open", best.open, best.floor_open);
    print_tool(s, &best, tool);
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
