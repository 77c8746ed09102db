#include "tests/ftp_lab.h"

#include "base/mem.h"
#include "tests/testkit.h"

struct ftp_talk ftp_open(const char *version, const char *lines, enum nat_leg from,
                         const char *client, const char *client_seen, const char *server,
                         const char *server_seen)
{
    struct ftp_talk k = {.l = mem_zalloc(sizeof(*k.l)),
                         .leg = {from, from == NAT_INSIDE ? NAT_OUTSIDE : NAT_INSIDE},
                         .at = {client, server},
                         .seen = {client_seen, server_seen},
                         .next = {1000, 5000},
                         .sees = {5000, 1000}};

    nat_init(k.l, version, lines);
    nat_connect(k.l, from, client, server_seen, k.leg[1], client_seen, server);
    return k;
}

struct ftp_talk ftp_open_outbound(const char *lines, const char *client_seen)
{
    return ftp_open("8.2(1)", lines, NAT_INSIDE, "10.1.1.5:3000", client_seen, "198.51.100.9:21",
                    "198.51.100.9:21");
}

void ftp_close(struct ftp_talk *k)
{
    nat_release(k->l);
    mem_free(k->l);
}

void ftp_push(struct ftp_talk *k, int side, uint8_t flags, uint32_t seq, const char *text)
{
    nat_send_tcp(
        k->l, k->leg[side], k->at[side], k->seen[!side],
        (struct tcp){.flags = flags, .seq = seq, .ack = k->sees[side], .data = bytes_str(text)});
}

void ftp_hears(struct ftp_talk *k, int side, const char *text)
{
    struct pkt p = nat_expect(k->l, k->leg[!side], k->seen[side], k->at[!side]);

    if (!bytes_eq(p.tcp.data, bytes_str(text)))
        fail_msg("%.*s, wanted %s", (int)p.tcp.data.n, (const char *)p.tcp.data.p, text);
    assert_int_equal(p.tcp.seq, k->sees[!side]);
    k->sees[!side] += (uint32_t)p.tcp.data.n;
}

void ftp_acks(struct ftp_talk *k, int side)
{
    struct pkt p;

    ftp_push(k, !side, TCP_ACK, k->next[!side], "");
    p = nat_expect(k->l, k->leg[side], k->seen[!side], k->at[side]);
    assert_int_equal(p.tcp.ack, k->next[side]);
    assert_int_equal(p.tcp.seq, k->sees[side]);
}

void ftp_says(struct ftp_talk *k, int side, const char *text, const char *heard)
{
    ftp_push(k, side, TCP_ACK | TCP_PSH, k->next[side], text);
    k->next[side] += (uint32_t)strlen(text);
    ftp_hears(k, side, heard);
    ftp_acks(k, side);
}

void ftp_says_plainly(struct ftp_talk *k, int side, const char *text)
{
    ftp_says(k, side, text, text);
}

struct tcp ftp_syn(void)
{
    return (struct tcp){.flags = TCP_SYN, .seq = 70};
}
