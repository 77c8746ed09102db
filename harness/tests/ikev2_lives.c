#include "tests/ikev2_lives.h"

#include "base/attr.h"
#include "base/mem.h"
#include "tests/testkit.h"

#include <stdio.h>
#include <string.h>

#define SOURCE "harness/tests/ikev2_strongswan.txt"

static const char *text_of(const struct ikev2_life *l, const char *key)
{
    for (size_t i = 0; i < l->n; i++)
        if (strcmp(l->v[i].key, key) == 0)
            return l->v[i].text;
    fail_msg("%s: %s has no %s", SOURCE, l->suite, key);
    return NULL;
}

static enum integ_alg integ_named(const char *name)
{
    return strcmp(name, "none") == 0 ? INTEG_NONE : integ_by_name(name);
}

static void finish(struct ikev2_life *l)
{
    l->suite = text_of(l, "suite");
    l->cipher = cipher_by_name(text_of(l, "cipher"));
    l->integ = integ_named(text_of(l, "integ"));
    l->prf = prf_by_name(text_of(l, "prf"));
    l->esp_cipher = cipher_by_name(text_of(l, "esp_cipher"));
    l->esp_integ = integ_named(text_of(l, "esp_integ"));
    assert_int_not_equal(l->cipher, CIPHER_NONE);
    assert_int_not_equal(l->prf, PRF_NONE);
}

static void add(struct ikev2_life *l, const char *line)
{
    const char *blank = strchr(line, ' ');
    struct ikev2_field f = {{0}, NULL, {NULL, 0}};

    assert_non_null(blank);
    assert_true((size_t)(blank - line) < sizeof(f.key));
    memcpy(f.key, line, (size_t)(blank - line));
    f.text = mem_strdup(blank + 1);
    if (f.text[strspn(f.text, "0123456789abcdef")] == '\0')
        f.hex.p = test_hex(f.text, &f.hex.n);
    l->v = mem_resize(l->v, l->n + 1, sizeof(f));
    l->v[l->n++] = f;
}

void ikev2_lives_load(struct ikev2_lives *l)
{
    size_t n;
    char *file = (char *)test_file(SOURCE, &n), *rest = NULL;

    *l = (struct ikev2_lives){0};
    assert_non_null(file);
    file = mem_resize(file, n + 1, 1);
    file[n] = '\0';
    for (char *line = strtok_r(file, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
        if (*line == '#')
            continue;
        if (strncmp(line, "suite ", 6) == 0)
            l->n++;
        assert_true(l->n > 0 && l->n <= IKEV2_LIVES_MAX);
        add(&l->v[l->n - 1], line);
    }
    mem_free(file);
    for (size_t i = 0; i < l->n; i++)
        finish(&l->v[i]);
    assert_int_equal(l->n, 12);
}

void ikev2_lives_release(struct ikev2_lives *l)
{
    for (size_t i = 0; i < l->n; i++) {
        for (size_t k = 0; k < l->v[i].n; k++) {
            mem_free(l->v[i].v[k].text);
            mem_free((void *)(uintptr_t)l->v[i].v[k].hex.p);
        }
        mem_free(l->v[i].v);
    }
}

struct bytes ikev2_life_maybe(const struct ikev2_life *l, const char *prefix, const char *key)
{
    char whole[64];

    snprintf(whole, sizeof(whole), "%s%s", prefix, key);
    return ikev2_life_nth(l, whole, 0);
}

struct bytes ikev2_life_get(const struct ikev2_life *l, const char *prefix, const char *key)
{
    struct bytes b = ikev2_life_maybe(l, prefix, key);

    if (b.n == 0)
        fail_msg("%s: %s has no %s%s", SOURCE, l->suite, prefix, key);
    return b;
}

struct bytes ikev2_life_nth(const struct ikev2_life *l, const char *key, size_t i)
{
    for (size_t k = 0; k < l->n; k++)
        if (strcmp(l->v[k].key, key) == 0 && i-- == 0)
            return l->v[k].hex;
    return bytes_of(NULL, 0);
}
