#include "plan/secrets.h"

#include "base/attr.h"

/* A word after which a secret stands; the ASA takes it abbreviated from MIN letters on. */
static bool announces(const char *word, size_t n, bool first, bool is_plain)
{
    static const struct {
        const char *word;
        size_t min;
    } words[] = {{"pre-shared-key", 3}, {"password", 4}, {"passwd", 4},
                 {"passphrase", 6},     {"secret", 6},   {"community", 4}};

    for (size_t i = 0; i < COUNT(words); i++) {
        if (n >= words[i].min && strncmp(word, words[i].word, n) == 0)
            return true;
    }
    /* "key SECRET" of an aaa-server, but neither "crypto key generate" nor a remark in words */
    return n == 3 && memcmp(word, "key", 3) == 0 && (first || !is_plain);
}

static void mask_line(char *p, const char *end)
{
    bool masks = false, first = true, is_plain = false;

    while (p < end) {
        size_t n = strcspn(p, " \t\r\n");
        if (n == 0) {
            p++;
            continue;
        }
        if (masks)
            memset(p, '*', n);
        if (first)
            is_plain = (n == 6 && memcmp(p, "crypto", 6) == 0) || *p == '!' || *p == ':';
        masks = !masks && announces(p, n, first, is_plain);
        first = false;
        p += n;
    }
}

void secrets_mask(char *text)
{
    while (*text) {
        size_t n = strcspn(text, "\n");
        mask_line(text, text + n);
        text += n + (text[n] == '\n');
    }
}
