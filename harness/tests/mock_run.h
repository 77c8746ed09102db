/* Evidence of runs that never were: laid out word by word, written by the evidence writer, so that
 * a test of the judge says in one line what happened. Test aid.
 *
 * The lab is in peer mode with the device at BO (or pair mode). A device of its own kind stands
 * between the LANs: it moves initial sequence numbers, and translates addresses when told to. One
 * stream "dl" of MOCK_DOWN bytes from the server to the user and MOCK_UP back, one event "cut". */
#ifndef TESTS_MOCK_RUN_H
#define TESTS_MOCK_RUN_H

#include "base/buf.h"
#include "base/rng.h"
#include "esp/esp.h"
#include "evidence/writer.h"
#include "judge/judge.h"
#include "plan/plan.h"

#define MOCK_SEGMENT 300u /* bytes of a segment downwards */
#define MOCK_DOWN    6000u
#define MOCK_UP      100u
#define MOCK_STEP_MS 20 /* between two segments; there and back takes 4 ms */
#define MOCK_SITES   2

struct mock_options {
    bool headers_only, real_time, pair, device_at_ho;
    bool nat;          /* the user's address and port are others behind the device */
    bool masked;       /* its log masks addresses: "XX.XX.XX.10" */
    const char *late;  /* late_max_us of the port lines; NULL: 0 */
    const char *proto; /* of the stream: "tcp" (NULL), "udp", "icmp" */
    bool log_tcp;      /* records come over TCP, in segments that do not end where they do */
    unsigned log_lost; /* of these segments, the one that is missing: 1 ..; 0: none */
};

struct mock_sa {
    struct esp_sa *out; /* seals what the words have pass */
    struct esp_params params;
};

struct mock_run {
    struct mock_options opts;
    struct evidence_writer *w;
    char path[64];
    int64_t now_us;
    struct rng_seeded rng;
    struct buf line;
    /* the plan it is judged by; expectations are the caller's */
    struct plan plan;
    struct plan_stream stream;
    struct plan_event event;
    struct plan_device device[2];
    /* the connection: next positions, by sender's site; what the receiver has in order */
    struct endpoint at[MOCK_SITES], outside; /* outside: the user behind the device */
    uint32_t isn[MOCK_SITES], offset[MOCK_SITES];
    int64_t next[MOCK_SITES], got[MOCK_SITES];
    /* the tunnel: towards the device, from it */
    struct mock_sa sa[2];
    unsigned generation;
    uint8_t esp_frame[2048]; /* the last one from the device */
    size_t esp_len;
    uint16_t ip_id;
    unsigned datagrams;           /* of the device's log */
    uint32_t log_seq[MOCK_SITES]; /* log_tcp: next sequence number; 0: not begun */
    unsigned log_segments;
};

/* Opens a run: device, planned event and stream are said. */
void mock_begin(struct mock_run *m, const struct mock_options *opts);

/* Lays out SCRIPT: words with blanks between them, each "word" or "word:argument" (mock_words.c has
 * the list). A word that is unknown fails the test. */
void mock_play(struct mock_run *m, const char *script);

/* Closes the file and judges it against the run's plan with these expectations (a no-cleartext one
 * is added). The caller frees with judgement_free. */
struct judgement *mock_judge(struct mock_run *m, const struct plan_expect *x, size_t n);

/* The same without a plan. */
struct judgement *mock_classify(struct mock_run *m);

/* The evidence itself; the caller frees with mem_free. Closes the file, too. */
uint8_t *mock_evidence(struct mock_run *m, size_t *n);

void mock_release(struct mock_run *m);

/* --- for the files of the mock itself --------------------------------------------------------- */

/* One frame; who sends it to whom, and what became of it. */
struct mock_segment {
    int sender;
    uint8_t flags;
    int64_t pos; /* in the sender's stream, 0: the first byte after its SYN */
    uint32_t len;
    bool altered, bad_checksum;
    uint32_t sack;      /* bytes of a block behind a hole of as many; 0: none */
    bool sack_unmapped; /* the device leaves it as it came */
};

enum { MOCK_TO_DEVICE, MOCK_FROM_DEVICE };

void mock_say(struct mock_run *m, const char *what, const char *fmt, ...) PRINTF_LIKE(3, 4);
void mock_frame(struct mock_run *m, enum evidence_leg leg, struct bytes frame, const char *remark);
void mock_log(struct mock_run *m, int site, const char *fmt, ...) PRINTF_LIKE(3, 4);

/* The segment as it is on the LAN of SITE. */
void mock_lan(struct mock_run *m, int site, const struct mock_segment *s);
/* The same inside ESP on the WAN; REMARK: "filtered" when a blackhole eats it. */
void mock_esp(struct mock_run *m, const struct mock_segment *s, const char *remark);
/* ESP whose last byte is wrong. */
void mock_bad_esp(struct mock_run *m, int way);
/* The device's last ESP packet once more, or OTHER: one with the number 1. */
void mock_esp_again(struct mock_run *m, bool other);
void mock_fragments(struct mock_run *m, const struct mock_segment *s);
/* From LAN to LAN: LAN, ESP, LAN, 2 ms. */
void mock_pass(struct mock_run *m, const struct mock_segment *s);
/* In clear on the WAN. NAT: from the device's own address. COPY: between strangers. */
void mock_clear(struct mock_run *m, const struct mock_segment *s, bool nat, bool copy);
void mock_datagram(struct mock_run *m, int sender, bool arrives);
void mock_new_sa(struct mock_run *m);
void mock_ike(struct mock_run *m, unsigned generation);
void mock_ike_message(struct mock_run *m, struct bytes message); /* from the BO's gateway */

static inline int mock_esp_way(const struct mock_run *m, int sender)
{
    int device = m->opts.device_at_ho ? 1 : 0;

    return sender == device ? MOCK_FROM_DEVICE : MOCK_TO_DEVICE;
}

#endif
