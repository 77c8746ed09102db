/* Escaping for XML 1.0. No CDATA anywhere: a "]]>" would split it, and some readers of JUnit drop
 * text that stands beside it. */
#include "report/report.h"

static void put_escaped(struct bytes in, bool attr, struct buf *out)
{
    struct buf clean = BUF_INIT;

    xml_clean(in, &clean);
    for (size_t i = 0; i < clean.n; i++) {
        char c = clean.s[i];
        if (c == '&')
            buf_adds(out, "&amp;");
        else if (c == '<')
            buf_adds(out, "&lt;");
        else if (c == '>')
            buf_adds(out, "&gt;");
        else if (c == '\r' || (attr && (c == '\n' || c == '\t')))
            buf_addf(out, "&#%d;", c); /* else a parser makes a line end or a blank of it */
        else if (c == '"' && attr)
            buf_adds(out, "&quot;");
        else
            buf_addc(out, c);
    }
    buf_release(&clean);
}

void xml_put_attr(struct bytes in, struct buf *out)
{
    put_escaped(in, true, out);
}

void xml_put_text(struct bytes in, struct buf *out)
{
    put_escaped(in, false, out);
}
