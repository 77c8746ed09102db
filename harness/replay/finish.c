/* What is asked of the devices, and written down, once the traffic is over. */
#include "replay/run_parts.h"

void finish_console(struct run *r)
{
    /* `show logging` first: its count of records sent is compared with those that came */
    static const char *const commands[] = {"show logging", "show conn detail",
                                           "show asp table vpn-context", "show crypto ipsec sa",
                                           "show asp drop"};
    bool refused;

    for (int site = 0; site < SITES; site++) {
        struct device *d = r->device[site];
        for (size_t i = 0; d && d->ops->embedded && i < COUNT(commands); i++)
            console_run(r, (enum plan_site)site, commands[i], &refused);
    }
}

static void say_host(struct run *r, const struct stream *s, enum plan_site site)
{
    struct host_flow_status st;

    host_flow_status(stream_host(r, s, site), s->id[site], &st);
    event_line_start(&r->line, "host");
    event_line_add(&r->line, "site", plan_site_name(site));
    event_line_add(&r->line, "stream", s->spec->id);
    event_line_add(&r->line, "state", host_flow_state_name(st.state));
    event_line_addf(&r->line, "delivered", "%llu", (unsigned long long)st.delivered);
    event_line_addf(&r->line, "altered", "%llu", (unsigned long long)st.altered);
    event_line_addf(&r->line, "sent", "%llu", (unsigned long long)st.sent);
    event_line_addf(&r->line, "acked", "%llu", (unsigned long long)st.acked);
    event_line_addf(&r->line, "retransmitted_segments", "%llu",
                    (unsigned long long)st.retransmitted_segments);
    event_line_addf(&r->line, "retransmitted_bytes", "%llu",
                    (unsigned long long)st.retransmitted_bytes);
    event_line_addf(&r->line, "rto_fired", "%llu", (unsigned long long)st.rto_fired);
    event_line_addf(&r->line, "fast_retransmits", "%llu", (unsigned long long)st.fast_retransmits);
    run_event(r);
}

static void say_port(struct run *r, const struct tap *t)
{
    struct port_stats s, far = {0};

    port_stats(t->port, &s);
    if (t->far) /* what was lost on the way to us is known where it was sent */
        port_stats(t->far, &far);
    event_line_start(&r->line, "port");
    event_line_add(&r->line, "leg", evidence_leg_name(t->leg));
    event_line_addf(&r->line, "sent", "%llu", (unsigned long long)s.sent);
    event_line_addf(&r->line, "received", "%llu", (unsigned long long)s.received);
    event_line_addf(&r->line, "filtered", "%llu",
                    (unsigned long long)((t->in ? t->in->eaten : 0) +
                                         (t->out && t->out != t->in ? t->out->eaten : 0)));
    event_line_addf(&r->line, "lost", "%llu", (unsigned long long)(s.lost + far.lost));
    event_line_addf(&r->line, "dropped", "%llu", (unsigned long long)s.dropped);
    event_line_addf(&r->line, "late_max_us", "%lld", (long long)(s.late_max_ns / 1000));
    run_event(r);
}

void finish_counters(struct run *r)
{
    uint64_t received[EV_LEGS] = {0}, dropped[EV_LEGS] = {0};
    bool has[EV_LEGS] = {false};

    for (size_t i = 0; i < r->nstreams; i++) {
        for (int site = 0; r->streams[i].added && site < SITES; site++)
            say_host(r, &r->streams[i], (enum plan_site)site);
    }
    for (int i = 0; i < TAPS; i++) {
        struct port_stats s;
        struct tap *t = &r->taps[i];
        if (!t->port)
            continue;
        say_port(r, t);
        port_stats(t->port, &s);
        has[t->leg] = true;
        received[t->leg] += t->recorded; /* ours among them, as a capture there would */
        dropped[t->leg] += s.dropped;
    }
    for (int leg = 0; leg < EV_LEGS; leg++) {
        if (has[leg])
            evidence_stats(r->ev, (enum evidence_leg)leg, received[leg], dropped[leg]);
    }
}
