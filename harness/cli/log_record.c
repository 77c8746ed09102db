#include "cli/log_record.h"

#include "report/report.h"

#include <stdio.h>

static bool is_connection(const struct asa_log *l)
{
    return l->kind == ASA_BUILT || l->kind == ASA_TEARDOWN || l->kind == ASA_ICMP_BUILT ||
           l->kind == ASA_ICMP_TEARDOWN;
}

/* An empty view says that the message does not have the field. */
static void put_bytes(struct jsonw *j, const char *name, struct bytes b)
{
    if (b.n)
        jsonw_bytes(j, name, b);
    else
        jsonw_null(j, name);
}

static void put_count(struct jsonw *j, const char *name, bool has, uint64_t v)
{
    if (has)
        jsonw_u64(j, name, v);
    else
        jsonw_null(j, name);
}

static void put_endpoint(struct jsonw *j, const char *name, const struct asa_endpoint *e)
{
    jsonw_object(j, name);
    put_bytes(j, "interface", e->interface);
    put_bytes(j, "address", e->address);
    put_count(j, "port", e->has_port, e->port);
    put_bytes(j, "mapped_address", e->mapped_address);
    put_count(j, "mapped_port", e->mapped_address.n && e->has_port, e->mapped_port);
    put_bytes(j, "user", e->ident);
    jsonw_close(j);
}

static void put_connection(struct jsonw *j, const struct asa_log *l)
{
    /* a message about ICMP has no connection number */
    put_count(j, "connection",
              (l->kind == ASA_BUILT || l->kind == ASA_TEARDOWN) && (l->complete || l->connection),
              l->connection);
    put_bytes(j, "protocol", l->protocol);
    jsonw_string(j, "direction",
                 l->direction == ASA_INBOUND    ? "inbound"
                 : l->direction == ASA_OUTBOUND ? "outbound"
                                                : NULL);
    put_endpoint(j, "a", &l->a);
    put_endpoint(j, "b", &l->b);
    put_count(j, "duration_s", l->has_duration, l->duration_s);
    put_count(j, "bytes", l->has_bytes, l->bytes);
    put_bytes(j, "reason", l->reason);
    jsonw_string(j, "reason_class", asa_reason_name(l->reason_class));
    put_bytes(j, "initiator_interface", l->initiator_interface);
    put_bytes(j, "user", l->user);
}

/* The number, null when it is none. */
static void put_hex(struct jsonw *j, const char *name, uint32_t v)
{
    char text[16];

    snprintf(text, sizeof(text), "0x%08x", (unsigned)v);
    jsonw_string(j, name, v ? text : NULL);
}

static void put_deny(struct jsonw *j, const struct asa_log *l)
{
    put_bytes(j, "protocol", l->protocol);
    put_endpoint(j, "a", &l->a);
    put_endpoint(j, "b", &l->b);
    put_bytes(j, "flags", l->tcp_flags);
    put_bytes(j, "interface", l->interface);
    put_bytes(j, "acl", l->acl);
    put_count(j, "icmp_type", l->icmp_type >= 0, (uint64_t)l->icmp_type);
    put_count(j, "icmp_code", l->icmp_code >= 0, (uint64_t)l->icmp_code);
}

static void put_ipsec(struct jsonw *j, const struct asa_log *l)
{
    if (l->kind == ASA_IPSEC_SA) {
        jsonw_string(j, "direction",
                     l->direction == ASA_INBOUND    ? "inbound"
                     : l->direction == ASA_OUTBOUND ? "outbound"
                                                    : NULL);
        put_bytes(j, "session_type", l->session_type);
    } else {
        put_bytes(j, "protocol", l->protocol);
        put_hex(j, "sequence", l->sequence);
    }
    put_hex(j, "spi", l->spi);
    put_endpoint(j, "a", &l->a);
    put_endpoint(j, "b", &l->b);
    put_bytes(j, "user", l->user);
    put_bytes(j, "reason", l->reason);
}

static void put_ike(struct jsonw *j, const struct asa_log *l)
{
    put_bytes(j, "group", l->group);
    put_bytes(j, "user", l->user);
    if (l->kind == ASA_IKE2) {
        put_endpoint(j, "a", &l->a);
        put_endpoint(j, "b", &l->b);
        put_count(j, "map_sequence", l->sequence, l->sequence);
    } else {
        put_bytes(j, "peer", l->peer);
        put_count(j, "phase", l->phase, l->phase);
        jsonw_bool(j, "rekey", l->rekey);
        put_hex(j, "out_spi", l->out_spi);
        put_hex(j, "message_id", l->message_id);
        put_bytes(j, "interface", l->interface);
    }
    put_hex(j, "spi", l->spi);
    put_bytes(j, "local_proxy", l->local_proxy);
    put_bytes(j, "remote_proxy", l->remote_proxy);
    put_bytes(j, "map", l->map);
    put_bytes(j, "reason", l->reason);
    put_bytes(j, "detail", l->detail);
}

