/* What may stand in a case: one table of elements, one of attributes. The same facts, for editors,
 * are in cases/case-1.rnc; a test holds the two against each other. */
#include "plan/plan_parts.h"

#include "wire/addr.h"

enum kind {
    K_NAME,     /* an id */
    K_TEXT,     /* anything */
    K_DURATION, /* 20s */
    K_SIZE,     /* 8MiB */
    K_RATE,     /* 10Mbit/s */
    K_OFFSET,   /* 40% or 1MiB */
    K_PERCENT,  /* 1% */
    K_UINT,     /* up to 4294967295 */
    K_COUNT,    /* 1, 0..3, 1..* */
    K_ENUM,     /* one of `values` */
    K_ADDR,
    K_NET,
    K_PORT,
};

static const char *const kind_help[] = {"a name of letters, digits, '-', '.' and '_'",
                                        "text",
                                        "a duration such as 20s, 500ms or 2min",
                                        "a size such as 8MiB",
                                        "a rate such as 10Mbit/s",
                                        "a share or a size such as 40% or 1MiB",
                                        "a share such as 1%",
                                        "a whole number",
                                        "a count such as 1, 0..3 or 1..*",
                                        "one of",
                                        "an address such as 10.0.0.1",
                                        "a network such as 10.0.0.0/8",
                                        "a port from 1 to 65535"};

struct nesting {
    const char *parent, *name;
    bool required, many, text;
};

static const struct nesting nestings[] = {{"", "case", true, false, false},
                                          {"case", "title", true, false, true},
                                          {"case", "about", false, false, true},
                                          {"case", "tag", false, true, true},
                                          {"case", "proves", false, true, true},
                                          {"case", "var", false, true, false},
                                          {"case", "lab", false, false, false},
                                          {"case", "device", false, true, false},
                                          {"case", "peer", false, false, false},
                                          {"case", "timeline", true, false, false},
                                          {"case", "expect", true, false, false},
                                          {"lab", "leg", false, true, false},
                                          {"device", "config", false, true, true},
                                          {"device", "set", false, true, false},
                                          {"device", "line", false, true, true},
                                          {"timeline", "stream", false, true, false},
                                          {"timeline", "at", false, true, false},
#define X(id, name, who, what) {"at", name, false, true, false},
                                          PLAN_ACTIONS(X)
#undef X
#define X(id, name) {"expect", name, false, true, false},
                                              PLAN_RULES(X)
#undef X
};

struct attribute {
    const char *parent, *element; /* parent "*": wherever it stands */
    const char *name;
    enum kind kind;
    bool required;
    const char *values; /* of K_ENUM, separated by blanks */
};

#define WINDOW(element)                                                                            \
    {"expect", element, "since", K_NAME, false, NULL},                                             \
        {"expect", element, "until", K_NAME, false, NULL},                                         \
    {                                                                                              \
        "expect", element, "within", K_DURATION, false, NULL                                       \
    }
#define ACTION(element, who)                                                                       \
    {                                                                                              \
        "at", element, "by", K_ENUM, false, who                                                    \
    }

