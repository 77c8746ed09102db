/* Selectors: identities of quick mode (RFC 2407, 4.6.2), and the policies they match. */
#include "ike/ike_offers.h"

static size_t bits_of(const struct ip_addr *a)
{
    return ip_addr_len(a) * 8;
}

/* The address without the bits that its prefix leaves open. */
static struct ip_addr masked(const struct ip_net *net)
{
    struct ip_addr a = net->addr;

    for (size_t i = 0; i < sizeof(a.b); i++) {
        size_t keep = net->prefix > i * 8 ? net->prefix - i * 8 : 0;
        if (keep < 8)
            a.b[i] &= (uint8_t)(0xff00u >> keep);
    }
    return a;
}

static void put_net(struct isakmp_msg *m, const struct ip_net *net, uint8_t proto, uint16_t port)
{
    struct ip_addr a = masked(net);
    size_t len = ip_addr_len(&a);
    bool host = net->prefix == len * 8;
    uint8_t data[32] = {0};

    memcpy(data, a.b, len);
    struct ip_net ones = {.prefix = net->prefix};
    memset(ones.addr.b, 0xff, len);
    ones.addr = masked(&ones);
    memcpy(data + len, ones.addr.b, len);
    struct isakmp_id id = {.protocol = proto, .port = port};
    id.data = bytes_of(data, host ? len : 2 * len);
    if (a.family == 4)
        id.type = host ? ISAKMP_ID_IPV4_ADDR : ISAKMP_ID_IPV4_SUBNET;
    else
        id.type = host ? ISAKMP_ID_IPV6_ADDR : ISAKMP_ID_IPV6_SUBNET;
    isakmp_put_id(m, &id);
}

void ike_put_selector(struct isakmp_msg *m, const struct ike_selector *s, bool local)
{
    put_net(m, local ? &s->local : &s->remote, s->proto, local ? s->local_port : s->remote_port);
}

/* Leading ones; -1 when a one follows a zero. */
static int mask_prefix(struct bytes mask)
{
    size_t n = 0;

    while (n < mask.n * 8 && mask.p[n / 8] >> (7 - n % 8) & 1)
        n++;
    for (size_t i = n; i < mask.n * 8; i++) {
        if (mask.p[i / 8] >> (7 - i % 8) & 1)
            return -1;
    }
    return (int)n;
}

static enum err parse_net(const struct isakmp_id *id, struct ip_net *out)
{
    bool v4 = id->type == ISAKMP_ID_IPV4_ADDR || id->type == ISAKMP_ID_IPV4_SUBNET;
    bool subnet = id->type == ISAKMP_ID_IPV4_SUBNET || id->type == ISAKMP_ID_IPV6_SUBNET;
    size_t len = v4 ? 4 : 16;
    struct ip_net net = {.addr.family = v4 ? 4 : 6};

    if (!v4 && id->type != ISAKMP_ID_IPV6_ADDR && !subnet)
        return ERR_UNSUPPORTED;
    if (id->data.n != (subnet ? 2 * len : len))
        return ERR_FORMAT;
    memcpy(net.addr.b, id->data.p, len);
    int prefix = subnet ? mask_prefix(bytes_from(id->data, len)) : (int)len * 8;
    if (prefix < 0)
        return ERR_UNSUPPORTED;
    net.prefix = (uint8_t)prefix;
    net.addr = masked(&net);
    *out = net;
    return ERR_OK;
}

enum err ike_selector_parse(struct bytes ours, struct bytes theirs, struct ike_selector *out)
{
    struct isakmp_id local, remote;
    struct ike_selector s = {0};
    enum err e;

    if ((e = isakmp_id_parse(ours, &local)) || (e = isakmp_id_parse(theirs, &remote)) ||
        (e = parse_net(&local, &s.local)) || (e = parse_net(&remote, &s.remote)))
        return e;
    if (local.protocol != remote.protocol || s.local.addr.family != s.remote.addr.family)
        return ERR_UNSUPPORTED;
    s.proto = local.protocol;
    s.local_port = local.port;
    s.remote_port = remote.port;
    *out = s;
    return ERR_OK;
}

static bool net_eq(const struct ip_net *a, const struct ip_net *b)
{
    struct ip_addr x = masked(a), y = masked(b);

    return a->prefix == b->prefix && ip_addr_eq(&x, &y);
}

bool ike_selector_eq(const struct ike_selector *a, const struct ike_selector *b)
{
    return net_eq(&a->local, &b->local) && net_eq(&a->remote, &b->remote) && a->proto == b->proto &&
           a->local_port == b->local_port && a->remote_port == b->remote_port;
}

static bool net_in(const struct ip_net *inner, const struct ip_net *outer)
{
    return inner->prefix >= outer->prefix && inner->prefix <= bits_of(&inner->addr) &&
           ip_net_has(outer, &inner->addr);
}

static bool is_within(const struct ike_selector *s, const struct ike_selector *of)
{
    return net_in(&s->local, &of->local) && net_in(&s->remote, &of->remote) &&
           (of->proto == 0 || s->proto == of->proto) &&
           (of->local_port == 0 || s->local_port == of->local_port) &&
           (of->remote_port == 0 || s->remote_port == of->remote_port);
}

struct ike_selector ike_policy_selector(const struct ike *k, size_t policy)
{
    const struct ike_policy *p = &k->cfg->policies[policy];
    const struct ip_addr *local = &k->wants[policy].local;
    struct ike_selector s = p->selector;

    if (p->assigned && local->family)
        s.local = (struct ip_net){*local, (uint8_t)bits_of(local)};
    return s;
}

/* A client that was given an address has that one behind it and nothing else. */
static bool is_given(const struct ike1_sa *sa, const struct ike_selector *asked)
{
    const struct ip_addr *a = &sa->net.address;

    return sa->initiator || !a->family ||
           (asked->remote.prefix == bits_of(a) && ip_addr_eq(&asked->remote.addr, a));
}

enum err ike_policy_for(const struct ike *k, const struct ike1_sa *sa,
                        const struct ike_selector *asked, size_t *policy)
{
    const struct ike_config *c = k->cfg;
    size_t peer = ike_entry_of(k, sa->peer);

    if (!is_given(sa, asked))
        return ERR_NOTFOUND;

    for (int exact = 1; exact >= 0; exact--) {
        for (size_t i = 0; i < c->npolicies; i++) {
            const struct ike_selector *s = &c->policies[i].selector;
            if (c->policies[i].peer != peer)
                continue;
            if (exact ? ike_selector_eq(asked, s) : is_within(asked, s)) {
                *policy = i;
                return ERR_OK;
            }
        }
    }
    return ERR_NOTFOUND;
}
