/* What can stand in an attribute. Every number of a thing carries its unit. */
#ifndef PLAN_VALUE_H
#define PLAN_VALUE_H

#include "base/arena.h"
#include "plan/plan.h"

/* X(id, C type it is read into, what it has to look like) */
#define VALUE_KINDS(X)                                                                             \
    X(ID, const char *, "a name: a letter or _, then letters, digits, - _ . (64 at most)")         \
    X(REF, const char *, "the id of something else in this case")                                  \
    X(WORD, const char *, "one word of letters, digits, - _ .")                                    \
    X(ANY, const char *, "any text, or none")                                                      \
    X(TEXT, const char *, "some text")                                                             \
    X(SUITES, const char *, "suites, separated by blanks")                                         \
    X(DURATION, struct span, "a number and its unit ns, us, ms, s, min or h, as 20s; or 0")        \
    X(SIZE, uint64_t, "a number and its unit B, kB, MB, GB, TB, KiB, MiB, GiB or TiB, as 64KiB")   \
    X(RATE, uint64_t, "a number and its unit bit/s, kbit/s, Mbit/s or Gbit/s, as 10Mbit/s")        \
    X(SHARE, double, "a percentage, as 0.5%")                                                      \
    X(REACH, struct value_reach, "a percentage or a size, as 40% or 4MiB")                         \
    X(HOWMANY, struct value_howmany, "a number or a range, as 1, 0..3 or 2..*")                    \
    X(ONOFF, bool, "on or off")                                                                    \
    X(YESNO, bool, "yes or no")                                                                    \
    X(CHOICE, unsigned, "one of these words")                                                      \
    X(PROTO, unsigned, "tcp, udp, icmp or any")                                                    \
    X(PORT, uint16_t, "a port, 1 to 65535")                                                        \
    X(MTU, uint16_t, "an MTU in bytes, 576 to 9216")                                               \
    X(NUMBER, unsigned, "a whole number, 1 to 1000")                                               \
    X(COUNTER, uint32_t, "a whole number, 0 to 4294967295")                                        \
    X(LOG_ID, uint32_t, "the six digits of a log message")                                         \
    X(ADDR, struct ip_addr, "an IP address")                                                       \
    X(NET, struct ip_net, "a network, as 10.0.0.0/8")

enum value_kind {
#define X(id, type, looks) VALUE_##id,
    VALUE_KINDS(X)
#undef X
        VALUE_COUNT
};

struct value_reach {
    double percent; /* -1: `bytes` counts */
    uint64_t bytes;
};

struct value_howmany {
    int min, max; /* max -1: no bound */
};

/* "a number and its unit ..." */
const char *value_looks(enum value_kind k);

/* Reads TEXT as K into *OUT, which has K's type. WORDS: the blank-separated choice of VALUE_CHOICE,
 * which is read as the index. OUT is untouched unless ERR_OK. Strings are borrowed from TEXT. */
MUST_USE enum err value_parse(enum value_kind k, const char *words, const char *text, void *out);

/* Bytes of K's type. */
size_t value_size(enum value_kind k);

/* The Nth word of a blank-separated list into OUT; false past the end. */
bool value_word(const char *list, size_t n, char *out, size_t cap);

/* The text a person would have written: "20s", "64KiB", "10Mbit/s". */
#define VALUE_CHARS 32
char *value_span_format(struct span d, char out[static VALUE_CHARS]);
char *value_size_format(uint64_t bytes, char out[static VALUE_CHARS]);
char *value_rate_format(uint64_t bps, char out[static VALUE_CHARS]);

#endif
