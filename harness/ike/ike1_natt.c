/* NAT traversal (RFC 3947, and the drafts of it that older gateways know): does the other side
 * speak it, is there a NAT, and then IKE and ESP go over UDP 4500. */
#include "ike/ike1_exchanges.h"

/* MD5 of the names, the best first. Draft 02 is written with a line's end behind it, and without.
 */
static const struct {
    uint8_t id[16];
    bool draft;
} vendors[] = {
    {{0x4a, 0x13, 0x1c, 0x81, 0x07, 0x03, 0x58, 0x45, 0x5c, 0x57, 0x28, 0xf2, 0x0e, 0x95, 0x45,
      0x2f},
     false}, /* "RFC 3947" */
    {{0x7d, 0x94, 0x19, 0xa6, 0x53, 0x10, 0xca, 0x6f, 0x2c, 0x17, 0x9d, 0x92, 0x15, 0x52, 0x9d,
      0x56},
     true}, /* "draft-ietf-ipsec-nat-t-ike-03" */
    {{0x90, 0xcb, 0x80, 0x91, 0x3e, 0xbb, 0x69, 0x6e, 0x08, 0x63, 0x81, 0xb5, 0xec, 0x42, 0x7b,
      0x1f},
     true}, /* "draft-ietf-ipsec-nat-t-ike-02\n" */
    {{0xcd, 0x60, 0x46, 0x43, 0x35, 0xdf, 0x21, 0xf8, 0x7c, 0xfd, 0xb2, 0xfc, 0x68, 0xb6, 0xa4,
      0x48},
     true}, /* "draft-ietf-ipsec-nat-t-ike-02" */
};

void ike1_natt_put_vendors(struct isakmp_msg *m, const struct ike_peer_config *p)
{
    for (size_t i = 0; p->natt && i < COUNT(vendors); i++)
        isakmp_put(m, ISAKMP_P_VENDOR, bytes_of(vendors[i].id, sizeof(vendors[i].id)));
}

void ike1_natt_note_vendor(const struct ike *k, struct ike1_sa *sa, struct bytes vendor)
{
    for (size_t i = 0; ike1_config(k, sa)->natt && i < COUNT(vendors); i++) {
        if (!bytes_eq(vendor, bytes_of(vendors[i].id, sizeof(vendors[i].id))))
            continue;
        sa->natt_draft = vendors[i].draft && (!sa->natt || sa->natt_draft);
        sa->natt = true;
    }
}

static uint8_t detection(const struct ike1_sa *sa)
{
    return sa->natt_draft ? ISAKMP_P_NAT_D_DRAFT : ISAKMP_P_NAT_D;
}

uint16_t ike1_natt_mode(const struct ike1_sa *sa)
{
    if (!sa->nat)
        return ISAKMP_MODE_TUNNEL;
    return sa->natt_draft ? ISAKMP_MODE_UDP_TUNNEL_DRAFT : ISAKMP_MODE_UDP_TUNNEL;
}

/* HASH(CKY-I | CKY-R | address | port) of one end (RFC 3947, 3.2). */
static struct bytes end_hash(const struct ike1_sa *sa, const struct endpoint *e,
                             uint8_t out[static DIGEST_MAX])
{
    uint8_t port[2];
    struct wr w = wr_of(port, sizeof(port));
    const struct bytes parts[] = {bytes_of(sa->cookie_i, sizeof(sa->cookie_i)),
                                  bytes_of(sa->cookie_r, sizeof(sa->cookie_r)),
                                  bytes_of(e->addr.b, ip_addr_len(&e->addr)),
                                  {port, sizeof(port)}};

    wr_be16(&w, e->port);
    digest_sum(sa->suite.digest, parts, COUNT(parts), out);
    return bytes_of(out, digest_len(sa->suite.digest));
}

void ike1_natt_put(const struct ike1_sa *sa, struct isakmp_msg *m)
{
    uint8_t buf[DIGEST_MAX];

    if (!sa->natt)
        return;
    isakmp_put(m, detection(sa), end_hash(sa, &sa->remote, buf)); /* the receiver's end first */
    isakmp_put(m, detection(sa), end_hash(sa, &sa->local, buf));
}

/* The first NAT-D is what the sender takes for our end; one of the others must be its own. */
void ike1_natt_look(struct ike1_sa *sa, const struct ike1_in *in)
{
    uint8_t ours[DIGEST_MAX], theirs[DIGEST_MAX];
    struct bytes to = end_hash(sa, &in->to, ours), from = end_hash(sa, &in->from, theirs);
    bool to_fits = false, from_fits = false;
    size_t n = 0;

    for (size_t i = 0; i < in->chain.n; i++) {
        if (in->chain.v[i].type != detection(sa))
            continue;
        if (n++ == 0)
            to_fits = bytes_eq(in->chain.v[i].body, to);
        else
            from_fits = from_fits || bytes_eq(in->chain.v[i].body, from);
    }
    sa->nat = sa->natt && n >= 2 && !(to_fits && from_fits);
    sa->behind_nat = sa->nat && !to_fits;
    if (sa->nat && sa->initiator && sa->local.port == IKE_PORT)
        sa->local.port = sa->remote.port = IKE_NATT_PORT;
}

void ike1_natt_begin(const struct ike *k, struct ike1_sa *sa)
{
    const struct ike1_sa *old = ike1_best(k, sa->peer);

    if (!old || !old->nat)
        return;
    sa->local = old->local;
    sa->remote = old->remote;
}

bool ike1_follows(const struct ike1_sa *sa)
{
    return sa->nat && !sa->behind_nat;
}

static void say_moved(struct ike *k, const struct ike1_sa *sa)
{
    struct ike_out *o = ike_emit(k, IKE_OUT_MOVED);

    o->ike = sa->number;
    o->peer = ike1_config(k, sa)->address;
    o->initiator = sa->initiator;
    ike1_fill_remote(k, sa, o);
    o->from = sa->local;
    o->to = sa->remote;
    o->child.udp = sa->nat;
    o->child.follows = ike1_follows(sa);
}

/* While it is negotiated an SA goes from UDP 500 to 4500. From then on who is behind a NAT itself
 * stays (RFC 7296, 2.23, says why): where the other side is does not change by a NAT of ours. */
void ike1_follow(struct ike *k, struct ike1_sa *sa, const struct endpoint *from,
                 const struct endpoint *to)
{
    if (!sa->nat || (sa->state == IKE1_UP && sa->behind_nat) ||
        (endpoint_eq(&sa->remote, from) && endpoint_eq(&sa->local, to)))
        return;
    sa->local = *to;
    sa->remote = *from;
    if (sa->state == IKE1_UP)
        say_moved(k, sa);
}

struct mono ike1_natt_deadline(const struct ike1_sa *sa)
{
    return sa->state == IKE1_UP && sa->behind_nat && !sa->superseded ? sa->keepalive : MONO_NEVER;
}

void ike1_natt_tick(struct ike *k, struct ike1_sa *sa)
{
    if (!ike_due(k, ike1_natt_deadline(sa)))
        return;
    ike_send_raw(k, &sa->local, &sa->remote, bytes_of("\xff", 1)); /* RFC 3948, 2.3 */
    sa->keepalive = ike_keepalive(k, ike1_config(k, sa));
}
