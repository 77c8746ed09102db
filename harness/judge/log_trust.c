/* N3, proof of absence: that a message is not in the log says something only when it would have
 * been there. The flow's own "built" message must have come (so its level is logged, and to us),
 * and no record may be missing. */
#include "judge/judge_parts.h"

/* The message that a device logs when it begins to track such a flow. */
static uint32_t built_id(const struct jflow *f)
{
    return f->proto == IP_UDP ? 302015 : f->proto == IP_ICMP ? 302020 : 302013;
}

static const struct log_record *built_by(const struct jflow *f, int site)
{
    for (size_t i = 0; i < f->nbuilt && i < RECORDS_MAX; i++)
        if (f->built[i].site == site)
            return &f->built[i];
    return NULL;
}

static const char *say(struct judge *j, const char *fmt, ...) PRINTF_LIKE(2, 3);

static const char *say(struct judge *j, const char *fmt, ...)
{
    struct buf b = BUF_INIT;
    va_list ap;

    va_start(ap, fmt);
    buf_vaddf(&b, fmt, ap);
    va_end(ap);
    const char *s = arena_strdup(j->arena, buf_str(&b));
    buf_release(&b);
    return s;
}

/* Where the log of the device at SITE comes from; NULL: from anywhere. */
static const struct ip_addr *log_source(const struct judge *j, int site)
{
    const struct plan_lab *l = j->plan ? &j->plan->lab : NULL;

    if (!l || l->mode == MODE_PEER)
        return NULL;
    return site == HO ? &l->mgmt_device2 : &l->mgmt_device;
}

/* Records that are known to be missing. */
static const char *hole(struct judge *j, int site)
{
    const struct device_log *d = &j->logs.device[site];

    if (j->tl.dropped[EV_MGMT])
        return say(j, "the capture of the mgmt leg lost %llu frames",
                   (unsigned long long)j->tl.dropped[EV_MGMT]);
    if (!timeline_is_whole(&j->tl))
        return "the evidence does not reach to the end of the run";
    if (log_channels_have_hole(&j->logs.channels, log_source(j, site)))
        return "the log comes over TCP, and a part of that stream is not in the evidence";
    if (!d->has_count)
        return NULL;
    if (d->lost_said)
        return say(j, "the device says that it gave up %llu log records",
                   (unsigned long long)d->lost_said);
    if (d->records < d->said || d->seen_then > d->said)
        return say(j, "the device says that it sent %llu log records, and %llu came",
                   (unsigned long long)d->said,
                   (unsigned long long)(d->records < d->said ? d->records : d->seen_then));
    return NULL;
}

/* Severities as they are by default: of connections, denied packets and SAs 6. */
static unsigned severity_of(uint32_t id)
{
    return id / 1000 == 302 || id / 1000 == 305 || id / 1000 == 602 || id == 106015 ? 6 : 5;
}

static bool is_about_connections(uint32_t id)
{
    return id / 1000 == 302 || id / 1000 == 305 || id == 106015;
}

static bool was_torn_by(const struct jflow *f, int site)
{
    for (size_t i = 0; i < f->ntorn && i < RECORDS_MAX; i++)
        if (f->torn[i].site == site)
            return true;
    return false;
}

static const char *level_of_flow(struct judge *j, int site, const struct jflow *f)
{
    if (built_by(f, site))
        return NULL;
    return say(j, "nothing shows that messages of level 6 are logged: the %u of %s was not seen",
               built_id(f), f->id);
}

/* No stream is named: every one of the protocol must have been seen. */
static const char *level_of_all(struct judge *j, int site, uint32_t id)
{
    const struct device_log *d = &j->logs.device[site];
    uint8_t proto = id == 302015 || id == 302016   ? IP_UDP
                    : id == 302020 || id == 302021 ? IP_ICMP
                                                   : IP_TCP;

    for (size_t i = 0; is_about_connections(id) && i < j->flows.n; i++) {
        const struct jflow *f = j->flows.list[i];
        const char *why = f->proto == proto ? level_of_flow(j, site, f) : NULL;
        if (why)
            return why;
    }
    for (unsigned level = severity_of(id); level < COUNT(d->by_severity); level++)
        if (d->by_severity[level])
            return NULL;
    return say(j, "nothing shows that messages of level %u are logged: none came", severity_of(id));
}

const char *log_distrust(struct judge *j, int site, uint32_t id, const struct jflow *f)
{
    const char *why = NULL;

    if (!f)
        why = level_of_all(j, site, id);
    else if (id != built_id(f) ||
             !was_torn_by(f, site)) /* its end has the level of its beginning */
        why = level_of_flow(j, site, f);
    return why ? why : hole(j, site);
}

const char *log_proof(struct judge *j, int site, const struct jflow *f)
{
    const struct device_log *d = &j->logs.device[site];
    const struct log_record *b = f ? built_by(f, site) : NULL;
    struct buf text = BUF_INIT;

    if (b)
        buf_addf(&text, "its %u is packet %llu", b->id, (unsigned long long)b->packet);
    else
        buf_addf(&text, "%llu messages came", (unsigned long long)d->messages);
    if (d->has_count)
        buf_addf(&text, ", and all %llu records that the device counts are there",
                 (unsigned long long)d->said);
    const char *s = arena_strdup(j->arena, buf_str(&text));
    buf_release(&text);
    return s;
}
