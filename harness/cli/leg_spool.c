#include "cli/leg_spool.h"

#include <errno.h>
#include <string.h>

#define SPOOLED "/dev/fd/"

static bool copy(FILE *from, FILE *to)
{
    char block[65536];
    size_t n;

    while ((n = fread(block, 1, sizeof(block), from)) > 0)
        if (fwrite(block, 1, n, to) != n)
            return false;
    return !ferror(from) && fflush(to) == 0;
}

enum err leg_spool_stdin(struct leg_spool *s, struct diag *why)
{
    *s = (struct leg_spool){.file = tmpfile()};
    if (!s->file || !copy(stdin, s->file)) {
        enum err e =
            diag_fail_at(why, ERR_IO, "-", 0, "cannot be put into a file: %s", strerror(errno));
        leg_spool_release(s);
        return e;
    }
    snprintf(s->path, sizeof(s->path), SPOOLED "%d", fileno(s->file));
    return ERR_OK;
}

void leg_spool_name(struct diag *why)
{
    if (strncmp(why->file, SPOOLED, sizeof(SPOOLED) - 1) == 0)
        snprintf(why->file, sizeof(why->file), "-");
}

void leg_spool_release(struct leg_spool *s)
{
    if (s->file)
        fclose(s->file);
    *s = (struct leg_spool){0};
}
