/* Messages about IKEv2 and about who is asked to make a tunnel: 750xxx, 751xxx, 752xxx. */
#include "wire/asa_parts.h"

/* "192.0.2.1:500", "2001:db8::1:500": the last colon ends the address. */
static bool socket_with_colon(struct bytes word, struct asa_endpoint *e)
{
    struct bytes rest = word, address;
    uint64_t port;

    if (!scan_before_last(&rest, ":", &address) || !scan_u64(&rest, &port) || rest.n ||
        port > 65535)
        return false;
    e->address = address;
    e->addr = scan_addr(address);
    e->port = (uint16_t)port;
    e->has_port = true;
    return true;
}

static bool side(struct bytes *s, const char *name, struct asa_endpoint *e)
{
    struct bytes word;

    if (!scan_lit(s, name))
        return false;
    scan_blanks(s);
    if (!scan_word(s, &word) || !socket_with_colon(word, e))
        return false;
    scan_blanks(s);
    return true;
}

/* The words behind KEY up to END, or to the end of the text. */
static void value_of(struct bytes s, const char *key, const char *end, struct bytes *out)
{
    struct bytes before;

    if (!scan_before(&s, key, &before))
        return;
    scan_blanks(&s);
    if (!scan_before(&s, end, out))
        *out = scan_trim(s);
}

static void drop_full_stop(struct bytes *b)
{
    if (b->n && b->p[b->n - 1] == '.')
        b->n--;
}

/* What the rest of a 750xxx or 751xxx says. */
static void said(struct asa_log *l, struct bytes s)
{
    struct bytes spi = {0};

    value_of(s, "Reason: ", "\n", &l->reason);
    if (!l->reason.n)
        value_of(s, "aborted due to ERROR: ", "\n", &l->reason);
    value_of(s, "inbound SPI ", " ", &spi);
    (void)(spi.n && scan_hex32(&spi, &l->spi));
    if (l->id == 750001) {
        value_of(s, "local traffic selector = ", "; ", &l->local_proxy);
        value_of(s, "remote traffic selector = ", "\n", &l->remote_proxy);
    }
    value_of(s, "Group:", " IPv4", &l->group);
}

/* "Local:A:P Remote:A:P Username:U IKEv2 SA UP. Reason: New Connection Established"; some editions
 * have a blank behind each colon. */
static bool negotiation(struct asa_log *l, struct bytes s)
{
    if (!side(&s, "Local:", &l->a) || !side(&s, "Remote:", &l->b) || !scan_lit(&s, "Username:"))
        return false;
    scan_blanks(&s);
    if (!scan_word(&s, &l->user))
        return false;
    l->detail = scan_trim(s);
    said(l, l->detail);
    return true;
}

/* "... Map Tag = outside_map. Map Sequence Number = 1." */
static bool tunnel_manager(struct asa_log *l, struct bytes s)
{
    struct bytes number = {0};
    uint64_t v;

    l->detail = s;
    value_of(s, "Map Tag =", ". ", &l->map);
    if (!l->map.n)
        value_of(s, "Map Tag=", ". ", &l->map); /* 752015 */
    value_of(s, "Map Sequence Number =", " ", &number);
    drop_full_stop(&l->map);
    drop_full_stop(&number);
    if (number.n && scan_u64(&number, &v) && v <= UINT32_MAX)
        l->sequence = (uint32_t)v;
    return true;
}

bool asa_parse_ike2(struct asa_log *l, struct bytes s)
{
    return l->id / 1000 == 752 ? tunnel_manager(l, s) : negotiation(l, s);
}
