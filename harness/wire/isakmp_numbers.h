/* The registries of ISAKMP, the IPsec DOI and IKEv1 as tables: X(id, number, name). Names are those
 * of the RFCs, as in reports. Sources: RFC 2407, 2408, 2409, 3526, 3602, 3706, 3947, 4868, the
 * drafts named below; the exchanges of IKEv2 (RFC 7296) are here because they share the header's
 * field. */
#ifndef WIRE_ISAKMP_NUMBERS_H
#define WIRE_ISAKMP_NUMBERS_H

#include <stdint.h>

#define ISAKMP_PAYLOADS(X)                                                                         \
    X(NONE, 0, "none")                                                                             \
    X(SA, 1, "SA")                                                                                 \
    X(PROPOSAL, 2, "proposal")                                                                     \
    X(TRANSFORM, 3, "transform")                                                                   \
    X(KE, 4, "KE")                                                                                 \
    X(ID, 5, "ID")                                                                                 \
    X(CERT, 6, "CERT")                                                                             \
    X(CERTREQ, 7, "CERTREQ")                                                                       \
    X(HASH, 8, "HASH")                                                                             \
    X(SIG, 9, "SIG")                                                                               \
    X(NONCE, 10, "NONCE")                                                                          \
    X(NOTIFY, 11, "N")                                                                             \
    X(DELETE, 12, "D")                                                                             \
    X(VENDOR, 13, "VID")                                                                           \
    X(ATTRIBUTE, 14, "ATTR")                                                                       \
    X(NAT_D, 20, "NAT-D")                                                                          \
    X(NAT_OA, 21, "NAT-OA")                                                                        \
    X(FRAGMENT, 132, "FRAG")

#define ISAKMP_EXCHANGES(X)                                                                        \
    X(BASE, 1, "base")                                                                             \
    X(MAIN, 2, "main mode")                                                                        \
    X(AUTH_ONLY, 3, "authentication only")                                                         \
    X(AGGRESSIVE, 4, "aggressive mode")                                                            \
    X(INFO, 5, "informational")                                                                    \
    X(TRANSACTION, 6, "transaction")                                                               \
    X(QUICK, 32, "quick mode")                                                                     \
    X(NEW_GROUP, 33, "new group mode")                                                             \
    X(V2_SA_INIT, 34, "IKE_SA_INIT")                                                               \
    X(V2_AUTH, 35, "IKE_AUTH")                                                                     \
    X(V2_CREATE_CHILD_SA, 36, "CREATE_CHILD_SA")                                                   \
    X(V2_INFORMATIONAL, 37, "INFORMATIONAL")

#define ISAKMP_NOTIFIES(X)                                                                         \
    X(INVALID_PAYLOAD_TYPE, 1, "INVALID-PAYLOAD-TYPE")                                             \
    X(DOI_NOT_SUPPORTED, 2, "DOI-NOT-SUPPORTED")                                                   \
    X(SITUATION_NOT_SUPPORTED, 3, "SITUATION-NOT-SUPPORTED")                                       \
    X(INVALID_COOKIE, 4, "INVALID-COOKIE")                                                         \
    X(INVALID_MAJOR_VERSION, 5, "INVALID-MAJOR-VERSION")                                           \
    X(INVALID_MINOR_VERSION, 6, "INVALID-MINOR-VERSION")                                           \
    X(INVALID_EXCHANGE_TYPE, 7, "INVALID-EXCHANGE-TYPE")                                           \
    X(INVALID_FLAGS, 8, "INVALID-FLAGS")                                                           \
    X(INVALID_MESSAGE_ID, 9, "INVALID-MESSAGE-ID")                                                 \
    X(INVALID_PROTOCOL_ID, 10, "INVALID-PROTOCOL-ID")                                              \
    X(INVALID_SPI, 11, "INVALID-SPI")                                                              \
    X(INVALID_TRANSFORM_ID, 12, "INVALID-TRANSFORM-ID")                                            \
    X(ATTRIBUTES_NOT_SUPPORTED, 13, "ATTRIBUTES-NOT-SUPPORTED")                                    \
    X(NO_PROPOSAL_CHOSEN, 14, "NO-PROPOSAL-CHOSEN")                                                \
    X(BAD_PROPOSAL_SYNTAX, 15, "BAD-PROPOSAL-SYNTAX")                                              \
    X(PAYLOAD_MALFORMED, 16, "PAYLOAD-MALFORMED")                                                  \
    X(INVALID_KEY_INFORMATION, 17, "INVALID-KEY-INFORMATION")                                      \
    X(INVALID_ID_INFORMATION, 18, "INVALID-ID-INFORMATION")                                        \
    X(INVALID_CERT_ENCODING, 19, "INVALID-CERT-ENCODING")                                          \
    X(INVALID_CERTIFICATE, 20, "INVALID-CERTIFICATE")                                              \
    X(CERT_TYPE_UNSUPPORTED, 21, "CERT-TYPE-UNSUPPORTED")                                          \
    X(INVALID_CERT_AUTHORITY, 22, "INVALID-CERT-AUTHORITY")                                        \
    X(INVALID_HASH_INFORMATION, 23, "INVALID-HASH-INFORMATION")                                    \
    X(AUTHENTICATION_FAILED, 24, "AUTHENTICATION-FAILED")                                          \
    X(INVALID_SIGNATURE, 25, "INVALID-SIGNATURE")                                                  \
    X(ADDRESS_NOTIFICATION, 26, "ADDRESS-NOTIFICATION")                                            \
    X(NOTIFY_SA_LIFETIME, 27, "NOTIFY-SA-LIFETIME")                                                \
    X(CERTIFICATE_UNAVAILABLE, 28, "CERTIFICATE-UNAVAILABLE")                                      \
    X(UNSUPPORTED_EXCHANGE_TYPE, 29, "UNSUPPORTED-EXCHANGE-TYPE")                                  \
    X(UNEQUAL_PAYLOAD_LENGTHS, 30, "UNEQUAL-PAYLOAD-LENGTHS")                                      \
    X(CONNECTED, 16384, "CONNECTED")                                                               \
    X(RESPONDER_LIFETIME, 24576, "RESPONDER-LIFETIME")                                             \
    X(REPLAY_STATUS, 24577, "REPLAY-STATUS")                                                       \
    X(INITIAL_CONTACT, 24578, "INITIAL-CONTACT")                                                   \
    X(R_U_THERE, 36136, "R-U-THERE")                                                               \
    X(R_U_THERE_ACK, 36137, "R-U-THERE-ACK")

