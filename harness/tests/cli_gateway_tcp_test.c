/* `holdfast gateway --cli`: its console on TCP, for one client after the other. */
#include "base/mem.h"
#include "tests/program.h"
#include "tests/testkit.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define USER "10.224.228.10"
#define HO   "192.168.50.10"

struct server {
    pid_t pid;
    int err; /* its standard error */
    uint16_t port;
};

static void start(struct server *s, const char *args)
{
    char command[512], line[128] = "";
    int fds[2];
    size_t n = 0;

    assert_int_equal(pipe(fds), 0);
    snprintf(command, sizeof(command),
             "exec %s gateway --config cases/devices/bo-asa.cfg --cli 127.0.0.1:0 %s",
             getenv("HOLDFAST"), args);
    s->pid = fork();
    assert_true(s->pid >= 0);
    if (s->pid == 0) {
        dup2(fds[1], STDERR_FILENO);
        close(fds[0]);
        close(fds[1]);
        execl("/bin/sh", "sh", "-c", command, (char *)NULL);
        _exit(127);
    }
    close(fds[1]);
    s->err = fds[0];
    while (n + 1 < sizeof(line) && read(s->err, line + n, 1) == 1 && line[n] != '\n')
        n++;
    assert_int_equal(sscanf(line, "console on 127.0.0.1:%hu", &s->port), 1);
}

static void stop(struct server *s, int sig)
{
    int status;

    assert_int_equal(kill(s->pid, sig), 0);
    assert_int_equal(waitpid(s->pid, &status, 0), s->pid);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    close(s->err);
}

static int dial(const struct server *s)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(s->port)};
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(connect(fd, (struct sockaddr *)&a, sizeof(a)), 0);
    return fd;
}

/* Reads until WANT has come, or the other side has ended. */
static bool expect(int fd, const char *want, struct buf *out)
{
    struct pollfd p = {.fd = fd, .events = POLLIN};
    char in[1024];

    buf_clear(out);
    while (!strstr(buf_str(out), want)) {
        if (poll(&p, 1, 10000) <= 0)
            return false;
        ssize_t n = read(fd, in, sizeof(in));
        if (n <= 0)
            return false;
        buf_add(out, in, (size_t)n);
    }
    return true;
}

static void say(int fd, const char *text)
{
    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
}

static void a_client_types_and_reads(void **state)
{
    struct server s;
    struct buf out = BUF_INIT;

    (void)state;
    start(&s, "--peer");
    int fd = dial(&s);
    assert_true(expect(fd, "CiscoASA", &out));
    say(fd, "show run all sysopt\r\n");
    assert_true(expect(fd, "no sysopt noproxyarp outside\r\n", &out));
    say(fd, "!ping " USER " " HO "\r\nshow asp table vpn-context\r\n");
    assert_true(expect(fd, "ENCR+ESP+PRESERVE", &out));
    say(fd, "exit\r\n");
    assert_true(expect(fd, "Logoff", &out));
    assert_false(expect(fd, "never", &out)); /* and hangs up */
    close(fd);
    stop(&s, SIGTERM);
    buf_release(&out);
}

static void the_state_stays_for_the_next_client(void **state)
{
    struct server s;
    struct buf out = BUF_INIT;

    (void)state;
    start(&s, "");
    int fd = dial(&s);
    assert_true(expect(fd, "CiscoASA", &out));
    say(fd, "configure terminal\r\nhostname Berlin\r\nend\r\n");
    assert_true(expect(fd, "Berlin# ", &out));
    say(fd, "reload"); /* half a line, and gone: it is not run */
    close(fd);
    fd = dial(&s);
    assert_true(expect(fd, "Berlin# ", &out));
    close(fd);
    stop(&s, SIGINT);
    buf_release(&out);
}

static void a_second_client_is_told(void **state)
{
    struct server s;
    struct buf out = BUF_INIT;

    (void)state;
    start(&s, "");
    int one = dial(&s);
    assert_true(expect(one, "CiscoASA", &out));
    int two = dial(&s);
    assert_true(expect(two, "The console is in use.\r\n", &out));
    assert_false(expect(two, "never", &out));
    say(one, "show run all sysopt\r\n");
    assert_true(expect(one, "noproxyarp outside", &out));
    close(one);
    close(two);
    stop(&s, SIGTERM);
    buf_release(&out);
}

/* What telnet(1) sends at once to a port that is not its own when made to, and junk. */
static void telnet_and_junk_do_no_harm(void **state)
{
    static const char hello[] = "\xff\xfd\x03\xff\xfb\x18\xff\xfb\x1f\xff\xfd\x01";
    struct server s;
    struct buf out = BUF_INIT;
    char junk[20000];
    unsigned seed = 1;

    (void)state;
    start(&s, "--time real");
    int fd = dial(&s);
    assert_true(expect(fd, "CiscoASA", &out));
    say(fd, hello);
    say(fd, "show run all sysopt\r");
    assert_true(expect(fd, "noproxyarp outside\r\n", &out));
    close(fd);
    for (size_t i = 0; i < sizeof(junk); i++) {
        seed = seed * 1103515245u + 12345u;
        junk[i] = (char)(seed >> 16 == 4 ? 5 : seed >> 16);
    }
    fd = dial(&s);
    assert_true(expect(fd, "CiscoASA", &out));
    assert_true(write(fd, junk, sizeof(junk)) > 0);
    close(fd);
    fd = dial(&s);
    assert_true(expect(fd, "# ", &out) || expect(fd, "use", &out));
    close(fd);
    stop(&s, SIGTERM);
    buf_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_client_types_and_reads),
        cmocka_unit_test(the_state_stays_for_the_next_client),
        cmocka_unit_test(a_second_client_is_told),
        cmocka_unit_test(telnet_and_junk_do_no_harm),
    };
    return cmocka_run_group_tests_name("tests/cli_gateway_tcp", tests, NULL, program_folder_remove);
}
