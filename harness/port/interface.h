/* What the kernel knows of a network interface, and how to keep the kernel itself off it. Linux. */
#ifndef PORT_INTERFACE_H
#define PORT_INTERFACE_H

#include "base/err.h"

#include <stddef.h>

/* IP bytes. ERR_NOTFOUND: there is no such interface. */
MUST_USE enum err interface_mtu(const char *name, size_t *out, struct diag *why);

/* Makes an interface of the harness's own ready: up, and without IPv6, so that the kernel sends no
 * router solicitations of its own. Needs root. ERR_STATE: it carries an IP address, for which the
 * kernel would answer (ARP, RST, ICMP): WHY names it and says how to take it off. */
MUST_USE enum err interface_prepare(const char *name, struct diag *why);

#endif
