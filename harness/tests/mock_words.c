/* The words that runs are laid out with. */
#include "tests/mock_run.h"
#include "tests/testkit.h"
#include "wire/tcp.h"

#include <stdlib.h>

enum { USER, SERVER };

static void wait_ms(struct mock_run *m, int64_t ms)
{
    m->now_us += ms * 1000;
}

/* --- the tunnel --------------------------------------------------------------------------------
 */

static void say_sa(struct mock_run *m, const struct mock_sa *sa, bool up)
{
    char src[IP_ADDR_TEXT], dst[IP_ADDR_TEXT];
    struct buf hex = BUF_INIT;

    ip_addr_format(&sa->params.src, src);
    ip_addr_format(&sa->params.dst, dst);
    if (up) {
        buf_adds(&hex, "cipher=aes-128-cbc cipher_key=");
        for (size_t i = 0; i < cipher_key_len(sa->params.cipher); i++)
            buf_addf(&hex, "%02x", sa->params.cipher_key[i]);
        buf_adds(&hex, " integ=hmac-sha1-96 integ_key=");
        for (size_t i = 0; i < integ_key_len(sa->params.integ); i++)
            buf_addf(&hex, "%02x", sa->params.integ_key[i]);
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

static void word_newsa(struct mock_run *m, const char *arg)
{
    (void)arg;
    mock_new_sa(m);
    for (int way = 0; way < 2 && !m->opts.pair; way++)
        say_sa(m, &m->sa[way], true);
}

/* Only one direction takes the new SA into use: MOCK_TO_DEVICE. */
static void word_halfsa(struct mock_run *m, const char *arg)
{
    struct mock_sa old = m->sa[MOCK_FROM_DEVICE];

    m->sa[MOCK_FROM_DEVICE].out = NULL;
    word_newsa(m, arg);
    esp_sa_free(m->sa[MOCK_FROM_DEVICE].out);
    m->sa[MOCK_FROM_DEVICE] = old;
}

static void word_ike(struct mock_run *m, const char *arg)
{
    unsigned generation = arg ? (unsigned)strtoul(arg, NULL, 10) : 0;

    mock_ike(m, generation);
    if (!m->opts.pair)
        mock_say(m, "ike-sa",
                 "state=up initiator_spi=11111111111111%02x responder_spi=22222222222222%02x "
                 "cipher=aes-128-cbc key=00 initiator=device%s",
                 generation, generation, generation ? " rekey=yes" : "");
}

static void word_ikedown(struct mock_run *m, const char *arg)
{
    (void)arg;
    mock_say(m, "ike-sa",
             "state=down initiator_spi=1111111111111100 responder_spi=2222222222222200 "
             "initiator=device reason=local-delete");
}

static void word_tunnel(struct mock_run *m, const char *arg)
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

static void word_salog(struct mock_run *m, const char *arg)
{
    (void)arg;
    log_sas(m, 602303, "created");
}

static void word_gone(struct mock_run *m, const char *arg)
{
    (void)arg;
    for (int way = 0; way < 2; way++)
        say_sa(m, &m->sa[way], false);
}

static void word_gonelog(struct mock_run *m, const char *arg)
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

static void word_open(struct mock_run *m, const char *arg)
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

static unsigned times(const char *arg)
{
    return arg ? (unsigned)strtoul(arg, NULL, 10) : 1;
}

static void word_ask(struct mock_run *m, const char *arg)
{
    (void)arg;
    one(m, USER, (struct mock_segment){0});
}

static void word_data(struct mock_run *m, const char *arg)
{
    for (unsigned i = times(arg); i-- > 0;)
        one(m, SERVER, (struct mock_segment){0});
}

static void word_altered(struct mock_run *m, const char *arg)
{
    (void)arg;
    one(m, SERVER, (struct mock_segment){.altered = true});
}

/* The sender itself says something else than the case has. */
static void word_selfaltered(struct mock_run *m, const char *arg)
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

static void word_badsum(struct mock_run *m, const char *arg)
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

static void word_lost(struct mock_run *m, const char *arg)
{
    lose(m, times(arg), NULL);
}

static void word_eaten(struct mock_run *m, const char *arg)
{
    lose(m, times(arg), "filtered");
}

/* Sends on from what the user has in order, as if nothing had been sent behind it. */
static void word_back(struct mock_run *m, const char *arg)
{
    (void)arg;
    m->next[SERVER] = m->got[USER];
}

/* The last segment once more; "altered": with other content where it arrives. */
static void word_again(struct mock_run *m, const char *arg)
{
    struct mock_segment s = {.sender = SERVER,
                             .flags = TCP_ACK,
                             .pos = m->next[SERVER] - (int64_t)MOCK_SEGMENT,
                             .len = MOCK_SEGMENT,
                             .altered = arg && strcmp(arg, "altered") == 0};

    mock_pass(m, &s);
    ack(m, USER);
}

static void word_fins(struct mock_run *m, const char *arg)
{
    (void)arg;
    for (int sender = SERVER; sender >= USER; sender--) {
        struct mock_segment s = {
            .sender = sender, .flags = TCP_FIN | TCP_ACK, .pos = m->next[sender]};
        mock_pass(m, &s);
        wait_ms(m, 1);
    }
}

static void word_dgram(struct mock_run *m, const char *arg)
{
    for (unsigned i = times(arg); i-- > 0; wait_ms(m, 100)) {
        mock_datagram(m, USER, true);
        mock_datagram(m, SERVER, true);
    }
}

static void word_dgramlost(struct mock_run *m, const char *arg)
{
    for (unsigned i = times(arg); i-- > 0; wait_ms(m, 100))
        mock_datagram(m, USER, false);
}

/* --- resets, leaks -----------------------------------------------------------------------------
 */

static void word_rst(struct mock_run *m, const char *arg)
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
    } else {
        mock_lan(m, USER, &s);
    }
}

