/* Words about what devices log. */
#include "tests/mock_words.h"

#include "tests/testkit.h"

#include <stdio.h>
#include <string.h>

/* --- logs --------------------------------------------------------------------------------------
 */

static const char *user_of(struct mock_run *m, int site, bool mapped)
{
    static const char *const plain = "10.1.0.10", *const nat = "172.16.0.1";

    if (m->opts.masked)
        return "XX.XX.XX.10";
    return m->opts.nat && (mapped || site == 1) ? nat : plain;
}

static const char *server_of(const struct mock_run *m)
{
    return m->opts.masked ? "XXX.XXX.XX.10" : "192.168.50.10";
}

static unsigned port_of(const struct mock_run *m, int site, bool mapped)
{
    return m->opts.nat && (mapped || site == 1) ? m->outside.port : m->at[0].port;
}

static int site_arg(const char *arg)
{
    return arg && strcmp(arg, "ho") == 0 ? 1 : 0;
}

static const char *kind(const struct mock_run *m, bool built, unsigned *id)
{
    bool udp = m->opts.proto && strcmp(m->opts.proto, "udp") == 0;

    *id = (udp ? 302015u : 302013u) + !built;
    return udp ? "UDP" : "TCP";
}

void word_built(struct mock_run *m, const char *arg)
{
    int site = site_arg(arg);
    unsigned id;
    const char *proto = kind(m, true, &id);

    mock_log(m, site,
             "%%ASA-6-%u: Built outbound %s connection 41 for outside:%s/80 (%s/80) to "
             "inside:%s/%u (%s/%u)",
             id, proto, server_of(m), server_of(m), user_of(m, site, false),
             port_of(m, site, false), user_of(m, site, true), port_of(m, site, true));
}

static void teardown(struct mock_run *m, int site, unsigned port, const char *reason)
{
    unsigned id;
    const char *proto = kind(m, false, &id);

    mock_log(m, site,
             "%%ASA-6-%u: Teardown %s connection 41 for outside:%s/80 to inside:%s/%u duration "
             "0:00:01 bytes 1234%s%s",
             id, proto, server_of(m), user_of(m, site, false), port, reason[0] ? " " : "", reason);
}

void word_torn(struct mock_run *m, const char *arg)
{
    teardown(m, site_arg(arg), port_of(m, site_arg(arg), false), "Tunnel has been torn down");
}

void word_tornidle(struct mock_run *m, const char *arg)
{
    teardown(m, site_arg(arg), port_of(m, 0, false), "Conn-timeout");
}

void word_tornfins(struct mock_run *m, const char *arg)
{
    teardown(m, site_arg(arg), port_of(m, 0, false), "TCP FINs");
}

void word_tornport(struct mock_run *m, const char *arg)
{
    teardown(m, site_arg(arg), port_of(m, 0, false) + 1u, "Tunnel has been torn down");
}

void word_tornbroken(struct mock_run *m, const char *arg)
{
    mock_log(m, site_arg(arg),
             "%%ASA-6-302014: Teardown TCP connection 41 for outside:%s/80 to ins", server_of(m));
}

void word_tornsaying(struct mock_run *m, const char *arg)
{
    int number, bytes;
    char lasted[16];

    if (sscanf(arg, "%d/%15[^/]/%d", &number, lasted, &bytes) != 3)
        fail_msg("tornsaying:%s", arg);
    mock_log(m, 0,
             "%%ASA-6-302014: Teardown TCP connection %d for outside:%s/80 to inside:%s/%u "
             "duration %s bytes %d TCP FINs",
             number, server_of(m), user_of(m, 0, false), port_of(m, 0, false), lasted, bytes);
}

void word_tornudp(struct mock_run *m, const char *arg)
{
    teardown(m, site_arg(arg), port_of(m, 0, false), "");
}

void word_chatter(struct mock_run *m, const char *arg)
{
    (void)arg;
    mock_log(m, 0,
             "%%ASA-5-713119: Group = 209.165.200.10, IP = 209.165.200.10, PHASE 1 COMPLETED");
}
