/* Lives of IKEv2 SAs between two daemons of other people (tests/ikev2_strongswan.txt): keys and
 * messages to compare ours with. Whatever is missing is a failure of the test. */
#ifndef TESTS_IKEV2_LIVES_H
#define TESTS_IKEV2_LIVES_H

#include "crypto/ikev2_keys.h"

#define IKEV2_LIVES_MAX 16
#define IKEV2_LIVES_PSK "a pre-shared key"

struct ikev2_field {
    char key[32];
    char *text;
    struct bytes hex; /* empty when the text is no run of hex digits */
};

struct ikev2_life {
    const char *suite; /* in strongSwan's words */
    enum cipher_alg cipher, esp_cipher;
    enum integ_alg integ, esp_integ;
    enum prf_alg prf;
    struct ikev2_field *v;
    size_t n;
};

struct ikev2_lives {
    struct ikev2_life v[IKEV2_LIVES_MAX];
    size_t n;
};

void ikev2_lives_load(struct ikev2_lives *l);
void ikev2_lives_release(struct ikev2_lives *l);

/* The bytes of the field KEY. With PREFIX ("" or "rekey_"): of that with the prefix. */
struct bytes ikev2_life_get(const struct ikev2_life *l, const char *prefix, const char *key);

/* The same; empty when there is no such field. */
struct bytes ikev2_life_maybe(const struct ikev2_life *l, const char *prefix, const char *key);

/* The I-th field KEY; empty: there are fewer. */
struct bytes ikev2_life_nth(const struct ikev2_life *l, const char *key, size_t i);

#endif
