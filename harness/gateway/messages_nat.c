/* Messages about translations and inspected FTP. 305005: "No translation group found for tcp src
 * inside:10.0.0.1/123 dst outside:1.1.1.1/80"; ICMP has its type and code where ports would be. */
#include "gateway/messages.h"

#include "wire/ip.h"

#include <stdio.h>

void gw_msg_xlate(struct gw_syslog *s, const struct gw_msg_xlate *x, const struct span *duration)
{
    uint32_t id = (x->proto ? 305011u : 305009u) + (duration != NULL);
    const char *proto = x->proto == IP_TCP ? " TCP" : x->proto == IP_UDP ? " UDP" : " ICMP";
    char real[IP_ADDR_TEXT], mapped[IP_ADDR_TEXT], from[16] = "", to[16] = "", took[48] = "";

    if (!gw_log_wants(s, id))
        return;
    if (x->proto) {
        snprintf(from, sizeof(from), "/%u", x->real.port);
        snprintf(to, sizeof(to), "/%u", x->mapped.port);
    }
    if (duration) {
        int64_t n = duration->ns / 1000000000;
        snprintf(took, sizeof(took), " duration %lld:%02d:%02d", (long long)(n / 3600),
                 (int)(n / 60 % 60), (int)(n % 60));
    }
    gw_log(s, id, "%s %s%s translation from %s:%s%s to %s:%s%s%s", duration ? "Teardown" : "Built",
           x->fixed ? "static" : "dynamic", x->proto ? proto : "", x->real_if,
           ip_addr_format(&x->real.addr, real), from, x->mapped_if,
           ip_addr_format(&x->mapped.addr, mapped), to, took);
}

#define FLOW_TEXT 224

/* "tcp src inside:A/p dst outside:B/q", "icmp src inside:A dst outside:B (type 8, code 0)" */
static char *flow_text(const struct gw_msg_packet *p, const char *src_if, const char *dst_if,
                       char out[static FLOW_TEXT])
{
    char a[IP_ADDR_TEXT], b[IP_ADDR_TEXT];

    ip_addr_format(&p->src, a);
    ip_addr_format(&p->dst, b);
    if (p->proto == IP_TCP || p->proto == IP_UDP)
        snprintf(out, FLOW_TEXT, "%s src %s:%s/%u dst %s:%s/%u", p->proto == IP_TCP ? "tcp" : "udp",
                 src_if, a, p->sport, dst_if, b, p->dport);
    else if (p->proto == IP_ICMP)
        snprintf(out, FLOW_TEXT, "icmp src %s:%s dst %s:%s (type %d, code %d)", src_if, a, dst_if,
                 b, p->icmp_type, p->icmp_code);
    else
        snprintf(out, FLOW_TEXT, "protocol %u src %s:%s dst %s:%s", p->proto, src_if, a, dst_if, b);
    return out;
}

void gw_msg_no_translation(struct gw_syslog *s, const struct gw_msg_packet *p, const char *src_if,
                           const char *dst_if)
{
    char flow[FLOW_TEXT];

    if (gw_log_wants(s, 305005))
        gw_log(s, 305005, "No translation group found for %s", flow_text(p, src_if, dst_if, flow));
}

void gw_msg_translation_failed(struct gw_syslog *s, const struct gw_msg_packet *p,
                               const char *src_if, const char *dst_if, bool port)
{
    char flow[FLOW_TEXT];

    if (gw_log_wants(s, 305006))
        gw_log(s, 305006, "%s translation creation failed for %s", port ? "portmap" : "regular",
               flow_text(p, src_if, dst_if, flow));
}

void gw_msg_asymmetric(struct gw_syslog *s, const struct gw_msg_packet *p, const char *src_if,
                       const char *dst_if)
{
    char flow[FLOW_TEXT];

    if (gw_log_wants(s, 305013))
        gw_log(s, 305013,
               "Asymmetric NAT rules matched for forward and reverse flows; Connection for %s "
               "denied due to NAT reverse path failure",
               flow_text(p, src_if, dst_if, flow));
}

void gw_msg_ftp_low_port(struct gw_syslog *s, const struct endpoint *named,
                         const struct ip_addr *server, const char *nameif)
{
    char a[IP_ADDR_TEXT], b[IP_ADDR_TEXT];

    if (gw_log_wants(s, 406001))
        gw_log(s, 406001, "FTP port command low port: %s/%u to %s on interface %s",
               ip_addr_format(&named->addr, a), named->port, ip_addr_format(server, b), nameif);
}

void gw_msg_ftp_address(struct gw_syslog *s, const struct ip_addr *named,
                        const struct ip_addr *client, const struct ip_addr *server,
                        const char *nameif)
{
    char a[IP_ADDR_TEXT], b[IP_ADDR_TEXT], c[IP_ADDR_TEXT];

    if (gw_log_wants(s, 406002))
        gw_log(s, 406002, "FTP port command different address: %s(%s) to %s on interface %s",
               ip_addr_format(named, a), ip_addr_format(client, b), ip_addr_format(server, c),
               nameif);
}
