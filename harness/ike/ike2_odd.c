/* What an honest endpoint of IKEv2 would not do: see ike_say_delete and ike_quirks. */
#include "ike/ike2_exchanges.h"

bool ike2_say_delete(struct ike *k, const struct ip_addr *peer, struct bytes spis)
{
    struct ike2_sa *sa = NULL;
    size_t i;

    if (ike2_peer_by_addr(k, peer, &i))
        sa = ike2_best(k, i);
    if (!sa || sa->ntasks >= IKE2_TASKS)
        return false;
    owned_set(&ike2_want(k, sa, IKE2_SAY)->spis, spis);
    ike2_pump(k, sa);
    return true;
}

void ike2_put_said(struct ike *k, const struct ike2_sa *sa, struct isakmp_msg *m,
                   const struct ike2_task *t)
{
    bool whole = t->spis.n == 0; /* RFC 7296, 3.11: the SA that the message goes by */
    struct ikev2_delete d = {.protocol = whole ? IKEV2_PROTO_IKE : IKEV2_PROTO_ESP,
                             .spi_len = whole ? 0 : 4,
                             .nspis = (uint16_t)(t->spis.n / 4),
                             .spis = owned_bytes(&t->spis)};

    ike2_fact(k, sa, IKE_FACT_DELETE_SENT, whole ? 1 : 2)->initiator = true;
    ikev2_put_delete(m, &d);
}

bool ike2_refuses_with(const struct ike *k, uint16_t code)
{
    return ike2_quirks(k)->refuse == code;
}

void ike2_halve(const struct ike *k, struct ike_selector *s)
{
    struct ip_net *net = &s->local;

    if (!ike2_quirks(k)->halve || net->prefix >= ip_addr_len(&net->addr) * 8)
        return;
    net->addr.b[net->prefix / 8] |= (uint8_t)(0x80 >> net->prefix % 8);
    net->prefix++;
}
