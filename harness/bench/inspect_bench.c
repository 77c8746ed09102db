/* How fast captures of others are read: `holdfast inspect` with and without digests, beside a bare
 * libpcap loop, tcptrace and tshark on the same files, one after the other in one run. The memory
 * of each is the kernel's figure for its process. */
#include "base/attr.h"
#include "bench/traffic_file.h"

#include <fcntl.h>
#include <inttypes.h>
#include <pcap/pcap.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ROUNDS = 3, LONG = 4000000 }; /* packets: once is enough */

struct cost {
    double seconds; /* of a processor, own and system: the least of ROUNDS. What else runs on the
                       machine does not count, but for its share of the caches */
    long kib;       /* most memory at a time */
    bool ok;
};

static double seconds(struct timeval t)
{
    return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

/* What any reader that uses libpcap pays at the least: every packet given out, nothing done. */
static _Noreturn void bare_loop(const char *path)
{
    char why[PCAP_ERRBUF_SIZE];
    pcap_t *p = pcap_open_offline(path, why);
    struct pcap_pkthdr *h;
    const u_char *data;
    uint64_t bytes = 0;

    while (p && pcap_next_ex(p, &h, &data) == 1)
        bytes += h->caplen + data[h->caplen / 2];
    if (p)
        pcap_close(p);
    _exit(p && bytes ? 0 : 1);
}

static _Noreturn void child(const char *const argv[])
{
    int null = open("/dev/null", O_WRONLY);

    dup2(null, STDOUT_FILENO);
    dup2(null, STDERR_FILENO);
    if (strcmp(argv[0], "libpcap") == 0)
        bare_loop(argv[1]);
    execvp(argv[0], (char *const *)(uintptr_t)argv); /* which does not write to it */
    _exit(127);
}

static struct cost run_once(const char *const argv[])
{
    struct rusage use;
    int status;

    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0)
        child(argv);
    if (pid < 0 || wait4(pid, &status, 0, &use) != pid)
        return (struct cost){0};
    return (struct cost){seconds(use.ru_utime) + seconds(use.ru_stime), use.ru_maxrss,
                         WIFEXITED(status) && WEXITSTATUS(status) == 0};
}

static struct cost run(const char *const argv[], int rounds)
{
    struct cost best = run_once(argv);

    for (int i = 1; i < rounds && best.ok; i++) {
        struct cost c = run_once(argv);
        if (c.seconds < best.seconds)
            best.seconds = c.seconds;
        if (c.kib > best.kib)
            best.kib = c.kib;
    }
    return best;
}

struct file {
    char path[64];
    uint64_t packets, bytes;
};

static void make_file(struct file *f, const struct traffic_file *what)
{
    struct stat st;

    snprintf(f->path, sizeof(f->path), "/tmp/holdfast-bench-XXXXXX");
    int fd = mkstemp(f->path);
    if (fd < 0) {
        perror(f->path);
        exit(1);
    }
    close(fd);
    f->packets = traffic_file_write(f->path, what);
    f->bytes = stat(f->path, &st) ? 0 : (uint64_t)st.st_size;
}

static void say(const struct file *f, const char *who, struct cost c, double beside,
                const char *budget)
{
    if (!c.ok) {
        printf("  %-30s could not be run\n", who);
        return;
    }
    printf("  %-30s %7.3f s %7.2f GB/s %7.2f Mpps %8ld KiB", who, c.seconds,
           (double)f->bytes / c.seconds / 1e9, (double)f->packets / c.seconds / 1e6, c.kib);
    if (beside > 0)
        printf("  %6.2f of the bare loop", beside / c.seconds);
    printf("%s%s\n", budget ? "  " : "", budget ? budget : "");
}

