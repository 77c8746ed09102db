/* What commands about logging leave in the configuration. */
#include "tests/config_rows_lab.h"
#include "tests/testkit.h"

static const struct config_row rows[] = {
    {"logging enable\nlogging timestamp rfc5424\nlogging trap debugging\nlogging buffered warn\n"
     "logging facility 23\nlogging queue 100\nlogging buffer-size 65536\nlogging permit-hostdown",
     "logging enable\nlogging timestamp rfc5424\nlogging buffer-size 65536\nlogging buffered "
     "warnings\n"
     "logging trap debugging\nlogging facility 23\nlogging queue 100\nlogging permit-hostdown\n",
     NULL},
    {"logging host inside 10.224.9.20\nlogging host inside 10.224.9.21 tcp\nlogging host inside "
     "10.224.9.22 udp/5140 format emblem\nlogging host inside 10.224.9.23 6/1471",
     "logging host inside 10.224.9.20\nlogging host inside 10.224.9.21 6/1470\nlogging host inside "
     "10.224.9.22 17/5140 format emblem\nlogging host inside 10.224.9.23 6/1471\n",
     NULL},
    {"logging host inside 10.224.9.20\nno logging host inside 10.224.9.20", NULL, "logging host"},
    {"logging device-id hostname", "logging device-id hostname\n", NULL},
    {"logging device-id string bo-1", "logging device-id string bo-1\n", NULL},
    {"logging device-id ipaddress inside", "logging device-id ipaddress inside\n", NULL},
    {"logging device-id hostname\nno logging device-id", NULL, "device-id"},
    {"logging message 302013 level 5\nno logging message 302014",
     "logging message 302013 level notifications\nno logging message 302014\n", NULL},
    {"logging device-id context-name", "logging device-id context-name\n", NULL},
    {"logging device-id cluster-id", "logging device-id cluster-id\n", NULL},
    {"logging console 3\nlogging monitor err\nlogging history 2\nlogging mail 1\nlogging asdm info",
     "logging console errors\nlogging monitor errors\nlogging history critical\n"
     "logging mail alerts\nlogging asdm informational\n",
     NULL},
    {"logging console 3\nno logging console", NULL, "console"},
    {"logging trap 6\nno logging trap 6", NULL, "trap"},
    {"logging list a level 6 class session\nlogging list b message 302013-302016\n"
     "logging list a message 713120\nlogging trap a",
     "logging list a level informational class session\nlogging list a message 713120\n"
     "logging list b message 302013-302016\nlogging trap a\n",
     NULL},
    {"logging list a level 6\nlogging trap a\nno logging list a", NULL, "logging"},
    {"logging list a level 6\nlogging list a level 5\nno logging list a level 6",
     "logging list a level notifications\n", "informational"},
    {"logging class vpn trap 7 buffered 5\nlogging class session console 3",
     "logging class vpn buffered notifications trap debugging\n"
     "logging class session console errors\n",
     NULL},
    {"logging class vpn trap 7 buffered 5\nno logging class vpn trap",
     "logging class vpn buffered notifications\n", "debugging"},
    {"logging class vpn trap 7\nno logging class vpn", NULL, "class"},
    {"logging rate-limit 100 5 level 6\nlogging rate-limit 1 message 402114",
     "logging rate-limit 100 5 level 6\nlogging rate-limit 1 1 message 402114\n", NULL},
    {"logging rate-limit 100 5 level 6\nlogging rate-limit unlimited level 6", NULL, "rate-limit"},
    {"logging rate-limit 100 level 6\nno logging rate-limit 100 level 6", NULL, "rate-limit"},
    {"logging emblem\nlogging standby\nlogging hide username\nlogging debug-trace\n"
     "logging flash-bufferwrap",
     "logging emblem\nlogging standby\nlogging debug-trace\nlogging hide username\n"
     "logging flash-bufferwrap\n",
     NULL},
    {"clock timezone EDT -4\nlogging enable", "clock timezone EDT -4\nlogging enable\n", NULL},
    {"clock timezone IST 5 30", "clock timezone IST 5 30\n", NULL},
    {"clock timezone EDT -4\nno clock timezone", NULL, "clock"},
    {"no logging message 302014\nlogging message 302014", NULL, "302014"},
};

static void commands_have_their_effect(void **state)
{
    (void)state;
    config_rows_check(rows, COUNT(rows));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(commands_have_their_effect),
    };
    return cmocka_run_group_tests_name("gateway/config_rows_logging", tests, NULL, NULL);
}
