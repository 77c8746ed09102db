#include "traffic/datagrams.h"

#include "base/hash.h"
#include "base/mem.h"
#include "traffic/reasons.h"
#include "traffic/sides.h"

static bool echo_of(const struct pkt *p, struct datagram *out)
{
    bool v6 = p->ip.version == 6;
    bool ask = p->icmp.type == (v6 ? ICMP6_ECHO : ICMP_ECHO);
    bool answer = p->icmp.type == (v6 ? ICMP6_ECHO_REPLY : ICMP_ECHO_REPLY);
    uint16_t id = (uint16_t)(p->icmp.rest >> 16);

    if (!ask && !answer)
        return false;
    *out = (struct datagram){.proto = CONV_ICMP,
                             .from = {p->ip.src, id},
                             .to = {p->ip.dst, id},
                             .answers = answer,
                             .data = p->icmp.data,
                             .len = p->ip.payload_len - ICMP_HDR_LEN};
    return true;
}

bool datagram_of(const struct pkt *p, struct datagram *out)
{
    if (p->kind == PKT_ICMP)
        return echo_of(p, out);
    if (p->kind != PKT_UDP)
        return false;
    *out = (struct datagram){.proto = CONV_UDP,
                             .from = {p->ip.src, p->udp.src},
                             .to = {p->ip.dst, p->udp.dst},
                             .data = p->udp.data,
                             .len = p->data_len};
    return true;
}

uint64_t datagram_hash(const struct datagram *d)
{
    uint64_t sum = d->proto;
    const struct endpoint *ends[] = {&d->from, &d->to};

    for (size_t i = 0; i < COUNT(ends); i++) {
        uint8_t text[sizeof(struct ip_addr) + 2];
        struct wr w = wr_of(text, sizeof(text));
        wr_put(&w, bytes_of(&ends[i]->addr, sizeof(ends[i]->addr)));
        wr_be16(&w, ends[i]->port);
        sum += hash_bytes(wr_bytes(&w), 0);
    }
    return sum;
}

bool datagrams_is_from(const struct datagrams *g, int from, const struct datagram *d)
{
    return endpoint_eq(&g->at[from], &d->from) && endpoint_eq(&g->at[1 - from], &d->to);
}

void datagrams_init(struct datagrams *g, const struct datagram *first, int64_t time_ns)
{
    *g = (struct datagrams){.proto = first->proto,
                            .at = {first->from, first->to},
                            .first_ns = time_ns,
                            .last_ns = time_ns};
    g->turned = first->proto == CONV_ICMP ? first->answers
                                          : !sides_first_opened(first->from.port, first->to.port);
}

void datagrams_release(struct datagrams *g)
{
    buf_release(&g->data[0]);
    buf_release(&g->data[1]);
    mem_free(g->turns);
}

void datagrams_add(struct datagrams *g, int from, const struct datagram *d, int64_t time_ns,
                   uint64_t *budget)
{
    g->packets[from]++;
    g->bytes[from] += d->data.n;
    if (d->data.n < d->len) {
        g->cut++;
        g->cut_bytes += d->len - d->data.n;
    }
    if (g->counted_only)
        return;
    if (d->data.n + sizeof(*g->turns) > *budget)
        g->too_large = true;
    if (g->too_large)
        return;
    *budget -= d->data.n + sizeof(*g->turns);
    if (g->nturns == g->cap) {
        g->cap = g->cap ? g->cap * 2 : 4;
        g->turns = mem_resize(g->turns, g->cap, sizeof(*g->turns));
    }
    g->turns[g->nturns++] =
        (struct turn){.kind = TURN_DATA,
                      .from = (enum conv_side)from,
                      .gap = SPAN_NS(time_ns > g->last_ns ? time_ns - g->last_ns : 0),
                      .offset = g->data[from].n,
                      .len = d->data.n};
    buf_add(&g->data[from], d->data.p, d->data.n);
    g->last_ns = time_ns;
}

static void say_why_not(const struct datagrams *g, struct flow *f, struct arena *arena)
{
    char n[THINGS_TEXT], bytes[THINGS_TEXT];

    if (g->cut)
        reason_add(f, arena, "the capture cut %s short, by %s in all",
                   things_format(g->cut, "datagram", n),
                   things_format(g->cut_bytes, "byte", bytes));
    if (g->too_large)
        reason_add(f, arena, "more than the %s bytes that are kept",
                   count_format(CAPTURE_KEEP_MAX, n));
}

static struct bytes copy_of(struct bytes b, struct arena *arena)
{
    uint8_t *copy = arena_alloc(arena, b.n);

    if (b.n)
        memcpy(copy, b.p, b.n);
    return bytes_of(copy, b.n);
}

void datagrams_finish(struct datagrams *g, struct flow *f, struct arena *arena)
{
    struct turn *turns = arena_array(arena, g->nturns + 1, sizeof(*turns));

    f->conv = (struct conversation){.proto = g->proto,
                                    .a = g->at[g->turned],
                                    .b = g->at[!g->turned],
                                    .turns = turns,
                                    .nturns = g->nturns};
    f->first = g->turned ? CONV_B : CONV_A;
    for (size_t i = 0; i < g->nturns; i++) {
        turns[i] = g->turns[i];
        turns[i].from = (g->turns[i].from == CONV_A) == g->turned ? CONV_B : CONV_A;
    }
    for (int i = 0; i < 2; i++) {
        int side = g->turned ? 1 - i : i;
        f->datagrams[side] = g->packets[i];
        f->conv.data[side] = g->counted_only ? (struct bytes){NULL, (size_t)g->bytes[i]}
                                             : copy_of(buf_bytes(&g->data[i]), arena);
    }
    say_why_not(g, f, arena);
    f->replayable = !f->why_not[0];
}
