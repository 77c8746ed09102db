/* The management host as a log server over TCP: it takes connections to port 1470, acknowledges
 * what comes and never says a word. For replay/ only. */
#ifndef REPLAY_LOG_SERVER_H
#define REPLAY_LOG_SERVER_H

#include "base/sink.h"
#include "track/line_stream.h"

#define LOG_SERVER_PORT 1470

struct log_server { /* one connection at a time, as a device makes them */
    struct endpoint peer;
    uint32_t own_next; /* its own sequence number */
    bool open;
    struct line_stream lines;
};

void log_server_release(struct log_server *s);

/* P is a TCP segment to the server's port at SELF, in a frame from the link address that is
 * answered to. Answers go to OUT; TAKE gets each line. */
void log_server_input(struct log_server *s, const struct pkt *p, const struct mac *self,
                      struct sink *out, void (*take)(void *ctx, struct bytes line), void *ctx);

#endif
