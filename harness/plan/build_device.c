/* <device>: which gateways are under test, their configuration files and settings. */
#include "plan/schema_tables.h"

#include "plan/load.h"
#include "plan/words.h"

#include "base/mem.h"

#define CONFIG_MAX   (256u * 1024)
#define CONFIG_FILES 8

/* Named settings: what each may be set to; NULL: any word. */
static const struct {
    const char *name, *values;
} named[] = {{"preserve-vpn-flows", "on off"},
             {"platform", "asa pix vpn3000 ios"},
             {"version", NULL},
             {"fault", NULL},
             {"model", NULL}};

static void check_set(struct load *l, const struct node *n, const struct plan_setting *s)
{
    struct words known = {0};
    struct buf hint = BUF_INIT;
    unsigned i;

    for (size_t k = 0; k < COUNT(named); k++) {
        words_add(&known, named[k].name);
        if (strcmp(named[k].name, s->name) != 0)
            continue;
        if (named[k].values && value_parse(VALUE_CHOICE, named[k].values, s->value, &i))
            problem_add(&l->problems, ERR_INVALID, &n->at,
                        "<set name=\"%s\"> value=\"%.80s\": it has to be one of: %s", s->name,
                        s->value, named[k].values);
        return;
    }
    words_suggest(&known, s->name, "known", false, &hint);
    problem_add(&l->problems, ERR_INVALID, &n->at,
                "no setting is called %s%s; anything else is a <line> of configuration", s->name,
                buf_str(&hint));
    buf_release(&hint);
}

static const char *line_text(struct load *l, const struct node *n)
{
    const char *p = n->text + strspn(n->text, " \t\r\n");
    size_t len = strlen(p);

    while (len && strchr(" \t\r\n", p[len - 1]))
        len--;
    if (memchr(p, '\n', len))
        problem_add(&l->problems, ERR_INVALID, &n->at,
                    "<line> holds several lines: each line of configuration wants its own");
    return arena_strndup(l->arena, p, len);
}

static void read_settings(struct load *l, const struct node *dev, struct plan_device *d)
{
    struct plan_setting *list;
    size_t max = 0;

    for (const struct node *n = dev->child; n; n = n->next)
        max++;
    list = arena_array(l->arena, max, sizeof(*list));
    for (const struct node *n = dev->child; n; n = n->next) {
        struct plan_setting s = {.at = n->at};
        if (!n->spec || strcmp(n->name, "config") == 0)
            continue;
        if (strcmp(n->name, "line") == 0) {
            s.value = line_text(l, n);
        } else {
            s.name = node_attr(n, "name");
            s.value = node_attr(n, "value");
            if (!s.name || !s.value)
                continue;
            check_set(l, n, &s);
        }
        list[d->nsettings++] = s;
    }
    d->settings = list;
}

/* Adds the file to TEXT, and its path to PATHS. */
static void read_config(struct load *l, const struct plan_place *at, const char *path,
                        struct buf *paths, struct buf *text)
{
    struct diag why = {0};

    if (file_read(path, CONFIG_MAX, text, &why)) {
        problem_add(&l->problems, why.err, at, "<config> file: %s", why.text);
        return;
    }
    if (text->n && memchr(text->s, '\0', text->n)) {
        problem_add(&l->problems, ERR_FORMAT, at,
                    "<config> file: %s holds a NUL byte: no configuration", path);
        buf_clear(text);
        return;
    }
    if (text->n && text->s[text->n - 1] != '\n')
        buf_addc(text, '\n');
    buf_addf(paths, "%s%s", paths->n ? " " : "", path);
}

static void keep_config(struct load *l, struct plan_device *d, struct buf *paths, struct buf *text)
{
    if (paths->n) {
        d->config = arena_strdup(l->arena, paths->s);
        d->config_text = arena_strdup(l->arena, buf_str(text));
    }
    buf_release(paths);
    if (text->s)
        mem_wipe(text->s, text->cap); /* it may hold the lab's keys */
    buf_release(text);
}

/* The texts of all <config>, one behind the other. */
static void named_configs(struct load *l, const struct node *dev, struct plan_device *d)
{
    struct buf paths = BUF_INIT, text = BUF_INIT;
    size_t files = 0;

    for (const struct node *n = node_named(dev->child, "config"); n;
         n = node_named(n->next, "config")) {
        const char *name = node_attr(n, "file"), *path;
        struct diag why = {0};
        if (!name)
            continue;
        if (++files > CONFIG_FILES)
            problem_add(&l->problems, ERR_RANGE, &n->at, "more than %d <config>", CONFIG_FILES);
        else if (file_find(l->arena, &l->root, path_dir(l->arena, n->at.file), name, true, &path,
                           &why))
            problem_add(&l->problems, why.err, &n->at, "<config> file: %s", why.text);
        else
            read_config(l, &n->at, path, &paths, &text);
    }
    keep_config(l, d, &paths, &text);
}

