/* Mode-config (draft-dukes-ike-mode-cfg-02): the client asks for an address and what goes with it,
 * among it attributes of Cisco's own; the server's owner says what there is. */
#include "ike/ike1_exchanges.h"

#define SPLIT_LEN                                                                                  \
    14 /* address, mask, protocol and ports, padding: UNITY_SPLIT_INCLUDE, one net                 \
        */

static const char version[] = "holdfast";

/* What can be asked for: bit i stands for asked[i]. */
static const uint16_t asked[] = {
    CFG_A_IP4_ADDRESS,        CFG_A_IP4_NETMASK,  CFG_A_IP4_DNS,
    CFG_A_UNITY_BANNER,       CFG_A_UNITY_DOMAIN, CFG_A_UNITY_SPLIT_INCLUDE,
    CFG_A_APPLICATION_VERSION};

static bool index_of(uint16_t type, unsigned *bit)
{
    for (unsigned i = 0; i < COUNT(asked); i++) {
        if (asked[i] == type) {
            *bit = 1u << i;
            return true;
        }
    }
    return false;
}

/* --- client ---------------------------------------------------------------------------------- */

static void put_request(const struct ike *k, const struct ike1_sa *sa, const struct isakmp_cfg *c,
                        struct wr *w)
{
    bool network = ike1_config(k, sa)->config == IKE_CONFIG_NETWORK;
    struct bytes own = ike1_config(k, sa)->version;

    (void)c;
    for (size_t i = network ? 2 : 0; i + 1 < COUNT(asked); i++)
        isakmp_put_attribute_bytes(w, asked[i], bytes_str(""));
    isakmp_put_attribute_bytes(w, CFG_A_APPLICATION_VERSION, own.n ? own : bytes_str(version));
}

void ike1_config_begin(struct ike *k, struct ike1_sa *sa)
{
    if (ike1_config(k, sa)->config == IKE_CONFIG_NONE) {
        ike1_came_up(k, sa);
        return;
    }
    sa->state = IKE1_CONFIG;
    if (sa->initiator)
        ike1_ask(k, sa, ISAKMP_CFG_REQUEST, put_request);
}

static bool take_addr(struct bytes b, struct ip_addr *out)
{
    if (b.n != 4)
        return false;
    *out = (struct ip_addr){.family = 4};
    memcpy(out->b, b.p, 4);
    return true;
}

static void take_text(struct bytes b, char *out)
{
    size_t n = b.n < IKE_TEXT_MAX ? b.n : IKE_TEXT_MAX - 1;

    if (n)
        memcpy(out, b.p, n);
    out[n] = '\0';
}

static void take_splits(struct bytes b, struct ike_net_config *net)
{
    struct ip_addr mask;

    for (; b.n >= SPLIT_LEN && net->nsplits < IKE_SPLITS_MAX; b = bytes_from(b, SPLIT_LEN)) {
        struct ip_net *s = &net->splits[net->nsplits];
        if (!take_addr(bytes_head(b, 4), &s->addr) ||
            !take_addr(bytes_head(bytes_from(b, 4), 4), &mask))
            return;
        s->prefix = 0;
        while (s->prefix < 32 && mask.b[s->prefix / 8] >> (7 - s->prefix % 8) & 1)
            s->prefix++;
        net->nsplits++;
    }
}

static void take_attribute(struct ike *k, const struct ike1_sa *sa,
                           const struct isakmp_attribute *a, struct ike_net_config *net)
{
    switch (a->type) {
    case CFG_A_IP4_ADDRESS: (void)take_addr(a->value, &net->address); break;
    case CFG_A_IP4_NETMASK: (void)take_addr(a->value, &net->netmask); break;
    case CFG_A_IP4_DNS:
        if (!net->dns[0].family)
            (void)take_addr(a->value, &net->dns[0]);
        else
            (void)take_addr(a->value, &net->dns[1]);
        break;
    case CFG_A_UNITY_BANNER: take_text(a->value, net->banner); break;
    case CFG_A_UNITY_DOMAIN: take_text(a->value, net->domain); break;
    case CFG_A_APPLICATION_VERSION: take_text(a->value, net->version); break;
    case CFG_A_UNITY_SPLIT_INCLUDE: take_splits(a->value, net); break;
    default: ike1_fact(k, sa, IKE_FACT_CFG_IGNORED, 1)->code = a->type; break;
    }
}

void ike1_config_answer(struct ike *k, struct ike1_sa *sa, const struct isakmp_cfg *c)
{
    struct bytes left = c->attributes;
    struct isakmp_attribute a;

    sa->net = (struct ike_net_config){0};
    while (isakmp_next_attribute(&left, &a))
        take_attribute(k, sa, &a, &sa->net);
    if (ike1_config(k, sa)->config == IKE_CONFIG_ADDRESS && !sa->net.address.family) {
        ike1_go_down(k, sa, IKE_END_REFUSED, true);
        return;
    }
    struct ike_out *o = ike_emit(k, IKE_OUT_CONFIG);
    o->ike = sa->number;
    o->peer = ike1_config(k, sa)->address;
    o->initiator = true;
    o->phase = 1;
    o->net = sa->net;
    ike1_fill_remote(k, sa, o);
    for (size_t i = 0; i < k->cfg->npolicies; i++) {
        if (k->cfg->policies[i].peer == sa->peer)
            k->wants[i].local = sa->net.address;
    }
    ike1_came_up(k, sa);
}

