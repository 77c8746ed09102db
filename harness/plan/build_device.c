/* <device>: which gateways are under test, their configuration files and settings. */
#include "plan/schema_tables.h"

#include "plan/load.h"
#include "plan/words.h"

#define CONFIG_MAX   (256u * 1024)
#define CONFIG_FILES 8

/* Named settings: what each may be set to; NULL: any word. */
static const struct {
    const char *name, *values;
} named[] = {{"preserve-vpn-flows", "on off"}, {"fault", NULL}};

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
        if (n->ns != NS_CASE || !n->spec)
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
static void read_config(struct load *l, const struct node *dev, const char *path, struct buf *paths,
                        struct buf *text)
{
    struct diag why = {0};
    struct plan_place at = dev ? dev->at : l->tree->at;

    if (file_read(path, CONFIG_MAX, text, &why)) {
        problem_add(&l->problems, why.err, &at, "<device> config: %s", why.text);
        return;
    }
    if (text->n && memchr(text->s, '\0', text->n)) {
        problem_add(&l->problems, ERR_FORMAT, &at,
                    "<device> config: %s holds a NUL byte: no configuration", path);
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
    buf_release(text);
}

/* config="A B": the texts of A and B, one behind the other. */
static void named_configs(struct load *l, const struct node *dev, const char *list,
                          struct plan_device *d)
{
    struct buf paths = BUF_INIT, text = BUF_INIT;
    char name[1024];

    for (size_t i = 0; value_word(list, i, name, sizeof(name)); i++) {
        struct diag why = {0};
        const char *path;
        if (i == CONFIG_FILES) {
            problem_add(&l->problems, ERR_RANGE, &dev->at, "<device> config: more than %d files",
                        CONFIG_FILES);
            break;
        }
        if (file_find(l->arena, &l->root, path_dir(l->arena, dev->at.file), name, true, &path,
                      &why))
            problem_add(&l->problems, why.err, &dev->at, "<device> config: %s", why.text);
        else
            read_config(l, dev, path, &paths, &text);
    }
    keep_config(l, d, &paths, &text);
}

/* The lab's own configuration of that site, when it lies where this project keeps it: beside the
 * case in devices/, or below the root in cases/devices/. */
static void usual_configs(struct load *l, const struct node *dev, struct plan_device *d)
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
        read_config(l, dev, device, &paths, &text);
        read_config(l, dev, logging, &paths, &text);
    }
    keep_config(l, d, &paths, &text);
}

/* A resolved document brings the texts along. */
static void embedded_config(struct load *l, const struct node *dev, const char *list,
                            struct plan_device *d)
{
    for (const struct node *n = dev->child; n; n = n->next) {
        if (n->ns == NS_RESOLVED && strcmp(n->name, "config") == 0) {
            d->config = list ? list : "";
            d->config_text = arena_strdup(l->arena, n->text);
        }
    }
}

static void read_device(struct load *l, const struct node *dev, struct plan_device *d)
{
    const char *list = dev ? node_attr(dev, "config") : NULL;

    d->type = "reference";
    d->at = l->tree->at;
    if (dev) {
        d->at = dev->at;
        schema_fill(dev, d);
        read_settings(l, dev, d);
    }
    if (l->resolved && dev)
        embedded_config(l, dev, list, d);
    else if (list && dev)
        named_configs(l, dev, list, d);
    else if (!l->resolved && strcmp(d->type, "reference") == 0)
        usual_configs(l, dev, d);
}

/* When both gateways are devices the branch office's comes first, however the case has them. */
static void sort_sites(struct plan *p)
{
    struct plan_device first = p->devices[0];

    if (p->ndevices == 2 && first.site == SITE_HO && p->devices[1].site == SITE_BO) {
        p->devices[0] = p->devices[1];
        p->devices[1] = first;
    }
}

void build_devices(struct load *l)
{
    struct plan *p = l->plan;
    const struct node *n = node_named(l->tree->child, "device");

    if (!n)
        read_device(l, NULL, &p->devices[p->ndevices++]);
    for (; n; n = node_named(n->next, "device")) {
        if (p->ndevices == COUNT(p->devices)) {
            problem_add(&l->problems, ERR_RANGE, &n->at, "a third <device>: there are two sites");
            return;
        }
        read_device(l, n, &p->devices[p->ndevices++]);
    }
    sort_sites(p);
}
