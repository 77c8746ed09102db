/* Words about what is on the wires. */
#include "tests/mock_words.h"

#include "tests/testkit.h"
#include "wire/ikev2.h"
#include "wire/tcp.h"

#include <stdlib.h>

/* --- the tunnel --------------------------------------------------------------------------------
 */

void mock_say_sa(struct mock_run *m, const struct mock_sa *sa, bool up)
{
    char src[IP_ADDR_TEXT], dst[IP_ADDR_TEXT];
    struct buf hex = BUF_INIT;

    ip_addr_format(&sa->params.src, src);
    ip_addr_format(&sa->params.dst, dst);
    if (up) {
        buf_adds(&hex, "cipher=aes-128-cbc cipher_key=");
        buf_addx(&hex, bytes_of(sa->params.cipher_key, cipher_key_len(sa->params.cipher)));
        buf_adds(&hex, " integ=hmac-sha1-96 integ_key=");
        buf_addx(&hex, bytes_of(sa->params.integ_key, integ_key_len(sa->params.integ)));
    } else {
        buf_adds(&hex, "reason=local-delete");
    }
    mock_say(m, "esp-sa", "state=%s spi=0x%08x src=%s dst=%s %s", up ? "up" : "down",
             sa->params.spi, src, dst, buf_str(&hex));
    buf_release(&hex);
}

void mock_new_sa(struct mock_run *m)
{
    const struct plan_lab *l = &m->plan.lab;
    bool at_ho = m->opts.device_at_ho;

    m->generation++;
    for (int way = 0; way < 2; way++) {
        bool to_bo = (way == MOCK_TO_DEVICE) != at_ho;
        struct esp_params p = {.spi = 0x1000 * m->generation + (uint32_t)way,
                               .src = to_bo ? l->ho_outside : l->bo_outside,
                               .dst = to_bo ? l->bo_outside : l->ho_outside,
                               .cipher = CIPHER_AES128_CBC,
                               .integ = INTEG_HMAC_SHA1_96};
        p.cipher_key[0] = (uint8_t)m->generation;
        p.integ_key[0] = (uint8_t)way;
        esp_sa_free(m->sa[way].out);
        m->sa[way].params = p;
        assert_ok(esp_sa_new(&p, (struct mono){0}, &m->sa[way].out));
    }
}

void word_newsa(struct mock_run *m, const char *arg)
{
    (void)arg;
    mock_new_sa(m);
    for (int way = 0; way < 2 && !m->opts.pair; way++)
        mock_say_sa(m, &m->sa[way], true);
}

void word_secretsa(struct mock_run *m, const char *arg)
{
    (void)arg;
    mock_new_sa(m);
}

/* Only one direction takes the new SA into use: MOCK_TO_DEVICE. */
void word_halfsa(struct mock_run *m, const char *arg)
{
    struct mock_sa old = m->sa[MOCK_FROM_DEVICE];

    m->sa[MOCK_FROM_DEVICE].out = NULL;
    word_newsa(m, arg);
    esp_sa_free(m->sa[MOCK_FROM_DEVICE].out);
    m->sa[MOCK_FROM_DEVICE] = old;
}

/* What the device sends with, as nobody asks about the other one. */
static void say_pair(struct mock_run *m, const char *arg, bool up)
{
    const struct esp_params *first = &m->sa[MOCK_FROM_DEVICE].params;
    unsigned n = times(arg);
    const char *who = strchr(arg, '-') + 1;
    char src[IP_ADDR_TEXT], dst[IP_ADDR_TEXT];
    struct buf more = BUF_INIT;

    if (up)
        buf_addf(&more, "initiator=%s old_spi=0x%08x", who, first->spi);
    else
        buf_addf(&more, "reason=replaced deleted_by=%s", who);
    mock_say(m, "esp-sa", "state=%s spi=0x%08x src=%s dst=%s %s", up ? "up" : "down", 0x9000 + n,
             ip_addr_format(&first->src, src), ip_addr_format(&first->dst, dst), buf_str(&more));
    buf_release(&more);
}

