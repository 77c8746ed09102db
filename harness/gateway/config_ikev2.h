/* What `crypto ikev2 ...` and `crypto ipsec ikev2 ...` have set (8.4 and later).
 *
 * A policy, and a proposal for IPsec SAs, name several algorithms of each kind: any of them may be
 * combined. The defaults of a new policy are those of 8.4 from memory; every line of a policy is
 * always written, so that they matter only to who leaves lines out. */
#ifndef GATEWAY_CONFIG_IKEV2_H
#define GATEWAY_CONFIG_IKEV2_H

#include "base/buf.h"
#include "crypto/cipher.h"
#include "crypto/hash.h"
#include "gateway/config_nat.h"

/* X(cipher, word of `encryption`). AES-GCM has an ICV of 16 bytes. */
#define GW_IKEV2_CIPHERS(X)                                                                        \
    X(CIPHER_NONE, "null")                                                                         \
    X(CIPHER_DES_CBC, "des")                                                                       \
    X(CIPHER_3DES_CBC, "3des")                                                                     \
    X(CIPHER_AES128_CBC, "aes")                                                                    \
    X(CIPHER_AES192_CBC, "aes-192")                                                                \
    X(CIPHER_AES256_CBC, "aes-256")                                                                \
    X(CIPHER_AES128_GCM_16, "aes-gcm")                                                             \
    X(CIPHER_AES192_GCM_16, "aes-gcm-192")                                                         \
    X(CIPHER_AES256_GCM_16, "aes-gcm-256")

/* X(integrity, PRF of the same hash, word of a policy, word of an IPsec proposal) */
#define GW_IKEV2_HASHES(X)                                                                         \
    X(INTEG_NONE, DIGEST_NONE, "null", "null")                                                     \
    X(INTEG_HMAC_MD5_96, DIGEST_MD5, "md5", "md5")                                                 \
    X(INTEG_HMAC_SHA1_96, DIGEST_SHA1, "sha", "sha-1")                                             \
    X(INTEG_HMAC_SHA256_128, DIGEST_SHA256, "sha256", "sha-256")                                   \
    X(INTEG_HMAC_SHA384_192, DIGEST_SHA384, "sha384", "sha-384")                                   \
    X(INTEG_HMAC_SHA512_256, DIGEST_SHA512, "sha512", "sha-512")

/* Groups of Diffie-Hellman, by IANA's numbers. 24 (RFC 5114) is taken, and never offered. */
#define GW_IKEV2_GROUPS(X) X(1) X(2) X(5) X(14) X(15) X(16) X(19) X(20) X(21) X(24) X(31)

#define GW_IKEV2_CHOICES 11 /* of one kind: as many as there are groups */

struct gw_ikev2_policy {
    unsigned priority;
    enum cipher_alg ciphers[GW_IKEV2_CHOICES]; /* NONE: null, which is not modelled */
    size_t nciphers;
    enum integ_alg integs[GW_IKEV2_CHOICES]; /* NONE: null, for ciphers that authenticate */
    size_t nintegs;
    enum digest_alg prfs[GW_IKEV2_CHOICES];
    size_t nprfs;
    uint16_t groups[GW_IKEV2_CHOICES];
    size_t ngroups;
    uint32_t lifetime_s; /* 0: none */
};

struct gw_ikev2_proposal { /* crypto ipsec ikev2 ipsec-proposal */
    char name[GW_NAME];
    enum cipher_alg ciphers[GW_IKEV2_CHOICES];
    size_t nciphers;
    enum integ_alg integs[GW_IKEV2_CHOICES];
    size_t nintegs;
};

#define GW_IKEV2_COOKIE_NEVER 101 /* above any share */
#define GW_IKEV2_COOKIE_USUAL 50
#define GW_IKEV2_FRAGMENT_MTU 576 /* the device's default */
#define GW_IKEV2_SA_CAPACITY  250 /* what shares are of: sessions that this model can have */
#define GW_IKEV2_LIFETIME_S   86400

struct gw_ikev2_config {
    char interface[GW_NAME];          /* crypto ikev2 enable; "": off */
    struct gw_ikev2_policy *policies; /* by priority, lowest number first */
    size_t npolicies;
    struct gw_ikev2_proposal *proposals;
    size_t nproposals;
    unsigned cookie_percent;  /* of the capacity, half-open: 0 always, COOKIE_NEVER */
    uint16_t fragment_mtu;    /* 0: no fragmentation */
    uint32_t max_sa;          /* crypto ikev2 limit max-sa; 0: the device's own */
    unsigned max_negotiating; /* limit max-in-negotiation-sa, percent; 0: none */
};

/* The defaults of a new device. */
void gw_ikev2_config_init(struct gw_ikev2_config *k);
void gw_ikev2_config_release(struct gw_ikev2_config *k);

/* Lookups; NULL when there is none. */
struct gw_ikev2_policy *gw_ikev2_find_policy(struct gw_ikev2_config *k, unsigned priority);
struct gw_ikev2_proposal *gw_ikev2_find_proposal(const struct gw_ikev2_config *k, const char *name);
/* Found, or made with the device's defaults in its place of the order. */
struct gw_ikev2_policy *gw_ikev2_make_policy(struct gw_ikev2_config *k, unsigned priority);

/* Back into commands. */
void gw_ikev2_write_proposals(const struct gw_ikev2_config *k, struct buf *out);
void gw_ikev2_write(const struct gw_ikev2_config *k, struct buf *out);

#endif
