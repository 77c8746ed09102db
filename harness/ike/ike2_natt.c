/* NAT traversal in IKEv2 (RFC 7296, 2.23): is there a NAT, on which side, and has its mapping
 * changed. */
#include "ike/ike2_exchanges.h"

static struct bytes end_hash(const uint8_t *spi_i, const uint8_t *spi_r, const struct endpoint *e,
                             uint8_t out[static IKEV2_NATD_LEN])
{
    ikev2_nat_detection(spi_i, spi_r, bytes_of(e->addr.b, ip_addr_len(&e->addr)), e->port, out);
    return bytes_of(out, IKEV2_NATD_LEN);
}

void ike2_put_natd(const struct ike2_sa *sa, struct isakmp_msg *m, const struct endpoint *from,
                   const struct endpoint *to)
{
    uint8_t buf[IKEV2_NATD_LEN];

    ike2_put_notify(m, IKEV2_N_NAT_DETECTION_SOURCE_IP, end_hash(sa->spi_i, sa->spi_r, from, buf));
    ike2_put_notify(m, IKEV2_N_NAT_DETECTION_DESTINATION_IP,
                    end_hash(sa->spi_i, sa->spi_r, to, buf));
}

/* One of the sources must be where it came from, as there may be several; the destination must be
 * where it arrived. */
bool ike2_look_natd(struct ike2_sa *sa, const struct ike2_in *in)
{
    uint8_t a[IKEV2_NATD_LEN], b[IKEV2_NATD_LEN];
    struct bytes from = end_hash(in->hdr.cookie_i, in->hdr.cookie_r, &in->from, a);
    struct bytes to = end_hash(in->hdr.cookie_i, in->hdr.cookie_r, &in->to, b);
    bool has_from = false, has_to = false, from_fits = false, to_fits = false;
    struct ikev2_notify n;

    for (size_t i = 0; i < in->chain.n; i++) {
        if (in->chain.v[i].type != IKEV2_P_NOTIFY || ikev2_notify_parse(in->chain.v[i].body, &n))
            continue;
        if (n.type == IKEV2_N_NAT_DETECTION_SOURCE_IP) {
            has_from = true;
            from_fits = from_fits || bytes_eq(n.data, from);
        } else if (n.type == IKEV2_N_NAT_DETECTION_DESTINATION_IP) {
            has_to = true;
            to_fits = to_fits || bytes_eq(n.data, to);
        }
    }
    if (!has_from || !has_to)
        return false;
    sa->behind_nat = !to_fits;
    sa->peer_behind_nat = !from_fits;
    return true;
}

bool ike2_udp(const struct ike2_sa *sa)
{
    return sa->natt && (sa->behind_nat || sa->peer_behind_nat);
}

bool ike2_follows(const struct ike2_sa *sa)
{
    return ike2_udp(sa) && !sa->behind_nat && !sa->mobike;
}

void ike2_follow(struct ike *k, struct ike2_sa *sa, const struct endpoint *from,
                 const struct endpoint *to)
{
    if (endpoint_eq(&sa->remote, from) && endpoint_eq(&sa->local, to))
        return;
    if (sa->state != IKE2_R_AUTH && /* the initiator has gone to UDP 4500 */
        (!ike2_follows(sa) || sa->state != IKE2_UP))
        return;
    sa->local = *to;
    sa->remote = *from;
    if (sa->state == IKE2_UP)
        ike2_say_moved(k, sa);
}

struct mono ike2_natt_deadline(const struct ike2_sa *sa)
{
    return sa->state == IKE2_UP && sa->natt && sa->behind_nat && !sa->heir ? sa->keepalive
                                                                           : MONO_NEVER;
}

void ike2_natt_tick(struct ike *k, struct ike2_sa *sa)
{
    if (!ike_due(k, ike2_natt_deadline(sa)))
        return;
    ike_send_raw(k, &sa->local, &sa->remote, bytes_of("\xff", 1)); /* RFC 3948, 2.3 */
    sa->keepalive = ike_keepalive(k, ike2_config(k, sa));
}
