/* holdfast: the command table. The only file that reads argv, environment and wall clock. */
#include "cli/cli.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static volatile sig_atomic_t stop; /* the signal that asked us to end */

static void on_signal(int sig)
{
    stop = sig;
}

static double wall(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static void catch_signals(void)
{
    struct sigaction a = {.sa_handler = on_signal};

    sigaction(SIGINT, &a, NULL);
    sigaction(SIGTERM, &a, NULL);
    signal(SIGPIPE, SIG_IGN);
}

static int usage(FILE *out, int code)
{
    fputs("usage: holdfast COMMAND [OPTIONS] ...\n\n"
          "When a VPN tunnel goes away and comes back, does the user's TCP connection hold?\n\n",
          out);
    for (size_t i = 0; i < ncommands; i++)
        fprintf(out, "  %-10s %s\n", commands[i].name, commands[i].summary);
    fputs("\nholdfast COMMAND --help tells more. holdfast --version.\n", out);
    return code;
}

static int unknown(const char *word)
{
    const char *names[32];
    size_t n = 0;

    for (; n < ncommands && n < COUNT(names); n++)
        names[n] = commands[n].name;
    const char *right = nearest(word, names, n);
    fprintf(stderr, "holdfast: there is no command %s", word);
    if (right)
        fprintf(stderr, "; did you mean %s?\n", right);
    else
        fputs(" (holdfast --help)\n", stderr);
    return EXIT_USAGE;
}

static struct cli_env environment(char *host, size_t cap)
{
    struct cli_env e = {.version = "holdfast " HOLDFAST_VERSION,
                        .program = "holdfast",
                        .unix_s = (int64_t)time(NULL),
                        .no_color = getenv("NO_COLOR"),
                        .clicolor = getenv("CLICOLOR"),
                        .clicolor_force = getenv("CLICOLOR_FORCE"),
                        .term = getenv("TERM"),
                        .sudo_uid = getenv("SUDO_UID"),
                        .sudo_gid = getenv("SUDO_GID"),
                        .out_is_tty = isatty(STDOUT_FILENO),
                        .err_is_tty = isatty(STDERR_FILENO),
                        .cpus = (int)sysconf(_SC_NPROCESSORS_ONLN),
                        .stop = &stop,
                        .wall = wall};

    if (gethostname(host, cap))
        host[0] = '\0';
    host[cap - 1] = '\0';
    e.hostname = host[0] ? host : "localhost";
    return e;
}

int main(int argc, char **argv)
{
    char host[256];
    struct cli_env env = environment(host, sizeof(host));

    if (argc < 2)
        return usage(stderr, EXIT_USAGE);
    if (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "-V") == 0) {
        printf("%s\n", env.version);
        return EXIT_PASSED;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
        strcmp(argv[1], "help") == 0)
        return usage(stdout, EXIT_PASSED);
    catch_signals();
    for (size_t i = 0; i < ncommands; i++) {
        if (strcmp(argv[1], commands[i].name) == 0)
            return commands[i].run(&env, argc - 2, argv + 2);
    }
    return unknown(argv[1]);
}
