#include "cli/workers.h"

#include "base/mem.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define JOBS_MAX 64

struct job {
    pid_t pid; /* 0: free */
    int fd;
    size_t which;
    struct buf got;
};

struct pool {
    const struct run_setup *s;
    const struct cli_env *env;
    struct plan *const *plans;
    size_t n, begun, told;
    struct outcome *outcomes;
    bool *finished;
    struct job jobs[JOBS_MAX];
    int njobs, running;
    bool told_stop;
};

static void write_all(int fd, const struct buf *b)
{
    size_t at = 0;

    while (at < b->n) {
        ssize_t n = write(fd, b->s + at, b->n - at);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return;
        at += (size_t)n;
    }
}

/* In the child: the case, its outcome down the pipe, and out. */
static void work(const struct pool *p, size_t i, int fd)
{
    struct outcome o;
    struct buf b = BUF_INIT;

    run_case(p->s, p->env, p->plans[i], &o);
    outcome_put(&o, &b);
    write_all(fd, &b);
    outcome_release(&o);
    buf_release(&b);
    fflush(NULL);
    _exit(0);
}

static void could_not_begin(struct pool *p, size_t i)
{
    p->outcomes[i] = (struct outcome){.verdict = VERDICT_ERROR};
    snprintf(p->outcomes[i].why, sizeof(p->outcomes[i].why), "no process could be made for it: %s",
             strerror(errno));
    p->finished[i] = true;
}

static void begin(struct pool *p, struct job *j)
{
    size_t i = p->begun++;
    int fds[2];

    fflush(NULL);
    if (pipe(fds)) {
        could_not_begin(p, i);
        return;
    }
    pid_t pid = fork();
    if (pid == 0) {
        close(fds[0]);
        work(p, i, fds[1]);
    }
    close(fds[1]);
    if (pid < 0) {
        close(fds[0]);
        could_not_begin(p, i);
        return;
    }
    *j = (struct job){.pid = pid, .fd = fds[0], .which = i};
    p->running++;
}

static void reap(struct pool *p, struct job *j)
{
    struct outcome *o = &p->outcomes[j->which];
    int status = 0;

    close(j->fd);
    while (waitpid(j->pid, &status, 0) < 0 && errno == EINTR)
        ;
    if (outcome_take(buf_bytes(&j->got), o)) {
        *o = (struct outcome){.verdict = VERDICT_ERROR};
        snprintf(o->why, sizeof(o->why), "the process that ran it died: %s",
                 WIFSIGNALED(status) ? strsignal(WTERMSIG(status)) : "it said nothing");
    }
    p->finished[j->which] = true;
    buf_release(&j->got);
    j->pid = 0;
    p->running--;
}

static void listen(struct pool *p)
{
    struct pollfd fds[JOBS_MAX];
    struct job *of[JOBS_MAX];
    nfds_t n = 0;

    for (int i = 0; i < p->njobs; i++) {
        if (!p->jobs[i].pid)
            continue;
        of[n] = &p->jobs[i];
        fds[n++] = (struct pollfd){.fd = p->jobs[i].fd, .events = POLLIN};
    }
    if (poll(fds, n, 200) <= 0)
        return;
    for (nfds_t i = 0; i < n; i++) {
        if (!fds[i].revents)
            continue;
        ssize_t got = read(fds[i].fd, buf_room(&of[i]->got, 65536), 65536);
        if (got > 0)
            buf_grew(&of[i]->got, (size_t)got);
        else if (got == 0 || errno != EINTR)
            reap(p, of[i]);
    }
}

/* A signal for us alone is passed on, so that running cases end and write what they have. */
static void pass_signal(struct pool *p)
{
    if (!*p->env->stop || p->told_stop)
        return;
    p->told_stop = true;
    for (int i = 0; i < p->njobs; i++) {
        if (p->jobs[i].pid)
            kill(p->jobs[i].pid, SIGTERM);
    }
}

static void skip_rest(struct pool *p)
{
    for (; p->begun < p->n; p->begun++) {
        struct outcome *o = &p->outcomes[p->begun];
        *o = (struct outcome){.verdict = VERDICT_SKIPPED};
        snprintf(o->why, sizeof(o->why), "not run: interrupted");
        p->finished[p->begun] = true;
    }
}

static void begin_more(struct pool *p)
{
    if (*p->env->stop) {
        skip_rest(p);
        return;
    }
    for (int i = 0; i < p->njobs && p->begun < p->n; i++) {
        if (!p->jobs[i].pid)
            begin(p, &p->jobs[i]);
    }
}

void workers_run(const struct run_setup *s, const struct cli_env *env, struct plan *const *plans,
                 size_t n, int jobs, struct outcome *outcomes, worker_done *done, void *ctx)
{
    struct pool *p = mem_zalloc(sizeof(*p));

    p->s = s;
    p->env = env;
    p->plans = plans;
    p->n = n;
    p->outcomes = outcomes;
    p->finished = mem_array(n + 1, sizeof(*p->finished));
    p->njobs = jobs < 1 ? 1 : jobs > JOBS_MAX ? JOBS_MAX : jobs;
    while (p->told < n) {
        begin_more(p);
        if (p->running)
            listen(p);
        pass_signal(p);
        for (; p->told < n && p->finished[p->told]; p->told++)
            done(ctx, p->told, &outcomes[p->told]);
    }
    mem_free(p->finished);
    mem_free(p);
}
