#include "gateway/log_forms.h"

#include <stdlib.h>
#include <string.h>

/* "9.14(2)" as 914 */
static unsigned release_of(const char *version)
{
    char *rest;
    unsigned long major = strtoul(version, &rest, 10), minor = 0;

    if (*rest == '.')
        minor = strtoul(rest + 1, NULL, 10);
    return (unsigned)(major % 100 * 100 + (minor < 99 ? minor : 99));
}

struct log_forms log_forms_of(const struct gw_config *c)
{
    unsigned release = release_of(c->version);

    return (struct log_forms){
        .tag = "ASA",
        .identity = release >= 900 ? "identity" : "NP Identity Ifc",
        .hashes = release >= 800,
        .initiator = release >= 914,
        .tunnel_manager = release >= 804,
        .tcp_stats = release >= 900,
    };
}

const char *log_separator_text(enum log_separator s)
{
    static const char *const texts[] = {": ", ":", " "};

    return texts[s];
}
