#define _GNU_SOURCE
#include "tests/charon_left.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define LOG_TOLD 6000 /* bytes */
#define MANY     4

/* Of this process: its children know nothing of it. A handler of signals reads it, so everything
 * is prepared: what to tell and remove is a command of the shell. */
static struct left {
    volatile sig_atomic_t is;
    pid_t owner, pid, server;
    char dir[64], command[320];
} known[MANY];

static struct left *find(const char *dir)
{
    for (size_t i = 0; i < MANY; i++) {
        if (known[i].is && known[i].owner == getpid() && strcmp(known[i].dir, dir) == 0)
            return &known[i];
    }
    return NULL;
}

/* A child that is not ours any more, or was waited for, may be somebody else by now. */
static void end(pid_t pid)
{
    if (pid > 0 && waitpid(pid, NULL, WNOHANG) == 0 && kill(pid, SIGKILL) == 0)
        waitpid(pid, NULL, 0);
}

/* Calls nothing that a handler of signals may not call. */
static void stop(struct left *l)
{
    pid_t pid;

    l->is = false;
    end(l->server);
    end(l->pid);
    pid = fork();
    if (pid == 0) {
        execl("/bin/sh", "sh", "-c", l->command, (char *)NULL);
        _exit(127);
    }
    if (pid > 0)
        waitpid(pid, NULL, 0);
}

static void stop_all(void)
{
    for (size_t i = 0; i < MANY; i++) {
        if (known[i].is && known[i].owner == getpid())
            stop(&known[i]);
    }
}

void charon_left_clear(void)
{
    fflush(stdout); /* the log comes behind what was said so far */
    stop_all();
}

static void on_signal(int number)
{
    stop_all();
    signal(number, SIG_DFL);
    raise(number);
}

static void watch(void)
{
    static const int signals[] = {SIGTERM, SIGINT, SIGHUP, SIGABRT};
    static pid_t owner;

    if (owner == getpid())
        return;
    if (!owner && atexit(charon_left_clear) != 0)
        bug("there is no room for what is to be done at exit");
    owner = getpid();
    for (size_t i = 0; i < COUNT(signals); i++)
        signal(signals[i], on_signal);
}

void charon_left_note(const struct charon *c)
{
    struct left *l = find(c->dir);

    watch();
    for (size_t i = 0; !l && i < MANY; i++) {
        if (!known[i].is || known[i].owner != getpid())
            l = &known[i];
    }
    if (!l)
        bug("more charons at once than there may be");
    l->owner = getpid();
    l->pid = c->pid;
    l->server = c->server;
    (void)snprintf(l->dir, sizeof(l->dir), "%s", c->dir);
    (void)snprintf(l->command, sizeof(l->command),
                   "echo 'charon was left running; the end of %s/log:'; tail -c %d %s/log; "
                   "ip link del hfike0 2>/dev/null; rm -rf %s",
                   c->dir, LOG_TOLD, c->dir, c->dir);
    l->is = true;
}

void charon_left_forget(const struct charon *c)
{
    struct left *l = find(c->dir);

    if (l)
        l->is = false;
}

int charon_teardown(void **state)
{
    (void)state;
    charon_left_clear();
    return 0;
}
