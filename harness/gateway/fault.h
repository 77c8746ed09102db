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
    X(NO_RESUME, "no-resume", "orphans are not bound to the tunnel that comes back", "stream")     \
    /* what the log says */                                                                        \
    X(NO_302013, "no-302013", "a connection that is built is not logged", "log")                   \
    X(SECOND_302013, "second-302013", "a preserved flow is logged as built anew when it resumes",  \
      "log")                                                                                       \
    X(WRONG_BYTES, "wrong-bytes", "302014 has the bytes of headers, too", "log")                   \
    X(BYTES_ANEW, "bytes-anew", "the bytes of a preserved flow are counted from its return on",    \
      "log")                                                                                       \
    X(WRONG_DURATION, "wrong-duration", "302014 has the time since the last packet", "log")        \
    X(WRONG_ID, "wrong-id", "302014 has the connection number of the next one", "log")             \
    X(NEW_ID, "new-id", "a preserved flow has another connection number when it resumes", "log")   \
    X(NO_602304, "no-602304", "the end of an IPsec SA is not logged", "log")                       \
    X(NO_106015, "no-106015", "segments of a connection that is gone are dropped in silence",      \
      "log")                                                                                       \
    X(NO_113019, "no-113019", "the end of a session is not logged", "log")                         \
    /* which flows are kept, and for how long */                                                   \
    X(TEAR_THIRD, "tear-third", "of the flows that are to be preserved every third is torn",       \
      "no-log")                                                                                    \
    X(TEAR_HALF_CLOSED, "tear-half-closed", "half-closed flows are torn although preserved",       \
      "no-log")                                                                                    \
    X(PRESERVE_ONCE, "preserve-once", "a flow that was preserved once is torn the next time",      \
      "no-log")                                                                                    \
    X(REKEY_UNPRESERVES, "rekey-unpreserves", "a rekeying loses what the tunnel was built with",   \
      "no-log")                                                                                    \
    X(PRESERVE_AT_ONCE, "preserve-at-once",                                                        \
      "the sysopt takes effect for a tunnel that is up already", "log")                            \
    X(TEAR_IN_WORDS, "tear-in-words", "302014 is logged, and the flow stays", "stream")            \
    X(ORPHAN_NEVER_IDLES, "orphan-never-idles", "an orphan has no idle clock", "log")              \
    X(ORPHAN_IDLES_EARLY, "orphan-idles-early", "an orphan idles out in a tenth of the time",      \
      "stream")                                                                                    \
    X(RESET_ONE_HOST, "reset-one-host", "at the drop the initiator gets a reset", "reset")         \
    /* how they come back */                                                                       \
    X(NO_ACQUIRE, "no-acquire", "traffic does not bring the tunnel back", "stream")                \
    X(LATE_RESUME, "late-resume", "orphans are bound to their tunnel 90 s after it came back",     \
      "stream")                                                                                    \
    X(ONE_WAY_RESUME, "one-way-resume", "a preserved flow comes back for its responder only",      \
      "stream")                                                                                    \
    X(SACK_NOT_MAPPED, "sack-not-mapped", "the ISN offset is left out of SACK blocks", "stream")   \
    X(LEAK_ONE_PACKET, "leak-one-packet", "one packet that finds no tunnel goes out in clear",     \
      "no-cleartext")                                                                              \
    /* the tunnel itself */                                                                        \
    X(BAD_ICV, "bad-icv", "one ESP packet in a hundred has a wrong check value", "decrypt")        \
    X(SEQ_RESTARTS, "seq-restarts", "ESP sequence numbers of an SA begin anew once", "esp")        \
    X(WRONG_SPI, "wrong-spi", "after a rekeying ESP goes out under the inbound SPI", "stream")     \
    X(REKEY_HOLE, "rekey-hole", "nothing is sealed for 3 s after a rekeying", "stream")            \
    X(REKEY_ENDS_CHILDREN, "rekey-ends-children", "a new IKE SA ends the IPsec SAs of the old",    \
      "tunnel")                                                                                    \
    X(NO_REPLAY_CHECK, "no-replay-check", "ESP packets that were there before are taken again",    \
      "log")                                                                                       \
    X(MTU_BLACK_HOLE, "mtu-black-hole",                                                            \
      "no MSS is clamped, and what is too large for the tunnel vanishes", "stream")                \
    /* IKEv2, when both sides want something of one SA */                                          \
    X(HIGHEST_NONCE, "highest-nonce",                                                              \
      "of two rekeyings that crossed that of the highest nonce "                                   \
      "stays",                                                                                     \
      "tunnel")                                                                                    \
    X(KEEPS_LOSER, "keeps-loser", "an SA that has lost to the other side's is not deleted",        \
      "tunnel")                                                                                    \
    X(ANSWERS_LATE, "answers-late",                                                                \
      "what is gone, or cannot be replaced now, is replaced when asked", "tunnel")                 \
    X(PATH_IGNORED, "path-ignored",                                                                \
      "ICMP errors about ESP packets that are too large are ignored", "stream")                    \
    /* what passes, and how connections end */                                                     \
    X(WINDOW_IGNORED, "window-ignored", "TCP segments pass whatever their numbers", "answer")      \
    X(TIMERS_LATE, "timers-late", "connections go after twice their timeout", "log")               \
    X(ISN_INVERTED, "isn-inverted",                                                                \
      "numbers are random where they are not to be, and not where they are", "packet")             \
    X(FRAGMENTS_LOST, "fragments-lost", "what comes in fragments is dropped", "packet")            \
    X(QUOTE_NOT_MAPPED, "quote-not-mapped", "what ICMP errors quote is left as it came", "packet") \
    X(LISTS_IGNORED, "lists-ignored", "access lists and levels let everything pass", "log")        \
    X(FILTER_IGNORED, "filter-ignored", "the vpn-filter of a group policy is not asked", "log")    \
    X(PERMIT_VPN_INVERTED, "permit-vpn-inverted",                                                  \
      "`sysopt connection permit-vpn` works the other way round", "packet")                        \
    X(RESETS_INVERTED, "resets-inverted", "`service reset...` works the other way round",          \
      "packet")                                                                                    \
    X(CLOSE_REASON, "close-reason", "302014 takes a reset for FINs, and FINs for a reset", "log")  \
    X(TIMEWAIT_INVERTED, "timewait-inverted",                                                      \
      "`sysopt connection timewait` works the other way round", "answer")                          \
    X(SETTINGS_LOST, "settings-lost", "`write memory` stores nothing", "answer")                   \
    X(LIMITS_IGNORED, "limits-ignored",                                                            \
      "messages that are switched off or rate-limited are logged", "log")                          \
    X(NO_PACKET_LOG, "no-packet-log", "single packets are dropped in silence", "log")              \
    /* IKE */                                                                                      \
    X(PROBE_ALWAYS, "probe-always", "the peer is probed although data comes from it", "ike")       \
    X(NO_COOKIE, "no-cookie", "IKEv2 never asks for a COOKIE", "ike")                              \
    X(GULLIBLE, "gullible", "what IKEv2 is told in clear is believed", "log")                      \
    /* NAT traversal */                                                                            \
    X(NAT_NOT_FOLLOWED, "nat-not-followed",                                                        \
      "ESP goes where the peer was at first, whatever its NAT does", "stream")

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

struct gw_fault_set {
    uint64_t words[2]; /* a bit each */
};
_Static_assert(GW_FAULT_COUNT <= 128, "a set of faults is two words");

static inline bool gw_fault_on(struct gw_fault_set set, enum gw_fault f)
{
    return set.words[f / 64] >> (f % 64) & 1;
}

static inline bool gw_fault_any(struct gw_fault_set set)
{
    return set.words[0] | set.words[1];
}

static inline void gw_fault_add(struct gw_fault_set *set, enum gw_fault f)
{
    set->words[f / 64] |= UINT64_C(1) << (f % 64);
}

#endif
