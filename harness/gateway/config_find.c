/* Finding and making the parts of a configuration by name. */
#include "base/mem.h"
#include "gateway/config_parts.h"
#include "wire/scan.h"

#define DEFAULT_GROUP "DefaultL2LGroup"

#define LIST(c, list) (void **)&(c)->list, &(c)->n##list, sizeof(*(c)->list)

/* Index of the element whose NAME at offset OFF is NAME; N when there is none. */
static size_t by_name(const void *list, size_t n, size_t size, size_t off, const char *name)
{
    const char *p = list;
    size_t i = 0;

    while (i < n && strcmp(p + i * size + off, name) != 0)
        i++;
    return i;
}

#define BY_NAME(c, list, field, name)                                                              \
    by_name((c)->list, (c)->n##list, sizeof(*(c)->list), offsetof(__typeof__(*(c)->list), field),  \
            name)
#define AT(c, list, i) ((i) < (c)->n##list ? &(c)->list[i] : NULL)

struct gw_interface *gw_config_find_interface(struct gw_config *c, const char *nameif)
{
    return *nameif ? AT(c, interfaces, BY_NAME(c, interfaces, nameif, nameif)) : NULL;
}

struct gw_interface *gw_config_find_hardware(struct gw_config *c, const char *hardware)
{
    return AT(c, interfaces, BY_NAME(c, interfaces, hardware, hardware));
}

struct gw_acl *gw_config_find_acl(struct gw_config *c, const char *name)
{
    return AT(c, acls, BY_NAME(c, acls, name, name));
}

struct gw_transform_set *gw_config_find_transform(struct gw_config *c, const char *name)
{
    return AT(c, transforms, BY_NAME(c, transforms, name, name));
}

struct gw_tunnel_group *gw_config_find_group(struct gw_config *c, const char *name)
{
    return AT(c, groups, BY_NAME(c, groups, name, name));
}

struct gw_isakmp_policy *gw_config_find_policy(struct gw_config *c, unsigned priority)
{
    for (size_t i = 0; i < c->npolicies; i++) {
        if (c->policies[i].priority == priority)
            return &c->policies[i];
    }
    return NULL;
}

static struct gw_map_entry *find_entry(struct gw_map_entry *v, size_t n, const char *map,
                                       unsigned seq)
{
    for (size_t i = 0; i < n; i++) {
        if (v[i].seq == seq && strcmp(v[i].map, map) == 0)
            return &v[i];
    }
    return NULL;
}

struct gw_map_entry *gw_config_find_map(struct gw_config *c, const char *map, unsigned seq)
{
    return find_entry(c->map, c->nmap, map, seq);
}

struct gw_map_entry *gw_config_find_dynamic(struct gw_config *c, const char *map, unsigned seq)
{
    return find_entry(c->dynamic, c->ndynamic, map, seq);
}

struct gw_acl *gw_config_make_acl(struct gw_config *c, const char *name)
{
    struct gw_acl *a = gw_config_find_acl(c, name);

    if (!a) {
        a = gw_list_add(LIST(c, acls));
        (void)gw_name_set(a->name, name);
    }
    return a;
}

struct gw_isakmp_policy *gw_config_make_policy(struct gw_config *c, unsigned priority)
{
    struct gw_isakmp_policy *p = gw_config_find_policy(c, priority);
    size_t at = 0;

    if (p)
        return p;
    while (at < c->npolicies && c->policies[at].priority < priority)
        at++;
    p = gw_list_insert(LIST(c, policies), at);
    *p = (struct gw_isakmp_policy){.priority = priority,
                                   .cipher = CIPHER_3DES_CBC,
                                   .digest = DIGEST_SHA1,
                                   .group = 2,
                                   .lifetime_s = GW_ISAKMP_LIFETIME_DEFAULT_S,
                                   .pre_share = true};
    return p;
}

/* Where an entry has its place. */
static size_t place_of(const struct gw_map_entry *v, size_t n, const char *map, unsigned seq)
{
    size_t at = 0;

    for (; at < n; at++) {
        int order = strcmp(v[at].map, map);
        if (order > 0 || (order == 0 && v[at].seq > seq))
            break;
    }
    return at;
}

static struct gw_map_entry *name_entry(struct gw_map_entry *m, const char *map, unsigned seq)
{
    (void)gw_name_set(m->map, map);
    m->seq = seq;
    return m;
}

