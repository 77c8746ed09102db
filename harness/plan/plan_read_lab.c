/* Lab, devices and peer. What a case does not say is as in Cisco's tech note 113014. */
#include "plan/plan_parts.h"

#define CONFIG_BYTES_MAX (1u << 20)

/* X(field, attribute, default) */
#define ADDRESSES(X)                                                                               \
    X(bo_host, "bo-host", "10.224.228.10")                                                         \
    X(bo_on_link, "bo-on-link", "10.224.9.1")                                                      \
    X(bo_inside, "bo-inside", "10.224.9.5")                                                        \
    X(bo_outside, "bo-outside", "209.165.201.2")                                                   \
    X(bo_wan_router, "bo-wan-router", "209.165.201.1")                                             \
    X(ho_outside, "ho-outside", "209.165.200.10")                                                  \
    X(ho_wan_router, "ho-wan-router", "209.165.200.9")                                             \
    X(ho_inside, "ho-inside", "192.168.50.1")                                                      \
    X(ho_on_link, "ho-on-link", "192.168.50.10")                                                   \
    X(ho_host, "ho-host", "192.168.50.10")                                                         \
    X(mgmt_device, "mgmt-device", "10.224.14.10")                                                  \
    X(mgmt_device2, "mgmt-device2", "10.224.14.11")                                                \
    X(mgmt_host, "mgmt-host", "10.224.14.20")
#define NETS(X)                                                                                    \
    X(bo_net, "bo-net", "10.224.228.0/25")                                                         \
    X(ho_net, "ho-net", "0.0.0.0/0")

static bool is(const char *v, const char *word)
{
    return v && strcmp(v, word) == 0;
}

static void read_addresses(struct load *l, const xmlNode *lab)
{
    struct plan_lab *p = &l->plan->lab;
    const char *v;

    /* The schema let only addresses through, and the defaults are ours. */
#define X(field, name, by_default)                                                                 \
    v = lab ? attr(l, lab, name) : NULL;                                                           \
    (void)!ip_addr_parse(v ? v : by_default, &p->field);
    ADDRESSES(X)
#undef X
#define X(field, name, by_default)                                                                 \
    v = lab ? attr(l, lab, name) : NULL;                                                           \
    (void)!ip_net_parse(v ? v : by_default, &p->field);
    NETS(X)
#undef X
}

static void default_legs(struct plan_lab *p)
{
    for (int i = 0; i < LEG_COUNT; i++)
        p->legs[i] = (struct plan_leg_spec){.delay = SPAN_US(100), .rate_bps = 1000000000};
    p->legs[LEG_WAN].delay = SPAN_MS(5);
    p->legs[LEG_WAN].rate_bps = 100000000;
}

static enum plan_leg leg_by_name(const char *name)
{
    for (int i = 0; i < LEG_COUNT; i++) {
        if (strcmp(plan_leg_name((enum plan_leg)i), name) == 0)
            return (enum plan_leg)i;
    }
    return LEG_WAN;
}

static double share(const char *v, double otherwise)
{
    double d = 0;

    return v && word_percent(v, &d) ? d / 100 : otherwise;
}

static void read_leg(struct load *l, const xmlNode *n)
{
    struct plan_leg_spec *s = &l->plan->lab.legs[leg_by_name(attr(l, n, "name"))];
    const char *v;
    uint64_t u;

    if ((v = attr(l, n, "delay")))
        word_duration(v, &s->delay);
    if ((v = attr(l, n, "rate")))
        word_rate(v, &s->rate_bps);
    s->loss = share(attr(l, n, "loss"), s->loss);
    s->reorder = share(attr(l, n, "reorder"), s->reorder);
    s->duplicate = share(attr(l, n, "duplicate"), s->duplicate);
    if ((v = attr(l, n, "mtu"))) {
        if (!word_uint(v, 9216, &u) || u < 576)
            plan_problem(l, n, "mtu=\"%s\" is not from 576 to 9216", v);
        else
            s->mtu = (uint16_t)u;
    }
}

/* --- devices -----------------------------------------------------------------------------------
 */

static void add_file(struct load *l, const xmlNode *n, const char *from, const char *name,
                     struct buf *text, const char **first)
{
    size_t len = 0;
    const char *path = xml_find_file(l, n, from, name);
    const char *s = path ? file_text(l, path, CONFIG_BYTES_MAX, &len) : NULL;

    if (path && !s)
        plan_problem(l, n, "\"%s\" cannot be read", path);
    if (!s)
        return;
    if (!*first)
        *first = path;
    buf_add(text, s, len);
    if (len && s[len - 1] != '\n')
        buf_addc(text, '\n');
}

static void read_config(struct load *l, const xmlNode *n, struct plan_device *d)
{
    struct buf text = BUF_INIT;
    const char *from = d->at.file;

    for (const xmlNode *c = child(n, "config"); l->root && c; c = next_child(c, "config"))
        add_file(l, c, from, attr(l, c, "file"), &text, &d->config);
    if (l->root && !child(n, "config") && is(d->type, "reference")) {
        add_file(l, n, from, d->site == SITE_BO ? "devices/bo-asa.cfg" : "devices/ho-asa.cfg",
                 &text, &d->config);
        add_file(l, n, from, "devices/logging.cfg", &text, &d->config);
    }
    /* resolved XML carries the text itself */
    for (const xmlNode *c = child(n, "config"); !l->root && c; c = next_child(c, "config")) {
        xmlChar *v = xmlNodeGetContent(c);
        d->config = attr(l, c, "file");
        buf_adds(&text, v ? (const char *)v : "");
        xmlFree(v);
    }
    if (text.n)
        d->config_text = arena_strdup(l->arena, buf_str(&text));
    buf_release(&text);
}

