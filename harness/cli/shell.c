#include "cli/shell.h"

#include "base/mem.h"

#include <string.h>

/* RFC 854, RFC 857 (ECHO), RFC 858 (SUPPRESS-GO-AHEAD) */
enum {
    TELNET_SE = 240,
    TELNET_IP = 244, /* interrupt process: Ctrl-C */
    TELNET_EC = 247, /* erase character */
    TELNET_EL = 248, /* erase line */
    TELNET_SB = 250,
    TELNET_WILL = 251,
    TELNET_WONT = 252,
    TELNET_DO = 253,
    TELNET_DONT = 254,
    TELNET_IAC = 255,
    OPTION_ECHO = 1,
    OPTION_SGA = 3,
};

enum {
    CTRL_C = 3,
    CTRL_D = 4,
    BACKSPACE = 8,
    CTRL_U = 21,
    CTRL_W = 23,
    CTRL_Z = 26,
    DELETE = 127,
};

/* --- out ---------------------------------------------------------------------------------------
 */

static void put(const struct shell *s, const char *text, size_t n, struct buf *out)
{
    for (size_t i = 0; i < n; i++) {
        if (s->cfg.network && text[i] == '\n')
            buf_addc(out, '\r');
        buf_addc(out, text[i]);
        if (s->cfg.network && (unsigned char)text[i] == TELNET_IAC)
            buf_addc(out, (char)TELNET_IAC);
    }
}

static void puts_to(const struct shell *s, const char *text, struct buf *out)
{
    put(s, text, strlen(text), out);
}

static void put_prompt(const struct shell *s, struct buf *out)
{
    struct buf b = BUF_INIT;

    if (!s->cfg.prompts)
        return;
    s->cfg.ops.prompt(s->cfg.ops.ctx, &b);
    put(s, buf_str(&b), b.n, out);
    buf_release(&b);
}

static void echo(const struct shell *s, const char *text, struct buf *out)
{
    if (s->echo)
        puts_to(s, text, out);
}

/* --- lines -------------------------------------------------------------------------------------
 */

static void forget_line(struct shell *s)
{
    mem_wipe(s->line, s->n);
    s->n = 0;
    s->line[0] = '\0';
    s->too_long = false;
}

static void run_line(struct shell *s, struct buf *out)
{
    struct buf answer = BUF_INIT;

    s->line[s->n] = '\0';
    if (s->too_long)
        buf_adds(&answer, "ERROR: % Command too long\n");
    else
        s->over = !s->cfg.ops.line(s->cfg.ops.ctx, s->line, &answer);
    put(s, buf_str(&answer), answer.n, out);
    buf_release(&answer);
    forget_line(s);
    if (!s->over)
        put_prompt(s, out);
}

/* "?" in character mode: help for what stands there, which stays. */
static void help(struct shell *s, struct buf *out)
{
    char kept[SHELL_LINE_MAX];
    size_t n = s->n;

    if (n + 2 > sizeof(kept))
        return;
    memcpy(kept, s->line, n);
    s->line[s->n++] = '?';
    echo(s, "?\n", out);
    run_line(s, out);
    memcpy(s->line, kept, n);
    s->n = n;
    s->line[n] = '\0';
    echo(s, s->line, out);
    mem_wipe(kept, sizeof(kept));
}

static void erase(struct shell *s, struct buf *out)
{
    if (s->n == 0)
        return;
    s->n--;
    echo(s, "\b \b", out);
}

static void erase_word(struct shell *s, struct buf *out)
{
    while (s->n && s->line[s->n - 1] == ' ')
        erase(s, out);
    while (s->n && s->line[s->n - 1] != ' ')
        erase(s, out);
}

static void erase_line(struct shell *s, struct buf *out)
{
    while (s->n)
        erase(s, out);
    s->too_long = false;
}

static void interrupt(struct shell *s, struct buf *out)
{
    echo(s, "^C\n", out);
    forget_line(s);
    put_prompt(s, out);
}

/* Leaves the configuration, whatever its mode, as on the device. */
static void leave_modes(struct shell *s, struct buf *out)
{
    forget_line(s);
    echo(s, "^Z\n", out);
    memcpy(s->line, "end", 3);
    s->n = 3;
    run_line(s, out);
}

