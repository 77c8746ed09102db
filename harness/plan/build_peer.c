/* <peer>: what the harness plays at the other end. */
#include "plan/load.h"

#include <stdio.h>

/* Names of crypto/, which this folder does not see; a test keeps them equal. */
static const char cbc_ciphers[] = "des-cbc 3des-cbc aes-128-cbc aes-192-cbc aes-256-cbc";
static const char ctr_ciphers[] = "aes-128-ctr aes-192-ctr aes-256-ctr";
static const char aead_ciphers[] =
    "aes-128-gcm-8 aes-192-gcm-8 aes-256-gcm-8 aes-128-gcm-12 aes-192-gcm-12 aes-256-gcm-12 "
    "aes-128-gcm-16 aes-192-gcm-16 aes-256-gcm-16 aes-128-ccm-8 aes-192-ccm-8 aes-256-ccm-8 "
    "aes-128-ccm-12 aes-192-ccm-12 aes-256-ccm-12 aes-128-ccm-16 aes-192-ccm-16 aes-256-ccm-16";
static const char ikev2_ciphers[] = "chacha20-poly1305"; /* IKEv1 has no number for it */
static const char esp_ciphers[] = " aes-N-ctr, and without integrity aes-N-gcm-I aes-N-ccm-I "
                                  "(N 128, 192, 256; I 8, 12, 16)"; /* as messages say it */
static const char digests[] = "md5 sha1 sha256 sha384 sha512";
static const char integs[] =
    "hmac-md5-96 hmac-sha1-96 hmac-sha2-256-128 hmac-sha2-384-192 hmac-sha2-512-256";
static const char groups[] = "modp768 modp1024 modp1536 modp2048 modp3072 modp4096 modp6144 "
                             "modp8192 ecp256 ecp384 ecp521 curve25519";

/* Takes the word of LIST that *S begins with, up to a "-" or the end. A cipher may be written
 * without its "-cbc". */
static bool take(const char **s, const char *list, bool cbc, struct buf *out)
{
    char word[32];

    for (size_t i = 0; value_word(list, i, word, sizeof(word)); i++) {
        size_t n = strlen(word), bare = cbc ? n - 4 : n;
        bool whole = strncmp(*s, word, n) == 0 && ((*s)[n] == '-' || !(*s)[n]);
        bool part = strncmp(*s, word, bare) == 0 && ((*s)[bare] == '-' || !(*s)[bare]);
        if (!whole && !part)
            continue;
        *s += whole ? n : bare;
        *s += **s == '-';
        buf_addf(out, "%s%s", out->n && out->s[out->n - 1] != ' ' ? "-" : "", word);
        return true;
    }
    return false;
}

static bool suite(const char *s, bool ike, bool ikev2, struct buf *out)
{
    bool aead = ((!ike || ikev2) && take(&s, aead_ciphers, false, out)) ||
                (ikev2 && take(&s, ikev2_ciphers, false, out));
    bool ctr = (!ike || ikev2) && !aead && take(&s, ctr_ciphers, false, out);

    if (!aead && !ctr && !take(&s, cbc_ciphers, true, out))
        return false;
    /* in IKEv2 the hash of a cipher that authenticates is the PRF's */
    if ((ike || !aead) && !take(&s, ike ? digests : integs, false, out))
        return false;
    if (ike) /* in phase 2 a group asks for perfect forward secrecy */
        return take(&s, groups, false, out) && !*s;
    (void)take(&s, groups, false, out);
    if (ikev2) /* numbers of 64 bits (RFC 4303, 2.2.1) */
        (void)take(&s, "esn", false, out);
    return !*s;
}

/* Rewrites LIST with the full names. */
const char *peer_suites(struct load *l, const struct node *n, const char *name, const char *list,
                        bool ike)
{
    struct buf out = BUF_INIT;
    char word[64];
    const char *text = list;

    for (size_t i = 0; value_word(list, i, word, sizeof(word)); i++) {
        if (i)
            buf_addc(&out, ' ');
        if (suite(word, ike, l->plan->peer.ike_version == PLAN_IKEV2, &out))
            continue;
        problem_add(&l->problems, ERR_INVALID, &n->at,
                    "<%s> %s: no suite is called %s; one looks like %s. Ciphers: %s%s. %s: %s. "
                    "Groups: %s",
                    n->name, name, word, ike ? "3des-cbc-sha1-modp1024" : "3des-cbc-hmac-md5-96",
                    cbc_ciphers, ike ? "" : esp_ciphers, ike ? "Hashes" : "Integrity",
                    ike ? digests : integs, groups);
        break;
    }
    if (out.n)
        text = arena_strdup(l->arena, out.s);
    buf_release(&out);
    return text;
}

