/* What captures/README.md says of the recordings beside it, for the tests that hold it against
 * them. Paths are relative to the project's root, where tests run. */
#ifndef TESTS_RECORDINGS_H
#define TESTS_RECORDINGS_H

#include "traffic/capture.h"

#define RECORDINGS_MAX 64
#define RECORDING_TEXT 96

/* A row of the table of files. */
struct recording {
    char path[RECORDING_TEXT]; /* captures/... */
    char tap[8];               /* "BO" or "HO" */
    uint64_t packets, bytes;   /* bytes: of the file as stored */
    char sha256[65];           /* of the file as stored */
};

/* A row of the table of what they carry: the last `bytes` bytes said by one side in a flow. */
struct carried {
    char path[RECORDING_TEXT];
    char proto[8]; /* "tcp", "udp", "icmp"; "tls": inside the TCP flow of that number */
    unsigned number;
    char opened_by[8], said_by[8]; /* "BO" or "HO" */
    uint64_t bytes;
    char sha256[65];
};

/* Each reads its table into OUT and gives the number of rows; 0: there is no such table. Rows that
 * do not fit their columns fail the test. */
size_t recordings_read(struct recording out[static RECORDINGS_MAX]);
size_t carried_read(struct carried out[static RECORDINGS_MAX]);

/* Whether E stands in the branch office. */
bool recording_in_branch(const struct endpoint *e);

/* SHA-256 of B in hex. */
void recording_sha256(struct bytes b, char hex[static 65]);

/* Reads the capture or fails the test with the reason. */
struct capture *recording_open(const char *path);

/* Whether all TOOLS (one string, blanks between) are here; says loudly which is not. */
bool recording_tools(const char *tools);

#endif
