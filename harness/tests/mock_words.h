/* The words of a made-up run, each a function. For the files of the mock only. */
#ifndef TESTS_MOCK_WORDS_H
#define TESTS_MOCK_WORDS_H

#include "tests/mock_run.h"

#define MOCK_WORDS(X)                                                                              \
    X(tunnel)                                                                                      \
    X(newsa)                                                                                       \
    X(halfsa)                                                                                      \
    X(salog)                                                                                       \
    X(gone)                                                                                        \
    X(gonelog) X(ike) X(ikedown) X(open) X(ask) X(data) X(altered) X(selfaltered) X(badsum)        \
        X(lost) X(eaten) X(back) X(again) X(fins) X(badicv) X(fragment) X(dgram) X(dgramlost)      \
            X(rst) X(leak) X(noise) X(built) X(torn) X(tornidle) X(tornfins) X(tornport)           \
                X(tornudp) X(chatter) X(sent) X(confirmed) X(failed) X(cut) X(hosts) X(count)      \
                    X(context) X(ports) X(end) X(wait)

#define X(name) void word_##name(struct mock_run *m, const char *arg);
MOCK_WORDS(X)
#undef X

enum { USER, SERVER };

static inline void wait_ms(struct mock_run *m, int64_t ms)
{
    m->now_us += ms * 1000;
}

/* The number ARG says; 1 when there is none. */
unsigned times(const char *arg);

#endif
