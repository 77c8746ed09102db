/* interface and its sub-commands. */
#include "gateway/command_parts.h"
#include "gateway/config_parts.h"

static struct gw_interface *here(struct gw_call *call)
{
    struct gw_interface *i = gw_config_find_hardware(call->cfg, call->place->name);

    if (!i)
        bug("interface mode without an interface");
    return i;
}

/* "eth0/1" means "Ethernet0/1"; OUT gets the whole word. */
static bool hardware_name(const char *word, const char *number, char out[static GW_NAME])
{
    static const char *const kinds[] = {
        "ethernet", "fastethernet", "gigabitethernet", "tengigabitethernet", "management",
        "vlan",     "redundant",    "port-channel",    "loopback",           "tunnel"};
    static const char *const shown[] = {
        "Ethernet", "FastEthernet", "GigabitEthernet", "TenGigabitEthernet", "Management",
        "Vlan",     "Redundant",    "Port-channel",    "Loopback",           "Tunnel"};
    char kind[GW_NAME];
    size_t n = strcspn(word, "0123456789");

    if (n == 0 || n >= sizeof(kind))
        return false;
    memcpy(kind, word, n);
    kind[n] = '\0';
    if (!number)
        number = word + n;
    if (number[0] < '0' || number[0] > '9' || strspn(number, "0123456789/.") != strlen(number))
        return false;
    for (size_t i = 0; i < COUNT(kinds); i++) {
        size_t len = strlen(shown[i]);
        if (!gw_prefix_of(kind, kinds[i]) || len + strlen(number) >= GW_NAME)
            continue;
        memcpy(out, shown[i], len);
        memcpy(out + len, number, strlen(number) + 1);
        return true;
    }
    return false;
}

static enum err enter(struct gw_call *call)
{
    char hardware[GW_NAME];
    const char *word, *number = NULL;

    if (gw_take_word(call->rest, &word))
        return ERR_SHORT;
    if (!word[strcspn(word, "0123456789")] && gw_take_word(call->rest, &number))
        return ERR_SHORT;
    if (!hardware_name(word, number, hardware)) {
        call->rest->at--;
        return ERR_FORMAT;
    }
    enum err e = gw_end(call->rest);
    if (e)
        return e;
    if (!gw_config_find_hardware(call->cfg, hardware)) {
        struct gw_interface *i =
            gw_list_add((void **)&call->cfg->interfaces, &call->cfg->ninterfaces, sizeof(*i));
        (void)gw_name_set(i->hardware, hardware);
        i->security_level = -1;
        call->changed |= GW_CHANGED_INTERFACE;
    }
    *call->place = (struct gw_place){.mode = GW_CONFIG_IF};
    (void)gw_name_set(call->place->name, hardware);
    return ERR_OK;
}

static enum err set_nameif(struct gw_call *call)
{
    struct gw_interface *i = here(call);
    const char *name = call->no ? "" : call->args[0].word;
    const struct gw_interface *other = gw_config_interface(call->cfg, name);

    if (other && other != i)
        return gw_refuse(call, "Name \"%s\" has been assigned to interface %s", name,
                         other->hardware);
    if (strcmp(i->nameif, name) != 0)
        gw_config_rename_interface(call->cfg, i->nameif, name);
    (void)gw_name_set(i->nameif, name);
    if (!call->no && i->security_level < 0) {
        i->security_level = strcmp(name, "inside") == 0 ? 100 : 0;
        buf_addf(call->answer, "INFO: Security level for \"%s\" set to %d by default.\n", name,
                 i->security_level);
    }
    call->changed |= GW_CHANGED_INTERFACE | GW_CHANGED_ROUTE | GW_CHANGED_ACL | GW_CHANGED_MAP |
                     GW_CHANGED_ISAKMP | GW_CHANGED_NAT | GW_CHANGED_LOGGING;
    return ERR_OK;
}

static enum err set_level(struct gw_call *call)
{
    struct gw_interface *i = here(call);

    i->security_level = call->no ? -1 : (int)call->args[0].number;
    call->changed |= GW_CHANGED_INTERFACE;
    return ERR_OK;
}

/* The mask of an address without one: by its class. */
static uint32_t class_mask(uint32_t addr)
{
    return addr < 0x80000000u ? 0xff000000u : addr < 0xc0000000u ? 0xffff0000u : 0xffffff00u;
}

static enum err set_address(struct gw_call *call)
{
    struct gw_interface *i = here(call);
    struct ip_addr addr = call->args[0].addr;

    if (call->no) {
        i->addr = (struct ip_addr){0};
        i->prefix = 0;
    } else {
        uint32_t mask = call->nargs > 1 ? ip4_u32(&call->args[1].addr) : class_mask(ip4_u32(&addr));
        int prefix = ip4_mask_prefix(mask);
        if (prefix < 1)
            return gw_refuse(call, "Address %s with mask %s is no address of a network",
                             call->args[0].word, call->nargs > 1 ? call->args[1].word : "(none)");
        i->addr = addr;
        i->prefix = (uint8_t)prefix;
    }
    call->changed |= GW_CHANGED_INTERFACE;
    return ERR_OK;
}

