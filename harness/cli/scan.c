#include "cli/scan.h"

#include "base/mem.h"
#include "cli/scan_parts.h"

#define SYSLOG_PORT 514

void scan_take_syslog(struct scan *s, const struct savefile_packet *p, struct bytes b)
{
    if (s->nsyslog == s->cap_syslog) {
        s->cap_syslog = s->cap_syslog ? s->cap_syslog * 2 : 64;
        s->syslog = mem_resize(s->syslog, s->cap_syslog, sizeof(*s->syslog));
    }
    while (b.n && (b.p[b.n - 1] == '\n' || b.p[b.n - 1] == '\r' || b.p[b.n - 1] == '\0'))
        b.n--; /* some senders end the message in a line's manner */
    char *copy = arena_strndup(&s->arena, b.n ? (const char *)b.p : "", b.n);
    s->syslog[s->nsyslog++] = (struct scan_syslog){p->number, p->pkt.ip.src, bytes_of(copy, b.n)};
}

static void take(struct scan *s, const struct savefile_packet *p)
{
    switch (p->pkt.kind) {
    case PKT_TCP: scan_take_framed(s, p); break;
    case PKT_ESP: scan_take_esp(s, p, SCAN_IN_IP, p->pkt.esp.spi, p->pkt.esp.seq); break;
    case PKT_UDP:
        if (p->pkt.udp.dst == SYSLOG_PORT)
            scan_take_syslog(s, p, p->pkt.udp.data);
        else
            scan_take_ike(s, p);
        break;
    case PKT_IP:
        if (p->pkt.ip.proto == IP_AH)
            scan_take_ah(s, p);
        break;
    default: break;
    }
}

/* Packets of link types that are not taken apart are no failure of the file, but no traffic
 * either. */
static void say_unread(struct scan *s, const char *path)
{
    if (!s->damage.err)
        (void)!savefile_unread(&s->file, path, &s->damage);
}

static void read_all(struct scan *s, struct savefile *f, const struct scan_options *o)
{
    struct savefile_packet p;
    int64_t first_ns = 0;

    while (savefile_next(f, &p, &s->damage) == ERR_OK) {
        if (p.number == 1)
            first_ns = p.time_ns;
        if (o->watch && p.number % SCAN_WATCH == 0) {
            struct savefile_stats so_far = savefile_stats(f);
            s->interrupted = !o->watch(o->ctx, &so_far);
            if (s->interrupted)
                return;
        }
        if (o->filter && !inspect_filter_time(o->filter, first_ns, p.time_ns))
            continue;
        survey_add(&s->survey, &p);
        scan_copies_add(&s->copies, &p);
        take(s, &p);
    }
}

enum err scan_file_with(struct scan *s, const char *path, const struct scan_options *o,
                        struct diag *why)
{
    struct savefile *f;

    *s = (struct scan){0};
    arena_init(&s->arena);
    survey_init(&s->survey);
    s->survey.tcp.opts.vlans_apart = o->vlans_apart;
    map_init(&s->esp_map);
    map_init(&s->framed_map);
    enum err e = savefile_open_live(path, o->wait, &f, why);
    if (e)
        return e;
    if (o->digests)
        scan_digests_begin(s);
    read_all(s, f, o);
    s->file = savefile_stats(f);
    savefile_close(f);
    if (o->digests)
        scan_digests_finish(s);
    say_unread(s, path);
    return ERR_OK;
}

enum err scan_file(struct scan *s, const char *path, bool digests, struct diag *why)
{
    return scan_file_with(s, path, &(struct scan_options){.digests = digests}, why);
}

void scan_release(struct scan *s)
{
    scan_digests_release(s);
    survey_release(&s->survey);
    for (size_t i = 0; i < s->nesp; i++)
        range_set_release(&s->esp[i].seen);
    mem_free(s->esp);
    map_release(&s->esp_map);
    mem_free(s->ike);
    mem_free(s->syslog);
    scan_framed_release(s);
    arena_release(&s->arena);
}

struct scan_given_up scan_given_up(const struct scan *s)
{
    struct scan_given_up g = {.datagrams = s->file.fragments.dropped,
                              .packets = s->survey.crowded,
                              .messages = scan_framed_holes(s)};

    for (size_t i = 0; i < s->survey.tcp.count; i++)
        for (int side = 0; side < 2; side++)
            g.holes += range_set_closed_holes(&s->survey.tcp.streams[i]->dir[side].covered);
    return g;
}