static const struct attribute attributes[] = {
    {"*", "case", "id", K_NAME, true, NULL},
    {"*", "case", "version", K_ENUM, true, "1"},
    {"*", "case", "timeout", K_DURATION, false, NULL},
    {"*", "case", "settle", K_DURATION, false, NULL},
    {"*", "case", "evidence", K_ENUM, false, "whole headers"},
    {"*", "var", "name", K_NAME, true, NULL},
    {"*", "var", "value", K_TEXT, true, NULL},
    {"*", "lab", "mode", K_ENUM, false, "peer pair"},
    {"*", "lab", "device", K_ENUM, false, "bo ho"},
    {"*", "lab", "bo-host", K_ADDR, false, NULL},
    {"*", "lab", "bo-on-link", K_ADDR, false, NULL},
    {"*", "lab", "bo-inside", K_ADDR, false, NULL},
    {"*", "lab", "bo-outside", K_ADDR, false, NULL},
    {"*", "lab", "bo-wan-router", K_ADDR, false, NULL},
    {"*", "lab", "bo-net", K_NET, false, NULL},
    {"*", "lab", "ho-host", K_ADDR, false, NULL},
    {"*", "lab", "ho-on-link", K_ADDR, false, NULL},
    {"*", "lab", "ho-inside", K_ADDR, false, NULL},
    {"*", "lab", "ho-outside", K_ADDR, false, NULL},
    {"*", "lab", "ho-wan-router", K_ADDR, false, NULL},
    {"*", "lab", "ho-net", K_NET, false, NULL},
    {"*", "lab", "mgmt-device", K_ADDR, false, NULL},
    {"*", "lab", "mgmt-device2", K_ADDR, false, NULL},
    {"*", "lab", "mgmt-host", K_ADDR, false, NULL},
    {"*", "leg", "name", K_ENUM, true, "bo-lan wan ho-lan mgmt"},
    {"*", "leg", "delay", K_DURATION, false, NULL},
    {"*", "leg", "rate", K_RATE, false, NULL},
    {"*", "leg", "loss", K_PERCENT, false, NULL},
    {"*", "leg", "reorder", K_PERCENT, false, NULL},
    {"*", "leg", "duplicate", K_PERCENT, false, NULL},
    {"*", "leg", "mtu", K_UINT, false, NULL},
    {"*", "device", "site", K_ENUM, false, "bo ho"},
    {"*", "device", "type", K_NAME, false, NULL},
    {"*", "config", "file", K_TEXT, true, NULL},
    {"*", "set", "name", K_ENUM, true, "preserve-vpn-flows fault"},
    {"*", "set", "value", K_TEXT, true, NULL},
    {"*", "peer", "dpd", K_ENUM, false, "on off"},
    {"*", "peer", "dpd-threshold", K_DURATION, false, NULL},
    {"*", "peer", "dpd-retry", K_DURATION, false, NULL},
    {"*", "peer", "dpd-tries", K_UINT, false, NULL},
    {"*", "peer", "acquire", K_ENUM, false, "on off"},
    {"*", "peer", "initial-contact", K_ENUM, false, "on off"},
    {"*", "peer", "ike", K_TEXT, false, NULL},
    {"*", "peer", "esp", K_TEXT, false, NULL},
    {"*", "peer", "ike-lifetime", K_DURATION, false, NULL},
    {"*", "peer", "esp-lifetime", K_DURATION, false, NULL},
    {"*", "peer", "esp-volume", K_SIZE, false, NULL},
    {"timeline", "stream", "id", K_NAME, true, NULL},
    {"timeline", "stream", "capture", K_TEXT, true, NULL},
    {"timeline", "stream", "proto", K_ENUM, false, "tcp udp icmp any"},
    {"timeline", "stream", "flow", K_UINT, false, NULL},
    {"timeline", "stream", "bytes", K_SIZE, false, NULL},
    {"timeline", "stream", "think", K_DURATION, false, NULL},
    {"timeline", "stream", "start", K_DURATION, false, NULL},
    {"timeline", "stream", "after", K_NAME, false, NULL},
    {"timeline", "stream", "bo-port", K_PORT, false, NULL},
    {"timeline", "stream", "ho-port", K_PORT, false, NULL},
    {"timeline", "stream", "keepalive", K_DURATION, false, NULL},
    {"*", "at", "id", K_NAME, true, NULL},
    {"*", "at", "time", K_DURATION, false, NULL},
    {"*", "at", "stream", K_NAME, false, NULL},
    {"*", "at", "reaches", K_OFFSET, false, NULL},
    {"*", "at", "after", K_NAME, false, NULL},
    {"*", "at", "delay", K_DURATION, false, NULL},
    {"*", "at", "log", K_UINT, false, NULL},
    ACTION("establish", "peer"),
    ACTION("phase1-delete", "peer device"),
    ACTION("phase2-delete", "peer device"),
    ACTION("phase1-rekey", "peer"),
    ACTION("phase2-rekey", "peer"),
    ACTION("peer-crash", "peer"),
    ACTION("blackhole", "harness"),
    ACTION("restore", "harness"),
    ACTION("device-command", "device"),
    {"*", "phase1-delete", "site", K_ENUM, false, "bo ho"},
    {"*", "phase2-delete", "site", K_ENUM, false, "bo ho"},
    {"*", "device-command", "site", K_ENUM, false, "bo ho"},
    {"*", "device-command", "command", K_TEXT, true, NULL},
    {"*", "blackhole", "direction", K_ENUM, false, "both to-device from-device"},
    {"expect", "log", "id", K_UINT, true, NULL},
    {"expect", "log", "stream", K_NAME, false, NULL},
    {"expect", "log", "reason", K_NAME, false, NULL},
    {"expect", "log", "text", K_TEXT, false, NULL},
    {"expect", "log", "count", K_COUNT, false, NULL},
    {"expect", "log", "site", K_ENUM, false, "bo ho"},
    WINDOW("log"),
    {"expect", "no-log", "id", K_UINT, true, NULL},
    {"expect", "no-log", "stream", K_NAME, false, NULL},
    {"expect", "no-log", "reason", K_NAME, false, NULL},
    {"expect", "no-log", "text", K_TEXT, false, NULL},
    {"expect", "no-log", "site", K_ENUM, false, "bo ho"},
    WINDOW("no-log"),
    {"expect", "stream", "stream", K_NAME, true, NULL},
    {"expect", "stream", "is", K_ENUM, true, "continuous torn stalled idle"},
    {"expect", "stream", "resumes-within", K_DURATION, false, NULL},
    {"expect", "stream", "max-stall", K_DURATION, false, NULL},
    {"expect", "stream", "completes", K_ENUM, false, "yes no"},
    WINDOW("stream"),
    {"expect", "tunnel", "is", K_ENUM, true, "kept replaced deleted up down"},
    {"expect", "tunnel", "phase", K_ENUM, false, "1 2"},
    WINDOW("tunnel"),
    {"expect", "reset", "by", K_ENUM, false, "any device host peer"},
    {"expect", "reset", "stream", K_NAME, false, NULL},
    {"expect", "reset", "count", K_COUNT, false, NULL},
    WINDOW("reset"),
};

