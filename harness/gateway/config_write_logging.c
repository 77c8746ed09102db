/* gw_config_write: logging and the clock. */
#include "gateway/config_parts.h"

static const char *const destinations[] = {
#define X(id, word, shown) word,
    GW_LOG_DESTINATIONS(X)
#undef X
};

static const char *const level_names[] = {"emergencies",   "alerts",   "critical",
                                          "errors",        "warnings", "notifications",
                                          "informational", "debugging"};

static void write_filters(const struct gw_logging *l, struct buf *out)
{
    for (size_t i = 0; i < GW_LOG_DESTINATION_COUNT; i++) {
        const struct gw_log_filter *f = &l->to[i];
        if (f->list[0])
            buf_addf(out, "logging %s %s\n", destinations[i], f->list);
        else if (f->level >= 0)
            buf_addf(out, "logging %s %s\n", destinations[i], level_names[f->level]);
    }
}

static void write_lists(const struct gw_logging *l, struct buf *out)
{
    for (size_t i = 0; i < l->nrules; i++) {
        const struct gw_log_rule *r = &l->rules[i];
        buf_addf(out, "logging list %s ", r->list);
        if (r->level < 0 && r->from == r->to)
            buf_addf(out, "message %u\n", r->from);
        else if (r->level < 0)
            buf_addf(out, "message %u-%u\n", r->from, r->to);
        else
            buf_addf(out, "level %s%s%s\n", level_names[r->level], r->class[0] ? " class " : "",
                     r->class);
    }
}

static void write_classes(const struct gw_logging *l, struct buf *out)
{
    for (size_t i = 0; i < l->nclasses; i++) {
        const struct gw_log_class *c = &l->classes[i];
        buf_addf(out, "logging class %s", c->class);
        for (size_t d = 0; d < GW_LOG_DESTINATION_COUNT; d++) {
            if (c->level[d] >= 0)
                buf_addf(out, " %s %s", destinations[d], level_names[c->level[d]]);
        }
        buf_addc(out, '\n');
    }
}

static void write_hosts(const struct gw_logging *l, struct buf *out)
{
    char addr[IP_ADDR_TEXT];

    for (size_t i = 0; i < l->nhosts; i++) {
        const struct gw_log_host *h = &l->hosts[i];
        buf_addf(out, "logging host %s %s", h->nameif, ip_addr_format(&h->addr, addr));
        if (h->tcp || h->port != 514)
            buf_addf(out, " %d/%u", h->tcp ? 6 : 17, h->port);
        buf_adds(out, h->emblem ? " format emblem\n" : "\n");
    }
}

static void write_messages(const struct gw_logging *l, struct buf *out)
{
    for (size_t i = 0; i < l->nmessages; i++) {
        const struct gw_log_message *m = &l->messages[i];
        if (m->disabled)
            buf_addf(out, "no logging message %u\n", m->id);
        if (m->level >= 0)
            buf_addf(out, "logging message %u level %s\n", m->id, level_names[m->level]);
    }
    for (size_t i = 0; i < l->nrates; i++) {
        const struct gw_log_rate *r = &l->rates[i];
        buf_addf(out, "logging rate-limit %u %u ", r->n, r->interval_s);
        if (r->level >= 0)
            buf_addf(out, "level %d\n", r->level);
        else
            buf_addf(out, "message %u\n", r->id);
    }
}

static void write_device_id(const struct gw_logging *l, struct buf *out)
{
    static const char *const words[] = {"",          "hostname",     "string",
                                        "ipaddress", "context-name", "cluster-id"};

    if (l->device_id != GW_DEVICE_ID_NONE)
        buf_addf(out, "logging device-id %s%s%s\n", words[l->device_id],
                 l->device_id_arg[0] ? " " : "", l->device_id_arg);
}

static void write_switches(const struct gw_logging *l, struct buf *out)
{
    const struct {
        bool on;
        const char *line;
    } switches[] = {
        {l->emblem, "logging emblem\n"},
        {l->standby, "logging standby\n"},
        {l->debug_trace, "logging debug-trace\n"},
        {l->hide_username, "logging hide username\n"},
        {l->flash_bufferwrap, "logging flash-bufferwrap\n"},
    };

    for (size_t i = 0; i < COUNT(switches); i++) {
        if (switches[i].on)
            buf_adds(out, switches[i].line);
    }
}

static void write_clock(const struct gw_clock *c, struct buf *out)
{
    int minutes = c->offset_s / 60;

    if (!c->zone[0])
        return;
    buf_addf(out, "clock timezone %s %d", c->zone, minutes / 60);
    if (minutes % 60)
        buf_addf(out, " %d", minutes % 60 < 0 ? -(minutes % 60) : minutes % 60);
    buf_addc(out, '\n');
}

void gw_config_write_logging(const struct gw_config *c, struct buf *out)
{
    const struct gw_logging *l = &c->logging;

    write_clock(&c->clock, out);
    if (l->enable)
        buf_adds(out, "logging enable\n");
    if (l->timestamp)
        buf_adds(out, l->timestamp_rfc5424 ? "logging timestamp rfc5424\n" : "logging timestamp\n");
    write_switches(l, out);
    write_lists(l, out);
    if (l->buffer_size != 4096)
        buf_addf(out, "logging buffer-size %u\n", l->buffer_size);
    write_filters(l, out);
    write_classes(l, out);
    if (l->facility != 20)
        buf_addf(out, "logging facility %u\n", l->facility);
    if (l->queue != 512)
        buf_addf(out, "logging queue %u\n", l->queue);
    write_device_id(l, out);
    write_hosts(l, out);
    if (l->permit_hostdown)
        buf_adds(out, "logging permit-hostdown\n");
    write_messages(l, out);
}
