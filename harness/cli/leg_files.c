#include "cli/leg_files.h"

#include "base/buf.h"
#include "base/mem.h"
#include "cli/files.h"
#include "cli/leg_clocks.h"
#include "cli/leg_spool.h"
#include "cli/leg_syslog.h"
#include "cli/terminal.h"
#include "esp/esp_table.h"
#include "evidence/interfaces.h"
#include "ike/ike_table.h"
#include "judge/tap_twice.h"
#include "traffic/savefile.h"

#include <stdio.h>
#include <string.h>

struct source {
    struct savefile *file;
    struct savefile_packet at; /* the next one; valid while `more` */
    bool more;
    int64_t mend_ns; /* its clock is ahead by so much */
};

const char *leg_files_add(struct leg_files *f, const char *word)
{
    static const char want[] = "wants LEG=FILE, with LEG bo-lan, wan, ho-lan or mgmt";
    const char *eq = strchr(word, '=');

    if (!eq || !eq[1])
        return want;
    if (f->n == LEG_FILES)
        return "too many files: 64 at most";
    for (size_t i = 0; i < f->n && strcmp(eq + 1, "-") == 0; i++)
        if (strcmp(f->v[i].path, "-") == 0)
            return "standard input can be read once";
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

static enum err take_ike_key(struct judge *j, struct bytes line, const char *path, int n,
                             struct diag *why)
{
    struct ike_table_row row;
    struct diag d = {0};
    enum err e = ike_table_parse(line, &row, &d);

    if (!e) {
        e = judge_legs_ike_key(j, &row);
        mem_wipe(&row, sizeof(row));
    }
    if (!e || e == ERR_END)
        return ERR_OK;
    return diag_fail_at(why, e, path, n, "%s", d.text[0] ? d.text : err_text(e));
}

/* Every line of a table, for TAKE; WHY names the one that is wrong. */
static enum err read_keys(const char *path, struct judge *j, struct diag *why,
                          enum err take(struct judge *, struct bytes, const char *, int,
                                        struct diag *))
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
        e = take(j, bytes_head(rest, len), path, number, why);
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
    leg_spool_name(&why);
    if (e && e != ERR_END)
        say_why(&why, 0);
}

/* By the clock of the BO's tap. */
static int64_t time_at(const struct source *s)
{
    return s->at.time_ns - s->mend_ns;
}

static struct source *earliest(struct source *s, size_t n)
{
    struct source *best = NULL;

    for (size_t i = 0; i < n; i++)
        if (s[i].more && (!best || time_at(&s[i]) < time_at(best)))
            best = &s[i];
    return best;
}

/* One tap's view of a leg: another file of the same leg may go on where this one ended. */
struct leg_seen {
    struct tap_twice twice;
    uint64_t packets;
};

static bool is_twice(struct leg_seen *l, const struct source *s)
{
    struct bytes ip = s->at.pkt.eth.payload;

    l->packets++;
    return s->at.pkt.kind >= PKT_IP && !s->at.reassembled && ip.n &&
           tap_twice_add(&l->twice, ip, time_at(s));
}

/* Streams that are not asked for, by the ends that their hosts know and by their number among those
 * of TCP, from 0. */
static void pick_streams(const struct inspect_filter *f, struct judgement *j)
{
    size_t kept = 0;
    int64_t number = 0;

    for (size_t i = 0; i < j->nstreams; i++) {
        struct stream_outcome s = j->streams[i];
        bool asked = inspect_filter_ends(f, &s.bo_end, &s.ho_end) &&
                     (f->stream < 0 || (s.is_tcp && number == f->stream));
        number += s.is_tcp;
        if (asked)
            j->streams[kept++] = s;
    }
    j->nstreams = kept;
}

static bool goes_on(const struct leg_files *f, const struct source *s)
{
    uint64_t packets = 0, bytes = 0;

    for (size_t i = 0; i < f->n; i++) {
        struct savefile_stats one = savefile_stats(s[i].file);
        packets += one.packets;
        bytes += one.stored + one.packets * 16;
    }
    return !f->watch || f->watch(f->ctx, packets, bytes);
}

static void feed(const struct leg_files *f, struct source *s, struct judge *j,
                 struct leg_seen seen[static EV_EVENTS])
{
    struct source *next = earliest(s, f->n);
    int64_t first = next ? time_at(next) : 0;

