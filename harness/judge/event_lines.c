/* The lines of the events leg: what the harness did and saw. */
#include "judge/judge_parts.h"

#include <stdlib.h>

static const char *get(struct judge *j, struct bytes line, const char *key)
{
    return event_line_get(line, key, &j->value) ? NULL : buf_str(&j->value);
}

static const char *get_kept(struct judge *j, struct bytes line, const char *key)
{
    const char *v = get(j, line, key);

    return v ? arena_strdup(j->arena, v) : NULL;
}

static uint64_t get_number(struct judge *j, struct bytes line, const char *key)
{
    const char *v = get(j, line, key);

    return v ? strtoull(v, NULL, 0) : 0;
}

static int get_site(struct judge *j, struct bytes line, const char *key)
{
    const char *v = get(j, line, key);

    return v && strcmp(v, "ho") == 0 ? HO : BO;
}

struct jevent *event_of(struct judge *j, int plan_index)
{
    for (size_t i = 0; plan_index >= 0 && i < j->nevents; i++) {
        if (j->events[i].plan == plan_index)
            return &j->events[i];
    }
    return NULL;
}

static struct jevent *event_by_id(struct judge *j, const char *id)
{
    for (size_t i = 0; id && i < j->nevents; i++) {
        if (strcmp(j->events[i].id, id) == 0)
            return &j->events[i];
    }
    return NULL;
}

double since_event_s(const struct judge *j, int plan_event, int64_t ns)
{
    for (size_t i = 0; i < j->nevents; i++) {
        if (j->events[i].plan == plan_event && j->events[i].sent_ns != NEVER)
            return (double)(ns - j->events[i].sent_ns) / 1e9;
    }
    return (double)(ns - j->first_ns) / 1e9;
}

bool in_window(const struct judge *j, const struct plan_window *w, int64_t ns)
{
    int64_t from = j->first_ns;

    for (size_t i = 0; i < j->nevents; i++) {
        const struct jevent *e = &j->events[i];
        if (w->since >= 0 && e->plan == w->since) {
            if (e->sent_ns == NEVER || ns < e->sent_ns)
                return false;
            from = e->sent_ns;
        }
        if (w->until >= 0 && e->plan == w->until && e->sent_ns != NEVER && ns >= e->sent_ns)
            return false;
    }
    return w->within.ns == 0 || ns < from + w->within.ns;
}

/* Silences that had begun before are counted from the last progress. */
static void begin_after(struct judge *j, size_t event)
{
    for (size_t i = 0; i < j->nstreams; i++)
        j->streams[i].after[event] =
            (struct after_event){.end_ns = NEVER, .start_ns = NEVER, .datagram_ns = NEVER};
}

static void take_event(struct judge *j, struct bytes line)
{
    struct jevent *e = event_by_id(j, get(j, line, "id"));
    const char *state;

    if (!e)
        return;
    state = get(j, line, "state");
    if (!state)
        return;
    if (strcmp(state, "sent") == 0) {
        e->sent_ns = j->rec.time_ns;
        e->stream_offset = get_number(j, line, "offset");
        begin_after(j, (size_t)(e - j->events));
    } else if (strcmp(state, "confirmed") == 0) {
        e->confirmed_ns = j->rec.time_ns;
        e->detail = get_kept(j, line, "detail");
    } else if (strcmp(state, "failed") == 0) {
        e->failed = true;
        e->reason = get_kept(j, line, "reason");
    }
}

static bool parse_endpoint(const char *text, struct endpoint *out)
{
    const char *colon = text ? strrchr(text, ':') : NULL;
    char addr[64];
    size_t n = colon ? (size_t)(colon - text) : 0;

    if (!colon || n >= sizeof(addr))
        return false;
    if (text[0] == '[' && n > 2) {
        text++;
        n -= 2;
    }
    memcpy(addr, text, n);
    addr[n] = '\0';
    out->port = (uint16_t)strtoul(colon + 1, NULL, 10);
    return ip_addr_parse(addr, &out->addr) == ERR_OK;
}

static int plan_stream(const struct judge *j, const char *id)
{
    for (size_t i = 0; j->plan && i < j->plan->nstreams; i++) {
        if (strcmp(j->plan->streams[i].id, id) == 0)
            return (int)i;
    }
    return -1;
}

#define STREAMS_MAX 1024

static void take_stream(struct judge *j, struct bytes line)
{
    const char *id = get_kept(j, line, "id"), *proto;
    struct jstream s = {.id = id, .first_syn_ns = NEVER, .torn_ns = NEVER, .reset_ns = NEVER};

    if (!id || j->nstreams == STREAMS_MAX || !parse_endpoint(get(j, line, "bo"), &s.at[BO]) ||
        !parse_endpoint(get(j, line, "ho"), &s.at[HO]))
        return;
    s.plan = plan_stream(j, id);
    proto = get(j, line, "proto");
    s.proto = proto && strcmp(proto, "udp") == 0 ? 17 : proto && strcmp(proto, "icmp") == 0 ? 1 : 6;
    s.opener = get_site(j, line, "opener");
    s.total[HO] = get_number(j, line, "bytes_ho_to_bo");
    s.total[BO] = get_number(j, line, "bytes_bo_to_ho");
    for (int site = 0; site < SITES; site++) {
        const char *hex = get(j, line, site == HO ? "sha256_ho_to_bo" : "sha256_bo_to_ho");
        if (hex && strlen(hex) == 64)
            memcpy(s.sha[site], hex, 65);
        s.progress[site].last_ns = NEVER;
        for (int leg = 0; leg < SITES; leg++) {
            struct leg_dir *d = &s.dir[leg][site];
            tcp_dir_init(&d->tcp, NULL);
            d->first_ns = d->last_data_ns = NEVER;
            if (s.proto == 6 && j->meta && !j->meta->headers_only)
                d->seen.sha = sha256_new();
        }
    }
    s.after = arena_array(j->arena, j->nevents + 1, sizeof(*s.after));
    for (size_t i = 0; i < j->nevents; i++)
        s.after[i] = (struct after_event){.end_ns = NEVER, .start_ns = NEVER, .datagram_ns = NEVER};
    j->streams[j->nstreams++] = s;
}

