/* One line of the tables from which Wireshark decrypts IKE, read:
 *   ikev1_decryption_table: initiator's cookie, encryption key
 *   ikev2_decryption_table: SPIi,SPIr,SK_ei,SK_er,"encryption",SK_ai,SK_ar,"integrity"
 * A line tells by its number of fields of which table it is, so that both may be in one file. Hex
 * fields may stand in double quotes and begin with 0x, as people write them. ike/ike_keys.h writes
 * these tables. */
#ifndef IKE_IKE_TABLE_H
#define IKE_IKE_TABLE_H

#include "crypto/cipher.h"
#include "crypto/hash.h"
#include "wire/isakmp.h"

struct ike_table_row {
    uint8_t version;                  /* 1 or 2 */
    uint8_t spi_i[ISAKMP_COOKIE_LEN]; /* the initiator's cookie */
    uint8_t spi_r[ISAKMP_COOKIE_LEN]; /* version 2 */
    uint8_t key[CIPHER_KEY_MAX];      /* version 1: Ka, for the cipher of its phase 1 */
    size_t key_len;                   /* 8 to 32 bytes */
    enum cipher_alg cipher;           /* version 2, and all that follows */
    enum integ_alg integ;             /* INTEG_NONE with a cipher that authenticates */
    uint8_t sk_ei[CIPHER_KEY_MAX], sk_er[CIPHER_KEY_MAX]; /* cipher_key_len bytes */
    uint8_t sk_ai[DIGEST_MAX], sk_ar[DIGEST_MAX];         /* integ_key_len bytes */
};

/* LINE without its newline. Wipe OUT after use. ERR_END: an empty line or a comment. ERR_FORMAT,
 * ERR_UNSUPPORTED (an algorithm), ERR_RANGE (a cookie or key of the wrong length): WHY says which
 * field; keys are not quoted. */
MUST_USE enum err ike_table_parse(struct bytes line, struct ike_table_row *out, struct diag *why);

/* Wireshark's names; NULL: it has none. */
const char *ike_table_cipher(enum cipher_alg alg);
const char *ike_table_integ(enum integ_alg alg);

#endif
