#include "evidence/marked.h"

#include <string.h>

static const char before[] = "holdfast ";

/* The byte at AT of the endless text. */
static uint8_t byte_of(const char *id, size_t id_len, size_t at)
{
    size_t head = sizeof(before) - 1;

    at %= head + id_len + 1;
    if (at < head)
        return (uint8_t)before[at];
    return at < head + id_len ? (uint8_t)id[at - head] : ' ';
}

void marked_put(struct wr *w, const char *id, size_t n)
{
    size_t len = strlen(id);

    for (size_t i = 0; i < n; i++)
        wr_u8(w, byte_of(id, len, i));
}

bool marked_is(struct bytes payload, const char *id)
{
    size_t len = strlen(id);

    for (size_t i = 0; i < payload.n; i++) {
        if (payload.p[i] != byte_of(id, len, i))
            return false;
    }
    return payload.n > 0;
}
