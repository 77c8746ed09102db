#include "cli/inspect.h"

#include "cli/log_record.h"
#include "report/json.h"
#include "wire/isakmp.h"

#include <stdio.h>

static void put_endpoint(struct json *j, const char *name, const struct endpoint *e)
{
    char text[ENDPOINT_TEXT];

    json_string(j, name, endpoint_format(e, text));
}

static void put_addr(struct json *j, const char *name, const struct ip_addr *a)
{
    char text[IP_ADDR_TEXT];

    json_string(j, name, ip_addr_format(a, text));
}

static void put_hex(struct json *j, const char *name, const uint8_t spi[static 8])
{
    char text[17];

    for (int i = 0; i < 8; i++)
        snprintf(text + 2 * i, 3, "%02x", spi[i]);
    json_string(j, name, text);
}

static void put_direction(struct json *j, const char *name, const struct inspection *in,
                          uint32_t number, enum tcp_side side)
{
    const struct tcp_dir *d = &in->scan.tcp.streams[number]->dir[side];
    struct tcp_rexmit again = tcp_dir_retransmitted(d, in->rules);

    json_object(j, name);
    json_u64(j, "packets", d->packets);
    json_u64(j, "data_packets", d->data_packets);
    json_u64(j, "data_bytes", d->data_bytes);
    json_u64(j, "unique_bytes", tcp_dir_unique_bytes(d));
    json_u64(j, "gap_bytes", tcp_dir_gap_bytes(d));
    json_u64(j, "holes", tcp_dir_holes(d));
    json_u64(j, "overlap_bytes", d->overlap_bytes);
    json_u64(j, "conflict_bytes", d->conflict_bytes);
    json_u64(j, "cut_packets", d->cut_packets);
    json_u64(j, "dup_full", d->dup_full);
    json_u64(j, "dup_partial", d->dup_partial);
    json_u64(j, "hole_fill", d->hole_fill);
    json_u64(j, "jump", d->jump);
    json_u64(j, "keepalive", d->keepalive);
    json_u64(j, "syn", d->syn);
    json_u64(j, "isns", d->isns);
    json_u64(j, "fin", d->fin);
    json_u64(j, "rst", d->rst);
    json_u64(j, "zero_window", d->zero_window);
    json_u64(j, "duplicate_acks", d->duplicate_acks);
    json_u64(j, "retransmitted_packets", again.packets);
    json_u64(j, "retransmitted_bytes", again.bytes);
    if (d->max_idle_ns >= 0)
        json_number(j, "max_idle_s", (double)d->max_idle_ns / 1e9, 9);
    else
        json_null(j, "max_idle_s");
    json_bool(j, "complete", tcp_dir_is_complete(d));
    json_string(j, "sha256", scan_digest(&in->scan, number, side));
    json_close(j);
}

static void put_replay(struct json *j, const struct flow *f)
{
    json_bool(j, "replayable", f && f->replayable);
    json_array(j, "why_not");
    for (size_t i = 0; f && i < FLOW_WHY_MAX && f->why_not[i]; i++)
        json_string(j, NULL, f->why_not[i]);
    json_close(j);
}

static void put_tcp(struct json *j, const struct inspection *in, const struct flow *const *of)
{
    static const char *const initiators[] = {"unknown", "a", "b"};

    json_array(j, "tcp");
    for (uint32_t n = 0; n < in->scan.tcp.count; n++) {
        const struct tcp_stream *t = in->scan.tcp.streams[n];
        json_object(j, NULL);
        json_u64(j, "stream", t->number);
        put_endpoint(j, "a", &t->at[TCP_SIDE_A]);
        put_endpoint(j, "b", &t->at[TCP_SIDE_B]);
        json_string(j, "initiator", initiators[t->initiator]);
        json_time(j, "first", t->first_ns);
        json_time(j, "last", t->last_ns);
        json_bool(j, "complete_handshake", t->handshake);
        json_string(j, "closed", tcp_end_name(tcp_stream_end(t)));
        put_direction(j, "a_to_b", in, n, TCP_SIDE_A);
        put_direction(j, "b_to_a", in, n, TCP_SIDE_B);
        put_replay(j, of[n]);
        json_close(j);
    }
    json_close(j);
}

static void put_turns(struct json *j, const char *name, const struct flow *f, enum conv_side from)
{
    uint64_t n = 0;

    for (size_t i = 0; i < f->conv.nturns; i++)
        n += f->conv.turns[i].kind == TURN_DATA && f->conv.turns[i].from == from;
    json_object(j, name);
    json_u64(j, "packets", n);
    json_u64(j, "data_bytes", f->conv.data[from].n);
    json_close(j);
}

