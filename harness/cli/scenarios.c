#include "cli/scenarios.h"

#include "report/jsonw.h"

#include <string.h>

static bool is_capital(char c)
{
    return c >= 'A' && c <= 'Z';
}

static bool is_number(char c)
{
    return c >= '0' && c <= '9';
}

bool scenario_is_id(const char *tag)
{
    return strlen(tag) == 6 && is_capital(tag[0]) && (is_capital(tag[1]) || is_number(tag[1])) &&
           is_capital(tag[2]) && tag[3] == '-' && is_number(tag[4]) && is_number(tag[5]);
}

static bool plays(const struct plan *p, const char *id)
{
    for (size_t i = 0; i < p->ntags; i++) {
        if (strcmp(p->tags[i], id) == 0)
            return true;
    }
    return false;
}

struct played {
    size_t cases, passed, failed;
    bool version[2]; /* of IKE, from 1: a case of it passed */
};

/* Pairs of devices have no peer that would say it. */
static bool is_ikev2(const struct plan *p)
{
    return p->peer.ike_version == PLAN_IKEV2 || plays(p, "ikev2");
}

static struct played played_by(const struct requirements *r, const char *id)
{
    struct played n = {0};

    for (size_t i = 0; i < r->nplans; i++) {
        const char *v = last_run_verdict(r->run, r->plans[i]->id);
        if (!plays(r->plans[i], id))
            continue;
        bool passed = v && strcmp(v, "PASS") == 0;
        n.cases++;
        n.passed += passed;
        n.version[is_ikev2(r->plans[i])] |= passed;
        n.failed += v && strcmp(v, "FAIL") == 0;
    }
    return n;
}

static const char *complaint(const struct statement *s, struct played n)
{
    if (n.cases && s->no_case)
        return "A CASE, AND A REASON FOR NONE";
    if (!n.cases)
        return s->no_case ? NULL : "NO CASE, AND NO REASON";
    if (n.failed)
        return "A CASE FAILS";
    return n.passed ? NULL : "NO CASE PASSED";
}

/* Calls WHAT for each tag that is an id of no scenario. Returns how many. */
static size_t each_stray(const struct requirements *r,
                         void (*what)(const struct plan *p, const char *tag, void *ctx), void *ctx)
{
    size_t n = 0;

    for (size_t i = 0; i < r->nplans; i++) {
        const struct plan *p = r->plans[i];
        for (size_t k = 0; k < p->ntags; k++) {
            bool known = !scenario_is_id(p->tags[k]);
            for (size_t s = 0; s < r->doc->n && !known; s++)
                known = strcmp(r->doc->v[s].id, p->tags[k]) == 0;
            if (known)
                continue;
            what(p, p->tags[k], ctx);
            n++;
        }
    }
    return n;
}

/* --- for people --------------------------------------------------------------------------------
 */

static void put_cases(const struct requirements *r, const char *id, struct buf *out)
{
    for (size_t i = 0; i < r->nplans; i++) {
        const char *v = last_run_verdict(r->run, r->plans[i]->id);
        if (plays(r->plans[i], id))
            buf_addf(out, "        %-12s %s\n", v ? v : "not run", r->plans[i]->id);
    }
}

static void put_stray(const struct plan *p, const char *tag, void *ctx)
{
    buf_addf(ctx, "!!! NO SUCH SCENARIO: %s has the tag %s\n", p->id, tag);
}

size_t scenarios_text(const struct requirements *r, struct buf *out)
{
    size_t bad = 0, passed = 0, both = 0, without = 0;
    const char *group = "";

    buf_addf(out, "%s\n", r->doc->title);
    for (size_t i = 0; i < r->doc->n; i++) {
        const struct statement *s = &r->doc->v[i];
        struct played n = played_by(r, s->id);
        const char *loud = complaint(s, n);
        if (strcmp(group, s->at) != 0)
            buf_addf(out, "\n%s\n", group = s->at);
        buf_addf(out, "  %s  %s", s->id, s->text);
        if (n.version[0] || n.version[1])
            buf_addf(out, "  (IKE%s%s%s)", n.version[0] ? "v1" : "",
                     n.version[0] && n.version[1] ? ", IKE" : "", n.version[1] ? "v2" : "");
        buf_addc(out, '\n');
        put_cases(r, s->id, out);
        if (loud)
            buf_addf(out, "!!!     %s\n", loud);
        if (s->no_case)
            buf_addf(out, "        no case: %s\n", s->no_case);
        bad += loud != NULL;
        passed += n.passed && !loud;
        both += n.version[0] && n.version[1] && !loud;
        without += s->no_case && !loud;
    }
    size_t stray = each_stray(r, put_stray, out);
    buf_addf(
        out,
        "\n%zu scenarios: %zu with a case that passed (%zu of them with IKEv1 and with IKEv2), "
        "%zu without one and why, %zu to look at\n",
        r->doc->n, passed, both, without, bad);
    return bad + stray;
}

/* --- for programs ------------------------------------------------------------------------------
 */

static void count_stray(const struct plan *p, const char *tag, void *ctx)
{
    jsonw_object(ctx, NULL);
    jsonw_string(ctx, "case", p->id);
    jsonw_string(ctx, "tag", tag);
    jsonw_close(ctx);
}

static void put_scenario(const struct requirements *r, const struct statement *s, struct jsonw *j)
{
    struct played n = played_by(r, s->id);

    jsonw_object(j, NULL);
    jsonw_string(j, "id", s->id);
    jsonw_string(j, "group", s->at);
    jsonw_string(j, "name", s->text);
    jsonw_string(j, "no_case", s->no_case);
    jsonw_bool(j, "shown", !complaint(s, n) && !s->no_case);
    jsonw_bool(j, "ikev1", n.version[0]);
    jsonw_bool(j, "ikev2", n.version[1]);
    jsonw_array(j, "cases");
    for (size_t i = 0; i < r->nplans; i++) {
        if (!plays(r->plans[i], s->id))
            continue;
        jsonw_object(j, NULL);
        jsonw_string(j, "id", r->plans[i]->id);
        jsonw_string(j, "verdict", last_run_verdict(r->run, r->plans[i]->id));
        jsonw_close(j);
    }
    jsonw_close(j);
    jsonw_close(j);
}

size_t scenarios_json(const struct requirements *r, struct buf *out)
{
    struct jsonw j;
    size_t bad = 0;

    jsonw_begin(&j, out, 2);
    jsonw_object(&j, NULL);
    jsonw_array(&j, "scenarios");
    for (size_t i = 0; i < r->doc->n; i++) {
        const struct statement *s = &r->doc->v[i];
        put_scenario(r, s, &j);
        bad += complaint(s, played_by(r, s->id)) != NULL;
    }
    jsonw_close(&j);
    jsonw_array(&j, "no_such_scenario");
    bad += each_stray(r, count_stray, &j);
    jsonw_close(&j);
    jsonw_close(&j);
    return bad;
}
