#include "cli/cli.h"

#include "base/attr.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int usage_error(const struct cli_env *env, const char *fmt, ...)
{
    va_list ap;

    (void)env;
    fputs("holdfast: ", stderr);
    va_start(ap, fmt);
    vfprintf(stderr, fmt, ap);
    va_end(ap);
    fputc('\n', stderr);
    return EXIT_USAGE;
}

static void print_help(const struct options *o)
{
    printf("usage: holdfast %s\n\n%s\n\noptions:\n", o->usage, o->about);
    for (size_t i = 0; i < o->n; i++) {
        const struct option_row *r = &o->rows[i];
        char left[48];
        snprintf(left, sizeof(left), "%c%c%s--%s%s%s", r->letter ? '-' : ' ',
                 r->letter ? r->letter : ' ', r->letter ? ", " : "  ", r->name, r->arg ? " " : "",
                 r->arg ? r->arg : "");
        printf("  %-26s %s\n", left, r->help);
    }
    printf("  -h, --help%*s this text\n", 16, "");
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

static int unknown(const struct options *o, const struct cli_env *env, const char *word)
{
    const char *names[64];
    size_t n = 0;

    for (; n < o->n && n < COUNT(names); n++)
        names[n] = o->rows[n].name;
    const char *right = strncmp(word, "--", 2) == 0 ? nearest(word + 2, names, n) : NULL;
    if (right)
        return usage_error(env, "unknown option %s; did you mean --%s?", word, right);
    return usage_error(env, "unknown option %s (--help lists them)", word);
}

struct parse {
    const struct options *o;
    const struct cli_env *env;
    int argc, at;
    char **argv;
    option_taker *take;
    void *ctx;
};

static int take_row(struct parse *p, const struct option_row *r, const char *value,
                    const char *word)
{
    if (!r->arg && value)
        return usage_error(p->env, "%s takes no value", word);
    if (r->arg && !value) {
        if (p->at + 1 >= p->argc)
            return usage_error(p->env, "%s needs %s", word, r->arg);
        value = p->argv[++p->at];
    }
    return p->take(p->ctx, r->name, value) ? -1 : EXIT_USAGE;
}

static int take_word(struct parse *p, const char *word)
{
    if (strcmp(word, "-h") == 0 || strcmp(word, "--help") == 0) {
        print_help(p->o);
        return EXIT_PASSED;
    }
    if (word[1] == '-') {
        const char *eq = strchr(word, '=');
        size_t n = eq ? (size_t)(eq - word) - 2 : strlen(word) - 2;
        const struct option_row *r = by_name(p->o, word + 2, n);
        return r ? take_row(p, r, eq ? eq + 1 : NULL, word) : unknown(p->o, p->env, word);
    }
    for (const char *c = word + 1; *c; c++) { /* -vv, -j2 */
        const struct option_row *r = by_letter(p->o, *c);
        if (!r)
            return unknown(p->o, p->env, word);
        if (r->arg)
            return take_row(p, r, c[1] ? c + 1 : NULL, word);
        int rc = take_row(p, r, NULL, word);
        if (rc >= 0)
            return rc;
    }
    return -1;
}

int options_parse(const struct options *o, const struct cli_env *env, int *argc, char **argv,
                  option_taker *take, void *ctx)
{
    struct parse p = {o, env, *argc, 0, argv, take, ctx};
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
