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

int say_why(const struct diag *why, int code)
{
    char line[1024];

    diag_format(why, line, sizeof(line));
    fprintf(stderr, "holdfast: %s\n", line);
    return code;
}