    for (uint64_t n = 1; next; next = earliest(s, f->n), n++) {
        if (n % LEG_FILES_WATCH == 0 && !goes_on(f, s)) {
            judge_legs_note(j, "legs", true, "interrupted: this is what was read until then");
            return;
        }
        if (!inspect_filter_time(&f->filter, first, time_at(next))) {
            advance(next);
            continue;
        }
        if (is_twice(&seen[f->v[next - s].leg], next)) {
            advance(next);
            continue;
        }
        struct judge_leg_packet p = {.leg = f->v[next - s].leg,
                                     .time_ns = time_at(next),
                                     .number = next->at.number,
                                     .pkt = &next->at.pkt};
        judge_legs_take(j, &p);
        advance(next);
    }
}

/* What is not there, and what was there twice. */
static void say_legs(struct judge *j, const struct leg_files *f,
                     const struct leg_seen seen[static EV_EVENTS])
{
    static const char *const without[EV_EVENTS] = {
        [EV_BO_LAN] = "there is no capture of bo-lan: what the BO's host sent and got is not known",
        [EV_WAN] = "there is no capture of wan: tunnels, their events and clear text are not known",
        [EV_HO_LAN] = "there is no capture of ho-lan: what the HO's host sent and got is not known",
        [EV_MGMT] = ("there is no log: what the devices said is not known, and who tore a stream "
                     "follows from packets alone")};

    for (int leg = 0; leg < EV_EVENTS; leg++) {
        if (!seen[leg].packets && without[leg] && !(leg == EV_MGMT && f->nsyslog))
            judge_legs_note(j, "legs", true, without[leg]);
        if (!seen[leg].twice.twice)
            continue;
        struct buf b = BUF_INIT;
        buf_addf(&b,
                 "%llu packets of %s were captured twice at once, as span ports do: one copy "
                 "of each is left out",
                 (unsigned long long)seen[leg].twice.twice,
                 evidence_leg_name((enum evidence_leg)leg));
        judge_legs_note(j, "legs", false, buf_str(&b));
        buf_release(&b);
    }
}

static enum err read_all_keys(const struct leg_files *f, struct judge *j, struct diag *why)
{
    enum err e = f->esp_sa ? read_keys(f->esp_sa, j, why, take_key) : ERR_OK;

    for (size_t i = 0; i < f->nike_keys && !e; i++)
        e = read_keys(f->ike_keys[i], j, why, take_ike_key);
    return e;
}

static enum err judge_all(const struct leg_files *f, struct source *s, struct judge *j,
                          struct diag *why)
{
    struct leg_seen *seen = mem_array(EV_EVENTS, sizeof(*seen));
    enum err e = read_all_keys(f, j, why);
    struct leg_clocks clocks = {0};

    if (!e) {
        leg_clocks_compare(&clocks, f, j);
        for (size_t i = 0; i < f->n; i++)
            s[i].mend_ns = leg_clocks_mend(&clocks, f->v[i].leg);
        feed(f, s, j, seen);
        say_legs(j, f, seen);
        if (seen[EV_MGMT].packets)
            leg_syslog_say_mgmt(j);
        leg_clocks_say(&clocks, j);
    }
    for (size_t i = 0; i < f->nsyslog && !e; i++)
        e = leg_syslog_read(j, f->syslog[i], why);
    mem_free(seen);
    return e;
}

static enum err judge_files(const struct leg_files *f, struct judgement **out, struct diag *why)
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
        e = judge_all(f, s, j, why);
        judge_legs_finish(j, out);
        pick_streams(&f->filter, *out);
        if (e)
            judgement_free(*out);
    }
    for (size_t i = 0; i < f->n; i++)
        savefile_close(s[i].file);
    return e;
}

enum err leg_files_judge(const struct leg_files *f, struct judgement **out, struct diag *why)
{
    struct leg_files named = *f;
    struct leg_spool spool = {0};
    enum err e = ERR_OK;

    for (size_t i = 0; i < f->n && !e; i++) {
        if (strcmp(f->v[i].path, "-") != 0)
            continue;
        for (size_t k = 0; k < f->nsyslog; k++)
            if (strcmp(f->syslog[k], "-") == 0)
                return diag_fail_at(why, ERR_STATE, "-", 0, "cannot be both a capture and a log");
        e = leg_spool_stdin(&spool, why);
        named.v[i].path = spool.path;
        break; /* there is one at most */
    }
    if (!e)
        e = judge_files(&named, out, why);
    leg_spool_name(why);
    leg_spool_release(&spool);
    return e;
}
