#include "cli/workers.h"

#include "base/mem.h"
#include "cli/worker_pipe.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define JOBS_MAX 64
#define TICK_MS  200

struct job {
    pid_t pid; /* 0: free */
    int fd;
    size_t which;
    struct worker_inbox inbox;
};

struct pool {
    const struct run_setup *s;
    const struct cli_env *env;
    const struct workers_view *view;
    struct plan *const *plans;
    size_t n, begun, told;
    struct outcome *outcomes;
    bool *finished;
    struct job jobs[JOBS_MAX];
    int njobs, running;
    bool passed_stop;
    double ticked_s;
};

/* In the child: the case, its outcome down the pipe, and out. The terminal's Ctrl-C is left to the
 * parent, who passes one SIGTERM on; should the parent die, so do we. */
static void work(const struct pool *p, size_t i, int fd)
{
    struct worker_teller teller = {.fd = fd, .percent = -1};
    struct outcome o;

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    signal(SIGINT, SIG_IGN);
    run_case(p->s, p->env, p->plans[i], worker_progress, &teller, &o);
    worker_send_outcome(fd, &o);
    outcome_release(&o);
    fflush(NULL);
    _exit(0);
}

static void failed(struct pool *p, size_t i, const char *what, const char *reason)
{
    p->outcomes[i] = (struct outcome){.verdict = VERDICT_ERROR};
    snprintf(p->outcomes[i].why, sizeof(p->outcomes[i].why), "%s: %s", what, reason);
    p->finished[i] = true;
}

static void begin(struct pool *p, struct job *j)
{
    size_t i = p->begun++;
    int fds[2];

    fflush(NULL);
    if (pipe(fds)) {
        failed(p, i, "no process could be made for it", strerror(errno));
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
        failed(p, i, "no process could be made for it", strerror(errno));
        return;
    }
    *j = (struct job){.pid = pid, .fd = fds[0], .which = i, .inbox = {.percent = -1}};
    p->running++;
}

static void reap(struct pool *p, struct job *j)
{
    struct outcome *o = &p->outcomes[j->which];
    int status = 0;

    close(j->fd);
    while (waitpid(j->pid, &status, 0) < 0 && errno == EINTR)
        ;
    if (worker_inbox_outcome(&j->inbox, o))
        failed(p, j->which, "the process that ran it died",
               WIFSIGNALED(status) ? strsignal(WTERMSIG(status)) : "it said nothing");
    p->finished[j->which] = true;
    worker_inbox_release(&j->inbox);
    j->pid = 0;
    p->running--;
}

static void read_some(struct pool *p, struct job *j)
{
    ssize_t got = read(j->fd, buf_room(&j->inbox.bytes, 65536), 65536);

    if (got > 0) {
        buf_grew(&j->inbox.bytes, (size_t)got);
        worker_inbox_look(&j->inbox);
    } else if (got == 0 || errno != EINTR) {
        reap(p, j);
    }
}

static void hear(struct pool *p)
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
    if (poll(fds, n, TICK_MS) <= 0)
        return;
    for (nfds_t i = 0; i < n; i++) {
        if (fds[i].revents)
            read_some(p, of[i]);
    }
}

static void pass_signal(struct pool *p)
{
    if (!*p->env->stop || p->passed_stop)
        return;
    p->passed_stop = true;
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
    if (*p->env->stop)
        skip_rest(p);
    for (int i = 0; i < p->njobs && p->begun < p->n; i++) {
        if (!p->jobs[i].pid)
            begin(p, &p->jobs[i]);
    }
}

static void tick(struct pool *p)
{
    struct worker_state now[JOBS_MAX];
    size_t n = 0;
    double s = p->env->wall();

    if (s - p->ticked_s < TICK_MS / 1000.0)
        return;
    p->ticked_s = s;
    for (int i = 0; i < p->njobs; i++) {
        const struct job *j = &p->jobs[i];
        if (j->pid)
            now[n++] = (struct worker_state){p->plans[j->which]->id, j->inbox.percent};
    }
    p->view->tick(p->view->ctx, now, n, p->begun - n);
}

void workers_run(const struct run_setup *s, const struct cli_env *env, struct plan *const *plans,
                 size_t n, int jobs, struct outcome *outcomes, const struct workers_view *view)
{
    struct pool *p = mem_zalloc(sizeof(*p));

    *p = (struct pool){.s = s,
                       .env = env,
                       .view = view,
                       .plans = plans,
                       .n = n,
                       .outcomes = outcomes,
                       .finished = mem_array(n + 1, sizeof(*p->finished)),
                       .njobs = jobs < 1          ? 1
                                : jobs > JOBS_MAX ? JOBS_MAX
                                                  : jobs};
    while (p->told < n) {
        begin_more(p);
        tick(p);
        if (p->running)
            hear(p);
        pass_signal(p);
        for (; p->told < n && p->finished[p->told]; p->told++)
            view->done(view->ctx, p->told, &outcomes[p->told]);
    }
    mem_free(p->finished);
    mem_free(p);
}