/* --- server ---------------------------------------------------------------------------------- */

void ike1_config_question(struct ike *k, struct ike1_sa *sa, const struct ike1_question *q)
{
    struct bytes left = q->cfg->attributes;
    struct isakmp_attribute a;
    unsigned bit;

    sa->cfg = (struct ike1_asked){.message_id = q->message_id, .id = q->id, .hash = q->hash};
    memcpy(sa->cfg.iv, q->iv, sizeof(sa->cfg.iv));
    char client[IKE_TEXT_MAX] = "";
    while (isakmp_next_attribute(&left, &a)) {
        if (a.type == CFG_A_APPLICATION_VERSION)
            take_text(a.value, client);
        if (index_of(a.type, &bit))
            sa->cfg.what |= bit;
        else
            ike1_fact(k, sa, IKE_FACT_CFG_IGNORED, 1)->code = a.type;
    }
    struct ike_out *o = ike_emit(k, IKE_OUT_CONFIG);
    o->ike = sa->number;
    o->peer = ike1_config(k, sa)->address;
    o->phase = 1;
    o->wants_address = sa->cfg.what & 1;
    memcpy(o->client, client, sizeof(o->client));
    ike1_fill_remote(k, sa, o);
}

static void put_addr(struct wr *w, uint16_t type, const struct ip_addr *a)
{
    if (a->family == 4)
        isakmp_put_attribute_bytes(w, type, bytes_of(a->b, 4));
}

static void put_text(struct wr *w, uint16_t type, const char *s)
{
    if (s[0])
        isakmp_put_attribute_bytes(w, type, bytes_str(s));
}

static void put_splits(struct wr *w, const struct ike_net_config *net)
{
    uint8_t b[IKE_SPLITS_MAX * SPLIT_LEN];
    struct wr s = wr_of(b, sizeof(b));

    for (size_t i = 0; i < net->nsplits; i++) {
        struct ip_addr mask = ip4_mask(net->splits[i].prefix);
        wr_put(&s, bytes_of(net->splits[i].addr.b, 4));
        wr_put(&s, bytes_of(mask.b, 4));
        wr_zero(&s, SPLIT_LEN - 8);
    }
    if (net->nsplits)
        isakmp_put_attribute_bytes(w, CFG_A_UNITY_SPLIT_INCLUDE, wr_bytes(&s));
}

static void put_reply(const struct ike *k, const struct ike1_sa *sa, const struct isakmp_cfg *c,
                      struct wr *w)
{
    const struct ike_net_config *n = &sa->net;

    (void)k, (void)c;
    for (unsigned i = 0; i < COUNT(asked); i++) {
        if (!(sa->cfg.what >> i & 1))
            continue;
        switch (asked[i]) {
        case CFG_A_IP4_ADDRESS: put_addr(w, asked[i], &n->address); break;
        case CFG_A_IP4_NETMASK: put_addr(w, asked[i], &n->netmask); break;
        case CFG_A_IP4_DNS:
            for (size_t d = 0; d < IKE_DNS_MAX; d++)
                put_addr(w, asked[i], &n->dns[d]);
            break;
        case CFG_A_UNITY_BANNER: put_text(w, asked[i], n->banner); break;
        case CFG_A_UNITY_DOMAIN: put_text(w, asked[i], n->domain); break;
        case CFG_A_UNITY_SPLIT_INCLUDE: put_splits(w, n); break;
        default: put_text(w, asked[i], n->version); break;
        }
    }
}

void ike_answer_config(struct ike *k, uint32_t ike, const struct ike_net_config *net)
{
    struct ike1_sa *sa = k->sas;

    while (sa && sa->number != ike)
        sa = sa->next;
    if (!sa || sa->initiator || !sa->cfg.message_id)
        return;
    struct ike1_question q = {sa->cfg.message_id, sa->cfg.id, sa->cfg.hash, sa->cfg.iv, NULL};
    sa->cfg.message_id = 0;
    if (!net) {
        ike1_go_down(k, sa, IKE_END_REFUSED, true);
    } else {
        sa->net = *net;
        if (!(sa->cfg.what & 1))
            sa->net.address = (struct ip_addr){0};
        ike1_reply(k, sa, &q, ISAKMP_CFG_REPLY, put_reply);
        ike_resend_stop(&sa->ask.resend); /* it has seen that it was accepted */
        sa->ask.message_id = 0;
        if (sa->state != IKE1_UP)
            ike1_came_up(k, sa);
    }
    k->deadline = ike1_next_deadline(k);
}
