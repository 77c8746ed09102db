/* The words that runs are laid out with: what the harness says of itself, and the list. */
#include "tests/mock_words.h"

#include "tests/testkit.h"

#include <stdlib.h>

unsigned times(const char *arg)
{
    return arg ? (unsigned)strtoul(arg, NULL, 10) : 1;
}

/* --- the harness's own account -----------------------------------------------------------------
 */

static void event_state(struct mock_run *m, const char *state, const char *more)
{
    mock_say(m, "event", "id=cut action=%s by=peer state=%s%s", plan_action_name(m->event.action),
             state, more);
}

void word_sent(struct mock_run *m, const char *arg)
{
    (void)arg;
    event_state(m, "sent", " stream=dl offset=1500");
}

void word_confirmed(struct mock_run *m, const char *arg)
{
    (void)arg;
    event_state(m, "confirmed", " detail=\"as it was told\"");
}

void word_failed(struct mock_run *m, const char *arg)
{
    (void)arg;
    event_state(m, "failed", " reason=\"no such SA was up\"");
}

/* Delete of phase 2 as it ought to be: told, confirmed, seen. */
void word_cut(struct mock_run *m, const char *arg)
{
    word_sent(m, arg);
    word_confirmed(m, arg);
    word_gone(m, arg);
}

static void say_host(struct mock_run *m, int site, const char *state, int64_t less, int altered)
{
    mock_say(m, "host",
             "site=%s stream=dl state=\"%s\" delivered=%lld altered=%d sent=1 acked=1 "
             "retransmitted_segments=0 retransmitted_bytes=0 rto_fired=3 fast_retransmits=2",
             site ? "ho" : "bo", state, (long long)(m->got[site] - less), altered);
}

/* As the frames have it, or "altered", "short", "reset". */
void word_hosts(struct mock_run *m, const char *arg)
{
    bool reset = arg && strcmp(arg, "reset") == 0;

    say_host(m, 0, reset ? "reset" : "done", arg && strcmp(arg, "short") == 0 ? 7 : 0,
             arg && strcmp(arg, "altered") == 0 ? 5 : 0);
    say_host(m, 1, "done", 0, 0);
}

/* The device's own count of records, or so many more; "lost": it gave up two. */
void word_count(struct mock_run *m, const char *arg)
{
    unsigned more = arg && arg[0] != 'l' ? times(arg) : 0;

    mock_say(m, "console", "site=bo line=\"# show logging\"");
    mock_say(m, "console",
             "site=bo line=\"        Logging to management 10.2.0.2, UDP TX:%u errors: 0  "
             "dropped: %u\"",
             m->datagrams + more, arg && arg[0] == 'l' ? 2 : 0);
}

void word_context(struct mock_run *m, const char *arg)
{
    (void)arg;
    mock_say(m, "console", "site=bo line=\"# show asp table vpn-context\"");
    mock_say(m, "console",
             "site=bo line=\"VPN CTX=0x1, Ptr=0x2, DECR+ESP+PRESERVE, UP, pk=1, rk=0, gc=0\"");
}

/* Port lines; the leg named lost three frames. */
void word_ports(struct mock_run *m, const char *arg)
{
    static const char *const legs[] = {"bo-lan", "wan", "ho-lan", "mgmt"};

    for (size_t i = 0; i < COUNT(legs); i++)
        mock_say(m, "port", "leg=%s sent=1 received=1 filtered=0 lost=0 dropped=%d late_max_us=%s",
                 legs[i], arg && strcmp(arg, legs[i]) == 0 ? 3 : 0,
                 m->opts.late ? m->opts.late : "0");
}

void word_end(struct mock_run *m, const char *arg)
{
    mock_say(m, "run-end", "state=%s reason=\"as the row wants it\"", arg ? arg : "complete");
}

void word_wait(struct mock_run *m, const char *arg)
{
    wait_ms(m, (int64_t)strtol(arg, NULL, 10));
}

/* --- the list ----------------------------------------------------------------------------------
 */

static void play_word(struct mock_run *m, char *word)
{
    static const struct {
        const char *name;
        void (*play)(struct mock_run *m, const char *arg);
    } words[] = {
#define X(name) {#name, word_##name},
        MOCK_WORDS(X)
#undef X
    };
    char *arg = strchr(word, ':');

    if (arg)
        *arg++ = '\0';
    for (size_t i = 0; i < COUNT(words); i++) {
        if (strcmp(words[i].name, word) == 0) {
            words[i].play(m, arg);
            return;
        }
    }
    fail_msg("no word \"%s\"", word);
}

void mock_play(struct mock_run *m, const char *script)
{
    while (*script) {
        char word[32];
        size_t n = strcspn(script, " ");
        assert_true(n < sizeof(word));
        memcpy(word, script, n);
        word[n] = '\0';
        if (n)
            play_word(m, word);
        script += n;
        script += strspn(script, " ");
    }
}