void word_pair(struct mock_run *m, const char *arg)
{
    say_pair(m, arg, true);
}

void word_unpair(struct mock_run *m, const char *arg)
{
    say_pair(m, arg, false);
}

void word_ike(struct mock_run *m, const char *arg)
{
    unsigned generation = arg ? (unsigned)strtoul(arg, NULL, 10) : 0;

    mock_ike(m, generation);
    if (!m->opts.pair)
        mock_say(m, "ike-sa",
                 "state=up initiator_spi=11111111111111%02x responder_spi=22222222222222%02x "
                 "cipher=aes-128-cbc key=00 initiator=device%s",
                 generation, generation, generation ? " rekey=yes" : "");
}

void word_ikedown(struct mock_run *m, const char *arg)
{
    (void)arg;
    mock_say(m, "ike-sa",
             "state=down initiator_spi=1111111111111100 responder_spi=2222222222222200 "
             "initiator=device reason=local-delete");
}

static void piece_of_quick_mode(struct mock_run *m, unsigned number)
{
    uint8_t whole[60], buf[128];
    struct isakmp_hdr h = {.version = 0x10,
                           .exchange = ISAKMP_X_MAIN,
                           .cookie_i = {0x11, [7] = 0},
                           .cookie_r = {0x22, [7] = 0}};
    struct isakmp_msg msg;
    struct wr w = wr_of(whole, sizeof(whole));

    wr_put(&w, bytes_of(h.cookie_i, 8));
    wr_put(&w, bytes_of(h.cookie_r, 8));
    wr_u8(&w, ISAKMP_P_HASH);
    wr_u8(&w, 0x10);
    wr_u8(&w, ISAKMP_X_QUICK);
    wr_u8(&w, ISAKMP_FLAG_ENCRYPTED);
    wr_be32(&w, 0xabcdef02);
    wr_be32(&w, sizeof(whole));
    wr_zero(&w, 32);
    struct isakmp_fragment f = {1, (uint8_t)number, number == 2,
                                bytes_of(whole + 30 * (number - 1), 30)};
    isakmp_begin(&msg, buf, sizeof(buf), &h);
    isakmp_put_fragment(&msg, &f);
    mock_ike_message(m, isakmp_end(&msg, 0));
}

static void piece_of_request(struct mock_run *m, unsigned number)
{
    uint8_t buf[64];
    struct wr w = wr_of(buf, sizeof(buf));

    wr_be64(&w, 0x1111111111111133u);
    wr_be64(&w, 0x2222222222222233u);
    wr_u8(&w, IKEV2_P_SKF);
    wr_u8(&w, 0x20);
    wr_u8(&w, ISAKMP_X_V2_CREATE_CHILD_SA);
    wr_u8(&w, IKEV2_FLAG_INITIATOR);
    wr_be32(&w, 7);
    wr_be32(&w, 28 + 4 + 4 + 16);
    wr_u8(&w, number == 1 ? IKEV2_P_SA : IKEV2_P_NONE); /* RFC 7383, 2.5 */
    wr_u8(&w, 0);
    wr_be16(&w, 4 + 4 + 16);
    wr_be16(&w, (uint16_t)number);
    wr_be16(&w, 3);
    wr_zero(&w, 16);
    mock_ike_message(m, wr_bytes(&w));
}

void word_pieces(struct mock_run *m, const char *arg)
{
    (void)arg;
    for (unsigned number = 2; number > 0; number--)
        piece_of_quick_mode(m, number);
    for (unsigned number = 1; number <= 3; number++)
        piece_of_request(m, number);
}

void word_tunnel(struct mock_run *m, const char *arg)
{
    word_ike(m, NULL);
    word_newsa(m, arg);
}

static void log_sas(struct mock_run *m, unsigned id, const char *what)
{
    for (int way = 0; way < 2; way++)
        mock_log(m, 0,
                 "%%ASA-6-%u: IPSEC: An %s LAN-to-LAN SA (SPI= 0x%08X) between 209.165.201.2 and "
                 "209.165.200.10 (user= 209.165.200.10) has been %s.",
                 id, way == MOCK_TO_DEVICE ? "inbound" : "outbound", m->sa[way].params.spi, what);
}

