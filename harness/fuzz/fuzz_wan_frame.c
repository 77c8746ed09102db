/* Any frame of the wan leg, as the events of the timeline see it. */
#include "replay/impair.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct wan_way way = {.spis = {1}, .nspis = 1};
    struct plan_match m = {.kind = FRAME_ANY};
    struct wan_frame f;

    if (!wan_frame_parse(bytes_of(data, size), &f))
        return 0;
    if ((f.esp || f.ike) && f.at > size)
        abort();
    for (unsigned word = 0; word < 11; word++) {
        m.exchange = m.payload = word;
        m.spi = (enum plan_spi)(word % 3);
        (void)wan_match(&m, &way, &f);
    }
    return 0;
}
