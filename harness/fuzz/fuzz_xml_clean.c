/* Any bytes as the text and the attribute of an XML document, which libxml2 must read back as the
 * cleaned bytes; the same bytes in JSON, which jansson must read. */
#include "base/err.h"
#include "report/jsonw.h"
#include "report/report.h"

#include <jansson.h>
#include <libxml/parser.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_xml(struct bytes in)
{
    struct buf doc = BUF_INIT, clean = BUF_INIT, again = BUF_INIT;

    xml_clean(in, &clean);
    xml_clean(buf_bytes(&clean), &again);
    if (strcmp(buf_str(&clean), buf_str(&again)) != 0)
        bug("cleaning twice is not cleaning once");
    buf_adds(&doc, "<a b=\"");
    xml_put_attr(in, &doc);
    buf_adds(&doc, "\">");
    xml_put_text(in, &doc);
    buf_adds(&doc, "</a>");
    xmlDoc *d = xmlReadMemory(doc.s, (int)doc.n, "a.xml", NULL,
                              XML_PARSE_HUGE | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
    if (!d)
        bug("XML that cannot be read");
    xmlChar *attr = xmlGetProp(xmlDocGetRootElement(d), (const xmlChar *)"b");
    xmlChar *text = xmlNodeGetContent(xmlDocGetRootElement(d));
    if (strcmp((const char *)attr, buf_str(&clean)) != 0 ||
        strcmp((const char *)text, buf_str(&clean)) != 0)
        bug("XML that reads as something else");
    xmlFree(attr);
    xmlFree(text);
    xmlFreeDoc(d);
    buf_release(&doc);
    buf_release(&clean);
    buf_release(&again);
}

static void check_json(struct bytes in)
{
    struct buf b = BUF_INIT;
    struct jsonw j;
    json_error_t error;

    jsonw_begin(&j, &b, 1);
    jsonw_array(&j, NULL);
    jsonw_bytes(&j, NULL, in);
    jsonw_close(&j);
    json_t *v = json_loadb(b.s, b.n, JSON_ALLOW_NUL, &error);
    if (!v || !json_is_string(json_array_get(v, 0)))
        bug("JSON that cannot be read");
    json_decref(v);
    buf_release(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes in = bytes_of(data, size);
    struct buf plain = BUF_INIT;

    check_xml(in);
    check_json(in);
    report_put_plain(in, &plain);
    for (size_t i = 0; i < plain.n; i++) {
        if ((unsigned char)plain.s[i] < 0x20 || plain.s[i] == 0x7f)
            bug("a control character in plain text");
    }
    buf_release(&plain);
    return 0;
}