static void word_leak(struct mock_run *m, const char *arg)
{
    struct mock_segment s = {.sender = USER, .flags = TCP_ACK, .pos = m->next[USER], .len = 10};
    struct mock_segment copy = {.sender = SERVER,
                                .flags = TCP_ACK,
                                .pos = m->next[SERVER] - (int64_t)MOCK_SEGMENT,
                                .len = MOCK_SEGMENT};
    bool nat = arg && strcmp(arg, "nat") == 0, is_copy = arg && strcmp(arg, "copy") == 0;

    mock_clear(m, is_copy ? &copy : &s, nat, is_copy);
}

static void word_badicv(struct mock_run *m, const char *arg)
{
    mock_bad_esp(m, strcmp(arg, "peer") == 0 ? MOCK_TO_DEVICE : MOCK_FROM_DEVICE);
}

static void word_fragment(struct mock_run *m, const char *arg)
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
static void word_noise(struct mock_run *m, const char *arg)
{
    struct mock_segment s = {.sender = USER, .flags = TCP_ACK, .pos = 5, .len = 200};

    (void)arg;
    mock_clear(m, &s, false, true);
}

/* --- logs --------------------------------------------------------------------------------------
 */

static const char *user_of(struct mock_run *m, int site, bool mapped)
{
    static const char *const plain = "10.1.0.10", *const nat = "172.16.0.1";

    if (m->opts.masked)
        return "XX.XX.XX.10";
    return m->opts.nat && (mapped || site == 1) ? nat : plain;
}

static const char *server_of(const struct mock_run *m)
{
    return m->opts.masked ? "XXX.XXX.XX.10" : "192.168.50.10";
}

static unsigned port_of(const struct mock_run *m, int site, bool mapped)
{
    return m->opts.nat && (mapped || site == 1) ? m->outside.port : m->at[0].port;
}

