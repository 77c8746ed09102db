#include "cli/inspect.h"

#include "base/hex.h"
#include "cli/log_record.h"
#include "report/jsonw.h"
#include "wire/isakmp.h"

#include <stdio.h>

static void put_endpoint(struct jsonw *j, const char *name, const struct endpoint *e)
{
    char text[ENDPOINT_TEXT];

    jsonw_string(j, name, endpoint_format(e, text));
}

static void put_addr(struct jsonw *j, const char *name, const struct ip_addr *a)
{
    char text[IP_ADDR_TEXT];

    jsonw_string(j, name, ip_addr_format(a, text));
}

static void put_hex(struct jsonw *j, const char *name, const uint8_t spi[static 8])
{
    char text[17];

    jsonw_string(j, name, hex_format(bytes_of(spi, 8), text));
}

static void put_direction(struct jsonw *j, const char *name, const struct inspection *in,
                          uint32_t number, enum tcp_side side)
{
    char hex[SCAN_DIGEST_TEXT];
    const struct tcp_dir *d = &in->scan.survey.tcp.streams[number]->dir[side];
    struct tcp_rexmit again = tcp_dir_retransmitted(d, in->rules);

    jsonw_object(j, name);
    jsonw_u64(j, "packets", d->packets);
    jsonw_u64(j, "data_packets", d->data_packets);
    jsonw_u64(j, "data_bytes", d->data_bytes);
    jsonw_u64(j, "unique_bytes", tcp_dir_unique_bytes(d));
    jsonw_u64(j, "gap_bytes", tcp_dir_gap_bytes(d));
    jsonw_u64(j, "holes", tcp_dir_holes(d));
    jsonw_u64(j, "overlap_bytes", tcp_dir_odd(d)->overlap_bytes);
    jsonw_u64(j, "conflict_bytes", tcp_dir_odd(d)->conflict_bytes);
    jsonw_u64(j, "cut_packets", tcp_dir_odd(d)->cut_packets);
    jsonw_u64(j, "dup_full", tcp_dir_odd(d)->dup_full);
    jsonw_u64(j, "dup_partial", tcp_dir_odd(d)->dup_partial);
    jsonw_u64(j, "hole_fill", tcp_dir_odd(d)->hole_fill);
    jsonw_u64(j, "jump", tcp_dir_odd(d)->jump);
    jsonw_u64(j, "keepalive", tcp_dir_odd(d)->keepalive);
    jsonw_u64(j, "syn", d->syn);
    jsonw_u64(j, "isns", tcp_dir_isns(d));
    jsonw_u64(j, "fin", d->fin);
    jsonw_u64(j, "rst", tcp_dir_odd(d)->rst);
    jsonw_u64(j, "zero_window", tcp_dir_odd(d)->zero_window);
    jsonw_u64(j, "duplicate_acks", tcp_dir_odd(d)->duplicate_acks);
    jsonw_u64(j, "sack_packets", tcp_dir_odd(d)->sack_packets);
    jsonw_string(j, "rules", tcp_rules_name(in->rules));
    jsonw_u64(j, "retransmitted_packets", again.packets);
    jsonw_u64(j, "retransmitted_bytes", again.bytes);
    if (d->max_idle_ns >= 0)
        jsonw_number(j, "max_idle_s", (double)d->max_idle_ns / 1e9, 9);
    else
        jsonw_null(j, "max_idle_s");
    jsonw_bool(j, "complete", tcp_dir_is_complete(d));
    jsonw_string(j, "sha256", scan_digest(&in->scan, number, side, hex));
    jsonw_close(j);
}

static void put_replay(struct jsonw *j, const struct flow *f)
{
    jsonw_bool(j, "replayable", f->replayable);
    jsonw_array(j, "why_not");
    for (size_t i = 0; i < FLOW_WHY_MAX && f->why_not[i]; i++)
        jsonw_string(j, NULL, f->why_not[i]);
    jsonw_close(j);
}

