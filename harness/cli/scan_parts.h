/* What the files that make a struct scan share. */
#ifndef CLI_SCAN_PARTS_H
#define CLI_SCAN_PARTS_H

#include "cli/scan.h"
#include "track/byte_store.h"

#define SCAN_BYTES_MAX (UINT64_C(8) << 30)

struct scan_bytes {                  /* payload while the file is read */
    struct byte_store (**stores)[2]; /* by stream number */
    size_t cap;
    uint64_t budget;
};

/* B NULL: no bytes are kept. */
void scan_take_tcp(struct scan *s, struct scan_bytes *b, const struct savefile_packet *p);

/* Makes the digests and gives up what B holds. */
void scan_bytes_finish(struct scan *s, struct scan_bytes *b);

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
