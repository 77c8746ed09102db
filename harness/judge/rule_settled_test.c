/* <tunnel is="settled">: what is left when both ends wanted something of one SA. */
#include "tests/mock_rows.h"

#define BOTH M_UP "sent confirmed data:15 pair:1-peer pair:2-device "
#define SETTLED(script_, want_, says_)                                                             \
    .script = script_ M_DONE, .action = ACTION_PHASE2_REKEY,                                       \
    .x = {TUNNEL(TUNNEL_SETTLED), .phase = 2, SINCE_CUT}, .want = want_, .rule = "tunnel",         \
    .says = says_
#define WON_BY(who, script_, want_, says_)                                                         \
    .script = script_ M_DONE, .action = ACTION_PHASE2_REKEY,                                       \
    .x = {TUNNEL(TUNNEL_SETTLED), .made_by = who, .phase = 2, SINCE_CUT}, .want = want_,           \
    .rule = "tunnel", .says = says_

static const struct mock_row rows[] = {
    {.what = "one_pair_of_two_new_ones__is_what_is_to_be",
     SETTLED(BOTH "unpair:2-device gone ", VERDICT_PASS,
             "one pair is left: 0x00009001 of the peer")},
    {.what = "no_new_pair_at_all__is_settled_too",
     SETTLED(M_UP "sent newsa gone newsa confirmed data:15 ", VERDICT_FAIL, "2 pairs are left")},
    {.what = "two_new_pairs__are_one_too_many",
     SETTLED(BOTH "gone ", VERDICT_FAIL,
             "2 pairs are left: 0x00009001 of the peer, 0x00009002 of the device")},
    {.what = "no_pair__is_one_too_few",
     SETTLED(BOTH "unpair:2-device unpair:1-peer gone ", VERDICT_FAIL, "0 pairs are left")},
    {.what = "the_old_pair_although_it_was_replaced__fails",
     SETTLED(BOTH "unpair:2-device unpair:1-peer ", VERDICT_FAIL,
             "is left, and a new one was made in its place")},
    {.what = "a_loser_that_the_other_one_deletes__fails",
     SETTLED(
         BOTH "unpair:2-peer gone ", VERDICT_FAIL,
         "0x00009002 lost to another pair and was deleted by the peer, not by the device, which "
         "made it")},
    {.what = "the_pair_of_the_winner__stays",
     WON_BY(MADE_BY_DEVICE, BOTH "unpair:1-peer gone ", VERDICT_PASS, "0x00009002 of the device")},
    {.what = "the_pair_of_the_loser__is_not_to_stay",
     WON_BY(MADE_BY_PEER, BOTH "unpair:1-peer gone ", VERDICT_FAIL,
            "pair 0x00009002 of the device is left, and that of the peer was to win")},
    {.what = "two_ike_sas__are_one_too_many",
     .script = M_UP "sent confirmed ike:1 data:15 " M_DONE,
     .action = ACTION_PHASE1_REKEY,
     .x = {TUNNEL(TUNNEL_SETTLED), .phase = 1, SINCE_CUT},
     .want = VERDICT_FAIL,
     .rule = "tunnel",
     .says = "2 IKE SAs are left"},
    {.what = "one_ike_sa__is_what_is_to_be",
     .script = M_UP "sent confirmed ike:1 ikedown data:15 " M_DONE,
     .action = ACTION_PHASE1_REKEY,
     .x = {TUNNEL(TUNNEL_SETTLED), .phase = 1, SINCE_CUT},
     .want = VERDICT_PASS,
     .rule = "tunnel",
     .says = "1 IKE SA is left"},
};

MOCK_ROWS_MAIN("judge/rule_settled", rows)
