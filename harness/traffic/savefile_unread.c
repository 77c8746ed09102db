#include "traffic/reasons.h"
#include "traffic/savefile.h"
#include "wire/link.h"

enum err savefile_unread(const struct savefile_stats *s, const char *path, struct diag *why)
{
    char name[LINK_NAME_TEXT], n[COUNT_TEXT];

    for (size_t i = 0; i < s->nlinktypes && s->unread; i++)
        if (!link_is_supported(s->linktypes[i]))
            return diag_fail_at(
                why, ERR_UNSUPPORTED, path, 0, "frames of link type %s are not read (%s packets)",
                savefile_link_name(s->linktypes[i], name), count_format(s->unread, n));
    return ERR_OK;
}