static void read_settings(struct load *l, const xmlNode *n, struct plan_device *d)
{
    size_t count = 0;

    for (const xmlNode *c = child(n, NULL); c; c = next_child(c, NULL))
        count += is_element(c, "set") || is_element(c, "line");
    struct plan_setting *list = arena_array(l->arena, count + 1, sizeof(*list));
    count = 0;
    for (const xmlNode *c = child(n, NULL); c; c = next_child(c, NULL)) {
        if (is_element(c, "set"))
            list[count++] =
                (struct plan_setting){attr(l, c, "name"), attr(l, c, "value"), plan_place(l, c)};
        else if (is_element(c, "line"))
            list[count++] = (struct plan_setting){NULL, text_of(l, c), plan_place(l, c)};
    }
    d->settings = list;
    d->nsettings = count;
}

static void read_device(struct load *l, const xmlNode *n, struct plan_device *d,
                        enum plan_site by_default)
{
    const char *site = attr(l, n, "site"), *type = attr(l, n, "type");

    d->at = plan_place(l, n);
    d->site = site ? (is(site, "ho") ? SITE_HO : SITE_BO) : by_default;
    d->type = type ? type : "reference";
    read_config(l, n, d);
    read_settings(l, n, d);
}

static void read_devices(struct load *l, const xmlNode *root)
{
    struct plan *p = l->plan;
    size_t want = p->lab.mode == MODE_PAIR ? 2 : 1, given = 0;
    bool has[2] = {false, false};

    for (const xmlNode *n = child(root, "device"); n; n = next_child(n, "device")) {
        if (given == want) {
            plan_problem(l, n, "one <device> too many: %s mode has %zu",
                         want == 2 ? "pair" : "peer", want);
            return;
        }
        enum plan_site next = want == 1 ? p->lab.device_site : has[SITE_BO] ? SITE_HO : SITE_BO;
        struct plan_device *d = &p->devices[given++];
        read_device(l, n, d, next);
        if (has[d->site])
            plan_problem(l, n, "a second device at the site %s", plan_site_name(d->site));
        has[d->site] = true;
        if (want == 1 && d->site != p->lab.device_site)
            plan_problem(l, n, "the device is at %s, but <lab device=\"%s\">",
                         plan_site_name(d->site), plan_site_name(p->lab.device_site));
    }
    while (given < want) { /* not said: the built-in one as in the note */
        enum plan_site site = want == 1 ? p->lab.device_site : has[SITE_BO] ? SITE_HO : SITE_BO;
        struct plan_device *d = &p->devices[given++];
        d->at = plan_place(l, root);
        d->site = site;
        d->type = "reference";
        if (l->root)
            read_config(l, root, d);
        has[site] = true;
    }
    p->ndevices = given;
}

/* --- peer --------------------------------------------------------------------------------------
 */

static void read_peer(struct load *l, const xmlNode *n)
{
    struct plan_peer *p = &l->plan->peer;
    struct span s;
    const char *v;
    uint64_t u;

    *p = (struct plan_peer){.dpd = true,
                            .dpd_threshold = SPAN_S(10),
                            .dpd_retry = SPAN_S(2),
                            .dpd_tries = 3,
                            .acquire = true,
                            .initial_contact = true,
                            .ike = "",
                            .esp = "",
                            .ike_lifetime_s = 86400,
                            .esp_lifetime_s = 28800,
                            .esp_lifetime_kb = 4608000};
    if (!n)
        return;
    p->dpd = !is(attr(l, n, "dpd"), "off");
    p->acquire = !is(attr(l, n, "acquire"), "off");
    p->initial_contact = !is(attr(l, n, "initial-contact"), "off");
    if ((v = attr(l, n, "dpd-threshold")))
        word_duration(v, &p->dpd_threshold);
    if ((v = attr(l, n, "dpd-retry")))
        word_duration(v, &p->dpd_retry);
    if ((v = attr(l, n, "dpd-tries")) && word_uint(v, 100, &u))
        p->dpd_tries = (unsigned)u;
    if ((v = attr(l, n, "ike")))
        p->ike = v;
    if ((v = attr(l, n, "esp")))
        p->esp = v;
    if ((v = attr(l, n, "ike-lifetime")) && word_duration(v, &s))
        p->ike_lifetime_s = (uint32_t)(s.ns / 1000000000);
    if ((v = attr(l, n, "esp-lifetime")) && word_duration(v, &s))
        p->esp_lifetime_s = (uint32_t)(s.ns / 1000000000);
    if ((v = attr(l, n, "esp-volume")) && word_size(v, &u))
        p->esp_lifetime_kb = u / 1024;
}

void read_lab(struct load *l, const xmlNode *root)
{
    const xmlNode *lab = child(root, "lab");
    struct plan_lab *p = &l->plan->lab;

    default_legs(p);
    p->mode = lab && is(attr(l, lab, "mode"), "pair") ? MODE_PAIR : MODE_PEER;
    p->device_site = lab && is(attr(l, lab, "device"), "ho") ? SITE_HO : SITE_BO;
    read_addresses(l, lab);
    for (const xmlNode *n = child(lab, "leg"); n; n = next_child(n, "leg"))
        read_leg(l, n);
    read_devices(l, root);
    read_peer(l, child(root, "peer"));
}