static const char *name_of(const xmlNode *n)
{
    return (const char *)n->name;
}

static const char *parent_of(const xmlNode *n)
{
    return n->parent && n->parent->type == XML_ELEMENT_NODE ? name_of(n->parent) : "";
}

/* --- elements ----------------------------------------------------------------------------------
 */

static const struct nesting *find_nesting(const char *parent, const char *name)
{
    for (size_t i = 0; i < COUNT(nestings); i++) {
        if (strcmp(nestings[i].parent, parent) == 0 && strcmp(nestings[i].name, name) == 0)
            return &nestings[i];
    }
    return NULL;
}

static size_t allowed_children(const char *parent, const char **words, size_t cap)
{
    size_t n = 0;

    for (size_t i = 0; i < COUNT(nestings) && n < cap; i++) {
        if (strcmp(nestings[i].parent, parent) == 0)
            words[n++] = nestings[i].name;
    }
    return n;
}

static void add_list(struct buf *b, const char *const *words, size_t n, const char *open,
                     const char *close)
{
    for (size_t i = 0; i < n; i++)
        buf_addf(b, "%s%s%s%s", i ? ", " : "", open, words[i], close);
}

static void say_unknown_element(struct load *l, const xmlNode *n)
{
    const char *words[64], *parent = parent_of(n);
    size_t count = allowed_children(parent, words, COUNT(words));
    const char *right = nearest_word(name_of(n), words, count);
    struct buf b = BUF_INIT;

    buf_addf(&b, "unknown element <%s>", name_of(n));
    if (right)
        buf_addf(&b, "; did you mean <%s>?", right);
    if (count) {
        buf_addf(&b, " allowed %s<%s>: ", right ? "in " : "in ", parent);
        add_list(&b, words, count, "<", ">");
    } else {
        buf_addf(&b, "; nothing may stand in <%s>", parent);
    }
    plan_problem(l, n, "%s", buf_str(&b));
    buf_release(&b);
}

static void check_children(struct load *l, const xmlNode *node)
{
    for (size_t i = 0; i < COUNT(nestings); i++) {
        const struct nesting *k = &nestings[i];
        size_t found = 0;
        if (strcmp(k->parent, name_of(node)) != 0)
            continue;
        for (const xmlNode *c = child(node, k->name); c; c = next_child(c, k->name)) {
            if (++found == 2 && !k->many)
                plan_problem(l, c, "a second <%s> in <%s>", k->name, name_of(node));
        }
        if (k->required && !found)
            plan_problem(l, node, "<%s> needs a <%s>", name_of(node), k->name);
    }
}

static bool is_blank(const char *s)
{
    return s[strspn(s, " \t\r\n")] == '\0';
}

/* --- attributes --------------------------------------------------------------------------------
 */

static bool fits_attribute(const struct attribute *a, const xmlNode *n)
{
    return strcmp(a->element, name_of(n)) == 0 &&
           (strcmp(a->parent, "*") == 0 || strcmp(a->parent, parent_of(n)) == 0);
}

static const struct attribute *find_attribute(const xmlNode *n, const char *name)
{
    for (size_t i = 0; i < COUNT(attributes); i++) {
        if (fits_attribute(&attributes[i], n) && strcmp(attributes[i].name, name) == 0)
            return &attributes[i];
    }
    return NULL;
}

static bool is_one_of(const char *values, const char *v)
{
    size_t n = strlen(v);

    for (const char *s = values; n && (s = strstr(s, v)); s += n) {
        if ((s == values || s[-1] == ' ') && (s[n] == ' ' || s[n] == '\0'))
            return true;
    }
    return false;
}

static bool is_count(const char *s)
{
    const char *dots = strstr(s, "..");
    char low[16] = {0};
    uint64_t v;

    if (!dots)
        return word_uint(s, 1000000, &v);
    if ((size_t)(dots - s) >= sizeof(low))
        return false;
    memcpy(low, s, (size_t)(dots - s));
    return word_uint(low, 1000000, &v) &&
           (strcmp(dots + 2, "*") == 0 || word_uint(dots + 2, 1000000, &v));
}

