#include "gateway/command.h"

#include "gateway/command_parts.h"
#include "gateway/config_parts.h"

#include <stdarg.h>
#include <stdio.h>

#define CONFIG_MODES                                                                               \
    (GW_CONFIG | GW_CONFIG_IF | GW_CONFIG_POLICY | GW_CONFIG_GROUP | GW_CONFIG_TUNNEL |            \
     GW_CONFIG_GROUP_POLICY | GW_CONFIG_CLASS | GW_CONFIG_NETWORK | GW_CONFIG_NETWORK_GROUP |      \
     GW_CONFIG_SERVICE | GW_CONFIG_IKEV2_POLICY | GW_CONFIG_PROPOSAL | GW_CONFIG_OPAQUE)

enum err gw_refuse(struct gw_call *call, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    buf_adds(call->answer, "ERROR: ");
    buf_vaddf(call->answer, fmt, ap);
    buf_addc(call->answer, '\n');
    va_end(ap);
    return ERR_INVALID;
}

static const struct gw_profile *profile_of(const struct gw_call *call)
{
    return call->cfg ? call->cfg->profile
                     : gw_profile_find(GW_PLATFORM_ASA, (struct gw_version){8, 2, 1});
}

enum err gw_command_complain(struct gw_call *call, struct gw_words *words, enum err e, size_t bad)
{
    const struct gw_profile *p = profile_of(call);
    bool ios = p->refusal == GW_REFUSAL_IOS;

    words->at = bad;
    if (e == ERR_SHORT || bad >= words->n) {
        buf_adds(call->answer, ios ? "% Incomplete command.\n\n" : "ERROR: % Incomplete command\n");
        return ERR_SHORT;
    }
    if (e == ERR_EXISTS) {
        buf_addf(call->answer, "%s%% Ambiguous command:  \"%s\"\n",
                 ios ? "" : "ERROR: ", words->w[bad].s);
        return ERR_FORMAT;
    }
    gw_refusal_put(p, call->line ? call->line : "", call->indent + words->w[bad].column,
                   call->answer);
    return ERR_FORMAT;
}

/* Modes in the order in which a command is looked for, best place first. */
static size_t modes_of(enum gw_mode m, enum gw_mode out[static 3])
{
    size_t n = 0;

    out[n++] = m;
    if (m != GW_CONFIG && (m & CONFIG_MODES))
        out[n++] = GW_CONFIG;
    if (m & CONFIG_MODES)
        out[n++] = GW_EXEC;
    return n;
}

static enum err run_row(const struct gw_match *m, enum gw_mode found_in, struct gw_words *words,
                        struct gw_call *call)
{
    struct gw_place before = *call->place;

    call->no = m->no;
    call->what = m->row->what;
    call->unmodelled = false;
    call->remark = NULL;
    call->rest = words;
    call->open = gw_pattern_is_open(m->row->pattern);
    gw_command_bind(m->row, call->cfg, words, call);
    words->at += m->used;
    if (found_in == GW_CONFIG)
        *call->place = (struct gw_place){.mode = GW_CONFIG}; /* leaves a sub-mode */
    enum err e = m->row->run(call);
    if (e) {
        *call->place = before;
        return e;
    }
    if (call->remark && call->opts && call->opts->strict)
        return gw_refuse(call, "%s", call->remark);
    return ERR_OK;
}

/* The command's own words: in a stream they have no line. */
static void keep_note(const struct gw_call *call, const struct gw_words *words, size_t start)
{
    struct buf text = BUF_INIT;

    if (!call->unmodelled && !call->remark)
        return;
    for (size_t i = start; words->stream && i < words->at; i++)
        buf_addf(&text, "%s%s", i > start ? " " : "", words->w[i].s);
    gw_config_note(call->cfg, words->w[start].line, words->stream ? buf_str(&text) : call->line,
                   call->remark);
    buf_release(&text);
}

/* Modes are asked from the best place on. A later one only wins with a row where there was none,
 * or, in a stream, with a longer one; among failures the one that went furthest is reported. */
static bool better(const struct gw_match *m, const struct gw_match *best, bool first)
{
    if (first)
        return true;
    if (m->row)
        return !best->row || m->used > best->used;
    return !best->row && m->bad > best->bad;
}

/* Whether the words are a command of other releases: then they are skipped, so that a configuration
 * without line ends can go on behind them. */
