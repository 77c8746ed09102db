/* One pass over a capture for what `inspect` tells beside the flows: every TCP stream with digests
 * of what each side sent, IKE messages, ESP by SA, syslog. */
#ifndef CLI_SCAN_H
#define CLI_SCAN_H

#include "base/arena.h"
#include "base/map.h"
#include "cli/inspect_filter.h"
#include "cli/scan_copies.h"
#include "track/byte_window.h"
#include "traffic/savefile.h"
#include "traffic/survey.h"

#define SCAN_IKE_PAYLOADS 48

struct scan_ike {
    uint64_t packet;
    struct ip_addr src, dst;
    uint8_t version, exchange, flags; /* version: major in the upper half, minor in the lower */
    uint8_t spi_i[8], spi_r[8];
    uint32_t message_id;
    bool encrypted;
    uint8_t payloads[SCAN_IKE_PAYLOADS]; /* those in the clear, and the encrypted one of IKEv2 */
    size_t npayloads;
};

enum scan_encapsulation { SCAN_IN_IP, SCAN_IN_UDP, SCAN_IN_TCP };

const char *scan_encapsulation_name(enum scan_encapsulation in); /* "ip", "udp", "tcp" */

struct scan_esp {
    struct ip_addr src, dst;
    uint32_t spi;
    enum scan_encapsulation in;
    uint64_t packets, duplicates, out_of_order;
    uint32_t first_seq, last_seq; /* in capture order */
    uint32_t highest, lowest;
    int64_t first_ns, last_ns;
    struct range_set seen;
};

struct scan_syslog {
    uint64_t packet;
    struct ip_addr src;
    struct bytes line; /* the message, without framing and line end */
};

struct scan_digests {
    struct tcp_store none; /* of directions without a byte; others have one that makes digests */
    struct arena arena;    /* those */
    struct byte_window window;
    bool done; /* there are digests */
};

struct scan_framed;

#define SCAN_FRAMED_MAX 65536u /* directions; more are a flood */

struct scan {
    struct survey survey;
    struct scan_digests *digests; /* NULL: not asked for */
    struct savefile_stats file;
    struct scan_copies copies;
    struct map esp_map;
    struct scan_ike *ike;
    size_t nike, cap_ike;
    struct scan_esp *esp;
    size_t nesp, cap_esp;
    struct scan_syslog *syslog;
    size_t nsyslog, cap_syslog;
    struct map framed_map; /* directions of TCP streams with messages in them, by both ends */
    struct scan_framed **framed;
    size_t nframed, cap_framed;
    bool ike_elsewhere; /* there is IKE in TCP on ports that do not show it */
    struct arena arena;
    bool interrupted;   /* by WATCH */
    struct diag damage; /* err set: the file is damaged or cut there */
};

#define SCAN_WINDOW ((size_t)64 << 20) /* bytes of payload that later copies are compared with */

/* How a capture is read. */
struct scan_options {
    bool digests;
    bool vlans_apart; /* equal endpoints under other VLAN ids are other streams */
    const struct inspect_filter *filter; /* its times alone; NULL: all packets */
    const struct intake_wait *wait;      /* for a file that grows; NULL: it does not */
    /* Called every SCAN_WATCH packets: false ends the reading. NULL: nobody looks. */
    bool (*watch)(void *ctx, const struct savefile_stats *so_far);
    void *ctx;
};

#define SCAN_WATCH 4096u

/* As scan_file. What was read until WATCH or WAIT ended it is good. */
MUST_USE enum err scan_file_with(struct scan *s, const char *path, const struct scan_options *o,
                                 struct diag *why);

/* DIGESTS: also the SHA-256 of what each side of a stream sent, and bytes sent twice with other
 * content are counted, as far back as SCAN_WINDOW reaches. WHY: the file cannot be opened or is no
 * capture. S is released by the caller in any case. */
MUST_USE enum err scan_file(struct scan *s, const char *path, bool digests, struct diag *why);
void scan_release(struct scan *s);

/* In hex: the bytes seen, in order of their positions, the first copy of each, holes left out.
 * NULL: not asked for, packets were cut, or bytes came when SCAN_WINDOW had gone past their place.
 * Else returns OUT. */
#define SCAN_DIGEST_TEXT 65
const char *scan_digest(const struct scan *s, uint32_t number, enum tcp_side side,
                        char out[static SCAN_DIGEST_TEXT]);

/* What was given up to stay within bounds. */
struct scan_given_up {
    uint64_t holes;     /* of TCP streams, counted, but no longer told apart from what was seen */
    uint64_t datagrams; /* in fragments that never became whole, or too late */
    uint64_t packets;   /* of flows that were too many: SURVEY_FLOWS_MAX */
    uint64_t messages;  /* holes in TCP streams of syslog or IKE: messages there are lost */
};

struct scan_given_up scan_given_up(const struct scan *s);

/* Sequence numbers between the lowest and the highest one that were not seen. */
uint64_t scan_esp_missing(const struct scan_esp *e);

#endif
