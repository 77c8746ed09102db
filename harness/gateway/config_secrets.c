/* Keys and passwords in lines that are kept, shown or logged. */
#include "gateway/command_parts.h"
#include "gateway/config_parts.h"

/* A word after which a secret stands; abbreviated from MIN letters on. */
static bool announces_secret(const char *word, bool first, const char *first_word)
{
    static const struct {
        const char *word;
        size_t min;
    } words[] = {
        {"pre-shared-key", 3}, {"password", 4}, {"passwd", 4}, {"secret", 6}, {"community", 4}};

    for (size_t i = 0; i < COUNT(words); i++) {
        if (strlen(word) >= words[i].min && gw_prefix_of(word, words[i].word))
            return true;
    }
    /* "key SECRET" of an aaa-server, but not "crypto key generate" */
    return strcmp(word, "key") == 0 && (first || strcmp(first_word, "crypto") != 0);
}

void gw_mask_secrets(char *line)
{
    char first[GW_NAME] = "", word[GW_NAME];
    bool masks = false, is_first = true;

    for (char *p = line; *p;) {
        size_t n = strcspn(p, " \t");
        if (n == 0) {
            p++;
            continue;
        }
        if (masks)
            memset(p, '*', n);
        size_t kept = n < GW_NAME ? n : GW_NAME - 1;
        memcpy(word, p, kept);
        word[kept] = '\0';
        if (is_first)
            memcpy(first, word, sizeof(first));
        masks = !masks && announces_secret(word, is_first, first);
        is_first = false;
        p += n;
    }
}
