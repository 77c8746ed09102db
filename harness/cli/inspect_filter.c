#include "cli/inspect_filter.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

void inspect_filter_init(struct inspect_filter *f)
{
    *f = (struct inspect_filter){.stream = -1};
}

/* Splits ":PORT" off TEXT where there is one: behind "]", or behind the only colon. */
static enum err take_port(char *text, uint16_t *port)
{
    char *bracket = strchr(text, ']'), *colon = strchr(bracket ? bracket : text, ':'), *end;

    *port = 0;
    if (!colon || (!bracket && strchr(colon + 1, ':')))
        return ERR_OK; /* an IPv6 address without brackets has no port */
    unsigned long v = strtoul(colon + 1, &end, 10);
    if (end == colon + 1 || *end || v == 0 || v > 65535)
        return ERR_INVALID;
    *port = (uint16_t)v;
    *colon = '\0';
    return ERR_OK;
}

enum err inspect_filter_host(struct inspect_filter *f, const char *text)
{
    char copy[64], *address = copy;

    if (f->nhosts == INSPECT_HOSTS)
        return ERR_RANGE;
    if (strlen(text) >= sizeof(copy))
        return ERR_INVALID;
    strcpy(copy, text);
    if (take_port(copy, &f->hosts[f->nhosts].port))
        return ERR_INVALID;
    if (*address == '[') {
        address++;
        address[strcspn(address, "]")] = '\0';
    }
    if (ip_net_parse(address, &f->hosts[f->nhosts].net))
        return ERR_INVALID;
    f->nhosts++;
    return ERR_OK;
}

enum err inspect_filter_stream(struct inspect_filter *f, const char *text)
{
    char *end;
    unsigned long v = strtoul(text, &end, 10);

    if (end == text || *end || *text == '-' || v > UINT32_MAX)
        return ERR_INVALID;
    f->stream = (int64_t)v;
    return ERR_OK;
}

static enum err take_time(const char *text, int64_t *ns, bool *relative)
{
    char *end;
    double s;

    *relative = *text == '+';
    errno = 0;
    s = strtod(text + *relative, &end);
    if (end == text + *relative || *end || errno || !isfinite(s) || s < 0 || s > 9e9)
        return ERR_INVALID;
    *ns = (int64_t)(s * 1e9);
    return ERR_OK;
}

enum err inspect_filter_from(struct inspect_filter *f, const char *text)
{
    f->has_from = true;
    return take_time(text, &f->from_ns, &f->from_relative);
}

enum err inspect_filter_to(struct inspect_filter *f, const char *text)
{
    f->has_to = true;
    return take_time(text, &f->to_ns, &f->to_relative);
}

static bool is_host(const struct inspect_filter *f, size_t i, const struct endpoint *e)
{
    return ip_net_has(&f->hosts[i].net, &e->addr) &&
           (!f->hosts[i].port || f->hosts[i].port == e->port);
}

bool inspect_filter_ends(const struct inspect_filter *f, const struct endpoint *a,
                         const struct endpoint *b)
{
    for (size_t i = 0; i < f->nhosts; i++)
        if (is_host(f, i, a) || is_host(f, i, b))
            return true;
    return f->nhosts == 0;
}

bool inspect_filter_time(const struct inspect_filter *f, int64_t first_ns, int64_t time_ns)
{
    if (f->has_from && time_ns < f->from_ns + (f->from_relative ? first_ns : 0))
        return false;
    return !f->has_to || time_ns <= f->to_ns + (f->to_relative ? first_ns : 0);
}
