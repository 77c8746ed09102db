#include "gateway/ftp.h"

#include "wire/scan.h"

#include <stdio.h>

/* --- reading -----------------------------------------------------------------------------------
 */

static bool is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

/* Keyword KW and a blank at the front of B, in either case. */
static bool take_word(struct bytes *b, const char *kw)
{
    size_t n = strlen(kw);

    if (b->n <= n || b->p[n] != ' ' || !scan_is_nocase(bytes_head(*b, n), kw))
        return false;
    *b = bytes_from(*b, n + 1);
    while (b->n && b->p[0] == ' ')
        *b = bytes_from(*b, 1);
    return true;
}

/* h1,h2,h3,h4,p1,p2 */
static bool take_six(struct bytes *b, struct endpoint *out)
{
    uint64_t n[6];

    for (int i = 0; i < 6; i++) {
        if ((i > 0 && !scan_lit(b, ",")) || !scan_u64(b, &n[i]) || n[i] > 255)
            return false;
    }
    out->addr = ip4((uint32_t)(n[0] << 24 | n[1] << 16 | n[2] << 8 | n[3]));
    out->port = (uint16_t)(n[4] << 8 | n[5]);
    return out->port != 0;
}

static bool at_end(struct bytes b)
{
    return scan_trim(b).n == 0;
}

static bool parse_port(struct bytes line, struct ftp_line *l)
{
    struct bytes b = line;

    if (!take_word(&b, "PORT"))
        return false;
    l->from = line.n - b.n;
    if (!take_six(&b, &l->at))
        return false;
    l->to = line.n - b.n;
    return at_end(b);
}

/* "227 Entering Passive Mode (h1,h2,h3,h4,p1,p2).": where the numbers begin is not fixed (RFC 1123,
 * 4.1.2.6), so they are looked for. */
static bool parse_227(struct bytes line, struct ftp_line *l)
{
    struct bytes b = line;

    if (!take_word(&b, "227"))
        return false;
    for (; b.n; b = bytes_from(b, 1)) {
        struct bytes six = b;
        bool begins = is_digit(b.p[0]) && !is_digit(b.p[-1]);
        l->from = line.n - b.n;
        if (!begins || !take_six(&six, &l->at) || (six.n && is_digit(six.p[0])))
            continue;
        l->to = line.n - six.n;
        return true;
    }
    return false;
}

static bool take_delimiter(struct bytes *b, char d)
{
    if (!b->n || b->p[0] != (uint8_t)d)
        return false;
    *b = bytes_from(*b, 1);
    return true;
}

/* The bytes before the next D, and D itself. */
static bool take_field(struct bytes *b, char d, struct bytes *out)
{
    size_t n = 0;

    while (n < b->n && b->p[n] != (uint8_t)d)
        n++;
    if (n == b->n)
        return false;
    *out = bytes_head(*b, n);
    *b = bytes_from(*b, n + 1);
    return true;
}

static bool take_port(struct bytes field, uint16_t *port)
{
    uint64_t n;

    if (!scan_u64(&field, &n) || field.n || n == 0 || n > UINT16_MAX)
        return false;
    *port = (uint16_t)n;
    return true;
}

static bool read_delimiter(struct bytes *b, char *d)
{
    if (!b->n || b->p[0] < 33 || b->p[0] > 126 || is_digit(b->p[0]))
        return false;
    *d = (char)b->p[0];
    *b = bytes_from(*b, 1);
    return true;
}

/* EPRT |1|132.235.1.2|6275| */
static bool parse_eprt(struct bytes line, struct ftp_line *l)
{
    struct bytes b = line, proto, addr, port;

    if (!take_word(&b, "EPRT") || !read_delimiter(&b, &l->delimiter))
        return false;
    l->from = line.n - b.n;
    if (!take_field(&b, l->delimiter, &proto) || !take_field(&b, l->delimiter, &addr) ||
        !take_field(&b, l->delimiter, &port) || !take_port(port, &l->at.port))
        return false;
    l->to = line.n - b.n - 1; /* the last delimiter stays */
    l->at.addr = scan_addr(addr);
    return at_end(b) && ((scan_is(proto, "1") && l->at.addr.family == 4) ||
                         (scan_is(proto, "2") && l->at.addr.family == 6));
}

/* 229 Entering Extended Passive Mode (|||6446|) */
static bool parse_229(struct bytes line, struct ftp_line *l)
{
    struct bytes b = line, before, port;

    if (!take_word(&b, "229") || !scan_before(&b, "(", &before) ||
        !read_delimiter(&b, &l->delimiter) || !take_delimiter(&b, l->delimiter) ||
        !take_delimiter(&b, l->delimiter))
        return false;
    l->from = line.n - b.n;
    if (!take_field(&b, l->delimiter, &port) || !take_port(port, &l->at.port))
        return false;
    l->to = line.n - b.n - 1;
    return b.n && b.p[0] == ')';
}

void ftp_parse(struct bytes line, bool from_client, struct ftp_line *out)
{
    static const struct {
        bool client;
        enum ftp_kind kind;
        bool (*parse)(struct bytes line, struct ftp_line *l);
    } forms[] = {{true, FTP_PORT, parse_port},
                 {true, FTP_EPRT, parse_eprt},
                 {false, FTP_PASV, parse_227},
                 {false, FTP_EPSV, parse_229}};

    for (size_t i = 0; i < COUNT(forms); i++) {
        struct ftp_line l = {.kind = forms[i].kind};
        if (forms[i].client == from_client && forms[i].parse(line, &l)) {
            *out = l;
            return;
        }
    }
    *out = (struct ftp_line){.kind = FTP_OTHER};
}

bool ftp_may_name_end(struct bytes part, bool from_client)
{
    static const char *const commands[] = {"PORT ", "EPRT "}, *const replies[] = {"227 ", "229 "};
    const char *const *words = from_client ? commands : replies;

    for (size_t i = 0; i < 2; i++) {
        char begin[8] = "";
        size_t n = part.n < strlen(words[i]) ? part.n : strlen(words[i]);
        memcpy(begin, words[i], n);
        if (n && scan_is_nocase(bytes_head(part, n), begin))
            return true;
    }
    return false;
}

/* --- writing -----------------------------------------------------------------------------------
 */

size_t ftp_format(const struct ftp_line *l, const struct endpoint *e, char out[static FTP_TEXT])
{
    const uint8_t *a = e->addr.b;
    char addr[IP_ADDR_TEXT], d = l->delimiter;
    int n;

    if (l->kind == FTP_EPSV)
        n = snprintf(out, FTP_TEXT, "%u", e->port);
    else if (l->kind == FTP_EPRT)
        n = snprintf(out, FTP_TEXT, "%d%c%s%c%u", e->addr.family == 6 ? 2 : 1, d,
                     ip_addr_format(&e->addr, addr), d, e->port);
    else
        n = snprintf(out, FTP_TEXT, "%u,%u,%u,%u,%u,%u", a[0], a[1], a[2], a[3], e->port >> 8,
                     e->port & 0xff);
    return (size_t)n;
}