#define ISAKMP_IDS(X)                                                                              \
    X(IPV4_ADDR, 1, "ID_IPV4_ADDR")                                                                \
    X(FQDN, 2, "ID_FQDN")                                                                          \
    X(USER_FQDN, 3, "ID_USER_FQDN")                                                                \
    X(IPV4_SUBNET, 4, "ID_IPV4_ADDR_SUBNET")                                                       \
    X(IPV6_ADDR, 5, "ID_IPV6_ADDR")                                                                \
    X(IPV6_SUBNET, 6, "ID_IPV6_ADDR_SUBNET")                                                       \
    X(IPV4_RANGE, 7, "ID_IPV4_ADDR_RANGE")                                                         \
    X(IPV6_RANGE, 8, "ID_IPV6_ADDR_RANGE")                                                         \
    X(DER_DN, 9, "ID_DER_ASN1_DN")                                                                 \
    X(DER_GN, 10, "ID_DER_ASN1_GN")                                                                \
    X(KEY_ID, 11, "ID_KEY_ID")

/* Attributes of a phase-1 transform (RFC 2409, appendix A). */
#define IKE_ATTRIBUTES(X)                                                                          \
    X(CIPHER, 1, "encryption algorithm")                                                           \
    X(HASH, 2, "hash algorithm")                                                                   \
    X(AUTH, 3, "authentication method")                                                            \
    X(GROUP, 4, "group description")                                                               \
    X(GROUP_TYPE, 5, "group type")                                                                 \
    X(LIFE_TYPE, 11, "life type")                                                                  \
    X(LIFE, 12, "life duration")                                                                   \
    X(PRF, 13, "PRF")                                                                              \
    X(KEY_LENGTH, 14, "key length")

/* Attributes of a phase-2 transform (RFC 2407, 4.5). */
#define ESP_ATTRIBUTES(X)                                                                          \
    X(LIFE_TYPE, 1, "SA life type")                                                                \
    X(LIFE, 2, "SA life duration")                                                                 \
    X(GROUP, 3, "group description")                                                               \
    X(MODE, 4, "encapsulation mode")                                                               \
    X(AUTH, 5, "authentication algorithm")                                                         \
    X(KEY_LENGTH, 6, "key length")

/* Messages of a transaction exchange (draft-dukes-ike-mode-cfg-02, 3.2). */
#define ISAKMP_CFGS(X)                                                                             \
    X(REQUEST, 1, "request")                                                                       \
    X(REPLY, 2, "reply")                                                                           \
    X(SET, 3, "set")                                                                               \
    X(ACK, 4, "ack")

/* What their attribute payload holds: mode-config (draft-dukes-ike-mode-cfg-02, 3.3), XAUTH
 * (draft-beaulieu-ike-xauth-02, 6.2) and, from 28672, Cisco's own ("Unity"). */
