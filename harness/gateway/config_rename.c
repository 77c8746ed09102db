/* What refers to a name follows it, or goes with it, as on the device. */
#include "gateway/config_parts.h"

static void follow(char name[static GW_NAME], const char *from, const char *to)
{
    if (strcmp(name, from) == 0)
        (void)gw_name_set(name, to);
}

/* Removes the elements whose name at offset OFF is now empty. */
static void sweep(void *list, size_t *n, size_t size, size_t off)
{
    for (size_t i = *n; i-- > 0;) {
        if (!((char *)list)[i * size + off])
            gw_list_remove(list, n, size, i);
    }
}

#define FOLLOW(c, list, field)                                                                     \
    do {                                                                                           \
        for (size_t i_ = 0; i_ < (c)->n##list; i_++)                                               \
            follow((c)->list[i_].field, from, to);                                                 \
        sweep((c)->list, &(c)->n##list, sizeof(*(c)->list),                                        \
              offsetof(__typeof__(*(c)->list), field));                                            \
    } while (0)

void gw_config_rename_interface(struct gw_config *c, const char *from, const char *to)
{
    struct gw_logging *l = &c->logging;

    if (!*from)
        return;
    FOLLOW(c, access_groups, nameif);
    FOLLOW(c, routes, nameif);
    FOLLOW(l, hosts, nameif);
    FOLLOW(&c->ipsec, ifs, nameif);
    follow(c->isakmp_interface, from, to);
    follow(c->map_interface, from, to);
    if (!c->map_interface[0])
        c->map_applied[0] = '\0';
    follow(c->nat0_interface, from, to);
    if (!c->nat0_interface[0])
        c->nat0_acl[0] = '\0';
    gw_nat_config_rename(&c->nat, from, to);
    if (l->device_id == GW_DEVICE_ID_IP) {
        follow(l->device_id_arg, from, to);
        if (!l->device_id_arg[0])
            l->device_id = GW_DEVICE_ID_NONE;
    }
}

void gw_config_unbind_acl(struct gw_config *c, const char *acl)
{
    const char *from = acl, *to = "";

    FOLLOW(c, access_groups, acl);
}
