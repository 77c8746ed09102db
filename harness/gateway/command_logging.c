/* logging. */
#include "gateway/command_parts.h"
#include "gateway/config_parts.h"
#include "gateway/syslog.h"

enum {
    ENABLE,
    PERMIT_HOSTDOWN,
    EMBLEM,
    STANDBY,
    HIDE_USERNAME,
    DEBUG_TRACE,
    FLASH_BUFFERWRAP,
};

static struct gw_logging *logging(struct gw_call *call)
{
    call->changed |= GW_CHANGED_LOGGING;
    return &call->cfg->logging;
}

static enum err set_switch(struct gw_call *call)
{
    struct gw_logging *l = logging(call);
    bool *const switches[] = {
        [ENABLE] = &l->enable,
        [PERMIT_HOSTDOWN] = &l->permit_hostdown,
        [EMBLEM] = &l->emblem,
        [STANDBY] = &l->standby,
        [HIDE_USERNAME] = &l->hide_username,
        [DEBUG_TRACE] = &l->debug_trace,
        [FLASH_BUFFERWRAP] = &l->flash_bufferwrap,
    };

    *switches[call->what] = !call->no;
    return ERR_OK;
}

/* WHAT: in the form of RFC 5424 */
static enum err set_timestamp(struct gw_call *call)
{
    struct gw_logging *l = logging(call);

    l->timestamp = !call->no;
    l->timestamp_rfc5424 = !call->no && call->what;
    return ERR_OK;
}

enum { FACILITY, QUEUE, BUFFER_SIZE };

static enum err set_number(struct gw_call *call)
{
    struct gw_logging *l = logging(call);
    uint32_t v = call->args[0].number;

    switch (call->what) {
    case FACILITY: l->facility = call->no ? 20 : v; break;
    case QUEUE: l->queue = call->no ? 512 : v; break;
    default: l->buffer_size = call->no ? 4096 : v; break;
    }
    return ERR_OK;
}

static enum err set_device_id(struct gw_call *call)
{
    struct gw_logging *l = logging(call);

    l->device_id = call->no ? GW_DEVICE_ID_NONE : (enum gw_device_id)call->what;
    (void)gw_name_set(l->device_id_arg, call->no || !call->nargs ? "" : call->args[0].word);
    return ERR_OK;
}

/* tcp[/1025-65535], udp[/1025-65535]; the device stores "6/1470" and "17/514" */
static bool parse_transport(const char *word, struct gw_log_host *h)
{
    static const struct {
        const char *word;
        bool tcp;
    } names[] = {{"tcp", true}, {"udp", false}, {"6", true}, {"17", false}};
    size_t n = strcspn(word, "/");
    uint32_t port;

    for (size_t i = 0; i < COUNT(names); i++) {
        if (strlen(names[i].word) != n || strncmp(word, names[i].word, n) != 0)
            continue;
        h->tcp = names[i].tcp;
        h->port = h->tcp ? 1470 : 514;
        if (word[n] == '\0')
            return true;
        if (!gw_parse_number(word + n + 1, 1, 65535, &port))
            return false;
        h->port = (uint16_t)port;
        return true;
    }
    return false;
}

static bool same_host(const struct gw_log_host *a, const struct gw_log_host *b)
{
    return ip_addr_eq(&a->addr, &b->addr) && strcmp(a->nameif, b->nameif) == 0;
}

/* [tcp/port | udp/port] [format emblem] [secure] */
static enum err take_host_options(struct gw_call *call, struct gw_log_host *h)
{
    struct gw_words *w = call->rest;

    if (gw_peek(w) && parse_transport(gw_peek(w), h))
        w->at++;
    if (gw_take_if(w, "format")) {
        if (!gw_take_if(w, "emblem"))
            return gw_peek(w) ? ERR_FORMAT : ERR_SHORT;
        if (h->tcp)
            return gw_refuse(call, "format emblem can only be used with UDP");
        h->emblem = true;
    }
    if (gw_take_if(w, "secure"))
        call->remark = "TLS to logging hosts is not modelled: the records go in clear";
    return gw_end(w);
}

static enum err set_host(struct gw_call *call)
{
    struct gw_log_host h = {.port = 514, .addr = call->args[1].addr};
    struct gw_logging *l = &call->cfg->logging;
    size_t i = 0;
    enum err e = take_host_options(call, &h);

    if (e)
        return e;
    (void)gw_name_set(h.nameif, call->args[0].word);
    while (i < l->nhosts && !same_host(&l->hosts[i], &h))
        i++;
    if (call->no && i == l->nhosts)
        return gw_refuse(call, "no such logging host");
    if (!call->no && i == GW_LOG_HOSTS)
        return gw_refuse(call, "no more than %d logging hosts can be configured", GW_LOG_HOSTS);
    if (call->no) {
        gw_list_remove(l->hosts, &l->nhosts, sizeof(*l->hosts), i);
    } else {
        struct gw_log_host *own = i < l->nhosts
                                      ? &l->hosts[i]
                                      : gw_list_add((void **)&l->hosts, &l->nhosts, sizeof(*own));
        *own = h;
    }
    call->changed |= GW_CHANGED_LOGGING;
    return ERR_OK;
}

/* The setting of message ID, made if need be. */
static struct gw_log_message *message(struct gw_logging *l, uint32_t id)
{
    for (size_t i = 0; i < l->nmessages; i++) {
        if (l->messages[i].id == id)
            return &l->messages[i];
    }
    struct gw_log_message *m =
        gw_list_add((void **)&l->messages, &l->nmessages, sizeof(*l->messages));
    *m = (struct gw_log_message){.id = id, .level = -1};
    return m;
}

