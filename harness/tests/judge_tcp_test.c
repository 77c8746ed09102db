/* holdfast judge reads IKE and ESP in TCP (RFC 9329) as it reads the same in IP and UDP: the WAN of
 * a run is put into one TCP connection, in segments of odd sizes, out of order and doubled. */
#include "tests/program.h"
#include "tests/testkit.h"
#include "wire/pkt.h"
#include "wire/tcp.h"

#include <jansson.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <string.h>

#define CASE "phase2-rekey-preserve-off"
#define KEYS                                                                                       \
    " --esp-sa %T/" CASE "/evidence/" CASE ".keys/esp_sa --ike-keys %T/" CASE "/evidence/" CASE    \
    ".keys/ikev1_decryption_table"

enum { PORT = 4500, CLIENT_PORT = 40001 };

struct side {
    struct ip_addr addr;
    uint32_t seq;
};

struct stream {
    pcap_dumper_t *out;
    struct side at[2]; /* the first sender is the client */
    int nsides;
    struct timeval now;
    bool swap; /* the second half of a message goes first */
    bool joined;
};

static void write_segment(struct stream *s, int from, uint32_t seq, uint8_t flags,
                          struct bytes data)
{
    uint8_t frame[4096];
    struct wr w = wr_of(frame, sizeof(frame));
    struct ip ip = {.version = 4,
                    .proto = IP_TCP,
                    .ttl = 64,
                    .src = s->at[from].addr,
                    .dst = s->at[!from].addr};
    struct tcp t = {.src = from ? PORT : CLIENT_PORT,
                    .dst = from ? CLIENT_PORT : PORT,
                    .seq = seq,
                    .flags = flags,
                    .window = 65535,
                    .data = data};

    wr_zero(&w, 12);
    wr_be16(&w, 0x0800);
    ip_put(&w, &ip, TCP_HDR_LEN + data.n);
    tcp_put(&w, &t, &ip.src, &ip.dst);
    assert_ok(w.err);
    struct pcap_pkthdr h = {.ts = s->now, .caplen = (uint32_t)w.at, .len = (uint32_t)w.at};
    pcap_dump((unsigned char *)s->out, &h, frame);
}

static int side_of(struct stream *s, const struct ip *ip)
{
    if (s->nsides == 0) {
        s->at[0] = (struct side){ip->src, 0xfffffff0}; /* the numbers wrap soon */
        s->at[1] = (struct side){ip->dst, 5000};
        s->nsides = 2;
        if (!s->joined) {
            write_segment(s, 0, s->at[0].seq, TCP_SYN, bytes_of(NULL, 0));
            write_segment(s, 1, s->at[1].seq, TCP_SYN | TCP_ACK, bytes_of(NULL, 0));
            write_segment(s, 0, s->at[0].seq + 1, TCP_ACK, bytes_str("IKETCP"));
        }
        s->at[0].seq += 7;
        s->at[1].seq++;
    }
    return ip_addr_eq(&ip->src, &s->at[0].addr) ? 0 : 1;
}

/* Behind a length of two bytes that counts itself; IKE also behind four zeros. */
static void send_message(struct stream *s, int from, bool is_ike, struct bytes m)
{
    uint8_t text[2048];
    struct wr w = wr_of(text, sizeof(text));
    uint32_t seq = s->at[from].seq;

    wr_be16(&w, (uint16_t)((is_ike ? 6 : 2) + m.n));
    wr_zero(&w, is_ike ? 4 : 0);
    wr_put(&w, m);
    assert_ok(w.err);
    size_t cut = 1 + (seq * 7919u) % (w.at - 1);
    struct bytes a = bytes_of(text, cut), b = bytes_of(text + cut, w.at - cut);
    s->at[from].seq += (uint32_t)w.at;
    if (s->joined) { /* a message that fills its segment shows where others begin */
        write_segment(s, from, seq, TCP_ACK, wr_bytes(&w));
        return;
    }
    s->swap = !s->swap;
    if (s->swap)
        write_segment(s, from, seq + (uint32_t)cut, TCP_ACK, b);
    write_segment(s, from, seq, TCP_ACK, a);
    if (!s->swap)
        write_segment(s, from, seq + (uint32_t)cut, TCP_ACK, b);
    write_segment(s, from, seq, TCP_ACK, a);
}

