#include "tests/config_rows_lab.h"

#include "gateway/config_load.h"
#include "tests/testkit.h"

static char *written(const char *typed, struct buf *out)
{
    struct gw_config *c = gw_config_new();
    struct diag why = {0};
    struct buf text = BUF_INIT;

    buf_addf(&text, CONFIG_ROWS_BASE "%s", typed);
    if (gw_config_load(c, "row", buf_bytes(&text), NULL, &why))
        fail_msg("%s\n%s", typed, why.text);
    gw_config_write(c, true, out);
    gw_config_free(c);
    buf_release(&text);
    return out->s;
}

void config_rows_check(const struct config_row *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct buf out = BUF_INIT, again = BUF_INIT;
        const char *text = written(rows[i].typed, &out);
        if (rows[i].has && !strstr(text, rows[i].has))
            fail_msg("%s\n--- has not\n%s\n--- but\n%s", rows[i].typed, rows[i].has, text);
        if (rows[i].lacks && strstr(text, rows[i].lacks))
            fail_msg("%s\n--- still has\n%s\n--- in\n%s", rows[i].typed, rows[i].lacks, text);
        /* what was written loads, and is then written the same */
        assert_string_equal(written(text, &again), text);
        buf_release(&out);
        buf_release(&again);
    }
}
