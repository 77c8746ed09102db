/* `show logging`. */
#include "gateway/syslog_parts.h"

static const char *const level_names[] = {"emergencies",   "alerts",   "critical",
                                          "errors",        "warnings", "notifications",
                                          "informational", "debugging"};

static const char *on_off(bool on)
{
    return on ? "enabled" : "disabled";
}

static void show_hosts(const struct gw_syslog *s, struct buf *out)
{
    const struct gw_logging *l = &s->cfg->logging;
    char addr[IP_ADDR_TEXT];

    for (size_t i = 0; i < l->nhosts && i < GW_LOG_HOSTS; i++) {
        const struct gw_log_reader *r = &s->hosts[i];
        buf_addf(out, "        Logging to %s %s, %s TX:%llu errors: %llu  dropped: %llu\n",
                 l->hosts[i].nameif, ip_addr_format(&l->hosts[i].addr, addr),
                 l->hosts[i].tcp ? "TCP" : "UDP", (unsigned long long)r->sent,
                 (unsigned long long)r->errors, (unsigned long long)r->dropped);
    }
}

static void show_destinations(const struct gw_syslog *s, struct buf *out)
{
    const struct gw_logging *l = &s->cfg->logging;

    if (l->buffer_level >= 0)
        buf_addf(out, "    Buffer logging: level %s, %llu messages logged\n",
                 level_names[l->buffer_level], (unsigned long long)s->to_buffer);
    else
        buf_adds(out, "    Buffer logging: disabled\n");
    if (l->trap_level >= 0)
        buf_addf(out, "    Trap logging: level %s, facility %u, %llu messages logged\n",
                 level_names[l->trap_level], l->facility, (unsigned long long)s->to_hosts);
    else
        buf_adds(out, "    Trap logging: disabled\n");
    show_hosts(s, out);
}

void gw_syslog_show(const struct gw_syslog *s, struct buf *out)
{
    const struct gw_logging *l = &s->cfg->logging;
    struct log_place p;
    struct bytes line;
    uint64_t missed = 0;

    buf_addf(out, "Syslog logging: %s\n", on_off(l->enable));
    buf_addf(out, "    Facility: %u\n", l->facility);
    buf_addf(out, "    Timestamp logging: %s\n", on_off(l->timestamp || l->timestamp_rfc5424));
    buf_adds(out, "    Hide Username logging: disabled\n"
                  "    Standby logging: disabled\n"
                  "    Debug-trace logging: disabled\n"
                  "    Console logging: disabled\n"
                  "    Monitor logging: disabled\n");
    show_destinations(s, out);
    buf_addf(out, "    Permit-hostdown logging: %s\n", on_off(l->permit_hostdown));
    buf_adds(out, "    History logging: disabled\n");
    buf_addf(out, "    Device ID: %s\n", on_off(l->device_id != GW_DEVICE_ID_NONE));
    buf_adds(out, "    Mail logging: disabled\n"
                  "    ASDM logging: disabled\n");
    if (!s->buffer.mem)
        return;
    p = log_ring_begin(&s->buffer);
    while (log_ring_read(&s->buffer, &p, &line, &missed)) {
        buf_add(out, line.p, line.n);
        buf_addc(out, '\n');
    }
}
