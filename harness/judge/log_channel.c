#include "judge/log_channel.h"

#include "base/mem.h"

void log_channels_release(struct log_channels *c)
{
    for (size_t i = 0; i < c->n; i++) {
        line_stream_release(&c->v[i]->stream);
        mem_free(c->v[i]);
    }
    c->n = 0;
}

struct line_stream *log_channel_of(struct log_channels *c, const struct endpoint *from)
{
    for (size_t i = 0; i < c->n; i++) {
        if (c->v[i]->from.port == from->port && ip_addr_eq(&c->v[i]->from.addr, &from->addr))
            return &c->v[i]->stream;
    }
    if (c->n == LOG_CHANNELS) {
        c->too_many = true;
        return NULL;
    }
    struct log_channel *made = c->v[c->n++] = mem_zalloc(sizeof(*made));
    made->from = *from;
    line_stream_init(&made->stream);
    return &made->stream;
}

bool log_channels_have_hole(const struct log_channels *c, const struct ip_addr *addr)
{
    bool hole = c->too_many;

    for (size_t i = 0; i < c->n; i++) {
        if (!addr || ip_addr_eq(&c->v[i]->from.addr, addr))
            hole = hole || line_stream_has_hole(&c->v[i]->stream);
    }
    return hole;
}