static enum err set_shutdown(struct gw_call *call)
{
    here(call)->shutdown = !call->no;
    call->changed |= GW_CHANGED_INTERFACE;
    return ERR_OK;
}

/* Settings of the wire: the model has none. */
static enum err ignore(struct gw_call *call)
{
    (void)call;
    return ERR_OK;
}

#define IF GW_CONFIG_IF

static const struct gw_command rows[] = {
    {GW_CONFIG, GW_YES, "interface ...", enter, 0, "Select an interface to configure"},
    {IF, GW_YES, "nameif NAME", set_nameif, 0, "Name the interface"},
    {IF, GW_NO, "nameif", set_nameif, 0, "Name the interface"},
    {IF, GW_NO, "nameif NAME", set_nameif, 0, "Name the interface"},
    {IF, GW_YES, "security-level <0-100>", set_level, 0, "Specify the security level"},
    {IF, GW_NO, "security-level", set_level, 0, "Specify the security level"},
    {IF, GW_NO, "security-level <0-100>", set_level, 0, "Specify the security level"},
    {IF, GW_YES, "ip address ADDR", set_address, 0, "Set the address"},
    {IF, GW_YES, "ip address ADDR MASK", set_address, 0, "Set the address"},
    {IF, GW_NO, "ip address", set_address, 0, "Set the address"},
    {IF, GW_NO, "ip address ADDR", set_address, 0, "Set the address"},
    {IF, GW_NO, "ip address ADDR MASK", set_address, 0, "Set the address"},
    {IF, GW_YES, "ip address dhcp ...", gw_accept, 0, NULL},
    {IF, GW_BOTH, "shutdown", set_shutdown, 0, "Shut the interface down"},
    {IF, GW_YES, "speed <10-10000>", ignore, 0, "Configure speed"},
    {IF, GW_YES, "speed auto", ignore, 0, "Configure speed"},
    {IF, GW_YES, "speed nonegotiate", ignore, 0, "Configure speed"},
    {IF, GW_NO, "speed", ignore, 0, "Configure speed"},
    {IF, GW_YES, "duplex auto", ignore, 0, "Configure duplex operation"},
    {IF, GW_YES, "duplex full", ignore, 0, "Configure duplex operation"},
    {IF, GW_YES, "duplex half", ignore, 0, "Configure duplex operation"},
    {IF, GW_NO, "duplex", ignore, 0, "Configure duplex operation"},
    {IF, GW_BOTH, "description ...", gw_accept, 0, "Comment on the interface"},
    {IF, GW_BOTH, "management-only", gw_accept, 0, NULL},
    {IF, GW_BOTH, "delay ...", gw_accept, 0, NULL},
    {IF, GW_BOTH, "vlan ...", gw_accept, 0, NULL},
    {IF, GW_BOTH, "mac-address ...", gw_accept, 0, NULL},
    {IF, GW_BOTH, "channel-group ...", gw_accept, 0, NULL},
    {IF, GW_BOTH, "member-interface ...", gw_accept, 0, NULL},
    {IF, GW_BOTH, "switchport ...", gw_accept, 0, NULL},
    {IF, GW_BOTH, "flowcontrol ...", gw_accept, 0, NULL},
    {IF, GW_BOTH, "ipv6 nd ...", gw_accept, 0, NULL},
    {IF, GW_BOTH, "ipv6 ospf ...", gw_accept, 0, NULL},
    {IF, GW_BOTH, "ipv6 dhcp ...", gw_accept, 0, NULL},
    {IF, GW_BOTH, "ospf ...", gw_accept, 0, NULL},
    {IF, GW_BOTH, "rip ...", gw_accept, 0, NULL},
    {IF, GW_BOTH, "pim ...", gw_accept, 0, NULL},
    {IF, GW_BOTH, "igmp ...", gw_accept, 0, NULL},
    {IF, GW_BOTH, "multicast ...", gw_accept, 0, NULL},
    {IF, GW_BOTH, "dhcp ...", gw_accept, 0, NULL},
    {IF, GW_BOTH, "pppoe ...", gw_accept, 0, NULL},
    {IF, GW_BOTH, "authentication ...", gw_accept, 0, NULL},
    {IF, GW_BOTH, "hello-interval ...", gw_accept, 0, NULL},
    {IF, GW_BOTH, "hold-time ...", gw_accept, 0, NULL},
    {IF, GW_BOTH, "summary-address ...", gw_accept, 0, NULL},
    {IF, GW_BOTH, "split-horizon ...", gw_accept, 0, NULL},
};

const struct gw_command_set gw_interface_commands = {rows, COUNT(rows)};
