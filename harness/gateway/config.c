#include "gateway/config.h"

#include "base/mem.h"
#include "gateway/config_parts.h"

#include <stdio.h>

void gw_config_set_version(struct gw_config *c, enum gw_platform p, const char *version)
{
    char text[GW_VERSION_TEXT];

    _Static_assert(GW_VERSION_TEXT == GW_NAME, "a version is kept as a name");
    gw_version_format(version, text);
    memcpy(c->version, text, sizeof(c->version));
    c->platform = p;
    c->profile = gw_profile_find(p, gw_version_parse(text));
    c->sysopt.preserve_vpn_flows &= (c->profile->can & GW_CAN_PRESERVE) != 0;
    c->sysopt.reclassify_vpn &= (c->profile->can & GW_CAN_RECLASSIFY) != 0;
}

enum err gw_config_use(struct gw_config *c, const char *platform, const char *version,
                       struct diag *why)
{
    enum gw_platform p = GW_PLATFORM_ASA;

    if (platform && !gw_platform_find(platform, &p))
        return diag_fail(why, ERR_NOTFOUND,
                         "there is no platform \"%s\"; there are asa, pix, vpn3000 and ios",
                         platform);
    gw_config_set_version(c, p, version ? version : gw_platform_default_version(p));
    c->version_fixed = version || p != GW_PLATFORM_ASA;
    return ERR_OK;
}

struct gw_config *gw_config_new(void)
{
    struct gw_config *c = mem_zalloc(sizeof(*c));

    snprintf(c->hostname, sizeof(c->hostname), "ciscoasa");
    gw_config_set_version(c, GW_PLATFORM_ASA, gw_platform_default_version(GW_PLATFORM_ASA));
    c->names_on = true;
    c->sa_lifetime_s = GW_SA_LIFETIME_DEFAULT_S;
    c->sa_lifetime_kb = GW_SA_LIFETIME_DEFAULT_KB;
    gw_ikev2_config_init(&c->ikev2);
    c->random_sequence = true;
    c->icmp_rate = c->icmp_burst = 1;
    c->timeouts = (struct gw_timeouts){.conn = 3600,
                                       .half_closed = 600,
                                       .udp = 120,
                                       .icmp = 2,
                                       .embryonic = 30,
                                       .xlate = 10800,
                                       .pat_xlate = 30};
    c->sysopt = (struct gw_sysopt){.tcpmss = 1380, .permit_vpn = true, .reclassify_vpn = true};
    c->service = (struct gw_service){.reset_outbound = true};
    c->logging = (struct gw_logging){.facility = 20, .queue = 512, .buffer_size = 4096};
    for (size_t i = 0; i < GW_LOG_DESTINATION_COUNT; i++)
        c->logging.to[i].level = -1;
    return c;
}

void gw_config_free(struct gw_config *c)
{
    if (!c)
        return;
    for (size_t i = 0; i < c->nacls; i++)
        mem_free(c->acls[i].aces);
    for (size_t i = 0; i < c->nnotes; i++) {
        mem_free(c->notes[i].text);
        mem_free(c->notes[i].remark);
    }
    if (c->groups)
        mem_wipe(c->groups, c->ngroups * sizeof(*c->groups));
    if (c->users)
        mem_wipe(c->users, c->nusers * sizeof(*c->users));
    void *const remote[] = {c->dynamic, c->group_policies, c->pools, c->users};
    for (size_t i = 0; i < COUNT(remote); i++)
        mem_free(remote[i]);
    void *const lists[] = {c->interfaces,
                           c->names,
                           c->acls,
                           c->access_groups,
                           c->routes,
                           c->policies,
                           c->transforms,
                           c->map,
                           c->groups,
                           c->logging.hosts,
                           c->logging.messages,
                           c->logging.rules,
                           c->logging.classes,
                           c->logging.rates,
                           c->notes};
    for (size_t i = 0; i < COUNT(lists); i++)
        mem_free(lists[i]);
    gw_nat_config_release(&c->nat);
    gw_ikev2_config_release(&c->ikev2);
    gw_ipsec_config_release(&c->ipsec);
    mem_free(c);
}

/* The room of a list is the next power of two, so it needs no count of its own. */
static void *grow(void *old, size_t n, size_t size)
{
    void *grown = mem_resize(NULL, n ? 2 * n : 1, size); /* a copy, so that keys can be wiped */

    if (n) {
        memcpy(grown, old, n * size);
        mem_wipe(old, n * size);
    }
    mem_free(old);
    return grown;
}

void *gw_list_insert(void **list, size_t *n, size_t size, size_t at)
{
    if ((*n & (*n - 1)) == 0)
        *list = grow(*list, *n, size);
    char *p = *list;
    memmove(p + (at + 1) * size, p + at * size, (*n - at) * size);
    memset(p + at * size, 0, size);
    ++*n;
    return p + at * size;
}

void *gw_list_add(void **list, size_t *n, size_t size)
{
    return gw_list_insert(list, n, size, *n);
}

void gw_list_remove(void *list, size_t *n, size_t size, size_t at)
{
    char *p = list;

    memmove(p + at * size, p + (at + 1) * size, (*n - at - 1) * size);
    --*n;
    mem_wipe(p + *n * size, size);
}

bool gw_name_set(char out[static GW_NAME], const char *name)
{
    size_t n = strlen(name);

    if (n >= GW_NAME)
        return false;
    memset(out, 0, GW_NAME);
    memcpy(out, name, n);
    return true;
}
