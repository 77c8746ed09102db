/* What the files of the ASA log parser share. Not for others: use wire/asa_log.h. */
#ifndef WIRE_ASA_PARTS_H
#define WIRE_ASA_PARTS_H

#include "wire/asa_log.h"
#include "wire/scan.h"

/* Parses L->text for its id; true when it fits to the end. What was read before a misfit stays. */
typedef bool asa_text_parser(struct asa_log *l, struct bytes text);

asa_text_parser asa_parse_built, asa_parse_teardown;  /* 302013, 302014, 302015, 302016 */
asa_text_parser asa_parse_icmp;                       /* 302020, 302021 */
asa_text_parser asa_parse_no_conn, asa_parse_acl;     /* 106015, 106001; 106023 */
asa_text_parser asa_parse_no_route;                   /* 110002, 110003 */
asa_text_parser asa_parse_sa, asa_parse_ipsec_packet; /* 602303 ..., 402114 ... */
asa_text_parser asa_parse_ike, asa_parse_session_end; /* 713xxx, 113019 */
asa_text_parser asa_parse_ike2;                       /* 750xxx, 751xxx, 752xxx */
asa_text_parser asa_parse_command;                    /* 111008, 111009, 111010 */

/* What stands before the tag: PRI, stamps, host. */
void asa_parse_header(struct asa_log *l, struct bytes header);

/* "ADDR/PORT" or "IF:ADDR/PORT" off the front of *S. ADDR may be a name, IPv6, or masked. */
bool asa_scan_socket(struct bytes *s, struct bytes *address, struct ip_addr *addr, uint16_t *port);
bool asa_scan_endpoint(struct bytes *s, struct asa_endpoint *e);

/* "(...)" with its closing parenthesis, nested ones included. */
bool asa_scan_parens(struct bytes *s, struct bytes *inside);

#endif
