/* A sound configuration with one line more, or one line less, and the sentence that follows. */
#include "base/mem.h"
#include "gateway/config.h"
#include "tests/testkit.h"

static const char sound[] = "interface Ethernet0/0\n"
                            " nameif outside\n"
                            " ip address 209.165.201.2 255.255.255.248\n"
                            "interface Ethernet0/1\n"
                            " nameif inside\n"
                            " ip address 10.224.9.5 255.255.255.0\n"
                            "access-list 100 extended permit ip 10.224.228.0 255.255.255.128 any\n"
                            "route outside 0 0 209.165.201.1\n"
                            "crypto ipsec transform-set s esp-3des esp-md5-hmac\n"
                            "crypto map m 5 match address 100\n"
                            "crypto map m 5 set peer 209.165.200.10\n"
                            "crypto map m 5 set transform-set s\n"
                            "crypto map m interface outside\n"
                            "crypto isakmp enable outside\n"
                            "crypto isakmp policy 5\n"
                            " authentication pre-share\n"
                            "tunnel-group 209.165.200.10 type ipsec-l2l\n"
                            "tunnel-group 209.165.200.10 ipsec-attributes\n"
                            " pre-shared-key k\n";

static const struct row {
    const char *without; /* the line of `sound` that is left out; NULL: none */
    const char *with;    /* a line more; NULL: none */
    const char *says;    /* part of the review; "": nothing */
} rows[] = {
    {NULL, NULL, ""},
    {"crypto map m 5 match address 100\n", NULL,
     "error: crypto map m 5 does not say which traffic it protects: add `crypto map m 5 match "
     "address ACCESS-LIST`\n"},
    {"access-list 100 extended permit ip 10.224.228.0 255.255.255.128 any\n", NULL,
     "error: crypto map m 5 names access-list 100, which does not exist\n"},
    {"crypto map m 5 set peer 209.165.200.10\n", NULL,
     "error: crypto map m 5 has no peer: add `crypto map m 5 set peer ADDRESS`\n"},
    {"crypto map m 5 set transform-set s\n", NULL, "error: crypto map m 5 has no transform set"},
    {NULL, "no crypto ipsec transform-set s",
     "error: crypto map m 5 names transform set s, which does not exist\n"},
    {NULL, "crypto ipsec transform-set s esp-null esp-md5-hmac",
     "error: transform set s of crypto map m 5 lacks a cipher"},
    {NULL, "access-list 100 extended permit ip any 10.0.0.0 255.255.255.1",
     "error: entry 2 of access-list 100 has a mask that names no network"},
    {NULL, "access-list 100 extended permit tcp any any range 1 2",
     "error: entry 2 of access-list 100 has a range of ports"},
    {NULL,
     "no access-list 100 extended permit ip 10.224.228.0 255.255.255.128 any\naccess-list 100 "
     "deny ip any any",
     "error: access-list 100 permits nothing"},
    {NULL, "crypto map m 65535 ipsec-isakmp dynamic d",
     "error: crypto map m 65535 names dynamic map d, which does not exist\n"},
    {NULL,
     "crypto dynamic-map d 1 set pfs\ncrypto map m 65535 ipsec-isakmp dynamic d\ntunnel-group g "
     "type remote-access\ntunnel-group g ipsec-attributes\n pre-shared-key k",
     "error: crypto dynamic-map d 1 has no transform set: add `crypto dynamic-map d 1 set "
     "transform-set NAME`\n"},
    {NULL, "crypto dynamic-map d 1 set transform-set s\ncrypto map m 65535 ipsec-isakmp dynamic d",
     "warning: no tunnel-group of type remote-access has a key: nobody can come in by dynamic map "
     "d\n"},
    {NULL,
     "crypto dynamic-map d 1 set transform-set s\ncrypto map m 65535 ipsec-isakmp dynamic d\n"
     "tunnel-group g type remote-access\ntunnel-group g general-attributes\n address-pool p\n "
     "default-group-policy q\ntunnel-group g ipsec-attributes\n pre-shared-key k",
     "warning: tunnel-group g names pool p, which does not exist: its clients get no address\n"
     "warning: tunnel-group g names group-policy q, which does not exist\n"},
    {NULL,
     "crypto dynamic-map d 1 set transform-set s\ncrypto map m 65535 ipsec-isakmp dynamic d\n"
     "tunnel-group g type remote-access\ntunnel-group g ipsec-attributes\n pre-shared-key k",
     ""},
    {NULL, "no tunnel-group 209.165.200.10",
     "error: there is no tunnel-group for peer 209.165.200.10 of crypto map m 5: add `tunnel-group "
     "209.165.200.10 type ipsec-l2l`, and its pre-shared-key under ipsec-attributes\n"},
    {NULL,
     "no tunnel-group 209.165.200.10\ntunnel-group DefaultL2LGroup ipsec-attributes\n "
     "pre-shared-key k",
     "warning: peer 209.165.200.10 of crypto map m 5 has no tunnel-group of its own: it gets the "
     "key "
     "of DefaultL2LGroup\n"},
    {NULL, "tunnel-group 209.165.200.10 type remote-access",
     "error: tunnel-group 209.165.200.10 is not of type ipsec-l2l"},
    {" pre-shared-key k\n", NULL, "error: tunnel-group 209.165.200.10 has no pre-shared-key"},
    {NULL, "tunnel-group 209.165.200.10 ipsec-attributes\n pre-shared-key *****",
     "error: the pre-shared-key of tunnel-group 209.165.200.10 is printed as \"*****\""},
    {"crypto isakmp enable outside\n", NULL,
     "error: ISAKMP is not enabled on interface outside, where crypto map m is: add `crypto isakmp "
     "enable outside`\n"},
    {NULL, "no crypto isakmp policy 5", "error: no ISAKMP policy uses a pre-shared key"},
    {NULL, "crypto isakmp policy 5 authentication rsa-sig",
     "error: no ISAKMP policy uses a pre-shared key"},
    {NULL, "interface Ethernet0/0\n shutdown",
     "error: crypto map m is bound to interface outside, which is not up"},
    {NULL, "interface Ethernet0/0\n shutdown",
     "warning: the route through 209.165.201.1 is dead: interface outside is not up\n"},
    {NULL, "no crypto map m 5",
     "error: crypto map m is bound to interface outside and has no entry"},
    {"crypto map m interface outside\n", NULL, "warning: crypto map m is bound to no interface"},
    {NULL, "route inside 172.16.0.0 255.255.0.0 10.224.8.1",
     "warning: the route through 10.224.8.1 cannot work: 10.224.8.1 is not in the network of "
     "interface inside\n"},
    {NULL, "interface Ethernet0/2\n nameif dmz\n ip address 10.224.9.200 255.255.255.192",
     "error: interfaces inside and dmz are in one network"},
    {NULL, "nat (inside) 1 10.0.0.0 255.0.0.0",
     "warning: nat (inside) 1 has no global with this number: what it is about is dropped\n"},
    {NULL,
     "access-list gone permit ip any any\nstatic (inside,outside) 10.9.0.0 access-list gone\n"
     "clear configure access-list gone",
     "warning: static (inside,outside) names access-list gone, which does not exist\n"},
    {NULL, "nat (inside) 0 access-list none",
     "warning: nat (inside) 0 names access-list none, which does not exist\n"},
    {NULL, "interface Ethernet0/0\n no ip address\ninterface Ethernet0/1\n shutdown",
     "error: no interface can carry traffic"},
    {NULL, "logging enable\nlogging trap notifications\nlogging host inside 10.224.9.20",
     "warning: message 302014 has level 6 and only 5 and below are sent to logging hosts: add "
     "`logging trap informational`\n"},
    {NULL,
     "logging enable\nlogging trap notifications\nlogging host inside 10.224.9.20\nlogging message "
     "302014 level 5",
     ""},
    {NULL, "logging enable\nlogging trap 6\nlogging host inside 10.224.9.20 tcp", ""},
    {NULL,
     "logging enable\nlogging list l message 302014\nlogging trap l\nlogging host inside "
     "10.224.9.20",
     ""},
    {NULL, "logging enable\nlogging trap 6\nno logging message 302014",
     "warning: message 302014 is switched off"},
    {NULL, "interface Ethernet0/1\n no security-level",
     "warning: interface Ethernet0/1 (inside) has no security-level: it is taken as 0\n"},
};

