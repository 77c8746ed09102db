/* 106100: flows that access list entries with "log" permit or deny are logged at their first packet
 * and then counted, once an interval. The tables of an ASA hold 4096 flows (`access-list
 * deny-flow-max`); what comes when they are full is not logged of its own. */
#ifndef GATEWAY_ACL_LOG_H
#define GATEWAY_ACL_LOG_H

#include "base/clock.h"
#include "gateway/acl.h"
#include "gateway/messages.h"

#define ACL_LOG_FLOWS 4096

struct acl_log;

/* LOG and CLK are borrowed. */
struct acl_log *acl_log_new(struct gw_syslog *log, const struct clock *clk);
void acl_log_free(struct acl_log *a); /* NULL is fine */
void acl_log_forget(struct acl_log *a);

/* Packet P has met entry ACE of LIST, on its way from IN_IF to OUT_IF. */
void acl_log_hit(struct acl_log *a, const struct gw_acl *list, const struct gw_ace *ace,
                 const struct gw_msg_packet *p, const char *in_if, const char *out_if);

void acl_log_tick(struct acl_log *a);
struct mono acl_log_deadline(const struct acl_log *a);

#endif
