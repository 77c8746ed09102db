/* `show logging`, `show logging setting`, `show logging message`. */
#include "gateway/syslog_parts.h"

static const char *const level_names[] = {"emergencies",   "alerts",   "critical",
                                          "errors",        "warnings", "notifications",
                                          "informational", "debugging"};

static const char *on_off(bool on)
{
    return on ? "enabled" : "disabled";
}

/* Listings of real devices have a name for each destination, and for the logging hosts more. */
static void show_destination(const struct gw_syslog *s, enum gw_log_destination d, struct buf *out)
{
    static const char *const shown[] = {
#define X(id, word, text) text,
        GW_LOG_DESTINATIONS(X)
#undef X
    };
    const struct gw_logging *l = &s->cfg->logging;
    const struct gw_log_filter *f = &l->to[d];

    buf_addf(out, "    %s logging: ", shown[d]);
    if (!f->list[0] && f->level < 0) {
        buf_adds(out, "disabled\n");
        return;
    }
    if (f->list[0])
        buf_addf(out, "list %s", f->list);
    else
        buf_addf(out, "level %s", level_names[f->level]);
    if (d == GW_LOG_TO_TRAP)
        buf_addf(out, ", facility %u", l->facility);
    buf_addf(out, ", %llu messages logged\n", (unsigned long long)s->to[d]);
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

static void show_channels(const struct gw_syslog *s, struct buf *out)
{
    const struct gw_syslog_channels *c = &s->channels;

    if (!log_forms_of(s->cfg).tcp_stats)
        return;
    buf_addf(out,
             "    Global TCP syslog stats::\n"
             "        NOT_PUTABLE: %llu, ALL_CHANNEL_DOWN: %llu\n"
             "        CHANNEL_FLAP_CNT: %llu, SYSLOG_PKT_LOSS: %llu\n"
             "        PARTIAL_REWRITE_CNT: %llu\n",
             (unsigned long long)c->not_putable, (unsigned long long)c->all_down,
             (unsigned long long)c->flaps, (unsigned long long)c->lost,
             (unsigned long long)c->partial);
}

void gw_syslog_show_setting(const struct gw_syslog *s, struct buf *out)
{
    const struct gw_logging *l = &s->cfg->logging;

    buf_addf(out, "Syslog logging: %s\n", on_off(l->enable));
    buf_addf(out, "    Facility: %u\n", l->facility);
    buf_addf(out, "    Timestamp logging: %s\n", on_off(l->timestamp || l->timestamp_rfc5424));
    buf_addf(out, "    Hide Username logging: %s\n", on_off(l->hide_username));
    buf_addf(out, "    Standby logging: %s\n", on_off(l->standby));
    buf_addf(out, "    Debug-trace logging: %s\n", on_off(l->debug_trace));
    show_destination(s, GW_LOG_TO_CONSOLE, out);
    show_destination(s, GW_LOG_TO_MONITOR, out);
    show_destination(s, GW_LOG_TO_BUFFER, out);
    show_destination(s, GW_LOG_TO_TRAP, out);
    show_hosts(s, out);
    show_channels(s, out);
    buf_addf(out, "    Permit-hostdown logging: %s\n", on_off(l->permit_hostdown));
    show_destination(s, GW_LOG_TO_HISTORY, out);
    buf_addf(out, "    Device ID: %s\n", on_off(l->device_id != GW_DEVICE_ID_NONE));
    show_destination(s, GW_LOG_TO_MAIL, out);
    show_destination(s, GW_LOG_TO_ASDM, out);
}

void gw_syslog_show(const struct gw_syslog *s, struct buf *out)
{
    struct log_place p;
    struct bytes line;
    uint64_t missed = 0;

    gw_syslog_show_setting(s, out);
    if (!s->buffer.mem)
        return;
    p = log_ring_begin(&s->buffer);
    while (log_ring_read(&s->buffer, &p, &line, &missed)) {
        buf_add(out, line.p, line.n);
        buf_addc(out, '\n');
    }
}

/* --- show logging message ----------------------------------------------------------------------
 */

static void show_one(const struct gw_syslog *s, const struct gw_message *m, struct buf *out)
{
    const struct gw_logging *l = &s->cfg->logging;
    const struct gw_log_message *set = NULL;

    for (size_t i = 0; i < l->nmessages; i++) {
        if (l->messages[i].id == m->id)
            set = &l->messages[i];
    }
    buf_addf(out, "syslog %u: default-level %s", m->id, level_names[m->level]);
    if (set && set->level >= 0)
        buf_addf(out, ", current-level %s", level_names[set->level]);
    buf_addf(out, " (%s)\n", on_off(!(set && set->disabled)));
}

void gw_syslog_show_changed(const struct gw_syslog *s, struct buf *out)
{
    const struct gw_logging *l = &s->cfg->logging;

    for (size_t i = 0; i < l->nmessages; i++)
        (void)gw_syslog_show_message(s, l->messages[i].id, out);
}

bool gw_syslog_show_message(const struct gw_syslog *s, uint32_t id, struct buf *out)
{
    const struct gw_message *m = gw_message_find(id);

    if (m)
        show_one(s, m, out);
    return m != NULL;
}

void gw_syslog_show_messages(const struct gw_syslog *s, struct buf *out)
{
#define X(id, level, class, limit) (void)gw_syslog_show_message(s, id, out);
    GW_MESSAGES(X)
#undef X
}
