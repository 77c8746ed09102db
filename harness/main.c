/* holdfast: the command table. The only file that reads argv, environment and wall clock. */
#include "cli/cli.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

static volatile sig_atomic_t stop; /* the signal that asked us to end */

/* What a second Ctrl-C is for: whoever types it does not want to wait for reports. */
static void on_signal(int sig)
{
    if (stop == SIGINT && sig == SIGINT)
        _exit(EXIT_INT);
    stop = sig;
}

static void catch_signals(void)
{
    struct sigaction a = {.sa_handler = on_signal};

    sigaction(SIGINT, &a, NULL);
    sigaction(SIGTERM, &a, NULL);
    signal(SIGPIPE, SIG_IGN);
}

static double wall(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static int columns(void)
{
    struct winsize w;

    return ioctl(STDERR_FILENO, TIOCGWINSZ, &w) == 0 && w.ws_col ? w.ws_col : 80;
}

static struct cli_env environment(const char *program, char *host, size_t cap)
{
    struct cli_env e = {.version = "holdfast " HOLDFAST_VERSION,
                        .program = program,
                        .unix_s = (int64_t)time(NULL),
                        .no_color = getenv("NO_COLOR"),
                        .clicolor = getenv("CLICOLOR"),
                        .clicolor_force = getenv("CLICOLOR_FORCE"),
                        .term = getenv("TERM"),
                        .sudo_uid = getenv("SUDO_UID"),
                        .sudo_gid = getenv("SUDO_GID"),
                        .out_is_tty = isatty(STDOUT_FILENO),
                        .err_is_tty = isatty(STDERR_FILENO),
                        .columns = columns(),
                        .cpus = (int)sysconf(_SC_NPROCESSORS_ONLN),
                        .stop = &stop,
                        .wall = wall};

    if (gethostname(host, cap))
        host[0] = '\0';
    host[cap - 1] = '\0';
    e.hostname = host[0] ? host : "localhost";
    return e;
}

static int usage(FILE *out, int code)
{
    fputs("usage: holdfast COMMAND [OPTIONS] ...\n\n"
          "When a VPN tunnel goes away and comes back, does the user's TCP connection hold?\n\n",
          out);
    for (size_t i = 0; i < ncommands; i++)
        fprintf(out, "  %-10s %s\n", commands[i].name, commands[i].summary);
    fputs("\nholdfast COMMAND --help or holdfast help COMMAND tells more; so does man holdfast.\n"
          "holdfast --version says which one this is.\n\n"
          "exit codes: 0 passed, 1 a case failed, 2 usage or invalid case, 3 no verdict (lab,\n"
          "harness, evidence), 4 internal, 5 nothing selected, 130 and 143 interrupted\n",
          out);
    return code;
}

static int help(const struct cli_env *env, int argc, char **argv)
{
    char word[] = "--help";
    char *words[] = {word};

    if (argc < 3)
        return usage(stdout, EXIT_PASSED);
    const struct command *c = command_find(argv[2]);
    return c ? c->run(env, 1, words) : EXIT_USAGE;
}

static int dispatch(const struct cli_env *env, int argc, char **argv)
{
    const char *word = argc < 2 ? NULL : argv[1];

    if (!word)
        return usage(stderr, EXIT_USAGE);
    if (strcmp(word, "--version") == 0 || strcmp(word, "-V") == 0) {
        printf("%s\n", env->version);
        return EXIT_PASSED;
    }
    if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0)
        return usage(stdout, EXIT_PASSED);
    if (strcmp(word, "help") == 0)
        return help(env, argc, argv);
    if (word[0] == '-')
        return usage_error("%s: a command comes first (holdfast --help lists them)", word);
    const struct command *c = command_find(word);
    return c ? c->run(env, argc - 2, argv + 2) : EXIT_USAGE;
}

int main(int argc, char **argv)
{
    char host[256];
    struct cli_env env = environment(argc ? argv[0] : "holdfast", host, sizeof(host));

    catch_signals();
    int rc = dispatch(&env, argc, argv);
    if ((fflush(stdout) || ferror(stdout)) && errno != EPIPE) {
        fprintf(stderr, "holdfast: standard output cannot be written: %s\n", strerror(errno));
        rc = rc ? rc : EXIT_INTERNAL;
    }
    return rc;
}