static void put_stream(struct jsonw *j, const struct inspection *in, const struct flow *f)
{
    static const char *const initiators[] = {"unknown", "a", "b"};
    const struct tcp_stream *t = f->tcp;

    jsonw_object(j, NULL);
    jsonw_u64(j, "stream", t->number);
    put_endpoint(j, "a", &t->at[TCP_SIDE_A]);
    put_endpoint(j, "b", &t->at[TCP_SIDE_B]);
    jsonw_string(j, "initiator", initiators[t->initiator]);
    jsonw_time(j, "first", t->first_ns);
    jsonw_time(j, "last", t->last_ns);
    jsonw_bool(j, "complete_handshake", t->handshake);
    jsonw_string(j, "closed", tcp_end_name(tcp_stream_end(t)));
    put_direction(j, "a_to_b", in, t->number, TCP_SIDE_A);
    put_direction(j, "b_to_a", in, t->number, TCP_SIDE_B);
    put_replay(j, f);
    jsonw_close(j);
}

static void put_turns(struct jsonw *j, const char *name, const struct flow *f, enum conv_side from)
{
    jsonw_object(j, name);
    jsonw_u64(j, "packets", f->datagrams[from]);
    jsonw_u64(j, "data_bytes", f->conv.data[from].n);
    jsonw_close(j);
}

/* A: the sender of the first packet, as for TCP. */
static void put_datagrams(struct jsonw *j, const struct flow *f)
{
    bool turned = f->first == CONV_B;

    jsonw_object(j, NULL);
    put_endpoint(j, "a", turned ? &f->conv.b : &f->conv.a);
    put_endpoint(j, "b", turned ? &f->conv.a : &f->conv.b);
    jsonw_string(j, "initiator", turned ? "b" : "a");
    jsonw_time(j, "first", f->first_ns);
    jsonw_time(j, "last", f->last_ns);
    jsonw_u64(j, "packets", f->packets);
    jsonw_u64(j, "bytes", f->bytes);
    put_turns(j, "a_to_b", f, turned ? CONV_B : CONV_A);
    put_turns(j, "b_to_a", f, turned ? CONV_A : CONV_B);
    put_replay(j, f);
    jsonw_close(j);
}

static void put_flows(struct jsonw *j, const char *name, const struct inspection *in,
                      enum conv_proto proto, struct inspect_out *out)
{
    const struct survey *s = &in->scan.survey;

    jsonw_array(j, name);
    for (size_t i = 0; i < s->nflows; i++) {
        struct arena arena;
        struct flow f;
        if (survey_proto(s, i) != proto)
            continue;
        arena_init(&arena);
        survey_flow(s, i, &arena, &f);
        if (inspect_keeps(in, &f)) {
            if (f.tcp)
                put_stream(j, in, &f);
            else
                put_datagrams(j, &f);
        }
        arena_release(&arena);
        inspect_flush(out);
    }
    jsonw_close(j);
}

static void put_ike(struct jsonw *j, const struct scan *s)
{
    char version[8];

    jsonw_array(j, "ike");
    for (size_t i = 0; i < s->nike; i++) {
        const struct scan_ike *m = &s->ike[i];
        jsonw_object(j, NULL);
        jsonw_u64(j, "packet", m->packet);
        put_addr(j, "src", &m->src);
        put_addr(j, "dst", &m->dst);
        snprintf(version, sizeof(version), "%u.%u", m->version >> 4, m->version & 15u);
        jsonw_string(j, "version", version);
        jsonw_u64(j, "exchange", m->exchange);
        jsonw_string(j, "exchange_name", isakmp_exchange_name(m->exchange));
        put_hex(j, "initiator_spi", m->spi_i);
        put_hex(j, "responder_spi", m->spi_r);
        jsonw_u64(j, "message_id", m->message_id);
        jsonw_u64(j, "flags", m->flags);
        jsonw_array(j, "payloads");
        for (size_t k = 0; k < m->npayloads; k++)
            jsonw_u64(j, NULL, m->payloads[k]);
        jsonw_close(j);
        jsonw_bool(j, "encrypted", m->encrypted);
        jsonw_close(j);
    }
    jsonw_close(j);
}