/* The lab's own configuration of that site, when it lies where this project keeps it: beside the
 * case in devices/, or below the root in cases/devices/. */
static void usual_configs(struct load *l, struct plan_device *d)
{
    static const char *const folders[] = {"devices", "cases/devices"};
    struct buf paths = BUF_INIT, text = BUF_INIT;

    for (size_t i = 0; i < COUNT(folders) && !paths.n; i++) {
        struct diag why = {0};
        const char *dir = path_join(l->arena, i ? l->root.given : l->case_dir, folders[i]);
        const char *device, *logging;
        const char *own = d->site == SITE_BO ? "bo-asa.cfg" : "ho-asa.cfg";
        if (file_find(l->arena, &l->root, dir, own, false, &device, &why) ||
            file_find(l->arena, &l->root, dir, "logging.cfg", false, &logging, &why))
            continue;
        read_config(l, &d->at, device, &paths, &text);
        read_config(l, &d->at, logging, &paths, &text);
    }
    keep_config(l, d, &paths, &text);
}

/* A resolved document brings the texts along. */
static void embedded_config(struct load *l, const struct node *dev, struct plan_device *d)
{
    for (const struct node *n = dev->child; n; n = n->next) {
        const char *files = node_attr(n, "files");
        if (n->ns == NS_RESOLVED && strcmp(n->name, "config") == 0) {
            d->config = files ? files : "";
            d->config_text = arena_strdup(l->arena, n->text);
        }
    }
}

static void read_device(struct load *l, const struct node *dev, struct plan_device *d)
{
    d->type = "reference";
    d->at = l->tree->at;
    if (dev) {
        d->at = dev->at;
        schema_fill(dev, d);
        read_settings(l, dev, d);
    }
    if (l->resolved && dev)
        embedded_config(l, dev, d);
    else if (dev && node_named(dev->child, "config"))
        named_configs(l, dev, d);
    else if (!l->resolved && strcmp(d->type, "reference") == 0)
        usual_configs(l, d);
}

/* Where a device is that does not say it: where the lab has it, or where the other one is not. */
static enum plan_site usual_site(const struct load *l, const struct node *dev)
{
    const struct node *first = node_named(l->tree->child, "device"), *other;
    unsigned site;

    if (l->plan->lab.mode == MODE_PEER || !dev)
        return l->plan->lab.device_site;
    other = dev == first ? node_named(first->next, "device") : first;
    if (other && schema_read(other, "site", &site))
        return site == SITE_BO ? SITE_HO : SITE_BO;
    return dev == first ? SITE_BO : SITE_HO;
}

static void add_device(struct load *l, const struct node *dev)
{
    struct plan *p = l->plan;

    p->devices[p->ndevices].site = usual_site(l, dev);
    l->device_nodes[p->ndevices] = dev;
    read_device(l, dev, &p->devices[p->ndevices++]);
}

/* When both gateways are devices the branch office's comes first, however the case has them. */
static void sort_sites(struct load *l)
{
    struct plan_device *d = l->plan->devices, first = d[0];
    const struct node *node = l->device_nodes[0];

    if (l->plan->ndevices < 2 || first.site == SITE_BO || d[1].site == SITE_HO)
        return;
    d[0] = d[1];
    d[1] = first;
    l->device_nodes[0] = l->device_nodes[1];
    l->device_nodes[1] = node;
}

void build_devices(struct load *l)
{
    struct plan *p = l->plan;
    const struct node *n = node_named(l->tree->child, "device");
    const struct node *lab = node_named(l->tree->child, "lab");

    if (!n)
        add_device(l, NULL);
    for (; n; n = node_named(n->next, "device")) {
        if (p->ndevices == COUNT(p->devices)) {
            problem_add(&l->problems, ERR_RANGE, &n->at, "a third <device>: there are two sites");
            break;
        }
        add_device(l, n);
    }
    sort_sites(l);
    if (p->lab.mode == MODE_PAIR || !lab || !node_attr(lab, "device"))
        p->lab.device_site = p->devices[0].site;
}
