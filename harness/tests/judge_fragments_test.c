/* holdfast judge reads IKEv1 in fragments (Cisco's form) as it reads the same messages whole: those
 * of charon's bounces and of a run of our own are cut into pieces, which come in order, in disorder
 * and doubled with forged ones among them, or after attempts that were lost. tshark finds the same
 * in the cut messages as in the whole ones. */
#include "tests/program.h"
#include "tests/testkit.h"
#include "wire/isakmp.h"
#include "wire/pkt.h"
#include "wire/udp.h"

#include <jansson.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <string.h>

#define CASE    "phase2-rekey-preserve-off"
#define BOUNCES "../shared/data/bounces/"
#define EACH    90u /* bytes of a message in a piece */

enum manner { IN_ORDER, DISORDER, LOSSY };

static const struct source {
    const char *what, *wan, *table; /* %T: the test's folder */
} sources[] = {
    {"ours", "%T/wan.pcap", "%T/" CASE "/evidence/" CASE ".keys/ikev1_decryption_table"},
    {"rekeyings_of_charon", BOUNCES "ikev1_rekey_child5_mini_wan.pcap",
     BOUNCES "keys/ikev1_rekey_child5_mini/ikev1_decryption_table"},
    {"the_end_of_charons_ike_sa", BOUNCES "ikev1_del_ike_mini_wan.pcap",
     BOUNCES "keys/ikev1_del_ike_mini/ikev1_decryption_table"},
};

static void path_of(const char *name, char *out, size_t cap)
{
    if (strncmp(name, "%T", 2) == 0)
        snprintf(out, cap, "%s%s", program_folder(), name + 2);
    else
        snprintf(out, cap, "%s", name);
}

/* --- cutting ---------------------------------------------------------------------------------- */

struct cut {
    pcap_dumper_t *out;
    struct timeval now;
    const struct pkt *p; /* the datagram that is cut */
    size_t marker;       /* bytes before IKE in it */
};

static void write_piece(const struct cut *c, const struct isakmp_hdr *whole,
                        const struct isakmp_fragment *f)
{
    uint8_t frame[512] = {0}, piece[400] = {0};
    struct wr w = wr_of(frame, sizeof(frame));
    struct isakmp_hdr h = *whole;
    struct isakmp_msg m;
    struct udp u = c->p->udp;
    struct ip ip = {
        .version = 4, .proto = IP_UDP, .ttl = 64, .src = c->p->ip.src, .dst = c->p->ip.dst};

    h.flags = 0;
    h.message_id = 0;
    h.exchange = ISAKMP_X_MAIN;
    isakmp_begin(&m, piece + c->marker, sizeof(piece) - c->marker, &h);
    isakmp_put_fragment(&m, f);
    struct bytes message = isakmp_end(&m, 0);
    u.data = bytes_of(piece, c->marker + message.n);
    ether_put(&w, &c->p->eth.dst, &c->p->eth.src, ETHER_IPV4);
    ip_put(&w, &ip, UDP_HDR_LEN + u.data.n);
    udp_put(&w, &u, &ip.src, &ip.dst);
    assert_ok(w.err);
    struct pcap_pkthdr ph = {.ts = c->now, .caplen = (uint32_t)w.at, .len = (uint32_t)w.at};
    pcap_dump((unsigned char *)c->out, &ph, frame);
}

static struct isakmp_fragment piece_of(struct bytes message, size_t number)
{
    return (struct isakmp_fragment){.id = 1, /* always, as some do */
                                    .number = (uint8_t)number,
                                    .last = number * EACH >= message.n,
                                    .data =
                                        bytes_head(bytes_from(message, (number - 1) * EACH), EACH)};
}

static void write_forged(const struct cut *c, const struct isakmp_hdr *h, struct bytes message,
                         size_t number)
{
    struct isakmp_fragment f = piece_of(message, number);
    uint8_t other[EACH];

    memcpy(other, f.data.p, f.data.n);
    other[f.data.n - 1] ^= 1;
    f.data.p = other;
    write_piece(c, h, &f);
}

