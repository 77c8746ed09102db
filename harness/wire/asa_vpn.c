/* Messages about tunnels: IPsec SAs, ESP packets, IKE, sessions. */
#include "wire/asa_parts.h"
#include "wire/ip.h"

static void plain_addr(struct asa_endpoint *e, struct bytes address)
{
    e->address = address;
    e->addr = scan_addr(address);
}

/* A word that "(user=" ends, too: some lines have no blank before it. */
static bool scan_peer(struct bytes *s, struct bytes *out)
{
    struct bytes t = *s;

    if (!scan_word(&t, out))
        return false;
    const uint8_t *paren = memchr(out->p, '(', out->n);
    if (paren)
        out->n = (size_t)(paren - out->p);
    *s = bytes_from(*s, out->n);
    return out->n > 0;
}

/* "(user= U)" */
static bool scan_user(struct bytes *s, struct bytes *user)
{
    struct bytes t = *s;

    scan_blanks(&t);
    if (!scan_lit(&t, "(user="))
        return false;
    scan_blanks(&t);
    if (!scan_before(&t, ")", user))
        return false;
    *s = t;
    return true;
}

/* "IPSEC: An inbound LAN-to-LAN SA (SPI= 0xCE8C73AC) between 192.0.2.1 and 192.0.2.2 (user= U) has
 * been created." */
bool asa_parse_sa(struct asa_log *l, struct bytes s)
{
    struct bytes local, peer;

    if (!scan_lit(&s, "IPSEC: An "))
        return false;
    l->direction = scan_lit(&s, "inbound ")    ? ASA_INBOUND
                   : scan_lit(&s, "outbound ") ? ASA_OUTBOUND
                                               : ASA_DIRECTION_NONE;
    if (!l->direction || !scan_before(&s, " SA (SPI=", &l->session_type))
        return false;
    scan_blanks(&s);
    if (!scan_hex32(&s, &l->spi) || !scan_lit(&s, ") between ") ||
        !scan_before(&s, " and ", &local) || !scan_peer(&s, &peer))
        return false;
    plain_addr(&l->a, local);
    plain_addr(&l->b, peer);
    (void)scan_user(&s, &l->user);
    if (l->id == 602303)
        return scan_is(scan_trim(s), "has been created.");
    if (l->id == 602304)
        return scan_is(scan_trim(s), "has been deleted.");
    return scan_lit(&s, " is rekeying due to ");
}

/* The address that ends a sentence, or goes on with " that failed ..." */
static void local_end(struct asa_log *l, struct bytes word)
{
    if (word.n && word.p[word.n - 1] == '.')
        word.n--;
    plain_addr(&l->b, word);
}

static bool from_to(struct asa_log *l, struct bytes *s)
{
    struct bytes words, from, to;

    if (!scan_before(s, " from ", &words) || !scan_before(s, " to ", &from) || !scan_word(s, &to))
        return false;
    plain_addr(&l->a, from);
    local_end(l, to);
    return true;
}

/* 402117: "IPSEC: Received a non-IPSec packet (protocol= ICMP) from A to B.", or "a non-IPsec
 * (icmp) packet" */
static bool clear_packet(struct asa_log *l, struct bytes s)
{
    struct bytes words;

    if (!scan_before(&s, "(", &words) || !scan_before(&s, ")", &l->protocol))
        return false;
    (void)scan_lit(&l->protocol, "protocol=");
    l->protocol = scan_trim(l->protocol);
    return from_to(l, &s);
}

/* "... dropped by IPsec (REASON)." */
static void drop_reason(struct asa_log *l, struct bytes s)
{
    struct bytes words;

    if (scan_before(&s, "dropped by IPsec ", &words))
        (void)asa_scan_parens(&s, &l->reason);
}

/* " (user= U)"; 402121: " (U)" */
static bool packet_user(struct asa_log *l, struct bytes *s)
{
    return scan_user(s, &l->user) || !scan_lit(s, " (") || scan_before(s, ")", &l->user);
}

/* "IPSEC: Received an ESP packet (SPI= S, sequence number= N) from A (user= U) to B ..." */
bool asa_parse_ipsec_packet(struct asa_log *l, struct bytes s)
{
    struct bytes word;

    if (l->id == 402117)
        return clear_packet(l, s);
    if (l->id == 402115 || l->id == 402122) {
        drop_reason(l, s);
        return from_to(l, &s);
    }
    if (!scan_lit(&s, "IPSEC: Received an ") || !scan_word(&s, &l->protocol) ||
        !scan_lit(&s, " packet (SPI="))
        return false;
    scan_blanks(&s);
    if (!scan_hex32(&s, &l->spi) || !scan_lit(&s, ", sequence number="))
        return false;
    scan_blanks(&s);
    if (!scan_hex32(&s, &l->sequence) || !scan_lit(&s, ") from ") || !scan_peer(&s, &word))
        return false;
    plain_addr(&l->a, word);
    if (!packet_user(l, &s) || !scan_lit(&s, " to ") || !scan_word(&s, &word))
        return false;
    local_end(l, word);
    drop_reason(l, s);
    return true;
}

