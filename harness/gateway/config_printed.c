/* A configuration as printed in a document: wrapped anywhere, with blank lines, comments in the
 * middle of lines, and words broken at hyphens. The commands are found by their own grammar. */
#include "base/mem.h"
#include "gateway/command_parts.h"
#include "gateway/config_load.h"
#include "gateway/config_parts.h"

#include <stdio.h>

struct word_list {
    char *text; /* all words, each with its NUL */
    struct gw_word *w;
    size_t n;
};

static bool is_blank(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\0' || c == '\f';
}

/* Splits at blanks; a word that ends in a hyphen at the end of its line goes on in the next. */
static void split(struct bytes in, struct word_list *out)
{
    size_t at = 0, line = 1;
    bool joins = false;

    *out = (struct word_list){.text = mem_zalloc(in.n + 1)};
    for (size_t i = 0; i < in.n;) {
        if (is_blank(in.p[i])) {
            line += in.p[i++] == '\n';
            continue;
        }
        size_t start = i;
        while (i < in.n && !is_blank(in.p[i]))
            i++;
        if (joins) {
            at--; /* over the NUL of the first half */
        } else {
            struct gw_word *w = gw_list_add((void **)&out->w, &out->n, sizeof(*w));
            *w = (struct gw_word){out->text + at, 0, (int)line};
        }
        memcpy(out->text + at, in.p + start, i - start);
        at += i - start + 1;
        size_t eol = i;
        while (eol < in.n && (in.p[eol] == ' ' || in.p[eol] == '\r'))
            eol++;
        joins = in.p[i - 1] == '-' && i - start > 1 && eol < in.n && in.p[eol] == '\n' &&
                in.p[start] != '!';
    }
}

static bool is(const struct word_list *l, size_t i, const char *word)
{
    return i < l->n && strcmp(l->w[i].s, word) == 0;
}

/* Length of the comment at I, or 0: "!", "!---Output Suppressed", "!--- A sentence." */
static size_t comment(const struct word_list *l, size_t i)
{
    const char *s = l->w[i].s;

    if (s[0] != '!')
        return strncmp(s, "Cryptochecksum:", 15) == 0;
    if (strncmp(s, "!---", 4) != 0)
        return 1;
    if (is(l, i + 1, "Suppressed"))
        return 2;
    for (size_t end = i + 1; end < l->n; end++) {
        const char *w = l->w[end].s;
        if (w[0] == '!') /* no full stop: up to the next comment */
            return end - i;
        if (w[strlen(w) - 1] == '.')
            return end + 1 - i;
    }
    return l->n - i;
}

/* Leaves only the words of commands: from "ASA Version" to ": end", without comments. */
static void trim(struct word_list *l)
{
    size_t kept = 0, i = 0;

    while (i < l->n && !(is(l, i, "ASA") && is(l, i + 1, "Version")))
        i++;
    if (i == l->n)
        i = 0;
    while (i < l->n && !(is(l, i, ":") && is(l, i + 1, "end"))) {
        size_t skip = comment(l, i);
        if (skip)
            i += skip;
        else
            l->w[kept++] = l->w[i++];
    }
    l->n = kept;
}

/* The words around the one that was refused, on one line, with columns for the marker. */
static enum err refuse(struct gw_load *l, const struct gw_call *call, struct word_list *words,
                       size_t start, size_t bad)
{
    struct buf line = BUF_INIT;
    size_t column = 0;
    int line_no = words->w[bad < words->n ? bad : start].line;

    for (size_t i = start; i < words->n && i <= bad + 1 && line.n < 160; i++) {
        if (i == bad)
            column = line.n + (i > start);
        buf_addf(&line, "%s%s", i > start ? " " : "", words->w[i].s);
    }
    if (buf_str(&l->answer)[0] == ' ' || buf_str(&l->answer)[0] == '^') { /* has a marker */
        buf_clear(&l->answer);
        gw_refusal_put(call->cfg->profile, buf_str(&line), column, &l->answer);
    }
    enum err e = gw_load_finish(l, call, ERR_INVALID, line_no, buf_str(&line));
    buf_release(&line);
    return e;
}

/* Tells of the command that begins at START and, refused, goes on behind it where the next one
 * seems to begin. */
static enum err tell(const struct gw_load *l, struct gw_call *call, struct gw_words *words,
                     size_t start, size_t notes, enum err e)
{
    size_t end = e ? words->at + 1 : words->at;
    struct buf text = BUF_INIT;

    for (size_t i = start; i < end && i < words->n; i++)
        buf_addf(&text, "%s%s", i > start ? " " : "", words->w[i].s);
    for (words->at = e ? (end > start ? end : start + 1) : end; e && words->at < words->n;
         words->at++) {
        if (gw_command_begins(gw_config_commands, gw_config_command_sets,
                              call->place->mode | GW_CONFIG, words->w[words->at].s))
            break;
    }
    e = gw_load_tell(l, call, notes, e, buf_str(&text));
    buf_release(&text);
    return e;
}

enum err gw_load_printed(struct gw_load *l, struct gw_call *call, struct bytes text)
{
    struct word_list list;
    enum err e = ERR_OK;

    split(text, &list);
    trim(&list);
    struct gw_words words = {.w = list.w, .n = list.n, .stream = true};
    while (!e && words.at < words.n) {
        size_t start = words.at;
        buf_clear(&l->answer);
        call->line = "";
        call->line_no = list.w[start].line;
        size_t notes = call->cfg->nnotes;
        e = gw_command_words(gw_config_commands, gw_config_command_sets, &words, call);
        if (call->opts->each)
            e = tell(l, call, &words, start, notes, e);
        if (!e)
            e = gw_load_finish(l, call, e, call->line_no, "");
        else
            e = refuse(l, call, &list, start, words.at);
    }
    mem_free(list.w);
    mem_free(list.text);
    return e;
}
