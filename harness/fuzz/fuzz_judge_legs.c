/* Any bytes as what the taps of others saw, judged. The first line is a row of Wireshark's IKE
 * tables, or anything else; frames follow, each with a byte for its leg and how much later it is,
 * and its length in two. Byte 0xff as the leg: the frame is the payloads of an IKE message in the
 * clear, its first two bytes the version and the first payload's type. */
#include "base/cursor.h"
#include "base/mem.h"
#include "ike/ike_table.h"
#include "judge/ike_read.h"
#include "judge/legs.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_clear(struct bytes b)
{
    struct rd r = rd_of(b);
    struct isakmp_hdr h = {.version = rd_u8(&r) & 1 ? 0x10 : 0x20, .exchange = ISAKMP_X_QUICK};
    struct ike_said said;
    struct buf text = BUF_INIT;
    uint8_t next = rd_u8(&r);

    if (isakmp_major(&h) == 2)
        h.exchange = ISAKMP_X_V2_CREATE_CHILD_SA;
    ike_read(&h, next, rd_rest(&r), &said, &text);
    if (said.ndeleted > SAID_DELETES || text.n > 2048)
        bug("more is told than may be");
    buf_release(&text);
}

static void take(struct judge *j, uint8_t leg, struct bytes frame, uint64_t number, int64_t *now)
{
    uint8_t *exact = mem_resize(NULL, frame.n ? frame.n : 1, 1);
    struct pkt p;

    if (frame.n)
        memcpy(exact, frame.p, frame.n);
    *now += (int64_t)(leg >> 2) * 50000000;
    if (leg == 0xff) {
        read_clear(bytes_of(exact, frame.n));
    } else {
        static const enum evidence_leg legs[] = {EV_WAN, EV_BO_LAN, EV_HO_LAN, EV_WAN};
        pkt_parse(bytes_of(exact, frame.n), &p);
        struct judge_leg_packet at = {legs[leg & 3], *now, number, &p};
        judge_legs_take(j, &at);
    }
    mem_free(exact);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct judge *j = judge_legs_new();
    struct bytes in = bytes_of(data, size);
    const uint8_t *nl = in.n ? memchr(in.p, '\n', in.n) : NULL;
    size_t line = nl ? (size_t)(nl - in.p) : 0;
    struct ike_table_row row;
    struct judgement *out;
    int64_t now = INT64_C(1700000000000000000);
    uint64_t number = 0;

    if (!ike_table_parse(bytes_head(in, line), &row, NULL))
        (void)!judge_legs_ike_key(j, &row);
    struct rd r = rd_of(bytes_from(in, nl ? line + 1 : 0));
    while (rd_left(&r) > 3 && number < 4000) {
        uint8_t leg = rd_u8(&r);
        size_t n = rd_be16(&r);
        take(j, leg, rd_take(&r, n < rd_left(&r) ? n : rd_left(&r)), ++number, &now);
    }
    judge_legs_finish(j, &out);
    if (out->nikes > number || out->nsas > 8192)
        bug("more is told than was seen");
    judgement_free(out);
    return 0;
}
