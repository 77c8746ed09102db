/* MOBIKE (RFC 4555): the side that began moves to another address and says so.
 *
 *   HDR, SK{ N(UPDATE_SA_ADDRESSES), N(NAT_DETECTION_*) } -->
 *                                          <-- HDR, SK{ N(NAT_DETECTION_*) }
 *                                          <-- HDR, SK{ N(COOKIE2) }
 *   HDR, SK{ N(COOKIE2) } -->                  (it does receive there) */
#include "ike/ike2_exchanges.h"

void ike_move(struct ike *k, const struct ip_addr *local)
{
    struct ike2 *v = k->v2;

    v->local = *local;
    for (size_t i = 0; i < v->sas.n; i++) {
        struct ike2_sa *sa = v->sas.v[i];
        if (!sa || sa->state != IKE2_UP || !sa->mobike || !sa->mover ||
            ip_addr_eq(&sa->local.addr, local))
            continue;
        sa->local = (struct endpoint){*local, IKE_NATT_PORT};
        sa->remote.port = IKE_NATT_PORT;
        ike2_say_moved(k, sa);
        if (!ike2_wants(sa, IKE2_ADDRESS, 0) || sa->ask.kind == IKE2_ADDRESS)
            ike2_want(k, sa, IKE2_ADDRESS);
        ike2_pump(k, sa);
    }
}

void ike2_put_address(struct ike2_sa *sa, struct isakmp_msg *m)
{
    ike2_put_notify(m, IKEV2_N_UPDATE_SA_ADDRESSES, (struct bytes){0});
    ike2_put_natd(sa, m, &sa->local, &sa->remote);
}

/* True when the addresses or the NATs are not what they were. */
static bool take_addresses(struct ike2_sa *sa, const struct ike2_in *in)
{
    bool before = ike2_udp(sa);
    bool moved = !endpoint_eq(&sa->remote, &in->from) || !endpoint_eq(&sa->local, &in->to);

    sa->remote = in->from;
    sa->local = in->to;
    ike2_look_natd(sa, in);
    return moved || before != ike2_udp(sa);
}

void ike2_address_answered(struct ike *k, struct ike2_sa *sa, const struct ike2_in *in)
{
    uint16_t code = ike2_error_in(in);

    if (code)
        ike2_refused(k, sa, 1, code, true);
    else if (ip_addr_eq(&sa->local.addr, &in->to.addr) && take_addresses(sa, in))
        ike2_say_moved(k, sa);
}

void ike2_address_respond(struct ike *k, struct ike2_sa *sa, const struct ike2_in *in,
                          struct isakmp_msg *m)
{
    if (!sa->mobike || sa->mover) { /* RFC 4555, 3.5: only the initiator decides */
        ike2_fact(k, sa, IKE_FACT_NOTIFY, 1)->code = IKEV2_N_UPDATE_SA_ADDRESSES;
        return;
    }
    if (take_addresses(sa, in))
        ike2_say_moved(k, sa);
    ike2_put_natd(sa, m, &sa->local, &sa->remote);
    if (!ike2_wants(sa, IKE2_ROUTE, 0))
        ike2_want(k, sa, IKE2_ROUTE);
}

void ike2_put_route(struct ike *k, struct ike2_sa *sa, struct isakmp_msg *m)
{
    uint8_t *cookie = sa->ask.cookie2;

    rng_fill(k->rng, cookie, sizeof(sa->ask.cookie2));
    ike2_put_notify(m, IKEV2_N_COOKIE2, bytes_of(cookie, sizeof(sa->ask.cookie2)));
}

/* False: the SA must go (RFC 4555, 3.7). */
bool ike2_route_answered(struct ike *k, struct ike2_sa *sa, const struct ike2_in *in)
{
    struct ikev2_notify n;

    if (!ikev2_find_notify(&in->chain, IKEV2_N_COOKIE2, &n) ||
        !bytes_eq(n.data, bytes_of(sa->ask.cookie2, sizeof(sa->ask.cookie2)))) {
        ike2_malformed(k, sa, IKEV2_N_INVALID_SYNTAX, "COOKIE2 did not come back as it was");
        return false;
    }
    ike2_fact(k, sa, IKE_FACT_REPLY_ROUTE, 1);
    return true;
}