static int site_arg(const char *arg)
{
    return arg && strcmp(arg, "ho") == 0 ? 1 : 0;
}

static const char *kind(const struct mock_run *m, bool built, unsigned *id)
{
    bool udp = m->opts.proto && strcmp(m->opts.proto, "udp") == 0;

    *id = (udp ? 302015u : 302013u) + !built;
    return udp ? "UDP" : "TCP";
}

static void word_built(struct mock_run *m, const char *arg)
{
    int site = site_arg(arg);
    unsigned id;
    const char *proto = kind(m, true, &id);

    mock_log(m, site,
             "%%ASA-6-%u: Built outbound %s connection 41 for outside:%s/80 (%s/80) to "
             "inside:%s/%u (%s/%u)",
             id, proto, server_of(m), server_of(m), user_of(m, site, false),
             port_of(m, site, false), user_of(m, site, true), port_of(m, site, true));
}

static void teardown(struct mock_run *m, int site, unsigned port, const char *reason)
{
    unsigned id;
    const char *proto = kind(m, false, &id);

    mock_log(m, site,
             "%%ASA-6-%u: Teardown %s connection 41 for outside:%s/80 to inside:%s/%u duration "
             "0:00:01 bytes 1234%s%s",
             id, proto, server_of(m), user_of(m, site, false), port, reason[0] ? " " : "", reason);
}

static void word_torn(struct mock_run *m, const char *arg)
{
    teardown(m, site_arg(arg), port_of(m, site_arg(arg), false), "Tunnel has been torn down");
}

static void word_tornidle(struct mock_run *m, const char *arg)
{
    teardown(m, site_arg(arg), port_of(m, 0, false), "Conn-timeout");
}

static void word_tornfins(struct mock_run *m, const char *arg)
{
    teardown(m, site_arg(arg), port_of(m, 0, false), "TCP FINs");
}

static void word_tornport(struct mock_run *m, const char *arg)
{
    teardown(m, site_arg(arg), port_of(m, 0, false) + 1u, "Tunnel has been torn down");
}

static void word_tornudp(struct mock_run *m, const char *arg)
{
    teardown(m, site_arg(arg), port_of(m, 0, false), "");
}

static void word_chatter(struct mock_run *m, const char *arg)
{
    (void)arg;
    mock_log(m, 0,
             "%%ASA-5-713119: Group = 209.165.200.10, IP = 209.165.200.10, PHASE 1 COMPLETED");
}

/* --- the harness's own account -----------------------------------------------------------------
 */

static void event_state(struct mock_run *m, const char *state, const char *more)
{
    mock_say(m, "event", "id=cut action=%s by=peer state=%s%s", plan_action_name(m->event.action),
             state, more);
}

static void word_sent(struct mock_run *m, const char *arg)
{
    (void)arg;
    event_state(m, "sent", " stream=dl offset=1500");
}

static void word_confirmed(struct mock_run *m, const char *arg)
{
    (void)arg;
    event_state(m, "confirmed", " detail=\"as it was told\"");
}

static void word_failed(struct mock_run *m, const char *arg)
{
    (void)arg;
    event_state(m, "failed", " reason=\"no such SA was up\"");
}

/* Delete of phase 2 as it ought to be: told, confirmed, seen. */
static void word_cut(struct mock_run *m, const char *arg)
{
    word_sent(m, arg);
    word_confirmed(m, arg);
    word_gone(m, arg);
}

static void say_host(struct mock_run *m, int site, const char *state, int64_t less, int altered)
{
    mock_say(m, "host",
             "site=%s stream=dl state=\"%s\" delivered=%lld altered=%d sent=1 acked=1 "
             "retransmitted_segments=0 retransmitted_bytes=0 rto_fired=3 fast_retransmits=2",
             site ? "ho" : "bo", state, (long long)(m->got[site] - less), altered);
}