static void drop_if_usual(struct gw_logging *l, struct gw_log_message *m)
{
    if (!m->disabled && m->level < 0)
        gw_list_remove(l->messages, &l->nmessages, sizeof(*m), (size_t)(m - l->messages));
}

/* [no] logging message 302014: switches it on or off */
static enum err set_message(struct gw_call *call)
{
    struct gw_logging *l = logging(call);
    struct gw_log_message *m = message(l, call->args[0].number);

    m->disabled = call->no;
    drop_if_usual(l, m);
    return ERR_OK;
}

static enum err set_message_level(struct gw_call *call)
{
    struct gw_logging *l = logging(call);
    struct gw_log_message *m = message(l, call->args[0].number);

    m->level = call->no ? -1 : (int)call->args[1].number;
    drop_if_usual(l, m);
    return ERR_OK;
}

#define MESSAGE "logging message <100000-999999>"

static const struct gw_command rows[] = {
    {GW_CONFIG, GW_BOTH, "logging enable", set_switch, ENABLE, "Enable logging"},
    {GW_CONFIG, GW_BOTH, "logging on", set_switch, ENABLE, NULL},
    {GW_CONFIG, GW_BOTH, "logging permit-hostdown", set_switch, PERMIT_HOSTDOWN,
     "Let connections pass while a TCP logging host is down"},
    {GW_CONFIG, GW_BOTH, "logging emblem", set_switch, EMBLEM, "EMBLEM form where it is no host's"},
    {GW_CONFIG, GW_BOTH, "logging standby", set_switch, STANDBY, "Let the standby unit log"},
    {GW_CONFIG, GW_BOTH, "logging hide username", set_switch, HIDE_USERNAME,
     "Mask user names that may be no users'"},
    {GW_CONFIG, GW_BOTH, "logging debug-trace", set_switch, DEBUG_TRACE, NULL},
    {GW_CONFIG, GW_BOTH, "logging flash-bufferwrap", set_switch, FLASH_BUFFERWRAP, NULL},
    {GW_CONFIG, GW_BOTH, "logging timestamp", set_timestamp, 0, "Enable stamps"},
    {GW_CONFIG, GW_BOTH, "logging timestamp rfc5424", set_timestamp, 1, "Stamps as in RFC 5424"},
    {GW_CONFIG, GW_YES, "logging facility <16-23>", set_number, FACILITY, "Facility of records"},
    {GW_CONFIG, GW_NO, "logging facility", set_number, FACILITY, "Facility of records"},
    {GW_CONFIG, GW_NO, "logging facility <16-23>", set_number, FACILITY, NULL},
    {GW_CONFIG, GW_YES, "logging queue <0-8192>", set_number, QUEUE, "Records that may wait"},
    {GW_CONFIG, GW_NO, "logging queue", set_number, QUEUE, "Records that may wait"},
    {GW_CONFIG, GW_NO, "logging queue <0-8192>", set_number, QUEUE, NULL},
    {GW_CONFIG, GW_YES, "logging buffer-size <4096-1048576>", set_number, BUFFER_SIZE,
     "Bytes that show logging keeps"},
    {GW_CONFIG, GW_NO, "logging buffer-size", set_number, BUFFER_SIZE,
     "Bytes that show logging keeps"},
    {GW_CONFIG, GW_NO, "logging buffer-size <4096-1048576>", set_number, BUFFER_SIZE, NULL},
    {GW_CONFIG, GW_BOTH, "logging device-id hostname", set_device_id, GW_DEVICE_ID_HOSTNAME,
     "Put the host name into records"},
    {GW_CONFIG, GW_BOTH, "logging device-id string NAME", set_device_id, GW_DEVICE_ID_STRING,
     "Put a word into records"},
    {GW_CONFIG, GW_BOTH, "logging device-id ipaddress IF", set_device_id, GW_DEVICE_ID_IP,
     "Put an interface's address into records"},
    {GW_CONFIG, GW_BOTH, "logging device-id context-name", set_device_id, GW_DEVICE_ID_CONTEXT,
     "Put the context's name into records"},
    {GW_CONFIG, GW_BOTH, "logging device-id cluster-id", set_device_id, GW_DEVICE_ID_CLUSTER,
     "Put the cluster unit's name into records"},
    {GW_CONFIG, GW_NO, "logging device-id", set_device_id, GW_DEVICE_ID_NONE, NULL},
    {GW_CONFIG, GW_BOTH, "logging host IF ADDR ...", set_host, 0, "Send records to a host"},
    {GW_CONFIG, GW_BOTH, MESSAGE, set_message, 0, "Switch a message on or off"},
    {GW_CONFIG, GW_BOTH, MESSAGE " level LEVEL", set_message_level, 0, "Level of a message"},
    {GW_CONFIG, GW_NO, MESSAGE " level", set_message_level, 0, NULL},
    {GW_CONFIG, GW_BOTH, "logging asdm-buffer-size ...", gw_accept, 0, NULL},
    {GW_CONFIG, GW_BOTH, "logging from-address ...", gw_accept, 0, NULL},
    {GW_CONFIG, GW_BOTH, "logging ftp-bufferwrap", gw_accept, 0, NULL},
    {GW_CONFIG, GW_BOTH, "logging ftp-server ...", gw_accept, 0, NULL},
    {GW_CONFIG, GW_BOTH, "logging recipient-address ...", gw_accept, 0, NULL},
    {GW_CONFIG, GW_BOTH, "logging savelog ...", gw_accept, 0, NULL},
};

const struct gw_command_set gw_logging_commands = {rows, COUNT(rows)};
