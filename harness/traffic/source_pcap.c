/* pcap files: the common kinds in place, every other kind that libpcap knows through libpcap, which
 * copies each packet twice. */
#include "traffic/source.h"

#include "base/cursor.h"
#include "base/mem.h"
#include "traffic/feed.h"
#include "wire/link.h"

#include <inttypes.h>
#include <pcap/pcap.h>

#define FILE_HEADER   24
#define RECORD_HEADER 16
#define RECORD_MAX    262144u /* as libpcap: more is damage */

struct pcap_source {
    struct source source;
    uint32_t linktype;

    struct feed feed;
    bool big_endian, nanoseconds;
    uint32_t snaplen;
    size_t taken; /* bytes of the record given out last */

    pcap_t *pcap; /* owns its stream; NULL: read in place */
};

static enum err next_of_libpcap(struct source *s, struct source_frame *out, char *text, size_t cap)
{
    struct pcap_source *p = CONTAINER_OF(s, struct pcap_source, source);
    struct pcap_pkthdr *h;
    const u_char *data;
    int rc = pcap_next_ex(p->pcap, &h, &data);

    if (rc == PCAP_ERROR_BREAK)
        return ERR_END;
    if (rc != 1) {
        snprintf(text, cap, "%s", pcap_geterr(p->pcap));
        return strstr(text, "truncated") ? ERR_SHORT : ERR_FORMAT;
    }
    out->time_ns = source_time((uint32_t)h->ts.tv_sec, (uint32_t)h->ts.tv_usec); /* ns, as asked */
    out->data = bytes_of(data, h->caplen);
    out->wire_len = h->len;
    out->linktype = p->linktype;
    return ERR_OK;
}

static uint32_t get32(const struct pcap_source *p, struct rd *r)
{
    return p->big_endian ? rd_be32(r) : rd_le32(r);
}

static enum err truncated(char *text, size_t cap, size_t want, size_t got)
{
    snprintf(text, cap, "truncated: %zu bytes of %zu are there", got, want);
    return ERR_SHORT;
}

static enum err next(struct source *s, struct source_frame *out, char *text, size_t cap)
{
    struct pcap_source *p = CONTAINER_OF(s, struct pcap_source, source);

    feed_skip(&p->feed, p->taken);
    p->taken = 0;
    struct bytes b = feed_look(&p->feed, RECORD_HEADER);
    if (b.n < RECORD_HEADER)
        return b.n ? truncated(text, cap, RECORD_HEADER, b.n) : ERR_END;
    struct rd r = rd_of(b);
    uint32_t seconds = get32(p, &r), fraction = get32(p, &r), kept = get32(p, &r);
    out->wire_len = get32(p, &r);
    if (kept > RECORD_MAX) {
        snprintf(text, cap, "a packet of %" PRIu32 " bytes, more than %u", kept, RECORD_MAX);
        return ERR_FORMAT;
    }
    b = feed_look(&p->feed, RECORD_HEADER + (size_t)kept);
    if (b.n < RECORD_HEADER + (size_t)kept)
        return truncated(text, cap, kept, b.n - RECORD_HEADER);
    p->taken = RECORD_HEADER + (size_t)kept;
    __builtin_prefetch(b.p + p->taken); /* the next one's headers, while this one is looked at */
    out->data = bytes_head(bytes_from(b, RECORD_HEADER), kept < p->snaplen ? kept : p->snaplen);
    out->time_ns = source_time(seconds, p->nanoseconds ? fraction : fraction * 1000u);
    out->linktype = p->linktype;
    return ERR_OK;
}

static void close_source(struct source *s)
{
    struct pcap_source *p = CONTAINER_OF(s, struct pcap_source, source);

    if (p->pcap)
        pcap_close(p->pcap);
    feed_release(&p->feed);
    mem_free(p);
}

/* Link types whose numbers are the same in files and in libpcap, and the one that is told apart. */
static bool is_plain(uint32_t linktype)
{
    switch (linktype) {
    case LINK_NULL:
    case LINK_ETHERNET:
    case LINK_PPP:
    case LINK_PPP_HDLC:
    case LINK_RAW:
    case LINK_SLL:
    case LINK_SLL2:
    case LINK_IPV4:
    case LINK_IPV6: return true;
    default: return false;
    }
}

/* A header of version 2.4 with a link type that needs nothing special. */
static bool read_in_place(struct pcap_source *p, struct bytes head)
{
    struct rd r = rd_of(bytes_head(head, FILE_HEADER));
    uint32_t magic = rd_be32(&r);

    p->big_endian = magic == 0xa1b2c3d4 || magic == 0xa1b23c4d;
    if (!p->big_endian)
        magic = __builtin_bswap32(magic);
    p->nanoseconds = magic == 0xa1b23c4d;
    if (magic != 0xa1b2c3d4 && !p->nanoseconds)
        return false;
    uint16_t major = p->big_endian ? rd_be16(&r) : rd_le16(&r);
    uint16_t minor = p->big_endian ? rd_be16(&r) : rd_le16(&r);
    rd_skip(&r, 8); /* time zone and accuracy: nobody fills them */
    p->snaplen = get32(p, &r);
    p->linktype = get32(p, &r);
    if (p->snaplen == 0 || p->snaplen > INT32_MAX)
        p->snaplen = RECORD_MAX; /* written by programs that mean "all" */
    return !r.err && major == 2 && minor == 4 && is_plain(p->linktype);
}

static bool open_libpcap(struct pcap_source *p, char *text, size_t cap)
{
    char why[PCAP_ERRBUF_SIZE] = "";
    FILE *stream = feed_stream(&p->feed);

    p->pcap =
        stream ? pcap_fopen_offline_with_tstamp_precision(stream, PCAP_TSTAMP_PRECISION_NANO, why)
               : NULL;
    if (!p->pcap) {
        snprintf(text, cap, "%s", why);
        if (stream)
            fclose(stream);
        return false;
    }
    int dlt = pcap_datalink(p->pcap);
    p->linktype = dlt == DLT_RAW ? LINK_RAW : (uint32_t)dlt; /* the one that systems number apart */
    return true;
}

struct source *source_pcap_open(FILE *stream, char *text, size_t cap)
{
    static const struct source_ops in_place = {next, close_source};
    static const struct source_ops libpcap = {next_of_libpcap, close_source};
    struct pcap_source *p = mem_zalloc(sizeof(*p));

    feed_init(&p->feed, stream);
    p->source.ops = &in_place;
    if (read_in_place(p, feed_look(&p->feed, FILE_HEADER))) {
        feed_skip(&p->feed, FILE_HEADER);
        return &p->source;
    }
    p->source.ops = &libpcap;
    if (open_libpcap(p, text, cap))
        return &p->source;
    close_source(&p->source);
    return NULL;
}
