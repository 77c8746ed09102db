/* The case's streams: conversations out of captures, played by the two hosts. */
#include "base/hex.h"
#include "base/mem.h"
#include "crypto/hash.h"
#include "replay/run_parts.h"

#define HASH_CHUNK 65536

/* Who of the capture sits in the branch office: the one who opened its first flow. */
static struct ip_addr bo_address(const struct capture *c)
{
    return c->nflows ? c->flows[0].conv.a.addr : (struct ip_addr){0};
}

static struct span longest_gap(const struct tape *t)
{
    struct span most = {0};

    for (size_t i = 0; i < t->conv->nturns; i++) {
        struct turn turn = tape_turn(t, i);
        if (turn.gap.ns > most.ns)
            most = turn.gap;
    }
    return most;
}

static void set_endpoints(struct run *r, struct stream *s, const struct capture *c)
{
    const struct conversation *v = &s->flow->conv;
    const struct plan_lab *l = &r->plan->lab;
    struct ip_addr bo = bo_address(c);

    s->opener = ip_addr_eq(&v->a.addr, &bo) || !ip_addr_eq(&v->b.addr, &bo) ? SITE_BO : SITE_HO;
    bool turned = s->spec->opener != OPENER_CAPTURED &&
                  (s->spec->opener == OPENER_BO) != (s->opener == SITE_BO);
    if (turned)
        s->opener = s->opener == SITE_BO ? SITE_HO : SITE_BO;
    uint16_t bo_port = s->opener == SITE_BO ? v->a.port : v->b.port;
    uint16_t ho_port = s->opener == SITE_BO ? v->b.port : v->a.port;
    s->at[SITE_BO] = (struct endpoint){l->bo_host, s->spec->bo_port ? s->spec->bo_port : bo_port};
    s->at[SITE_HO] = (struct endpoint){s->spec->to == FAR_OUTSIDE ? l->outside_host : l->ho_host,
                                       s->spec->ho_port ? s->spec->ho_port : ho_port};
    if (v->proto == CONV_ICMP) /* one identifier for both */
        s->at[SITE_HO].port = s->at[SITE_BO].port;
}

static enum conv_side side_at(const struct stream *s, enum plan_site site)
{
    return site == s->opener ? CONV_A : CONV_B;
}

static uint64_t total_from(const struct stream *s, enum plan_site site)
{
    return s->tape.total[side_at(s, site)];
}

/* Of all that SITE is to send, as hex digits. */
static void digest_of(const struct stream *s, enum plan_site site, char out[static 65])
{
    struct sha256 h;
    uint8_t chunk[HASH_CHUNK], sum[32];
    uint64_t total = total_from(s, site), at = 0;

    sha256_begin(&h);
    while (at < total) {
        size_t n = total - at < sizeof(chunk) ? (size_t)(total - at) : sizeof(chunk);
        tape_read(&s->tape, side_at(s, site), at, chunk, n);
        sha256_add(&h, bytes_of(chunk, n));
        at += n;
    }
    sha256_end(&h, sum);
    hex_format(bytes_of(sum, sizeof(sum)), out);
}

static enum err open_stream(struct run *r, struct stream *s, struct diag *why)
{
    const struct plan_stream *spec = s->spec;
    const struct capture *c;
    struct diag d = {0};

    enum err e = captures_get(r->captures, spec->capture, &c, &d);
    if (!e)
        e = capture_pick(c, (enum conv_proto)spec->proto, spec->flow, &s->flow, &d);
    if (e)
        return diag_fail_at(why, e, spec->at.file, spec->at.line, "stream \"%s\": %s%s%s", spec->id,
                            d.file, d.file[0] ? ": " : "", d.text);
    struct tape_options opts = {.bytes = spec->bytes, .think = spec->think};
    tape_init(&s->tape, &s->flow->conv, &opts);
    set_endpoints(r, s, c);
    s->gap_max = longest_gap(&s->tape);
    s->larger = s->tape.total[CONV_A] >= s->tape.total[CONV_B] ? CONV_A : CONV_B;
    if (!r->plan->headers_only && s->flow->conv.proto == CONV_TCP) {
        digest_of(s, SITE_BO, s->sha256[SITE_BO]); /* now: a live run has no time for it later */
        digest_of(s, SITE_HO, s->sha256[SITE_HO]);
    }
    return ERR_OK;
}

