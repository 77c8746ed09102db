#include "tests/whole_run.h"

#include "base/buf.h"
#include "tests/testkit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

static const char *program(void)
{
    const char *p = getenv("HOLDFAST");

    if (!p) {
        fail_msg("HOLDFAST must name the built program: run the tests with make check");
        return "";
    }
    return p;
}

static int shell(const char *command)
{
    int status = system(command);

    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

int whole_run_command(const char *command)
{
    struct buf b = BUF_INIT;
    const char *hole = strstr(command, "%s");

    if (hole) {
        buf_add(&b, command, (size_t)(hole - command));
        buf_adds(&b, program());
        buf_adds(&b, hole + 2);
    } else {
        buf_adds(&b, command);
    }
    int rc = shell(buf_str(&b));
    buf_release(&b);
    return rc;
}

void whole_run(struct whole_run *r, const char *args)
{
    struct buf b = BUF_INIT;
    json_error_t error;

    *r = (struct whole_run){.dir = "/tmp/holdfast-run-XXXXXX"};
    assert_non_null(mkdtemp(r->dir));
    buf_addf(&b, "%s run --color never -o %s %s >%s/stdout 2>%s/stderr </dev/null", program(),
             r->dir, args, r->dir, r->dir);
    r->exit_code = shell(buf_str(&b));
    buf_clear(&b);
    buf_addf(&b, "%s/run.json", r->dir);
    r->json = json_load_file(buf_str(&b), 0, &error);
    buf_release(&b);
}

void whole_run_release(struct whole_run *r)
{
    char command[128];

    json_decref(r->json);
    snprintf(command, sizeof(command), "rm -rf %s", r->dir);
    assert_int_equal(shell(command), 0);
}

static const json_t *cases(const struct whole_run *r)
{
    return r->json ? json_object_get(r->json, "cases") : NULL;
}

const json_t *whole_run_case(const struct whole_run *r, const char *id)
{
    size_t i;
    json_t *c;

    json_array_foreach(cases(r), i, c)
    {
        const char *name = json_string_value(json_object_get(c, "id"));
        if (name && strcmp(name, id) == 0)
            return c;
    }
    return NULL;
}

static const char *text(const json_t *object, const char *key)
{
    const char *s = json_string_value(json_object_get(object, key));

    return s ? s : "";
}

const char *whole_run_verdict(const struct whole_run *r)
{
    return text(json_array_get(cases(r), 0), "verdict");
}

static const json_t *findings(const struct whole_run *r)
{
    return json_object_get(json_array_get(cases(r), 0), "findings");
}

const char *whole_run_reason(const struct whole_run *r, const char *field)
{
    return text(json_array_get(findings(r), 0), field);
}

bool whole_run_found(const struct whole_run *r, const char *rule, const char *verdict)
{
    size_t i;
    json_t *f;

    json_array_foreach(findings(r), i, f)
    {
        if (strcmp(text(f, "rule"), rule) == 0 && strcmp(text(f, "verdict"), verdict) == 0)
            return true;
    }
    return false;
}

void whole_run_show(const struct whole_run *r)
{
    char command[192];

    snprintf(command, sizeof(command), "cat %s/stdout %s/stderr", r->dir, r->dir);
    (void)!system(command);
}
