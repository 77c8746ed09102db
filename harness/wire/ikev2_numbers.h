/* The registries of IKEv2 as tables: X(id, number, name). Names are those of the RFCs, as in
 * reports. Exchanges and the header are shared with IKEv1: wire/isakmp_numbers.h. Sources: RFC
 * 7296; 4306 (names), 4434, 4555 (MOBIKE), 4615, 4868, 5282, 5685, 5723, 5930, 6290, 6311, 7383,
 * 7427, 7619, 7634, 8784. Diffie-Hellman groups: crypto/dh.h has the same numbers. */
#ifndef WIRE_IKEV2_NUMBERS_H
#define WIRE_IKEV2_NUMBERS_H

#include <stdint.h>

#define IKEV2_PAYLOADS(X)                                                                          \
    X(NONE, 0, "none")                                                                             \
    X(SA, 33, "SA")                                                                                \
    X(KE, 34, "KE")                                                                                \
    X(ID_I, 35, "IDi")                                                                             \
    X(ID_R, 36, "IDr")                                                                             \
    X(CERT, 37, "CERT")                                                                            \
    X(CERTREQ, 38, "CERTREQ")                                                                      \
    X(AUTH, 39, "AUTH")                                                                            \
    X(NONCE, 40, "Nonce")                                                                          \
    X(NOTIFY, 41, "N")                                                                             \
    X(DELETE, 42, "D")                                                                             \
    X(VENDOR, 43, "V")                                                                             \
    X(TS_I, 44, "TSi")                                                                             \
    X(TS_R, 45, "TSr")                                                                             \
    X(SK, 46, "SK")                                                                                \
    X(CP, 47, "CP")                                                                                \
    X(EAP, 48, "EAP")                                                                              \
    X(SKF, 53, "SKF")

