/* A real Ethernet interface as a port: libpcap in, libnet out. Needs root, or CAP_NET_RAW.
 *
 * The host kernel must be kept out of the conversation, or it answers for addresses that the
 * harness plays: give the interface no IP address and no IPv6 (see interface_prepare), and turn its
 * offloads off (ethtool -K IF gro off gso off tso off tx off rx off), or frames come merged and
 * with checksums not yet made. */
#ifndef PORT_PORT_LIVE_H
#define PORT_PORT_LIVE_H

#include "base/err.h"
#include "port/port.h"

/* Opens INTERFACE, which must be up, in promiscuous mode: the harness plays stations whose MAC is
 * not the interface's. CLK is a real clock, borrowed for the port's life. Frames up to the
 * interface's MTU come in whole; a longer one (offloads) is left out and counted as dropped.
 * Gives *OUT (port_close). ERR_NOTFOUND, ERR_IO, ERR_UNSUPPORTED (not Ethernet): WHY says what to
 * do. */
MUST_USE enum err port_live_open(const char *interface, const struct clock *clk, struct port **out,
                                 struct diag *why);

/* Readable when a frame is waiting: for clock_real_watch. */
int port_live_fd(const struct port *p);

/* What is sent from now on should have been sent at DUE: port_stats.late_max_ns counts from it. */
void port_live_due(struct port *p, struct mono due);

/* The interface's last refusal to send, in words; "" when there was none. */
const char *port_live_send_error(const struct port *p);

#endif
