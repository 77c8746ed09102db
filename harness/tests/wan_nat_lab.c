#include "tests/wan_nat_lab.h"

#include "base/mem.h"
#include "ike/ike.h"
#include "tests/testkit.h"
#include "wire/checksum.h"

struct wan_nat_lab *wan_nat_lab_new(bool at_device, bool forward)
{
    struct wan_nat_lab *l = mem_zalloc(sizeof(*l));
    struct plan_nat *nat = &l->plan.lab.nat[at_device ? SITE_BO : SITE_HO];

    clock_virtual_init(&l->clk);
    l->r.clk = &l->clk.clock;
    l->r.plan = &l->plan;
    l->at_device = at_device;
    l->outside = OUTSIDE;
    l->plan.lab.device_site = SITE_BO;
    l->plan.lab.bo_outside = ip4(at_device ? INSIDE : FAR);
    l->plan.lab.ho_outside = ip4(at_device ? FAR : OUTSIDE);
    *nat = (struct plan_nat){.is = true,
                             .address = ip4(at_device ? OUTSIDE : INSIDE),
                             .timeout = SPAN_S(120),
                             .forward = forward};
    l->r.nats = wan_nats_new(&l->r);
    assert_non_null(l->r.nats);
    return l;
}

void wan_nat_lab_free(struct wan_nat_lab *l)
{
    wan_nats_free(l->r.nats);
    mem_free(l);
}

/* --- frames ------------------------------------------------------------------------------------
 */

void nat_put_ip(struct wan_nat_lab *l, const struct ip *ip, struct bytes payload)
{
    struct mac none = {{0}};
    struct wr w = wr_of(l->frame, sizeof(l->frame));

    ether_put(&w, &none, &none, ETHER_IPV4);
    ip_put(&w, ip, payload.n);
    wr_put(&w, payload);
    assert_ok(w.err);
    l->len = w.at;
}

void nat_put_udp(struct wan_nat_lab *l, const struct endpoint *from, const struct endpoint *to)
{
    uint8_t body[128];
    struct wr w = wr_of(body, sizeof(body));
    struct ip ip = {.version = 4, .proto = IP_UDP, .ttl = 64, .src = from->addr, .dst = to->addr};
    struct udp u = {.src = from->port, .dst = to->port, .data = bytes_str("some bytes")};

    udp_put(&w, &u, &ip.src, &ip.dst);
    nat_put_ip(l, &ip, wr_bytes(&w));
}

/* L's frame goes from the gateway behind the NAT, or to it. The evidence's device is at the near
 * end of the leg: its frames come in, the peer's go out. */
bool nat_pass(struct wan_nat_lab *l, bool outward, bool arrives)
{
    if (outward == l->at_device) {
        struct bytes frame = bytes_of(l->frame, l->len);
        if (!wan_nats_in(&l->r, &frame))
            return false;
        memcpy(l->frame, frame.p, frame.n);
        return true;
    }
    if (!wan_nats_out(&l->r, l->frame, l->len))
        return false;
    if (arrives)
        wan_nats_sent(&l->r);
    return true;
}

/* The sum of all of it is zero when its checksum is right (RFC 768, RFC 1071). */
struct pkt nat_parsed(const struct wan_nat_lab *l)
{
    struct pkt p;

    pkt_parse(bytes_of(l->frame, l->len), &p);
    assert_int_equal(p.kind, PKT_UDP);
    uint64_t sum = checksum_pseudo(&p.ip.src, &p.ip.dst, IP_UDP, p.ip.payload.n);
    assert_int_equal(checksum_finish(checksum_add(sum, p.ip.payload)), 0);
    assert_int_equal(
        checksum_finish(checksum_add(0, bytes_of(l->frame + ETHER_HDR_LEN, IP4_HDR_LEN))), 0);
    assert_true(bytes_eq(p.udp.data, bytes_str("some bytes")));
    return p;
}

void nat_is_at(const struct ip_addr *addr, uint16_t port, uint32_t want_addr, long want_port)
{
    assert_int_equal(ip4_u32(addr), want_addr);
    if (want_port >= 0)
        assert_int_equal(port, want_port);
}

struct plan_event nat_event(const struct wan_nat_lab *l, enum plan_action action)
{
    return (struct plan_event){
        .action = action, .nat = l->at_device ? SITE_BO : SITE_HO, .address = ip4(MOVED)};
}

void nat_happens(struct wan_nat_lab *l, enum plan_action action)
{
    struct plan_event e = nat_event(l, action);

    wan_nats_event(&l->r, &e);
    if (action == ACTION_NAT_ADDRESS)
        l->outside = MOVED;
}
