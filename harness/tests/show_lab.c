#include "tests/show_lab.h"

#include "base/mem.h"
#include "tests/testkit.h"

#include <stdio.h>

#define SAMPLES "../shared/data/asa-logs/networktocode__ntc-templates/cisco_asa_show_"

const struct gw_profile *show_release(const char *version)
{
    return gw_profile_find(GW_PLATFORM_ASA, gw_version_parse(version));
}

char *show_sample(const char *name)
{
    char path[256];
    size_t n;

    snprintf(path, sizeof(path), SAMPLES "%s.raw", name);
    uint8_t *bytes = test_file(path, &n);
    if (!bytes) {
        printf("SKIPPED: %s is not here\n", path);
        return NULL;
    }
    char *text = mem_strndup((const char *)bytes, n);
    mem_free(bytes);
    while (n && (text[n - 1] == '\n' || text[n - 1] == ' '))
        text[--n] = '\0';
    return text;
}

void show_trim(struct buf *b)
{
    while (b->n && (b->s[b->n - 1] == '\n' || b->s[b->n - 1] == ' '))
        b->s[--b->n] = '\0';
}

void show_assert_is_part(const char *text, const char *from, const char *to, struct buf *out)
{
    const char *start = strstr(text, from);

    assert_non_null(start);
    const char *end = to ? strstr(start + 1, to) : NULL;
    char *part = mem_strndup(start, end ? (size_t)(end - start) : strlen(start));
    size_t n = strlen(part);
    while (n && (part[n - 1] == '\n' || part[n - 1] == ' '))
        part[--n] = '\0';
    show_trim(out);
    assert_string_equal(buf_str(out), part);
    mem_free(part);
}