/* As the frames have it, or "altered", "short", "reset". */
static void word_hosts(struct mock_run *m, const char *arg)
{
    bool reset = arg && strcmp(arg, "reset") == 0;

    say_host(m, 0, reset ? "reset" : "done", arg && strcmp(arg, "short") == 0 ? 7 : 0,
             arg && strcmp(arg, "altered") == 0 ? 5 : 0);
    say_host(m, 1, "done", 0, 0);
}

/* The device's own count of records, or so many more; "lost": it gave up two. */
static void word_count(struct mock_run *m, const char *arg)
{
    unsigned more = arg && arg[0] != 'l' ? times(arg) : 0;

    mock_say(m, "console", "site=bo line=\"# show logging\"");
    mock_say(m, "console",
             "site=bo line=\"        Logging to management 10.2.0.2, UDP TX:%u errors: 0  "
             "dropped: %u\"",
             m->datagrams + more, arg && arg[0] == 'l' ? 2 : 0);
}

static void word_context(struct mock_run *m, const char *arg)
{
    (void)arg;
    mock_say(m, "console", "site=bo line=\"# show asp table vpn-context\"");
    mock_say(m, "console",
             "site=bo line=\"VPN CTX=0x1, Ptr=0x2, DECR+ESP+PRESERVE, UP, pk=1, rk=0, gc=0\"");
}

/* Port lines; the leg named lost three frames. */
static void word_ports(struct mock_run *m, const char *arg)
{
    static const char *const legs[] = {"bo-lan", "wan", "ho-lan", "mgmt"};

    for (size_t i = 0; i < COUNT(legs); i++)
        mock_say(m, "port", "leg=%s sent=1 received=1 filtered=0 lost=0 dropped=%d late_max_us=%s",
                 legs[i], arg && strcmp(arg, legs[i]) == 0 ? 3 : 0,
                 m->opts.late ? m->opts.late : "0");
}

static void word_end(struct mock_run *m, const char *arg)
{
    mock_say(m, "run-end", "state=%s reason=\"as the row wants it\"", arg ? arg : "complete");
}

static void word_wait(struct mock_run *m, const char *arg)
{
    wait_ms(m, (int64_t)strtol(arg, NULL, 10));
}

/* --- the list ----------------------------------------------------------------------------------
 */

#define WORDS(X)                                                                                   \
    X(tunnel)                                                                                      \
    X(newsa)                                                                                       \
    X(halfsa)                                                                                      \
    X(salog)                                                                                       \
    X(gone) X(gonelog) X(ike) X(ikedown) X(open) X(ask) X(data) X(altered) X(selfaltered)          \
        X(badsum) X(lost) X(eaten) X(back) X(again) X(fins) X(badicv) X(fragment) X(dgram)         \
            X(dgramlost) X(rst) X(leak) X(noise) X(built) X(torn) X(tornidle) X(tornfins)          \
                X(tornport) X(tornudp) X(chatter) X(sent) X(confirmed) X(failed) X(cut) X(hosts)   \
                    X(count) X(context) X(ports) X(end) X(wait)

static void play_word(struct mock_run *m, char *word)
{
    static const struct {
        const char *name;
        void (*play)(struct mock_run *m, const char *arg);
    } words[] = {
#define X(name) {#name, word_##name},
        WORDS(X)
#undef X
    };
    char *arg = strchr(word, ':');

    if (arg)
        *arg++ = '\0';
    for (size_t i = 0; i < COUNT(words); i++) {
        if (strcmp(words[i].name, word) == 0) {
            words[i].play(m, arg);
            return;
        }
    }
    fail_msg("no word \"%s\"", word);
}

void mock_play(struct mock_run *m, const char *script)
{
    while (*script) {
        char word[32];
        size_t n = strcspn(script, " ");
        assert_true(n < sizeof(word));
        memcpy(word, script, n);
        word[n] = '\0';
        if (n)
            play_word(m, word);
        script += n;
        script += strspn(script, " ");
    }
}
