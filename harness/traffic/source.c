#include "traffic/source.h"

void source_note(struct source *s, enum err e, const char *text)
{
    if (s->damage.places++ > 0)
        return;
    s->damage.err = e;
    snprintf(s->damage.text, sizeof(s->damage.text), "%s", text);
}

int64_t source_time(uint64_t seconds, uint64_t ns)
{
    uint64_t limit = INT64_MAX / 1000000000 - 1; /* the year 2262 */

    return (int64_t)((seconds < limit ? seconds : limit) * 1000000000 + ns % 1000000000);
}
