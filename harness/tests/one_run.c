#include "tests/one_run.h"

#include "base/mem.h"
#include "evidence/event_line.h"
#include "tests/testkit.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#define EPOCH_NS (INT64_C(1700000000) * 1000000000)

static const char head[] =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    "<case xmlns=\"urn:holdfast:case:1\" id=\"test\" version=\"1\" timeout=\"2h\"%s>\n"
    "<title>A test</title>\n<about>What a run does.</about>\n";
static const char config[] = "<config file=\"cases/devices/%s-asa.cfg\"/>"
                             "<config file=\"cases/devices/logging.cfg\"/>";

/* Puts the note's configuration into each <device ...> that has none of its own. */
static void add_body(struct buf *b, const char *body)
{
    bool any = false;

    for (const char *d; (d = strstr(body, "<device ")); any = true) {
        const char *end = strchr(d, '>'), *ho = strstr(d, "site=\"ho\"");
        if (!end || end[-1] == '/')
            fail_msg("<device> must have an end of its own");
        bool at_ho = ho && ho < end;
        buf_add(b, body, (size_t)(end + 1 - body));
        body = end + 1;
        if (strstr(body, "<config") != body)
            buf_addf(b, config, at_ho ? "ho" : "bo");
    }
    if (!any && !strstr(body, "<device>")) { /* before what follows the lab */
        const char *at = strstr(body, "<peer");
        at = at ? at : strstr(body, "<timeline");
        assert_non_null(at);
        buf_add(b, body, (size_t)(at - body));
        buf_adds(b, "<device>");
        buf_addf(b, config, strstr(body, "device=\"ho\"") ? "ho" : "bo");
        buf_adds(b, "</device>");
        body = at;
    }
    buf_adds(b, body);
}

static void write_case(const struct one_run *r, const char *body, const char *path)
{
    struct buf b = BUF_INIT;
    const char *attributes = "";
    char given[96] = "";

    (void)r;
    if (body[0] == '@') { /* attributes of the case, up to the end of the line */
        const char *end = strchr(body, '\n');
        assert_true(end && (size_t)(end - body) < sizeof(given));
        snprintf(given, sizeof(given), " %.*s", (int)(end - body - 1), body + 1);
        attributes = given;
        body = end + 1;
    }
    buf_addf(&b, head, attributes);
    add_body(&b, body);
    buf_adds(&b, "</case>\n");
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    assert_int_equal(fwrite(b.s, 1, b.n, f), b.n);
    assert_int_equal(fclose(f), 0);
    buf_release(&b);
}

static void load_case(struct one_run *r, const char *path)
{
    struct plan_problem *problems = NULL;
    struct plan_options o = {.root = "."};
    enum err e = plan_load(path, &o, &r->plan, &problems);

    for (const struct plan_problem *p = problems; p; p = p->next)
        print_error("%s:%d: %s\n", p->diag.file, p->diag.line, p->diag.text);
    plan_problems_free(problems);
    assert_ok(e);
}

/* --- evidence ----------------------------------------------------------------------------------
 */

static void keep_line(struct one_run *r, const struct evidence_record *rec, const size_t *counts)
{
    struct one_line l = {.time = (double)(rec->time_ns - EPOCH_NS) / 1e9};
    struct bytes text = bytes_from(rec->frame, 14);

    l.text = mem_strndup((const char *)text.p, text.n);
    memcpy(l.frames_before, counts, sizeof(l.frames_before));
    r->lines = mem_resize(r->lines, r->nlines + 1, sizeof(l));
    r->lines[r->nlines++] = l;
}

static void keep_frame(struct one_run *r, const struct evidence_record *rec, size_t *cap)
{
    struct one_frame f = {.leg = rec->leg,
                          .time = (double)(rec->time_ns - EPOCH_NS) / 1e9,
                          .filtered = bytes_eq(rec->remark, bytes_str("filtered")),
                          .injected = bytes_eq(rec->remark, bytes_str("injected")),
                          .n = rec->frame.n};

    f.p = mem_resize(NULL, f.n + 1, 1);
    memcpy(f.p, rec->frame.p, f.n);
    if (r->nframes == *cap) {
        *cap = *cap ? *cap * 2 : 1024;
        r->frames = mem_resize(r->frames, *cap, sizeof(f));
    }
    r->frames[r->nframes++] = f;
}

static void read_evidence(struct one_run *r)
{
    struct evidence_reader *in;
    struct evidence_record rec;
    size_t counts[EV_LEGS] = {0}, cap = 0;
    enum err e;

    assert_ok(evidence_open(r->opts.evidence, &in, &r->why));
    while (!(e = evidence_next(in, &rec))) {
        if (rec.leg == EV_EVENTS)
            keep_line(r, &rec, counts);
        else
            keep_frame(r, &rec, &cap);
        counts[rec.leg]++;
    }
    assert_int_equal(e, ERR_END);
    r->totals = *evidence_totals(in);
    evidence_reader_free(in);
}