/* "Group = G, Username = U, IP = P, "; each part may be missing. */
static bool session_prefix(struct asa_log *l, struct bytes *s)
{
    if (scan_lit(s, "Group = ") && !scan_before(s, ", ", &l->group))
        return false;
    if (scan_lit(s, "Username = ") && !scan_before(s, ", ", &l->user))
        return false;
    if (scan_lit(s, "IP = ")) {
        /* the manual's typesetting has lost the comma behind the address */
        if (!scan_word(s, &l->peer))
            return false;
        if (l->peer.p[l->peer.n - 1] == ',')
            l->peer.n--;
        l->peer_addr = scan_addr(l->peer);
    }
    scan_blanks(s);
    return true;
}

static bool value_before(struct bytes *s, const char *key, const char *end, struct bytes *out)
{
    struct bytes before;

    if (!scan_before(s, key, &before))
        return false;
    if (scan_before(s, end, out))
        return true;
    *out = scan_trim(*s);
    *s = bytes_from(*s, s->n);
    return true;
}

static bool hex_after(struct bytes s, const char *key, uint32_t *out)
{
    struct bytes before;

    return scan_before(&s, key, &before) && scan_hex32(&s, out);
}

/* 713041 */
static bool initiating(struct asa_log *l, struct bytes s)
{
    uint64_t phase;

    if (!scan_lit(&s, "IKE Initiator: "))
        return false;
    l->rekey = scan_lit(&s, "Rekeying ");
    if ((!l->rekey && !scan_lit(&s, "New ")) || !scan_lit(&s, "Phase ") || !scan_u64(&s, &phase) ||
        phase < 1 || phase > 2)
        return false;
    l->phase = (unsigned)phase;
    return value_before(&s, "Intf ", ",", &l->interface) &&
           value_before(&s, "local Proxy Address ", ",", &l->local_proxy) &&
           value_before(&s, "remote Proxy Address ", ",", &l->remote_proxy) &&
           value_before(&s, "Crypto map (", ")", &l->map);
}

/* 713050, 715009 */
static bool proxies(struct asa_log *l, struct bytes s)
{
    return value_before(&s, "Remote Proxy ", ",", &l->remote_proxy) &&
           value_before(&s, "Local Proxy ", ",", &l->local_proxy);
}

bool asa_parse_ike(struct asa_log *l, struct bytes s)
{
    struct bytes t;

    if (!session_prefix(l, &s))
        return false;
    l->detail = t = s;
    switch (l->id) {
    case 713041: return initiating(l, s);
    case 713119: l->phase = 1; return scan_is(s, "PHASE 1 COMPLETED");
    case 713120:
        l->phase = 2;
        return scan_lit(&s, "PHASE 2 COMPLETED") && hex_after(s, "msgid=", &l->message_id);
    case 713049:
        l->phase = 2;
        return hex_after(s, "Inbound SPI = ", &l->spi) &&
               hex_after(s, "Outbound SPI = ", &l->out_spi);
    case 713050:
        if (!value_before(&t, "Reason: ", "  ", &l->reason))
            return false;
        return proxies(l, s);
    case 713259: return value_before(&t, "Reason: ", "\n", &l->reason);
    case 715009: return proxies(l, s);
    default: return true;
    }
}

/* "4h:19m:29s", "61d 8h:03m:16s" */
static bool session_duration(struct asa_log *l, struct bytes s)
{
    uint64_t d = 0, h, m, sec;
    struct bytes days = s;

    if (scan_u64(&days, &d) && scan_lit(&days, "d "))
        s = days;
    else
        d = 0;
    if (!scan_u64(&s, &h) || !scan_lit(&s, "h:") || !scan_u64(&s, &m) || !scan_lit(&s, "m:") ||
        !scan_u64(&s, &sec) || !scan_lit(&s, "s") || s.n || d > 100000 || h > 1000000 || m > 59 ||
        sec > 59)
        return false;
    l->duration_s = d * 86400 + h * 3600 + m * 60 + sec;
    l->has_duration = true;
    return true;
}

bool asa_parse_session_end(struct asa_log *l, struct bytes s)
{
    struct bytes duration, sent, received;

    if (!session_prefix(l, &s))
        return false;
    l->detail = s;
    if (!value_before(&s, "Session Type: ", ",", &l->session_type) ||
        !value_before(&s, "Duration: ", ",", &duration) ||
        !value_before(&s, "Bytes xmt: ", ",", &sent) ||
        !value_before(&s, "Bytes rcv: ", ",", &received) ||
        !value_before(&s, "Reason: ", "\n", &l->reason))
        return false;
    return session_duration(l, duration) && scan_u64(&sent, &l->bytes_sent) &&
           scan_u64(&received, &l->bytes_received);
}
