/* The registries of ISAKMP, the IPsec DOI and IKEv1 as tables: X(id, number, name). Names are those
 * of the RFCs, as in reports. Sources: RFC 2407, 2408, 2409, 3526, 3602, 3706, 3947, 4868; the
 * exchanges of IKEv2 (RFC 7296) are here because they share the header's field. */
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
    X(NAT_OA, 21, "NAT-OA")

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
    ISAKMP_KEY_IKE = 1,      /* the transform of phase 1 */
    ISAKMP_AUTH_PSK = 1,     /* IKE_A_AUTH */
    ISAKMP_LIFE_SECONDS = 1, /* life types of both phases */
    ISAKMP_LIFE_KILOBYTES = 2,
    ISAKMP_MODE_TUNNEL = 1, /* ESP_A_MODE */
    ISAKMP_MODE_TRANSPORT = 2,
    ISAKMP_MODE_UDP_TUNNEL = 3, /* RFC 3947, 5.1 */
};

/* Names from the tables; NULL for a number that is not in them. */
const char *isakmp_payload_name(uint8_t type);
const char *isakmp_exchange_name(uint8_t exchange);
const char *isakmp_notify_name(uint16_t type);
const char *isakmp_id_name(uint8_t type);
const char *isakmp_ike_attribute_name(uint16_t type);
const char *isakmp_esp_attribute_name(uint16_t type);

#endif
