/* The peer's proposals, from words ("3des-sha1-modp1024", "aes-256-cbc-hmac-md5-96"). */
#include "replay/run_parts.h"

#include "crypto/dh.h"

#include <stdlib.h>

/* What the peer takes, and offers in this order, when a case says nothing. Of what the device
 * offers the first of these is chosen: a device configured as in the note offers 3DES alone. */
static const char ike_default[] =
    "3des-cbc-sha1-modp1024 3des-cbc-md5-modp1024 des-cbc-sha1-modp1024 des-cbc-md5-modp768 "
    "aes-128-cbc-sha1-modp1024 aes-128-cbc-sha1-modp1536 aes-256-cbc-sha1-modp1024 "
    "aes-256-cbc-sha1-modp1536 aes-256-cbc-sha256-modp2048 aes-128-cbc-sha256-modp2048 "
    "aes-192-cbc-sha256-modp2048";
static const char esp_default[] =
    "aes-256-cbc-hmac-md5-96 aes-128-cbc-hmac-sha1-96 aes-256-cbc-hmac-sha1-96 "
    "aes-192-cbc-hmac-sha1-96 aes-128-cbc-hmac-sha2-256-128 aes-256-cbc-hmac-sha2-256-128 "
    "aes-128-cbc-hmac-md5-96 3des-cbc-hmac-md5-96 3des-cbc-hmac-sha1-96";

/* The cipher WORD begins with ("3des" stands for "3des-cbc"); *REST is what follows its hyphen. */
static enum cipher_alg cipher_prefix(const char *word, const char **rest)
{
    for (int c = CIPHER_NONE + 1; c < CIPHER_COUNT; c++) {
        const char *name = cipher_name((enum cipher_alg)c);
        size_t full = strlen(name), cut = full - strlen("-cbc");
        if (strncmp(word, name, full) == 0 && word[full] == '-') {
            *rest = word + full + 1;
            return (enum cipher_alg)c;
        }
        if (strncmp(word, name, cut) == 0 && word[cut] == '-' &&
            strncmp(word + cut, "-cbc", 4) != 0) {
            *rest = word + cut + 1;
            return (enum cipher_alg)c;
        }
    }
    return CIPHER_NONE;
}

static enum digest_alg digest_prefix(const char *word, const char **rest)
{
    for (int d = DIGEST_NONE + 1; d < DIGEST_COUNT; d++) {
        const char *name = digest_name((enum digest_alg)d);
        size_t n = strlen(name);
        if (strncmp(word, name, n) == 0 && word[n] == '-') {
            *rest = word + n + 1;
            return (enum digest_alg)d;
        }
    }
    return DIGEST_NONE;
}

static uint16_t group_by_name(const char *name)
{
    static const uint16_t groups[] = {1, 2, 5, 14};

    for (size_t i = 0; i < COUNT(groups); i++) {
        if (strcmp(dh_name(groups[i]), name) == 0)
            return groups[i];
    }
    return 0;
}

static bool read_ike(const char *word, struct ike_suite *out)
{
    const char *rest = word;

    out->cipher = cipher_prefix(rest, &rest);
    if (out->cipher == CIPHER_NONE)
        return false;
    out->digest = digest_prefix(rest, &rest);
    out->group = out->digest == DIGEST_NONE ? 0 : group_by_name(rest);
    return out->group != 0;
}

/* An optional last word names the group of PFS: "aes-128-cbc-hmac-sha1-96-modp1024". */
static bool read_esp(const char *word, struct ike_esp_suite *out)
{
    const char *rest = word;
    char integ[32];

    out->cipher = cipher_prefix(rest, &rest);
    const char *group = out->cipher == CIPHER_NONE ? NULL : strstr(rest, "-modp");
    size_t n = group ? (size_t)(group - rest) : strlen(rest);
    if (out->cipher == CIPHER_NONE || n >= sizeof(integ))
        return false;
    memcpy(integ, rest, n);
    integ[n] = '\0';
    out->integ = integ_by_name(integ);
    out->pfs_group = group ? group_by_name(group + 1) : 0;
    return out->integ != INTEG_NONE && (!group || out->pfs_group);
}

/* The next word of *S, to WORD; false at the end. */
static bool next_word(const char **s, char *word, size_t cap)
{
    size_t n = 0;

    while (**s == ' ' || **s == ',')
        ++*s;
    for (; **s && **s != ' ' && **s != ','; ++*s) {
        if (n + 1 < cap)
            word[n++] = **s;
    }
    word[n] = '\0';
    return n > 0;
}

static enum err bad_word(struct run *r, const char *what, const char *word, struct diag *why)
{
    return diag_fail_at(why, ERR_INVALID, r->plan->file, r->plan->line,
                        "the peer's %s suite \"%s\" is not known", what, word);
}

enum err lab_suites(struct run *r, struct diag *why)
{
    const struct plan_peer *p = &r->plan->peer;
    const char *ike = p->ike && *p->ike ? p->ike : ike_default;
    const char *esp = p->esp && *p->esp ? p->esp : esp_default;
    char word[64];
    size_t n = 0;

    while (n < COUNT(r->suites) && next_word(&ike, word, sizeof(word))) {
        if (!read_ike(word, &r->suites[n]))
            return bad_word(r, "IKE", word, why);
        r->suites[n++].lifetime_s = p->ike_lifetime_s;
    }
    r->ike_peer.suites = r->suites;
    r->ike_peer.nsuites = n;
    n = 0;
    while (n < COUNT(r->esp_suites) && next_word(&esp, word, sizeof(word))) {
        if (!read_esp(word, &r->esp_suites[n]))
            return bad_word(r, "ESP", word, why);
        r->esp_suites[n].lifetime_s = p->esp_lifetime_s ? p->esp_lifetime_s : 28800;
        r->esp_suites[n++].lifetime_kb = p->esp_lifetime_kb;
    }
    r->policy.suites = r->esp_suites;
    r->policy.nsuites = n;
    return ERR_OK;
}
