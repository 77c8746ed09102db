/* Addresses that change while SAs stay: a NAT gives a gateway another one, or it moves by MOBIKE
 * (RFC 7296, 2.23; RFC 4555). An SA is known by SPI and destination, so that what goes to the new
 * address would be another one. It is the same when a capture shows all of this:
 *
 *   - packets of an SA, or messages of an IKE SA, came from the old address and come from the new
 *     one: with higher numbers than any before, so they are no copies;
 *   - the SPI, and the address of the other side, are those of the SA to the old address;
 *   - its sequence numbers go on.
 *
 * Two hosts that have chosen one SPI by chance are two: nothing came from the one that came from
 * the other before. What the harness's own peer says of its SAs needs no more proof. For judge/
 * only. */
#ifndef JUDGE_WAN_MOVES_H
#define JUDGE_WAN_MOVES_H

#include "judge/wan.h"

/* Does SA go to DST, or did it? */
bool sa_goes_to(const struct sa *sa, const struct ip_addr *dst);

/* True when no packet of SA had this number, as far as its window of 64 remembers. */
bool sa_number_is_new(const struct sa *sa, uint32_t seq);

/* A packet of SA, or what was said of it, has SRC as its source. */
void sa_comes_from(struct judge *j, struct sa *sa, const struct ip_addr *src);

/* SA goes to DST from now on; nothing happens when it did. */
void sa_follow(struct judge *j, struct sa *sa, const struct ip_addr *dst);

/* A message of IKE SA S from SRC to DST. */
void ike_sa_comes_from(struct judge *j, struct ike_sa *s, const struct ip_addr *src,
                       const struct ip_addr *dst);

/* The SA from SRC with this SPI that went to where DST was before; MAP_NONE: there is none. */
uint32_t wan_find_moved(const struct wan *w, uint32_t spi, const struct ip_addr *src,
                        const struct ip_addr *dst);

/* True when A is B, or has become it. */
bool wan_same_host(const struct wan *w, const struct ip_addr *a, const struct ip_addr *b);

#endif