/* Below 16384: errors. */
#define IKEV2_NOTIFIES(X)                                                                          \
    X(UNSUPPORTED_CRITICAL_PAYLOAD, 1, "UNSUPPORTED_CRITICAL_PAYLOAD")                             \
    X(INVALID_IKE_SPI, 4, "INVALID_IKE_SPI")                                                       \
    X(INVALID_MAJOR_VERSION, 5, "INVALID_MAJOR_VERSION")                                           \
    X(INVALID_SYNTAX, 7, "INVALID_SYNTAX")                                                         \
    X(INVALID_MESSAGE_ID, 9, "INVALID_MESSAGE_ID")                                                 \
    X(INVALID_SPI, 11, "INVALID_SPI")                                                              \
    X(NO_PROPOSAL_CHOSEN, 14, "NO_PROPOSAL_CHOSEN")                                                \
    X(INVALID_KE_PAYLOAD, 17, "INVALID_KE_PAYLOAD")                                                \
    X(AUTHENTICATION_FAILED, 24, "AUTHENTICATION_FAILED")                                          \
    X(SINGLE_PAIR_REQUIRED, 34, "SINGLE_PAIR_REQUIRED")                                            \
    X(NO_ADDITIONAL_SAS, 35, "NO_ADDITIONAL_SAS")                                                  \
    X(INTERNAL_ADDRESS_FAILURE, 36, "INTERNAL_ADDRESS_FAILURE")                                    \
    X(FAILED_CP_REQUIRED, 37, "FAILED_CP_REQUIRED")                                                \
    X(TS_UNACCEPTABLE, 38, "TS_UNACCEPTABLE")                                                      \
    X(INVALID_SELECTORS, 39, "INVALID_SELECTORS")                                                  \
    X(UNACCEPTABLE_ADDRESSES, 40, "UNACCEPTABLE_ADDRESSES")                                        \
    X(UNEXPECTED_NAT_DETECTED, 41, "UNEXPECTED_NAT_DETECTED")                                      \
    X(TEMPORARY_FAILURE, 43, "TEMPORARY_FAILURE")                                                  \
    X(CHILD_SA_NOT_FOUND, 44, "CHILD_SA_NOT_FOUND")                                                \
    X(INITIAL_CONTACT, 16384, "INITIAL_CONTACT")                                                   \
    X(SET_WINDOW_SIZE, 16385, "SET_WINDOW_SIZE")                                                   \
    X(ADDITIONAL_TS_POSSIBLE, 16386, "ADDITIONAL_TS_POSSIBLE")                                     \
    X(IPCOMP_SUPPORTED, 16387, "IPCOMP_SUPPORTED")                                                 \
    X(NAT_DETECTION_SOURCE_IP, 16388, "NAT_DETECTION_SOURCE_IP")                                   \
    X(NAT_DETECTION_DESTINATION_IP, 16389, "NAT_DETECTION_DESTINATION_IP")                         \
    X(COOKIE, 16390, "COOKIE")                                                                     \
    X(USE_TRANSPORT_MODE, 16391, "USE_TRANSPORT_MODE")                                             \
    X(HTTP_CERT_LOOKUP_SUPPORTED, 16392, "HTTP_CERT_LOOKUP_SUPPORTED")                             \
    X(REKEY_SA, 16393, "REKEY_SA")                                                                 \
    X(ESP_TFC_PADDING_NOT_SUPPORTED, 16394, "ESP_TFC_PADDING_NOT_SUPPORTED")                       \
    X(NON_FIRST_FRAGMENTS_ALSO, 16395, "NON_FIRST_FRAGMENTS_ALSO")                                 \
    X(MOBIKE_SUPPORTED, 16396, "MOBIKE_SUPPORTED")                                                 \
    X(ADDITIONAL_IP4_ADDRESS, 16397, "ADDITIONAL_IP4_ADDRESS")                                     \
    X(ADDITIONAL_IP6_ADDRESS, 16398, "ADDITIONAL_IP6_ADDRESS")                                     \
    X(NO_ADDITIONAL_ADDRESSES, 16399, "NO_ADDITIONAL_ADDRESSES")                                   \
    X(UPDATE_SA_ADDRESSES, 16400, "UPDATE_SA_ADDRESSES")                                           \
    X(COOKIE2, 16401, "COOKIE2")                                                                   \
    X(NO_NATS_ALLOWED, 16402, "NO_NATS_ALLOWED")                                                   \
    X(AUTH_LIFETIME, 16403, "AUTH_LIFETIME")                                                       \
    X(MULTIPLE_AUTH_SUPPORTED, 16404, "MULTIPLE_AUTH_SUPPORTED")                                   \
    X(ANOTHER_AUTH_FOLLOWS, 16405, "ANOTHER_AUTH_FOLLOWS")                                         \
    X(REDIRECT_SUPPORTED, 16406, "REDIRECT_SUPPORTED")                                             \
    X(REDIRECT, 16407, "REDIRECT")                                                                 \
    X(REDIRECTED_FROM, 16408, "REDIRECTED_FROM")                                                   \
    X(TICKET_LT_OPAQUE, 16409, "TICKET_LT_OPAQUE")                                                 \
    X(TICKET_REQUEST, 16410, "TICKET_REQUEST")                                                     \
    X(TICKET_ACK, 16411, "TICKET_ACK")                                                             \
    X(TICKET_NACK, 16412, "TICKET_NACK")                                                           \
    X(TICKET_OPAQUE, 16413, "TICKET_OPAQUE")                                                       \
    X(ROHC_SUPPORTED, 16416, "ROHC_SUPPORTED")                                                     \
    X(EAP_ONLY_AUTHENTICATION, 16417, "EAP_ONLY_AUTHENTICATION")                                   \
    X(CHILDLESS_IKEV2_SUPPORTED, 16418, "CHILDLESS_IKEV2_SUPPORTED")                               \
    X(QUICK_CRASH_DETECTION, 16419, "QUICK_CRASH_DETECTION")                                       \
    X(MESSAGE_ID_SYNC_SUPPORTED, 16420, "IKEV2_MESSAGE_ID_SYNC_SUPPORTED")                         \
    X(REPLAY_COUNTER_SYNC_SUPPORTED, 16421, "IPSEC_REPLAY_COUNTER_SYNC_SUPPORTED")                 \
    X(MESSAGE_ID_SYNC, 16422, "IKEV2_MESSAGE_ID_SYNC")                                             \
    X(REPLAY_COUNTER_SYNC, 16423, "IPSEC_REPLAY_COUNTER_SYNC")                                     \
    X(FRAGMENTATION_SUPPORTED, 16430, "IKEV2_FRAGMENTATION_SUPPORTED")                             \
    X(SIGNATURE_HASH_ALGORITHMS, 16431, "SIGNATURE_HASH_ALGORITHMS")                               \
    X(USE_PPK, 16435, "USE_PPK")                                                                   \
    X(PPK_IDENTITY, 16436, "PPK_IDENTITY")                                                         \
    X(NO_PPK_AUTH, 16437, "NO_PPK_AUTH")

