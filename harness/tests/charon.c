#define _GNU_SOURCE
#include "tests/charon.h"

#include "base/mem.h"
#include "tests/charon_left.h"
#include "tests/testkit.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define CHARON "/usr/lib/ipsec/charon"

static const char strongswan_conf[] =
    "charon {\n"
    "  load_modular = no\n"
    "  load = random nonce aes sha1 sha2 md5 hmac kdf gmp openssl kernel-libipsec "
    "kernel-netlink socket-default vici attr unity xauth-generic\n"
    "  i_dont_care_about_security_and_use_aggressive_mode_psk = yes\n"
    "  cisco_unity = yes\n"
    "  install_virtual_ip = no\n"
    "  fragment_size = 576\n"
    "  plugins { vici { socket = unix://%s/vici } }\n"
    "  filelog { main { path = %s/log\n time_format = %%T\n time_add_ms = yes\n flush_line = yes\n "
    "default = 1\n ike = 2\n chd = 2 } }\n"
    "%s}\n"
    "swanctl { load = random openssl }\n";

static const char swanctl_conf[] =
    "connections { gw {\n"
    "  version = 1\n  aggressive = no\n  proposals = %s\n"
    "  local_addrs = 192.0.2.2\n  remote_addrs = 192.0.2.1\n  dpd_delay = 1s\n"
    "  local { auth = psk }\n  remote { auth = psk }\n"
    "  children { net {\n"
    "    local_ts = 10.2.0.0/16\n    remote_ts = 10.1.0.0/16\n    esp_proposals = %s\n"
    "  } }\n"
    "} }\n"
    "secrets { ike { secret = \"" CHARON_SECRET "\" } }\n";

const char *charon_missing(void)
{
    if (access(CHARON, X_OK) != 0 || system("command -v swanctl >/dev/null") != 0)
        return "strongSwan's charon and swanctl are not here";
    if (access("/dev/net/tun", R_OK | W_OK) != 0)
        return "/dev/net/tun is not here";
    if (unshare(CLONE_NEWNET) != 0 ||
        system("ip link set lo up && ip link add hfike0 type veth peer name hfike1 && "
               "ip link del hfike0") != 0)
        return "network namespaces cannot be made (not root?)";
    return NULL;
}

const char *charon_missing_xauth(void)
{
    if (access("/usr/lib/ipsec/plugins/libstrongswan-xauth-generic.so", R_OK) != 0)
        return "strongSwan's plugin xauth-generic is not here (Debian: libcharon-extauth-plugins)";
    return NULL;
}

static bool write_files(const struct charon *c, const char *text)
{
    char path[128];

    snprintf(path, sizeof(path), "%s/strongswan.conf", c->dir);
    FILE *f = fopen(path, "w");
    if (!f)
        return false;
    fprintf(f, strongswan_conf, c->dir, c->dir, c->options ? c->options : "");
    fclose(f);
    snprintf(path, sizeof(path), "%s/swanctl.conf", c->dir);
    f = fopen(path, "w");
    if (!f)
        return false;
    fputs(text, f);
    fclose(f);
    return true;
}

/* The child: waits until its end of the cable is there, then becomes charon. Its pid file would be
 * in /run, which is why it gets one of its own. */
NORETURN static void become_charon(const struct charon *c, int ready, int go)
{
    char conf[128], byte = 0;

    snprintf(conf, sizeof(conf), "%s/strongswan.conf", c->dir);
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || /* a test that fails leaves nothing behind */
        unshare(CLONE_NEWNET | CLONE_NEWNS) != 0 ||
        mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
        mount("none", "/run", "tmpfs", 0, NULL) != 0 || write(ready, &byte, 1) != 1 ||
        read(go, &byte, 1) != 1 ||
        system(
            "ip link set lo up && ip addr add 192.0.2.2/24 dev hfike1 && "
            "ip addr add fd00:2::2/64 dev hfike1 nodad && ip addr add fd02::1/128 dev lo nodad && "
            "ip link set hfike1 up && ip addr add 10.2.0.1/32 dev lo && "
            "ip addr add 10.9.0.5/32 dev lo") != 0)
        _exit(1);
    setenv("STRONGSWAN_CONF", conf, 1);
    if (!freopen("/dev/null", "w", stdout) || !freopen("/dev/null", "w", stderr))
        _exit(1);
    execl(CHARON, CHARON, (char *)NULL);
    _exit(1);
}

static bool connect_cable(pid_t child, int ready, int go)
{
    char command[256], byte;

    snprintf(command, sizeof(command),
             "ip link del hfike0 2>/dev/null; " /* of a test that failed */
             "ip link add hfike0 type veth peer name hfike1 && ip link set hfike1 netns %d && "
             "ip addr add 192.0.2.1/24 dev hfike0 && ip addr add fd00:2::1/64 dev hfike0 nodad && "
             "ip link set hfike0 up",
             (int)child);
    return read(ready, &byte, 1) == 1 && system(command) == 0 && write(go, "", 1) == 1;
}