#define CFG_ATTRIBUTES(X)                                                                          \
    X(IP4_ADDRESS, 1, "INTERNAL_IP4_ADDRESS")                                                      \
    X(IP4_NETMASK, 2, "INTERNAL_IP4_NETMASK")                                                      \
    X(IP4_DNS, 3, "INTERNAL_IP4_DNS")                                                              \
    X(IP4_NBNS, 4, "INTERNAL_IP4_NBNS")                                                            \
    X(ADDRESS_EXPIRY, 5, "INTERNAL_ADDRESS_EXPIRY")                                                \
    X(APPLICATION_VERSION, 7, "APPLICATION_VERSION")                                               \
    X(IP4_SUBNET, 13, "INTERNAL_IP4_SUBNET")                                                       \
    X(SUPPORTED, 14, "SUPPORTED_ATTRIBUTES")                                                       \
    X(XAUTH_TYPE, 16520, "XAUTH-TYPE")                                                             \
    X(XAUTH_USER_NAME, 16521, "XAUTH-USER-NAME")                                                   \
    X(XAUTH_USER_PASSWORD, 16522, "XAUTH-USER-PASSWORD")                                           \
    X(XAUTH_PASSCODE, 16523, "XAUTH-PASSCODE")                                                     \
    X(XAUTH_MESSAGE, 16524, "XAUTH-MESSAGE")                                                       \
    X(XAUTH_CHALLENGE, 16525, "XAUTH-CHALLENGE")                                                   \
    X(XAUTH_DOMAIN, 16526, "XAUTH-DOMAIN")                                                         \
    X(XAUTH_STATUS, 16527, "XAUTH-STATUS")                                                         \
    X(UNITY_BANNER, 28672, "UNITY_BANNER")                                                         \
    X(UNITY_SAVE_PASSWORD, 28673, "UNITY_SAVE_PASSWD")                                             \
    X(UNITY_DOMAIN, 28674, "UNITY_DEF_DOMAIN")                                                     \
    X(UNITY_SPLIT_DNS, 28675, "UNITY_SPLITDNS_NAME")                                               \
    X(UNITY_SPLIT_INCLUDE, 28676, "UNITY_SPLIT_INCLUDE")                                           \
    X(UNITY_PFS, 28679, "UNITY_DO_PFS")

enum {
#define X(id, number, name) ISAKMP_P_##id = number,
    ISAKMP_PAYLOADS(X)
#undef X
#define X(id, number, name) ISAKMP_X_##id = number,
        ISAKMP_EXCHANGES(X)
#undef X
#define X(id, number, name) ISAKMP_N_##id = number,
            ISAKMP_NOTIFIES(X)
#undef X
#define X(id, number, name) ISAKMP_ID_##id = number,
                ISAKMP_IDS(X)
#undef X
#define X(id, number, name) IKE_A_##id = number,
                    IKE_ATTRIBUTES(X)
#undef X
#define X(id, number, name) ESP_A_##id = number,
                        ESP_ATTRIBUTES(X)
#undef X
#define X(id, number, name) ISAKMP_CFG_##id = number,
                            ISAKMP_CFGS(X)
#undef X
#define X(id, number, name) CFG_A_##id = number,
                                CFG_ATTRIBUTES(X)
#undef X
};

enum { /* flags of the header */
       ISAKMP_FLAG_ENCRYPTED = 1,
       ISAKMP_FLAG_COMMIT = 2,
       ISAKMP_FLAG_AUTH_ONLY = 4,
};

enum {
    ISAKMP_VERSION = 0x10,
    ISAKMP_DOI_IPSEC = 1,
    ISAKMP_SIT_IDENTITY_ONLY = 1,
    ISAKMP_PROTO_ISAKMP = 1,
    ISAKMP_PROTO_AH = 2,
    ISAKMP_PROTO_ESP = 3,
    ISAKMP_KEY_IKE = 1,                 /* the transform of phase 1 */
    ISAKMP_AUTH_PSK = 1,                /* IKE_A_AUTH */
    ISAKMP_AUTH_XAUTH_INIT_PSK = 65001, /* draft-beaulieu-ike-xauth-02, 7: the initiator's user */
    ISAKMP_LIFE_SECONDS = 1,            /* life types of both phases */
    ISAKMP_LIFE_KILOBYTES = 2,
    ISAKMP_MODE_TUNNEL = 1, /* ESP_A_MODE */
    ISAKMP_MODE_TRANSPORT = 2,
    ISAKMP_MODE_UDP_TUNNEL = 3, /* RFC 3947, 5.1 */
    /* as draft-ietf-ipsec-nat-t-ike-02 and -03 have it, from the numbers for private use */
    ISAKMP_MODE_UDP_TUNNEL_DRAFT = 61443,
    ISAKMP_MODE_UDP_TRANSPORT_DRAFT = 61444,
    ISAKMP_P_NAT_D_DRAFT = 130,
    ISAKMP_P_NAT_OA_DRAFT = 131,
};

/* Names from the tables; NULL for a number that is not in them. */
const char *isakmp_payload_name(uint8_t type);
const char *isakmp_exchange_name(uint8_t exchange);
const char *isakmp_notify_name(uint16_t type);
const char *isakmp_id_name(uint8_t type);
const char *isakmp_ike_attribute_name(uint16_t type);
const char *isakmp_esp_attribute_name(uint16_t type);
const char *isakmp_cfg_name(uint8_t type);
const char *isakmp_cfg_attribute_name(uint16_t type);

#endif