static void say_stream(struct run *r, const struct stream *s)
{
    char text[ENDPOINT_TEXT];
    unsigned proto = s->flow->conv.proto;

    event_line_start(&r->line, "stream");
    event_line_add(&r->line, "id", s->spec->id);
    event_line_add(&r->line, "proto", proto == 6 ? "tcp" : proto == 17 ? "udp" : "icmp");
    event_line_add(&r->line, "bo", endpoint_format(&s->at[SITE_BO], text));
    event_line_add(&r->line, "ho", endpoint_format(&s->at[SITE_HO], text));
    event_line_add(&r->line, "opener", plan_site_name(s->opener));
    if (s->spec->bo_seen_as.family)
        event_line_add(&r->line, "bo_seen_as", ip_addr_format(&s->spec->bo_seen_as, text));
    if (s->spec->ho_seen_as.family)
        event_line_add(&r->line, "ho_seen_as", ip_addr_format(&s->spec->ho_seen_as, text));
    event_line_addf(&r->line, "bytes_ho_to_bo", "%llu", (unsigned long long)total_from(s, SITE_HO));
    event_line_addf(&r->line, "bytes_bo_to_ho", "%llu", (unsigned long long)total_from(s, SITE_BO));
    if (s->sha256[SITE_HO][0])
        event_line_add(&r->line, "sha256_ho_to_bo", s->sha256[SITE_HO]);
    if (s->sha256[SITE_BO][0])
        event_line_add(&r->line, "sha256_bo_to_ho", s->sha256[SITE_BO]);
    run_event(r);
}

/* Two conversations of one protocol between the same ports cannot be told apart, not by the hosts
 * nor by the device. */
static enum err check_ports(const struct run *r, size_t n, struct diag *why)
{
    const struct stream *s = &r->streams[n];

    for (size_t i = 0; i < n; i++) {
        const struct stream *o = &r->streams[i];
        if (o->flow->conv.proto == s->flow->conv.proto &&
            endpoint_eq(&o->at[SITE_BO], &s->at[SITE_BO]) &&
            endpoint_eq(&o->at[SITE_HO], &s->at[SITE_HO]))
            return diag_fail_at(why, ERR_INVALID, s->spec->at.file, s->spec->at.line,
                                "stream \"%s\" has the ports %u and %u of stream \"%s\": give it "
                                "another bo-port",
                                s->spec->id, s->at[SITE_BO].port, s->at[SITE_HO].port, o->spec->id);
    }
    return ERR_OK;
}

enum err streams_open(struct run *r, struct diag *why)
{
    enum err e = ERR_OK;

    r->nstreams = r->plan->nstreams;
    r->streams = mem_array(r->nstreams + 1, sizeof(*r->streams));
    for (size_t i = 0; !e && i < r->nstreams; i++) {
        r->streams[i].spec = &r->plan->streams[i];
        e = open_stream(r, &r->streams[i], why);
        if (!e)
            e = check_ports(r, i, why);
    }
    return e;
}

void streams_close(struct run *r)
{
    mem_free(r->streams);
}

struct host *stream_host(const struct run *r, const struct stream *s, enum plan_site site)
{
    return site == SITE_HO && s->spec->to == FAR_OUTSIDE ? r->outside : r->host[site];
}

/* Where the host at SITE looks for the other one. */
static struct endpoint seen_from(const struct stream *s, enum plan_site site)
{
    struct endpoint other = s->at[site == SITE_BO ? SITE_HO : SITE_BO];
    const struct ip_addr *as = site == SITE_BO ? &s->spec->ho_seen_as : &s->spec->bo_seen_as;

    if (as->family)
        other.addr = *as;
    return other;
}

static void add_stream(struct run *r, struct stream *s)
{
    s->added = true;
    r->last_progress = run_now(r); /* it begins: what stood still before is no matter */
    say_stream(r, s);
    for (int i = 0; i < SITES; i++) {
        enum plan_site site = i == 0 ? (s->opener == SITE_BO ? SITE_HO : SITE_BO) : s->opener;
        struct host_flow f = {.tape = &s->tape,
                              .side = side_at(s, site),
                              .local = s->at[site],
                              .remote = seen_from(s, site),
                              .start = run_now(r)};
        enum err e = host_add_flow(stream_host(r, s, site), &f, &s->id[site]);
        if (e) {
            run_break(r, "stream \"%s\" cannot be begun: its flow %s", s->spec->id, err_text(e));
            return;
        }
    }
}

