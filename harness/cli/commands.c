#include "cli/cli.h"

#include "cli/words.h"

#include <stdarg.h>
#include <stdio.h>

const struct command commands[] = {
#define X(name, what) {#name, cmd_##name, what},
    COMMANDS(X)
#undef X
};
const size_t ncommands = COUNT(commands);

const struct command *command_find(const char *name)
{
    const char *names[COUNT(commands)];

    for (size_t i = 0; i < COUNT(commands); i++) {
        names[i] = commands[i].name;
        if (strcmp(name, commands[i].name) == 0)
            return &commands[i];
    }
    const char *right = nearest(name, names, COUNT(names));
    if (right)
        (void)usage_error("there is no command %s; did you mean %s?", name, right);
    else
        (void)usage_error("there is no command %s (holdfast --help lists them)", name);
    return NULL;
}

void put_out(const struct buf *b)
{
    if (b->n)
        fwrite(b->s, 1, b->n, stdout);
    fflush(stdout);
}

int usage_error(const char *fmt, ...)
{
    va_list ap;

    fputs("holdfast: ", stderr);
    va_start(ap, fmt);
    vfprintf(stderr, fmt, ap);
    va_end(ap);
    fputc('\n', stderr);
    return EXIT_USAGE;
}

/* A device's own words may be three lines, the last of them a caret below the second. */
static void put_one_line(struct buf *out, const char *text)
{
    while (*text) {
        size_t n = strcspn(text, "\n");
        if (strspn(text, " ^") < n) {
            if (out->n)
                buf_adds(out, " | ");
            buf_add(out, text, n);
        }
        text += n + (text[n] == '\n');
    }
}

int say_why(const struct diag *why, int code)
{
    struct buf b = BUF_INIT;
    char line[1024];

    diag_format(why, line, sizeof(line));
    put_one_line(&b, line);
    fprintf(stderr, "holdfast: %s\n", buf_str(&b));
    buf_release(&b);
    return code;
}
