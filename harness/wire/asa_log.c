#include "wire/asa_log.h"

#include "wire/asa_parts.h"
#include "wire/ip.h"

struct form {
    uint32_t id;
    enum asa_kind kind;
    uint8_t proto;
    asa_text_parser *parse;
};

static const struct form forms[] = {
    {106001, ASA_DENY_NO_CONN, IP_TCP, asa_parse_no_conn},
    {106015, ASA_DENY_NO_CONN, IP_TCP, asa_parse_no_conn},
    {106023, ASA_DENY_ACL, 0, asa_parse_acl},
    {110002, ASA_NO_ROUTE, 0, asa_parse_no_route},
    {110003, ASA_NO_ROUTE, 0, asa_parse_no_route},
    {111008, ASA_COMMAND, 0, asa_parse_command},
    {111009, ASA_COMMAND, 0, asa_parse_command},
    {111010, ASA_COMMAND, 0, asa_parse_command},
    {113019, ASA_SESSION_END, 0, asa_parse_session_end},
    {302013, ASA_BUILT, IP_TCP, asa_parse_built},
    {302014, ASA_TEARDOWN, IP_TCP, asa_parse_teardown},
    {302015, ASA_BUILT, IP_UDP, asa_parse_built},
    {302016, ASA_TEARDOWN, IP_UDP, asa_parse_teardown},
    {302020, ASA_ICMP_BUILT, IP_ICMP, asa_parse_icmp},
    {302021, ASA_ICMP_TEARDOWN, IP_ICMP, asa_parse_icmp},
    {302303, ASA_BUILT, IP_TCP, asa_parse_built},
    {302304, ASA_TEARDOWN, IP_TCP, asa_parse_teardown},
    {402114, ASA_IPSEC_PACKET, IP_ESP, asa_parse_ipsec_packet},
    {402115, ASA_IPSEC_PACKET, 0, asa_parse_ipsec_packet},
    {402116, ASA_IPSEC_PACKET, IP_ESP, asa_parse_ipsec_packet},
    {402117, ASA_IPSEC_PACKET, 0, asa_parse_ipsec_packet},
    {402118, ASA_IPSEC_PACKET, IP_ESP, asa_parse_ipsec_packet},
    {402119, ASA_IPSEC_PACKET, IP_ESP, asa_parse_ipsec_packet},
    {402120, ASA_IPSEC_PACKET, IP_ESP, asa_parse_ipsec_packet},
    {402121, ASA_IPSEC_PACKET, IP_ESP, asa_parse_ipsec_packet},
    {402122, ASA_IPSEC_PACKET, 0, asa_parse_ipsec_packet},
    {602303, ASA_IPSEC_SA, IP_ESP, asa_parse_sa},
    {602304, ASA_IPSEC_SA, IP_ESP, asa_parse_sa},
    {702305, ASA_IPSEC_SA, IP_ESP, asa_parse_sa},
    {702307, ASA_IPSEC_SA, IP_ESP, asa_parse_sa},
};

static const struct form *form_of(uint32_t id)
{
    static const struct form ike = {0, ASA_IKE, 0, asa_parse_ike};
    static const struct form ike2 = {0, ASA_IKE2, 0, asa_parse_ike2};

    if (id / 1000 == 713 || id / 1000 == 715)
        return &ike;
    if (id / 1000 >= 750 && id / 1000 <= 752)
        return &ike2;
    for (size_t i = 0; i < COUNT(forms); i++) {
        if (forms[i].id == id)
            return &forms[i];
    }
    return NULL;
}

