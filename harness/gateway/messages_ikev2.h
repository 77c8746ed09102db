/* Messages about IKEv2 (750xxx, 751xxx), one function each. Real lines have the word "IKEv2" behind
 * the user, which Cisco's manual leaves out.
 *
 * Sure, from real lines: 750002, 750003 (with two of its errors), 750006. From Cisco's syslog
 * manual, put into the form of the others: 750001, 750004, 750005, 750007, 750014, 751009, 751022.
 * Reasons of 750007, and errors of 750003 that are not among the real ones, are from memory of the
 * device: nothing should be made to depend on them. */
#ifndef GATEWAY_MESSAGES_IKEV2_H
#define GATEWAY_MESSAGES_IKEV2_H

#include "gateway/syslog.h"
#include "wire/addr.h"

struct gw_msg_ikev2 {
    struct endpoint local, peer;
    const char *user; /* the tunnel group; NULL: not known yet, "Unknown" */
};

/* What an SA protects, one side of it; see 750001. */
struct gw_msg_range {
    struct ip_net net;
    uint8_t proto;
    uint16_t port; /* 0: any */
};

/* 750001: what the tunnel manager, or a lifetime, asks of IKEv2. WHAT: "establish" or "rekey" */
void gw_msg_ikev2_asked(struct gw_syslog *s, const struct gw_msg_ikev2 *k, const char *what,
                        const struct gw_msg_range *local, const struct gw_msg_range *remote);
void gw_msg_ikev2_init(struct gw_syslog *s, const struct gw_msg_ikev2 *k); /* 750002 */
void gw_msg_ikev2_aborted(struct gw_syslog *s, const struct gw_msg_ikev2 *k,
                          const char *error);                                /* 750003 */
void gw_msg_ikev2_cookie(struct gw_syslog *s, const struct gw_msg_ikev2 *k); /* 750004 */
/* 750005: both sides rekeyed a pair, and ours, with this inbound SPI, goes */
void gw_msg_ikev2_collision(struct gw_syslog *s, const struct gw_msg_ikev2 *k, uint32_t spi);
void gw_msg_ikev2_up(struct gw_syslog *s, const struct gw_msg_ikev2 *k,
                     const char *reason); /* 750006 */
void gw_msg_ikev2_down(struct gw_syslog *s, const struct gw_msg_ikev2 *k,
                       const char *reason); /* 750007 */
/* 750014: the peer has begun anew */
void gw_msg_ikev2_restarted(struct gw_syslog *s, const struct gw_msg_ikev2 *k);
void gw_msg_ikev2_no_group(struct gw_syslog *s, const struct gw_msg_ikev2 *k); /* 751009 */
/* 751022: no entry of the crypto map has what was asked for */
void gw_msg_ikev2_no_policy(struct gw_syslog *s, const struct gw_msg_ikev2 *k,
                            const struct gw_msg_range *local, const struct gw_msg_range *remote);

#endif
