#include "base/mem.h"
#include "ike/ike_impl.h"

void flight_release(struct flight *f)
{
    mem_free(f->sent);
    f->sent = NULL;
}

void flight_set(struct ike *k, struct flight *f, struct bytes message, bool repeat)
{
    mem_free(f->sent);
    f->sent = mem_zalloc(message.n);
    if (message.n)
        memcpy(f->sent, message.p, message.n);
    f->sent_len = message.n;
    f->tries = 0;
    f->wait = RETRY_FIRST;
    f->due = repeat ? mono_add(ike_now(k), f->wait) : MONO_NEVER;
}

void flight_stop(struct flight *f)
{
    f->due = MONO_NEVER;
}

static void message_digest(struct bytes message, uint8_t out[static DIGEST_MAX])
{
    digest_sum(DIGEST_SHA256, &message, 1, out);
}

void flight_note(struct flight *f, struct bytes message)
{
    message_digest(message, f->answered);
    f->has_answered = true;
}

bool flight_was_answered(const struct flight *f, struct bytes message)
{
    uint8_t d[DIGEST_MAX];

    if (!f->has_answered)
        return false;
    message_digest(message, d);
    return memcmp(d, f->answered, sizeof(d)) == 0;
}

bool flight_repeat(struct ike *k, const struct sa *sa, struct flight *f)
{
    if (++f->tries > RETRY_TRIES)
        return false;
    out_send(k, sa, bytes_of(f->sent, f->sent_len));
    f->wait.ns *= 2;
    if (f->wait.ns > RETRY_MOST.ns)
        f->wait = RETRY_MOST;
    f->due = mono_add(ike_now(k), f->wait);
    return true;
}
