/* Finding the row that a line means: all rows of the mode go forward word by word, and those that
 * do not accept the word drop out. */
#include "gateway/command_parts.h"

#include "wire/scan.h"

#define ROWS_MAX 512

struct bytes gw_pattern_next(const char **pattern)
{
    const char *p = *pattern;

    while (*p == ' ')
        p++;
    const char *end = p;
    while (*end && *end != ' ')
        end++;
    *pattern = end;
    return bytes_of(p, (size_t)(end - p));
}

bool gw_pattern_is_keyword(struct bytes p)
{
    return p.n && !(p.p[0] >= 'A' && p.p[0] <= 'Z') && p.p[0] != '<' && p.p[0] != '(' &&
           p.p[0] != '.';
}

bool gw_pattern_is_open(const char *pattern)
{
    size_t n = strlen(pattern);

    return n >= 3 && strcmp(pattern + n - 3, "...") == 0;
}

static bool accepts_keyword(struct bytes kw, const char *word, bool whole)
{
    size_t n = strlen(word);

    if (n == 0 || n > kw.n || (whole && n != kw.n))
        return false;
    for (size_t i = 0; i < n; i++) {
        char c = word[i] >= 'A' && word[i] <= 'Z' ? (char)(word[i] | 0x20) : word[i];
        if ((uint8_t)c != kw.p[i])
            return false;
    }
    return true;
}

static bool accepts_range(struct bytes p, const char *word, uint32_t *number)
{
    uint64_t lo, hi;

    if (!scan_lit(&p, "<") || !scan_u64(&p, &lo) || !scan_lit(&p, "-") || !scan_u64(&p, &hi) ||
        !scan_is(p, ">"))
        bug("malformed range in a command pattern");
    return gw_parse_number(word, (uint32_t)lo, (uint32_t)hi, number);
}

static bool accepts_interface(const char *word, bool parens, const struct gw_config *c)
{
    char name[GW_NAME];
    size_t n = strlen(word);

    if (parens) {
        if (n < 3 || word[0] != '(' || word[n - 1] != ')')
            return false;
        word++;
        n -= 2;
    }
    if (n == 0 || n >= GW_NAME)
        return false;
    memcpy(name, word, n);
    name[n] = '\0';
    return gw_config_interface(c, name) != NULL;
}

bool gw_pattern_accepts(struct bytes p, const char *word, const struct gw_config *c,
                        struct gw_arg *arg)
{
    struct gw_arg a = {.word = word};
    bool ok;

    if (gw_pattern_is_keyword(p))
        return accepts_keyword(p, word, false);
    if (p.p[0] == '<')
        ok = accepts_range(p, word, &a.number);
    else if (scan_is(p, "NAME"))
        ok = strlen(word) < GW_NAME;
    else if (scan_is(p, "WORD"))
        ok = true;
    else if (scan_is(p, "ADDR"))
        ok = gw_parse_addr(word, c, &a.addr);
    else if (scan_is(p, "MASK"))
        ok = gw_parse_mask(word, &a.addr);
    else if (scan_is(p, "IF"))
        ok = accepts_interface(word, false, c);
    else if (scan_is(p, "(IF)"))
        ok = accepts_interface(word, true, c);
    else if (scan_is(p, "TIME"))
        ok = gw_parse_time(word, &a.number);
    else if (scan_is(p, "LEVEL"))
        ok = gw_parse_level(word, &a.number);
    else
        bug("unknown word in a command pattern");
    if (ok && arg)
        *arg = a;
    return ok;
}

struct candidate {
    const struct gw_command *row;
    const char *pattern; /* what is left of it */
    struct bytes next;   /* its next word */
};

struct search {
    struct candidate c[ROWS_MAX];
    size_t n;
    const struct gw_command *whole, *open; /* best row that ends here; best that ends in "..." */
    size_t whole_used, open_used;
};

/* All rows of MODES, of a release that CAN, that may begin with FIRST: a pattern's first word is a
 * keyword, so one letter rules most of them out. */
static void begin(struct search *s, const struct gw_command_set *const *sets, size_t nsets,
                  unsigned modes, bool no, const char *first, unsigned can)
{
    char letter = first[0] >= 'A' && first[0] <= 'Z' ? (char)(first[0] | 0x20) : first[0];

    s->n = 0;
    s->whole = s->open = NULL;
    s->whole_used = s->open_used = 0;
    for (size_t i = 0; i < nsets; i++) {
        for (size_t r = 0; r < sets[i]->n; r++) {
            const struct gw_command *row = &sets[i]->rows[r];
            if (!(row->modes & modes) || !(row->form & (no ? GW_NO : GW_YES)) ||
                GW_LACKS(row->modes, can) || (letter && row->pattern[0] != letter))
                continue;
            if (s->n == ROWS_MAX)
                bug("too many command rows");
            s->c[s->n++] = (struct candidate){row, row->pattern, {0}};
        }
    }
}

