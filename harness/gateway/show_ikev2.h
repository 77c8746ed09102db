/* What the show commands print of IKEv2, from plain values. `show crypto ikev2 sa` has the columns
 * of Cisco's tech note about debugging IKEv2 on the ASA, and the algorithms as real devices name
 * them; the lines of `detail` are those of Cisco's command reference, from memory. The block of a
 * session is a real one (networktocode/ntc-templates). */
#ifndef GATEWAY_SHOW_IKEV2_H
#define GATEWAY_SHOW_IKEV2_H

#include "base/buf.h"
#include "crypto/cipher.h"
#include "crypto/hash.h"

struct show_ikev2 {
    uint32_t session, tunnel; /* numbers */
    unsigned ikes, children;
    const char *local, *peer; /* addresses */
    uint16_t port, peer_port;
    bool initiator;
    enum cipher_alg cipher;
    enum integ_alg integ; /* NONE: the cipher's own */
    unsigned group;
    uint32_t lifetime_s;
    int64_t age_s;
    /* detail */
    uint64_t local_spi, peer_spi;
    unsigned dpd_s, dpd_retry_s; /* 0: there is none */
    bool natt;
};

struct show_ikev2_child {
    struct ip_range_text {
        const char *first, *last;
        uint16_t first_port, last_port;
    } local, remote;
    uint32_t in_spi, out_spi;
    /* detail */
    enum cipher_alg cipher;
    enum integ_alg integ;
};

/* A session's head, and its IKE SA. */
void show_ikev2_put(const struct show_ikev2 *s, bool detail, struct buf *out);
void show_ikev2_put_child(const struct show_ikev2_child *c, bool detail, struct buf *out);

struct show_ikev2_tunnel { /* the "IKEv2:" block of a session */
    uint32_t index, id;
    uint16_t local_port, peer_port;
    const char *auth; /* "preSharedKeys", of both sides */
    const char *cipher, *hash, *prf;
    uint32_t lifetime_s;
    int64_t left_s;
    unsigned group;
    const char *filter; /* "" */
};

void show_ikev2_tunnel_put(const struct show_ikev2_tunnel *t, struct buf *out);

#endif