static void put_session(struct jsonw *j, const struct asa_log *l)
{
    put_bytes(j, "group", l->group);
    put_bytes(j, "user", l->user);
    put_bytes(j, "peer", l->peer);
    put_bytes(j, "session_type", l->session_type);
    put_count(j, "duration_s", l->has_duration, l->duration_s);
    put_count(j, "bytes_sent", l->complete, l->bytes_sent);
    put_count(j, "bytes_received", l->complete, l->bytes_received);
    put_bytes(j, "reason", l->reason);
}

static void put_fields(struct jsonw *j, const struct asa_log *l)
{
    switch (l->kind) {
    case ASA_BUILT:
    case ASA_TEARDOWN:
    case ASA_ICMP_BUILT:
    case ASA_ICMP_TEARDOWN: put_connection(j, l); break;
    case ASA_DENY_NO_CONN:
    case ASA_DENY_ACL:
    case ASA_NO_ROUTE: put_deny(j, l); break;
    case ASA_IPSEC_SA:
    case ASA_IPSEC_PACKET: put_ipsec(j, l); break;
    case ASA_IKE:
    case ASA_IKE2: put_ike(j, l); break;
    case ASA_SESSION_END: put_session(j, l); break;
    case ASA_COMMAND:
        put_bytes(j, "user", l->user);
        put_bytes(j, "command", l->detail);
        break;
    case ASA_OTHER: break;
    }
}

void log_record_members(struct jsonw *j, struct bytes line)
{
    struct asa_log l;
    char id[16];

    if (asa_log_parse(line, &l)) {
        jsonw_null(j, "host");
        jsonw_null(j, "timestamp");
        jsonw_null(j, "severity");
        jsonw_null(j, "id");
        jsonw_bytes(j, "text", line);
        return;
    }
    put_bytes(j, "host", l.host);
    put_bytes(j, "timestamp", l.time.present ? l.time.text : (struct bytes){0});
    jsonw_u64(j, "severity", l.severity);
    snprintf(id, sizeof(id), "%06u", (unsigned)l.id);
    jsonw_string(j, "id", id);
    jsonw_bytes(j, "text", l.text);
    put_fields(j, &l);
}

void log_record_json(uint64_t number, struct bytes line, struct buf *out)
{
    struct jsonw j;

    jsonw_begin(&j, out, 0);
    jsonw_object(&j, NULL);
    jsonw_u64(&j, "line", number);
    log_record_members(&j, line);
    jsonw_close(&j);
}

static void put_words(struct buf *out, struct bytes b)
{
    if (b.n)
        report_put_plain(b, out);
    else
        buf_addc(out, '-');
}

static void put_end(struct buf *out, const struct asa_endpoint *e)
{
    put_words(out, e->interface);
    buf_addc(out, ':');
    put_words(out, e->address);
    if (e->has_port)
        buf_addf(out, "/%u", e->port);
}

static void put_connection_text(struct buf *out, const struct asa_log *l)
{
    buf_addf(out, "%s ", l->kind == ASA_BUILT || l->kind == ASA_ICMP_BUILT ? "built" : "torn");
    put_words(out, l->protocol);
    if (l->kind == ASA_BUILT || l->kind == ASA_TEARDOWN)
        buf_addf(out, " %llu", (unsigned long long)l->connection);
    buf_addc(out, ' ');
    put_end(out, &l->a);
    buf_adds(out, " ");
    put_end(out, &l->b);
    if (l->has_duration)
        buf_addf(out, " %llu s", (unsigned long long)l->duration_s);
    if (l->has_bytes)
        buf_addf(out, " %llu bytes", (unsigned long long)l->bytes);
    if (l->reason.n) {
        buf_addf(out, " %s: ", asa_reason_name(l->reason_class));
        put_words(out, l->reason);
    }
}

void log_record_text(uint64_t number, struct bytes line, struct buf *out)
{
    struct asa_log l;

    buf_addf(out, "%6llu  ", (unsigned long long)number);
    if (asa_log_parse(line, &l)) {
        buf_adds(out, "no ASA message: ");
        report_put_plain(line, out);
        buf_addc(out, '\n');
        return;
    }
    buf_addf(out, "%06u  %u  ", (unsigned)l.id, l.severity);
    put_words(out, l.time.present ? l.time.text : (struct bytes){0});
    buf_adds(out, "  ");
    if (is_connection(&l) && l.complete)
        put_connection_text(out, &l);
    else
        put_words(out, l.text);
    buf_addc(out, '\n');
}
