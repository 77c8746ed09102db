#include "gateway/platform.h"

#include "base/bytes.h"
#include "wire/scan.h"

#include <stdio.h>
#include <string.h>

#define OLD  GW_CAN_SYSOPT
#define V7_2 (OLD | GW_CAN_CRYPTO_ISAKMP)
#define V8_0 (V7_2 | GW_CAN_RECLASSIFY)
#define V8_4 (V8_0 | GW_CAN_PRESERVE | GW_CAN_IKEV1)
#define NP   "NP Identity Ifc"

/* By platform, then version. */
static const struct gw_profile profiles[] = {
    {GW_PLATFORM_ASA, {7, 0, 0}, OLD, GW_REFUSAL_ASA, "ASA", NP, GW_CONN_8_0, .acl_hashes = false},
    {GW_PLATFORM_ASA, {7, 2, 1}, V7_2, GW_REFUSAL_ASA, "ASA", NP, GW_CONN_8_0, .acl_hashes = false},
    {GW_PLATFORM_ASA, {8, 0, 0}, V8_0, GW_REFUSAL_ASA, "ASA", NP, GW_CONN_8_0, .acl_hashes = true},
    {GW_PLATFORM_ASA,
     {8, 0, 4},
     V8_0 | GW_CAN_PRESERVE,
     GW_REFUSAL_ASA,
     "ASA",
     NP,
     GW_CONN_8_0,
     .acl_hashes = true},
    {GW_PLATFORM_ASA,
     {8, 2, 0},
     V8_0 | GW_CAN_PRESERVE,
     GW_REFUSAL_ASA,
     "ASA",
     NP,
     GW_CONN_8_2,
     .acl_hashes = true},
    {GW_PLATFORM_ASA,
     {8, 4, 0},
     V8_4,
     GW_REFUSAL_ASA,
     "ASA",
     "identity",
     GW_CONN_8_2,
     .acl_hashes = true},
    {GW_PLATFORM_ASA,
     {9, 0, 0},
     V8_4,
     GW_REFUSAL_ASA,
     "ASA",
     "identity",
     GW_CONN_9,
     .acl_hashes = true,
     .session_lists = true,
     .sa_state = true},
    {GW_PLATFORM_ASA,
     {9, 14, 0},
     V8_4,
     GW_REFUSAL_ASA,
     "ASA",
     "identity",
     GW_CONN_9,
     .acl_hashes = true,
     .from_initiator = true,
     .session_lists = true,
     .sa_state = true},
    {GW_PLATFORM_PIX, {6, 0, 0}, OLD, GW_REFUSAL_PIX6, "PIX", NP, GW_CONN_8_0, .acl_hashes = false},
    {GW_PLATFORM_PIX, {7, 0, 0}, OLD, GW_REFUSAL_ASA, "PIX", NP, GW_CONN_8_0, .acl_hashes = false},
    {GW_PLATFORM_PIX, {7, 2, 1}, V7_2, GW_REFUSAL_ASA, "PIX", NP, GW_CONN_8_0, .acl_hashes = false},
    {GW_PLATFORM_PIX, {8, 0, 0}, V8_0, GW_REFUSAL_ASA, "PIX", NP, GW_CONN_8_0, .acl_hashes = true},
    {GW_PLATFORM_PIX,
     {8, 0, 4},
     V8_0 | GW_CAN_PRESERVE,
     GW_REFUSAL_ASA,
     "PIX",
     NP,
     GW_CONN_8_0,
     .acl_hashes = true},
    {GW_PLATFORM_VPN3000,
     {0, 0, 0},
     GW_CAN_CRYPTO_ISAKMP,
     GW_REFUSAL_VPN3000,
     NULL,
     NP,
     GW_CONN_8_0,
     .acl_hashes = false},
    {GW_PLATFORM_IOS,
     {0, 0, 0},
     GW_CAN_CRYPTO_ISAKMP,
     GW_REFUSAL_IOS,
     NULL,
     NP,
     GW_CONN_8_0,
     .acl_hashes = false},
};

static const struct {
    const char *word, *first;
} platforms[GW_PLATFORM_COUNT] = {
#define X(id, word, first) [GW_PLATFORM_##id] = {word, first},
    GW_PLATFORMS(X)
#undef X
};