static void put_esp(struct jsonw *j, const struct scan *s)
{
    char spi[16];

    jsonw_array(j, "esp");
    for (size_t i = 0; i < s->nesp; i++) {
        const struct scan_esp *e = &s->esp[i];
        jsonw_object(j, NULL);
        put_addr(j, "src", &e->src);
        put_addr(j, "dst", &e->dst);
        snprintf(spi, sizeof(spi), "0x%08x", (unsigned)e->spi);
        jsonw_string(j, "spi", spi);
        jsonw_string(j, "encapsulation", scan_encapsulation_name(e->in));
        jsonw_u64(j, "packets", e->packets);
        jsonw_u64(j, "first_seq", e->first_seq);
        jsonw_u64(j, "last_seq", e->last_seq);
        jsonw_u64(j, "duplicates", e->duplicates);
        jsonw_u64(j, "out_of_order", e->out_of_order);
        jsonw_u64(j, "missing", scan_esp_missing(e));
        jsonw_time(j, "first", e->first_ns);
        jsonw_time(j, "last", e->last_ns);
        jsonw_close(j);
    }
    jsonw_close(j);
}

static void put_syslog(struct jsonw *j, const struct scan *s)
{
    jsonw_array(j, "syslog");
    for (size_t i = 0; i < s->nsyslog; i++) {
        jsonw_object(j, NULL);
        jsonw_u64(j, "packet", s->syslog[i].packet);
        put_addr(j, "src", &s->syslog[i].src);
        log_record_members(j, s->syslog[i].line);
        jsonw_close(j);
    }
    jsonw_close(j);
}

static void put_file(struct jsonw *j, const struct inspection *in)
{
    const struct savefile_stats *f = &in->scan.file; /* zeros when it could not be read */

    jsonw_string(j, "file", in->path);
    jsonw_string(j, "format", f->format);
    jsonw_array(j, "linktypes");
    for (size_t i = 0; i < f->nlinktypes; i++)
        jsonw_u64(j, NULL, f->linktypes[i]);
    jsonw_close(j);
    jsonw_u64(j, "packets", f->packets);
    jsonw_u64(j, "bytes", f->bytes);
    if (in->scan.survey.any) {
        jsonw_time(j, "first", in->scan.survey.first_ns);
        jsonw_time(j, "last", in->scan.survey.last_ns);
    } else {
        jsonw_null(j, "first");
        jsonw_null(j, "last");
    }
    jsonw_u64(j, "truncated_packets", f->cut);
    jsonw_u64(j, "copies", in->scan.copies.n);
    jsonw_u64(j, "unknown_blocks", f->unknown_blocks);
    jsonw_array(j, "errors");
    if (!in->good)
        jsonw_string(j, NULL, in->trouble.text);
    else if (in->scan.damage.err)
        jsonw_string(j, NULL, in->scan.damage.text);
    jsonw_close(j);
}

static void put_given_up(struct jsonw *j, const struct scan *s)
{
    const struct scan_given_up g = scan_given_up(s);

    jsonw_object(j, "given_up");
    jsonw_u64(j, "holes", g.holes);
    jsonw_u64(j, "datagrams", g.datagrams);
    jsonw_u64(j, "packets", g.packets);
    jsonw_u64(j, "messages", g.messages);
    jsonw_close(j);
}

void inspect_json(const struct inspection *in, struct inspect_out *out)
{
    struct jsonw j;

    jsonw_begin(&j, &out->b, 2);
    jsonw_object(&j, NULL);
    put_file(&j, in);
    if (in->good) {
        jsonw_bool(&j, "interrupted", in->scan.interrupted);
        put_given_up(&j, &in->scan);
        put_flows(&j, "tcp", in, CONV_TCP, out);
        put_flows(&j, "udp", in, CONV_UDP, out);
        put_flows(&j, "icmp", in, CONV_ICMP, out);
        put_ike(&j, &in->scan);
        put_esp(&j, &in->scan);
        put_syslog(&j, &in->scan);
    }
    jsonw_close(&j);
}
