/* A configuration file: lines into commands. */
#include "gateway/config_load.h"

#include "gateway/command.h"
#include "gateway/config_parts.h"
#include "wire/scan.h"

#include <stdio.h>

/* The device's answer to a refused command as a sentence for a person: its words, then the line and
 * the marker under it. */
static enum err complain(const struct gw_load *l, int line_no, const char *line)
{
    struct bytes text = buf_bytes(&l->answer), answer_line, caret = {0}, words = {0};
    char shown[256]; /* what fits a diag, and is no secret */

    snprintf(shown, sizeof(shown), "%s", line);
    gw_mask_secrets(shown);
    while (scan_before(&text, "\n", &answer_line)) {
        if (answer_line.n && answer_line.p[answer_line.n - 1] == '^')
            caret = answer_line;
        else if (!words.n || (answer_line.n >= 6 && memcmp(answer_line.p, "ERROR:", 6) == 0))
            words = answer_line;
    }
    return diag_fail_at(l->why, ERR_INVALID, l->file, line_no, "%.*s\n%s%s%.*s", (int)words.n,
                        (const char *)words.p, shown, caret.n && caret.n < 200 ? "\n" : "",
                        caret.n < 200 ? (int)caret.n : 0, (const char *)caret.p);
}

/* What a device does when it boots with such a line: it says so, and goes on. */
static enum err note_foreign(const struct gw_call *call, int line_no, const char *line)
{
    char remark[128];

    snprintf(remark, sizeof(remark), "%s %s refuses it", gw_platform_word(call->cfg->platform),
             call->cfg->version);
    gw_config_note(call->cfg, line_no, line, remark);
    return ERR_OK;
}

enum err gw_load_finish(const struct gw_load *l, const struct gw_call *call, enum err e,
                        int line_no, const char *line)
{
    const char *crowded = e ? NULL : gw_config_crowded(call->cfg);

    if (e && call->foreign && !call->opts->strict)
        return note_foreign(call, line_no, line);
    if (crowded)
        return diag_fail_at(l->why, ERR_INVALID, l->file, line_no,
                            "too many %s: the model takes no more", crowded);
    return e ? complain(l, line_no, line) : ERR_OK;
}

/* The words of a refusal without the marker's line. */
static void one_line(struct bytes answer, struct buf *out)
{
    struct bytes line;

    while (scan_before(&answer, "\n", &line)) {
        if (line.n && line.p[line.n - 1] != '^')
            buf_addf(out, "%s%.*s", out->n ? " " : "", (int)line.n, (const char *)line.p);
    }
}

enum err gw_load_tell(const struct gw_load *l, const struct gw_call *call, size_t notes, enum err e,
                      const char *command)
{
    const struct gw_load_options *o = call->opts;
    const struct gw_note *note =
        call->cfg->nnotes > notes ? &call->cfg->notes[call->cfg->nnotes - 1] : NULL;
    enum gw_line_fate fate = e                      ? GW_LINE_REFUSED
                             : !note                ? GW_LINE_MODELLED
                             : note->remark != NULL ? GW_LINE_REMARKED
                                                    : GW_LINE_ACCEPTED;
    struct buf shown = BUF_INIT, words = BUF_INIT;

    if (!o->each)
        return e;
    buf_adds(&shown, command);
    gw_mask_secrets(shown.s);
    if (e)
        one_line(buf_bytes(&l->answer), &words);
    else if (note && note->remark)
        buf_adds(&words, note->remark);
    o->each(o->ctx, call->line_no, buf_str(&shown), fate, buf_str(&words));
    buf_release(&shown);
    buf_release(&words);
    return ERR_OK;
}

static bool says_something(const char *line)
{
    line += strspn(line, " \t");
    return *line && *line != '!' && *line != ':';
}

static enum err load_line(struct gw_load *l, struct gw_call *call, struct bytes line)
{
    char text[GW_LINE_MAX];

    if (line.n && line.p[line.n - 1] == '\r')
        line.n--;
    if (line.n >= sizeof(text))
        return diag_fail_at(l->why, ERR_INVALID, l->file, call->line_no,
                            "the line has %zu characters; the device takes no more than %d", line.n,
                            GW_LINE_MAX - 1);
    for (size_t i = 0; i < line.n; i++)
        text[i] = line.p[i] ? (char)line.p[i] : ' ';
    text[line.n] = '\0';
    /* "Cryptochecksum:5c228e71..." ends a stored configuration */
    if (strncmp(text, "Cryptochecksum:", 15) == 0)
        return ERR_OK;
    buf_clear(&l->answer);
    size_t notes = call->cfg->nnotes;
    enum err e = gw_command_line(gw_config_commands, gw_config_command_sets, text, call);
    if (says_something(text))
        e = gw_load_tell(l, call, notes, e, text + strspn(text, " \t"));
    return gw_load_finish(l, call, e, call->line_no, text);
}

static enum err load_lines(struct gw_load *l, struct gw_call *call, struct bytes text)
{
    struct bytes line;

    while (text.n) {
        if (!scan_before(&text, "\n", &line)) {
            line = text;
            text.n = 0;
        }
        call->line_no++;
        enum err e = load_line(l, call, line);
        if (e)
            return e;
    }
    return ERR_OK;
}

enum err gw_config_load(struct gw_config *c, const char *file, struct bytes text,
                        const struct gw_load_options *opts, struct diag *why)
{
    static const struct gw_load_options none = {.psk = NULL};
    struct gw_load l = {.file = file, .why = why};
    struct gw_place place = {.mode = GW_CONFIG};
    struct gw_call call = {
        .cfg = c, .opts = opts ? opts : &none, .place = &place, .answer = &l.answer};

    enum err e =
        call.opts->as_printed ? gw_load_printed(&l, &call, text) : load_lines(&l, &call, text);
    buf_release(&l.answer);
    return e;
}
