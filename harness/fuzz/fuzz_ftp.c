/* Any bytes as an FTP control channel behind port translation, in segments that a NUL ends; a 0x01
 * before it has the segment sent twice. Whatever the lines are, the receiver gets a stream without
 * holes, and its acknowledgements come back as numbers of the sender's. */
#include "base/mem.h"
#include "gateway/conn_more.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct bed {
    struct clock_virtual clk;
    struct rng_seeded rng;
    struct gw_config *cfg;
    struct gw_syslog *log;
    struct netifs ifs;
    struct nat *nat;
    struct conns *t;
    struct conn *c;
    uint32_t next; /* of the client, as it counts */
    uint32_t sees; /* the server expects this number */
    uint8_t mem[65536];
};

static const char lines[] =
    "interface E0\n nameif outside\n security-level 0\n ip address 203.0.113.1 255.255.255.0\n"
    "interface E1\n nameif inside\n security-level 100\n ip address 10.1.1.1 255.255.255.0\n"
    "global (outside) 1 interface\nnat (inside) 1 0 0\npolicy-map p\n class c\n  inspect ftp\n";

static void must(bool ok)
{
    if (!ok)
        abort();
}

static struct pkt segment(uint8_t *mem, size_t cap, uint8_t flags, uint32_t seq, struct bytes text)
{
    struct ip ip = {.version = 4, .proto = IP_TCP, .ttl = 9, .src = ip4(0x0a010105), .dst = ip4(9)};
    struct tcp t = {.src = 3000, .dst = 21, .flags = flags, .seq = seq, .data = text};
    struct wr w = wr_of(mem, cap);
    struct pkt p;

    ip_put(&w, &ip, TCP_HDR_LEN + text.n);
    tcp_put(&w, &t, &ip.src, &ip.dst);
    pkt_parse_ip(wr_bytes(&w), &p);
    return p;
}

static void open_bed(struct bed *b)
{
    struct xlates_env env;
    struct nat_flow f = {.in = 1, .proto = IP_TCP, .ported = true, .icmp_type = -1};
    struct conn_open how = {.ifi = {1, 0}, .tunnel = {VPN_NONE, VPN_NONE}, .nat = &f};
    struct pkt p = segment(b->mem, sizeof(b->mem), TCP_SYN, 999, (struct bytes){NULL, 0});

    clock_virtual_init(&b->clk);
    rng_seeded_init(&b->rng, 1, "ftp");
    b->cfg = gw_config_new();
    must(gw_config_load(b->cfg, "ftp", bytes_str(lines), NULL, NULL) == ERR_OK);
    netifs_configure(&b->ifs, b->cfg);
    b->log = gw_syslog_new(b->cfg, &b->clk.clock, 0);
    env = (struct xlates_env){b->cfg, &b->clk.clock, b->log, &b->ifs};
    b->nat = nat_new(&env);
    nat_configure(b->nat);
    struct conns_env conns = {.cfg = b->cfg,
                              .clk = &b->clk.clock,
                              .rng = &b->rng.rng,
                              .log = b->log,
                              .ifs = &b->ifs,
                              .nat = b->nat};
    b->t = conns_new(&conns);
    f.src = (struct endpoint){p.ip.src, 3000};
    f.dst = (struct endpoint){p.ip.dst, 21};
    nat_undo(b->nat, &f);
    must(nat_apply(b->nat, 0, &f) == NAT_PASS);
    b->c = conns_open(b->t, &p, &how);
    must(b->c && b->c->more && b->c->more->ftp);
    b->next = 1000;
    b->sees = conn_seq_out(b->c, 0, 1000);
    b->c->tcp[1].has_acked = true;
    b->c->tcp[1].acked = 1000;
}

static void close_bed(struct bed *b)
{
    conns_free(b->t);
    nat_free(b->nat);
    gw_syslog_free(b->log);
    netifs_release(&b->ifs);
    gw_config_free(b->cfg);
}

/* What is sent on of a segment that begins at SEQ. False: nothing. */
static bool look(struct bed *b, uint32_t seq, struct bytes text, struct tcp *out)
{
    static uint8_t packet[65536];
    struct pkt p = segment(packet, sizeof(packet), TCP_ACK, seq, text);
    struct conn_inspection r = conn_inspect(b->t, b->c, 0, &p, b->mem);

    *out = p.tcp;
    if (r.verdict == CONN_CHANGED) {
        must(tcp_parse(r.segment, out) == ERR_OK);
        must(tcp_checksum_ok(r.segment, &p.ip.src, &p.ip.dst));
    }
    return r.verdict != CONN_REFUSED;
}

/* Sends TEXT from SEQ on. Returns how much of it arrived, or is kept; 0: nothing ever will. */
static size_t send(struct bed *b, uint32_t seq, struct bytes text)
{
    struct tcp out;

    if (!look(b, seq, text, &out))
        return 0;
    must(conn_seq_out(b->c, 0, out.seq) == b->sees);
    b->sees += (uint32_t)out.data.n;
    uint32_t known = conn_ack_back(b->c, 1, b->sees);
    must(seq_lt(seq, known) && seq_le(known, seq + (uint32_t)text.n));
    return known - seq;
}

/* False: it was refused, and would be for ever. */
static bool say(struct bed *b, struct bytes text, bool twice)
{
    struct tcp out;
    size_t n = send(b, b->next, text);

    if (n == 0)
        return false;
    if (twice && look(b, b->next, bytes_head(text, n), &out)) { /* as the first time, or less */
        must(seq_le(conn_seq_out(b->c, 0, out.seq) + (uint32_t)out.data.n, b->sees));
        must(conn_ack_back(b->c, 1, b->sees) == b->next + (uint32_t)n);
    }
    b->next += (uint32_t)n;
    b->c->tcp[1].acked = b->next; /* the server has it */
    if (n < text.n) {             /* and now there is room for the rest */
        must(send(b, b->next, bytes_from(text, n)) == text.n - n);
        b->next += (uint32_t)(text.n - n);
        b->c->tcp[1].acked = b->next;
    }
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bed *b = mem_zalloc(sizeof(*b));
    size_t from = 0;
    struct ftp_line l;

    for (int client = 0; client < 2; client++) {
        ftp_parse(bytes_of(data, size), client, &l);
        must(l.kind == FTP_OTHER || (l.from <= l.to && l.to <= size));
    }
    open_bed(b);
    for (size_t i = 0; i <= size && from < size; i++) {
        if (i < size && data[i] != 0 && i - from < 1400)
            continue;
        bool twice = i > from && data[i - 1] == 1;
        struct bytes text = bytes_of(data + from, i - from - twice);
        if (text.n && !say(b, text, twice))
            break;
        from = i < size && data[i] == 0 ? i + 1 : i;
    }
    close_bed(b);
    mem_free(b);
    return 0;
}
