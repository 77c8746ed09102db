#include "cli/far_flow.h"

#include "base/mem.h"

#define LINE_BYTES 64
#define TCP_LINES  3600

struct far_flow {
    struct conversation conv;
    struct tape tape;
    struct turn *turns;
    uint8_t *text; /* both directions say the same */
    struct host *a;
    uint32_t id;
};

/* N times: A says PIECE bytes, a second after the last time, and B answers with as many. */
static struct far_flow *make(enum conv_proto proto, const struct endpoint *a,
                             const struct endpoint *b, size_t n, size_t piece, bool closes)
{
    struct far_flow *f = mem_zalloc(sizeof(*f));
    size_t k = 0;

    f->turns = mem_array(2 * n + 2, sizeof(*f->turns));
    f->text = mem_zalloc(n * piece);
    for (size_t i = 0; i < n * piece; i++)
        f->text[i] = i % piece == piece - 1 ? '\n' : (uint8_t)('a' + i % 26);
    for (size_t i = 0; i < n; i++) {
        f->turns[k++] = (struct turn){TURN_DATA, CONV_A, SPAN_S(i ? 1 : 0), i * piece, piece};
        f->turns[k++] = (struct turn){TURN_DATA, CONV_B, SPAN_MS(0), i * piece, piece};
    }
    for (int side = 0; closes && side < 2; side++)
        f->turns[k++] = (struct turn){.kind = TURN_FIN, .from = side ? CONV_B : CONV_A};
    f->conv =
        (struct conversation){.proto = proto,
                              .a = *a,
                              .b = *b,
                              .data = {bytes_of(f->text, n * piece), bytes_of(f->text, n * piece)},
                              .turns = f->turns,
                              .nturns = k};
    tape_init(&f->tape, &f->conv, &(struct tape_options){0});
    return f;
}

struct far_flow *far_flow_ping(const struct ip_addr *src, const struct ip_addr *dst,
                               uint16_t echo_id, unsigned count)
{
    struct endpoint a = {*src, echo_id}, b = {*dst, echo_id};

    return make(CONV_ICMP, &a, &b, count, FAR_ECHO_BYTES, false);
}

struct far_flow *far_flow_tcp(const struct ip_addr *src, uint16_t sport, const struct ip_addr *dst,
                              uint16_t dport)
{
    struct endpoint a = {*src, sport}, b = {*dst, dport};

    return make(CONV_TCP, &a, &b, TCP_LINES, LINE_BYTES, true);
}

void far_flow_free(struct far_flow *f)
{
    if (!f)
        return;
    mem_free(f->turns);
    mem_free(f->text);
    mem_free(f);
}

enum err far_flow_begin(struct far_flow *f, struct host *a, struct host *b, struct mono now)
{
    struct host_flow opener = {
        .tape = &f->tape, .side = CONV_A, .local = f->conv.a, .remote = f->conv.b, .start = now};
    struct host_flow listener = {
        .tape = &f->tape, .side = CONV_B, .local = f->conv.b, .remote = f->conv.a, .start = now};
    uint32_t id;
    enum err e = host_add_flow(b, &listener, &id);

    f->a = a;
    return e ? e : host_add_flow(a, &opener, &f->id);
}

void far_flow_status(const struct far_flow *f, struct host_flow_status *out)
{
    host_flow_status(f->a, f->id, out);
}
