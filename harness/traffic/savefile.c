#include "traffic/savefile.h"

#include "base/mem.h"
#include "traffic/inflate.h"
#include "traffic/ipcomp.h"
#include "traffic/source.h"
#include "wire/link.h"
#include "wire/tunnel.h"

#include <errno.h>
#include <inttypes.h>
#include <pcap/pcap.h>
#include <unistd.h>

/* Datagrams in fragments in tunnels in fragments: followed this deep. */
#define FRAGMENT_LEVELS 3
#define TUNNELS_MAX     8

/* How far the frame of a packet was looked into. */
struct inside {
    int level;       /* datagrams that were put together */
    bool compressed; /* one was unpacked */
};

/* Of the latest frame, what is still to come: others of an aggregate (A-MSDU). One aggregate a
 * frame; one inside another is told by its first. */
struct others {
    struct bytes rest;
    struct savefile_packet carrier; /* of the aggregate: what its frames have in common */
    struct inside inside;
};

struct savefile {
    char *path;
    struct source *source;
    struct inflate_state unpacked;
    struct fragments *fragments[FRAGMENT_LEVELS]; /* by depth; all but the first made when needed */
    struct ipcomp *ipcomp;                        /* made when needed */
    struct others others;
    struct savefile_stats stats;
};

/* What cannot be wound back is read without a buffer, so that nothing is lost in it. */
static FILE *open_stream(const char *path)
{
    int fd = strcmp(path, "-") == 0 ? dup(STDIN_FILENO) : -1;
    FILE *file = strcmp(path, "-") != 0 ? fopen(path, "rb") : fd < 0 ? NULL : fdopen(fd, "rb");

    if (file && fseek(file, 0, SEEK_CUR))
        setvbuf(file, NULL, _IONBF, 0);
    return file;
}

static enum err open_plain(struct savefile *f, FILE **out, struct diag *why)
{
    FILE *file = open_stream(f->path);

    if (!file)
        return diag_fail_at(why, ERR_IO, f->path, 0, "cannot be opened: %s", strerror(errno));
    int first = getc(file);
    if (first == EOF) {
        bool failed = ferror(file);
        fclose(file);
        return diag_fail_at(why, ERR_IO, f->path, 0,
                            failed ? "cannot be read" : "the file is empty");
    }
    ungetc(first, file);
    *out = inflate_stream(file, &f->unpacked);
    return *out ? ERR_OK : diag_fail_at(why, ERR_IO, f->path, 0, "cannot be unpacked");
}

static enum err open_source(struct savefile *f, const struct intake_wait *wait, struct diag *why)
{
    char text[PCAP_ERRBUF_SIZE] = "";
    struct intake in;
    FILE *stream = NULL;
    enum err e = open_plain(f, &stream, why);

    if (e)
        return e;
    intake_init(&in, stream, wait);
    bool ng = intake_has(&in, 1) && intake_ahead(&in).p[0] == 0x0a; /* block type 0A0D0D0A */
    f->stats.format = ng ? "pcapng" : "pcap";
    f->source = ng ? source_pcapng_open(&in, text, sizeof(text))
                   : source_pcap_open(&in, text, sizeof(text));
    if (f->source)
        return ERR_OK;
    if (f->unpacked.err)
        return diag_fail_at(why, f->unpacked.err, f->path, 0, "%s", f->unpacked.text);
    return diag_fail_at(why, ERR_FORMAT, f->path, 0, "not a capture file that can be read: %s",
                        text);
}

enum err savefile_open(const char *path, struct savefile **out, struct diag *why)
{
    return savefile_open_live(path, NULL, out, why);
}

enum err savefile_open_live(const char *path, const struct intake_wait *wait, struct savefile **out,
                            struct diag *why)
{
    struct savefile *f = mem_zalloc(sizeof(*f));

