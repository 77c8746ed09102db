/* One run of one case in this process, and what its evidence holds. The case is given as the XML
 * between <case> and </case>; a device without <config> is the note's. Test aid. */
#ifndef TESTS_ONE_RUN_H
#define TESTS_ONE_RUN_H

#include "evidence/reader.h"
#include "replay/replay.h"

/* Bodies of cases. The suite of ESP is AES, which is fast. */
#define CONFIG                                                                                     \
    "<config file=\"cases/devices/bo-asa.cfg\"/><config file=\"cases/devices/logging.cfg\"/>"
#define AES            "<line>crypto map map1 5 set transform-set ESP-AES-256-MD5 testSET</line>"
#define DEVICE         "<device>" CONFIG AES "</device>"
#define HTTPS          "captures/https.pcap"
#define DOWNLOAD       "<stream id=\"dl\" capture=\"" HTTPS "\"/>"
#define EXPECT         "<expect><stream stream=\"dl\" is=\"continuous\"/></expect>"
#define CASE(timeline) DEVICE "<timeline>" timeline "</timeline>" EXPECT
#define PAIR(lab, timeline)                                                                        \
    "<lab mode=\"pair\">" lab "</lab><device site=\"bo\">" AES "</device><device site=\"ho\">" AES \
    "</device><timeline>" timeline "</timeline>" EXPECT

struct one_line { /* of the events leg */
    double time;  /* seconds of run time */
    char *text;
    size_t frames_before[EV_LEGS]; /* frames on each leg that stand before it */
};

struct one_frame {
    enum evidence_leg leg;
    double time;
    bool filtered, injected; /* by the harness */
    size_t n;
    uint8_t *p;
};

struct one_run {
    char dir[64]; /* case.xml, evidence.pcapng, and keys/ where they were asked for */
    struct plan *plan;
    struct replay_captures *captures;
    struct replay_options opts; /* what is not given is filled in */
    enum err err;
    struct diag why;
    struct replay_result result;
    struct one_line *lines;
    size_t nlines;
    struct one_frame *frames; /* all legs but events */
    size_t nframes;
    struct evidence_totals totals;
};

/* Runs BODY. OPTS may be NULL; its evidence path is not used. The case must be a valid one; with
 * one_run_ok the run must not fail. */
void one_run(struct one_run *r, const char *body, const struct replay_options *opts);
void one_run_ok(struct one_run *r, const char *body, const struct replay_options *opts);
void one_run_release(struct one_run *r);

/* The Nth (from 0) line about WHAT in which KEY, unless NULL, is VALUE; NULL when there is none. */
const struct one_line *one_run_find(const struct one_run *r, const char *what, const char *key,
                                    const char *value, size_t n);

/* The line of event ID in STATE; fails the test when there is none. */
const struct one_line *one_run_event(const struct one_run *r, const char *id, const char *state);

/* True when event ID has a line of STATE. */
bool one_run_has_event(const struct one_run *r, const char *id, const char *state);

/* The value of KEY in L, valid to the end of the block; fails the test when there is none. As a
 * number. */
#define one_line_text(l, key) one_line_copy(l, key, (char[ONE_TEXT]){0})
#define ONE_TEXT              256
char *one_line_copy(const struct one_line *l, const char *key, char out[static ONE_TEXT]);
uint64_t one_line_number(const struct one_line *l, const char *key);

/* The `host` line of a stream at a site; fails the test when there is none. */
const struct one_line *one_run_host(const struct one_run *r, const char *stream, const char *site);

/* Both hosts played STREAM to its end and got what its line says. */
void one_run_check_done(const struct one_run *r, const char *stream);

size_t one_run_frames(const struct one_run *r, enum evidence_leg leg);

/* The bytes of the evidence file; the caller frees them with mem_free. */
uint8_t *one_run_evidence(const struct one_run *r, size_t *n);

#endif