static bool ask_and_wait(const struct charon *c, const char *args)
{
    bool ok = false;
    pid_t pid = charon_ask(c, args);

    while (!charon_done(pid, &ok))
        usleep(10000);
    return ok;
}

static bool is_running(const struct charon *c)
{
    struct buf b = charon_log(c);
    bool is = b.n && strstr(b.s, "worker threads");

    buf_release(&b);
    return is;
}

bool charon_start(struct charon *c, const char *proposals, const char *esp_proposals)
{
    char text[sizeof(swanctl_conf) + 256];

    snprintf(text, sizeof(text), swanctl_conf, proposals, esp_proposals);
    return charon_start_with(c, text);
}

bool charon_start_with(struct charon *c, const char *text)
{
    int ready[2], go[2];

    charon_left_clear(); /* there can be one at a time: of a test that failed */
    *c = (struct charon){.dir = "/tmp/holdfast-charon-XXXXXX", .options = c->options};
    if (!mkdtemp(c->dir))
        return false;
    charon_left_note(c);
    if (!write_files(c, text) || pipe(ready) != 0 || pipe(go) != 0)
        return false;
    c->pid = fork();
    if (c->pid == 0)
        become_charon(c, ready[1], go[0]);
    charon_left_note(c);
    close(ready[1]);
    bool ok = c->pid > 0 && connect_cable(c->pid, ready[0], go[1]);
    close(ready[0]);
    close(go[0]);
    close(go[1]);
    /* asked too early, swanctl would wait for ever */
    for (int i = 0; ok && i < 100 && !is_running(c); i++)
        usleep(50000);
    return ok && ask_and_wait(c, "--load-all --noprompt");
}

void charon_stop(struct charon *c)
{
    char command[128];

    if (c->server > 0 && kill(c->server, SIGKILL) == 0)
        waitpid(c->server, NULL, 0);
    /* all that it has is in its namespaces and its folder; a farewell would be waited for */
    if (c->pid > 0 && kill(c->pid, SIGKILL) == 0)
        waitpid(c->pid, NULL, 0);
    snprintf(command, sizeof(command), "ip link del hfike0 2>/dev/null; rm -rf %s", c->dir);
    if (system(command) != 0)
        print_error("%s was left behind\n", c->dir);
    charon_left_forget(c);
}

pid_t charon_ask(const struct charon *c, const char *args)
{
    char command[512];

    snprintf(command, sizeof(command),
             "SWANCTL_DIR=%s STRONGSWAN_CONF=%s/strongswan.conf exec timeout 20 swanctl %s"
             " --uri unix://%s/vici >%s/said 2>&1",
             c->dir, c->dir, args, c->dir, c->dir);
    return charon_run(command);
}

pid_t charon_run(const char *command)
{
    pid_t pid = fork();

    if (pid == 0) {
        execl("/bin/sh", "sh", "-c", command, (char *)NULL);
        _exit(127);
    }
    return pid;
}

NORETURN static void become_server(const struct charon *c, int out)
{
    char ns[64];

    snprintf(ns, sizeof(ns), "/proc/%d/ns/net", (int)c->pid);
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || setns(open(ns, O_RDONLY | O_CLOEXEC), 0) != 0 ||
        chdir(c->dir) != 0 || dup2(out, STDOUT_FILENO) < 0 || !freopen("/dev/null", "w", stderr))
        _exit(1);
    execlp("python3", "python3", "-u", "-m", "http.server", "80", "--bind", "::", (char *)NULL);
    _exit(1);
}

bool charon_serve(struct charon *c)
{
    int out[2];
    char byte;

    if (c->server > 0)
        return true;
    if (pipe(out) != 0)
        return false;
    c->server = fork();
    if (c->server == 0)
        become_server(c, out[1]);
    charon_left_note(c);
    close(out[1]);
    bool ok = c->server > 0 && read(out[0], &byte, 1) == 1; /* it says where it listens */
    close(out[0]);
    return ok;
}

bool charon_done(pid_t pid, bool *ok)
{
    int status;

    if (waitpid(pid, &status, WNOHANG) == 0)
        return false;
    *ok = WIFEXITED(status) && WEXITSTATUS(status) == 0;
    return true;
}

static struct buf read_file(const struct charon *c, const char *name)
{
    char path[128];
    struct buf b = BUF_INIT;
    size_t n;

    snprintf(path, sizeof(path), "%s/%s", c->dir, name);
    uint8_t *p = test_file(path, &n);
    if (p)
        buf_add(&b, p, n);
    mem_free(p);
    return b;
}

struct buf charon_said(const struct charon *c)
{
    return read_file(c, "said");
}

struct buf charon_log(const struct charon *c)
{
    return read_file(c, "log");
}
