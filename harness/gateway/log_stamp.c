#include "gateway/log_stamp.h"

#include "wire/civil.h"

/* RFC 5424's stamps are UTC on an ASA, whatever its zone. */
static void add_rfc5424(int64_t unix_s, struct buf *out)
{
    struct civil t = civil_from_unix(unix_s);

    buf_addf(out, "%04d-%02d-%02dT%02d:%02d:%02dZ", t.year, t.month, t.day, t.hour, t.minute,
             t.second);
}

static struct civil local_time(const struct gw_config *c, int64_t unix_s)
{
    return civil_from_unix(unix_s + c->clock.offset_s);
}

static void add_device_id(const struct gw_config *c, struct buf *out)
{
    const struct gw_interface *i;
    char text[IP_ADDR_TEXT];

    switch (c->logging.device_id) {
    case GW_DEVICE_ID_NONE:
    case GW_DEVICE_ID_CLUSTER: break;
    case GW_DEVICE_ID_HOSTNAME: buf_adds(out, c->hostname); break;
    case GW_DEVICE_ID_STRING: buf_adds(out, c->logging.device_id_arg); break;
    case GW_DEVICE_ID_CONTEXT: buf_adds(out, "single_vf"); break;
    case GW_DEVICE_ID_IP:
        i = gw_config_interface(c, c->logging.device_id_arg);
        buf_adds(out, i && i->addr.family ? ip_addr_format(&i->addr, text) : "0.0.0.0");
        break;
    }
}

void gw_log_stamp(const struct gw_config *c, int64_t unix_s, struct buf *out)
{
    const struct gw_logging *l = &c->logging;
    struct civil t = local_time(c, unix_s);
    bool stamp = l->timestamp || l->timestamp_rfc5424;

    if (l->timestamp_rfc5424)
        add_rfc5424(unix_s, out);
    else if (l->timestamp)
        buf_addf(out, "%s %02d %04d %02d:%02d:%02d%s%s", civil_month_name(t.month), t.day, t.year,
                 t.hour, t.minute, t.second, c->clock.zone[0] ? " " : "", c->clock.zone);
    if (l->device_id != GW_DEVICE_ID_NONE && l->device_id != GW_DEVICE_ID_CLUSTER) {
        if (stamp)
            buf_addc(out, ' ');
        add_device_id(c, out);
        buf_adds(out, " : ");
    } else if (stamp) {
        buf_adds(out, ": ");
    }
}

void gw_log_stamp_emblem(const struct gw_config *c, int64_t unix_s, struct buf *out)
{
    const struct gw_logging *l = &c->logging;
    struct civil t = local_time(c, unix_s);

    buf_addc(out, ':');
    if (l->timestamp_rfc5424)
        add_rfc5424(unix_s, out);
    else if (l->timestamp)
        buf_addf(out, "%s %02d %02d:%02d:%02d %s", civil_month_name(t.month), t.day, t.hour,
                 t.minute, t.second, c->clock.zone[0] ? c->clock.zone : "UTC");
    buf_adds(out, ": ");
}