#define IKEV2_IDS(X)                                                                               \
    X(IPV4_ADDR, 1, "ID_IPV4_ADDR")                                                                \
    X(FQDN, 2, "ID_FQDN")                                                                          \
    X(RFC822_ADDR, 3, "ID_RFC822_ADDR")                                                            \
    X(IPV6_ADDR, 5, "ID_IPV6_ADDR")                                                                \
    X(DER_DN, 9, "ID_DER_ASN1_DN")                                                                 \
    X(DER_GN, 10, "ID_DER_ASN1_GN")                                                                \
    X(KEY_ID, 11, "ID_KEY_ID")                                                                     \
    X(NULL, 13, "ID_NULL")

#define IKEV2_AUTHS(X)                                                                             \
    X(RSA, 1, "RSA Digital Signature")                                                             \
    X(PSK, 2, "Shared Key Message Integrity Code")                                                 \
    X(DSS, 3, "DSS Digital Signature")                                                             \
    X(ECDSA_256, 9, "ECDSA with SHA-256 on the P-256 curve")                                       \
    X(ECDSA_384, 10, "ECDSA with SHA-384 on the P-384 curve")                                      \
    X(ECDSA_512, 11, "ECDSA with SHA-512 on the P-521 curve")                                      \
    X(NULL, 13, "NULL Authentication")                                                             \
    X(SIGNATURE, 14, "Digital Signature")

#define IKEV2_TRANSFORMS(X)                                                                        \
    X(ENCR, 1, "ENCR")                                                                             \
    X(PRF, 2, "PRF")                                                                               \
    X(INTEG, 3, "INTEG")                                                                           \
    X(DH, 4, "D-H")                                                                                \
    X(ESN, 5, "ESN")

#define IKEV2_ENCRS(X)                                                                             \
    X(DES, 2, "ENCR_DES")                                                                          \
    X(3DES, 3, "ENCR_3DES")                                                                        \
    X(NULL, 11, "ENCR_NULL")                                                                       \
    X(AES_CBC, 12, "ENCR_AES_CBC")                                                                 \
    X(AES_CTR, 13, "ENCR_AES_CTR")                                                                 \
    X(AES_CCM_8, 14, "ENCR_AES_CCM_8")                                                             \
    X(AES_CCM_12, 15, "ENCR_AES_CCM_12")                                                           \
    X(AES_CCM_16, 16, "ENCR_AES_CCM_16")                                                           \
    X(AES_GCM_8, 18, "ENCR_AES_GCM_8")                                                             \
    X(AES_GCM_12, 19, "ENCR_AES_GCM_12")                                                           \
    X(AES_GCM_16, 20, "ENCR_AES_GCM_16")                                                           \
    X(CHACHA20_POLY1305, 28, "ENCR_CHACHA20_POLY1305")

#define IKEV2_PRFS(X)                                                                              \
    X(HMAC_MD5, 1, "PRF_HMAC_MD5")                                                                 \
    X(HMAC_SHA1, 2, "PRF_HMAC_SHA1")                                                               \
    X(AES128_XCBC, 4, "PRF_AES128_XCBC")                                                           \
    X(HMAC_SHA256, 5, "PRF_HMAC_SHA2_256")                                                         \
    X(HMAC_SHA384, 6, "PRF_HMAC_SHA2_384")                                                         \
    X(HMAC_SHA512, 7, "PRF_HMAC_SHA2_512")                                                         \
    X(AES128_CMAC, 8, "PRF_AES128_CMAC")

#define IKEV2_INTEGS(X)                                                                            \
    X(NONE, 0, "NONE")                                                                             \
    X(HMAC_MD5_96, 1, "AUTH_HMAC_MD5_96")                                                          \
    X(HMAC_SHA1_96, 2, "AUTH_HMAC_SHA1_96")                                                        \
    X(AES_XCBC_96, 5, "AUTH_AES_XCBC_96")                                                          \
    X(HMAC_SHA256_128, 12, "AUTH_HMAC_SHA2_256_128")                                               \
    X(HMAC_SHA384_192, 13, "AUTH_HMAC_SHA2_384_192")                                               \
    X(HMAC_SHA512_256, 14, "AUTH_HMAC_SHA2_512_256")

/* Messages of a configuration payload, and what they hold (RFC 7296, 3.15); from 28672 Cisco's own,
 * as in IKEv1. */
#define IKEV2_CPS(X)                                                                               \
    X(REQUEST, 1, "CFG_REQUEST")                                                                   \
    X(REPLY, 2, "CFG_REPLY")                                                                       \
    X(SET, 3, "CFG_SET")                                                                           \
    X(ACK, 4, "CFG_ACK")

