/* A device's log in a file, beside captures of others: put on their clock and bound to streams. */
#ifndef CLI_LEG_SYSLOG_H
#define CLI_LEG_SYSLOG_H

#include "judge/legs.h"

/* Reads PATH, after the last packet. How far the device's clock and time zone are from the captures
 * follows from the streams whose 302013 is there; where there are none, times are taken as printed
 * and it is said so. Notes tell the offset, for which streams level-6 logging is proven, and lines
 * that are missing. */
MUST_USE enum err leg_syslog_read(struct judge *j, const char *path, struct diag *why);

#endif
