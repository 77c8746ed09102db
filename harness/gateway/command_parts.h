/* What the command files share: reading words, and the tables. Not for others: use
 * gateway/command.h. */
#ifndef GATEWAY_COMMAND_PARTS_H
#define GATEWAY_COMMAND_PARTS_H

#include "gateway/command.h"

/* --- words, for handlers whose pattern ends in "..." --------------------------------------- */

/* The next word without taking it; NULL at the end. */
const char *gw_peek(const struct gw_words *w);

/* Takes the next word if it is the keyword KW, or may stand for it. */
bool gw_take_if(struct gw_words *w, const char *kw);

/* Takes one of the N keywords. ERR_SHORT, ERR_FORMAT. */
MUST_USE enum err gw_take_keyword(struct gw_words *w, const char *const *kws, size_t n,
                                  size_t *index);

MUST_USE enum err gw_take_word(struct gw_words *w, const char **out);
MUST_USE enum err gw_take_name(struct gw_words *w, const char **out); /* fits GW_NAME */
MUST_USE enum err gw_take_number(struct gw_words *w, uint32_t lo, uint32_t hi, uint32_t *out);
MUST_USE enum err gw_take_addr(struct gw_words *w, const struct gw_config *c, struct ip_addr *out);
MUST_USE enum err gw_take_mask(struct gw_words *w, struct ip_addr *out);

/* ERR_OK when the command may end here. */
MUST_USE enum err gw_end(const struct gw_words *w);

/* Splits a line shorter than GW_LINE_MAX; the words point into COPY. Returns their number. */
size_t gw_command_split(const char *line, char copy[static GW_LINE_MAX],
                        struct gw_word words[static GW_WORDS_MAX], int line_no);

/* --- values -------------------------------------------------------------------------------- */

bool gw_parse_number(const char *s, uint32_t lo, uint32_t hi, uint32_t *out);
bool gw_parse_time(const char *s, uint32_t *seconds); /* "1:00:00", "0:5:0", "0" */
bool gw_parse_level(const char *s, uint32_t *level);  /* "6", "informational", "info" */
bool gw_parse_addr(const char *s, const struct gw_config *c, struct ip_addr *out);
bool gw_parse_mask(const char *s, struct ip_addr *out);
bool gw_parse_addr6(const char *s, struct ip_addr *out); /* an IPv6 address, nothing else */
bool gw_parse_net6(const char *s, struct ip_net *out);   /* "2001:db8::1/64" */
bool gw_prefix_of(const char *word, const char *kw);     /* the first letters of KW, in any case */

/* --- answers ------------------------------------------------------------------------------- */

/* Prints "ERROR: ..." and gives ERR_INVALID. */
MUST_USE enum err gw_refuse(struct gw_call *call, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* The device's words for a command it does not take; E and BAD as in struct gw_match. The marker
 * stands under the word's first letter. Gives ERR_FORMAT or ERR_SHORT. */
MUST_USE enum err gw_command_complain(struct gw_call *call, struct gw_words *words, enum err e,
                                      size_t bad);

/* --- matching ------------------------------------------------------------------------------ */

struct gw_match {
    const struct gw_command *row; /* NULL: none */
    bool no;
    size_t used;  /* words of the row, from words->at on, "no" included */
    enum err err; /* without a row: ERR_FORMAT, ERR_SHORT, ERR_EXISTS (ambiguous) */
    size_t bad;   /* without a row: index of the offending word */
};

/* The row of MODES that the words mean. */
struct gw_match gw_command_match(const struct gw_command_set *const *sets, size_t nsets,
                                 unsigned modes, const struct gw_config *c,
                                 const struct gw_words *words);

/* Fills call->args from the words that ROW matched. */
void gw_command_bind(const struct gw_command *row, const struct gw_config *c,
                     const struct gw_words *words, struct gw_call *call);

/* Takes the next word off PATTERN; an empty view at its end. */
struct bytes gw_pattern_next(const char **pattern);
bool gw_pattern_is_keyword(struct bytes p);
bool gw_pattern_is_open(const char *pattern); /* ends in "..." */

/* Whether the word can stand for this part of a pattern (a keyword in full or abbreviated). */
bool gw_pattern_accepts(struct bytes p, const char *word, const struct gw_config *c,
                        struct gw_arg *arg);

/* True when WORD is the whole first keyword of a row of MODES. */
bool gw_command_begins(const struct gw_command_set *const *sets, size_t nsets, unsigned modes,
                       const char *word);

/* --- rows that only accept ----------------------------------------------------------------- */

/* Takes what follows and notes the command as not modelled. WHAT: the mode it enters, or 0. */
gw_handler gw_accept;

/* --- the tables ---------------------------------------------------------------------------- */

extern const struct gw_command_set gw_basic_commands, gw_interface_commands, gw_acl_commands,
    gw_route_commands, gw_timeout_commands, gw_sysopt_commands, gw_ipsec_commands, gw_map_commands,
    gw_isakmp_commands, gw_group_commands, gw_logging_commands, gw_logging_filter_commands,
    gw_policy_commands, gw_access_commands, gw_ipv6_commands, gw_remote_commands, gw_nat_commands,
    gw_object_commands, gw_net_group_commands, gw_accepted_commands, gw_clear_config_commands,
    gw_ikev2_commands;

/* Adds or removes an entry of an access list; SIX: of `ipv6 access-list`. */
MUST_USE enum err gw_set_access_entry(struct gw_call *call, bool six);

#endif