/* "ASA-6-302014", "ASA-session-6-302014" off the front of *S. */
static bool scan_tag(struct bytes *s, struct asa_log *l)
{
    static const char *const products[] = {"ASA", "FTD", "PIX"};
    struct bytes t = *s, klass = {0};
    size_t p = 0, n = 0;
    uint64_t id;

    while (p < COUNT(products) && !scan_lit(&t, products[p]))
        p++;
    if (p == COUNT(products) || !scan_lit(&t, "-"))
        return false;
    while (n < t.n && ((t.p[n] >= 'a' && t.p[n] <= 'z') || t.p[n] == '_'))
        n++;
    if (n) {
        klass = bytes_head(t, n);
        t = bytes_from(t, n);
        if (!scan_lit(&t, "-"))
            return false;
    }
    if (!t.n || t.p[0] < '0' || t.p[0] > '7')
        return false;
    uint8_t severity = (uint8_t)(t.p[0] - '0');
    t = bytes_from(t, 1);
    if (!scan_lit(&t, "-"))
        return false;
    struct bytes digits = t;
    if (!scan_u64(&t, &id) || digits.n - t.n != 6)
        return false;
    l->product = bytes_head(*s, 3);
    l->klass = klass;
    l->severity = severity;
    l->id = (uint32_t)id;
    *s = t;
    return true;
}

/* Finds the tag; L's header is what stands before it, *S what follows. */
static bool find_tag(struct bytes *s, struct bytes *header, struct asa_log *l)
{
    struct bytes line = *s;

    for (size_t i = 0; i < line.n; i++) {
        if (line.p[i] != '%')
            continue;
        *s = bytes_from(line, i + 1);
        if (scan_tag(s, l)) {
            *header = bytes_head(line, i);
            return true;
        }
    }
    /* some relays lose the percent sign; then only a whole word is trusted */
    for (size_t i = 0; i < line.n; i++) {
        if (i > 0 && line.p[i - 1] != ' ')
            continue;
        *s = bytes_from(line, i);
        if (scan_tag(s, l) && (!s->n || s->p[0] == ':' || s->p[0] == ' ')) {
            *header = bytes_head(line, i);
            return true;
        }
    }
    return false;
}

enum err asa_log_parse(struct bytes line, struct asa_log *out)
{
    struct asa_log l = {.icmp_type = -1, .icmp_code = -1};
    struct bytes rest = scan_trim(line), header;

    if (!find_tag(&rest, &header, &l))
        return ERR_NOTFOUND;
    asa_parse_header(&l, header);
    (void)scan_lit(&rest, ":");
    l.text = scan_trim(rest);

    const struct form *form = form_of(l.id);
    l.complete = true;
    if (form) {
        l.kind = form->kind;
        l.proto = form->proto;
        l.complete = form->parse(&l, l.text);
    }
    l.reason_class = asa_reason_class(l.reason);
    if (l.kind != ASA_TEARDOWN)
        l.reason_class = ASA_REASON_NONE;
    *out = l;
    return ERR_OK;
}

/* Whether the masked IPv4 address B ("XX.XX.XX.XX", "10.x.*.5") can be ADDR. */
static enum asa_match masked_match(struct bytes b, const struct ip_addr *addr)
{
    bool differs = false;

    for (int part = 0; part < 4; part++) {
        struct bytes octet = b;
        uint64_t v;
        if (part < 3 && !scan_before(&b, ".", &octet))
            return ASA_MATCH_MAYBE; /* a name */
        if (scan_u64(&octet, &v) && !octet.n) {
            differs |= addr->family != 4 || v != addr->b[part];
            continue;
        }
        for (size_t i = 0; i < octet.n; i++) {
            if (octet.p[i] != 'X' && octet.p[i] != 'x' && octet.p[i] != '*')
                return ASA_MATCH_MAYBE;
        }
    }
    return differs ? ASA_MATCH_NO : ASA_MATCH_MAYBE;
}

static enum asa_match socket_match(struct bytes text, const struct ip_addr *printed, uint16_t port,
                                   const struct ip_addr *addr, uint16_t want)
{
    if (!text.n || (want && port != want))
        return ASA_MATCH_NO;
    if (printed->family)
        return ip_addr_eq(printed, addr) ? ASA_MATCH_YES : ASA_MATCH_NO;
    return masked_match(text, addr);
}

enum asa_match asa_endpoint_match(const struct asa_endpoint *e, const struct ip_addr *addr,
                                  uint16_t port)
{
    enum asa_match real = socket_match(e->address, &e->addr, e->port, addr, port);
    enum asa_match mapped = socket_match(e->mapped_address, &e->mapped, e->mapped_port, addr, port);

    return mapped > real ? mapped : real;
}
