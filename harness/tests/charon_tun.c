#define _GNU_SOURCE
#include "base/mem.h"
#include "tests/charon_wire.h"
#include "tests/testkit.h"

#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

void charon_tun_open(struct charon_lab *l)
{
    struct ifreq ifr = {.ifr_name = "hftun0", .ifr_flags = IFF_TUN | IFF_NO_PI};

    (void)!system("ip link del hftun0 2>/dev/null"); /* of a test that failed */
    l->tun = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
    assert_true(l->tun > 0);
    assert_int_equal(ioctl(l->tun, TUNSETIFF, &ifr), 0);
    assert_ok(clock_real_watch(&l->clk, l->tun));
    assert_int_equal(
        system("ip addr add 10.1.0.1/32 dev hftun0 && ip link set hftun0 mtu 1380 up && "
               "ip addr add fd01::1/128 dev hftun0 nodad && "
               "ip route add 10.2.0.0/16 dev hftun0 src 10.1.0.1 && "
               "ip route add fd02::/16 dev hftun0 src fd01::1"),
        0);
}

static void write_random(struct charon_lab *l, const char *path, size_t size)
{
    uint8_t *p = mem_zalloc(size);
    FILE *f = fopen(path, "wb");

    rng_fill(&l->rng, p, size);
    assert_non_null(f);
    assert_int_equal(fwrite(p, 1, size, f), size);
    fclose(f);
    mem_free(p);
}

static void assert_same_file(const char *a, const char *b)
{
    size_t na = 0, nb = 0;
    uint8_t *pa = test_file(a, &na), *pb = test_file(b, &nb);

    assert_non_null(pa);
    assert_non_null(pb);
    assert_int_equal(na, nb);
    assert_memory_equal(pa, pb, na);
    mem_free(pa);
    mem_free(pb);
}

void charon_lab_download(struct charon_lab *l, const char *host, size_t size,
                         void (*midway)(struct charon_lab *l))
{
    char sent[128], got[128], command[512];
    uint64_t before = l->tun_bytes, half = before + size / 2;
    bool ok = false;

    snprintf(sent, sizeof(sent), "%s/sent", l->charon.dir);
    snprintf(got, sizeof(got), "%s/got", l->charon.dir);
    write_random(l, sent, size);
    assert_true(charon_serve(&l->charon));
    snprintf(command, sizeof(command), "exec curl -sgf -m 30 -o %s http://%s/sent", got, host);
    pid_t pid = charon_run(command);
    while (!charon_done(pid, &ok)) {
        charon_lab_turn(l);
        if (midway && l->tun_bytes > half) {
            midway(l);
            midway = NULL;
        }
    }
    assert_true(ok);
    assert_null(midway); /* it was there to be called */
    assert_true(l->tun_bytes >= before + size);
    assert_same_file(sent, got);
}
