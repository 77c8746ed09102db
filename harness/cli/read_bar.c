#include "cli/read_bar.h"

#include <stdio.h>
#include <sys/stat.h>
#include <time.h>

#define CELLS   20
#define FIRST_S 1.0 /* what is read faster needs no bar */
#define EACH_S  0.2

uint64_t read_bar_size(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 && S_ISREG(st.st_mode) ? (uint64_t)st.st_size : 0;
}

struct read_bar read_bar_begin(const struct cli_env *env, uint64_t size)
{
    return (struct read_bar){.env = env, .size = size, .begun_s = env->wall()};
}

static bool goes_on(const struct read_bar *b)
{
    return !*b->env->stop;
}

static void draw(struct read_bar *b, uint64_t packets, uint64_t bytes)
{
    uint64_t done = b->size ? bytes * CELLS / b->size : 0;
    int cells = done > CELLS ? CELLS : (int)done;

    fprintf(stderr, "\r\033[K");
    if (b->size)
        fprintf(stderr, "[%.*s%*s] ", cells, "====================", CELLS - cells, "");
    fprintf(stderr, "%llu packets", (unsigned long long)packets);
    fflush(stderr);
    b->drawn = true;
}

bool read_bar_tick(struct read_bar *b, uint64_t packets, uint64_t bytes)
{
    double now = b->env->wall();

    if (b->env->err_is_tty && now - b->begun_s >= FIRST_S && now - b->drawn_s >= EACH_S) {
        draw(b, packets, bytes);
        b->drawn_s = now;
    }
    return goes_on(b);
}

void read_bar_clear(struct read_bar *b)
{
    if (b->drawn)
        fprintf(stderr, "\r\033[K");
    b->drawn = false;
}

bool read_bar_wait(const struct read_bar *b)
{
    const struct timespec pause = {.tv_nsec = 200000000};

    if (!goes_on(b))
        return false;
    nanosleep(&pause, NULL);
    return goes_on(b);
}
