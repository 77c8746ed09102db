#include "base/rng_os.h"

#include "base/err.h"

#include <sys/random.h>

static void os_fill(struct rng *r, void *out, size_t n)
{
    unsigned char *p = out;

    (void)r;
    while (n > 0) {
        ssize_t got = getrandom(p, n > 256 ? 256 : n, 0);
        if (got < 0)
            bug("the operating system gives no random bytes");
        p += got;
        n -= (size_t)got;
    }
}

static const struct rng_ops os_ops = {os_fill};

void rng_os_init(struct rng *r)
{
    r->ops = &os_ops;
}
