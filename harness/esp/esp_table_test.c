#include "esp/esp_table.h"

#include "tests/testkit.h"

#define ADDRESSES "\"IPv4\",\"203.0.113.1\",\"198.51.100.1\",\"0xac67b1fa\","
#define KEY_3DES  "0x278e10605a6a575ecd976d24aa48d03c976ac1ba02428d41"
#define KEY_SHA1  "0xf83053650d4cc012dd248fdd37a01846a5221f93"
#define SHA1      "\"HMAC-SHA-1-96 [RFC2404]\",\"" KEY_SHA1 "\""
#define WHOLE     ADDRESSES "\"TripleDES-CBC [RFC2451]\",\"" KEY_3DES "\"," SHA1

static const struct row {
    const char *what;
    const char *line;
    enum err want;
} rows[] = {
    {"a_line_as_wireshark_writes_it", WHOLE, ERR_OK},
    {"a_line_of_a_newer_wireshark_with_more_fields", WHOLE ",\"32-bit\",\"0x0\"", ERR_OK},
    {"a_line_that_ends_with_a_carriage_return", WHOLE "\r", ERR_OK},
    {"an_empty_line_is_nothing", "", ERR_END},
    {"a_comment_is_nothing", "# made by Wireshark", ERR_END},
    {"seven_fields_are_too_few", ADDRESSES "\"NULL\",\"\",\"NULL\"", ERR_FORMAT},
    {"a_field_without_quotes_is_refused", "IPv4," ADDRESSES, ERR_FORMAT},
    {"a_field_without_end_is_refused", "\"IPv4", ERR_FORMAT},
    {"text_after_the_last_quote_is_refused", WHOLE "x", ERR_FORMAT},
    {"a_wildcard_is_not_supported",
     "\"IPv4\",\"*\",\"198.51.100.1\",\"0xac67b1fa\",\"NULL\",\"\"," SHA1, ERR_UNSUPPORTED},
    {"addresses_of_two_families_are_refused",
     "\"IPv4\",\"203.0.113.1\",\"2001:db8::1\",\"1\",\"NULL\",\"\"," SHA1, ERR_FORMAT},
    {"an_spi_above_32_bits_is_refused",
     "\"IPv4\",\"10.0.0.1\",\"10.0.0.2\",\"0x100000000\",\"NULL\",\"\"," SHA1, ERR_FORMAT},
    {"an_spi_without_digits_is_refused",
     "\"IPv4\",\"10.0.0.1\",\"10.0.0.2\",\"0x\",\"NULL\",\"\"," SHA1, ERR_FORMAT},
    {"an_unknown_cipher_is_not_supported",
     ADDRESSES "\"BLOWFISH-CBC [RFC2451]\",\"0x00\",\"NULL\",\"\"", ERR_UNSUPPORTED},
    {"an_unknown_integrity_is_not_supported",
     ADDRESSES "\"NULL\",\"\",\"MAC-RIPEMD-160-96 [RFC2857]\",\"0x00\"", ERR_UNSUPPORTED},
    {"a_key_of_another_length_is_refused", ADDRESSES "\"AES-CBC [RFC3602]\",\"0x0011\"," SHA1,
     ERR_RANGE},
    {"a_key_of_half_bytes_is_refused",
     ADDRESSES "\"DES-CBC [RFC2405]\",\"0x01020304050607080\"," SHA1, ERR_RANGE},
    {"a_key_with_a_letter_that_is_no_digit_is_refused",
     ADDRESSES "\"DES-CBC [RFC2405]\",\"0x010203040506070g\"," SHA1, ERR_RANGE},
};

static enum err parse(struct bytes line, void *ctx)
{
    struct esp_params p;

    (void)ctx;
    return esp_table_parse(line, &p, NULL);
}

static void parses_as_its_row_says(void **state)
{
    const struct row *row = *state;
    struct esp_params p;
    struct diag why = {0};

    assert_int_equal(esp_table_parse(bytes_str(row->line), &p, &why), row->want);
    assert_int_equal(why.text[0] != '\0', row->want != ERR_OK && row->want != ERR_END);
    test_truncations(bytes_str(row->line), parse, NULL);
    test_flips(bytes_str(row->line), parse, NULL);
}

