#include "gateway/vpn_words.h"

#include <stdio.h>

/* X(end, 713050, 713259, 113019) */
#define END_WORDS(X)                                                                               \
    X(PEER_DELETE, "Peer Terminate", "User Requested", "User Requested")                           \
    X(LOCAL_DELETE, "Administrator Reset", "Administrator Reset", "Administrator Reset")           \
    X(DPD, NULL, "Lost Service", "Lost Service")                                                   \
    X(TIMEOUT, NULL, "Lost Service", "Lost Service")                                               \
    X(EXPIRED, "IPsec SA Max Time Exceeded", "Max Time Exceeded", "SA Expired")                    \
    X(PEER_RESTARTED, "Session Disconnected", "Peer Reconnected", "Peer Reconnected")              \
    X(REFUSED, "Session Error Terminated", "Phase 2 Mismatch", "Phase 2 Mismatch")                 \
    X(PARENT, "Session Disconnected", "User Requested", "IKE Delete")

struct vpn_end_words vpn_end_words(enum ike_end end)
{
    switch (end) {
#define X(id, phase2, session, disconnect)                                                         \
    case IKE_END_##id: return (struct vpn_end_words){phase2, session, disconnect};
        END_WORDS(X)
#undef X
    default: return (struct vpn_end_words){"Session Error Terminated", "Unknown", "Unknown"};
    }
}

/* X(type, name) */
#define NOTIFY_NAMES(X)                                                                            \
    X(1, "Invalid Payload Type")                                                                   \
    X(2, "DOI Not Supported")                                                                      \
    X(3, "Situation Not Supported")                                                                \
    X(4, "Invalid Cookie")                                                                         \
    X(5, "Invalid Major Version")                                                                  \
    X(6, "Invalid Minor Version")                                                                  \
    X(7, "Invalid Exchange Type")                                                                  \
    X(8, "Invalid Flags")                                                                          \
    X(9, "Invalid Message ID")                                                                     \
    X(10, "Invalid Protocol ID")                                                                   \
    X(11, "Invalid SPI")                                                                           \
    X(12, "Invalid Transform ID")                                                                  \
    X(13, "Attributes Not Supported")                                                              \
    X(14, "No Proposal Chosen")                                                                    \
    X(15, "Bad Proposal Syntax")                                                                   \
    X(16, "Payload Malformed")                                                                     \
    X(17, "Invalid Key Info")                                                                      \
    X(18, "Invalid ID Info")                                                                       \
    X(19, "Invalid Cert Encoding")                                                                 \
    X(20, "Invalid Certificate")                                                                   \
    X(21, "Cert Type Unsupported")                                                                 \
    X(22, "Invalid Cert Authority")                                                                \
    X(23, "Invalid Hash Info")                                                                     \
    X(24, "Authentication Failed")                                                                 \
    X(25, "Invalid Signature")                                                                     \
    X(26, "Address Notification")                                                                  \
    X(27, "Notify SA Lifetime")                                                                    \
    X(28, "Certificate Unavailable")                                                               \
    X(29, "Unsupported Exchange Type")                                                             \
    X(30, "Unequal Payload Lengths")                                                               \
    X(16384, "Connected")                                                                          \
    X(24576, "Responder Lifetime")                                                                 \
    X(24577, "Replay Status")                                                                      \
    X(24578, "Initial Contact")

const char *vpn_notify_name(uint16_t type)
{
    switch (type) {
#define X(number, name)                                                                            \
    case number: return name;
        NOTIFY_NAMES(X)
#undef X
    default: return "Unknown";
    }
}

static const struct {
    enum cipher_alg cipher;
    const char *isakmp, *session;
} ciphers[] = {
    {CIPHER_DES_CBC, "des", "DES"},
    {CIPHER_3DES_CBC, "3des", "3DES"},
    {CIPHER_AES128_CBC, "aes", "AES128"},
    {CIPHER_AES192_CBC, "aes-192", "AES192"},
    {CIPHER_AES256_CBC, "aes-256", "AES256"},
    {CIPHER_AES128_GCM_16, "aes-gcm", "AES-GCM-128"},
    {CIPHER_AES192_GCM_16, "aes-gcm-192", "AES-GCM-192"},
    {CIPHER_AES256_GCM_16, "aes-gcm-256", "AES-GCM-256"},
};

const char *vpn_cipher_word(enum cipher_alg a)
{
    for (size_t i = 0; i < COUNT(ciphers); i++) {
        if (ciphers[i].cipher == a)
            return ciphers[i].isakmp;
    }
    return "none";
}

const char *vpn_session_cipher(enum cipher_alg a)
{
    for (size_t i = 0; i < COUNT(ciphers); i++) {
        if (ciphers[i].cipher == a)
            return ciphers[i].session;
    }
    return "none";
}

const char *vpn_hash_word(enum digest_alg a)
{
    return a == DIGEST_MD5 ? "MD5" : a == DIGEST_SHA1 ? "SHA" : "SHA256";
}

const char *vpn_session_digest(enum digest_alg a)
{
    switch (a) {
    case DIGEST_MD5: return "MD5";
    case DIGEST_SHA1: return "SHA1";
    case DIGEST_SHA256: return "SHA256";
    case DIGEST_SHA384: return "SHA384";
    case DIGEST_SHA512: return "SHA512";
    default: return "none";
    }
}

const char *vpn_session_integ(enum integ_alg a)
{
    return vpn_session_digest(integ_digest(a));
}

const char *vpn_mask(const struct ip_net *net, char out[static IP_ADDR_TEXT])
{
    struct ip_addr m = ip4_mask(net->prefix);

    if (net->addr.family == 4)
        return ip_addr_format(&m, out);
    snprintf(out, IP_ADDR_TEXT, "%u", net->prefix);
    return out;
}

const char *vpn_ident(const struct ip_net *net, uint8_t proto, uint16_t port,
                      char out[static VPN_IDENT_TEXT])
{
    char addr[IP_ADDR_TEXT], mask[IP_ADDR_TEXT];

    snprintf(out, VPN_IDENT_TEXT, "%s/%s/%u/%u", ip_addr_format(&net->addr, addr),
             vpn_mask(net, mask), proto, port);
    return out;
}