    f->path = mem_strdup(path);
    enum err e = open_source(f, wait, why);
    if (e) {
        savefile_close(f);
        return e;
    }
    f->fragments[0] = fragments_new();
    *out = f;
    return ERR_OK;
}

void savefile_close(struct savefile *f)
{
    if (!f)
        return;
    if (f->source)
        f->source->ops->close(f->source);
    for (int i = 0; i < FRAGMENT_LEVELS; i++)
        fragments_free(f->fragments[i]);
    ipcomp_free(f->ipcomp);
    mem_free(f->path);
    mem_free(f);
}

static enum err damaged(const struct savefile *f, enum err e, const char *text, struct diag *why)
{
    if (f->unpacked.err) {
        e = f->unpacked.err;
        text = f->unpacked.text;
    }
    return diag_fail_at(why, e, f->path, 0, "%s in packet %" PRIu64 " (%s)",
                        e == ERR_SHORT ? "the file is cut" : "the file is damaged",
                        f->stats.packets + 1, text);
}

/* At the end: what was read past. */
static enum err was_damaged(const struct savefile *f, struct diag *why)
{
    const struct source_damage *d = &f->source->damage;

    return diag_fail_at(why, d->err, f->path, 0,
                        "the file is damaged in packet %" PRIu64 " (%s); %" PRIu64
                        " bytes at %" PRIu64 " %s were left out, and the rest was read",
                        f->stats.first_damage, d->text, d->bytes, d->places,
                        d->places == 1 ? "place" : "places");
}

static enum err ended(const struct savefile *f, enum err e, const char *text, struct diag *why)
{
    if (f->unpacked.err || e != ERR_END)
        return damaged(f, e, text, why);
    return f->source->damage.places ? was_damaged(f, why) : ERR_END;
}

static void count(struct savefile *f, const struct source_frame *frame)
{
    struct savefile_stats *s = &f->stats;

    s->packets++;
    s->bytes += frame->wire_len;
    s->stored += frame->data.n;
    s->cut += frame->data.n < frame->wire_len;
    s->unread += !link_is_supported(frame->linktype);
    for (size_t i = 0; i < s->nlinktypes; i++)
        if (s->linktypes[i] == frame->linktype)
            return;
    if (s->nlinktypes < SAVEFILE_LINKS)
        s->linktypes[s->nlinktypes++] = frame->linktype;
}

/* A header may claim more than the frame had on the wire. Then the frame is right: it was not cut,
 * and the missing bytes never were. */
static void believe_the_frame(struct savefile_packet *p)
{
    struct ip *ip = &p->pkt.ip;
    size_t cut = p->wire_len > p->frame.n ? p->wire_len - p->frame.n : 0;

    if (p->pkt.kind < PKT_IP || ip->payload_len <= ip->payload.n + cut)
        return;
    ip->payload_len = ip->payload.n + cut;
    pkt_parse_payload(&p->pkt);
}

/* The first fragment of a TCP segment, captured short: it will never be put together, and what its
 * header says is all that can be known. How much data follows is not. */
static bool is_lone_head(struct pkt *p)
{
    if (p->kind != PKT_TCP || !ip_is_cut(&p->ip))
        return false;
    p->tcp.data = bytes_of(NULL, 0);
    p->data_len = 0;
    return true;
}

/* False: it is a fragment, and its datagram is not whole. */
static bool mend(struct savefile *f, struct savefile_packet *p, struct inside *in)
{
    if (!ip_is_fragment(&p->pkt.ip))
        return true;
    if (in->level < FRAGMENT_LEVELS) {
        struct fragments **t = &f->fragments[in->level];
        if (!*t)
            *t = fragments_new();
        if (fragments_add(*t, &p->pkt, p->time_ns)) {
            p->reassembled = true;
            in->level++;
            return true;
        }
    }
    if (!is_lone_head(&p->pkt))
        p->pkt.kind = PKT_IP; /* the head of a first fragment is no packet yet */
    return false;
}

