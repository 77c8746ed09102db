#include "tests/testkit.h"

#include "base/buf.h"
#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void test_truncations(struct bytes in, test_parser *parse, void *ctx)
{
    for (size_t n = 0; n < in.n; n++) {
        uint8_t *block = mem_resize(NULL, n, 1);
        if (n)
            memcpy(block, in.p, n);
        (void)parse(bytes_of(block, n), ctx);
        mem_free(block);
    }
}

void test_flips(struct bytes in, test_parser *parse, void *ctx)
{
    static const uint8_t masks[] = {0xff, 0x01, 0x80};

    for (size_t i = 0; i < in.n; i++) {
        for (size_t m = 0; m < COUNT(masks); m++) {
            uint8_t *block = mem_resize(NULL, in.n, 1);
            memcpy(block, in.p, in.n);
            block[i] ^= masks[m];
            (void)parse(bytes_of(block, in.n), ctx);
            mem_free(block);
        }
    }
}

static int digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

uint8_t *test_hex(const char *hex, size_t *n)
{
    uint8_t *out = mem_zalloc(strlen(hex) / 2 + 1);
    size_t digits = 0;

    for (; *hex; hex++) {
        int d = digit(*hex);
        if (d < 0)
            continue;
        out[digits / 2] = (uint8_t)(out[digits / 2] << 4 | d);
        digits++;
    }
    *n = digits / 2;
    return out;
}

uint8_t *test_file(const char *path, size_t *n)
{
    FILE *f = fopen(path, "rb");
    struct buf b = BUF_INIT;

    if (!f)
        return NULL;
    for (;;) {
        size_t got = fread(buf_room(&b, 65536), 1, 65536, f);
        if (got == 0)
            break;
        buf_grew(&b, got);
    }
    fclose(f);
    *n = b.n;
    return b.s ? (uint8_t *)b.s : mem_zalloc(1);
}

size_t test_step(void)
{
    const char *build = getenv("BUILD");

    return build && strstr(build, "asan") ? 4 : 1;
}
