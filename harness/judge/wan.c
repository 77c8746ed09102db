/* The WAN: IKE, ESP by SPI, what should not be there in clear; and inner packets compared with
 * those of the peer's own LAN. */
#include "base/hash.h"
#include "base/mem.h"
#include "judge/judge_parts.h"

#include <stdio.h>

#define INNER_KEEP 65536u /* inner packets under way between two legs */

struct sa_seen *sa_find(struct judge *j, uint32_t spi, const struct ip_addr *dst, bool make)
{
    if (j->last_sa < j->nsas && j->sas[j->last_sa].spi == spi &&
        ip_addr_eq(&j->sas[j->last_sa].dst, dst))
        return &j->sas[j->last_sa];
    for (size_t i = j->nsas; i-- > 0;) {
        if (j->sas[i].spi == spi && ip_addr_eq(&j->sas[i].dst, dst)) {
            j->last_sa = i;
            return &j->sas[i];
        }
    }
    if (!make || j->nsas >= 4096)
        return NULL;
    if (j->nsas == j->cap_sas) {
        j->cap_sas = j->cap_sas ? j->cap_sas * 2 : 32;
        j->sas = mem_resize(j->sas, j->cap_sas, sizeof(*j->sas));
    }
    j->sas[j->nsas] = (struct sa_seen){
        .spi = spi, .dst = *dst, .first_ns = NEVER, .last_ns = NEVER, .up_ns = NEVER};
    j->last_sa = j->nsas;
    return &j->sas[j->nsas++];
}

/* --- inner packets -----------------------------------------------------------------------------
 */

static bool never(const void *ctx, uint32_t id, const void *key)
{
    (void)ctx;
    return id == *(const uint32_t *)key;
}

/* What stays the same of a packet from hop to hop: all but TTL and header checksum. */
static uint64_t digest(const struct ip *ip)
{
    uint8_t head[48];
    struct wr w = wr_of(head, sizeof(head));
    uint64_t h;

    wr_put(&w, bytes_of(ip->src.b, ip_addr_len(&ip->src)));
    wr_put(&w, bytes_of(ip->dst.b, ip_addr_len(&ip->dst)));
    wr_u8(&w, ip->proto);
    wr_be32(&w, ip->id);
    wr_be32(&w, (uint32_t)ip->payload.n);
    h = hash_bytes(wr_bytes(&w), 1);
    return h ^ hash_bytes(ip->payload, 2);
}

/* Two sets of hashes as maps from the hash's low bits to the hash itself: WAY 0 is out of ESP and
 * awaited on the LAN, WAY 1 the other way round. Equal packets (repetitions) are one each. */
static void expect_inner(struct judge *j, int way, uint64_t h)
{
    uint32_t id = (uint32_t)(h >> 32) & 0x7fffffff;

    if (j->inner[way].used < INNER_KEEP &&
        map_find(&j->inner[way], h, never, NULL, &id) == MAP_NONE)
        map_put(&j->inner[way], h, id);
}

static bool take_expected(struct judge *j, int way, uint64_t h)
{
    uint32_t id = (uint32_t)(h >> 32) & 0x7fffffff;

    return map_remove(&j->inner[way], h, id);
}

static bool compares(const struct judge *j)
{
    return j->meta && !j->meta->headers_only && j->plan && j->plan->lab.mode == MODE_PEER;
}

static void mismatch(struct judge *j)
{
    if (j->decrypt_mismatch++ == 0)
        j->mismatch_packet = j->rec.packet;
}

/* To the peer: opened, it will be on the peer's LAN. From the peer: it was there before. */
static void compare_inner(struct judge *j, const struct sa_seen *sa, const struct pkt *p)
{
    const struct plan_lab *l = &j->plan->lab;
    const struct ip_addr *peer = l->device_site == SITE_BO ? &l->ho_outside : &l->bo_outside;
    struct esp_plain plain;
    struct ip ip;

    if (esp_peek(sa->key, p->ip.payload, j->plain, &plain) || ip_parse(plain.inner, &ip)) {
        j->decrypt_failed++;
        return;
    }
    j->decrypted++;
    if (ip_addr_eq(&p->ip.dst, peer))
        expect_inner(j, 0, digest(&ip));
    else if (!take_expected(j, 1, digest(&ip)))
        mismatch(j);
}

void inner_take(struct judge *j, const struct pkt *p)
{
    const struct plan_lab *l = j->plan ? &j->plan->lab : NULL;

    if (!compares(j) || p->kind == PKT_ARP || p->kind == PKT_OTHER)
        return;
    bool at_ho = l->device_site == SITE_BO;
    const struct ip_addr *host = at_ho ? &l->ho_host : &l->bo_host;
    if (ip_addr_eq(&p->ip.src, host))
        expect_inner(j, 1, digest(&p->ip));
    else if (ip_addr_eq(&p->ip.dst, host) && !take_expected(j, 0, digest(&p->ip)))
        mismatch(j);
}

/* --- ESP and IKE -------------------------------------------------------------------------------
 */

static void take_esp(struct judge *j, const struct pkt *p)
{
    struct sa_seen *sa = sa_find(j, p->esp.spi, &p->ip.dst, true);
    uint32_t seq = p->esp.seq;

    if (!sa)
        return;
    if (sa->first_ns == NEVER) {
        sa->src = p->ip.src;
        sa->first_ns = j->rec.time_ns;
        sa->first_packet = j->rec.packet;
        sa->first_seq = seq;
        sa->high_seq = seq - 1;
    }
    if (seq == sa->high_seq + 1) {
        sa->high_seq = seq;
    } else if (seq > sa->high_seq) {
        sa->gaps += seq - sa->high_seq - 1;
        sa->high_seq = seq;
    } else {
        sa->replays++;
    }
    sa->last_ns = j->rec.time_ns;
    sa->last_packet = j->rec.packet;
    sa->packets++;
    if (sa->key && compares(j) && p->ip.payload.n == p->ip.payload_len)
        compare_inner(j, sa, p);
}

static bool is_inside(const struct judge *j, const struct ip_addr *a)
{
    const struct plan_lab *l = &j->plan->lab;

    return ip_net_has(&l->bo_net, a) || ip_addr_eq(a, &l->ho_host) || ip_addr_eq(a, &l->bo_host);
}

/* Neither ESP nor IKE, and of the networks that the tunnel protects. */
static void take_clear(struct judge *j, const struct pkt *p)
{
    char a[IP_ADDR_TEXT], b[IP_ADDR_TEXT];

    if (!j->plan || p->kind == PKT_ARP || p->kind == PKT_OTHER ||
        (!is_inside(j, &p->ip.src) && !is_inside(j, &p->ip.dst)))
        return;
    if (j->clear_packets++)
        return;
    j->clear_first = j->rec.packet;
    snprintf(j->clear_what, sizeof(j->clear_what), "%s to %s, protocol %u",
             ip_addr_format(&p->ip.src, a), ip_addr_format(&p->ip.dst, b), p->ip.proto);
}

void wan_take(struct judge *j, const struct pkt *p)
{
    bool filtered = j->rec.remark.n > 0;

    if (p->kind == PKT_ESP) {
        /* what a blackhole ate never arrived: it counts as sent, not as a use of the tunnel */
        if (!filtered)
            take_esp(j, p);
    } else if (p->kind == PKT_UDP && (p->udp.dst == 500 || p->udp.dst == 4500)) {
        j->ike_packets++;
    } else {
        take_clear(j, p);
    }
}
