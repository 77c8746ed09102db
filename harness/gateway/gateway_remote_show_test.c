/* Sessions of remote access at the console: which command shows which, how they are summed up, and
 * which are logged off. Forms: Cisco's command reference, and the real summary of
 * show_session_real_test.c. */
#include "tests/remote_lab.h"
#include "tests/testkit.h"

#include "base/mem.h"

#include <stdio.h>

static struct remote_lab *make(const char *extra)
{
    struct remote_lab *l = mem_zalloc(sizeof(*l));

    remote_lab_init(l, extra);
    return l;
}

static void done(struct remote_lab *l, struct buf *out)
{
    remote_lab_release(l);
    mem_free(l);
    buf_release(out);
}

static void assert_has(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("no\n%s\nin\n%s", part, text);
}

#define NONE "INFO: There are presently no active sessions of the type specified\n"

static const struct kind {
    const char *what;
    enum remote_mode mode;
    const char *shown_by[2]; /* 8.2 and later */
    const char *head, *lines;
} kinds[] = {
    {"a_hardware_client_is_a_session_of_ipsec",
     REMOTE_NEM,
     {"remote", "ra-ikev1-ipsec"},
     "\nSession Type: IPsec\n\nUsername     : branch                 Index        : 1\n",
     "Assigned IP  :                        Public IP    : 209.165.200.11\n"
     "Protocol     : IKE IPsec\n"
     "License      : Other VPN\n"
     "Encryption   : IKE: (1)3DES  IPsec: (1)3DES\n"
     "Hashing      : IKE: (1)SHA1  IPsec: (1)MD5\n"},
    {"a_software_client_is_too",
     REMOTE_CLIENT_MODE,
     {"remote", "ra-ikev1-ipsec"},
     "\nSession Type: IPsec\n\n",
     "Assigned IP  : 10.224.228.10          Public IP    : 209.165.200.11\n"},
    {"anyconnect_is_one_of_its_own",
     REMOTE_ANYCONNECT,
     {"svc", "anyconnect"},
     "\nSession Type: SVC\n\n",
     "Protocol     : AnyConnect-Parent SSL-Tunnel\n"
     "License      : AnyConnect Premium\n"
     "Encryption   : AnyConnect-Parent: (1)none  SSL-Tunnel: (1)3DES\n"
     "Hashing      : AnyConnect-Parent: (1)none  SSL-Tunnel: (1)MD5\n"},
};

static void a_session_is_shown_by_its_own_command(void **state)
{
    static const char *const words[] = {"l2l",        "remote", "ra-ikev1-ipsec",
                                        "anyconnect", "svc",    "webvpn"};
    const struct kind *row = *state;
    struct remote_lab *l = make(NULL);
    struct buf out = BUF_INIT;
    char line[64];

    assert_true(remote_client_up(l, 0, row->mode));
    for (size_t i = 0; i < COUNT(words); i++) {
        bool own =
            strcmp(words[i], row->shown_by[0]) == 0 || strcmp(words[i], row->shown_by[1]) == 0;
        snprintf(line, sizeof(line), "show vpn-sessiondb %s", words[i]);
        remote_type(l, line, &out);
        if (!own) {
            assert_string_equal(buf_str(&out), NONE);
            continue;
        }
        assert_has(buf_str(&out), row->head);
        assert_has(buf_str(&out), row->lines);
        assert_has(buf_str(&out), "Inactivity   : 0h:00m:00s\n"
                                  "VLAN Mapping : N/A                    VLAN         : none\n\n");
    }
    done(l, &out);
}

static void each_kind_is_summed_up_in_its_own_line(void **state)
{
    struct remote_lab *l = make(NULL);
    struct buf out = BUF_INIT;

    (void)state;
    assert_has(remote_type(l, "show vpn-sessiondb", &out),
               "Site-to-Site VPN             :      0 :          0 :           0\n");
    assert_true(remote_client_up(l, 0, REMOTE_ANYCONNECT));
    remote_type(l, "show vpn-sessiondb summary", &out);
    assert_has(buf_str(&out), "AnyConnect Client            :      1 :          1 :           1 :  "
                              "      0\n"
                              "  SSL/TLS/DTLS               :      1 :          1 :           1 :  "
                              "      0\n"
                              "-----");
    assert_has(buf_str(&out), "AnyConnect-Parent            :      1 :          1 :              "
                              " 1\n"
                              "SSL-Tunnel                   :      1 :          1 :              "
                              " 1\n"
                              "-----");
    assert_has(buf_str(&out),
               "Total Active and Inactive    :      1             Total Cumulative : "
               "1\n");
    assert_true(remote_client_up(l, 1, REMOTE_NEM));
    remote_type(l, "show vpn-sessiondb", &out);
    assert_has(buf_str(&out), "IKEv1 IPsec/L2TP IPsec       :      1 :          1 :           1\n"
                              "-----");
    assert_has(buf_str(&out), "IPsec                        :      1 :          1 :              "
                              " 1\n"
                              "AnyConnect-Parent ");
    assert_has(buf_str(&out), "Totals                       :      4 :          4\n");
    assert_null(strstr(buf_str(&out), "Site-to-Site"));
    done(l, &out);
}

