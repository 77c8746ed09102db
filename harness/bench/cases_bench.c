/* How long whole runs take, and how much memory: every case but the slow ones on all cores, then
 * the 1 GiB case on one core at two sizes. Beside the latter what libcrypto alone needs for the
 * same bytes (AES-128-CBC and HMAC-SHA-1 over 1400-byte packets, sealed once and opened once, as
 * device and peer do between them): the floor that no replay can pass. */
#define _GNU_SOURCE                 /* sched_setaffinity, wait4 */
#define OPENSSL_SUPPRESS_DEPRECATED /* SHA1_Update and its like: the floor has no EVP_MAC in it */

#include <openssl/evp.h>
#include <openssl/sha.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define GIB         (1024.0 * 1024.0 * 1024.0)
#define BIG_CASE    "cases/download-1gib.xml"
#define PACKET      1408 /* 1400 bytes and what CBC makes of them */
#define BUDGET_S    10.0
#define BUDGET_GBPS 1.0
#define BUDGET_MB   200.0

struct outcome {
    double wall_s, cpu_s;
    double rss_mb; /* of the largest process */
    int status;
};

static double now(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static double seconds(struct timeval t)
{
    return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

static void pin(void)
{
    cpu_set_t one;

    CPU_ZERO(&one);
    CPU_SET(0, &one);
    (void)sched_setaffinity(0, sizeof(one), &one);
}

static struct outcome run(const char *const *argv, int one_core)
{
    struct outcome o = {0};
    struct rusage u;
    double start = now();
    pid_t pid = fork();

    if (pid == 0) {
        if (one_core)
            pin();
        execv(argv[0], (char *const *)argv);
        _exit(127);
    }
    if (pid < 0 || wait4(pid, &o.status, 0, &u) != pid) {
        perror("cases_bench");
        exit(1);
    }
    o.wall_s = now() - start;
    o.cpu_s = seconds(u.ru_utime) + seconds(u.ru_stime);
    o.rss_mb = (double)u.ru_maxrss / 1024;
    return o;
}

static const char *ok(const struct outcome *o)
{
    return WIFEXITED(o->status) && WEXITSTATUS(o->status) == 0 ? "all passed" : "NOT ALL PASSED";
}

/* Seals and opens the bytes of one packet. */
static void crypt_packet(EVP_CIPHER_CTX *enc, EVP_CIPHER_CTX *dec, uint8_t *p, uint8_t *q)
{
    static const uint8_t iv[16] = {1};
    uint8_t mac[SHA_DIGEST_LENGTH];
    int n;

    EVP_CipherInit_ex(enc, NULL, NULL, NULL, iv, -1);
    EVP_CipherUpdate(enc, q, &n, p, PACKET);
    for (int side = 0; side < 2; side++) {
        SHA_CTX c;
        SHA1_Init(&c);
        SHA1_Update(&c, q, PACKET);
        SHA1_Final(mac, &c);
    }
    EVP_CipherInit_ex(dec, NULL, NULL, NULL, iv, -1);
    EVP_CipherUpdate(dec, p, &n, q, PACKET);
}

static double floor_seconds(double bytes)
{
    static uint8_t p[PACKET], q[PACKET + 16];
    static const uint8_t key[16] = {2};
    EVP_CIPHER_CTX *enc = EVP_CIPHER_CTX_new(), *dec = EVP_CIPHER_CTX_new();

    EVP_CipherInit_ex(enc, EVP_aes_128_cbc(), NULL, key, NULL, 1);
    EVP_CipherInit_ex(dec, EVP_aes_128_cbc(), NULL, key, NULL, 0);
    EVP_CIPHER_CTX_set_padding(enc, 0);
    EVP_CIPHER_CTX_set_padding(dec, 0);
    double start = now();
    for (double done = 0; done < bytes; done += 1400)
        crypt_packet(enc, dec, p, q);
    double s = now() - start;
    EVP_CIPHER_CTX_free(enc);
    EVP_CIPHER_CTX_free(dec);
    return s;
}

static void bench_all(const char *holdfast, const char *out)
{
    const char *argv[] = {holdfast, "run", "-q", "-x", "slow", "-o", out, "cases", NULL};
    struct outcome o = run(argv, 0);

    printf("all cases but the slow ones  %8.2f s wall, %.2f s CPU, largest process %.0f MB, %s"
           "  (budget %.0f s)\n",
           o.wall_s, o.cpu_s, o.rss_mb, ok(&o), BUDGET_S);
}

static void bench_big(const char *holdfast, const char *out, const char *size, double bytes)
{
    char define[32];
    const char *argv[] = {holdfast, "run", "-q", "-D", define, "-o", out, BIG_CASE, NULL};

    snprintf(define, sizeof(define), "size=%s", size);
    struct outcome o = run(argv, 1);
    double floor = floor_seconds(bytes);
    printf("download of %-8s 1 core  %8.2f s wall, %.2f Gbit/s inner goodput, %.0f MB, %s"
           "  (budget %.0f Gbit/s, %.0f MB)\n"
           "  libcrypto alone            %8.2f s: the run takes %.1f times as long\n",
           size, o.wall_s, bytes * 8 / o.wall_s / 1e9, o.rss_mb, ok(&o), BUDGET_GBPS, BUDGET_MB,
           floor, o.wall_s / floor);
}

int main(void)
{
    const char *holdfast = getenv("HOLDFAST");
    char out[] = "/tmp/holdfast-bench-XXXXXX", rm[64];

    if (!holdfast || !mkdtemp(out)) {
        fprintf(stderr, "cases_bench: HOLDFAST must name the program (make bench does)\n");
        return 1;
    }
    bench_all(holdfast, out);
    bench_big(holdfast, out, "256MiB", GIB / 4);
    bench_big(holdfast, out, "1GiB", GIB);
    snprintf(rm, sizeof(rm), "rm -rf %s", out);
    return system(rm) != 0;
}
