#include "gateway/vpn_plan_parts.h"

#include "base/cursor.h"
#include "base/hash.h"
#include "base/mem.h"

static void plan_suites(struct vpn_plan *p, const struct gw_config *c)
{
    p->suites = mem_array(c->npolicies, sizeof(*p->suites));
    for (size_t i = 0; i < c->npolicies; i++) {
        const struct gw_isakmp_policy *from = &c->policies[i];
        if (!from->pre_share)
            continue;
        p->suites[p->nsuites++] = (struct ike_suite){.cipher = from->cipher,
                                                     .digest = from->digest,
                                                     .group = from->group,
                                                     .lifetime_s = from->lifetime_s};
    }
}

struct ike_esp_suite *vpn_plan_esp_suites(const struct gw_config *c, const struct gw_map_entry *m,
                                          size_t *n)
{
    struct ike_esp_suite *out = mem_array(m->nsets, sizeof(*out));

    *n = 0;
    for (size_t i = 0; i < m->nsets; i++) {
        const struct gw_transform_set *t = gw_config_transform(c, m->sets[i]);
        if (!t || t->cipher == CIPHER_NONE || t->integ == INTEG_NONE)
            continue;
        out[(*n)++] = (struct ike_esp_suite){
            .cipher = t->cipher,
            .integ = t->integ,
            .pfs_group = m->pfs_group,
            .lifetime_s = m->lifetime_s ? m->lifetime_s : c->sa_lifetime_s,
            .lifetime_kb = m->lifetime_kb ? m->lifetime_kb : c->sa_lifetime_kb,
        };
    }
    return out;
}

uint16_t vpn_plan_fragment_mtu(const struct vpn *v)
{
    return v->whole_ikev1 ? 0 : VPN_IKEV1_FRAGMENT_MTU;
}

/* Index of the peer at ADDR, which is added if need be; SIZE_MAX: it has no usable tunnel group. */
static size_t peer_of(const struct vpn *v, struct vpn_plan *p, const struct gw_config *c,
                      const struct ip_addr *addr)
{
    const struct gw_tunnel_group *g = gw_config_group(c, addr);
    size_t n = p->ike.npeers;

    for (size_t i = 0; i < n; i++) {
        if (p->peers[i].ike_version != 2 && ip_addr_eq(&p->peers[i].address, addr))
            return i;
    }
    if (!g || !g->l2l || !g->psk[0])
        return SIZE_MAX;
    memcpy(p->keys[n], g->psk, sizeof(p->keys[n]));
    p->peers[n] = (struct ike_peer_config){
        .address = *addr,
        .psk = bytes_str(p->keys[n]),
        .suites = p->suites,
        .nsuites = p->nsuites,
        .dpd = {.enabled = !g->keepalive_disabled,
                .answer_only = g->keepalive_infinite,
                .threshold = SPAN_S(g->keepalive_threshold_s),
                .retry = SPAN_S(g->keepalive_retry_s),
                .tries = 3},
        .natt = !c->natt_off,
        .keepalive = SPAN_S(c->natt_keepalive_s),
        .initial_contact = true,
        .fragment_mtu = vpn_plan_fragment_mtu(v),
        .never_initiates = true, /* until an entry says otherwise */
    };
    p->ike.npeers++;
    return n;
}

static bool one_port(const struct gw_port_range *r, uint16_t *port)
{
    *port = r->from == r->to ? r->from : 0;
    return !r->negated && (r->from == r->to || (r->from == 0 && r->to == UINT16_MAX));
}

bool vpn_plan_selector(const struct gw_ace *ace, struct ike_selector *out)
{
    *out = (struct ike_selector){.proto = ace->proto};
    return !gw_ace_networks(ace, &out->local, &out->remote) &&
           one_port(&ace->src_port, &out->local_port) &&
           one_port(&ace->dst_port, &out->remote_port);
}

