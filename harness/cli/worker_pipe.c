#include "cli/worker_pipe.h"

#include "base/cursor.h"

#include <errno.h>
#include <unistd.h>

enum { MESSAGE_PERCENT = 1, MESSAGE_OUTCOME = 2 };

#define HEAD 5 /* kind, length */

static void send_message(int fd, uint8_t kind, struct bytes body)
{
    uint8_t head[HEAD];
    struct wr w = wr_of(head, sizeof(head));
    struct buf b = BUF_INIT;

    wr_u8(&w, kind);
    wr_be32(&w, (uint32_t)body.n);
    buf_add(&b, head, sizeof(head));
    buf_add(&b, body.p, body.n);
    for (size_t at = 0; at < b.n;) {
        ssize_t n = write(fd, b.s + at, b.n - at);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            break; /* the parent is gone: nobody is left to tell */
        at += (size_t)n;
    }
    buf_release(&b);
}

static int percent_of(const struct replay_progress *r)
{
    if (r->planned == 0)
        return 0;
    if (r->delivered >= r->planned)
        return 100;
    return (int)((double)r->delivered * 100.0 / (double)r->planned);
}

void worker_progress(void *teller, const struct replay_progress *r)
{
    struct worker_teller *t = teller;
    int now = percent_of(r);
    uint8_t byte = (uint8_t)now;

    if (now == t->percent)
        return; /* virtual time calls far more often than anyone looks */
    t->percent = now;
    send_message(t->fd, MESSAGE_PERCENT, bytes_of(&byte, 1));
}

void worker_send_outcome(int fd, const struct outcome *o)
{
    struct buf b = BUF_INIT;

    outcome_put(o, &b);
    send_message(fd, MESSAGE_OUTCOME, buf_bytes(&b));
    buf_release(&b);
}

static void take(struct worker_inbox *in, uint8_t kind, struct bytes body)
{
    if (kind == MESSAGE_PERCENT && body.n == 1 && body.p[0] <= 100) {
        in->percent = body.p[0];
    } else if (kind == MESSAGE_OUTCOME) {
        buf_clear(&in->last);
        buf_add(&in->last, body.p, body.n);
        in->has_last = true;
    } else {
        in->bad = true;
    }
}

void worker_inbox_look(struct worker_inbox *in)
{
    struct rd r = rd_of(buf_bytes(&in->bytes));
    size_t used = 0;

    while (!in->bad) {
        uint8_t kind = rd_u8(&r);
        struct bytes body = rd_take(&r, rd_be32(&r));
        if (r.err)
            break; /* the rest is still to come */
        take(in, kind, body);
        used = r.at;
    }
    if (used == 0)
        return;
    memmove(in->bytes.s, in->bytes.s + used, in->bytes.n - used);
    in->bytes.n -= used;
    in->bytes.s[in->bytes.n] = '\0';
}

enum err worker_inbox_outcome(const struct worker_inbox *in, struct outcome *out)
{
    if (in->bad)
        return ERR_FORMAT;
    return in->has_last ? outcome_take(buf_bytes(&in->last), out) : ERR_SHORT;
}

void worker_inbox_release(struct worker_inbox *in)
{
    buf_release(&in->bytes);
    buf_release(&in->last);
}
