/* Why connections end: the words of 302014 sorted into classes. The words are those of the 2008,
 * 2016 and current editions of the syslog guide and of real lines. */
#include "wire/asa_parts.h"

static const struct {
    const char *text;
    enum asa_reason class;
} reasons[] = {
    {"Conn-timeout", ASA_REASON_IDLE},
    {"Connection timeout", ASA_REASON_IDLE},
    {"Idle Timeout", ASA_REASON_IDLE},
    {"Flow timed out", ASA_REASON_IDLE},
    {"Flow timed out with reset", ASA_REASON_IDLE},
    {"TCP FINs", ASA_REASON_FIN},
    {"FIN Timeout", ASA_REASON_FIN_TIMEOUT},
    {"SYN Timeout", ASA_REASON_SYN_TIMEOUT},
    {"TCP Reset-I", ASA_REASON_RESET_I},
    {"TCP Reset - I", ASA_REASON_RESET_I}, /* as the guide typesets it */
    {"TCP Reset-O", ASA_REASON_RESET_O},
    {"TCP Reset - O", ASA_REASON_RESET_O},
    {"TCP Reset-APPLIANCE", ASA_REASON_RESET_APPLIANCE},
    {"TCP Reset - APPLIANCE", ASA_REASON_RESET_APPLIANCE},
    {"VPN reclassify failed", ASA_REASON_RECLASSIFY},
    {"VPN reclassify failure", ASA_REASON_RECLASSIFY},
    {"VPN reclassify failure (vpn-reclassify-failed)", ASA_REASON_RECLASSIFY},
};

static bool begins_nocase(struct bytes b, const char *text)
{
    return scan_is_nocase(bytes_head(b, strlen(text)), text);
}

/* "tunnel", as a word, and somewhere behind it "down", as a word: "Tunnel has been torn down",
 * "Tunnel being brought up or torn down (tunnel-pending)". */
static bool speaks_of_a_tunnel(struct bytes b)
{
    if (!begins_nocase(b, "tunnel") || (b.n > 6 && b.p[6] != ' '))
        return false;
    for (size_t i = 6; i + 4 <= b.n; i++) {
        bool word = b.p[i - 1] == ' ' && (i + 4 == b.n || b.p[i + 4] == ' ' || b.p[i + 4] == '.');
        if (word && begins_nocase(bytes_from(b, i), "down"))
            return true;
    }
    return false;
}

enum asa_reason asa_reason_class(struct bytes reason)
{
    reason = scan_trim(reason);
    if (!reason.n)
        return ASA_REASON_NONE;
    if (speaks_of_a_tunnel(reason))
        return ASA_REASON_TUNNEL;
    for (size_t i = 0; i < COUNT(reasons); i++) {
        if (scan_is_nocase(reason, reasons[i].text))
            return reasons[i].class;
    }
    return ASA_REASON_OTHER;
}

static const char *const names[] = {
#define X(id, name) name,
    ASA_REASONS(X)
#undef X
};

const char *asa_reason_name(enum asa_reason r)
{
    return (unsigned)r < ASA_REASON_COUNT ? names[r] : "unknown";
}

enum asa_reason asa_reason_by_name(const char *name)
{
    for (unsigned i = 0; i < ASA_REASON_COUNT; i++) {
        if (strcmp(name, names[i]) == 0)
            return (enum asa_reason)i;
    }
    return ASA_REASON_COUNT;
}