static void add(struct shell *s, unsigned char c, struct buf *out)
{
    char text[2] = {(char)c, '\0'};

    if (s->n + 1 >= sizeof(s->line)) {
        s->too_long = true;
        return;
    }
    s->line[s->n++] = (char)c;
    echo(s, text, out);
}

static void take_character(struct shell *s, unsigned char c, struct buf *out)
{
    bool second = s->after_cr && (c == '\n' || c == '\0'); /* CR LF, and telnet's CR NUL */

    s->after_cr = c == '\r';
    if (second)
        return;
    switch (c) {
    case '\r':
    case '\n':
        echo(s, "\n", out);
        run_line(s, out);
        break;
    case CTRL_C: interrupt(s, out); break;
    case CTRL_D: s->over = s->n == 0; break;
    case CTRL_U: erase_line(s, out); break;
    case CTRL_W: erase_word(s, out); break;
    case CTRL_Z: leave_modes(s, out); break;
    case BACKSPACE:
    case DELETE: erase(s, out); break;
    case '\t': add(s, ' ', out); break;
    case '?':
        if (s->echo)
            help(s, out);
        else
            add(s, c, out);
        break;
    default:
        if (c >= ' ') /* other controls mean nothing here */
            add(s, c, out);
    }
}

/* --- telnet ------------------------------------------------------------------------------------
 */

static void answer(struct buf *out, int verb, int option)
{
    buf_addc(out, (char)TELNET_IAC);
    buf_addc(out, (char)verb);
    buf_addc(out, (char)option);
}

/* Echo and no go-ahead are done when the client asks; everything else is declined. What is refused
 * already, or acknowledged, is not answered, so that no loop can begin (RFC 1143). */
static void negotiate(struct shell *s, unsigned char option, struct buf *out)
{
    if (s->verb == TELNET_DO && (option == OPTION_ECHO || option == OPTION_SGA)) {
        if (!s->echo)
            answer(out, TELNET_WILL, option);
        s->echo = s->echo || option == OPTION_ECHO;
    } else if (s->verb == TELNET_DO) {
        answer(out, TELNET_WONT, option);
    } else if (s->verb == TELNET_WILL) {
        answer(out, TELNET_DONT, option);
    } else if (s->verb == TELNET_DONT && option == OPTION_ECHO && s->echo) {
        s->echo = false;
        answer(out, TELNET_WONT, option);
    }
}

static void take_verb(struct shell *s, unsigned char c, struct buf *out)
{
    s->telnet = SHELL_TEXT;
    switch (c) {
    case TELNET_WILL:
    case TELNET_WONT:
    case TELNET_DO:
    case TELNET_DONT:
        s->verb = c;
        s->telnet = SHELL_OPTION;
        break;
    case TELNET_SB: s->telnet = SHELL_SUB; break;
    case TELNET_IP: interrupt(s, out); break;
    case TELNET_EC: erase(s, out); break;
    case TELNET_EL: erase_line(s, out); break;
    case TELNET_IAC: take_character(s, c, out); break; /* the byte itself */
    default: break;
    }
}

static void take_byte(struct shell *s, unsigned char c, struct buf *out)
{
    switch (s->telnet) {
    case SHELL_TEXT:
        if (s->cfg.network && c == TELNET_IAC)
            s->telnet = SHELL_IAC;
        else
            take_character(s, c, out);
        break;
    case SHELL_IAC: take_verb(s, c, out); break;
    case SHELL_OPTION:
        negotiate(s, c, out);
        s->telnet = SHELL_TEXT;
        break;
    case SHELL_SUB: s->telnet = c == TELNET_IAC ? SHELL_SUB_IAC : SHELL_SUB; break;
    case SHELL_SUB_IAC: s->telnet = c == TELNET_SE ? SHELL_TEXT : SHELL_SUB; break;
    }
}

/* --- sessions ----------------------------------------------------------------------------------
 */

void shell_init(struct shell *s, const struct shell_config *cfg, struct buf *out)
{
    *s = (struct shell){.cfg = *cfg};
    put_prompt(s, out);
}

bool shell_input(struct shell *s, struct bytes in, struct buf *out)
{
    for (size_t i = 0; i < in.n && !s->over; i++)
        take_byte(s, in.p[i], out);
    return !s->over;
}

void shell_finish(struct shell *s, struct buf *out)
{
    if (!s->over && s->n)
        run_line(s, out);
}

void shell_release(struct shell *s)
{
    mem_wipe(s->line, sizeof(s->line));
    s->n = 0;
}
