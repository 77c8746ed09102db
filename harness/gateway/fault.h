/* Seeded faults: ways in which a gateway can be wrong, so that every rule of the judge is seen to
 * fail. X(id, name, what it breaks, rule that must catch it) */
#ifndef GATEWAY_FAULT_H
#define GATEWAY_FAULT_H

#include "base/err.h"

#include <stdbool.h>
#include <stdint.h>

#define GW_FAULTS(X)                                                                               \
    X(NO_302014, "no-302014", "a torn connection is not logged", "log")                            \
    X(WRONG_REASON, "wrong-reason", "a tunnel drop is logged as an idle timeout", "log")           \
    X(WRONG_CONNECTION, "wrong-connection", "302014 names another port", "log")                    \
    X(RESET_INSTEAD, "reset-instead", "at the drop both hosts get a reset, preserved or not",      \
      "reset")                                                                                     \
    X(TEAR_PRESERVED, "tear-preserved", "flows are torn although they are to be preserved",        \
      "no-log")                                                                                    \
    X(TEAR_ON_REKEY, "tear-on-rekey", "a rekeying tears the flows of the tunnel", "no-log")        \
    X(SILENT_STALE, "silent-stale",                                                                \
      "at the drop a flow is neither torn nor preserved: it stays and drops everything", "stream") \
    X(NO_ISN_MAPBACK, "no-isn-mapback", "a preserved flow comes back without its ISN offset",      \
      "stream")                                                                                    \
    X(CORRUPT_BYTE, "corrupt-byte", "one payload byte of a flow is altered, checksum made right",  \
      "stream")                                                                                    \
    X(LOSE_SEGMENT, "lose-segment", "one segment of a flow is lost, however often it comes",       \
      "stream")                                                                                    \
    X(LEAK_CLEARTEXT, "leak-cleartext", "what should wait for a tunnel goes out in clear",         \
      "no-cleartext")                                                                              \
    X(KEEP_OLD_SPI, "keep-old-spi", "sealing goes on with the SA that was replaced", "tunnel")     \
    X(LATE_302014, "late-302014", "302014 comes 30 s after the drop", "log")                       \
    X(DOUBLE_302014, "double-302014", "302014 is logged twice", "log")                             \
    X(TUNNEL_REASON_WHEN_IDLE, "tunnel-reason-when-idle",                                          \
      "an orphan that idles out is logged with the tunnel's reason", "no-log")                     \
    X(NO_RESUME, "no-resume", "orphans are not bound to the tunnel that comes back", "stream")

enum gw_fault {
#define X(id, name, what, rule) GW_FAULT_##id,
    GW_FAULTS(X)
#undef X
        GW_FAULT_COUNT
};

/* ERR_NOTFOUND: none of this name. */
MUST_USE enum err gw_fault_by_name(const char *name, enum gw_fault *out);

const char *gw_fault_name(enum gw_fault f);
const char *gw_fault_what(enum gw_fault f);
const char *gw_fault_rule(enum gw_fault f);

/* A set of faults is a word of bits. */
static inline bool gw_fault_on(uint64_t set, enum gw_fault f)
{
    return set >> f & 1;
}

#endif
