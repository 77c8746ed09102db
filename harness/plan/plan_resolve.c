/* The case as one document that needs no other file: includes are in place, variables filled in,
 * each element says where it came from, and the devices' configurations stand in it. */
#include "plan/plan_parts.h"

#include <stdio.h>

static void set_place(struct load *l, xmlNode *n, xmlNs *ns)
{
    struct plan_place at = plan_place(l, n);
    char line[16];

    snprintf(line, sizeof(line), "%d", at.line);
    xmlSetNsProp(n, ns, (const xmlChar *)"file", (const xmlChar *)at.file);
    xmlSetNsProp(n, ns, (const xmlChar *)"line", (const xmlChar *)line);
}

static void set_places(struct load *l, xmlNode *n, xmlNs *ns)
{
    for (; n; n = n->next) {
        if (n->type != XML_ELEMENT_NODE)
            continue;
        set_place(l, n, ns);
        set_places(l, n->children, ns);
    }
}

static const struct plan_device *device_of(const struct load *l, size_t i)
{
    return i < l->plan->ndevices ? &l->plan->devices[i] : NULL;
}

/* <config file="...">text</config> in place of what named it. */
static void put_config(xmlNode *device, const struct plan_device *d)
{
    for (xmlNode *c = device->children, *next; c; c = next) {
        next = c->next;
        if (is_element(c, "config")) {
            xmlUnlinkNode(c);
            xmlFreeNode(c);
        }
    }
    if (!d->config_text)
        return;
    xmlNode *c = xmlNewDocNode(device->doc, device->ns, (const xmlChar *)"config", NULL);
    xmlNode *text = xmlNewDocText(device->doc, (const xmlChar *)d->config_text);
    xmlSetProp(c, (const xmlChar *)"file", (const xmlChar *)(d->config ? d->config : ""));
    xmlAddChild(c, text);
    if (device->children)
        xmlAddPrevSibling(device->children, c);
    else
        xmlAddChild(device, c);
    c->_private = device->_private;
    c->line = device->line;
}

static xmlNode *add_device(xmlNode *root, const struct plan_device *d)
{
    xmlNode *n = xmlNewDocNode(root->doc, root->ns, (const xmlChar *)"device", NULL);
    xmlNode *before = (xmlNode *)(uintptr_t)child(root, "timeline");

    xmlSetProp(n, (const xmlChar *)"site", (const xmlChar *)plan_site_name(d->site));
    xmlSetProp(n, (const xmlChar *)"type", (const xmlChar *)d->type);
    xmlAddPrevSibling(before, n);
    n->_private = root->_private;
    n->line = root->line;
    return n;
}

static void put_configs(struct load *l, xmlNode *root)
{
    const xmlNode *n = child(root, "device");
    size_t i = 0;

    for (; n && i < l->plan->ndevices; n = next_child(n, "device"), i++)
        put_config((xmlNode *)(uintptr_t)n, device_of(l, i));
    for (; i < l->plan->ndevices; i++)
        put_config(add_device(root, device_of(l, i)), device_of(l, i));
}

/* What <var> and -D came out as, so that a report can say so. */
static void put_vars(struct load *l, xmlNode *root)
{
    xmlNode *before = (xmlNode *)(uintptr_t)child(root, "timeline");

    for (const xmlNode *n = child(root, "var"), *next; n; n = next) {
        next = next_child(n, "var");
        xmlUnlinkNode((xmlNode *)(uintptr_t)n);
        xmlFreeNode((xmlNode *)(uintptr_t)n);
    }
    for (const char *const *first = (const char *const[]){"lab", "device", "peer", NULL}; *first;
         first++) {
        const xmlNode *c = child(root, *first);
        if (c) {
            before = (xmlNode *)(uintptr_t)c;
            break;
        }
    }
    for (size_t i = 0; i < l->plan->nvars; i++) {
        xmlNode *v = xmlNewDocNode(root->doc, root->ns, (const xmlChar *)"var", NULL);
        xmlSetProp(v, (const xmlChar *)"name", (const xmlChar *)l->plan->vars[i].name);
        xmlSetProp(v, (const xmlChar *)"value", (const xmlChar *)l->plan->vars[i].value);
        v->_private = root->_private;
        v->line = root->line;
        xmlAddPrevSibling(before, v);
    }
}

void plan_resolve(struct load *l, xmlDoc *doc)
{
    xmlNode *root = xmlDocGetRootElement(doc);
    xmlNs *ns = xmlNewNs(root, (const xmlChar *)PLACE_NAMESPACE, (const xmlChar *)"place");
    xmlChar *out;
    int n;

    put_configs(l, root);
    put_vars(l, root);
    set_place(l, root, ns);
    set_places(l, root->children, ns);
    xmlDocDumpMemoryEnc(doc, &out, &n, "UTF-8");
    l->plan->resolved = bytes_of(arena_strndup(l->arena, (const char *)out, (size_t)n), (size_t)n);
    xmlFree(out);
}
