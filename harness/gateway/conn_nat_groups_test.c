/* Twice NAT by object-groups and service objects: the configuration guide of 9.x. */
#include "tests/nat_lab.h"
#include "tests/testkit.h"

#include <stdio.h>

#define GROUPS                                                                                     \
    "object network five\n host 10.1.1.5\nobject network lab\n subnet 10.1.1.64 "                  \
    "255.255.255.192\nobject-group network hosts\n network-object object five\n network-object "   \
    "host 10.1.1.9\nobject-group network inner\n group-object hosts\n network-object 10.1.1.64 "   \
    "255.255.255.192\nobject network public\n range 203.0.113.32 203.0.113.40\nobject-group "      \
    "network far\n network-object 198.51.100.0 255.255.255.0\n network-object host 192.0.2.9\n"

static void groups_are_laid_beside_each_other(void **state)
{
    static const struct {
        const char *line, *real, *mapped, *to;
    } rows[] = {
        /* the usual exemption of VPN traffic: in every member of every group, and nowhere else */
        {"nat (inside,outside) source static inner inner destination static far far\n",
         "10.1.1.5:1000", "10.1.1.5:1000", "192.0.2.9:80"},
        {"nat (inside,outside) source static inner inner destination static far far\n",
         "10.1.1.77:1000", "10.1.1.77:1000", "198.51.100.9:80"},
        {"nat (inside,outside) source static inner inner destination static far far\n",
         "10.1.1.6:1000", "203.0.113.1:1000", "198.51.100.9:80"},
        {"nat (inside,outside) source static inner inner destination static far far\n",
         "10.1.1.5:1000", "203.0.113.1:1000", "192.0.2.10:80"},
        /* the second host is the second address, whatever it is called */
        {"nat (inside,outside) source static hosts public\n", "10.1.1.5:1000", "203.0.113.32:1000",
         "192.0.2.9:80"},
        {"nat (inside,outside) source static hosts public\n", "10.1.1.9:1000", "203.0.113.33:1000",
         "192.0.2.9:80"},
        /* too small a group maps nothing */
        {"nat (inside,outside) source static lab hosts\n", "10.1.1.64:1000", "203.0.113.1:1000",
         "192.0.2.9:80"},
        {"nat (inside,outside) source dynamic inner public\n", "10.1.1.70:1000",
         "203.0.113.32:1000", "192.0.2.9:80"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        char lines[1024];
        snprintf(lines, sizeof(lines),
                 GROUPS "%snat (inside,outside) after-auto source dynamic any interface\n",
                 rows[i].line);
        struct nat_lab *l = nat_lab_new("9.1(2)", lines);
        nat_connect(l, NAT_INSIDE, rows[i].real, rows[i].to, NAT_OUTSIDE, rows[i].mapped,
                    rows[i].to);
        nat_lab_free(l);
    }
}

/* Nine storeys of eight groups, each with all of the storey below, and nothing in any of them: the
 * console answers all the same. */
static void entangled_groups_take_no_time(void **state)
{
    struct nat_lab *l = nat_lab_new("9.1(2)", "");
    struct buf out = BUF_INIT;
    char line[64];

    (void)state;
    for (int storey = 0; storey < 9; storey++) {
        for (int i = 0; i < 8; i++) {
            snprintf(line, sizeof(line), "object-group network g%d%d", storey, i);
            nat_type(l, line, &out);
            for (int k = 0; storey && k < 8; k++) {
                snprintf(line, sizeof(line), "group-object g%d%d", storey - 1, k);
                nat_type(l, line, &out);
            }
        }
    }
    nat_type(l, "nat (inside,outside) source static g70 g70", &out);
    nat_connect(l, NAT_INSIDE, "10.1.1.5:1000", NAT_SERVER, NAT_OUTSIDE, "10.1.1.5:1000",
                NAT_SERVER);
    buf_release(&out);
    nat_lab_free(l);
}

static void services_pick_one_port(void **state)
{
    struct nat_lab *l = nat_lab_new(
        "9.1(2)", GROUPS "object service www\n service tcp source eq www\nobject service alt\n "
                         "service tcp source eq 8080\nnat (inside,outside) source static five "
                         "interface service www alt\naccess-list in extended permit ip any any\n"
                         "access-group in in interface outside\n");

    (void)state;
    nat_connect(l, NAT_OUTSIDE, "198.51.100.9:4000", "203.0.113.1:8080", NAT_INSIDE,
                "198.51.100.9:4000", "10.1.1.5:80");
    nat_send_tcp(l, NAT_OUTSIDE, "198.51.100.9:4001", "203.0.113.1:80", nat_syn());
    nat_expect_none(l, NAT_INSIDE);
    nat_lab_free(l);
}

static void groups_are_written_and_refused(void **state)
{
    static const struct {
        const char *line, *answer;
    } rows[] = {
        {"nat (inside,outside) source static nobody inner",
         "ERROR: nobody doesn't match an existing object or object-group\n"},
        {"object-group network five", "ERROR: an object with the same name (five) exists\n"},
        {"no object-group network nobody", "ERROR: object-group (nobody) does not exist.\n"},
        {"nat (inside,outside) source dynamic five interface service www www",
         "ERROR: www doesn't match an existing object or object-group\n"},
    };
    struct nat_lab *l = nat_lab_new("9.1(2)", GROUPS);
    struct buf out = BUF_INIT;

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        assert_string_equal(nat_type(l, rows[i].line, &out), rows[i].answer);
    nat_type(l, "object-group network hosts", &out);
    assert_string_equal(nat_type(l, "group-object inner", &out),
                        "ERROR: object-group inner has this one in it\n");
    assert_string_equal(nat_type(l, "network-object host 10.1.1.9", &out),
                        "ERROR: object already exists in object-group hosts\n");
    assert_string_equal(nat_type(l, "no network-object host 10.1.1.10", &out),
                        "ERROR: object not found in object-group hosts\n");
    nat_type(l, "end", &out);
    nat_type(l, "show running-config", &out);
    assert_non_null(strstr(buf_str(&out), "object-group network hosts\n"
                                          " network-object object five\n"
                                          " network-object host 10.1.1.9\n"
                                          "object-group network inner\n"
                                          " group-object hosts\n"
                                          " network-object 10.1.1.64 255.255.255.192\n"));
    nat_type(l, "no object-group network inner", &out);
    nat_type(l, "show running-config", &out);
    assert_null(strstr(buf_str(&out), "inner"));
    buf_release(&out);
    nat_lab_free(l);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(groups_are_laid_beside_each_other),
        cmocka_unit_test(entangled_groups_take_no_time),
        cmocka_unit_test(services_pick_one_port),
        cmocka_unit_test(groups_are_written_and_refused),
    };

    return cmocka_run_group_tests_name("gateway/conn_nat_groups", tests, NULL, NULL);
}
