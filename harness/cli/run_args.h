/* What `holdfast run` was asked for. */
#ifndef CLI_RUN_ARGS_H
#define CLI_RUN_ARGS_H

#include "base/log.h"
#include "cli/select.h"
#include "cli/terminal.h"
#include "replay/replay.h"

enum progress_kind { PROGRESS_AUTO, PROGRESS_BAR, PROGRESS_LINES, PROGRESS_NONE };

#define RUN_JOBS_MAX 64

struct run_args {
    struct selection sel;              /* first: the rows of select.h find it here */
    const char *out;                   /* folder of reports and evidence */
    const char *junit, *strict, *json; /* NULL: the default */
    const char *device;                /* in place of what the cases say; NULL */
    const char *fault;
    bool list_faults; /* and nothing else */
    char *psk;        /* NULL: the lab's own; wiped by run_args_release */
    uint64_t seed;
    int jobs; /* 0: as many as there are processors */
    int verbose;
    bool quiet, list, keys;
    enum color color;
    enum progress_kind progress;
    bool logs;
    enum log_level log_level;
    struct replay_live live;
    bool is_live;
    char *live_text;     /* what `live` points into */
    struct diag trouble; /* of a file named by an option */
};

/* Returns -1, or the exit code. What is left of ARGV are cases. */
int run_args_parse(struct run_args *a, int *argc, char **argv);
void run_args_release(struct run_args *a);

#endif
