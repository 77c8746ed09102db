/* strongSwan's charon in a network namespace of its own, for interoperability tests: IKEv1 with a
 * pre-shared key, ESP in user space (kernel-libipsec, so always in UDP). Our end is 192.0.2.1 with
 * 10.1.0.0/16 behind it, charon's 192.0.2.2 with 10.2.0.1 in 10.2.0.0/16; in IPv6 fd00:2::1 with
 * fd01::/16, fd00:2::2 with fd02::1 in fd02::/16. Everything is gone when
 * both processes are: what a test that fails leaves is tests/charon_left.h's. */
#ifndef TESTS_CHARON_H
#define TESTS_CHARON_H

#include "base/attr.h"
#include "base/buf.h"

#include <stdbool.h>
#include <sys/types.h>

#define CHARON_SECRET "a secret of two gateways"

struct charon {
    char dir[64]; /* its files; removed by charon_stop, or by who comes after a test that failed */
    pid_t pid;
    pid_t server;        /* charon_serve's */
    const char *options; /* more lines of charon's section of strongswan.conf; NULL: none */
};

/* NULL when charon can run here; else what is missing. Takes this process into a new network
 * namespace. */
const char *charon_missing(void);

/* NULL when charon can do XAUTH, too. */
const char *charon_missing_xauth(void);

/* PROPOSALS in strongSwan's words. False when it did not come up. */
bool charon_start(struct charon *c, const char *proposals, const char *esp_proposals);
/* With the whole of swanctl.conf; charon also has 10.9.0.5, which a server may give it. */
bool charon_start_with(struct charon *c, const char *swanctl_conf);
void charon_stop(struct charon *c);

/* Starts swanctl with ARGS; to be waited for with charon_done, while our end goes on working. */
pid_t charon_ask(const struct charon *c, const char *args);
/* The same with any COMMAND of the shell. */
pid_t charon_run(const char *command);
/* True when it has ended; *OK: with success. */
bool charon_done(pid_t pid, bool *ok);

/* Has python3's http.server serve C's folder on port 80 of all of charon's addresses, until
 * charon_stop. False when it does not come up. */
bool charon_serve(struct charon *c);

/* What swanctl said last, and charon's log. The caller releases it. */
struct buf charon_said(const struct charon *c);
struct buf charon_log(const struct charon *c);

#endif
