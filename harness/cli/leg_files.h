/* Captures of several taps, read together in the order of their time stamps and judged. */
#ifndef CLI_LEG_FILES_H
#define CLI_LEG_FILES_H

#include "cli/inspect_filter.h"
#include "judge/legs.h"

#define LEG_FILES 64

struct leg_files {
    struct {
        enum evidence_leg leg;
        const char *path; /* borrowed */
    } v[LEG_FILES];
    size_t n;
    const char *syslog[LEG_FILES]; /* logs of devices, in files; borrowed */
    size_t nsyslog;
    const char *ike_keys[LEG_FILES]; /* the same of IKE SAs, of either version; borrowed */
    size_t nike_keys;
    struct inspect_filter filter; /* packets by time, streams by address and number */
    const char *esp_sa;           /* keys in Wireshark's form; NULL: none */
    /* Called now and then with the packets and bytes read so far, each file once for its clock and
     * once for the judgement. False: what was read until then is judged. NULL: nobody looks. */
    bool (*watch)(void *ctx, uint64_t packets, uint64_t bytes);
    void *ctx;
};

#define LEG_FILES_WATCH 4096u /* packets between two calls */

/* Takes "bo-lan=FILE" (a leg may have several files). NULL, or what is wrong with it. */
const char *leg_files_add(struct leg_files *f, const char *word);

/* Gives *OUT (judgement_free). WHY: a file that cannot be opened. One that is damaged further on is
 * read up to there, which is said on standard error. */
MUST_USE enum err leg_files_judge(const struct leg_files *f, struct judgement **out,
                                  struct diag *why);

#endif
