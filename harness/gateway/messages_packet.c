/* Messages about packets that the normalizer and the access rules turn away. The forms with a real
 * sample: 419002, 313004, 313005, 313008; the others are those of Cisco's message guide. */
#include "gateway/messages.h"

#include "wire/ip.h"

void gw_msg_duplicate_syn(struct gw_syslog *s, const struct gw_msg_packet *p, const char *src_if,
                          const char *dst_if)
{
    char a[IP_ADDR_TEXT], b[IP_ADDR_TEXT];

    if (gw_log_wants(s, 419002))
        gw_log(s, 419002,
               "Duplicate TCP SYN from %s:%s/%u to %s:%s/%u with different initial sequence "
               "number.",
               src_if, ip_addr_format(&p->src, a), p->sport, dst_if, ip_addr_format(&p->dst, b),
               p->dport);
}
