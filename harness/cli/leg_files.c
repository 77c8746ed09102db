#include "cli/leg_files.h"

#include "base/buf.h"
#include "base/mem.h"
#include "cli/files.h"
#include "cli/leg_syslog.h"
#include "cli/terminal.h"
#include "esp/esp_table.h"
#include "evidence/interfaces.h"
#include "ike/ike_table.h"
#include "judge/tap_clock.h"
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

static void feed(const struct leg_files *f, struct source *s, struct judge *j,
                 struct leg_seen seen[static EV_EVENTS])
{
    struct source *next;

    while ((next = earliest(s, f->n))) {
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

/* The LANs' files once through, for their clocks. */
static struct tap_offset compare_clocks(const struct leg_files *f)
{
    struct tap_clock *c = tap_clock_new();
    struct savefile *file;
    struct savefile_packet p;
    struct diag why = {0};

    for (size_t i = 0; i < f->n; i++) {
        enum evidence_leg leg = f->v[i].leg;
        if ((leg != EV_BO_LAN && leg != EV_HO_LAN) || savefile_open(f->v[i].path, &file, &why))
            continue;
        while (savefile_next(file, &p, &why) == ERR_OK)
            tap_clock_add(c, leg == EV_HO_LAN, &p.pkt, p.time_ns);
        savefile_close(file);
    }
    struct tap_offset o = tap_clock_offset(c);
    tap_clock_free(c);
    return o;
}

static void say_clocks(struct judge *j, const struct tap_offset *o)
{
    struct buf b = BUF_INIT;

    if (!o->known) {
        buf_adds(&b, o->contradicts ? "no one offset between the clocks of bo-lan and ho-lan "
                                      "explains the packets of both: times across are doubtful"
                                    : "the clocks of bo-lan and ho-lan cannot be compared: no "
                                      "payload was seen once on each, both ways");
    } else {
        int64_t half = (o->high_ns - o->low_ns) / 2, mend = tap_offset_mend(o);
        buf_addf(&b, "the clock of ho-lan is %+.6f s from that of bo-lan, give or take %.6f s, by ",
                 (double)(o->low_ns + half) / 1e9, (double)half / 1e9);
        buf_addf(&b, "%llu packets; %s", (unsigned long long)o->packets,
                 mend ? "its times are mended by that" : "times are taken as they are");
    }
    judge_legs_note(j, "clock", !o->known, buf_str(&b));
    buf_release(&b);
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

static enum err judge_all(const struct leg_files *f, struct source *s, struct judge *j,
                          struct diag *why)
{
    struct leg_seen *seen = mem_array(EV_EVENTS, sizeof(*seen));
    struct tap_offset clocks = compare_clocks(f);
    enum err e = f->esp_sa ? read_keys(f->esp_sa, j, why, take_key) : ERR_OK;

    for (size_t i = 0; i < f->nike_keys && !e; i++)
        e = read_keys(f->ike_keys[i], j, why, take_ike_key);
    for (size_t i = 0; i < f->n; i++)
        if (f->v[i].leg == EV_HO_LAN)
            s[i].mend_ns = tap_offset_mend(&clocks);
    if (!e) {
        feed(f, s, j, seen);
        say_legs(j, f, seen);
        if (seen[EV_BO_LAN].packets && seen[EV_HO_LAN].packets)
            say_clocks(j, &clocks);
    }
    for (size_t i = 0; i < f->nsyslog && !e; i++)
        e = leg_syslog_read(j, f->syslog[i], why);
    mem_free(seen);
    return e;
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
        e = judge_all(f, s, j, why);
        judge_legs_finish(j, out);
        if (e)
            judgement_free(*out);
    }
    for (size_t i = 0; i < f->n; i++)
        savefile_close(s[i].file);
    return e;
}