void streams_start(struct run *r)
{
    for (size_t i = 0; i < r->nstreams; i++) {
        struct stream *s = &r->streams[i];
        int after = s->spec->after;
        if (s->added || (after >= 0 && !r->streams[after].ended) ||
            (after < 0 && run_time(r).ns < s->spec->start.ns))
            continue;
        add_stream(r, s);
    }
}

struct mono streams_next_start(const struct run *r)
{
    struct mono t = MONO_NEVER;

    for (size_t i = 0; i < r->nstreams; i++) {
        const struct plan_stream *s = r->streams[i].spec;
        if (!r->streams[i].added && s->after < 0)
            t = mono_min(t, mono_add(r->zero, s->start));
    }
    return t;
}

bool streams_waiting(const struct run *r)
{
    for (size_t i = 0; i < r->nstreams; i++) {
        if (!r->streams[i].added)
            return true;
    }
    return false;
}

static bool is_over(enum host_flow_state s)
{
    return s == HOST_FLOW_DONE || s == HOST_FLOW_RESET || s == HOST_FLOW_GAVE_UP;
}

static bool is_broken(enum host_flow_state s)
{
    return s == HOST_FLOW_RESET || s == HOST_FLOW_GAVE_UP;
}

void streams_look(struct run *r)
{
    uint64_t sum = 0;

    for (size_t i = 0; i < r->nstreams; i++) {
        struct stream *s = &r->streams[i];
        struct host_flow_status bo, ho;
        if (!s->added || s->ended)
            continue;
        host_flow_status(stream_host(r, s, SITE_BO), s->id[SITE_BO], &bo);
        host_flow_status(stream_host(r, s, SITE_HO), s->id[SITE_HO], &ho);
        sum += bo.delivered + ho.delivered + bo.acked + ho.acked;
        s->ended =
            (is_over(bo.state) && is_over(ho.state)) || is_broken(bo.state) || is_broken(ho.state);
    }
    if (sum != r->last_delivered) {
        r->last_delivered = sum;
        r->last_progress = run_now(r);
    }
}

bool streams_all_ended(const struct run *r)
{
    for (size_t i = 0; i < r->nstreams; i++) {
        if (!r->streams[i].ended)
            return false;
    }
    return true;
}

struct span streams_patience(const struct run *r)
{
    struct span most = {0};

    for (size_t i = 0; i < r->nstreams; i++) {
        if (!r->streams[i].ended && r->streams[i].gap_max.ns > most.ns)
            most = r->streams[i].gap_max;
    }
    return most;
}

/* Where the larger direction flows to. */
static enum plan_site sink_site(const struct stream *s)
{
    bool from_opener = s->larger == CONV_A;
    enum plan_site other = s->opener == SITE_BO ? SITE_HO : SITE_BO;

    return from_opener ? other : s->opener;
}

uint64_t stream_offset(const struct run *r, const struct stream *s)
{
    struct host_flow_status st;
    enum plan_site site = sink_site(s);

    if (!s->added)
        return 0;
    host_flow_status(stream_host(r, s, site), s->id[site], &st);
    return st.delivered;
}

uint64_t stream_in_flight(const struct run *r, const struct stream *s)
{
    struct host_flow_status st;
    enum plan_site site = sink_site(s) == SITE_BO ? SITE_HO : SITE_BO;

    if (!s->added)
        return 0;
    host_flow_status(stream_host(r, s, site), s->id[site], &st);
    return st.in_flight;
}

void streams_sum(const struct run *r, uint64_t *delivered, uint64_t *planned)
{
    *delivered = *planned = 0;
    for (size_t i = 0; i < r->nstreams; i++) {
        const struct stream *s = &r->streams[i];
        struct host_flow_status st;
        *planned += s->tape.total[0] + s->tape.total[1];
        for (int site = 0; s->added && site < SITES; site++) {
            host_flow_status(stream_host(r, s, (enum plan_site)site), s->id[site], &st);
            *delivered += st.delivered;
        }
    }
}