static void values_are_where_they_belong(void **state)
{
    struct esp_params p;
    char text[IP_ADDR_TEXT];

    (void)state;
    assert_ok(esp_table_parse(bytes_str(WHOLE), &p, NULL));
    assert_string_equal(ip_addr_format(&p.src, text), "203.0.113.1");
    assert_string_equal(ip_addr_format(&p.dst, text), "198.51.100.1");
    assert_int_equal(p.spi, 0xac67b1fa);
    assert_int_equal(p.cipher, CIPHER_3DES_CBC);
    assert_int_equal(p.cipher_key[0], 0x27);
    assert_int_equal(p.cipher_key[23], 0x41);
    assert_int_equal(p.integ, INTEG_HMAC_SHA1_96);
    assert_int_equal(p.integ_key[19], 0x93);
    assert_int_equal(p.replay_window, 0);
}

static void keys_may_be_plain_text_and_spis_decimal(void **state)
{
    struct esp_params p;

    (void)state;
    assert_ok(esp_table_parse(bytes_str("\"IPv6\",\"3ffe::1\",\"3ffe::2\",\"10\",\"AES-CBC "
                                        "[RFC3602]\",\"aescbcencryption\",\"HMAC-SHA-1-96 "
                                        "[RFC2404]\",\"hmacsha1authenticati\""),
                              &p, NULL));
    assert_int_equal(p.spi, 10);
    assert_int_equal(p.cipher, CIPHER_AES128_CBC);
    assert_memory_equal(p.cipher_key, "aescbcencryption", 16);
    assert_memory_equal(p.integ_key, "hmacsha1authenticati", 20);
}

static void put_and_parse(enum cipher_alg c, enum integ_alg i)
{
    struct esp_params p = {.spi = 0xfedcba98, .cipher = c, .integ = i}, q;
    struct buf b = BUF_INIT;

    assert_ok(ip_addr_parse("2001:db8::1", &p.src));
    assert_ok(ip_addr_parse("2001:db8::2", &p.dst));
    memset(p.cipher_key, 0xa5, cipher_key_len(c));
    memset(p.integ_key, 0x5a, integ_key_len(i));
    esp_table_put(&b, &p);
    assert_int_equal(b.s[b.n - 1], '\n');
    assert_ok(esp_table_parse(bytes_head(buf_bytes(&b), b.n - 1), &q, NULL));
    assert_int_equal(p.spi, q.spi);
    assert_true(ip_addr_eq(&p.src, &q.src) && ip_addr_eq(&p.dst, &q.dst));
    assert_int_equal(p.cipher, q.cipher);
    assert_int_equal(p.integ, q.integ);
    assert_memory_equal(p.cipher_key, q.cipher_key, sizeof(p.cipher_key));
    assert_memory_equal(p.integ_key, q.integ_key, sizeof(p.integ_key));
    buf_release(&b);
}

/* Wireshark has no names for CCM and ChaCha20-Poly1305 in ESP. */
static void what_was_put_is_what_is_parsed(void **state)
{
    (void)state;
    for (enum cipher_alg c = CIPHER_NONE; c < CIPHER_COUNT; c++)
        for (enum integ_alg i = INTEG_NONE; i < INTEG_COUNT; i++)
            if (cipher_mode(c) != CIPHER_MODE_CCM && cipher_mode(c) != CIPHER_MODE_CHACHA &&
                (!cipher_is_aead(c) || i == INTEG_NONE))
                put_and_parse(c, i);
}

int main(void)
{
    struct CMUnitTest tests[3 + COUNT(rows)] = {
        cmocka_unit_test(values_are_where_they_belong),
        cmocka_unit_test(keys_may_be_plain_text_and_spis_decimal),
        cmocka_unit_test(what_was_put_is_what_is_parsed),
    };
    size_t n = 3;

    for (size_t i = 0; i < COUNT(rows); i++)
        tests[n++] = (struct CMUnitTest){rows[i].what, parses_as_its_row_says, NULL, NULL,
                                         (void *)(uintptr_t)&rows[i]};
    return _cmocka_run_group_tests("esp/esp_table", tests, n, NULL, NULL);
}