bool vpn_plan_same_selector(const struct ike_selector *a, const struct ike_selector *b)
{
    return a->proto == b->proto && a->local_port == b->local_port &&
           a->remote_port == b->remote_port && a->local.prefix == b->local.prefix &&
           a->remote.prefix == b->remote.prefix && ip_addr_eq(&a->local.addr, &b->local.addr) &&
           ip_addr_eq(&a->remote.addr, &b->remote.addr);
}

struct number_key {
    const struct ip_addr *peer;
    const struct ike_selector *sel;
};

static bool is_same(const void *ctx, uint32_t id, const void *key)
{
    const struct vpn_policy *p = ((const struct vpn *)ctx)->policies[id];
    const struct number_key *k = key;

    return ip_addr_eq(&p->peer, k->peer) && vpn_plan_same_selector(&p->selector, k->sel);
}

static uint64_t hash_of(const struct number_key *k)
{
    const struct ip_addr *addrs[] = {k->peer, &k->sel->local.addr, &k->sel->remote.addr};
    uint8_t b[3 * sizeof(struct ip_addr) + 8];
    struct wr w = wr_of(b, sizeof(b));

    for (size_t i = 0; i < COUNT(addrs); i++)
        wr_put(&w, bytes_of(addrs[i], sizeof(*addrs[i])));
    wr_u8(&w, k->sel->local.prefix);
    wr_u8(&w, k->sel->remote.prefix);
    wr_u8(&w, k->sel->proto);
    wr_be16(&w, k->sel->local_port);
    wr_be16(&w, k->sel->remote_port);
    return hash_bytes(wr_bytes(&w), 0);
}

struct vpn_policy *vpn_plan_policy_new(struct vpn *v)
{
    v->policies = mem_resize(v->policies, v->npolicies + 1, sizeof(struct vpn_policy *));
    v->policies[v->npolicies] = mem_zalloc(sizeof(struct vpn_policy));
    return v->policies[v->npolicies++];
}

/* The number of what SEL towards PEER is, or becomes. */
static uint32_t number_of(struct vpn *v, const struct ip_addr *peer, const struct ike_selector *sel)
{
    struct number_key k = {peer, sel};
    uint64_t hash = hash_of(&k);
    uint32_t known = map_find(&v->numbers, hash, is_same, v, &k);

    if (known != MAP_NONE)
        return known;
    struct vpn_policy *p = vpn_plan_policy_new(v);
    p->peer = *peer;
    p->selector = *sel;
    p->parent = VPN_NONE;
    p->inner_ifi = NETIF_NONE;
    map_put(&v->numbers, hash, (uint32_t)v->npolicies - 1);
    return (uint32_t)v->npolicies - 1;
}

void vpn_plan_add_policy(struct vpn_plan *p, uint32_t number, size_t peer,
                         const struct ike_selector *sel, const struct ike_esp_suite *suites,
                         size_t nsuites)
{
    p->policies = mem_resize(p->policies, p->npolicies + 1, sizeof(*p->policies));
    p->policies[p->npolicies++] = (struct ike_policy){
        .id = number, .peer = peer, .selector = *sel, .suites = suites, .nsuites = nsuites};
}

/* One address that an entry names: as a peer of either version, SIZE_MAX where it is none. */
struct ends {
    size_t ikev1, ikev2;
};

struct offers { /* of an entry */
    const struct ike_esp_suite *ikev1, *ikev2;
    size_t nikev1, nikev2;
};

static const struct ip_addr *address_of(const struct vpn_plan *p, const struct ends *at)
{
    return &p->peers[at->ikev2 == SIZE_MAX ? at->ikev1 : at->ikev2].address;
}