/* BUDGETS: of inspect without and with digests. */
static bool side_by_side(const char *what, const struct file *f, const char *holdfast,
                         const char *const budgets[2], bool peers)
{
    const char *bare[] = {"libpcap", f->path, NULL};
    const char *text[] = {holdfast, "inspect", f->path, NULL};
    const char *json[] = {holdfast, "inspect", "--json", f->path, NULL};
    const char *tcptrace[] = {"tcptrace", "-n", "-l", f->path, NULL};
    const char *tshark[] = {"tshark", "-n", "-r", f->path, "-q", "-z", "conv,tcp", NULL};
    int rounds = f->packets > LONG ? 1 : ROUNDS;
    struct cost floor = run(bare, rounds), plain = run(text, rounds), digests = run(json, rounds);

    printf("inspect: %s: %" PRIu64 " packets, %.0f MB\n", what, f->packets, (double)f->bytes / 1e6);
    say(f, "bare libpcap loop", floor, 0, NULL);
    say(f, "holdfast inspect", plain, floor.seconds, budgets[0]);
    say(f, "holdfast inspect --json", digests, floor.seconds, budgets[1]);
    if (peers) {
        say(f, "tcptrace -n -l", run(tcptrace, 1), floor.seconds, NULL);
        say(f, "tshark -q -z conv,tcp", run(tshark, 1), floor.seconds, NULL);
    }
    return floor.ok && plain.ok && digests.ok;
}

/* --- captures larger than memory ----------------------------------------------------------------
 */

/* As a pcap file on standard output: nothing has to fit on a disk. */
static int generate(const char *packets)
{
    struct traffic_file t = {1000, strtoull(packets, NULL, 10), 1400, 0};

    return traffic_file_write("/dev/stdout", &t) ? 0 : 1;
}

/* Through a pipe, so that times are those of the generator, too; memory is the larger of both. */
static bool read_large(const char *self, const char *holdfast, unsigned gigabytes)
{
    static const char *const options[] = {"", "--json"};
    uint64_t packets = gigabytes * UINT64_C(1000000000) / 1416;
    bool ok = true;

    for (size_t i = 0; i < COUNT(options); i++) {
        char command[512];
        snprintf(command, sizeof(command), "%s generate %" PRIu64 " | %s inspect %s -", self,
                 packets, holdfast, options[i]);
        const char *argv[] = {"sh", "-c", command, NULL};
        struct cost c = run_once(argv);
        printf("inspect: %2u GB through a pipe, inspect %-6s %8.1f s %8ld KiB\n", gigabytes,
               options[i], c.seconds, c.kib);
        ok = ok && c.ok;
    }
    return ok;
}

int main(int argc, char **argv)
{
    static const struct row {
        const char *what;
        struct traffic_file file;
        const char *budgets[2];
        bool peers;
    } rows[] = {
        {"1,000 flows, 1400 bytes a packet",
         {1000, 1000000, 1400, 0},
         {"(1.5 GB/s; 0.45)", "(0.8 GB/s with SHA-256)"},
         true},
        {"a fifth of it",
         {1000, 200000, 1400, 0},
         {"(memory as above)", "(memory as above)"},
         false},
        {"1,000 flows, 128 bytes a packet",
         {1000, 2000000, 128, 0},
         {"(4 Mpps; 0.45)", NULL},
         true},
        {"1,000,000 flows",
         {1000000, 2000000, 128, 64},
         {"(1,000,000 KB)", "(1,000,000 KB)"},
         false},
    };
    const char *holdfast = getenv("HOLDFAST") ? getenv("HOLDFAST") : "build/holdfast";
    bool ok = true;

    if (argc == 3 && strcmp(argv[1], "generate") == 0)
        return generate(argv[2]);
    setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
    if (argc == 2 && strcmp(argv[1], "large") == 0)
        return read_large(argv[0], holdfast, 1) && read_large(argv[0], holdfast, 10) ? 0 : 1;

    for (size_t i = 0; i < COUNT(rows); i++) {
        struct file f;
        make_file(&f, &rows[i].file);
        ok = side_by_side(rows[i].what, &f, holdfast, rows[i].budgets, rows[i].peers) && ok;
        unlink(f.path);
    }
    return ok ? 0 : 1;
}
