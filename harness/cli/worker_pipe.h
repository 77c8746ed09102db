/* What a worker process tells its parent through a pipe: how far it is, now and then, and at last
 * its outcome. Messages are a kind, a length and that many bytes. */
#ifndef CLI_WORKER_PIPE_H
#define CLI_WORKER_PIPE_H

#include "cli/outcome.h"
#include "replay/replay.h"

/* The worker's side. */
struct worker_teller {
    int fd;
    int percent; /* last told; -1: nothing yet */
};

void worker_progress(void *teller, const struct replay_progress *r); /* struct worker_teller * */
void worker_send_outcome(int fd, const struct outcome *o);

/* The parent's side. */
struct worker_inbox {
    struct buf bytes;   /* as they came, not looked at yet */
    struct buf last;    /* the outcome */
    bool has_last, bad; /* bad: no such message exists */
    int percent;        /* -1: not told yet */
};

/* Takes whole messages off `bytes`. */
void worker_inbox_look(struct worker_inbox *in);

/* What the worker sent at last. ERR_SHORT: it ended before. ERR_FORMAT. */
MUST_USE enum err worker_inbox_outcome(const struct worker_inbox *in, struct outcome *out);
void worker_inbox_release(struct worker_inbox *in);

#endif