/* The policies of one access list entry towards one peer. */
static uint32_t plan_ace(struct vpn *v, struct vpn_plan *p, const struct gw_map_entry *m,
                         const struct vpn_entry *e, size_t ace, const struct ends *at,
                         const struct offers *o)
{
    const struct gw_ace *a = &e->list.aces[ace];
    struct ike_selector sel;

    if (a->action != GW_PERMIT || a->inactive || !vpn_plan_selector(a, &sel))
        return VPN_NONE;
    uint32_t number = number_of(v, address_of(p, at), &sel);
    struct vpn_policy *own = v->policies[number];
    if (own->configured) /* an earlier entry has it: the first one counts */
        return number;
    own->configured = true;
    own->may_begin = !m->answer_only;
    own->ikev1 = at->ikev1 != SIZE_MAX;
    own->ikev2 = at->ikev2 != SIZE_MAX;
    own->seq = m->seq;
    own->ace = ace;
    memcpy(own->map, m->map, sizeof(own->map));
    memcpy(own->acl, m->acl, sizeof(own->acl));
    if (own->ikev1)
        vpn_plan_add_policy(p, number, at->ikev1, &sel, o->ikev1, o->nikev1);
    if (own->ikev2)
        vpn_plan_add_policy(p, number | VPN_BY_IKEV2, at->ikev2, &sel, o->ikev2, o->nikev2);
    return number;
}

static void copy_list(struct gw_acl *to, const struct gw_acl *from)
{
    *to = *from;
    to->aces = mem_array(from->naces, sizeof(*to->aces));
    for (size_t i = 0; i < from->naces; i++)
        to->aces[i] = from->aces[i];
}

/* Where only IKEv2 is enabled, IKEv1 is not spoken. */
static bool has_ikev1(const struct gw_config *c)
{
    return strcmp(c->isakmp_interface, c->map_interface) == 0 || !vpn_plan_has_ikev2(c);
}

/* Makes ADDR a peer of the versions that M offers. False: of none. */
static bool plan_peer(const struct vpn *v, struct vpn_plan *p, const struct gw_config *c,
                      const struct gw_map_entry *m, const struct ip_addr *addr,
                      const struct offers *o, struct ends *at)
{
    size_t *const both[] = {&at->ikev1, &at->ikev2};

    at->ikev1 = o->nikev1 && has_ikev1(c) ? peer_of(v, p, c, addr) : SIZE_MAX;
    at->ikev2 = o->nikev2 ? vpn_plan_ikev2_peer(p, c, addr) : SIZE_MAX;
    for (size_t i = 0; i < COUNT(both); i++) {
        if (*both[i] != SIZE_MAX)
            p->peers[*both[i]].never_initiates &= m->answer_only;
    }
    return at->ikev1 != SIZE_MAX || at->ikev2 != SIZE_MAX;
}

static void plan_entry(struct vpn *v, struct vpn_plan *p, const struct gw_config *c,
                       const struct gw_map_entry *m)
{
    const struct gw_acl *list = gw_config_acl(c, m->acl);
    struct vpn_entry *e = &p->entries[p->nentries];
    struct ends peers[GW_MAP_PEERS];
    struct offers o = {0};

    if (!list || (!m->nsets && !m->nproposals))
        return;
    p->esp_suites[p->nentries] = vpn_plan_esp_suites(c, m, &o.nikev1);
    p->ikev2_esp_suites[p->nentries] = vpn_plan_ikev2_esp(c, m, &o.nikev2);
    o.ikev1 = p->esp_suites[p->nentries];
    o.ikev2 = p->ikev2_esp_suites[p->nentries++];
    *e = (struct vpn_entry){.map = p->map, .seq = m->seq};
    for (size_t i = 0; i < m->npeers; i++)
        e->npeers += plan_peer(v, p, c, m, &m->peers[i], &o, &peers[e->npeers]);
    copy_list(&e->list, list);
    memcpy(e->acl, m->acl, sizeof(e->acl));
    e->policies = mem_array(e->npeers * list->naces + 1, sizeof(*e->policies));
    for (size_t i = 0; i < e->npeers * list->naces; i++)
        e->policies[i] = plan_ace(v, p, m, e, i % list->naces, &peers[i / list->naces], &o);
}

