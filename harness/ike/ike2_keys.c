/* The keys of an IKE SA, and those of ESP that come from them; and how they may be made wrong
 * (ike_fault.h). */
#include "ike/ike2_exchanges.h"

#include "base/mem.h"

static void swap_bytes(uint8_t *a, uint8_t *b, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        uint8_t c = a[i];
        a[i] = b[i];
        b[i] = c;
    }
}

static void swap_ends(struct bytes *a, struct bytes *b)
{
    struct bytes c = *a;

    *a = *b;
    *b = c;
}

static void reverse(uint8_t *out, const uint8_t *in, size_t n)
{
    for (size_t i = 0; i < n; i++)
        out[i] = in[n - 1 - i];
}

/* --- of the IKE SA --------------------------------------------------------------------------- */

static void spoil_seed(const struct ike *k, const struct ike2_sa *old, struct ikev2_seed *x,
                       uint8_t room[static 2 * IKEV2_SPI_LEN])
{
    if (ike_is_faulty(k, IKE_FAULT_NONCES_SWAPPED))
        swap_ends(&x->nonce_i, &x->nonce_r);
    if (ike_is_faulty(k, IKE_FAULT_SPIS_SWAPPED)) {
        const uint8_t *spi_i = x->spi_i;
        x->spi_i = x->spi_r;
        x->spi_r = spi_i;
    }
    if (ike_is_faulty(k, IKE_FAULT_SPIS_REVERSED)) {
        reverse(room, x->spi_i, IKEV2_SPI_LEN);
        reverse(room + IKEV2_SPI_LEN, x->spi_r, IKEV2_SPI_LEN);
        x->spi_i = room;
        x->spi_r = room + IKEV2_SPI_LEN;
    }
    if (old && ike_is_faulty(k, IKE_FAULT_REKEYED_OLD_SPIS)) {
        x->spi_i = old->spi_i;
        x->spi_r = old->spi_r;
    }
}

static void spoil_keys(const struct ike *k, struct ikev2_keys *x)
{
    if (ike_is_faulty(k, IKE_FAULT_SK_E_SWAPPED))
        swap_bytes(x->ei, x->er, sizeof(x->ei));
    if (ike_is_faulty(k, IKE_FAULT_SK_A_SWAPPED))
        swap_bytes(x->ai, x->ar, sizeof(x->ai));
    if (ike_is_faulty(k, IKE_FAULT_SK_P_SWAPPED))
        swap_bytes(x->pi, x->pr, sizeof(x->pi));
}

enum err ike2_make_keys(const struct ike *k, struct ike2_sa *sa, const struct ike2_sa *old,
                        struct bytes shared, struct bytes nonce_i, struct bytes nonce_r)
{
    uint8_t spis[2 * IKEV2_SPI_LEN], secret[DH_PUBLIC_MAX];
    struct ikev2_seed seed = {.prf = prf_of_digest(sa->suite.digest),
                              .cipher = sa->suite.cipher,
                              .integ = sa->suite.integ,
                              .nonce_i = nonce_i,
                              .nonce_r = nonce_r,
                              .spi_i = sa->spi_i,
                              .spi_r = sa->spi_r};

    spoil_seed(k, old, &seed, spis);
    if (ike_is_faulty(k, IKE_FAULT_SECRET_REVERSED)) {
        reverse(secret, shared.p, shared.n);
        shared.p = secret;
    }
    if (old && !ike_is_faulty(k, IKE_FAULT_REKEYED_AS_FIRST))
        ikev2_derive_rekeyed(&seed, &old->keys, shared, &sa->keys);
    else
        ikev2_derive(&seed, shared, &sa->keys);
    spoil_keys(k, &sa->keys);
    mem_wipe(secret, sizeof(secret));
    return ike2_make_crypts(sa);
}

/* --- of ESP ---------------------------------------------------------------------------------- */

static void salt_in_front(uint8_t *key, size_t n)
{
    for (size_t i = 0; i + 4 < n; i++) /* the first four bytes end up behind the others */
        swap_bytes(key + i, key + i + 4, 1);
}

static void integ_in_front(const struct ike2_made *m, uint8_t *cipher_key, uint8_t *integ_key)
{
    uint8_t all[CIPHER_KEY_MAX + DIGEST_MAX];
    size_t ne = cipher_key_len(m->suite.cipher), na = integ_key_len(m->suite.integ);

    memcpy(all, cipher_key, ne);
    memcpy(all + ne, integ_key, na);
    memcpy(integ_key, all, na);
    memcpy(cipher_key, all + na, ne);
    mem_wipe(all, sizeof(all));
}

static void spoil_child(const struct ike *k, const struct ike2_made *m, struct ikev2_child_keys *x)
{
    if (ike_is_faulty(k, IKE_FAULT_CHILD_KEYS_SWAPPED)) {
        swap_bytes(x->ei, x->er, sizeof(x->ei));
        swap_bytes(x->ai, x->ar, sizeof(x->ai));
    }
    if (ike_is_faulty(k, IKE_FAULT_CHILD_ORDER)) {
        integ_in_front(m, x->ei, x->ai);
        integ_in_front(m, x->er, x->ar);
    }
    if (ike_is_faulty(k, IKE_FAULT_SALT_IN_FRONT)) {
        salt_in_front(x->ei, cipher_key_len(m->suite.cipher));
        salt_in_front(x->er, cipher_key_len(m->suite.cipher));
    }
}

void ike2_child_keys(const struct ike *k, const struct ike2_sa *sa, const struct ike2_made *m,
                     struct ikev2_child_keys *out)
{
    struct bytes ni = m->nonce_i, nr = m->nonce_r, shared = m->shared;

    if (ike_is_faulty(k, IKE_FAULT_CHILD_NONCES_SWAPPED))
        swap_ends(&ni, &nr);
    if (ike_is_faulty(k, IKE_FAULT_CHILD_NO_SECRET))
        shared = (struct bytes){0};
    ikev2_child(&sa->keys, shared, ni, nr, m->suite.cipher, m->suite.integ, out);
    spoil_child(k, m, out);
}
