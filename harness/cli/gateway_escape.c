#include "cli/gateway_escape.h"

#include <stdlib.h>
#include <string.h>

#define WORDS     6
#define WAIT_MAX  (365 * 86400.0)
#define COUNT_MAX 1000

struct words {
    char text[256];
    char *v[WORDS];
    size_t n; /* WORDS + 1: too many */
};

static void split(struct words *w, const char *line)
{
    size_t n = strlen(line) < sizeof(w->text) ? strlen(line) : sizeof(w->text) - 1;
    char *save = NULL;

    *w = (struct words){.n = 0};
    memcpy(w->text, line, n);
    for (char *s = strtok_r(w->text, " \t", &save); s; s = strtok_r(NULL, " \t", &save)) {
        if (w->n < WORDS)
            w->v[w->n] = s;
        w->n += w->n <= WORDS;
    }
}

static void complain(struct buf *out, const char *what)
{
    buf_addf(out, "! %s (!help)\n", what);
}

static void wait(const struct escape_env *env, const struct words *w, struct buf *out)
{
    char *rest = NULL;
    double s = w->n == 2 ? strtod(w->v[1], &rest) : -1;

    if (w->n != 2 || *rest || !(s >= 0 && s <= WAIT_MAX))
        complain(out, "!wait wants a number of seconds, up to a year");
    else
        env->run_for(env->ctx, SPAN_NS(s * 1e9));
}

static bool number(const char *s, unsigned max, unsigned *out)
{
    char *rest;
    unsigned long v = strtoul(s, &rest, 10);

    *out = (unsigned)v;
    return s[0] >= '0' && s[0] <= '9' && !*rest && v >= 1 && v <= max;
}

/* An echo is answered within its second, or it is lost. */
static void watch_ping(const struct escape_env *env, size_t id, unsigned count, struct buf *out)
{
    struct far_status s = {0};

    for (unsigned i = 0; i < count + 2 && !env->stopped(env->ctx); i++) {
        env->run_for(env->ctx, SPAN_S(1));
        far_end_status(env->far, id, &s);
        if (s.answered == count)
            break;
    }
    buf_addf(out, "! %u echoes sent, %u answered\n", s.sent, s.answered);
}

static void flow(const struct escape_env *env, const struct words *w, bool ping, struct buf *out)
{
    struct ip_addr src, dst;
    struct diag why = {0};
    unsigned n = 5;
    size_t id;

    if (w->n < (ping ? 3u : 4u) || w->n > 4 || ip_addr_parse(w->v[1], &src) ||
        ip_addr_parse(w->v[2], &dst) ||
        (w->n == 4 && !number(w->v[3], ping ? COUNT_MAX : 65535, &n))) {
        complain(out, ping ? "!ping wants FROM TO [COUNT]" : "!connect wants FROM TO PORT");
        return;
    }
    enum err e = ping ? far_end_ping(env->far, &src, &dst, n, &id, &why)
                      : far_end_connect(env->far, &src, &dst, (uint16_t)n, &id, &why);
    if (e) {
        complain(out, why.text);
    } else if (ping) {
        watch_ping(env, id, n, out);
    } else {
        struct far_status s;
        env->run_for(env->ctx, SPAN_S(3)); /* the tunnel, the handshake, the first line */
        far_end_status(env->far, id, &s);
        buf_addf(out, "! %s\n", s.opener.delivered ? "connected" : "not connected yet");
    }
}

static void drop(const struct escape_env *env, const struct words *w, struct buf *out)
{
    unsigned phase = 2;

    if (w->n > 2 || (w->n == 2 && !number(w->v[1], 2, &phase)))
        complain(out, "!drop wants a phase, 1 or 2");
    else if (far_end_delete(env->far, phase))
        complain(out, "the peer has no such SA");
    else
        env->run_for(env->ctx, SPAN_MS(20)); /* the Delete is on its way */
}

static void help(const struct escape_env *env, struct buf *out)
{
    buf_adds(out, "! !wait SECONDS           lets time pass\n");
    if (env->far)
        buf_adds(out, "! !ping FROM TO [COUNT]   echoes from one host to another, one a second\n"
                      "! !connect FROM TO PORT   a TCP connection, a line a second each way\n"
                      "! !drop [1|2]             the peer deletes its SAs of phase 1, or of phase "
                      "2\n"
                      "! !crash                  the peer forgets everything and tells nobody\n"
                      "! !cut, !mend             nothing passes between the gateways; again\n");
    else
        buf_adds(out, "! there is more with --peer\n");
    buf_adds(out, "! !help                   this\n");
}

static bool far_line(const struct escape_env *env, const struct words *w, struct buf *out)
{
    const char *verb = w->v[0] + 1;

    if (strcmp(verb, "ping") == 0)
        flow(env, w, true, out);
    else if (strcmp(verb, "connect") == 0)
        flow(env, w, false, out);
    else if (strcmp(verb, "drop") == 0)
        drop(env, w, out);
    else if (strcmp(verb, "crash") == 0)
        far_end_crash(env->far);
    else if (strcmp(verb, "cut") == 0)
        far_end_cut(env->far, true);
    else if (strcmp(verb, "mend") == 0)
        far_end_cut(env->far, false);
    else
        return false;
    return true;
}

static bool needs_far(const char *verb)
{
    static const char *const verbs[] = {"!ping", "!connect", "!drop", "!crash", "!cut", "!mend"};

    for (size_t i = 0; i < COUNT(verbs); i++) {
        if (strcmp(verb, verbs[i]) == 0)
            return true;
    }
    return false;
}

bool escape_line(const struct escape_env *env, const char *line, struct buf *out)
{
    struct words w;

    if (line[0] != '!')
        return false;
    split(&w, line);
    if (w.n == 0 || w.v[0][0] != '!')
        return false;
    if (strcmp(w.v[0], "!wait") == 0)
        wait(env, &w, out);
    else if (strcmp(w.v[0], "!help") == 0)
        help(env, out);
    else if (env->far)
        return far_line(env, &w, out);
    else if (needs_far(w.v[0]))
        complain(out, "there is no other end: start the gateway with --peer");
    else
        return false; /* a comment */
    return true;
}