static void take_host(struct judge *j, struct bytes line)
{
    int site = get_site(j, line, "site");
    const char *id = get_kept(j, line, "stream"), *state;

    for (size_t i = 0; id && i < j->nstreams; i++) {
        struct jstream *s = &j->streams[i];
        if (strcmp(s->id, id) != 0)
            continue;
        s->has_host[site] = true;
        state = get(j, line, "state");
        size_t n = state ? strlen(state) : 0;
        if (n < sizeof(s->host_state[site]) && state)
            memcpy(s->host_state[site], state, n + 1);
        s->host_delivered[site] = get_number(j, line, "delivered");
        s->host_altered[site] = get_number(j, line, "altered");
        s->host_rexmt[site] = get_number(j, line, "retransmitted_segments");
        s->host_rexmt_bytes[site] = get_number(j, line, "retransmitted_bytes");
        s->host_rto[site] = get_number(j, line, "rto_fired");
        s->host_fast[site] = get_number(j, line, "fast_retransmits");
    }
}

static void take_ike(struct judge *j, struct bytes line)
{
    const char *state = get(j, line, "state");

    if (!state || strcmp(state, "up") != 0 || j->nikes == COUNT(j->ikes))
        return;
    const char *rekey = get(j, line, "rekey");
    j->ikes[j->nikes++] = (struct ike_sa_seen){j->rec.time_ns, rekey && strcmp(rekey, "yes") == 0};
}

static size_t read_hex(const char *s, uint8_t *out, size_t cap)
{
    size_t n = 0;

    for (; s && s[0] && s[1] && n < cap; s += 2) {
        char byte[3] = {s[0], s[1], '\0'};
        out[n++] = (uint8_t)strtoul(byte, NULL, 16);
    }
    return n;
}

static void take_key(struct judge *j, struct bytes line, struct sa_seen *sa)
{
    struct esp_params p = {.spi = sa->spi, .src = sa->src, .dst = sa->dst};
    const char *v;

    if ((v = get(j, line, "cipher")))
        p.cipher = cipher_by_name(v);
    if ((v = get(j, line, "integ")))
        p.integ = integ_by_name(v);
    v = get(j, line, "cipher_key");
    if (read_hex(v, p.cipher_key, sizeof(p.cipher_key)) != cipher_key_len(p.cipher))
        return;
    v = get(j, line, "integ_key");
    if (read_hex(v, p.integ_key, sizeof(p.integ_key)) != integ_key_len(p.integ))
        return;
    if (esp_sa_new(&p, (struct mono){0}, &sa->key))
        sa->key = NULL;
}

static void take_esp(struct judge *j, struct bytes line)
{
    struct ip_addr src, dst;
    const char *v;
    uint32_t spi = (uint32_t)get_number(j, line, "spi");

    v = get(j, line, "src");
    if (!v || ip_addr_parse(v, &src))
        return;
    v = get(j, line, "dst");
    if (!v || ip_addr_parse(v, &dst))
        return;
    struct sa_seen *sa = sa_find(j, spi, &dst, true);
    sa->src = src;
    v = get(j, line, "state");
    if (v && strcmp(v, "up") == 0) {
        sa->up_ns = j->rec.time_ns;
        if (!sa->key)
            take_key(j, line, sa);
    } else {
        sa->down_said = true;
        sa->down_ns = j->rec.time_ns;
        sa->down_reason = get_kept(j, line, "reason");
    }
}

static void take_port(struct judge *j, struct bytes line)
{
    int64_t late = (int64_t)get_number(j, line, "late_max_us");

    j->dropped += get_number(j, line, "dropped");
    if (late > j->late_max_us)
        j->late_max_us = late;
}

static void take_end(struct judge *j, struct bytes line)
{
    const char *v = get(j, line, "state");

    j->has_end = true;
    if (v && strlen(v) < sizeof(j->end_state))
        memcpy(j->end_state, v, strlen(v) + 1);
    v = get(j, line, "reason");
    if (v && strlen(v) < sizeof(j->end_reason))
        memcpy(j->end_reason, v, strlen(v) + 1);
}

void event_line_take(struct judge *j, struct bytes line)
{
    static const struct {
        const char *what;
        void (*take)(struct judge *j, struct bytes line);
    } kinds[] = {{"event", take_event}, {"stream", take_stream}, {"host", take_host},
                 {"ike-sa", take_ike},  {"esp-sa", take_esp},    {"port", take_port},
                 {"run-end", take_end}};

    for (size_t i = 0; i < COUNT(kinds); i++) {
        if (event_line_is(line, kinds[i].what)) {
            kinds[i].take(j, line);
            return;
        }
    }
    if (event_line_is(line, "console")) {
        int site = get_site(j, line, "site");
        const char *text = get(j, line, "line");
        if (text)
            console_take(j, site, bytes_str(text));
    }
}
