/* pcap files of every kind libpcap knows: microseconds and nanoseconds, both byte orders, old and
 * patched variants. */
#include "traffic/source.h"

#include "base/mem.h"
#include "wire/link.h"

#include <pcap/pcap.h>

struct pcap_source {
    struct source source;
    pcap_t *pcap; /* owns the stream */
    uint32_t linktype;
};

static enum err next(struct source *s, struct source_frame *out, char *text, size_t cap)
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

static void close_source(struct source *s)
{
    struct pcap_source *p = CONTAINER_OF(s, struct pcap_source, source);

    pcap_close(p->pcap);
    mem_free(p);
}

struct source *source_pcap_open(FILE *stream, char *text, size_t cap)
{
    static const struct source_ops ops = {next, close_source};
    char why[PCAP_ERRBUF_SIZE] = "";
    pcap_t *pcap =
        pcap_fopen_offline_with_tstamp_precision(stream, PCAP_TSTAMP_PRECISION_NANO, why);

    if (!pcap) {
        snprintf(text, cap, "%s", why);
        fclose(stream);
        return NULL;
    }
    struct pcap_source *p = mem_zalloc(sizeof(*p));
    p->source.ops = &ops;
    p->pcap = pcap;
    int dlt = pcap_datalink(pcap);
    p->linktype = dlt == DLT_RAW ? LINK_RAW : (uint32_t)dlt; /* the one that systems number apart */
    return &p->source;
}
