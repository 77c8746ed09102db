/* Any bytes as an event line; a value that was read is written and read again. */
#include "evidence/event_line.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct buf value = BUF_INIT, line = BUF_INIT, again = BUF_INIT;
    struct bytes in = bytes_of(data, size);

    if (!event_line_get(in, "id", &value)) {
        event_line_start(&line, event_line_is(in, "event") ? "event" : "other");
        event_line_add(&line, "id", buf_str(&value)); /* up to its first NUL */
        event_line_add(&line, "state", "sent");
        if (event_line_get(buf_bytes(&line), "id", &again) ||
            strcmp(buf_str(&value), buf_str(&again)) != 0)
            bug("a value changed on its way");
    }
    buf_release(&value);
    buf_release(&line);
    buf_release(&again);
    return 0;
}
