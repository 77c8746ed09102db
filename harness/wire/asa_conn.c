/* Messages about connections: built, torn down, denied. */
#include "wire/asa_parts.h"
#include "wire/ip.h"

bool asa_scan_parens(struct bytes *s, struct bytes *inside)
{
    size_t depth = 0;

    if (!s->n || s->p[0] != '(')
        return false;
    for (size_t i = 0; i < s->n; i++) {
        if (s->p[i] == '(') {
            depth++;
        } else if (s->p[i] == ')' && --depth == 0) {
            *inside = (struct bytes){s->p + 1, i - 1};
            *s = bytes_from(*s, i + 1);
            return true;
        }
    }
    return false;
}

bool asa_scan_socket(struct bytes *s, struct bytes *address, struct ip_addr *addr, uint16_t *port)
{
    struct bytes t = *s, a;
    uint64_t v;

    if (!scan_before(&t, "/", &a) || !a.n || memchr(a.p, ' ', a.n) || memchr(a.p, '(', a.n) ||
        !scan_u64(&t, &v) || v > 65535)
        return false;
    *address = a;
    *addr = scan_addr(a);
    *port = (uint16_t)v;
    *s = t;
    return true;
}

bool asa_scan_endpoint(struct bytes *s, struct asa_endpoint *e)
{
    struct bytes t = *s, name;

    /* an IPv6 address has colons of its own: the first one ends the interface name */
    if (!scan_before(&t, ":", &name) || !name.n || memchr(name.p, '/', name.n) ||
        !asa_scan_socket(&t, &e->address, &e->addr, &e->port))
        return false;
    e->interface = name;
    e->has_port = true;
    *s = t;
    return true;
}

/* " (203.0.113.5/49160)" */
static void mapped(struct bytes *s, struct asa_endpoint *e)
{
    struct bytes t = *s, inside;

    if (!scan_lit(&t, " ") || !asa_scan_parens(&t, &inside))
        return;
    struct bytes socket = inside;
    if (asa_scan_socket(&socket, &e->mapped_address, &e->mapped, &e->mapped_port) && !socket.n)
        *s = t;
    else
        e->mapped_address = (struct bytes){0};
}

/* "(LOCAL\user)" right behind the address; the manual sets a blank before it. */
static void ident(struct bytes *s, struct asa_endpoint *e, bool blank)
{
    struct bytes t = *s;

    if (blank)
        (void)scan_lit(&t, " ");
    if (asa_scan_parens(&t, &e->ident))
        *s = t;
}

static void trailing_user(struct bytes *s, struct asa_log *l)
{
    struct bytes t = *s;

    scan_blanks(&t);
    if (asa_scan_parens(&t, &l->user))
        *s = t;
}

static bool direction(struct asa_log *l, struct bytes *s)
{
    l->direction = scan_lit(s, "inbound ")    ? ASA_INBOUND
                   : scan_lit(s, "outbound ") ? ASA_OUTBOUND
                                              : ASA_DIRECTION_NONE;
    return l->direction != ASA_DIRECTION_NONE;
}

/* "TCP connection 11757 for "; 302303 says "TCP state-bypass connection 11757 from " */
static bool connection(struct asa_log *l, struct bytes *s)
{
    (void)scan_lit(s, "Probe ");
    if (!scan_word(s, &l->protocol))
        return false;
    (void)scan_lit(s, " state-bypass");
    return scan_lit(s, " connection ") && scan_u64(s, &l->connection) &&
           (scan_lit(s, " for ") || scan_lit(s, " from "));
}

bool asa_parse_built(struct asa_log *l, struct bytes s)
{
    if (!scan_lit(&s, "Built "))
        return false;
    if (!direction(l, &s) && l->id != 302303)
        return false;
    if (!connection(l, &s) || !asa_scan_endpoint(&s, &l->a))
        return false;
    mapped(&s, &l->a);
    ident(&s, &l->a, true);
    if (!scan_lit(&s, " to ") || !asa_scan_endpoint(&s, &l->b))
        return false;
    mapped(&s, &l->b);
    ident(&s, &l->b, false);
    trailing_user(&s, l);
    return !s.n;
}