/* The WAN of the run as %T/NAME; JOINED: without its first three segments. */
static void rewrite(const char *name, bool joined)
{
    char path[512], error[PCAP_ERRBUF_SIZE];
    struct stream s = {.joined = joined};
    struct pcap_pkthdr *h;
    const unsigned char *bytes;
    struct pkt p;

    snprintf(path, sizeof(path), "%s/wan.pcap", program_folder());
    pcap_t *in = pcap_open_offline(path, error);
    assert_non_null(in);
    snprintf(path, sizeof(path), "%s/%s", program_folder(), name);
    s.out = pcap_dump_open(in, path);
    assert_non_null(s.out);
    while (pcap_next_ex(in, &h, &bytes) == 1) {
        pkt_parse(bytes_of(bytes, h->caplen), &p);
        s.now = h->ts;
        if (p.kind == PKT_ESP)
            send_message(&s, side_of(&s, &p.ip), false, p.ip.payload);
        else if (p.kind == PKT_UDP)
            send_message(&s, side_of(&s, &p.ip), true, p.udp.data);
    }
    pcap_dump_close(s.out);
    pcap_close(in);
}

static json_t *judge(const char *options)
{
    char command[1024];
    struct program p;

    snprintf(command, sizeof(command), "%%H judge --json %s", options);
    program_run(&p, command);
    assert_int_equal(p.code, 0);
    json_t *v = json_loads(buf_str(&p.out), JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(v);
    program_release(&p);
    return v;
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

/* All but how it was wrapped. */
static void compare(json_t *a, json_t *b)
{
    json_t *x = json_object_get(a, "sas"), *y = json_object_get(b, "sas"), *sa;
    size_t i;

    assert_true(json_array_size(x) >= 4);
    json_array_foreach(y, i, sa)
    {
        assert_string_equal(json_string_value(json_object_get(sa, "encapsulation")), "tcp");
        json_object_set_new(sa, "encapsulation", json_string("ip"));
    }
    assert_true(json_equal(x, y));
    x = json_object_get(a, "events");
    y = json_object_get(b, "events");
    assert_int_equal(json_array_size(x), json_array_size(y));
    json_array_foreach(y, i, sa)
    { /* since the first packet, which was one of ARP */
        json_object_del(sa, "run_s");
        json_object_del(json_array_get(x, i), "run_s");
    }
    assert_true(json_equal(x, y));
    assert_int_equal(json_array_size(json_object_get(a, "ike")),
                     json_array_size(json_object_get(b, "ike")));
}

static void tcp_is_read_like_ip_and_udp(void **state)
{
    json_t *plain = judge("--leg wan=%T/wan.pcap" KEYS), *tcp;

    (void)state;
    rewrite("tcp.pcap", false);
    tcp = judge("--leg wan=%T/tcp.pcap" KEYS);
    compare(plain, tcp);
    json_decref(plain);
    json_decref(tcp);
}

/* On port 4500 the prefix is not needed to know what it is. */
static void a_stream_is_joined(void **state)
{
    json_t *plain = judge("--leg wan=%T/wan.pcap" KEYS), *tcp;

    (void)state;
    rewrite("joined.pcap", true);
    tcp = judge("--leg wan=%T/joined.pcap" KEYS);
    assert_int_equal(json_array_size(json_object_get(plain, "sas")),
                     json_array_size(json_object_get(tcp, "sas")));
    json_decref(plain);
    json_decref(tcp);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tcp_is_read_like_ip_and_udp),
        cmocka_unit_test(a_stream_is_joined),
    };

    return cmocka_run_group_tests_name("judge_tcp", tests, run_once, program_folder_remove);
}
