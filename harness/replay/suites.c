/* The peer's proposals, from words ("3des-sha1-modp1024", "aes-256-cbc-hmac-md5-96"). */
#include "replay/run_parts.h"

#include "crypto/dh.h"

#include <stdio.h>
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

/* The same for IKEv2. */
static const char ikev2_default[] =
    "aes-256-cbc-sha256-modp2048 aes-128-gcm-16-sha256-curve25519 aes-128-gcm-16-sha256-ecp256 "
    "aes-256-gcm-16-sha384-ecp384 aes-256-gcm-16-sha512-ecp521 aes-128-cbc-sha256-ecp256 "
    "aes-256-cbc-sha256-ecp256 aes-256-cbc-sha384-ecp384 aes-256-cbc-sha512-ecp521 "
    "aes-256-cbc-sha1-modp1536 aes-128-cbc-sha1-modp1024 3des-cbc-sha1-modp1024";
static const char ikev2_esp_default[] =
    "aes-256-cbc-hmac-sha2-256-128 aes-128-gcm-16 aes-256-gcm-16 aes-128-cbc-hmac-sha2-256-128 "
    "aes-256-cbc-hmac-sha1-96 aes-128-cbc-hmac-sha1-96 aes-256-cbc-hmac-sha2-512-256 "
    "aes-256-cbc-hmac-md5-96 3des-cbc-hmac-sha1-96 3des-cbc-hmac-md5-96";

/* WORD begins with the N letters of NAME, as a whole word; *REST is what follows its hyphen. */
static bool begins_with(const char *word, const char *name, size_t n, const char **rest)
{
    if (strncmp(word, name, n) != 0 || (word[n] != '-' && word[n]))
        return false;
    *rest = word + n + (word[n] == '-');
    return true;
}

/* The cipher WORD begins with ("3des" stands for "3des-cbc"). */
static enum cipher_alg cipher_prefix(const char *word, const char **rest)
{
    for (enum cipher_alg c = CIPHER_NONE + 1; c < CIPHER_COUNT; c++)
        if (begins_with(word, cipher_name(c), strlen(cipher_name(c)), rest))
            return c;
    for (enum cipher_alg c = CIPHER_NONE + 1; c < CIPHER_COUNT; c++)
        if (cipher_mode(c) == CIPHER_MODE_CBC &&
            begins_with(word, cipher_name(c), strlen(cipher_name(c)) - strlen("-cbc"), rest))
            return c;
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

/* The integrity that goes with a digest. */
static enum integ_alg integ_of(enum digest_alg d)
{
    for (enum integ_alg i = INTEG_NONE + 1; i < INTEG_COUNT; i++)
        if (integ_digest(i) == d)
            return i;
    return INTEG_NONE;
}

static bool read_ike(const char *word, bool ikev2, struct ike_suite *out)
{
    const char *rest = word;

    out->cipher = cipher_prefix(rest, &rest);
    if (ikev2 ? out->cipher == CIPHER_NONE : cipher_mode(out->cipher) != CIPHER_MODE_CBC)
        return false;
    out->digest = digest_prefix(rest, &rest);
    out->integ = ikev2 && !cipher_is_aead(out->cipher) ? integ_of(out->digest) : INTEG_NONE;
    out->group = out->digest == DIGEST_NONE ? 0 : dh_by_name(rest);
    return out->group != 0;
}

static enum integ_alg integ_prefix(const char *word, const char **rest)
{
    for (enum integ_alg i = INTEG_NONE + 1; i < INTEG_COUNT; i++)
        if (begins_with(word, integ_name(i), strlen(integ_name(i)), rest))
            return i;
    return INTEG_NONE;
}

/* Takes a last "esn" off what is left of a word: extended sequence numbers. */
static bool take_esn(char *rest)
{
    size_t n = strlen(rest);

    if (n < 3 || strcmp(rest + n - 3, "esn") != 0)
        return false;
    rest[n > 3 ? n - 4 : 0] = '\0';
    return true;
}

/* Ciphers that authenticate go without integrity. Optional last words name the group of PFS, and
 * ask for extended sequence numbers: "aes-128-cbc-hmac-sha1-96-modp1024", "aes-128-gcm-16-esn". */
static bool read_esp(const char *word, struct ike_esp_suite *out)
{
    const char *rest = word;

    out->cipher = cipher_prefix(rest, &rest);
    if (out->cipher == CIPHER_NONE)
        return false;
    out->integ = cipher_is_aead(out->cipher) ? INTEG_NONE : integ_prefix(rest, &rest);
    if (out->integ == INTEG_NONE && !cipher_is_aead(out->cipher))
        return false;
    char last[32];
    (void)snprintf(last, sizeof(last), "%s", rest);
    out->esn = take_esn(last);
    out->pfs_group = *last ? dh_by_name(last) : 0;
    return !*last || out->pfs_group;
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

/* Reads LIST, as the case has it, into the peer's phase-1 suites. NULL: done; else the bad word, in
 * WORD. */
static const char *take_ike(struct run *r, const char *list, char *word, size_t cap)
{
    size_t n = 0;

    while (n < COUNT(r->suites) && next_word(&list, word, cap)) {
        r->suites[n] = (struct ike_suite){0};
        if (!read_ike(word, r->plan->peer.ike_version == PLAN_IKEV2, &r->suites[n]))
            return word;
        r->suites[n++].lifetime_s = r->plan->peer.ike_lifetime_s;
    }
    r->ike_peer.suites = r->suites;
    r->ike_peer.nsuites = n;
    return NULL;
}

static const char *take_esp(struct run *r, const char *list, char *word, size_t cap)
{
    const struct plan_peer *p = &r->plan->peer;
    size_t n = 0;

    while (n < COUNT(r->esp_suites) && next_word(&list, word, cap)) {
        r->esp_suites[n] = (struct ike_esp_suite){0};
        if (!read_esp(word, &r->esp_suites[n]))
            return word;
        r->esp_suites[n].lifetime_s = p->esp_lifetime_s ? p->esp_lifetime_s : 28800;
        r->esp_suites[n++].lifetime_kb = p->esp_lifetime_kb;
    }
    for (size_t i = 0; i < COUNT(r->policies); i++) {
        r->policies[i].suites = r->esp_suites;
        r->policies[i].nsuites = n;
    }
    return NULL;
}

enum err lab_suites(struct run *r, struct diag *why)
{
    const struct plan_peer *p = &r->plan->peer;
    bool ikev2 = p->ike_version == PLAN_IKEV2;
    const char *ike = ikev2 ? ikev2_default : ike_default;
    const char *esp = ikev2 ? ikev2_esp_default : esp_default;
    char word[64];

    if (take_ike(r, p->ike && *p->ike ? p->ike : ike, word, sizeof(word)))
        return bad_word(r, "IKE", word, why);
    if (take_esp(r, p->esp && *p->esp ? p->esp : esp, word, sizeof(word)))
        return bad_word(r, "ESP", word, why);
    return ERR_OK;
}

enum err lab_suites_are(struct run *r, const char *ike, const char *esp)
{
    char word[64];

    if ((*ike && take_ike(r, ike, word, sizeof(word))) ||
        (*esp && take_esp(r, esp, word, sizeof(word))))
        return ERR_INVALID;
    return ERR_OK;
}
