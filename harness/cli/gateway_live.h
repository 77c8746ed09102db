/* The reference gateway on its own: on real interfaces in real time, or with nothing but a console,
 * also in virtual time, and on request with the other end of its tunnel in memory. */
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
    struct gateway_model model;
    bool virtual_time;               /* time stands still but for "!wait"; no interfaces then */
    bool peer;                       /* the other end in memory; no interfaces then */
    int64_t epoch_s;                 /* Unix time now */
    const char *drop_uid, *drop_gid; /* values of SUDO_UID and SUDO_GID, or NULL */
    int console_in;                  /* descriptor commands are read from, a line each; -1: none */
    int console_out;                 /* where their answers go */
    bool prompts;                    /* on console_out */
    const char *listen;              /* console on TCP, "127.0.0.1:5000"; NULL: none */
    bool anywhere;                   /* `listen` may be an address that others can reach */
    void (*listening)(const char *address); /* told where; may be NULL */
    const volatile sig_atomic_t *stop;      /* not 0: end */
    const struct log *log;                  /* NULL: silent */
};

/* Opens the interfaces, gives up root, and runs until `stop` is raised, or, without interfaces,
 * until nobody can type any more. ERR_OK then. ERR_NOTFOUND, ERR_INVALID, ERR_IO with the sentence
 * in WHY. */
MUST_USE enum err gateway_live_run(const struct gateway_live_options *opts, struct diag *why);

#endif
