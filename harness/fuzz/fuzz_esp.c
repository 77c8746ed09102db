/* Any bytes as an ESP packet of an SA without keys to guess: null encryption, no integrity check to
 * stop the input, then with both; and as a line of Wireshark's esp_sa. */
#include "base/mem.h"
#include "esp/esp_table.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void open_with(enum cipher_alg cipher, enum integ_alg integ, struct bytes in)
{
    struct esp_params p = {.spi = 0x11223344, .cipher = cipher, .integ = integ};
    struct esp_plain got;
    struct esp_sa *sa;

    p.replay_window = 64;
    if (esp_sa_new(&p, (struct mono){0}, &sa))
        return;
    uint8_t *plain = mem_resize(NULL, in.n, 1);
    if (!esp_peek(sa, in, plain, &got) && got.inner.n >= in.n)
        bug("more comes out of ESP than went in");
    enum err first = esp_open(sa, in, plain, &got);
    if (!first && esp_open(sa, in, plain, &got) != ERR_REPLAY)
        bug("the same packet opened twice");
    mem_free(plain);
    esp_sa_free(sa);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes in = bytes_of(data, size);
    struct esp_params p;
    struct diag why = {0};

    open_with(CIPHER_DES_CBC, INTEG_NONE, in);
    open_with(CIPHER_AES128_CBC, INTEG_NONE, in);
    open_with(CIPHER_NONE, INTEG_HMAC_MD5_96, in);
    if (!esp_table_parse(in, &p, &why) && p.src.family != p.dst.family)
        bug("an SA between two families");
    return 0;
}
