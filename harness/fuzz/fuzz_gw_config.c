/* Any bytes as a configuration file, or (first byte 'P') as a printed document. What loads is
 * written, and what was written loads and is written the same. */
#include "gateway/config.h"

#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(bool ok, const char *what, const struct buf *text)
{
    if (ok)
        return;
    fprintf(stderr, "%s\n%s\n", what, buf_str(text));
    abort();
}

static void round_trip(const struct gw_config *c)
{
    struct gw_config *again = gw_config_new();
    struct buf a = BUF_INIT, b = BUF_INIT;
    struct diag why = {0};

    gw_config_write(c, true, &a);
    expect(gw_config_load(again, "written", buf_bytes(&a), NULL, &why) == ERR_OK, why.text, &a);
    gw_config_write(again, true, &b);
    expect(strcmp(buf_str(&a), buf_str(&b)) == 0, "written differently the second time", &b);
    buf_release(&a);
    buf_release(&b);
    gw_config_free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct gw_config *c = gw_config_new();
    struct gw_load_options opts = {.psk = "k"};
    struct bytes text = bytes_of(data, size);
    struct buf review = BUF_INIT;
    struct diag why = {0};

    if (size && data[0] == 'P') {
        opts.as_printed = true;
        text = bytes_from(text, 1);
    }
    if (gw_config_load(c, "fuzz", text, &opts, &why))
        expect(why.err == ERR_INVALID && why.text[0], "refused without a word", &review);
    (void)gw_config_review(c, &review);
    round_trip(c);
    buf_release(&review);
    gw_config_free(c);
    return 0;
}
