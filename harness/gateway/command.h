/* The command engine: everything typed at the device, or loaded as its configuration, is matched
 * against tables of rows (mode, pattern, handler). The tables are data; help reads the same rows.
 * The engine knows nothing of what commands mean.
 *
 * A pattern is words separated by blanks:
 *   lower case   a keyword (or a digit), typed in any case; may be abbreviated while it is
 *                unambiguous at its place and no argument could stand there
 *   NAME         any word up to 63 characters
 *   WORD         any word
 *   ADDR         an IPv4 address, or a name from the `name` command while `names` is on; 0: 0.0.0.0
 *   MASK         a dotted IPv4 mask of any shape; 0: 0.0.0.0
 *   IF, (IF)     an interface name that exists, bare or in parentheses
 *   TIME         h:mm:ss, in seconds
 *   LEVEL        a log level, 0..7 or its name
 *   <1-65535>    a number in that range
 *   ...          (last) the handler reads what follows from call->rest
 * Everything but keywords becomes an argument, in order. */
#ifndef GATEWAY_COMMAND_H
#define GATEWAY_COMMAND_H

#include "gateway/config.h"

/* Where a command may be typed; bits. */
enum gw_mode {
    GW_EXEC = 1,                    /* privileged: "ciscoasa#" */
    GW_CONFIG = 2,                  /* "(config)" */
    GW_CONFIG_IF = 4,               /* interface */
    GW_CONFIG_POLICY = 8,           /* crypto isakmp policy */
    GW_CONFIG_GROUP = 16,           /* tunnel-group ... ipsec-attributes */
    GW_CONFIG_CLASS = 32,           /* class-map, policy-map: accepted, not modelled */
    GW_CONFIG_TUNNEL = 1024,        /* tunnel-group ... general-attributes */
    GW_CONFIG_GROUP_POLICY = 2048,  /* group-policy ... attributes */
    GW_CONFIG_NETWORK = 4096,       /* object network */
    GW_CONFIG_NETWORK_GROUP = 8192, /* object-group network */
    GW_CONFIG_SERVICE = 16384,      /* object service */
    GW_CONFIG_IKEV2_POLICY = 32768, /* crypto ikev2 policy */
    GW_CONFIG_PROPOSAL = 65536,     /* crypto ipsec ikev2 ipsec-proposal */
    GW_CONFIG_OPAQUE = 64, /* sub-mode of a command that is not modelled: indented lines are kept */
    GW_USER = 128,         /* before `enable`: "ciscoasa>" */
};

/* Where the console stands. Starts as {.mode = GW_EXEC} or GW_CONFIG; commands move it. */
struct gw_place {
    enum gw_mode mode;
    /* interface hardware, tunnel group, object, proposal, or how an opaque mode's command began */
    char name[GW_NAME];
    unsigned number; /* policy priority */
};

enum gw_form { GW_YES = 1, GW_NO = 2, GW_BOTH = 3 };

struct gw_word {
    const char *s;
    size_t column; /* of its line, from 0 */
    int line;
};

/* Words still to be read. On a failure `at` is the offending one. */
struct gw_words {
    const struct gw_word *w;
    size_t n, at;
    bool stream;      /* the next command may follow without a line end; keywords must be whole */
    bool any_release; /* rows that this release has not are found as well */
};

struct gw_arg {
    const char *word;    /* as typed */
    uint32_t number;     /* <a-b>, TIME, LEVEL */
    struct ip_addr addr; /* ADDR, MASK */
};

#define GW_ARGS 8

struct gw_call {
    /* given by the caller */
    struct gw_config *cfg;
    const struct gw_load_options *opts; /* NULL: typed at a console */
    void *owner;                        /* the console's own, for its handlers */
    struct gw_place *place;
    struct buf *answer; /* what the device prints; lines end in LF */
    int line_no;        /* for notes */
    size_t indent;      /* columns of the prompt in front of the line, for the '^' marker */

    /* set by the engine for the handler */
    const char *line; /* the whole command */
    bool indented;    /* began with a blank: it belongs to the command before it */
    bool no;          /* "no ..." */
    int what;         /* the row's */
    struct gw_arg args[GW_ARGS];
    size_t nargs;
    struct gw_words *rest;
    bool open; /* the row ends in "...": what is in rest is the handler's */
    const struct gw_command_set *const *sets;
    size_t nsets;

    /* set by the handler */
    unsigned changed;   /* bits of enum gw_change, added to */
    bool unmodelled;    /* accepted, and nothing else */
    bool foreign;       /* refused, and a command of other releases */
    const char *remark; /* taken, but not as it stands; static text */
};

/* ERR_OK; ERR_FORMAT: the word at rest->at is wrong; ERR_SHORT: words are missing; ERR_INVALID: the
 * handler has put its own "ERROR: ..." line into the answer. On a failure nothing was changed. */
typedef enum err gw_handler(struct gw_call *call);

/* With the modes of a row: only releases with these bits of enum gw_feature have it. */
#define GW_NEEDS(features)   ((unsigned)(features) << 24)
#define GW_LACKS(modes, can) ((modes) >> 24 & ~(can))

struct gw_command {
    unsigned modes; /* bits of enum gw_mode; and GW_NEEDS */
    enum gw_form form;
    const char *pattern;
    gw_handler *run;
    int what;         /* lets one handler serve many rows */
    const char *help; /* what the command does; NULL: not shown by help */
};

struct gw_command_set {
    const struct gw_command *rows;
    size_t n;
};

/* The sets of all configuration commands. */
extern const struct gw_command_set *const gw_config_commands[];
extern const size_t gw_config_command_sets;

/* Runs one command: the words from WORDS->at on. In a sub-mode the commands of GW_CONFIG are tried
 * next, and leave the sub-mode, and in every configuration mode those of GW_EXEC, as on the device.
 * Errors are in the answer in the device's words: ERR_FORMAT, ERR_SHORT, ERR_INVALID. In a stream
 * WORDS->at is then where the next command begins. Notes go into the configuration. */
MUST_USE enum err gw_command_words(const struct gw_command_set *const *sets, size_t nsets,
                                   struct gw_words *words, struct gw_call *call);

/* The same for one typed line: splits it and runs it. Empty lines and comments ("!", ":") do
 * nothing. */
MUST_USE enum err gw_command_line(const struct gw_command_set *const *sets, size_t nsets,
                                  const char *line, struct gw_call *call);

/* What may follow LINE ("?" is the console's to strip), added to OUT: "  word  help" lines, each
 * word once, in table order, and "  <cr>" where the command may end. When LINE ends in a blank, or
 * is empty, the next word; else the words that begin as its last one does. Only cfg and place of
 * CALL are read. */
void gw_command_help(const struct gw_command_set *const *sets, size_t nsets,
                     const struct gw_call *call, const char *line, struct buf *out);

#define GW_LINE_MAX  1024 /* longer lines are refused */
#define GW_WORDS_MAX (GW_LINE_MAX / 2)

#endif
