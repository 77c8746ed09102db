#include "tests/xmllint.h"

#include "tests/testkit.h"

#include <stdio.h>

void xmllint_run(struct xmllint *x, const char *how, const char *files)
{
    struct buf command = BUF_INIT;
    size_t got;
    FILE *f;

    x->said = BUF_INIT;
    buf_addf(&command, "LC_ALL=C xmllint --nonet --noout --xinclude %s %s 2>&1", how, files);
    f = popen(command.s, "r");
    assert_non_null(f);
    while ((got = fread(buf_room(&x->said, 65536), 1, 65536, f)) > 0)
        buf_grew(&x->said, got);
    (void)pclose(f); /* not 0 when a file is invalid, which is for the caller to judge */
    if (strstr(buf_str(&x->said), "failed to compile") || strstr(x->said.s, "xmllint: not found"))
        fail_msg("%s\n%s", command.s, x->said.s);
    buf_release(&command);
}

void xmllint_release(struct xmllint *x)
{
    buf_release(&x->said);
}

static bool says(const struct xmllint *x, const char *path, const char *what)
{
    struct buf line = BUF_INIT;
    bool yes;

    buf_addf(&line, "\n%s %s\n", path, what);
    yes = strstr(buf_str(&x->said), line.s) ||
          strncmp(buf_str(&x->said), line.s + 1, line.n - 1) == 0;
    buf_release(&line);
    return yes;
}

bool xmllint_accepts(const struct xmllint *x, const char *path)
{
    struct buf errors = BUF_INIT;
    bool broken;

    if (says(x, path, "validates"))
        return true;
    buf_addf(&errors, "%s:", path); /* "file:line: parser error": it was not validated at all */
    broken = strstr(buf_str(&x->said), errors.s) != NULL;
    buf_release(&errors);
    if (!broken && !says(x, path, "fails to validate"))
        fail_msg("xmllint says nothing about %s:\n%s", path, buf_str(&x->said));
    return false;
}