void one_run(struct one_run *r, const char *body, const struct replay_options *opts)
{
    char path[96];

    *r = (struct one_run){.dir = "build/one-run-XXXXXX"};
    assert_non_null(mkdtemp(r->dir));
    snprintf(path, sizeof(path), "%s/case.xml", r->dir);
    write_case(r, body, path);
    load_case(r, path);
    r->captures = replay_captures_new();
    if (opts)
        r->opts = *opts;
    snprintf(path, sizeof(path), "%s/evidence.pcapng", r->dir);
    r->opts.evidence = mem_strdup(path);
    r->opts.epoch_ns = EPOCH_NS;
    r->opts.version = "holdfast test";
    if (r->opts.seed == 0)
        r->opts.seed = 1;
    if (r->opts.keys_dir) {
        snprintf(path, sizeof(path), "%s/keys", r->dir);
        r->opts.keys_dir = mem_strdup(path);
    }
    r->err = replay_run(r->plan, r->captures, &r->opts, &r->result, &r->why);
    if (!r->err)
        read_evidence(r);
}

void one_run_release(struct one_run *r)
{
    char command[128];

    snprintf(command, sizeof(command), "rm -rf %s", r->dir);
    assert_int_equal(system(command), 0);
    for (size_t i = 0; i < r->nlines; i++)
        mem_free(r->lines[i].text);
    for (size_t i = 0; i < r->nframes; i++)
        mem_free(r->frames[i].p);
    mem_free(r->lines);
    mem_free(r->frames);
    mem_free((char *)(uintptr_t)r->opts.evidence);
    mem_free((char *)(uintptr_t)r->opts.keys_dir);
    replay_captures_free(r->captures);
    plan_free(r->plan);
}

/* --- questions ---------------------------------------------------------------------------------
 */

static bool has(const char *line, const char *key, const char *value)
{
    struct buf b = BUF_INIT;
    bool same = event_line_get(bytes_str(line), key, &b) == ERR_OK && !strcmp(buf_str(&b), value);

    buf_release(&b);
    return same;
}

const struct one_line *one_run_find(const struct one_run *r, const char *what, const char *key,
                                    const char *value, size_t n)
{
    for (size_t i = 0; i < r->nlines; i++) {
        const char *text = r->lines[i].text;
        if (event_line_is(bytes_str(text), what) && (!key || has(text, key, value)) && n-- == 0)
            return &r->lines[i];
    }
    return NULL;
}

static const struct one_line *find_event(const struct one_run *r, const char *id, const char *state)
{
    const struct one_line *l;

    for (size_t i = 0; (l = one_run_find(r, "event", "id", id, i)); i++) {
        if (has(l->text, "state", state))
            return l;
    }
    return NULL;
}

const struct one_line *one_run_event(const struct one_run *r, const char *id, const char *state)
{
    const struct one_line *l = find_event(r, id, state), *other;

    for (size_t i = 0; !l && (other = one_run_find(r, "event", "id", id, i)); i++)
        print_error("%.6f %s\n", other->time, other->text);
    if (!l)
        fail_msg("event %s is not %s", id, state);
    return l;
}

bool one_run_has_event(const struct one_run *r, const char *id, const char *state)
{
    return find_event(r, id, state) != NULL;
}

char *one_line_copy(const struct one_line *l, const char *key, char out[static ONE_TEXT])
{
    struct buf b = BUF_INIT;

    assert_non_null(l);
    if (event_line_get(bytes_str(l->text), key, &b))
        fail_msg("there is no %s in: %s", key, l->text);
    snprintf(out, ONE_TEXT, "%s", buf_str(&b));
    buf_release(&b);
    return out;
}

uint64_t one_line_number(const struct one_line *l, const char *key)
{
    return strtoull(one_line_text(l, key), NULL, 0);
}

void one_run_ok(struct one_run *r, const char *body, const struct replay_options *opts)
{
    one_run(r, body, opts);
    if (r->err)
        fail_msg("%s", r->why.text);
}

const struct one_line *one_run_host(const struct one_run *r, const char *stream, const char *site)
{
    const struct one_line *l;

    for (size_t i = 0; (l = one_run_find(r, "host", "stream", stream, i)); i++) {
        if (strcmp(one_line_text(l, "site"), site) == 0)
            return l;
    }
    fail_msg("no host line of %s at %s", stream, site);
    return NULL;
}

void one_run_check_done(const struct one_run *r, const char *id)
{
    const struct one_line *s = one_run_find(r, "stream", "id", id, 0);

    for (int i = 0; i < 2; i++) {
        const struct one_line *h = one_run_host(r, id, i ? "ho" : "bo");
        assert_string_equal(one_line_text(h, "state"), "done");
        assert_int_equal(one_line_number(h, "altered"), 0);
        assert_int_equal(one_line_number(h, "delivered"),
                         one_line_number(s, i ? "bytes_bo_to_ho" : "bytes_ho_to_bo"));
    }
}

size_t one_run_frames(const struct one_run *r, enum evidence_leg leg)
{
    size_t n = 0;

    for (size_t i = 0; i < r->nframes; i++)
        n += r->frames[i].leg == leg;
    return n;
}

uint8_t *one_run_evidence(const struct one_run *r, size_t *n)
{
    uint8_t *p = test_file(r->opts.evidence, n);

    assert_non_null(p);
    return p;
}
