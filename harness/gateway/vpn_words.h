/* What the log calls the things that IKE tells. */
#ifndef GATEWAY_VPN_WORDS_H
#define GATEWAY_VPN_WORDS_H

#include "ike/ike.h"

/* Reasons for the end of an SA, as printed in 713050, 713259 and 113019 (Cisco's lists of reasons).
 */
struct vpn_end_words {
    const char *phase2; /* NULL: 713050 is not logged */
    const char *session;
    const char *disconnect;
};

struct vpn_end_words vpn_end_words(enum ike_end end);

/* Algorithms as `show crypto isakmp sa` names them ("aes-256", "SHA"), and as `show vpn-sessiondb`
 * does ("AES256", "SHA1"). */
const char *vpn_cipher_word(enum cipher_alg a);
const char *vpn_hash_word(enum digest_alg a);
const char *vpn_session_cipher(enum cipher_alg a);
const char *vpn_session_digest(enum digest_alg a);
const char *vpn_session_integ(enum integ_alg a);

/* The mask of NET, "255.255.255.0"; of IPv6 the prefix length, "64". Returns OUT. */
const char *vpn_mask(const struct ip_net *net, char out[static IP_ADDR_TEXT]);

/* One end of what an SA protects, as identities are shown: "10.0.0.0/255.0.0.0/0/0"; of IPv6 the
 * prefix length stands for the mask. Returns OUT. */
#define VPN_IDENT_TEXT 112
const char *vpn_ident(const struct ip_net *net, uint8_t proto, uint16_t port,
                      char out[static VPN_IDENT_TEXT]);

/* The name of an IKEv1 notify message (RFC 2408 3.14.1, RFC 2407 4.6.3); "Unknown". */
const char *vpn_notify_name(uint16_t type);

#endif
