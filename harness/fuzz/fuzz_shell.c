/* What comes in at a console. First byte: a network client's, or a file's. */
#include "cli/shell.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool line(void *ctx, const char *text, struct buf *out)
{
    (void)ctx;
    buf_adds(out, text);
    return text[0] != 'q';
}

static void prompt(void *ctx, struct buf *out)
{
    (void)ctx;
    buf_adds(out, "> ");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct shell_config cfg = {.ops = {line, prompt, NULL}, .prompts = true};
    struct buf out = BUF_INIT;
    struct shell s;

    if (size == 0)
        return 0;
    cfg.network = data[0] & 1;
    shell_init(&s, &cfg, &out);
    if (shell_input(&s, (struct bytes){data + 1, size - 1}, &out))
        shell_finish(&s, &out);
    shell_release(&s);
    buf_release(&out);
    return 0;
}
