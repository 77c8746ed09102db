/* Output filters of show commands: `| include RE`, `| exclude RE`, `| begin RE`, `| grep [-v] RE`.
 *
 * Regular expressions as far as an ASA's filters need them: any character but the special ones,
 * `.`, `[a-z]`, `[^a-z]`, `\` before a special one, `*` `+` `?` behind one of these, `^` and `$` at
 * the ends, `|` between whole expressions. Not modelled: groups; parentheses are ordinary. */
#ifndef GATEWAY_CONSOLE_FILTER_H
#define GATEWAY_CONSOLE_FILTER_H

#include "base/buf.h"

#include <stdbool.h>

/* Whether RE is found anywhere in TEXT (N bytes). Costs a bounded number of steps: an expression
 * that would need more finds nothing. An empty RE is found everywhere. */
bool gw_regex_finds(const char *re, const char *text, size_t n);

enum gw_filter_kind { GW_FILTER_INCLUDE, GW_FILTER_EXCLUDE, GW_FILTER_BEGIN };

struct gw_filter {
    enum gw_filter_kind kind;
    const char *re; /* points into the line */
};

enum gw_filter_split {
    GW_FILTER_NONE, /* no bar */
    GW_FILTER_FOUND,
    GW_FILTER_BAD /* a bar, and behind it no filter; *BAD: column of the offending word */
};

/* Finds the filter in a command LINE; COMMAND_LEN: what stands before the bar. */
enum gw_filter_split gw_filter_of(const char *line, struct gw_filter *out, size_t *command_len,
                                  size_t *bad);

/* The lines of TEXT that pass, added to OUT. */
void gw_filter_apply(const struct gw_filter *f, struct bytes text, struct buf *out);

#endif
