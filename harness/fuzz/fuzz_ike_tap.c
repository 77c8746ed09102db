/* Any bytes as the files of keys that Wireshark takes, and as what a tap saw. The input is lines of
 * keys up to an empty line; then messages, each with its length in two bytes in front, those of
 * IKEv1 in pieces, too. A line that is a row opens messages from then on; every line is read as one
 * of esp_sa, too. */
#include "base/cursor.h"
#include "base/mem.h"
#include "esp/esp_table.h"
#include "ike/ike_pieces.h"
#include "ike/ike_tap.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void take_line(struct ike_tap *t, struct bytes line)
{
    struct ike_table_row row;
    struct esp_params p;
    struct diag why = {0}, esp_why = {0};
    enum err e = ike_table_parse(line, &row, &why);

    if (!e && row.version != 1 && row.version != 2)
        bug("a row of no version");
    if (!e && row.version == 1 && (row.key_len < 8 || row.key_len > 32))
        bug("a key of an impossible length");
    if (e && e != ERR_END && !why.text[0])
        bug("a refusal without a reason");
    if (!e)
        (void)!ike_tap_key(t, &row);
    if (!esp_table_parse(line, &p, &esp_why) && p.src.family != p.dst.family)
        bug("an SA between two families");
}

static void take_whole(struct ike_tap *t, struct bytes in)
{
    uint8_t *exact = mem_resize(NULL, in.n + 1, 1); /* a sanitizer sees what is read behind it */
    struct ike_tap_clear c;

    if (in.n)
        memcpy(exact, in.p, in.n);
    exact = mem_resize(exact, in.n ? in.n : 1, 1);
    enum err e = ike_tap_open(t, bytes_of(exact, in.n), &c);
    if (!e && c.payloads.n > in.n + 65536)
        bug("more comes out than may");
    if (!e && ike_tap_open(t, bytes_of(exact, in.n), &c) != ERR_REPLAY)
        bug("the same bytes are new again");
    mem_free(exact);
}

/* Pieces of IKEv1 go round, as in the judge. */
static void take_message(struct ike_tap *t, struct ike_pieces *p, struct bytes in, int64_t now)
{
    struct isakmp_hdr h;
    struct bytes whole;

    if (isakmp_hdr_parse(in, &h) || !ike_pieces_is(&h)) {
        take_whole(t, in);
        return;
    }
    enum err e = ike_pieces_add(p, 0, &h, in, now);
    for (unsigned n = 0; ike_pieces_next(p, &whole); n++) {
        if (e || n > IKE_PIECES_EACH || isakmp_hdr_parse(whole, &h) || h.length != whole.n)
            bug("pieces that make no message");
        take_whole(t, whole);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ike_tap *t = ike_tap_new();
    struct ike_pieces *p = ike_pieces_new();
    struct bytes rest = bytes_of(data, size);
    bool keys = true;

    while (keys && rest.n) {
        const uint8_t *nl = memchr(rest.p, '\n', rest.n);
        size_t len = nl ? (size_t)(nl - rest.p) : rest.n;
        take_line(t, bytes_head(rest, len));
        keys = len > 0;
        rest = bytes_from(rest, len + (nl != NULL));
    }
    struct rd r = rd_of(rest);
    int64_t now = 0;
    while (rd_left(&r) > 0) {
        size_t n = rd_be16(&r);
        take_message(t, p, rd_take(&r, n < rd_left(&r) ? n : rd_left(&r)), now += 300000000);
    }
    ike_pieces_free(p);
    ike_tap_free(t);
    return 0;
}