static bool fits_kind(const struct attribute *a, const char *v)
{
    struct ip_addr addr;
    struct ip_net net;
    struct span span;
    uint64_t u;
    double d;

    switch (a->kind) {
    case K_NAME: return word_name(v);
    case K_TEXT: return true;
    case K_DURATION: return word_duration(v, &span);
    case K_SIZE: return word_size(v, &u);
    case K_RATE: return word_rate(v, &u);
    case K_OFFSET: return word_percent(v, &d) || word_size(v, &u);
    case K_PERCENT: return word_percent(v, &d);
    case K_UINT: return word_uint(v, UINT32_MAX, &u);
    case K_COUNT: return is_count(v);
    case K_ENUM: return is_one_of(a->values, v);
    case K_ADDR: return ip_addr_parse(v, &addr) == ERR_OK;
    case K_NET: return ip_net_parse(v, &net) == ERR_OK;
    case K_PORT: return word_uint(v, 65535, &u) && u > 0;
    }
    return false;
}

static void say_unknown_attribute(struct load *l, const xmlNode *n, const char *name)
{
    const char *words[64];
    size_t count = 0;
    struct buf b = BUF_INIT;

    for (size_t i = 0; i < COUNT(attributes) && count < COUNT(words); i++) {
        if (fits_attribute(&attributes[i], n))
            words[count++] = attributes[i].name;
    }
    const char *right = nearest_word(name, words, count);
    buf_addf(&b, "unknown attribute \"%s\" of <%s>", name, name_of(n));
    if (right)
        buf_addf(&b, "; did you mean \"%s\"?", right);
    buf_adds(&b, count ? " allowed: " : "; it has none");
    add_list(&b, words, count, "", "");
    plan_problem(l, n, "%s", buf_str(&b));
    buf_release(&b);
}

static void check_attribute(struct load *l, const xmlNode *n, const char *name, const char *value)
{
    const struct attribute *a = find_attribute(n, name);

    if (!a) {
        say_unknown_attribute(l, n, name);
    } else if (!fits_kind(a, value)) {
        plan_problem(l, n, "%s=\"%s\" of <%s> is not %s%s%s", name, value, name_of(n),
                     kind_help[a->kind], a->values ? ": " : "", a->values ? a->values : "");
    }
}

static void check_attributes(struct load *l, const xmlNode *n)
{
    for (const xmlAttr *a = n->properties; a; a = a->next) {
        if (a->ns) /* xml:base, xsi:..., places of resolved XML: not ours */
            continue;
        const char *value = attr(l, n, (const char *)a->name);
        check_attribute(l, n, (const char *)a->name, value ? value : "");
    }
    for (size_t i = 0; i < COUNT(attributes); i++) {
        if (attributes[i].required && fits_attribute(&attributes[i], n) &&
            !attr(l, n, attributes[i].name))
            plan_problem(l, n, "<%s> needs the attribute \"%s\" (%s%s%s)", name_of(n),
                         attributes[i].name, kind_help[attributes[i].kind],
                         attributes[i].values ? ": " : "",
                         attributes[i].values ? attributes[i].values : "");
    }
}

/* --- the walk ----------------------------------------------------------------------------------
 */

static void check_text(struct load *l, const xmlNode *n)
{
    for (const xmlNode *t = n->children; t; t = t->next) {
        if (t->type == XML_TEXT_NODE && t->content && !is_blank((const char *)t->content)) {
            plan_problem(l, n, "text stands in <%s>, where none may be", name_of(n));
            return;
        }
    }
}

static void check_node(struct load *l, const xmlNode *n)
{
    const struct nesting *k = find_nesting(parent_of(n), name_of(n));

    if (!k) {
        say_unknown_element(l, n);
        return;
    }
    if (!n->ns || strcmp((const char *)n->ns->href, PLAN_NAMESPACE) != 0) {
        plan_problem(l, n, "<%s> is not in the namespace \"%s\"", name_of(n), PLAN_NAMESPACE);
        return;
    }
    check_attributes(l, n);
    check_children(l, n);
    if (!k->text)
        check_text(l, n);
    for (const xmlNode *c = n->children; c; c = c->next) {
        if (c->type == XML_ELEMENT_NODE)
            check_node(l, c);
    }
}

void schema_check(struct load *l, const xmlNode *root)
{
    if (strcmp(name_of(root), "case") != 0) {
        plan_problem(l, root, "the root is <%s>, not <case>", name_of(root));
        return;
    }
    check_node(l, root);
}