static void write_pieces(const struct cut *c, struct bytes message, enum manner how)
{
    size_t n = (message.n + EACH - 1) / EACH;
    struct isakmp_hdr h;
    struct isakmp_fragment f;

    assert_ok(isakmp_hdr_parse(message, &h));
    for (size_t i = 1; how == LOSSY && i <= n; i++) { /* an attempt of which every third is lost */
        f = piece_of(message, i);
        if (i % 3)
            write_piece(c, &h, &f);
    }
    for (size_t i = 1; i <= n; i++) {
        size_t number = how == DISORDER ? n + 1 - i : i;
        f = piece_of(message, number);
        write_piece(c, &h, &f);
        if (how == DISORDER && i > 1)
            write_piece(c, &h, &f);
        if (how == DISORDER && i == 2)
            write_forged(c, &h, message, number);
    }
}

/* IKE in P that is too long for one piece. */
static bool is_long_ike(const struct pkt *p, size_t *marker)
{
    static const uint8_t zeros[4];
    bool natt;

    if (p->kind != PKT_UDP)
        return false;
    natt = p->udp.dst == 4500 || p->udp.src == 4500;
    *marker = natt ? 4 : 0;
    if (natt && !bytes_eq(bytes_head(p->udp.data, 4), bytes_of(zeros, 4)))
        return false;
    return (natt || p->udp.dst == 500 || p->udp.src == 500) && p->udp.data.n > *marker + EACH;
}

/* Returns how many messages were cut. */
static size_t rewrite(const char *from, const char *to, enum manner how)
{
    char path[512], error[PCAP_ERRBUF_SIZE];
    struct pcap_pkthdr *h;
    const unsigned char *bytes;
    size_t n = 0;
    struct pkt p;
    struct cut c = {.p = &p};

    path_of(from, path, sizeof(path));
    pcap_t *in = pcap_open_offline(path, error);
    if (!in)
        return 0;
    assert_int_equal(pcap_datalink(in), DLT_EN10MB);
    path_of(to, path, sizeof(path));
    assert_non_null(c.out = pcap_dump_open(in, path));
    while (pcap_next_ex(in, &h, &bytes) == 1) {
        pkt_parse(bytes_of(bytes, h->caplen), &p);
        c.now = h->ts;
        if (is_long_ike(&p, &c.marker)) {
            write_pieces(&c, bytes_from(p.udp.data, c.marker), how);
            n++;
        } else {
            pcap_dump((unsigned char *)c.out, h, bytes);
        }
    }
    pcap_dump_close(c.out);
    pcap_close(in);
    return n;
}

/* --- comparing -------------------------------------------------------------------------------- */

