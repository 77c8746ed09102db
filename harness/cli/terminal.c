#include "cli/terminal.h"

#include "cli/words.h"

#include <string.h>

bool color_by_name(const char *name, enum color *out)
{
    static const char *const names[] = {"auto", "always", "never"};
    int i = word_index(name, names, COUNT(names));

    if (i >= 0)
        *out = (enum color)i;
    return i >= 0;
}

static bool is_set(const char *s)
{
    return s && *s;
}

bool use_color(const struct cli_env *env, enum color wish, bool is_tty)
{
    if (wish != COLOR_AUTO)
        return wish == COLOR_ALWAYS;
    if (is_set(env->no_color))
        return false;
    if (is_set(env->clicolor_force) && strcmp(env->clicolor_force, "0") != 0)
        return true;
    if (is_set(env->clicolor) && strcmp(env->clicolor, "0") == 0)
        return false;
    if (is_set(env->term) && strcmp(env->term, "dumb") == 0)
        return false;
    return is_tty;
}