static bool skip_foreign(const struct gw_command_set *const *sets, size_t nsets,
                         const enum gw_mode *modes, size_t n, struct gw_words *words,
                         const struct gw_config *c)
{
    for (size_t i = 0; i < n; i++) {
        words->any_release = true;
        struct gw_match m = gw_command_match(sets, nsets, modes[i], c, words);
        words->any_release = false;
        if (!m.row)
            continue;
        words->at = words->stream ? words->at + m.used : words->n;
        return true;
    }
    return false;
}

/* Group policies have more attributes than can be named here: in a configuration, where they are
 * indented, the others are taken as well. */
static bool is_unknown_attribute(const struct gw_command_set *const *sets, size_t nsets,
                                 const struct gw_words *words, const struct gw_call *call)
{
    const char *first = gw_peek(words);

    return call->place->mode == GW_CONFIG_GROUP_POLICY && call->indented && !words->stream &&
           strcmp(first, "no") != 0 &&
           !gw_command_begins(sets, nsets, GW_CONFIG_GROUP_POLICY, first);
}

enum err gw_command_words(const struct gw_command_set *const *sets, size_t nsets,
                          struct gw_words *words, struct gw_call *call)
{
    enum gw_mode modes[3];
    size_t n = modes_of(call->place->mode, modes);
    struct gw_match best = {0};
    enum gw_mode found_in = GW_CONFIG;
    size_t start = words->at;

    call->sets = sets;
    call->nsets = nsets;
    if (call->place->mode == GW_CONFIG_OPAQUE && call->indented && !words->stream) {
        gw_config_note(call->cfg, call->line_no, call->line, NULL);
        words->at = words->n;
        return ERR_OK;
    }
    for (size_t i = 0; i < n; i++) {
        struct gw_match m = gw_command_match(sets, nsets, modes[i], call->cfg, words);
        if (better(&m, &best, i == 0)) {
            best = m;
            found_in = modes[i];
        }
        if (best.row && !words->stream)
            break;
    }
    call->foreign = false;
    if (!best.row && is_unknown_attribute(sets, nsets, words, call)) {
        gw_config_note(call->cfg, call->line_no, call->line, NULL);
        words->at = words->n;
        return ERR_OK;
    }
    if (!best.row) {
        enum err e = gw_command_complain(call, words, best.err, best.bad);
        words->at = start;
        call->foreign = skip_foreign(sets, nsets, modes, n, words, call->cfg);
        if (!call->foreign)
            words->at = best.bad;
        return e;
    }
    enum err e = run_row(&best, found_in, words, call);
    if (!e)
        keep_note(call, words, start);
    return e == ERR_FORMAT || e == ERR_SHORT ? gw_command_complain(call, words, e, words->at) : e;
}

size_t gw_command_split(const char *line, char copy[static GW_LINE_MAX],
                        struct gw_word words[static GW_WORDS_MAX], int line_no)
{
    size_t n = 0;

    for (size_t i = 0;; i++) {
        bool blank = line[i] == ' ' || line[i] == '\t' || line[i] == '\r' || line[i] == '\n';
        copy[i] = blank ? '\0' : line[i];
        if (line[i] == '\0')
            return n;
        if (!blank && (i == 0 || copy[i - 1] == '\0'))
            words[n++] = (struct gw_word){copy + i, i, line_no};
    }
}

enum err gw_command_line(const struct gw_command_set *const *sets, size_t nsets, const char *line,
                         struct gw_call *call)
{
    char copy[GW_LINE_MAX];
    struct gw_word w[GW_WORDS_MAX];
    struct gw_words words = {.w = w};

    if (strlen(line) >= GW_LINE_MAX)
        return gw_refuse(call, "%% Command line is longer than %d characters", GW_LINE_MAX - 1);
    words.n = gw_command_split(line, copy, w, call->line_no);
    if (words.n == 0 || w[0].s[0] == '!' || w[0].s[0] == ':')
        return ERR_OK;
    call->line = line + w[0].column;
    call->indented = w[0].column > 0;
    return gw_command_words(sets, nsets, &words, call);
}

enum err gw_accept(struct gw_call *call)
{
    struct gw_words *w = call->rest;
    unsigned modes = call->place->mode | GW_CONFIG;

    /* in a stream the command goes on to the next word that begins one */
    while (call->open && w->at < w->n &&
           !(w->stream && gw_command_begins(call->sets, call->nsets, modes, w->w[w->at].s)))
        w->at++;
    call->unmodelled = true;
    if (call->what && !call->no) {
        *call->place = (struct gw_place){.mode = (enum gw_mode)call->what};
        snprintf(call->place->name, sizeof(call->place->name), "%.*s", GW_NAME - 1,
                 call->line ? call->line : "");
    }
    return ERR_OK;
}
