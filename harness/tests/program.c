#include "tests/program.h"

#include "base/mem.h"
#include "tests/testkit.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *program(void)
{
    const char *p = getenv("HOLDFAST");

    if (!p)
        fail_msg("HOLDFAST must name the built program: run the tests with make check");
    return p;
}

static void put_folder(char out[static 64])
{
    snprintf(out, 64, "/tmp/holdfast-test-%ld", (long)getpid());
}

const char *program_folder(void)
{
    static char folder[64]; /* the same for the life of the process */
    char command[128];

    if (!*folder) {
        put_folder(folder);
        snprintf(command, sizeof(command), "mkdir -p %s", folder);
        assert_int_equal(system(command), 0);
    }
    return folder;
}

int program_folder_remove(void **state)
{
    char command[128], folder[64];

    (void)state;
    put_folder(folder);
    snprintf(command, sizeof(command), "rm -rf %s", folder);
    return system(command);
}

static void slurp(const char *name, struct buf *out)
{
    char path[128];
    size_t n;

    snprintf(path, sizeof(path), "%s/%s", program_folder(), name);
    uint8_t *text = test_file(path, &n);
    assert_non_null(text);
    buf_add(out, text, n);
    mem_free(text);
}

void program_run(struct program *p, const char *command)
{
    struct buf b = BUF_INIT;

    *p = (struct program){.out = BUF_INIT, .err = BUF_INIT};
    buf_adds(&b, "( ");
    for (const char *c = command; *c; c++) {
        if (c[0] == '%' && (c[1] == 'H' || c[1] == 'T'))
            buf_adds(&b, *++c == 'H' ? program() : program_folder());
        else
            buf_addc(&b, *c);
    }
    buf_addf(&b, " ) >%s/stdout 2>%s/stderr </dev/null", program_folder(), program_folder());
    int status = system(buf_str(&b));
    p->code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    slurp("stdout", &p->out);
    slurp("stderr", &p->err);
    buf_release(&b);
}

void program_release(struct program *p)
{
    buf_release(&p->out);
    buf_release(&p->err);
}

void program_file(const char *name, const char *text)
{
    char path[192];

    snprintf(path, sizeof(path), "%s/%s", program_folder(), name);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    assert_true(fputs(text, f) >= 0);
    assert_int_equal(fclose(f), 0);
}

size_t program_lines(const struct buf *s)
{
    size_t n = 0;

    for (size_t i = 0; i < s->n; i++)
        n += s->s[i] == '\n';
    return n;
}