uint8_t plan_protocol(unsigned word)
{
    static const uint8_t numbers[] = {0, 6, 17, 1}; /* IANA */

    return numbers[word];
}

static void read_protocols(struct load *l, const struct node *n)
{
    const char *list = node_attr(n, "protocols");
    char word[32];
    unsigned k;

    for (size_t i = 0; list && value_word(list, (unsigned)i, word, sizeof(word)); i++) {
        if (i == PLAN_PROTOCOLS || value_parse(VALUE_CHOICE, PLAN_PROTOCOL_WORDS, word, &k) ||
            k == 0) {
            problem_add(&l->problems, ERR_INVALID, &n->at,
                        "<peer> protocols=\"%s\": some of tcp, udp, icmp", list);
            return;
        }
        l->plan->peer.protocols[i] = plan_protocol(k);
    }
}

static uint32_t seconds(const struct node *n, const char *name, uint32_t otherwise)
{
    struct span d;

    if (!n || !schema_read(n, name, &d))
        return otherwise;
    return (uint32_t)(d.ns / SPAN_S(1).ns);
}

static void check_lifetimes(struct load *l, const struct node *n)
{
    const struct plan_peer *p = &l->plan->peer;

    if (p->ike_lifetime_s < 60 || p->esp_lifetime_s < 60)
        problem_add(&l->problems, ERR_RANGE, &n->at,
                    "<peer>: a lifetime below 1min leaves no time to rekey");
    if (p->esp_lifetime_kb == 0)
        problem_add(&l->problems, ERR_RANGE, &n->at, "<peer> esp-volume is less than 1KiB");
}

/* Remote access goes to a head office, by a group. */
static void check_mode(struct load *l, const struct node *n)
{
    const struct plan_peer *p = &l->plan->peer;

    if (p->mode == PEER_L2L && (*p->group || *p->username))
        problem_add(&l->problems, ERR_INVALID, &n->at,
                    "<peer> group and username are of remote access: mode=\"nem\" or \"client\"");
    if (p->mode == PEER_L2L)
        return;
    if (p->ike_version == PLAN_IKEV2)
        problem_add(&l->problems, ERR_INVALID, &n->at,
                    "<peer mode>: remote access is by IKEv1: ike-version=\"1\"");
    if (!*p->group)
        problem_add(&l->problems, ERR_INVALID, &n->at,
                    "<peer mode>: remote access needs the group=\"NAME\" of a tunnel-group");
    if (l->plan->lab.device_site != SITE_HO)
        problem_add(&l->problems, ERR_INVALID, &n->at,
                    "<peer mode>: a client is at the branch office: <lab device=\"ho\"/>");
}

void build_peer(struct load *l, const struct node *n)
{
    uint64_t volume = 4608000ull * 1024;
    struct plan_peer *p = &l->plan->peer;

    *p = (struct plan_peer){
        .dpd = true,
        .dpd_threshold = SPAN_S(10),
        .dpd_retry = SPAN_S(2),
        .dpd_tries = 3,
        .acquire = true,
        .initial_contact = true,
        .natt = true,
        .rekeys = true,
        .ike = "",
        .esp = "",
        .group = "",
        .username = "",
        .password = "holdfast-user",
    };
    if (n) {
        schema_fill(n, p);
        (void)schema_read(n, "esp-volume", &volume);
        p->ike = peer_suites(l, n, "ike", p->ike, true);
        p->esp = peer_suites(l, n, "esp", p->esp, false);
    }
    p->ike_lifetime_s = seconds(n, "ike-lifetime", 86400);
    p->esp_lifetime_s = seconds(n, "esp-lifetime", 28800);
    p->esp_lifetime_kb = volume / 1024;
    if (n)
        read_protocols(l, n);
    if (n)
        check_lifetimes(l, n);
    if (n)
        check_mode(l, n);
}
