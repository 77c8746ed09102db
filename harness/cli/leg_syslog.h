/* A device's log in a file, beside captures of others: put on their clock and bound to streams. */
#ifndef CLI_LEG_SYSLOG_H
#define CLI_LEG_SYSLOG_H

#include "judge/legs.h"

#include <stdio.h>

/* Reads PATH, after the last packet. How far the device's clock and time zone are from the captures
 * follows from the streams whose 302013 is there; where there are none, times are taken as printed
 * and it is said so. Notes tell the offset, for which streams level-6 logging is proven, and lines
 * that are missing or were held back. A pipe is put into a temporary file first. */
MUST_USE enum err leg_syslog_read(struct judge *j, const char *path, struct diag *why);

/* The same of an open file that can be read from its beginning again, named NAME in what is told.
 * It is read twice, line by line: memory is for one line and for the first LEG_SYSLOG_CLOCKS
 * streams that tell of clocks. ERR_IO. */
#define LEG_SYSLOG_CLOCKS 65536u
MUST_USE enum err leg_syslog_take(struct judge *j, FILE *f, const char *name);

/* Instead, or as well: what was in the captures of the mgmt leg, whose times are those of their
 * packets. After the last packet. */
void leg_syslog_say_mgmt(struct judge *j);

#endif