/* Moves every candidate to its next word; those at their end are remembered and leave. */
static void advance(struct search *s, size_t used)
{
    size_t kept = 0;

    for (size_t i = 0; i < s->n; i++) {
        struct candidate c = s->c[i];
        c.next = gw_pattern_next(&c.pattern);
        if (!c.next.n) {
            s->whole = c.row;
            s->whole_used = used;
        } else if (scan_is(c.next, "...")) {
            s->open = c.row;
            s->open_used = used;
        } else {
            s->c[kept++] = c;
        }
    }
    s->n = kept;
}

static bool is_argument(struct bytes p)
{
    return !gw_pattern_is_keyword(p);
}

/* The keyword WORD stands for: written out, or else abbreviated. Empty: none. */
static struct bytes keyword_of(const struct search *s, const char *word, bool whole, bool *two)
{
    struct bytes kw = {0};

    *two = false;
    for (size_t i = 0; i < s->n; i++) {
        struct bytes p = s->c[i].next;
        if (is_argument(p) || !accepts_keyword(p, word, whole))
            continue;
        *two |= kw.n && !bytes_eq(kw, p);
        kw = p;
    }
    return kw;
}

/* In a stream "no" begins the next command: it is never a name. */
static bool argument_fits(struct bytes p, const char *word, const struct gw_config *c, bool stream)
{
    return is_argument(p) && gw_pattern_accepts(p, word, c, NULL) &&
           !(stream && strcmp(word, "no") == 0);
}

static bool some_argument_fits(const struct search *s, const char *word, const struct gw_config *c)
{
    for (size_t i = 0; i < s->n; i++) {
        if (argument_fits(s->c[i].next, word, c, false))
            return true;
    }
    return false;
}

/* Keeps the candidates whose next word WORD can be. A keyword written out comes first, then
 * arguments, then abbreviated keywords: so "access-list d ..." is a list called d. False: two
 * keywords begin like this. */
static bool narrow(struct search *s, const char *word, const struct gw_config *c, bool stream)
{
    bool two;
    struct bytes kw = keyword_of(s, word, true, &two);
    size_t kept = 0;

    if (!kw.n && !stream && !some_argument_fits(s, word, c)) {
        kw = keyword_of(s, word, false, &two);
        if (two)
            return false;
    }
    for (size_t i = 0; i < s->n; i++) {
        struct bytes p = s->c[i].next;
        if (kw.n ? bytes_eq(p, kw) : argument_fits(p, word, c, stream))
            s->c[kept++] = s->c[i];
    }
    s->n = kept;
    return true;
}

struct gw_match gw_command_match(const struct gw_command_set *const *sets, size_t nsets,
                                 unsigned modes, const struct gw_config *c,
                                 const struct gw_words *words)
{
    struct search s;
    size_t at = words->at;
    bool no = at < words->n && strcmp(words->w[at].s, "no") == 0;
    bool ambiguous = false;

    at += no;
    begin(&s, sets, nsets, modes, no, at < words->n ? words->w[at].s : "",
          words->any_release ? GW_CAN_ALL : c->profile->can);
    for (;; at++) {
        advance(&s, at - words->at);
        if (at == words->n || s.n == 0)
            break;
        ambiguous = !narrow(&s, words->w[at].s, c, words->stream);
        if (ambiguous || s.n == 0)
            break;
    }
    struct gw_match m = {.no = no, .bad = at};
    bool ends = words->stream || s.whole_used == words->n - words->at;
    if (s.whole && ends && (!s.open || s.whole_used >= s.open_used)) {
        m.row = s.whole;
        m.used = s.whole_used;
    } else if (s.open && !ambiguous) {
        m.row = s.open;
        m.used = s.open_used;
    } else {
        m.err = ambiguous ? ERR_EXISTS : at == words->n && s.n ? ERR_SHORT : ERR_FORMAT;
    }
    return m;
}

void gw_command_bind(const struct gw_command *row, const struct gw_config *c,
                     const struct gw_words *words, struct gw_call *call)
{
    const char *pattern = row->pattern;
    size_t at = words->at + (call->no ? 1 : 0);

    call->nargs = 0;
    for (;; at++) {
        struct bytes p = gw_pattern_next(&pattern);
        if (!p.n || scan_is(p, "..."))
            return;
        if (gw_pattern_is_keyword(p))
            continue;
        if (call->nargs == GW_ARGS)
            bug("too many arguments in a command pattern");
        (void)gw_pattern_accepts(p, words->w[at].s, c, &call->args[call->nargs++]);
    }
}

bool gw_command_begins(const struct gw_command_set *const *sets, size_t nsets, unsigned modes,
                       const char *word)
{
    for (size_t i = 0; i < nsets; i++) {
        for (size_t r = 0; r < sets[i]->n; r++) {
            const char *pattern = sets[i]->rows[r].pattern;
            struct bytes first = gw_pattern_next(&pattern);
            if ((sets[i]->rows[r].modes & modes) && accepts_keyword(first, word, true))
                return true;
        }
    }
    return false;
}
