/* The reference gateway: a model of a Cisco ASA with Persistent IPsec Tunneled Flows. Frames,
 * commands and time in; frames, answers and the next deadline out. No I/O: the same object runs in
 * virtual time and as a process of its own on real interfaces. */
#ifndef GATEWAY_GATEWAY_H
#define GATEWAY_GATEWAY_H

#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/rng.h"
#include "base/sink.h"
#include "gateway/config.h"

struct gateway;

/* Where sources disagree or say nothing about the device; all false: what is thought likeliest.
 * X(field, name, what it does) */
#define GATEWAY_MODELS(X)                                                                          \
    X(orphans_do_not_acquire, "orphans-do-not-acquire",                                            \
      "packets of a preserved flow do not ask for its tunnel")                                     \
    X(orphans_refresh, "orphans-refresh", "packets of a preserved flow keep it from idling out")   \
    X(udp_goes_with_tunnel, "udp-goes-with-tunnel",                                                \
      "UDP and ICMP flows end with their tunnel, as Cisco's list of features has it; the note: "   \
      "they are left to their timers")                                                             \
    X(randomise_responder, "randomise-responder", "the ISN of a SYN+ACK is changed as well")       \
    X(log_without_blank, "log-without-blank",                                                      \
      "no blank behind the colon of a log line, as the note prints it: 302014:Teardown")           \
    X(log_without_colon, "log-without-colon", "a blank in its place, as in some real lines")       \
    X(ikev1_in_one_piece, "ikev1-in-one-piece",                                                    \
      "does not say that it knows IKEv1 in fragments, and neither sends nor takes them")

struct gateway_model {
#define X(field, name, what) bool field;
    GATEWAY_MODELS(X)
#undef X
};

/* Turns the switch called NAME. ERR_NOTFOUND: there is none. */
MUST_USE enum err gateway_model_set(struct gateway_model *m, const char *name);
void gateway_model_names(struct buf *out); /* adds " a b c" to OUT */

struct gateway_env {
    const struct clock *clk;
    struct rng *rng;
    int64_t epoch_s;       /* Unix time of the clock's zero: what its log stamps count from */
    const struct log *log; /* ours, not the device's; may be NULL */
    const struct gateway_model *model; /* NULL: all false */
};

/* Takes CFG (also on failure). ERR_INVALID with the sentence in WHY when it cannot run. */
MUST_USE enum err gateway_new(struct gw_config *cfg, const struct gateway_env *env,
                              struct gateway **out, struct diag *why);
void gateway_free(struct gateway *g); /* wipes keys; NULL is fine */

/* Interfaces that are up and named, numbered from 0 in the configuration's order. */
size_t gateway_interfaces(const struct gateway *g);
const char *gateway_nameif(const struct gateway *g, size_t i); /* NULL past the end */
MUST_USE enum err gateway_find_interface(const struct gateway *g, const char *nameif, size_t *i);

void gateway_attach(struct gateway *g, size_t i, struct sink *out);
void gateway_input(struct gateway *g, size_t i, struct bytes frame);
void gateway_tick(struct gateway *g);
struct mono gateway_deadline(const struct gateway *g);

/* One line as typed at the console in privileged or configuration mode (both are accepted); what
 * the ASA would print is added to ANSWER. */
void gateway_command(struct gateway *g, const char *line, struct buf *answer);

/* Log lines that the console shows by itself (`logging console`) are moved to the end of OUT. */
void gateway_take_console(struct gateway *g, struct buf *out);

/* What the console shows before its input, "CiscoASA(config)# ", added to OUT. */
void gateway_prompt(const struct gateway *g, struct buf *out);

/* Switches on a seeded fault (gateway/fault.h). ERR_NOTFOUND: no fault of this name. */
MUST_USE enum err gateway_set_fault(struct gateway *g, const char *name);

struct gateway_counters {
    uint64_t forwarded, sealed, opened;
    uint64_t dropped_no_conn, dropped_no_sa, dropped_acl, dropped_other;
    size_t conns, orphans;
};
void gateway_counters(const struct gateway *g, struct gateway_counters *out);

#endif
