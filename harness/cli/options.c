#include "cli/options.h"

#include "cli/words.h"

#include <stdio.h>
#include <string.h>

#define HELP_COLUMN 28
#define HELP_WIDTH  80

/* TEXT at the cursor, which stands in COLUMN, broken at blanks. */
static void put_wrapped(struct buf *out, const char *text, size_t column)
{
    size_t at = column;

    while (*text) {
        size_t n = strcspn(text, " \n");
        if (at > column && at + 1 + n > HELP_WIDTH) {
            buf_addf(out, "\n%*s", (int)column, "");
            at = column;
        } else if (at > column) {
            buf_addc(out, ' ');
            at++;
        }
        buf_add(out, text, n);
        at += n;
        text += n;
        text += strspn(text, " \n");
    }
    buf_addc(out, '\n');
}

static void put_row(struct buf *out, char letter, const char *name, const char *arg,
                    const char *help)
{
    size_t start = out->n;

    if (letter)
        buf_addf(out, "  -%c, --%s", letter, name);
    else
        buf_addf(out, "      --%s", name);
    if (arg)
        buf_addf(out, " %s", arg);
    size_t n = out->n - start;
    if (n + 2 > HELP_COLUMN) {
        buf_addc(out, '\n');
        n = 0;
    }
    buf_addf(out, "%*s", (int)(HELP_COLUMN - n), "");
    put_wrapped(out, help, HELP_COLUMN);
}

void options_help(const struct options *o, struct buf *out)
{
    buf_addf(out, "usage: holdfast %s %s\n\n", o->command, o->usage);
    put_wrapped(out, o->about, 0);
    buf_adds(out, "\noptions:\n");
    for (size_t i = 0; i < o->n; i++)
        put_row(out, o->rows[i].letter, o->rows[i].name, o->rows[i].arg, o->rows[i].help);
    put_row(out, 'h', "help", NULL, "this text");
}

static const struct option_row *by_name(const struct options *o, const char *name, size_t n)
{
    for (size_t i = 0; i < o->n; i++) {
        if (strlen(o->rows[i].name) == n && strncmp(o->rows[i].name, name, n) == 0)
            return &o->rows[i];
    }
    return NULL;
}

static const struct option_row *by_letter(const struct options *o, char c)
{
    for (size_t i = 0; i < o->n; i++) {
        if (o->rows[i].letter == c)
            return &o->rows[i];
    }
    return NULL;
}

#define ROWS_MAX 64

/* WORD is what was typed, NAME (n bytes) the option's name in it. */
static int unknown(const struct options *o, const char *word, const char *name, size_t n)
{
    const char *names[ROWS_MAX + 1];
    char asked[ROWS_MAX];
    size_t count = 0;

    for (; count < o->n && count < ROWS_MAX; count++)
        names[count] = o->rows[count].name;
    names[count++] = "help";
    snprintf(asked, sizeof(asked), "%.*s", (int)n, name);
    const char *right = n > 1 ? nearest(asked, names, count) : NULL;
    if (right)
        return usage_error("%s: unknown option %s; did you mean --%s?", o->command, word, right);
    return usage_error("%s: unknown option %s (holdfast %s --help lists them)", o->command, word,
                       o->command);
}

struct parse {
    const struct options *o;
    int argc, at;
    char **argv;
    void *ctx;
};

/* VALUE: what was written in the same word, or NULL. */
static int take_row(struct parse *p, const struct option_row *r, const char *value)
{
    if (!r->arg && value)
        return usage_error("%s: --%s takes no value", p->o->command, r->name);
    if (r->arg && !value) {
        if (p->at + 1 >= p->argc)
            return usage_error("%s: --%s needs %s", p->o->command, r->name, r->arg);
        value = p->argv[++p->at];
    }
    if (r->arg && !*value)
        return usage_error("%s: --%s needs %s, and not an empty word", p->o->command, r->name,
                           r->arg);
    const char *complaint = r->take(p->ctx, value);
    if (complaint)
        return usage_error("%s: --%s %s: %s", p->o->command, r->name, value ? value : "",
                           complaint);
    return -1;
}

static int take_letters(struct parse *p, const char *word) /* -vv, -j2 */
{
    for (const char *c = word + 1; *c; c++) {
        const struct option_row *r = by_letter(p->o, *c);
        if (!r)
            return unknown(p->o, word, c, 1);
        if (r->arg)
            return take_row(p, r, c[1] ? c + 1 : NULL);
        int rc = take_row(p, r, NULL);
        if (rc >= 0)
            return rc;
    }
    return -1;
}

static int take_word(struct parse *p, const char *word)
{
    if (strcmp(word, "-h") == 0 || strcmp(word, "--help") == 0) {
        struct buf b = BUF_INIT;
        options_help(p->o, &b);
        put_out(&b);
        buf_release(&b);
        return EXIT_PASSED;
    }
    if (word[1] != '-')
        return take_letters(p, word);
    size_t n = strcspn(word + 2, "=");
    const struct option_row *r = by_name(p->o, word + 2, n);
    if (!r)
        return unknown(p->o, word, word + 2, n);
    return take_row(p, r, word[2 + n] ? word + 3 + n : NULL);
}

int options_parse(const struct options *o, int *argc, char **argv, void *ctx)
{
    struct parse p = {o, *argc, 0, argv, ctx};
    int left = 0;
    bool only_names = false;

    for (; p.at < p.argc; p.at++) {
        char *word = argv[p.at];
        if (!only_names && strcmp(word, "--") == 0) {
            only_names = true;
        } else if (only_names || word[0] != '-' || !word[1]) {
            argv[left++] = word;
        } else {
            int rc = take_word(&p, word);
            if (rc >= 0)
                return rc;
        }
    }
    *argc = left;
    return -1;
}
