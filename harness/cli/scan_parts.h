/* What the files that make a struct scan share. */
#ifndef CLI_SCAN_PARTS_H
#define CLI_SCAN_PARTS_H

#include "cli/scan.h"

/* To be called before the first packet: streams are lent what makes their digests. */
void scan_digests_begin(struct scan *s);
void scan_digests_finish(struct scan *s);
void scan_digests_release(struct scan *s);

void scan_take_esp(struct scan *s, const struct savefile_packet *p, enum scan_encapsulation in,
                   uint32_t spi, uint32_t seq);

/* An AH packet (RFC 4302) with ESP inside. */
void scan_take_ah(struct scan *s, const struct savefile_packet *p);

/* What follows the ports of IKE behind a NAT, in UDP (RFC 3948) or TCP (RFC 9329): IKE behind four
 * zero bytes, else ESP. */
void scan_take_natt(struct scan *s, const struct savefile_packet *p, struct bytes b,
                    enum scan_encapsulation in);

/* A syslog message, with or without line end. */
void scan_take_syslog(struct scan *s, const struct savefile_packet *p, struct bytes message);

/* A TCP segment of a stream with syslog, or IKE and ESP, in it; others are left alone. */
void scan_take_framed(struct scan *s, const struct savefile_packet *p);
void scan_framed_release(struct scan *s);

/* A UDP datagram that is IKE, or ESP or nothing on IKE's other port (RFC 3948). */
void scan_take_ike(struct scan *s, const struct savefile_packet *p);

#endif