/* How many entries and peers there are at most. */
static void count(const struct gw_config *c, size_t *nentries, size_t *npeers)
{
    *nentries = c->nmap;
    *npeers = c->ngroups;
    for (size_t i = 0; i < c->nmap; i++) {
        *npeers += 2 * c->map[i].npeers; /* of either version */
        if (c->map[i].dynamic[0])
            *nentries += c->ndynamic;
    }
}

struct vpn_plan *vpn_plan_new(struct vpn *v, const struct gw_config *c, const struct ip_addr *local)
{
    struct vpn_plan *p = mem_zalloc(sizeof(*p));
    size_t npeers, nentries;

    for (size_t i = 0; i < v->npolicies; i++)
        v->policies[i]->configured = false;
    count(c, &nentries, &npeers);
    memcpy(p->map, c->map_applied, sizeof(p->map));
    p->entries = mem_array(nentries, sizeof(*p->entries));
    p->esp_suites = mem_array(nentries, sizeof(*p->esp_suites));
    p->peers = mem_array(npeers, sizeof(*p->peers));
    p->keys = mem_array(npeers, sizeof(*p->keys));
    p->remote_keys = mem_array(npeers, sizeof(*p->remote_keys));
    p->names = mem_array(npeers, sizeof(*p->names));
    p->ikev2_esp_suites = mem_array(nentries, sizeof(*p->ikev2_esp_suites));
    plan_suites(p, c);
    vpn_plan_ikev2(p, c);
    for (size_t i = 0; i < c->nmap; i++) {
        if (strcmp(c->map[i].map, c->map_applied) != 0)
            continue;
        if (c->map[i].dynamic[0])
            vpn_plan_dynamic_map(v, p, c, c->map[i].dynamic);
        else
            plan_entry(v, p, c, &c->map[i]);
    }
    p->ike.no_aggressive = c->am_disable;
    p->ike.local = *local;
    p->ike.peers = p->peers;
    p->ike.policies = p->policies;
    p->ike.npolicies = p->npolicies;
    return p;
}

void vpn_plan_free(struct vpn_plan *p)
{
    if (!p)
        return;
    for (size_t i = 0; i < p->nentries; i++) {
        mem_free(p->entries[i].list.aces);
        mem_free(p->entries[i].policies);
        mem_free(p->esp_suites[i]);
        mem_free(p->ikev2_esp_suites[i]);
    }
    mem_wipe(p->keys, p->ike.npeers * sizeof(*p->keys));
    mem_wipe(p->remote_keys, p->ike.npeers * sizeof(*p->remote_keys));
    mem_free(p->keys);
    mem_free(p->remote_keys);
    mem_free(p->ikev2_suites);
    mem_free(p->ikev2_esp_suites);
    mem_free(p->names);
    mem_free(p->peers);
    mem_free(p->suites);
    mem_free(p->policies);
    mem_free(p->esp_suites);
    mem_free(p->entries);
    mem_free(p);
}

uint32_t vpn_policy_for(struct vpn *v, uint32_t parent, const struct ip_addr *peer,
                        const struct ike_selector *sel)
{
    const struct vpn_policy *whole = v->policies[parent];
    bool client = whole->group[0];

    if (!client && vpn_plan_same_selector(&whole->selector, sel))
        return parent;
    uint32_t number = number_of(v, peer, sel);
    struct vpn_policy *part = v->policies[number];
    whole = v->policies[parent];
    if (part->configured || part->parent != VPN_NONE) /* an entry of its own, or known */
        return number;
    part->parent = parent;
    part->seq = whole->seq;
    part->ace = whole->ace;
    memcpy(part->map, whole->map, sizeof(part->map));
    memcpy(part->acl, whole->acl, sizeof(part->acl));
    v->nparts++;
    v->nclients += client;
    return number;
}
