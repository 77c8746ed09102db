#include "tests/recordings.h"

#include "base/buf.h"
#include "base/hex.h"
#include "base/mem.h"
#include "crypto/hash.h"
#include "tests/testkit.h"

#include <stdio.h>
#include <stdlib.h>

#define README  "captures/README.md"
#define COLUMNS 8

/* The cells of a Markdown table's row, blanks around them removed. Cuts LINE up. */
static size_t cut_row(char *line, char *cells[static COLUMNS])
{
    size_t n = 0;

    if (*line != '|')
        return 0;
    line++;
    while (n < COLUMNS) {
        char *end = strchr(line, '|');
        if (!end)
            break;
        char *last = end;
        while (last > line && last[-1] == ' ')
            last--;
        *last = '\0';
        cells[n++] = line + strspn(line, " ");
        line = end + 1;
    }
    return n;
}

static uint64_t number(const char *cell, const char *row)
{
    char *end;
    uint64_t n = strtoull(cell, &end, 10);

    if (end == cell || *end)
        fail_msg(README ": \"%s\" is no number in the row of %s", cell, row);
    return n;
}

static void put(char *out, size_t cap, const char *folder, const char *cell)
{
    if ((size_t)snprintf(out, cap, "%s%s", folder, cell) >= cap)
        fail_msg(README ": \"%s\" is too long", cell);
}

typedef void row_reader(char *const cells[], void *out);

static void recording_row(char *const cells[], void *out)
{
    struct recording *r = out;

    put(r->path, sizeof(r->path), "captures/", cells[0]);
    put(r->tap, sizeof(r->tap), "", cells[3]);
    r->packets = number(cells[4], cells[0]);
    r->bytes = number(cells[5], cells[0]);
    put(r->sha256, sizeof(r->sha256), "", cells[6]);
}

static void carried_row(char *const cells[], void *out)
{
    struct carried *c = out;
    char extra;

    put(c->path, sizeof(c->path), "captures/", cells[0]);
    if (sscanf(cells[1], "%7s %u%c", c->proto, &c->number, &extra) != 2)
        fail_msg(README ": \"%s\" is no flow", cells[1]);
    put(c->opened_by, sizeof(c->opened_by), "", cells[2]);
    put(c->said_by, sizeof(c->said_by), "", cells[3]);
    c->bytes = number(cells[4], cells[0]);
    put(c->sha256, sizeof(c->sha256), "", cells[5]);
}

/* Reads the rows of the table whose first line begins with HEAD. */
static size_t read_table(const char *head, row_reader *read, void *out, size_t size)
{
    size_t len, n = 0;
    uint8_t *file = test_file(README, &len);
    struct buf text = BUF_INIT;

    assert_non_null(file);
    buf_add(&text, file, len);
    mem_free(file);
    char *at = strstr(text.s, head), *line;
    strsep(&at, "\n");
    strsep(&at, "\n"); /* the rule under the head */
    while (at && (line = strsep(&at, "\n"))) {
        char *cells[COLUMNS];
        if (cut_row(line, cells) != 7)
            break;
        assert_true(n < RECORDINGS_MAX);
        read(cells, (char *)out + n++ * size);
    }
    buf_release(&text);
    return n;
}

size_t recordings_read(struct recording out[static RECORDINGS_MAX])
{
    return read_table("| file | what ", recording_row, out, sizeof(*out));
}

size_t carried_read(struct carried out[static RECORDINGS_MAX])
{
    return read_table("| file | flow ", carried_row, out, sizeof(*out));
}

bool recording_in_branch(const struct endpoint *e)
{
    static const struct ip_net nets[] = {
        {{4, {10, 224, 228, 0}}, 25},
        {{6, {0xfd, 0x00, 0x00, 0xb0}}, 64},
    };

    return ip_net_has(&nets[0], &e->addr) || ip_net_has(&nets[1], &e->addr);
}

void recording_sha256(struct bytes b, char hex[static 65])
{
    uint8_t sum[32];

    digest_sum(DIGEST_SHA256, &b, 1, sum);
    hex_format(bytes_of(sum, sizeof(sum)), hex);
}

struct capture *recording_open(const char *path)
{
    struct capture *c = NULL;
    struct diag why = {0};

    if (capture_read(path, &c, &why))
        fail_msg("%s", why.text);
    return c;
}

bool recording_tools(const char *tools)
{
    char command[128];

    snprintf(command, sizeof(command), "for t in %s; do command -v $t >/dev/null || exit 1; done",
             tools);
    if (system(command) == 0)
        return true;
    printf("SKIPPED: not all of %s are here to read the recordings\n", tools);
    return false;
}
