#include "ike/ike_keys.h"

#include "ike/ike_table.h"

static void add_hex(struct buf *b, const uint8_t *p, size_t n, char after)
{
    buf_addx(b, bytes_of(p, n));
    buf_addc(b, after);
}

static enum err put_v2(struct buf *b, const struct ike_out *up)
{
    const struct ike_suite *s = &up->sa.suite;
    const char *encryption = ike_table_cipher(s->cipher), *integrity = ike_table_integ(s->integ);
    size_t ne = cipher_key_len(s->cipher), na = integ_key_len(s->integ);

    if (!encryption || !integrity)
        return ERR_UNSUPPORTED;
    add_hex(b, up->sa.spi_i, sizeof(up->sa.spi_i), ',');
    add_hex(b, up->sa.spi_r, sizeof(up->sa.spi_r), ',');
    add_hex(b, up->sa.sk_ei, ne, ',');
    add_hex(b, up->sa.sk_er, ne, ',');
    buf_addf(b, "\"%s\",", encryption);
    add_hex(b, up->sa.sk_ai, na, ',');
    add_hex(b, up->sa.sk_ar, na, ',');
    buf_addf(b, "\"%s\"\n", integrity);
    return ERR_OK;
}

enum err ike_keys_put(struct buf *v1, struct buf *v2, const struct ike_out *up)
{
    if (up->version == 2)
        return put_v2(v2, up);
    add_hex(v1, up->sa.spi_i, sizeof(up->sa.spi_i), ',');
    add_hex(v1, up->sa.skey, up->sa.skey_len, '\n');
    return ERR_OK;
}
