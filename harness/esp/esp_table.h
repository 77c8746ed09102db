/* One line of Wireshark's `esp_sa` table, which gives ESP keys to Wireshark and takes them from
 * other people's captures:
 *   "IPv4","198.51.100.1","203.0.113.1","0xf3873225","AES-CBC [RFC3602]","0xKEY",
 *   "HMAC-SHA-1-96 [RFC2404]","0xKEY"
 * Fields after the eighth (sequence number length, since Wireshark 4.2) are ignored. */
#ifndef ESP_ESP_TABLE_H
#define ESP_ESP_TABLE_H

#include "base/buf.h"
#include "esp/esp.h"

/* Adds the line for P, with its newline. */
void esp_table_put(struct buf *b, const struct esp_params *p);

/* LINE without its newline. What the table does not say (window, lifetimes) is 0 in OUT.
 * ERR_END: an empty line or a comment. ERR_FORMAT, ERR_UNSUPPORTED (an algorithm or a wildcard),
 * ERR_RANGE (a key of the wrong length): WHY says which field. */
MUST_USE enum err esp_table_parse(struct bytes line, struct esp_params *out, struct diag *why);

#endif
