/* Runs a fuzz target over the files named on the command line, without libFuzzer: the regression
 * half of fuzzing, as part of `make check`. */
#include "base/buf.h"
#include "base/mem.h"

#include <stdio.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        struct buf b = BUF_INIT;
        FILE *f = fopen(argv[i], "rb");
        if (!f) {
            fprintf(stderr, "%s: cannot be opened\n", argv[i]);
            return 2;
        }
        for (size_t got; (got = fread(buf_room(&b, 65536), 1, 65536, f)) > 0;)
            buf_grew(&b, got);
        fclose(f);
        /* an exactly sized block, so that a sanitizer sees one byte too many */
        size_t n = b.n;
        uint8_t *data = mem_resize(NULL, n, 1);
        if (n)
            memcpy(data, b.s, n);
        buf_release(&b);
        LLVMFuzzerTestOneInput(data, n);
        mem_free(data);
    }
    return 0;
}