struct gw_map_entry *gw_config_make_map(struct gw_config *c, const char *map, unsigned seq)
{
    struct gw_map_entry *m = gw_config_find_map(c, map, seq);

    if (m)
        return m;
    size_t at = place_of(c->map, c->nmap, map, seq);
    return name_entry(gw_list_insert(LIST(c, map), at), map, seq);
}

struct gw_map_entry *gw_config_make_dynamic(struct gw_config *c, const char *map, unsigned seq)
{
    struct gw_map_entry *m = gw_config_find_dynamic(c, map, seq);

    if (m)
        return m;
    size_t at = place_of(c->dynamic, c->ndynamic, map, seq);
    return name_entry(gw_list_insert(LIST(c, dynamic), at), map, seq);
}

const char *gw_config_crowded(const struct gw_config *c)
{
    const struct {
        const char *name;
        size_t n;
    } lists[] = {
        {"access lists", c->nacls},
        {"access groups", c->naccess_groups},
        {"routes", c->nroutes},
        {"names", c->nnames},
        {"ISAKMP policies", c->npolicies},
        {"IKEv2 policies", c->ikev2.npolicies},
        {"IKEv2 proposals", c->ikev2.nproposals},
        {"transform sets", c->ntransforms},
        {"crypto map entries", c->nmap},
        {"tunnel groups", c->ngroups},
        {"dynamic crypto map entries", c->ndynamic},
        {"group policies", c->ngroup_policies},
        {"address pools", c->npools},
        {"users", c->nusers},
        {"message settings", c->logging.nmessages},
        {"rules of logging lists", c->logging.nrules},
        {"logging classes", c->logging.nclasses},
        {"rate limits", c->logging.nrates},
        {"translations", gw_nat_config_longest(&c->nat)},
    };

    if (c->ninterfaces > GW_INTERFACES_MAX)
        return "interfaces";
    for (size_t i = 0; i < COUNT(lists); i++) {
        if (lists[i].n > GW_LIST_MAX)
            return lists[i].name;
    }
    return NULL;
}

void gw_config_note(struct gw_config *c, int line, const char *text, const char *remark)
{
    if (c->nnotes >= GW_NOTES_MAX)
        return;
    struct gw_note *note = gw_list_add(LIST(c, notes));
    note->line = line;
    note->text = mem_strdup(text);
    gw_mask_secrets(note->text);
    note->remark = remark ? mem_strdup(remark) : NULL;
}

bool gw_key_is_masked(const char *key)
{
    return strcmp(key, "*") == 0 || strcmp(key, "*****") == 0;
}

const struct gw_acl *gw_config_acl(const struct gw_config *c, const char *name)
{
    return AT(c, acls, BY_NAME(c, acls, name, name));
}

const struct gw_transform_set *gw_config_transform(const struct gw_config *c, const char *name)
{
    return AT(c, transforms, BY_NAME(c, transforms, name, name));
}

const struct gw_interface *gw_config_interface(const struct gw_config *c, const char *nameif)
{
    return *nameif ? AT(c, interfaces, BY_NAME(c, interfaces, nameif, nameif)) : NULL;
}

const struct gw_tunnel_group *gw_config_group(const struct gw_config *c, const struct ip_addr *peer)
{
    char name[IP_ADDR_TEXT];

    ip_addr_format(peer, name);
    const struct gw_tunnel_group *own = AT(c, groups, BY_NAME(c, groups, name, name));
    if (own)
        return own;
    const struct gw_tunnel_group *rest = AT(c, groups, BY_NAME(c, groups, name, DEFAULT_GROUP));
    return rest && (rest->psk[0] || rest->ikev2_remote_psk[0]) ? rest : NULL;
}

/* "8.2(1)", "9.16(4)170" */
bool gw_config_since(const struct gw_config *c, unsigned major, unsigned minor)
{
    struct bytes b = bytes_str(c->version);
    uint64_t ma, mi = 0;

    if (!scan_u64(&b, &ma))
        return false;
    if (scan_lit(&b, ".") && !scan_u64(&b, &mi))
        mi = 0;
    return ma > major || (ma == major && mi >= minor);
}

bool gw_interface_has_ipv6(const struct gw_interface *i)
{
    return i->ipv6_enable || i->naddr6 || i->link_local.family;
}
