/* ESP and IKE found in the capture corpus, row for row beside what tshark says. */
#include "cli/scan.h"

#include "base/attr.h"
#include "tests/testkit.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CORPUS "../shared/data/captures/"

struct corpus {
    struct scan scan;
    char file[512];
    bool open;
    uint64_t agree, differ;
};

static void corpus_open(struct corpus *c, const char *group, const char *file)
{
    char path[512];
    struct diag why = {0};

    snprintf(path, sizeof(path), CORPUS "%s/%s", group, file);
    if (access(path, R_OK) != 0)
        snprintf(path, sizeof(path), CORPUS "%s/%s.gz", group, file);
    if (c->open && strcmp(c->file, path) == 0)
        return;
    if (c->open)
        scan_release(&c->scan);
    c->open = true;
    snprintf(c->file, sizeof(c->file), "%s", path);
    (void)!scan_file(&c->scan, path, false, &why);
}

static void count(struct corpus *c, bool same, const char *row)
{
    c->agree += same;
    if (!same && c->differ++ < 20)
        printf("differs: %.200s\n", row);
}

/* Reads the table NAME, whose cells are separated by tabs; TAKE gets each row's. */
static void corpus_rows(const char *name, size_t columns,
                        void (*take)(struct corpus *, char **cells, const char *row),
                        uint64_t per_mille)
{
    struct corpus c = {.open = false};
    char path[256], line[65536], row[256];
    FILE *f;

    snprintf(path, sizeof(path), CORPUS "oracle/%s", name);
    f = fopen(path, "r");
    if (!f) {
        printf("SKIPPED: %s is not here: nothing to compare with\n", path);
        skip();
    }
    assert_non_null(fgets(line, sizeof(line), f)); /* names of the columns */
    while (fgets(line, sizeof(line), f)) {
        char *cells[32] = {NULL}, *rest = line;
        size_t n = 0;
        line[strcspn(line, "\n")] = '\0';
        snprintf(row, sizeof(row), "%.255s", line);
        for (; rest && n < COUNT(cells); n++)
            cells[n] = strsep(&rest, "\t");
        if (n < columns || strcmp(cells[0], "malformed") == 0)
            continue;
        corpus_open(&c, cells[0], cells[1]);
        take(&c, cells, row);
    }
    fclose(f);
    if (c.open)
        scan_release(&c.scan);
    printf("%s: %" PRIu64 " rows agree, %" PRIu64 " differ\n", name, c.agree, c.differ);
    assert_true(c.agree > 0);
    assert_true(c.agree * 1000 >= (c.agree + c.differ) * per_mille);
}

static uint64_t num(const char *s)
{
    return strtoull(s, NULL, 0);
}

/* group file src dst spi encap count seq_first seq_last seq_min seq_max seq_missing seq_dup
 * seq_out_of_order */
static void take_esp_row(struct corpus *c, char **cells, const char *row)
{
    bool same = false;

    for (size_t i = 0; i < c->scan.nesp && !same; i++) {
        const struct scan_esp *e = &c->scan.esp[i];
        char src[IP_ADDR_TEXT], dst[IP_ADDR_TEXT];
        same = e->spi == num(cells[4]) && strcmp(ip_addr_format(&e->src, src), cells[2]) == 0 &&
               strcmp(ip_addr_format(&e->dst, dst), cells[3]) == 0 &&
               (e->in == SCAN_IN_UDP) == (strcmp(cells[5], "udp") == 0) &&
               e->packets == num(cells[6]) && e->first_seq == num(cells[7]) &&
               e->last_seq == num(cells[8]) && scan_esp_missing(e) == num(cells[11]) &&
               e->duplicates == num(cells[12]) && e->out_of_order == num(cells[13]);
    }
    count(c, same, row);
}

static void corpus_esp_is_as_tshark_says(void **state)
{
    (void)state;
    corpus_rows("esp_sas.tsv", 14, take_esp_row, 1000);
}

static void put_hex(const uint8_t spi[8], char out[17])
{
    for (int i = 0; i < 8; i++)
        snprintf(out + 2 * i, 3, "%02x", spi[i]);
}

/* The payload types of the row, which also lists proposals (2) and transforms (3) inside an SA. */
static bool same_payloads(const struct scan_ike *m, const char *list)
{
    size_t n = 0;

    while (*list) {
        unsigned long type = strtoul(list, NULL, 10);
        list += strcspn(list, ",");
        list += *list == ',';
        if (type == 2 || type == 3)
            continue;
        if (n >= m->npayloads || m->payloads[n++] != type)
            return false;
    }
    return n == m->npayloads;
}

/* ... 11 ispi 12 rspi 13 version 14 exchange 15 flags 16 message id ... 19 payload types */
static void take_ike_row(struct corpus *c, char **cells, const char *row)
{
    bool same = false;

    for (size_t i = 0; i < c->scan.nike && !same; i++) {
        const struct scan_ike *m = &c->scan.ike[i];
        char spi_i[17], spi_r[17];
        if (m->packet != num(cells[2]))
            continue;
        put_hex(m->spi_i, spi_i);
        put_hex(m->spi_r, spi_r);
        same = strcmp(spi_i, cells[11]) == 0 && strcmp(spi_r, cells[12]) == 0 &&
               m->version == num(cells[13]) && m->exchange == num(cells[14]) &&
               m->flags == num(cells[15]) && m->message_id == num(cells[16]) &&
               same_payloads(m, cells[19]);
    }
    count(c, same, row);
}

/* Not all: tshark names a draft's payload once where there are two, and reads one whose length is
 * wrong. */
static void corpus_ike_is_as_tshark_says(void **state)
{
    (void)state;
    corpus_rows("ike_messages.tsv", 20, take_ike_row, 990);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(corpus_esp_is_as_tshark_says),
        cmocka_unit_test(corpus_ike_is_as_tshark_says),
    };
    return cmocka_run_group_tests_name("cli/scan_corpus", tests, NULL, NULL);
}
