/* Actions that are of IKEv2, or other than with IKEv1, in whole runs: what is taken as their proof,
 * and runs in which there is none. */
#include "tests/one_run.h"
#include "tests/testkit.h"

#include <stdio.h>

#define DEVICE_V2                                                                                  \
    "<device>" CONFIG "<config file=\"cases/devices/bo-ikev2.cfg\"/>%s</device>"                   \
    "<peer ike-version=\"2\"/>"
#define SHORT_LIFE "<line>crypto ipsec security-association lifetime seconds 120</line>"
#define AT_40      "<at id=\"ev\" stream=\"dl\" reaches=\"40%\">"
#define THINK      "<stream id=\"dl\" capture=\"captures/http-think.pcapng\" think=\"100s\"/>"

static const struct row {
    const char *what;
    const char *lines; /* of the device's configuration */
    const char *timeline;
    const char *state; /* the last of "ev" */
    const char *words; /* its detail or reason; NULL: none */
} rows[] = {
    {"delete_of_the_ike_sa_that_stays__is_confirmed_when_it_goes_out", "",
     DOWNLOAD AT_40 "<delete-notice spis=\"ike\"/></at>", "confirmed", "the delete was sent"},
    {"delete_notice_of_a_pair__is_confirmed_when_it_goes_out", "",
     DOWNLOAD AT_40 "<delete-notice spis=\"own\"/></at>", "confirmed", "the delete was sent"},
    {"delete_notice_into_a_blackhole__is_not_confirmed", "",
     DOWNLOAD "<at id=\"hole\" stream=\"dl\" reaches=\"39%\"><blackhole/></at>"
              "<at id=\"ev\" after=\"hole\"><delete-notice spis=\"own\"/></at>",
     "sent", NULL},
    {"delete_notice_without_a_tunnel__fails", "",
     "<stream id=\"dl\" capture=\"captures/https.pcap\" start=\"3s\"/>"
     "<at id=\"ev\" time=\"1s\"><delete-notice spis=\"ike\"/></at>",
     "failed", "there was nothing to do it to: no such SA was up"},
    {"spi_taken_again__is_confirmed_when_a_pair_has_it", "", DOWNLOAD AT_40 "<reuse-spi/></at>",
     "confirmed", "a pair with the SPI of the last one came up"},
    {"spi_taken_again_into_a_blackhole__is_not_confirmed", "",
     DOWNLOAD "<at id=\"hole\" stream=\"dl\" reaches=\"39%\"><blackhole/></at>"
              "<at id=\"ev\" after=\"hole\"><reuse-spi/></at>",
     "sent", NULL},
    {"delete_of_the_pairs_of_a_protocol_that_has_none__fails", "",
     DOWNLOAD AT_40 "<phase2-delete by=\"peer\" protocol=\"udp\"/></at>", "failed",
     "there was nothing to do it to: no such SA was up"},
    {"reauthentication_make__is_confirmed_by_both_ike_sas", "",
     DOWNLOAD AT_40 "<reauthenticate how=\"make-before-break\"/></at>", "confirmed",
     "another IKE SA is up, and the old one is down"},
    {"reauthentication_break__is_confirmed_by_both_ike_sas", "",
     DOWNLOAD AT_40 "<reauthenticate how=\"break-before-make\"/></at>", "confirmed",
     "another IKE SA is up, and the old one is down"},
    {"reauthentication_into_a_blackhole__is_not_confirmed", "",
     DOWNLOAD "<at id=\"hole\" stream=\"dl\" reaches=\"39%\"><blackhole for=\"20s\"/></at>"
              "<at id=\"ev\" after=\"hole\"><reauthenticate how=\"make-before-break\"/></at>",
     "sent", NULL},
    {"reauthentication_without_a_tunnel__fails", "",
     "<stream id=\"dl\" capture=\"captures/https.pcap\" start=\"3s\"/>"
     "<at id=\"ev\" time=\"1s\"><reauthenticate how=\"make-before-break\"/></at>",
     "failed", "there was nothing to do it to: no such SA was up"},
    {"answer_amiss__is_confirmed_when_it_is_given", SHORT_LIFE,
     THINK "<at id=\"ev\" time=\"5s\"><peer-answer is=\"temporary-failure\"/></at>", "confirmed",
     "such an answer was given"},
    {"answer_that_narrows__is_confirmed_when_it_is_given", SHORT_LIFE,
     THINK "<at id=\"ev\" time=\"5s\"><peer-answer is=\"narrowed\"/></at>"
           "<at id=\"heal\" time=\"130s\"><phase2-delete by=\"peer\"/></at>",
     "confirmed", "such an answer was given"},
    {"answer_to_nobody__is_not_confirmed", "",
     DOWNLOAD AT_40 "<peer-answer is=\"temporary-failure\"/></at>", "sent", NULL},
    {"answers_of_which_one_is_never_asked_for__are_not_confirmed", SHORT_LIFE,
     DOWNLOAD AT_40 "<peer-answer is=\"no-proposal\" count=\"900\"/></at>", "sent", NULL},
};

static void comes_to_this(void **state)
{
    const struct row *row = *state;
    struct one_run r;
    char body[2048];

    snprintf(body, sizeof(body), DEVICE_V2 "<timeline>%s</timeline>" EXPECT, row->lines,
             row->timeline);
    one_run(&r, body, NULL);
    if (r.err)
        fail_msg("%s", r.why.text);
    const struct one_line *last = one_run_event(&r, "ev", row->state);
    if (row->words)
        assert_string_equal(
            one_line_text(last, strcmp(row->state, "failed") == 0 ? "reason" : "detail"),
            row->words);
    assert_int_equal(one_run_has_event(&r, "ev", "confirmed"),
                     strcmp(row->state, "confirmed") == 0);
    one_run_release(&r);
}

int main(void)
{
    struct CMUnitTest tests[COUNT(rows)];

    for (size_t i = 0; i < COUNT(rows); i++)
        tests[i] = (struct CMUnitTest){rows[i].what, comes_to_this, NULL, NULL,
                                       (void *)(uintptr_t)&rows[i]};
    return cmocka_run_group_tests_name("replay/ikev2", tests, NULL, NULL);
}
