#include "evidence/format.h"

#include "evidence/event_line.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#define WORD   "holdfast-evidence"
#define NUMBER "1" /* grows when an old reader would misread a new file */

void evidence_format_put(struct buf *line, const struct evidence_meta *meta)
{
    event_line_start(line, WORD);
    event_line_add(line, "format", NUMBER);
    event_line_addf(line, "seed", "%" PRIu64, meta->seed);
    event_line_add(line, "time", meta->virtual_time ? "virtual" : "real");
    event_line_addf(line, "epoch_ns", "%" PRId64, meta->epoch_ns);
    event_line_add(line, "frames", meta->headers_only ? "headers" : "whole");
}

static bool is_one_of(struct bytes line, const char *key, const char *yes, const char *no,
                      bool *out)
{
    struct buf v = BUF_INIT;
    bool known = !event_line_get(line, key, &v) &&
                 (strcmp(buf_str(&v), yes) == 0 || strcmp(buf_str(&v), no) == 0);

    *out = known && strcmp(buf_str(&v), yes) == 0;
    buf_release(&v);
    return known;
}

static bool is_digits(const char *s)
{
    s += *s == '-';
    return *s && strspn(s, "0123456789") == strlen(s);
}

static bool read_seed(struct bytes line, uint64_t *out)
{
    struct buf v = BUF_INIT;
    bool ok = !event_line_get(line, "seed", &v) && is_digits(buf_str(&v)) && v.s[0] != '-';

    errno = 0;
    *out = ok ? strtoull(v.s, NULL, 10) : 0;
    buf_release(&v);
    return ok && errno == 0;
}

static bool read_epoch(struct bytes line, int64_t *out)
{
    struct buf v = BUF_INIT;
    bool ok = !event_line_get(line, "epoch_ns", &v) && is_digits(buf_str(&v));

    errno = 0;
    *out = ok ? strtoll(v.s, NULL, 10) : 0;
    buf_release(&v);
    return ok && errno == 0;
}

enum err evidence_format_parse(struct bytes line, struct evidence_meta *out)
{
    struct evidence_meta m = *out;
    bool is_ours;

    if (!event_line_is(line, WORD))
        return ERR_NOTFOUND;
    if (!is_one_of(line, "format", NUMBER, NUMBER, &is_ours))
        return ERR_UNSUPPORTED;
    if (!read_seed(line, &m.seed) || !read_epoch(line, &m.epoch_ns) ||
        !is_one_of(line, "time", "virtual", "real", &m.virtual_time) ||
        !is_one_of(line, "frames", "headers", "whole", &m.headers_only))
        return ERR_FORMAT;
    *out = m;
    return ERR_OK;
}
