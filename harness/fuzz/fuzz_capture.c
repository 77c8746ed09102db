/* Any bytes as a capture file, read as far as conversations. */
#define _GNU_SOURCE /* memfd_create: a file that is only memory */

#include "traffic/capture.h"
#include "traffic/tape.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds)
        abort();
}

/* The turns are a cover of both directions, in order and without a hole. */
static void check(const struct conversation *c)
{
    uint64_t at[2] = {0, 0};
    uint8_t buffer[64];
    struct tape t;

    for (size_t i = 0; i < c->nturns; i++) {
        const struct turn *u = &c->turns[i];
        must(u->gap.ns >= 0);
        if (u->kind != TURN_DATA)
            continue;
        must(u->offset == at[u->from]);
        at[u->from] += u->len;
    }
    must(at[0] == c->data[0].n && at[1] == c->data[1].n);
    tape_init(&t, c, &(struct tape_options){.bytes = 1000});
    for (int side = 0; side < 2; side++) {
        size_t n = t.total[side] < sizeof(buffer) ? (size_t)t.total[side] : sizeof(buffer);
        tape_read(&t, (enum conv_side)side, t.total[side] - n, buffer, n);
        must(tape_match(&t, (enum conv_side)side, t.total[side] - n, bytes_of(buffer, n)) == n);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int fd = memfd_create("capture", 0);
    char path[64];
    struct capture *c = NULL;
    struct diag why = {0};
    const struct flow *f;

    if (fd < 0)
        return 0;
    snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    if (write(fd, data, size) == (ssize_t)size && capture_read(path, &c, &why) == ERR_OK) {
        for (size_t i = 0; i < c->nflows; i++)
            if (c->flows[i].replayable)
                check(&c->flows[i].conv);
        if (capture_pick(c, 0, 0, &f, &why))
            must(why.text[0] != '\0');
        capture_free(c);
    }
    close(fd);
    return 0;
}