static struct gw_config *config_of(const struct row *r)
{
    struct gw_config *c = gw_config_new();
    struct buf text = BUF_INIT;
    struct diag why = {0};
    const char *cut = r->without ? strstr(sound, r->without) : NULL;

    assert_true(!r->without || cut);
    buf_add(&text, sound, cut ? (size_t)(cut - sound) : sizeof(sound) - 1);
    if (cut)
        buf_adds(&text, cut + strlen(r->without));
    if (r->with)
        buf_adds(&text, r->with);
    if (gw_config_load(c, "row", buf_bytes(&text), NULL, &why))
        fail_msg("%s", why.text);
    buf_release(&text);
    return c;
}

static void problems_are_found_and_say_what_to_do(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct gw_config *c = config_of(&rows[i]);
        struct buf out = BUF_INIT;
        struct diag why = {0};
        size_t errors = gw_config_review(c, &out);
        if (rows[i].says[0] ? !strstr(buf_str(&out), rows[i].says) : out.n > 0)
            fail_msg("row %zu: expected %s\ngot %s", i, rows[i].says, buf_str(&out));
        assert_int_equal(gw_config_check(c, &why), errors ? ERR_INVALID : ERR_OK);
        if (errors) /* the first error, without its "error: " */
            assert_non_null(strstr(buf_str(&out), why.text));
        buf_release(&out);
        gw_config_free(c);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(problems_are_found_and_say_what_to_do),
    };
    return cmocka_run_group_tests_name("gateway/config_check", tests, NULL, NULL);
}