#define IKEV2_CP_ATTRIBUTES(X)                                                                     \
    X(IP4_ADDRESS, 1, "INTERNAL_IP4_ADDRESS")                                                      \
    X(IP4_NETMASK, 2, "INTERNAL_IP4_NETMASK")                                                      \
    X(IP4_DNS, 3, "INTERNAL_IP4_DNS")                                                              \
    X(IP4_NBNS, 4, "INTERNAL_IP4_NBNS")                                                            \
    X(IP4_DHCP, 6, "INTERNAL_IP4_DHCP")                                                            \
    X(APPLICATION_VERSION, 7, "APPLICATION_VERSION")                                               \
    X(IP6_ADDRESS, 8, "INTERNAL_IP6_ADDRESS")                                                      \
    X(IP6_DNS, 10, "INTERNAL_IP6_DNS")                                                             \
    X(IP6_DHCP, 12, "INTERNAL_IP6_DHCP")                                                           \
    X(IP4_SUBNET, 13, "INTERNAL_IP4_SUBNET")                                                       \
    X(SUPPORTED, 14, "SUPPORTED_ATTRIBUTES")                                                       \
    X(IP6_SUBNET, 15, "INTERNAL_IP6_SUBNET")                                                       \
    X(DNS_DOMAIN, 25, "INTERNAL_DNS_DOMAIN")                                                       \
    X(UNITY_BANNER, 28672, "UNITY_BANNER")                                                         \
    X(UNITY_DOMAIN, 28674, "UNITY_DEF_DOMAIN")                                                     \
    X(UNITY_SPLIT_INCLUDE, 28676, "UNITY_SPLIT_INCLUDE")

enum {
#define X(id, number, name) IKEV2_P_##id = number,
    IKEV2_PAYLOADS(X)
#undef X
#define X(id, number, name) IKEV2_N_##id = number,
        IKEV2_NOTIFIES(X)
#undef X
#define X(id, number, name) IKEV2_ID_##id = number,
            IKEV2_IDS(X)
#undef X
#define X(id, number, name) IKEV2_AUTH_##id = number,
                IKEV2_AUTHS(X)
#undef X
#define X(id, number, name) IKEV2_T_##id = number,
                    IKEV2_TRANSFORMS(X)
#undef X
#define X(id, number, name) IKEV2_ENCR_##id = number,
                        IKEV2_ENCRS(X)
#undef X
#define X(id, number, name) IKEV2_PRF_##id = number,
                            IKEV2_PRFS(X)
#undef X
#define X(id, number, name) IKEV2_INTEG_##id = number,
                                IKEV2_INTEGS(X)
#undef X
#define X(id, number, name) IKEV2_CP_##id = number,
                                    IKEV2_CPS(X)
#undef X
#define X(id, number, name) IKEV2_CP_A_##id = number,
                                        IKEV2_CP_ATTRIBUTES(X)
#undef X
};

enum {                              /* flags of the header (RFC 7296, 3.1) */
       IKEV2_FLAG_INITIATOR = 0x08, /* the sender is the original initiator of the IKE SA */
       IKEV2_FLAG_VERSION = 0x10,   /* it can speak a higher major version */
       IKEV2_FLAG_RESPONSE = 0x20,
};

enum {
    IKEV2_VERSION = 0x20,
    IKEV2_PROTO_NONE = 0, /* of a notify that is about no SA */
    IKEV2_PROTO_IKE = 1,
    IKEV2_PROTO_AH = 2,
    IKEV2_PROTO_ESP = 3,
    IKEV2_N_STATUS = 16384, /* the first type that is no error */
    IKEV2_ATTRIBUTE_KEY_LENGTH = 14,
    IKEV2_ESN_NO = 0,
    IKEV2_ESN_YES = 1,
    IKEV2_TS_IPV4_RANGE = 7,
    IKEV2_TS_IPV6_RANGE = 8,
};

/* Names from the tables; NULL for a number that is not in them. */
const char *ikev2_payload_name(uint8_t type);
const char *ikev2_notify_name(uint16_t type);
const char *ikev2_id_name(uint8_t type);
const char *ikev2_auth_name(uint8_t method);
const char *ikev2_transform_name(uint8_t type);
const char *ikev2_encr_name(uint16_t id);
const char *ikev2_prf_name(uint16_t id);
const char *ikev2_integ_name(uint16_t id);
const char *ikev2_cp_name(uint8_t type);
const char *ikev2_cp_attribute_name(uint16_t type);

#endif
