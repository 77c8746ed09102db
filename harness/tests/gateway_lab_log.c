/* What the gateways of the lab say: console and log. */
#include "tests/gateway_lab.h"
#include "tests/testkit.h"

const char *lab_type(struct gateway_lab *l, enum lab_side side, const char *line, struct buf *out)
{
    buf_clear(out);
    gateway_command(l->gw[side], line, out);
    return buf_str(out);
}

/* Finds the records one after the other; false at the end. */
static bool next_record(struct bytes *rest, struct bytes *line)
{
    const uint8_t *lf = rest->n ? memchr(rest->p, '\n', rest->n) : NULL;

    if (!lf)
        return false;
    *line = bytes_of(rest->p, (size_t)(lf - rest->p));
    *rest = bytes_from(*rest, line->n + 1);
    return true;
}

static bool has(struct bytes line, const char *text)
{
    size_t n = text ? strlen(text) : 0;

    for (size_t i = 0; i + n <= line.n; i++) {
        if (!n || memcmp(line.p + i, text, n) == 0)
            return true;
    }
    return false;
}

size_t lab_logged(const struct gateway_lab *l, enum lab_side side, uint32_t id, const char *text)
{
    struct bytes rest = buf_bytes(&l->logs[side]), line;
    struct asa_log log;
    size_t n = 0;

    while (next_record(&rest, &line)) {
        assert_ok(asa_log_parse(line, &log));
        n += log.id == id && has(line, text);
    }
    return n;
}

struct asa_log lab_last_log(const struct gateway_lab *l, enum lab_side side, uint32_t id)
{
    struct bytes rest = buf_bytes(&l->logs[side]), line;
    struct asa_log log, last = {0};

    while (next_record(&rest, &line)) {
        assert_ok(asa_log_parse(line, &log));
        if (log.id == id)
            last = log;
    }
    if (last.id != id)
        fail_msg("no record %u", id);
    assert_true(last.complete);
    return last;
}

void lab_forget_logs(struct gateway_lab *l)
{
    buf_clear(&l->logs[0]);
    buf_clear(&l->logs[1]);
}