/* "1:02:03": hours are not bounded */
static bool duration(struct asa_log *l, struct bytes *s)
{
    uint64_t h, m, sec;

    if (!scan_u64(s, &h) || !scan_lit(s, ":") || !scan_u64(s, &m) || !scan_lit(s, ":") ||
        !scan_u64(s, &sec) || m > 59 || sec > 59 || h > UINT32_MAX)
        return false;
    l->duration_s = h * 3600 + m * 60 + sec;
    l->has_duration = true;
    return true;
}

/* Texts of `show asp drop` end in their keyword in parentheses: that is no user. */
static bool is_drop_keyword(struct bytes b)
{
    static const char *const words[] = {
        "tunnel-pending",        "tunnel-torn-down",       "parent-closed",
        "vpn-reclassify-failed", "vpn-overlap-conflict",   "vpn-missing-decrypt",
        "vpn-handle-not-found",  "ipsec-selector-failure", "ctm-crypto-request-error"};

    for (size_t i = 0; i < COUNT(words); i++) {
        if (scan_is(b, words[i]))
            return true;
    }
    return false;
}

/* [reason] [from interface] [max-rate ...] [(user)] */
static void teardown_tail(struct asa_log *l, struct bytes s)
{
    struct bytes t = s, head, inside;

    if (scan_before_last(&t, "(", &head)) {
        struct bytes parens = {head.p + head.n, s.n - head.n};
        bool last = asa_scan_parens(&parens, &inside) && !scan_trim(parens).n;
        if (last && !is_drop_keyword(inside)) {
            l->user = inside;
            s = head;
        }
    }
    t = s;
    if (scan_before(&t, "max-rate ", &head))
        s = head;
    t = s;
    if (scan_before_last(&t, " from ", &head)) {
        l->initiator_interface = scan_trim(t);
        s = head;
    }
    l->reason = scan_trim(s);
}

bool asa_parse_teardown(struct asa_log *l, struct bytes s)
{
    if (!scan_lit(&s, "Teardown ") || !connection(l, &s) || !asa_scan_endpoint(&s, &l->a))
        return false;
    ident(&s, &l->a, true);
    if (!scan_lit(&s, " to ") || !asa_scan_endpoint(&s, &l->b))
        return false;
    ident(&s, &l->b, true);
    if (!scan_lit(&s, " duration ") || !duration(l, &s) || !scan_lit(&s, " bytes ") ||
        !scan_u64(&s, &l->bytes))
        return false;
    l->has_bytes = true;
    if (s.n && s.p[0] != ' ')
        return false;
    teardown_tail(l, s);
    return true;
}

static bool icmp_side(struct bytes *s, const char *word, struct bytes *address,
                      struct ip_addr *addr, uint16_t *number)
{
    return scan_lit(s, word) && asa_scan_socket(s, address, addr, number);
}

/* "faddr 8.8.8.8/0 gaddr 98.1.33.5/4651 laddr 172.18.99.51/4651 type 8 code 0" */
bool asa_parse_icmp(struct asa_log *l, struct bytes s)
{
    uint64_t type, code;

    if (l->id == 302020 ? !scan_lit(&s, "Built ") || !direction(l, &s) : !scan_lit(&s, "Teardown "))
        return false;
    l->protocol = bytes_head(s, 4);
    if (!scan_lit(&s, "ICMP connection for ") ||
        !icmp_side(&s, "faddr ", &l->a.address, &l->a.addr, &l->a.port))
        return false;
    l->a.has_port = true;
    ident(&s, &l->a, true);
    if (!icmp_side(&s, " gaddr ", &l->b.mapped_address, &l->b.mapped, &l->b.mapped_port) ||
        !icmp_side(&s, " laddr ", &l->b.address, &l->b.addr, &l->b.port))
        return false;
    l->b.has_port = true;
    ident(&s, &l->b, false);
    trailing_user(&s, l);
    if (scan_lit(&s, " type ")) {
        if (!scan_u64(&s, &type) || !scan_lit(&s, " code ") || !scan_u64(&s, &code) || type > 255 ||
            code > 255)
            return false;
        l->icmp_type = (int)type;
        l->icmp_code = (int)code;
    }
    return !scan_trim(s).n;
}
