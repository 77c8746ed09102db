#include "cli/leg_files.h"

#include "base/mem.h"
#include "cli/files.h"
#include "cli/terminal.h"
#include "esp/esp_table.h"
#include "evidence/interfaces.h"
#include "traffic/savefile.h"

#include <stdio.h>
#include <string.h>

struct source {
    struct savefile *file;
    struct savefile_packet at; /* the next one; valid while `more` */
    bool more;
};

const char *leg_files_add(struct leg_files *f, const char *word)
{
    static const char want[] = "wants LEG=FILE, with LEG bo-lan, wan, ho-lan or mgmt";
    const char *eq = strchr(word, '=');

    if (!eq || !eq[1])
        return want;
    if (f->n == LEG_FILES)
        return "too many files: 64 at most";
    for (int leg = 0; leg < EV_EVENTS; leg++) {
        const char *name = evidence_leg_name((enum evidence_leg)leg);
        if (strlen(name) == (size_t)(eq - word) && memcmp(name, word, strlen(name)) == 0) {
            f->v[f->n].leg = (enum evidence_leg)leg;
            f->v[f->n++].path = eq + 1;
            return NULL;
        }
    }
    return want;
}

static enum err take_key(struct judge *j, struct bytes line, const char *path, int n,
                         struct diag *why)
{
    struct esp_params p = {0};
    struct diag d = {0};
    enum err e = esp_table_parse(line, &p, &d);

    if (!e)
        e = judge_legs_key(j, &p);
    mem_wipe(&p, sizeof(p));
    if (!e || e == ERR_END) /* an empty line */
        return ERR_OK;
    return diag_fail_at(why, e, path, n, "%s", d.text[0] ? d.text : err_text(e));
}

/* Every line of the table; WHY names the one that is wrong. */
static enum err read_keys(const char *path, struct judge *j, struct diag *why)
{
    char *text;
    size_t n;
    enum err e = read_whole(path, &text, &n, why);

    if (e)
        return e;
    struct bytes rest = bytes_of(text, n);
    for (int number = 1; !e && rest.n; number++) {
        const void *nl = memchr(rest.p, '\n', rest.n);
        size_t len = nl ? (size_t)((const uint8_t *)nl - rest.p) : rest.n;
        e = take_key(j, bytes_head(rest, len), path, number, why);
        rest = bytes_from(rest, len + (nl != NULL));
    }
    mem_wipe(text, n);
    mem_free(text);
    return e;
}

static void advance(struct source *s)
{
    struct diag why = {0};
    enum err e = savefile_next(s->file, &s->at, &why);

    s->more = !e;
    if (e && e != ERR_END)
        say_why(&why, 0);
}

static struct source *earliest(struct source *s, size_t n)
{
    struct source *best = NULL;

    for (size_t i = 0; i < n; i++)
        if (s[i].more && (!best || s[i].at.time_ns < best->at.time_ns))
            best = &s[i];
    return best;
}

static void feed(const struct leg_files *f, struct source *s, struct judge *j)
{
    struct source *next;

    while ((next = earliest(s, f->n))) {
        struct judge_leg_packet p = {.leg = f->v[next - s].leg,
                                     .time_ns = next->at.time_ns,
                                     .number = next->at.number,
                                     .pkt = &next->at.pkt};
        judge_legs_take(j, &p);
        advance(next);
    }
}

enum err leg_files_judge(const struct leg_files *f, struct judgement **out, struct diag *why)
{
    struct source s[LEG_FILES] = {0};
    enum err e = ERR_OK;

    for (size_t i = 0; i < f->n && !e; i++) {
        e = savefile_open(f->v[i].path, &s[i].file, why);
        if (!e)
            advance(&s[i]);
    }
    if (!e) {
        struct judge *j = judge_legs_new();
        e = f->esp_sa ? read_keys(f->esp_sa, j, why) : ERR_OK;
        if (!e)
            feed(f, s, j);
        judge_legs_finish(j, out);
        if (e)
            judgement_free(*out);
    }
    for (size_t i = 0; i < f->n; i++)
        savefile_close(s[i].file);
    return e;
}