/* Once: what was made of it must not be overwritten while it is read. */
static void decompress(struct savefile *f, struct savefile_packet *p, struct inside *in)
{
    if (in->compressed || p->pkt.kind != PKT_IP || p->pkt.ip.proto != IP_COMP)
        return;
    if (!f->ipcomp)
        f->ipcomp = ipcomp_new();
    in->compressed = ipcomp_open(f->ipcomp, &p->pkt);
}

static void note_others(struct savefile *f, const struct savefile_packet *p,
                        const struct inside *in)
{
    if (p->pkt.eth.more.n && !f->others.rest.n)
        f->others = (struct others){p->pkt.eth.more, *p, *in};
}

/* The innermost packet is the traffic; what carries it is not. */
static void look_inside(struct savefile *f, struct savefile_packet *p, struct inside in)
{
    struct pkt inner;

    if (!mend(f, p, &in))
        return;
    decompress(f, p, &in);
    while (p->tunnels < TUNNELS_MAX && tunnel_open(&p->pkt, &inner)) {
        p->pkt = inner;
        p->tunnels++;
        note_others(f, p, &in);
        decompress(f, p, &in);
        if (!mend(f, p, &in))
            return;
    }
    pkt_parse_cut(&p->pkt);
}

/* The next frame of the aggregate. */
static bool next_other(struct savefile *f, struct savefile_packet *out)
{
    struct others *o = &f->others;
    struct pkt part;

    if (!link_next_part(o->rest, &part)) {
        o->rest = bytes_of(NULL, 0);
        return false;
    }
    *out = o->carrier;
    o->rest = part.eth.more;
    if (out->tunnels) { /* the outer header, as for the first */
        struct bytes packet = part.eth.payload;
        part.eth = o->carrier.pkt.eth;
        part.eth.payload = packet;
    }
    out->pkt = part;
    believe_the_frame(out);
    if (out->pkt.kind >= PKT_IP)
        look_inside(f, out, o->inside);
    return true;
}

enum err savefile_next(struct savefile *f, struct savefile_packet *out, struct diag *why)
{
    char text[PCAP_ERRBUF_SIZE] = "";
    struct source_frame frame;

    if (f->others.rest.n && next_other(f, out))
        return ERR_OK;
    enum err e = f->source->ops->next(f->source, &frame, text, sizeof(text));

    if (f->source->damage.places && !f->stats.first_damage)
        f->stats.first_damage = f->stats.packets + 1;
    if (e)
        return ended(f, e, text, why);
    count(f, &frame);
    *out = (struct savefile_packet){.number = f->stats.packets,
                                    .time_ns = frame.time_ns,
                                    .frame = frame.data,
                                    .wire_len = frame.wire_len,
                                    .linktype = frame.linktype};
    link_parse(frame.linktype, frame.data, &out->pkt);
    believe_the_frame(out);
    note_others(f, out, &(struct inside){0});
    if (out->pkt.kind >= PKT_IP)
        look_inside(f, out, (struct inside){0});
    return ERR_OK;
}

struct savefile_stats savefile_stats(const struct savefile *f)
{
    struct savefile_stats s = f->stats;

    s.unknown_blocks = f->source->unknown_blocks;
    s.unknown_type = f->source->unknown_type;
    for (int i = 0; i < FRAGMENT_LEVELS && f->fragments[i]; i++) {
        struct fragments_stats one = fragments_stats(f->fragments[i]);
        s.fragments.fragments += one.fragments;
        s.fragments.whole += one.whole;
        s.fragments.dropped += one.dropped;
    }
    return s;
}

char *savefile_link_name(uint32_t linktype, char out[static LINK_NAME_TEXT])
{
    const char *name = link_name(linktype);

    if (!name)
        name = pcap_datalink_val_to_description((int)linktype);
    if (name)
        snprintf(out, LINK_NAME_TEXT, "%s", name);
    else
        snprintf(out, LINK_NAME_TEXT, "link type %" PRIu32, linktype);
    return out;
}
