#include "wire/addr.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>

struct ip_addr ip4(uint32_t v)
{
    return (struct ip_addr){
        4, {(uint8_t)(v >> 24), (uint8_t)(v >> 16), (uint8_t)(v >> 8), (uint8_t)v}};
}

uint32_t ip4_u32(const struct ip_addr *a)
{
    if (a->family != 4)
        return 0;
    return (uint32_t)a->b[0] << 24 | (uint32_t)a->b[1] << 16 | (uint32_t)a->b[2] << 8 | a->b[3];
}

size_t ip_addr_len(const struct ip_addr *a)
{
    return a->family == 4 ? 4 : a->family == 6 ? 16 : 0;
}

bool ip_net_has(const struct ip_net *net, const struct ip_addr *a)
{
    size_t whole = net->prefix / 8;
    unsigned rest = net->prefix % 8;

    if (a->family != net->addr.family || net->prefix > ip_addr_len(a) * 8)
        return false;
    if (memcmp(a->b, net->addr.b, whole) != 0)
        return false;
    return rest == 0 || ((a->b[whole] ^ net->addr.b[whole]) >> (8 - rest)) == 0;
}

struct ip_addr ip4_mask(unsigned prefix)
{
    return ip4(prefix == 0 ? 0 : prefix < 32 ? UINT32_MAX << (32 - prefix) : UINT32_MAX);
}

int ip4_mask_prefix(uint32_t mask)
{
    uint32_t inverse = ~mask;

    if (inverse & (inverse + 1))
        return -1;
    return mask ? 32 - __builtin_ctz(mask) : 0;
}

char *ip_addr_format(const struct ip_addr *a, char out[static IP_ADDR_TEXT])
{
    if (a->family == 4)
        inet_ntop(AF_INET, a->b, out, IP_ADDR_TEXT);
    else if (a->family == 6)
        inet_ntop(AF_INET6, a->b, out, IP_ADDR_TEXT);
    else
        snprintf(out, IP_ADDR_TEXT, "none");
    return out;
}

char *endpoint_format(const struct endpoint *e, char out[static ENDPOINT_TEXT])
{
    char a[IP_ADDR_TEXT];

    ip_addr_format(&e->addr, a);
    snprintf(out, ENDPOINT_TEXT, e->addr.family == 6 ? "[%s]:%u" : "%s:%u", a, e->port);
    return out;
}

char *mac_format(const struct mac *m, char out[static MAC_TEXT])
{
    const uint8_t *b = m->b;

    snprintf(out, MAC_TEXT, "%02x:%02x:%02x:%02x:%02x:%02x", b[0], b[1], b[2], b[3], b[4], b[5]);
    return out;
}

enum err ip_addr_parse(const char *text, struct ip_addr *out)
{
    struct ip_addr a = {0};

    if (inet_pton(AF_INET, text, a.b) == 1)
        a.family = 4;
    else if (inet_pton(AF_INET6, text, a.b) == 1)
        a.family = 6;
    else
        return ERR_FORMAT;
    *out = a;
    return ERR_OK;
}

enum err ip_net_parse(const char *text, struct ip_net *out)
{
    char host[IP_ADDR_TEXT];
    const char *slash = strchr(text, '/');
    size_t n = slash ? (size_t)(slash - text) : strlen(text);
    struct ip_net net = {0};

    if (n >= sizeof(host))
        return ERR_FORMAT;
    memcpy(host, text, n);
    host[n] = '\0';
    if (ip_addr_parse(host, &net.addr))
        return ERR_FORMAT;
    net.prefix = (uint8_t)(ip_addr_len(&net.addr) * 8);
    if (slash) {
        char *end;
        unsigned long v = strtoul(slash + 1, &end, 10);
        if (slash[1] < '0' || slash[1] > '9' || *end || v > net.prefix)
            return ERR_RANGE;
        net.prefix = (uint8_t)v;
    }
    *out = net;
    return ERR_OK;
}

enum err mac_parse(const char *text, struct mac *out)
{
    struct mac m;
    char end;

    if (strlen(text) != MAC_TEXT - 1 ||
        sscanf(text, "%2hhx:%2hhx:%2hhx:%2hhx:%2hhx:%2hhx%c", &m.b[0], &m.b[1], &m.b[2], &m.b[3],
               &m.b[4], &m.b[5], &end) != 6)
        return ERR_FORMAT;
    *out = m;
    return ERR_OK;
}
