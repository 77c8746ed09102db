/* What an honest endpoint would not say. */
#include "ike/ike1_exchanges.h"
#include "ike/ike2_exchanges.h"

enum err ike_say_delete(struct ike *k, const struct ip_addr *peer, const uint32_t *spis, size_t n)
{
    uint8_t bytes[4 * IKE_SAY_MAX];
    struct wr w = wr_of(bytes, sizeof(bytes));
    struct ike1_sa *sa = NULL;

    for (size_t i = 0; i < n && i < IKE_SAY_MAX; i++)
        wr_be32(&w, spis[i]);
    for (size_t i = 0; i < ike_npeers(k) && !sa; i++) {
        if (ip_addr_eq(&ike_peer_at(k, i)->address, peer))
            sa = ike1_best(k, i);
    }
    if (sa)
        ike1_say_delete(k, sa, wr_bytes(&w));
    else if (!ike2_say_delete(k, peer, wr_bytes(&w)))
        return ERR_STATE;
    ike_settle(k);
    return ERR_OK;
}