/* The number that TEXT begins with, taken off it. */
static unsigned take_number(struct bytes *text)
{
    uint64_t v;

    return scan_u64(text, &v) && v < 100000 ? (unsigned)v : 0;
}

struct gw_version gw_version_parse(const char *text)
{
    struct bytes b = bytes_str(text);
    struct gw_version v = {.major = take_number(&b)};

    if (scan_lit(&b, "."))
        v.minor = take_number(&b);
    if (scan_lit(&b, "(") || scan_lit(&b, "."))
        v.maintenance = take_number(&b);
    return v;
}

bool gw_version_before(struct gw_version a, struct gw_version b)
{
    if (a.major != b.major)
        return a.major < b.major;
    return a.minor != b.minor ? a.minor < b.minor : a.maintenance < b.maintenance;
}

void gw_version_format(const char *text, char out[static GW_VERSION_TEXT])
{
    const char *dot = strchr(text, '.'), *second = dot ? strchr(dot + 1, '.') : NULL;
    const char *rest = second ? second + 1 : "";
    size_t digits = strspn(rest, "0123456789");

    if (digits && !strchr(text, '('))
        snprintf(out, GW_VERSION_TEXT, "%.*s(%.*s)%.20s", (int)(second - text) % 16, text,
                 (int)digits % 16, rest, rest[digits] == '.' ? rest + digits + 1 : rest + digits);
    else
        snprintf(out, GW_VERSION_TEXT, "%s", text);
}

const struct gw_profile *gw_profile_find(enum gw_platform p, struct gw_version v)
{
    const struct gw_profile *found = NULL;

    for (size_t i = 0; i < COUNT(profiles); i++) {
        if (profiles[i].platform == p && (!found || !gw_version_before(v, profiles[i].from)))
            found = &profiles[i];
    }
    return found;
}

const char *gw_platform_word(enum gw_platform p)
{
    return platforms[p].word;
}

const char *gw_platform_first(enum gw_platform p)
{
    return platforms[p].first;
}

bool gw_platform_find(const char *word, enum gw_platform *out)
{
    for (int i = 0; i < GW_PLATFORM_COUNT; i++) {
        if (strcmp(platforms[i].word, word) == 0) {
            *out = (enum gw_platform)i;
            return true;
        }
    }
    return false;
}

const char *gw_platform_default_version(enum gw_platform p)
{
    static const char *const versions[GW_PLATFORM_COUNT] = {[GW_PLATFORM_ASA] = "8.2(1)",
                                                            [GW_PLATFORM_PIX] = "6.0(1)",
                                                            [GW_PLATFORM_VPN3000] = "4.7.2",
                                                            [GW_PLATFORM_IOS] = "12.4(24)T"};

    return versions[p];
}

/* PIX 6 has no marker: it answers a command it knows and does not understand with its usage. */
static void put_pix6(const char *line, struct buf *out)
{
    if (strncmp(line, "no ", 3) == 0)
        line += 3;
    if (strncmp(line, "sysopt", 6) != 0) {
        buf_adds(out, "Type help or '?' for a list of available commands.\n");
        return;
    }
    buf_adds(out, "Usage:\t[no] sysopt connection { permit-pptp | permit-l2tp | permit-ipsec | "
                  "timewait | {tcpmss [minimum] <bytes>} }\n"
                  "\t[no] sysopt ipsec pl-compatible\n"
                  "\t[no] sysopt nodnsalias { inbound | outbound }\n"
                  "\t[no] sysopt noproxyarp <if_name>\n"
                  "\t[no] sysopt radius ignore-secret\n"
                  "\t[no] sysopt uauth allow-http-cache\n");
}

void gw_refusal_put(const struct gw_profile *p, const char *line, size_t column, struct buf *out)
{
    int width = (int)(column < 2048 ? column : 2048);

    switch (p->refusal) {
    case GW_REFUSAL_PIX6: put_pix6(line, out); break;
    case GW_REFUSAL_VPN3000: buf_adds(out, "ERROR: Invalid selection\n"); break;
    case GW_REFUSAL_IOS:
        buf_addf(out, "%*s^\n%% Invalid input detected at '^' marker.\n\n", width, "");
        break;
    default:
        buf_addf(out, "%*s^\nERROR: %% Invalid input detected at '^' marker.\n", width, "");
        break;
    }
}
