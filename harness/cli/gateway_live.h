/* The reference gateway as a network device of its own: real interfaces, real time. */
#ifndef CLI_GATEWAY_LIVE_H
#define CLI_GATEWAY_LIVE_H

#include "base/err.h"
#include "base/log.h"
#include "gateway/gateway.h"

#include <signal.h>

#define GATEWAY_LIVE_INTERFACES 8

struct gateway_live_interface {
    const char *nameif; /* "outside" */
    const char *ifname; /* "veth0" */
};

struct gateway_live_options {
    struct gw_config *cfg; /* taken, also on failure */
    struct gateway_live_interface interfaces[GATEWAY_LIVE_INTERFACES];
    size_t ninterfaces;
    int64_t epoch_s;                 /* Unix time now */
    const char *drop_uid, *drop_gid; /* values of SUDO_UID and SUDO_GID, or NULL */
    int console_in;                  /* descriptor commands are read from, a line each; -1: none */
    int console_out;                 /* where their answers go */
    const volatile sig_atomic_t *stop; /* not 0: end */
    const struct log *log;             /* NULL: silent */
};

/* Opens the interfaces, gives up root, and runs until `stop` is raised. ERR_OK then. ERR_NOTFOUND,
 * ERR_INVALID, ERR_IO with the sentence in WHY. */
MUST_USE enum err gateway_live_run(const struct gateway_live_options *opts, struct diag *why);

#endif
