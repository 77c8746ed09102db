/* "?": what may follow, from the same rows that commands are matched against. */
#include "gateway/command_parts.h"

#include "wire/scan.h"

struct seen {
    struct bytes words[256];
    size_t n;
    bool end; /* the command may end here */
};

static bool was_shown(struct seen *s, struct bytes p)
{
    for (size_t i = 0; i < s->n; i++) {
        if (bytes_eq(s->words[i], p))
            return true;
    }
    if (s->n < COUNT(s->words))
        s->words[s->n++] = p;
    return false;
}

/* What stands for an argument in help. */
static const char *argument_name(struct bytes p)
{
    static const struct {
        const char *pattern, *shown;
    } names[] = {{"ADDR", "A.B.C.D"}, {"MASK", "A.B.C.D"},   {"IF", "WORD"},    {"(IF)", "(WORD)"},
                 {"NAME", "WORD"},    {"TIME", "<h:mm:ss>"}, {"LEVEL", "<0-7>"}};

    for (size_t i = 0; i < COUNT(names); i++) {
        if (scan_is(p, names[i].pattern))
            return names[i].shown;
    }
    return NULL;
}

static void show(struct seen *s, struct bytes p, const char *help, struct buf *out)
{
    const char *shown = argument_name(p);
    char text[64];

    if (was_shown(s, p))
        return;
    struct bytes name = shown ? bytes_str(shown) : scan_is(p, "...") ? bytes_str("LINE") : p;
    name = bytes_head(name, sizeof(text) - 1);
    memcpy(text, name.p, name.n);
    text[name.n] = '\0';
    buf_addf(out, "  %-16s  %s\n", text, help);
}

/* The row's next word after WORDS; an empty view when it ends there or does not fit. */
static struct bytes next_of(const struct gw_command *row, const struct gw_words *words,
                            const struct gw_config *c, bool *fits)
{
    const char *pattern = row->pattern;

    for (size_t i = words->at;; i++) {
        struct bytes p = gw_pattern_next(&pattern);
        *fits = true;
        if (i == words->n || scan_is(p, "..."))
            return p;
        *fits = p.n && gw_pattern_accepts(p, words->w[i].s, c, NULL);
        if (!*fits)
            return (struct bytes){0};
    }
}

static void help_mode(const struct gw_command_set *const *sets, size_t nsets, unsigned mode,
                      const struct gw_words *words, const char *partial, const struct gw_config *c,
                      struct seen *seen, struct buf *out)
{
    bool no = words->n > 0 && strcmp(words->w[0].s, "no") == 0;
    struct gw_words w = {.w = words->w, .n = words->n, .at = no};

    for (size_t i = 0; i < nsets; i++) {
        for (size_t r = 0; r < sets[i]->n; r++) {
            const struct gw_command *row = &sets[i]->rows[r];
            bool fits;
            if (!(row->modes & mode) || !(row->form & (no ? GW_NO : GW_YES)) || !row->help ||
                GW_LACKS(row->modes, c->profile->can))
                continue;
            struct bytes p = next_of(row, &w, c, &fits);
            if (!fits)
                continue;
            if (!p.n)
                seen->end |= !partial;
            else if (!partial || scan_is(p, "...") || gw_pattern_accepts(p, partial, c, NULL))
                show(seen, p, row->help, out);
        }
    }
}

void gw_command_help(const struct gw_command_set *const *sets, size_t nsets,
                     const struct gw_call *call, const char *line, struct buf *out)
{
    char copy[GW_LINE_MAX];
    struct gw_word w[GW_WORDS_MAX];
    struct gw_words words = {.w = w};
    struct seen seen = {.n = 0};
    const char *partial = NULL;
    size_t len = strlen(line);

    if (len >= GW_LINE_MAX)
        return;
    words.n = gw_command_split(line, copy, w, 0);
    if (words.n && line[len - 1] != ' ')
        partial = w[--words.n].s;
    help_mode(sets, nsets, call->place->mode, &words, partial, call->cfg, &seen, out);
    if (call->place->mode != GW_EXEC && call->place->mode != GW_CONFIG)
        help_mode(sets, nsets, GW_CONFIG, &words, partial, call->cfg, &seen, out);
    if (seen.end)
        buf_adds(out, "  <cr>\n");
}