static const struct logoff_row {
    const char *what, *word;
    enum remote_mode mode;
    const char *answer;
    bool over;
} logoffs[] = {
    {"logoff_l2l__leaves_clients", "l2l", REMOTE_NEM, "of type \"l2l\" logged off : 0", false},
    {"logoff_remote__ends_hardware_clients", "remote", REMOTE_NEM,
     "of type \"remote\" logged off : 1", true},
    {"logoff_remote__ends_software_clients", "remote", REMOTE_CLIENT_MODE,
     "of type \"remote\" logged off : 1", true},
    {"logoff_remote__leaves_anyconnect", "remote", REMOTE_ANYCONNECT,
     "of type \"remote\" logged off : 0", false},
    {"logoff_svc__ends_anyconnect", "svc", REMOTE_ANYCONNECT, "of type \"svc\" logged off : 1",
     true},
    {"logoff_svc__leaves_hardware_clients", "svc", REMOTE_NEM, "of type \"svc\" logged off : 0",
     false},
    {"logoff_webvpn__ends_nothing", "webvpn", REMOTE_ANYCONNECT,
     "of type \"webvpn\" logged off : 0", false},
    {"logoff_all__ends_everybody", "all", REMOTE_ANYCONNECT, "of type \"all\" logged off : 1",
     true},
    {"logoff_name__is_about_users", "name branch", REMOTE_NEM,
     "with name \"branch\" logged off : 1", true},
    {"logoff_name__of_nobody", "name other", REMOTE_NEM, "with name \"other\" logged off : 0",
     false},
    {"logoff_name__is_not_about_their_addresses", "name 209.165.200.11", REMOTE_NEM,
     "with name \"209.165.200.11\" logged off : 0", false},
};

static void sessions_are_logged_off_by_their_type(void **state)
{
    const struct logoff_row *row = *state;
    struct remote_lab *l = make(NULL);
    struct buf out = BUF_INIT;
    char line[96];

    assert_true(remote_client_up(l, 0, row->mode));
    snprintf(line, sizeof(line), "vpn-sessiondb logoff %s noconfirm", row->word);
    assert_has(remote_type(l, line, &out), row->answer);
    remote_run(l, 1);
    assert_int_equal(remote_logged(l, 113019, NULL), row->over);
    done(l, &out);
}

/* Aggressive mode, and a user: but AnyConnect has no IKE to be seen. */
static void phase_1_of_clients_is_shown(void **state)
{
    struct remote_lab *l = make(NULL);
    struct buf out = BUF_INIT;

    (void)state;
    assert_true(remote_client_up(l, 0, REMOTE_ANYCONNECT));
    assert_has(remote_type(l, "show crypto isakmp sa", &out), "There are no isakmp sas");
    assert_has(remote_type(l, "show crypto ipsec sa", &out), "There are no ipsec sas");
    assert_true(remote_client_up(l, 1, REMOTE_NEM));
    assert_has(remote_type(l, "show crypto isakmp sa", &out),
               "    Type    : user            Role    : responder \n"
               "    Rekey   : no              State   : AM_ACTIVE \n");
    assert_has(buf_str(&out), "Total IKE SA: 1\n");
    assert_has(remote_type(l, "show crypto ipsec sa", &out), "current_peer: 209.165.200.12");
    done(l, &out);
}

/* A name that is no user's may be a password typed in the wrong place. */
static void names_of_nobody_are_hidden(void **state)
{
    static const struct {
        const char *extra, *user, *log;
    } rows[] = {
        {"logging hide username\n", "sesame",
         "reason = User was not found : local database : user "
         "= *****"},
        {"", "sesame", "reason = User was not found : local database : user = sesame"},
        {"logging hide username\n", "branch",
         "reason = Invalid password : local database : user = "
         "branch"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct remote_lab *l = make(rows[i].extra);
        struct buf out = BUF_INIT;
        remote_client_init(l, 0, REMOTE_NEM);
        l->client[0].ike.user = bytes_str(rows[i].user);
        l->client[0].ike.password = bytes_str("guess");
        remote_client_start(l, 0);
        remote_run(l, 5);
        assert_int_equal(remote_logged(l, 113015, rows[i].log), 1);
        done(l, &out);
    }
}

#define FIXED 3

int main(void)
{
    struct CMUnitTest tests[FIXED + COUNT(kinds) + COUNT(logoffs)] = {
        cmocka_unit_test(each_kind_is_summed_up_in_its_own_line),
        cmocka_unit_test(phase_1_of_clients_is_shown),
        cmocka_unit_test(names_of_nobody_are_hidden),
    };
    size_t n = FIXED;

    for (size_t i = 0; i < COUNT(kinds); i++)
        tests[n++] = (struct CMUnitTest){kinds[i].what, a_session_is_shown_by_its_own_command, NULL,
                                         NULL, (void *)(uintptr_t)&kinds[i]};
    for (size_t i = 0; i < COUNT(logoffs); i++)
        tests[n++] = (struct CMUnitTest){logoffs[i].what, sessions_are_logged_off_by_their_type,
                                         NULL, NULL, (void *)(uintptr_t)&logoffs[i]};
    return cmocka_run_group_tests_name("gateway/gateway_remote_show", tests, NULL, NULL);
}
