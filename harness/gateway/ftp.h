/* Lines of an FTP control channel that name a data connection's end: PORT and 227 (RFC 959), EPRT
 * and 229 (RFC 2428). Nothing else of FTP is understood. */
#ifndef GATEWAY_FTP_H
#define GATEWAY_FTP_H

#include "wire/addr.h"

#define FTP_LINE_MAX 256 /* bytes of a line with its end; longer ones are not looked at */
#define FTP_TEXT     64  /* longest text of an end, with its NUL */

enum ftp_kind { FTP_OTHER, FTP_PORT, FTP_EPRT, FTP_PASV /* 227 */, FTP_EPSV /* 229 */ };

struct ftp_line {
    enum ftp_kind kind;
    struct endpoint at; /* EPSV: family 0, the sender's own address */
    size_t from, to;    /* where in the line the end stands: [from, to) */
    char delimiter;     /* EPRT, EPSV */
};

/* Takes LINE apart, its CR LF or LF included. OTHER where it names no end, or one that breaks the
 * format: numbers past 255, ports 0 or past 65535, addresses of no family. */
void ftp_parse(struct bytes line, bool from_client, struct ftp_line *out);

/* True when PART, the beginning of a line, may become one that names an end. */
bool ftp_may_name_end(struct bytes part, bool from_client);

/* The text to stand at [from, to) for the end E. Returns its length. */
size_t ftp_format(const struct ftp_line *l, const struct endpoint *e, char out[static FTP_TEXT]);

#endif
