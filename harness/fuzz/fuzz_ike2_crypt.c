/* Encrypted IKEv2 messages. The first byte chooses the algorithms. Then come records: an operation,
 * a number, a total, and a length with that many bytes, which are opened as they are, or sealed
 * with the receiver's own keys as a message or a fragment (so that they are authentic, whatever is
 * in them), perhaps changed in one byte, and opened. Memory stays bounded, what is refused changes
 * nothing, and what is given is a whole message. */
#include "base/cursor.h"
#include "base/mem.h"
#include "ike/ike2_crypt_parts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { ROOM = 4096, MOST = 3000, TEXT_MAX = 1024, RECORDS_MAX = 200 };

static const struct {
    enum cipher_alg cipher;
    enum integ_alg integ;
} algorithms[] = {
    {CIPHER_DES_CBC, INTEG_HMAC_MD5_96},        {CIPHER_AES128_CBC, INTEG_HMAC_SHA1_96},
    {CIPHER_AES256_CTR, INTEG_HMAC_SHA256_128}, {CIPHER_AES128_GCM_16, INTEG_NONE},
    {CIPHER_AES128_CCM_8, INTEG_NONE},          {CIPHER_CHACHA20_POLY1305, INTEG_NONE},
};

struct world {
    struct rng_seeded rng;
    struct ike2_crypt *c;
    struct ike2_reassembly *r;
    uint8_t sealed[ROOM], out[ROOM];
};

static void check_clear(struct bytes clear)
{
    struct isakmp_hdr h;
    struct ikev2_chain c;

    if (isakmp_hdr_parse(clear, &h) || h.length != clear.n)
        bug("a clear message whose header does not fit");
    (void)!ikev2_chain_parse(h.next, bytes_from(clear, ISAKMP_HDR_LEN), &c);
}

static void open_it(struct world *w, struct bytes datagram)
{
    uint8_t *exact = mem_zalloc(datagram.n); /* a sanitizer sees what is read behind it */
    struct bytes d = {exact, datagram.n}, clear = {NULL, 0};
    size_t had, has, bytes = ike2_reassembly_held(w->r, &had);

    if (d.n)
        memcpy(exact, datagram.p, d.n);
    enum err e = ike2_open(w->c, d, w->out, sizeof(w->out), &clear);
    if (!e)
        check_clear(clear);
    clear = bytes_of(NULL, 0);
    e = ike2_reassembly_add(w->r, w->c, d, w->out, sizeof(w->out), &clear);
    if (!e && clear.n)
        check_clear(clear);
    if (e && (ike2_reassembly_held(w->r, &has) != bytes || has != had))
        bug("what was refused changed what is held");
    if (ike2_reassembly_held(w->r, &has) > MOST || has >= IKE2_FRAGMENTS_MAX)
        bug("more is held than may be");
    if (!e && clear.n && has != 0)
        bug("a message is given and kept");
    mem_free(exact);
}

static void step(struct world *w, struct rd *r)
{
    uint8_t op = rd_u8(r), next = rd_u8(r);
    struct isakmp_hdr hdr = {.version = IKEV2_VERSION,
                             .exchange = ISAKMP_X_V2_AUTH,
                             .flags = IKEV2_FLAG_INITIATOR,
                             .message_id = op >> 4};
    struct ike2_piece piece = {.next = next};
    struct wr sealed = wr_of(w->sealed, sizeof(w->sealed));

    if (op & 1) {
        piece.number = rd_u8(r);
        piece.total = rd_u8(r);
        if (piece.number > 1 && !(op & 4))
            piece.next = IKEV2_P_NONE;
    }
    uint16_t n = rd_be16(r) % TEXT_MAX;
    piece.text = rd_take(r, n);
    if (r->err)
        return;
    if (op & 2) {
        open_it(w, piece.text);
        return;
    }
    if (ike2_put_sealed(w->c, &w->rng.rng, &hdr, &piece, &sealed))
        bug("what has room is not sealed");
    if (op & 8)
        w->sealed[(next * 7u) % sealed.at] ^= 0x10;
    open_it(w, wr_bytes(&sealed));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct world w;
    struct rd r = rd_of(bytes_of(data, size));
    size_t a = rd_u8(&r) % COUNT(algorithms);
    static const uint8_t key[CIPHER_KEY_MAX + DIGEST_MAX] = {1, 2, 3};

    rng_seeded_init(&w.rng, 1, "fuzz");
    if (ike2_crypt_new(algorithms[a].cipher, algorithms[a].integ,
                       bytes_of(key, cipher_key_len(algorithms[a].cipher)),
                       bytes_of(key, integ_key_len(algorithms[a].integ)), &w.c))
        bug("keys that fit are refused");
    w.r = ike2_reassembly_new(MOST);
    for (unsigned i = 0; i < RECORDS_MAX && rd_left(&r) > 0; i++)
        step(&w, &r);
    open_it(&w, bytes_of(data, size));
    ike2_reassembly_free(w.r);
    ike2_crypt_free(w.c);
    return 0;
}