void word_salog(struct mock_run *m, const char *arg)
{
    (void)arg;
    log_sas(m, 602303, "created");
}

void word_gone(struct mock_run *m, const char *arg)
{
    (void)arg;
    for (int way = 0; way < 2; way++)
        mock_say_sa(m, &m->sa[way], false);
}

void word_gonelog(struct mock_run *m, const char *arg)
{
    (void)arg;
    log_sas(m, 602304, "deleted");
}

/* --- the stream --------------------------------------------------------------------------------
 */

static void ack(struct mock_run *m, int sender)
{
    struct mock_segment s = {.sender = sender, .flags = TCP_ACK, .pos = m->next[sender]};

    mock_pass(m, &s);
}

void word_open(struct mock_run *m, const char *arg)
{
    (void)arg;
    mock_pass(m, &(struct mock_segment){.sender = USER, .flags = TCP_SYN});
    mock_pass(m, &(struct mock_segment){.sender = SERVER, .flags = TCP_SYN | TCP_ACK});
    ack(m, USER);
}

static void one(struct mock_run *m, int sender, struct mock_segment s)
{
    s.sender = sender;
    s.flags = TCP_ACK | TCP_PSH;
    s.pos = m->next[sender];
    s.len = sender == SERVER ? MOCK_SEGMENT : MOCK_UP;
    mock_pass(m, &s);
    m->next[sender] += s.len;
    if (!s.bad_checksum)
        m->got[!sender] = m->next[sender];
    ack(m, !sender);
    wait_ms(m, MOCK_STEP_MS - 4);
}

void word_ask(struct mock_run *m, const char *arg)
{
    (void)arg;
    one(m, USER, (struct mock_segment){0});
}

void word_data(struct mock_run *m, const char *arg)
{
    for (unsigned i = times(arg); i-- > 0;)
        one(m, SERVER, (struct mock_segment){0});
}

void word_sack(struct mock_run *m, const char *arg)
{
    mock_pass(m, &(struct mock_segment){.sender = USER,
                                        .flags = TCP_ACK,
                                        .pos = m->next[USER],
                                        .sack = MOCK_SEGMENT,
                                        .sack_unmapped = arg != NULL});
}

void word_altered(struct mock_run *m, const char *arg)
{
    (void)arg;
    one(m, SERVER, (struct mock_segment){.altered = true});
}

/* The sender itself says something else than the case has. */
void word_selfaltered(struct mock_run *m, const char *arg)
{
    struct mock_segment s = {.sender = SERVER,
                             .flags = TCP_ACK,
                             .pos = m->next[SERVER],
                             .len = MOCK_SEGMENT,
                             .altered = true};

    (void)arg;
    m->ip_id++;
    mock_lan(m, SERVER, &s);
    mock_esp(m, &s, NULL);
    mock_lan(m, USER, &s);
    m->next[SERVER] += s.len;
    m->got[USER] = m->next[SERVER];
    ack(m, USER);
}

void word_badsum(struct mock_run *m, const char *arg)
{
    (void)arg;
    one(m, SERVER, (struct mock_segment){.bad_checksum = true});
}

/* Sent, sealed, and then gone: eaten by a blackhole, or lost behind it. */
static void lose(struct mock_run *m, unsigned n, const char *remark)
{
    for (; n-- > 0; wait_ms(m, MOCK_STEP_MS)) {
        struct mock_segment s = {
            .sender = SERVER, .flags = TCP_ACK, .pos = m->next[SERVER], .len = MOCK_SEGMENT};
        m->ip_id++;
        mock_lan(m, SERVER, &s);
        mock_esp(m, &s, remark);
        m->next[SERVER] += s.len;
    }
}

void word_lost(struct mock_run *m, const char *arg)
{
    lose(m, times(arg), NULL);
}

void word_eaten(struct mock_run *m, const char *arg)
{
    lose(m, times(arg), "filtered");
}

