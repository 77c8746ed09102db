#define _GNU_SOURCE
#include "tests/matrix.h"

#include "tests/testkit.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Programs run side by side: each line is one write, and all go to the end. */
static void append(const char *line, int n)
{
    const char *build = getenv("BUILD");
    char path[512];

    if (!build)
        return;
    snprintf(path, sizeof(path), "%s/matrix.txt", build);
    int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, line, (size_t)n), n);
    close(fd);
}

static void record(const struct matrix_row *row, const char *event, const char *result)
{
    char line[512];
    int n = snprintf(line, sizeof(line), "IKEv%u\t%s\t%s\t%s\t%s\t%s\n", row->version, row->suite,
                     row->esp, row->responder ? "responder" : "initiator", event, result);

    assert_true(n > 0 && n < (int)sizeof(line));
    append(line, n);
}

void matrix_try(const struct matrix_row *row, const char *event)
{
    record(row, event, "try");
}

void matrix_ok(const struct matrix_row *row, const char *event)
{
    record(row, event, "ok");
}

void matrix_skipped(uint8_t version, const char *why)
{
    const struct matrix_row none = {.version = version, .suite = "any suite", .esp = "any"};

    record(&none, why, "skipped");
}
