/* ESP in tunnel mode (RFC 4303): one security association of one direction; seal, open, replay
 * window, lifetimes. No I/O, no allocation per packet. */
#ifndef ESP_ESP_H
#define ESP_ESP_H

#include "base/clock.h"
#include "base/cursor.h"
#include "base/rng.h"
#include "crypto/cipher.h"
#include "crypto/hash.h"
#include "wire/addr.h"

#define ESP_HDR_LEN    8
#define ESP_REPLAY_MAX 4096 /* packets */
#define ESP_OVERHEAD_MAX                                                                           \
    80 /* header, IV, padding, trailer, ICV: more than any suite here needs                        \
        */

struct esp_params {
    uint32_t spi;
    struct ip_addr src, dst; /* outer */
    enum cipher_alg cipher;
    uint8_t cipher_key[CIPHER_KEY_MAX]; /* key material: the key, then the salt if there is one */
    enum integ_alg integ;               /* INTEG_NONE with a cipher that authenticates */
    uint8_t integ_key[DIGEST_MAX];
    bool
        esn; /* 64-bit sequence numbers, of which the wire shows the lower half (RFC 4303, 2.2.1) */
    uint16_t replay_window; /* packets, 0 (off) or 32..ESP_REPLAY_MAX */
    uint16_t tfc;           /* seals inner packets as if they were at least that long, so that their
                               lengths do not show (RFC 4303, 2.7); 0: as they are */
    struct span life_time;  /* from creation; 0: none */
    uint64_t life_bytes;    /* of ESP payload sealed or opened; 0: none */
};

struct esp_counters {
    uint64_t packets, bytes; /* inner packets sealed or opened, and their bytes */
    uint64_t bad_icv, replays, malformed;
};

struct esp_sa;

/* Keys are copied and wiped by esp_sa_free. Gives *OUT. */
MUST_USE enum err esp_sa_new(const struct esp_params *p, struct mono born, struct esp_sa **out);
void esp_sa_free(struct esp_sa *sa); /* NULL is fine */

const struct esp_params *esp_sa_params(const struct esp_sa *sa);
const struct esp_counters *esp_sa_counters(const struct esp_sa *sa);
uint64_t esp_sa_seq(const struct esp_sa *sa); /* last sent, or highest accepted */
struct mono esp_sa_born(const struct esp_sa *sa);

/* The next packet that is sealed has the number behind SEQ, whether that was used or not: for tests
 * of receivers. With a cipher that takes its nonce from the number (all but CBC), going back gives
 * its keys away: for keys of tests alone. */
void esp_sa_set_sent(struct esp_sa *sa, uint64_t seq);

/* Which of the last 64 sequence numbers were accepted, the last in bit 0; 0 for an SA that only
 * sends, or has no window. */
uint64_t esp_sa_seen(const struct esp_sa *sa);

/* Bytes that esp_seal adds to and around an inner packet of N bytes: the ESP packet's length. */
size_t esp_sealed_len(const struct esp_sa *sa, size_t n);

/* Writes the ESP packet (SPI to ICV) for INNER with next header NEXT (4: IPv4, 41: IPv6) to W.
 * The IV of CBC comes from RNG; the other modes take the sequence number, which never comes twice.
 * ERR_STATE: sequence numbers are used up (RFC 4303, 3.3.3). */
MUST_USE enum err esp_seal(struct esp_sa *sa, struct rng *rng, struct bytes inner, uint8_t next,
                           struct wr *w);

struct esp_plain {
    struct bytes inner; /* in the caller's PLAIN; of an IP packet what its header counts, without
                           TFC padding */
    uint8_t next;
    uint64_t seq;
};

/* Checks and decrypts the ESP packet IN (from the SPI on) into PLAIN (at least IN.n bytes), then
 * moves the window. ERR_REPLAY: seen before or left of the window. ERR_AUTH: the ICV is wrong.
 * ERR_FORMAT, ERR_SHORT: no ESP packet of this SA. The SA is changed only on success (but for its
 * counters). */
MUST_USE enum err esp_open(struct esp_sa *sa, struct bytes in, uint8_t *plain,
                           struct esp_plain *out);

/* Decrypts without replay window or counters, for a judge: the same errors but ERR_REPLAY. */
MUST_USE enum err esp_peek(struct esp_sa *sa, struct bytes in, uint8_t *plain,
                           struct esp_plain *out);

/* True once the SA's age or volume has passed SHARE (0..1) of a lifetime it has. */
bool esp_sa_is_worn(const struct esp_sa *sa, struct mono now, double share);

#endif