/* A: the sender of the first packet, as for TCP. */
static void put_datagrams(struct json *j, const char *name, const struct inspection *in,
                          enum conv_proto proto)
{
    json_array(j, name);
    for (size_t i = 0; i < in->capture->nflows; i++) {
        const struct flow *f = &in->capture->flows[i];
        if (f->conv.proto != proto)
            continue;
        bool turned = f->first == CONV_B;
        json_object(j, NULL);
        put_endpoint(j, "a", turned ? &f->conv.b : &f->conv.a);
        put_endpoint(j, "b", turned ? &f->conv.a : &f->conv.b);
        json_string(j, "initiator", turned ? "b" : "a");
        json_time(j, "first", f->first_ns);
        json_time(j, "last", f->last_ns);
        json_u64(j, "packets", f->packets);
        json_u64(j, "bytes", f->bytes);
        put_turns(j, "a_to_b", f, turned ? CONV_B : CONV_A);
        put_turns(j, "b_to_a", f, turned ? CONV_A : CONV_B);
        put_replay(j, f);
        json_close(j);
    }
    json_close(j);
}

static void put_ike(struct json *j, const struct scan *s)
{
    char version[8];

    json_array(j, "ike");
    for (size_t i = 0; i < s->nike; i++) {
        const struct scan_ike *m = &s->ike[i];
        json_object(j, NULL);
        json_u64(j, "packet", m->packet);
        put_addr(j, "src", &m->src);
        put_addr(j, "dst", &m->dst);
        snprintf(version, sizeof(version), "%u.%u", m->version >> 4, m->version & 15u);
        json_string(j, "version", version);
        json_u64(j, "exchange", m->exchange);
        json_string(j, "exchange_name", isakmp_exchange_name(m->exchange));
        put_hex(j, "initiator_spi", m->spi_i);
        put_hex(j, "responder_spi", m->spi_r);
        json_u64(j, "message_id", m->message_id);
        json_u64(j, "flags", m->flags);
        json_array(j, "payloads");
        for (size_t k = 0; k < m->npayloads; k++)
            json_u64(j, NULL, m->payloads[k]);
        json_close(j);
        json_bool(j, "encrypted", m->encrypted);
        json_close(j);
    }
    json_close(j);
}

static void put_esp(struct json *j, const struct scan *s)
{
    char spi[16];

    json_array(j, "esp");
    for (size_t i = 0; i < s->nesp; i++) {
        const struct scan_esp *e = &s->esp[i];
        json_object(j, NULL);
        put_addr(j, "src", &e->src);
        put_addr(j, "dst", &e->dst);
        snprintf(spi, sizeof(spi), "0x%08x", (unsigned)e->spi);
        json_string(j, "spi", spi);
        json_string(j, "encapsulation", e->in == SCAN_IN_UDP ? "udp" : "ip");
        json_u64(j, "packets", e->packets);
        json_u64(j, "first_seq", e->first_seq);
        json_u64(j, "last_seq", e->last_seq);
        json_u64(j, "duplicates", e->duplicates);
        json_u64(j, "out_of_order", e->out_of_order);
        json_u64(j, "missing", scan_esp_missing(e));
        json_time(j, "first", e->first_ns);
        json_time(j, "last", e->last_ns);
        json_close(j);
    }
    json_close(j);
}

static void put_syslog(struct json *j, const struct scan *s)
{
    json_array(j, "syslog");
    for (size_t i = 0; i < s->nsyslog; i++) {
        json_object(j, NULL);
        json_u64(j, "packet", s->syslog[i].packet);
        put_addr(j, "src", &s->syslog[i].src);
        log_record_members(j, s->syslog[i].line);
        json_close(j);
    }
    json_close(j);
}

static void put_file(struct json *j, const struct inspection *in)
{
    const struct capture *c = in->capture;
    bool any = c && c->file.packets;

    json_string(j, "file", in->path);
    json_string(j, "format", c ? c->file.format : NULL);
    json_array(j, "linktypes");
    for (size_t i = 0; c && i < c->file.nlinktypes; i++)
        json_u64(j, NULL, c->file.linktypes[i]);
    json_close(j);
    json_u64(j, "packets", c ? c->file.packets : 0);
    json_u64(j, "bytes", c ? c->file.bytes : 0);
    if (any) {
        json_time(j, "first", c->first_ns);
        json_time(j, "last", c->last_ns);
    } else {
        json_null(j, "first");
        json_null(j, "last");
    }
    json_u64(j, "truncated_packets", c ? c->file.cut : 0);
    json_array(j, "errors");
    if (!c)
        json_string(j, NULL, in->trouble.text);
    else if (c->damage.err)
        json_string(j, NULL, c->damage.text);
    json_close(j);
}

void inspect_json(const struct inspection *in, struct buf *out)
{
    struct json j;

    json_begin(&j, out, 2);
    json_object(&j, NULL);
    put_file(&j, in);
    if (in->capture) {
        struct arena arena;
        arena_init(&arena);
        put_tcp(&j, in, inspect_flows(in, &arena));
        arena_release(&arena);
        put_datagrams(&j, "udp", in, CONV_UDP);
        put_datagrams(&j, "icmp", in, CONV_ICMP);
        put_ike(&j, &in->scan);
        put_esp(&j, &in->scan);
        put_syslog(&j, &in->scan);
    }
    json_close(&j);
}