static json_t *judge(const char *wan, const char *table)
{
    char command[1024];
    struct program p;

    snprintf(command, sizeof(command), "%%H judge --json --leg wan=%s%s%s", wan,
             table ? " --ike-keys " : "", table ? table : "");
    program_run(&p, command);
    assert_int_equal(p.code, 0);
    json_t *v = json_loads(buf_str(&p.out), JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(v);
    program_release(&p);
    return v;
}

/* The list NAME of V without what numbers packets. */
static json_t *list_of(json_t *v, const char *name)
{
    json_t *list = json_deep_copy(json_object_get(v, name)), *o;
    size_t i;

    json_array_foreach(list, i, o)
    {
        json_object_del(o, "packet");
        json_object_del(o, "first_packet");
        json_object_del(o, "last_packet");
    }
    return list;
}

static void compare_list(json_t *a, json_t *b, const char *name)
{
    json_t *x = list_of(a, name), *y = list_of(b, name);

    assert_true(json_array_size(x) > 0);
    if (!json_equal(x, y)) {
        char *s = json_dumps(x, JSON_INDENT(1)), *t = json_dumps(y, JSON_INDENT(1));
        printf("%s whole: %s\nin fragments: %s\n", name, s, t);
    }
    assert_true(json_equal(x, y));
    json_decref(x);
    json_decref(y);
}

static void in_fragments_it_says_the_same(void **state)
{
    const struct source *s = *state;

    for (int keys = 0; keys < 2; keys++) {
        const char *table = keys ? s->table : NULL;
        json_t *whole = NULL;
        for (int how = IN_ORDER; how <= (keys ? LOSSY : IN_ORDER); how++) {
            if (!rewrite(s->wan, "%T/cut.pcap", (enum manner)how)) {
                printf("SKIPPED: %s is not here\n", s->wan);
                skip();
            }
            json_t *cut = judge("%T/cut.pcap", table);
            whole = whole ? whole : judge(s->wan, table);
            compare_list(whole, cut, "sas");
            compare_list(whole, cut, "events");
            if (how != DISORDER) /* there a forged message is listed, too */
                compare_list(whole, cut, "ike");
            json_decref(cut);
        }
        json_decref(whole);
    }
}

/* What tshark opens with the keys: SPIs that were agreed and deleted. */
static void ask_tshark(const struct source *s, const char *wan, struct buf *out)
{
    char command[1024];
    struct program p;

    snprintf(command, sizeof(command),
             "mkdir -p %%T/profile && cp %s %%T/profile/ && chmod u+w %%T/profile/* && "
             "WIRESHARK_CONFIG_DIR=%%T/profile tshark -n -r %s -Y isakmp -T fields "
             "-e isakmp.spi -e isakmp.delete.spi -e isakmp.key_exchange.data 2>/dev/null "
             "| grep '[0-9a-f]'",
             s->table, wan);
    program_run(&p, command);
    buf_add(out, p.out.s, p.out.n);
    program_release(&p);
}

static void tshark_finds_the_same_in_fragments(void **state)
{
    const struct source *s = *state;
    struct buf whole = BUF_INIT, cut = BUF_INIT;

    if (!rewrite(s->wan, "%T/cut.pcap", IN_ORDER)) {
        printf("SKIPPED: %s is not here\n", s->wan);
        skip();
    }
    ask_tshark(s, s->wan, &whole);
    ask_tshark(s, "%T/cut.pcap", &cut);
    assert_true(program_lines(&whole) >= 4);
    assert_string_equal(buf_str(&whole), buf_str(&cut));
    buf_release(&whole);
    buf_release(&cut);
}

static void a_message_that_lacks_a_piece_is_told_of(void **state)
{
    struct program p;
    size_t i;
    json_t *f;
    bool said = false;

    (void)state;
    assert_true(rewrite(sources[0].wan, "%T/cut.pcap", IN_ORDER) > 0);
    program_run(&p, "tshark -n -r %T/cut.pcap -Y 'isakmp.frag.seq==2' -T fields -e frame.number "
                    "2>/dev/null | head -1 | xargs -I{} editcap %T/cut.pcap %T/lacking.pcap {}");
    assert_int_equal(p.code, 0);
    program_release(&p);
    json_t *v = judge("%T/lacking.pcap", NULL);
    json_array_foreach(json_object_get(v, "findings"), i, f)
    {
        const char *text = json_string_value(json_object_get(f, "message"));
        said |= text && strstr(text, "1 messages of IKEv1 came in fragments and were never whole");
    }
    if (!said)
        json_dumpf(json_object_get(v, "findings"), stdout, JSON_INDENT(1));
    assert_true(said);
    json_decref(v);
}

static int run_once(void **state)
{
    struct program p;

    (void)state;
    program_run(&p,
                "%H run -q -o %T/" CASE " cases/" CASE ".xml >/dev/null && "
                "tshark -n -r %T/" CASE "/evidence/" CASE ".pcapng -Y 'frame.interface_name==wan' "
                "-F pcap -w %T/wan.pcap 2>/dev/null");
    int rc = p.code;
    program_release(&p);
    return rc;
}

int main(void)
{
    struct CMUnitTest tests[COUNT(sources) + 3] = {
        cmocka_unit_test(a_message_that_lacks_a_piece_is_told_of),
        {"tshark_reads_ours", tshark_finds_the_same_in_fragments, NULL, NULL,
         (void *)(uintptr_t)&sources[0]},
        {"tshark_reads_charons", tshark_finds_the_same_in_fragments, NULL, NULL,
         (void *)(uintptr_t)&sources[1]},
    };

    for (size_t i = 0; i < COUNT(sources); i++)
        tests[i + 3] = (struct CMUnitTest){sources[i].what, in_fragments_it_says_the_same, NULL,
                                           NULL, (void *)(uintptr_t)&sources[i]};
    return _cmocka_run_group_tests("judge_fragments", tests, COUNT(tests), run_once,
                                   program_folder_remove);
}
