/* Seeded faults: ways in which an endpoint can get the protocol wrong, so that what tests IKE and
 * ESP against other implementations is seen to fail. X(id, name, version of IKE, what it does, what
 * it breaks) */
#ifndef IKE_IKE_FAULT_H
#define IKE_IKE_FAULT_H

#define IKE_FAULTS(X)                                                                              \
    X(NONE, "none", 0, "none", "")                                                                 \
    /* IKEv2, keys of the IKE SA */                                                                \
    X(NONCES_SWAPPED, "nonces-swapped", 2, "keys are made of Nr | Ni", "RFC 7296, 2.14")           \
    X(SPIS_SWAPPED, "spis-swapped", 2, "keys are made with SPIr | SPIi", "RFC 7296, 2.14")         \
    X(SPIS_REVERSED, "spis-reversed", 2, "keys are made with the SPIs' bytes in reverse",          \
      "RFC 7296, 2.14")                                                                            \
    X(SECRET_REVERSED, "secret-reversed", 2, "g^ir enters with its bytes in reverse",              \
      "RFC 7296, 2.14")                                                                            \
    X(SK_E_SWAPPED, "sk-e-swapped", 2, "SK_ei is taken for SK_er and the other way round",         \
      "RFC 7296, 2.14")                                                                            \
    X(SK_A_SWAPPED, "sk-a-swapped", 2, "SK_ai is taken for SK_ar and the other way round",         \
      "RFC 7296, 2.14")                                                                            \
    X(SK_P_SWAPPED, "sk-p-swapped", 2, "SK_pi is taken for SK_pr and the other way round",         \
      "RFC 7296, 2.15")                                                                            \
    X(REKEYED_AS_FIRST, "rekeyed-as-first", 2, "a rekeyed IKE SA's keys are made without SK_d",    \
      "RFC 7296, 2.18")                                                                            \
    X(REKEYED_OLD_SPIS, "rekeyed-old-spis", 2, "they are made with the SPIs of the old IKE SA",    \
      "RFC 7296, 2.18")                                                                            \
    /* the proof */                                                                                \
    X(AUTH_OWN_NONCE, "auth-own-nonce", 2, "AUTH is over one's own nonce", "RFC 7296, 2.15")       \
    X(AUTH_OTHER_MESSAGE, "auth-other-message", 2, "AUTH is over the other side's first message",  \
      "RFC 7296, 2.15")                                                                            \
    X(AUTH_BARE_ID, "auth-bare-id", 2, "AUTH is over the name alone, without its type",            \
      "RFC 7296, 2.15")                                                                            \
    /* messages */                                                                                 \
    X(MESSAGE_ID, "message-id", 2, "message IDs are one too high", "RFC 7296, 2.2")                \
    X(IDS_GO_ON, "ids-go-on", 2, "message IDs do not begin anew in a rekeyed IKE SA",              \
      "RFC 7296, 2.18")                                                                            \
    X(NO_INITIATOR_FLAG, "no-initiator-flag", 2, "the flag I is not set", "RFC 7296, 3.1")         \
    X(NO_RESPONSE_FLAG, "no-response-flag", 2, "the flag R is not set", "RFC 7296, 3.1")           \
    X(SHORT_NONCE, "short-nonce", 2, "a nonce of 8 bytes", "RFC 7296, 2.10")                       \
    X(KE_GROUP, "ke-group", 2, "KE names another group than it is of", "RFC 7296, 3.4")            \
    X(TS_SWAPPED, "ts-swapped", 2, "TSi is sent as TSr and the other way round", "RFC 7296, 2.9")  \
    X(CHILD_SPI_REVERSED, "child-spi-reversed", 2, "a proposal's SPI has its bytes in reverse",    \
      "RFC 7296, 3.3.1")                                                                           \
    X(REKEY_OUT_SPI, "rekey-out-spi", 2, "REKEY_SA names the SPI that one sends with",             \
      "RFC 7296, 1.3.3")                                                                           \
    X(DELETE_SPI_REVERSED, "delete-spi-reversed", 2, "a Delete's SPI has its bytes in reverse",    \
      "RFC 7296, 3.11")                                                                            \
    /* keys of ESP */                                                                              \
    X(CHILD_KEYS_SWAPPED, "child-keys-swapped", 2, "the initiator's keys are taken for inbound",   \
      "RFC 7296, 2.17")                                                                            \
    X(CHILD_ORDER, "child-order", 2, "the keys of integrity come before those of encryption",      \
      "RFC 7296, 2.17")                                                                            \
    X(CHILD_NONCES_SWAPPED, "child-nonces-swapped", 2, "KEYMAT is made of Nr | Ni",                \
      "RFC 7296, 2.17")                                                                            \
    X(CHILD_NO_SECRET, "child-no-secret", 2, "KEYMAT is made without g^ir although there is KE",   \
      "RFC 7296, 2.17")                                                                            \
    X(SALT_IN_FRONT, "salt-in-front", 2, "the salt of AES-GCM is taken from the front of the key", \
      "RFC 4106, 8.1")                                                                             \
    /* IKEv1 */                                                                                    \
    X(V1_NONCES_SWAPPED, "v1-nonces-swapped", 1, "SKEYID is made of Nr | Ni", "RFC 2409, 5")       \
    X(V1_COOKIES_SWAPPED, "v1-cookies-swapped", 1,                                                 \
      "SKEYID_d, _a and _e are made of CKY-R | CKY-I", "RFC 2409, 5")                              \
    X(V1_IV_SWAPPED, "v1-iv-swapped", 1, "the first IV is of g^xr | g^xi", "RFC 2409, appendix B") \
    X(V1_OTHER_HASH, "v1-other-hash", 1, "HASH_I is made as HASH_R", "RFC 2409, 5")                \
    X(V1_QUICK_IV, "v1-quick-iv", 1, "the IV of phase 2 is made of the message ID in reverse",     \
      "RFC 2409, appendix B")                                                                      \
    X(V1_HASH_1, "v1-hash-1", 1, "HASH(1) is made without the message ID", "RFC 2409, 5.5")        \
    X(V1_HASH_3, "v1-hash-3", 1, "HASH(3) is made of Nr | Ni", "RFC 2409, 5.5")                    \
    X(V1_SPI_REVERSED, "v1-spi-reversed", 1, "a proposal's SPI has its bytes in reverse",          \
      "RFC 2408, 3.5")                                                                             \
    X(V1_KEYMAT_SPI, "v1-keymat-spi", 1, "KEYMAT is made with the other direction's SPI",          \
      "RFC 2409, 5.5")                                                                             \
    X(V1_KEYMAT_PROTOCOL, "v1-keymat-protocol", 1, "KEYMAT is made for AH", "RFC 2409, 5.5")       \
    X(V1_KEYMAT_NO_SECRET, "v1-keymat-no-secret", 1,                                               \
      "KEYMAT is made without g(qm)^xy although there is KE", "RFC 2409, 5.5")                     \
    X(V1_INFO_HASH, "v1-info-hash", 1, "informational messages are hashed without their ID",       \
      "RFC 2409, 5.7")

enum ike_fault {
#define X(id, name, version, what, breaks) IKE_FAULT_##id,
    IKE_FAULTS(X)
#undef X
        IKE_FAULT_COUNT
};

/* What the table says of one. */
const char *ike_fault_name(enum ike_fault f);
const char *ike_fault_what(enum ike_fault f);
const char *ike_fault_breaks(enum ike_fault f);
int ike_fault_version(enum ike_fault f); /* of IKE */

#endif