/* Sends on from what the user has in order, as if nothing had been sent behind it. */
void word_back(struct mock_run *m, const char *arg)
{
    (void)arg;
    m->next[SERVER] = m->got[USER];
}

/* The last segment once more; "altered": with other content where it arrives. */
void word_again(struct mock_run *m, const char *arg)
{
    struct mock_segment s = {.sender = SERVER,
                             .flags = TCP_ACK,
                             .pos = m->next[SERVER] - (int64_t)MOCK_SEGMENT,
                             .len = MOCK_SEGMENT,
                             .altered = arg && strcmp(arg, "altered") == 0};

    mock_pass(m, &s);
    ack(m, USER);
}

void word_fins(struct mock_run *m, const char *arg)
{
    (void)arg;
    for (int sender = SERVER; sender >= USER; sender--) {
        struct mock_segment s = {
            .sender = sender, .flags = TCP_FIN | TCP_ACK, .pos = m->next[sender]};
        mock_pass(m, &s);
        wait_ms(m, 1);
    }
}

void word_dgram(struct mock_run *m, const char *arg)
{
    for (unsigned i = times(arg); i-- > 0; wait_ms(m, 100)) {
        mock_datagram(m, USER, true);
        mock_datagram(m, SERVER, true);
    }
}

void word_dgramlost(struct mock_run *m, const char *arg)
{
    for (unsigned i = times(arg); i-- > 0; wait_ms(m, 100))
        mock_datagram(m, USER, false);
}

/* --- resets, leaks -----------------------------------------------------------------------------
 */

void word_rst(struct mock_run *m, const char *arg)
{
    struct mock_segment s = {.sender = SERVER, .flags = TCP_RST, .pos = m->next[SERVER]};

    m->ip_id++;
    if (strcmp(arg, "user") == 0) { /* through the tunnel to the server */
        s.sender = USER;
        s.pos = m->next[USER];
        mock_pass(m, &s);
    } else if (strcmp(arg, "peer") == 0) { /* inside the peer's ESP, on no LAN before */
        mock_esp(m, &s, NULL);
        mock_lan(m, USER, &s);
    } else if (strcmp(arg, "serverlost") == 0) { /* out of the server, and no further */
        mock_lan(m, SERVER, &s);
    } else if (strcmp(arg, "server") == 0) { /* through the tunnel to the user */
        mock_pass(m, &s);
    } else {
        mock_lan(m, USER, &s);
    }
}

void word_leak(struct mock_run *m, const char *arg)
{
    struct mock_segment s = {.sender = USER, .flags = TCP_ACK, .pos = m->next[USER], .len = 10};
    struct mock_segment copy = {.sender = SERVER,
                                .flags = TCP_ACK,
                                .pos = m->next[SERVER] - (int64_t)MOCK_SEGMENT,
                                .len = MOCK_SEGMENT};
    bool nat = arg && strcmp(arg, "nat") == 0, is_copy = arg && strcmp(arg, "copy") == 0;

    mock_clear(m, is_copy ? &copy : &s, nat, is_copy);
}

void word_badicv(struct mock_run *m, const char *arg)
{
    mock_bad_esp(m, strcmp(arg, "peer") == 0 ? MOCK_TO_DEVICE : MOCK_FROM_DEVICE);
}

void word_reuse(struct mock_run *m, const char *arg)
{
    mock_esp_again(m, arg != NULL);
}

void word_fragment(struct mock_run *m, const char *arg)
{
    struct mock_segment s = {.sender = SERVER,
                             .flags = TCP_ACK,
                             .pos = m->next[SERVER] - (int64_t)MOCK_SEGMENT,
                             .len = MOCK_SEGMENT};

    (void)arg;
    m->ip_id++;
    mock_fragments(m, &s);
}

/* Something of strangers, which is nobody's business. */
void word_noise(struct mock_run *m, const char *arg)
{
    struct mock_segment s = {.sender = USER, .flags = TCP_ACK, .pos = 5, .len = 200};

    (void)arg;
    mock_clear(m, &s, false, true);
}
