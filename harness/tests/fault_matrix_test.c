/* The fault x rule matrix: the built-in gateway is made wrong in each way it knows, and the rule
 * that is meant for it must say so. A judge that never said FAIL has not been tested. Without a
 * fault each of these cases passes: tests/all_cases goes through them. */
#include "base/buf.h"
#include "gateway/fault.h"
#include "tests/testkit.h"
#include "tests/whole_run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct row {
    enum gw_fault fault;
    const char *file; /* of the case that meets it; "ikev2-FILE": of two, that of IKEv2 */
    const char *rule; /* NULL: the one in the table of faults */
    const char *says; /* words of the finding: what was wrong, and where; NULL: any */
};

static const struct row rows[] = {
    {GW_FAULT_NO_302014, "phase1-delete-preserve-off", NULL, "no 302014 about dl"},
    {GW_FAULT_WRONG_REASON, "phase1-delete-preserve-off", NULL, "its reason is another one"},
    {GW_FAULT_WRONG_CONNECTION, "phase1-delete-preserve-off", NULL, "it names another port"},
    {GW_FAULT_LATE_302014, "phase1-delete-preserve-off", NULL, "it is outside the window"},
    {GW_FAULT_DOUBLE_302014, "phase1-delete-preserve-off", NULL, "2 times, more than 1: packet "},
    {GW_FAULT_SILENT_STALE, "phase1-delete-preserve-off", NULL, "silent stale connection"},
    {GW_FAULT_SILENT_STALE, "phase1-delete-preserve-on", NULL, "silent stale connection"},
    {GW_FAULT_RESET_INSTEAD, "phase1-delete-preserve-on", NULL, "a reset of dl by the device"},
    {GW_FAULT_RESET_INSTEAD, "phase1-delete-preserve-off", "log", "no 302014 about dl"},
    {GW_FAULT_TEAR_PRESERVED, "phase1-delete-preserve-on", NULL, "Tunnel has been torn down"},
    {GW_FAULT_TEAR_PRESERVED, "idle-through-bounce-preserve-on", NULL, "Tunnel has been torn down"},
    {GW_FAULT_NO_RESUME, "phase1-delete-preserve-on", NULL, "stands still"},
    {GW_FAULT_NO_ISN_MAPBACK, "phase1-delete-preserve-on", NULL, "stands still"},
    {GW_FAULT_TEAR_ON_REKEY, "phase2-rekey-preserve-off", NULL, "Tunnel has been torn down"},
    {GW_FAULT_KEEP_OLD_SPI, "phase2-rekey-preserve-off", NULL, "no new SPI carried traffic"},
    {GW_FAULT_CORRUPT_BYTE, "control-no-event", NULL, "bytes"},
    {GW_FAULT_LOSE_SEGMENT, "control-no-event", NULL, "stands still"},
    {GW_FAULT_LEAK_CLEARTEXT, "phase1-delete-preserve-on", NULL, "in clear on the WAN"},
    {GW_FAULT_TUNNEL_REASON_WHEN_IDLE, "outage-longer-than-timeout-conn-preserve-on", NULL,
     "Tunnel has been torn down"},
    /* what the log says */
    {GW_FAULT_NO_302013, "control-no-event", NULL, "no 302013 about dl"},
    {GW_FAULT_SECOND_302013, "phase1-delete-preserve-on", NULL, "2 times, more than 1: packet "},
    {GW_FAULT_WRONG_BYTES, "control-no-event", NULL, "bytes had arrived, and"},
    {GW_FAULT_WRONG_BYTES, "phase1-delete-preserve-off", NULL, "bytes had arrived, and"},
    {GW_FAULT_BYTES_ANEW, "phase1-delete-preserve-on", NULL, "bytes had arrived, and"},
    {GW_FAULT_WRONG_DURATION, "idle-through-bounce-preserve-on", NULL, "came 3600."},
    {GW_FAULT_WRONG_ID, "control-no-event", NULL, "gave it the number 1"},
    {GW_FAULT_NEW_ID, "phase1-delete-preserve-on", NULL, "gave it the number 1"},
    {GW_FAULT_NO_602304, "phase2-delete-preserve-off", NULL, "no 602304 within"},
    {GW_FAULT_NO_106015, "phase1-delete-preserve-off", NULL, "no 106015 about dl"},
    {GW_FAULT_NO_113019, "phase1-delete-preserve-off", NULL, "no 113019 within"},
    /* which flows are kept, and for how long */
    {GW_FAULT_TEAR_THIRD, "several-streams-preserve-on", NULL, "connection 3 "},
    {GW_FAULT_TEAR_HALF_CLOSED, "half-closed-preserve-on", NULL, "Tunnel has been torn down"},
    {GW_FAULT_PRESERVE_ONCE, "two-bounces-preserve-on", NULL, "Tunnel has been torn down"},
    {GW_FAULT_REKEY_UNPRESERVES, "rekey-then-drop-preserve-on", NULL, "Tunnel has been torn down"},
    {GW_FAULT_PRESERVE_AT_ONCE, "switched-on-while-tunnel-is-up", NULL, "no 302014 about dl"},
    {GW_FAULT_TEAR_IN_WORDS, "phase1-delete-preserve-off", NULL, "although it was to be torn"},
    {GW_FAULT_ORPHAN_NEVER_IDLES, "outage-longer-than-timeout-conn-preserve-on", NULL,
     "no 302014 about dl with reason idle"},
    {GW_FAULT_ORPHAN_IDLES_EARLY, "idle-through-bounce-preserve-on", NULL,
     "duration 0:06:00 bytes 40328 Conn-timeout"},
    {GW_FAULT_RESET_ONE_HOST, "phase1-delete-preserve-on", NULL,
     "a reset of dl by the device on bo-lan"},
    /* how they come back */
    {GW_FAULT_NO_ACQUIRE, "idle-through-bounce-preserve-on", NULL, "stands still"},
    {GW_FAULT_LATE_RESUME, "phase1-delete-preserve-on", NULL, "later than 60.000 s"},
    {GW_FAULT_ONE_WAY_RESUME, "phase1-delete-preserve-on", NULL, "stands still"},
    {GW_FAULT_SACK_NOT_MAPPED, "lossy-upload-preserve-on", NULL, "a SACK block of up"},
    {GW_FAULT_LEAK_ONE_PACKET, "phase1-delete-preserve-on", NULL, "(1 such packets)"},
    /* the tunnel itself */
    {GW_FAULT_BAD_ICV, "control-no-event", NULL, "does not open with the SA's keys"},
    {GW_FAULT_SEQ_RESTARTS, "upload-no-event", NULL, "was that of another packet before"},
    {GW_FAULT_WRONG_SPI, "phase2-rekey-preserve-off", NULL, "stands still"},
    {GW_FAULT_REKEY_HOLE, "phase2-rekey-preserve-off", NULL, "stood still for 3."},
    {GW_FAULT_REKEY_ENDS_CHILDREN, "phase1-rekey-preserve-off", NULL, "came into use"},
    {GW_FAULT_MTU_BLACK_HOLE, "upload-no-event", NULL, "stands still"},
    {GW_FAULT_NO_REPLAY_CHECK, "esp-doubled", NULL, "no 402119 within"},
    {GW_FAULT_NO_REPLAY_CHECK, "esp-replay-flood", NULL, "no 402119 within"},
    {GW_FAULT_NO_REPLAY_CHECK, "esp-beyond-the-window", NULL, "no 402119 within"},
    /* what a certification lab does to it */
    {GW_FAULT_TEAR_PRESERVED, "deletes-cross-preserve-on", NULL, "Tunnel has been torn down"},
    {GW_FAULT_TEAR_PRESERVED, "delete-lost-preserve-on", NULL, "Tunnel has been torn down"},
    {GW_FAULT_TEAR_PRESERVED, "peer-reboots-preserve-on", NULL, "Tunnel has been torn down"},
    {GW_FAULT_CORRUPT_BYTE, "random-schedule-1", NULL, "bytes"},
    {GW_FAULT_SECOND_302013, "ten-bounces-preserve-on", NULL, "more than 1: packet "},
    {GW_FAULT_NO_302014, "deletes-cross-preserve-off", NULL, "no 302014 about dl"},
    {GW_FAULT_DOUBLE_302014, "delete-lost-preserve-off", NULL, "2 times, more than 1: packet "},
    {GW_FAULT_NO_602304, "delete-of-one-direction", NULL, "no 602304 within"},
    {GW_FAULT_NO_602304, "delete-of-many-spis", NULL, "no 602304 within"},
    {GW_FAULT_CORRUPT_BYTE, "rekey-storm", NULL, "bytes"},
    {GW_FAULT_TEAR_ON_REKEY, "early-use-of-the-new-spi", NULL, "Tunnel has been torn down"},
    {GW_FAULT_LEAK_CLEARTEXT, "tunnel-stays-down-no-cleartext", NULL, "in clear on the WAN"},
    {GW_FAULT_ORPHAN_NEVER_IDLES, "wrong-key-after-the-drop", NULL,
     "no 302014 about dl with reason idle"},
    {GW_FAULT_BAD_ICV, "malformed-ike", NULL, "does not open with the SA's keys"},
    /* what passes, what is told of it, and how connections end */
    {GW_FAULT_WINDOW_IGNORED, "tcp-reset-past-window", NULL, "\"(tcp-rstfin-ooo)\""},
    {GW_FAULT_WINDOW_IGNORED, "tcp-fin-past-window", NULL, "\"(tcp-rstfin-ooo)\""},
    {GW_FAULT_WINDOW_IGNORED, "tcp-data-past-window", NULL, "\"(tcp-seq-past-win)\""},
    {GW_FAULT_WINDOW_IGNORED, "tcp-ack-of-nothing", NULL, "\"(tcp-invalid-ack)\""},
    {GW_FAULT_WINDOW_IGNORED, "tcp-old-timestamp", NULL, "\"(tcp-paws-fail)\""},
    {GW_FAULT_WINDOW_IGNORED, "tcp-syn-again", NULL, "\"(tcp-syn-ooo)\""},
    {GW_FAULT_TIMERS_LATE, "syn-timeout", NULL,
     "no 302014 about dl with reason syn-timeout saying \"duration 0:00:30 by"},
    {GW_FAULT_TIMERS_LATE, "half-closed-timeout", NULL,
     "no 302014 about half with reason fin-timeout saying \"duration 0:10:0\""},
    {GW_FAULT_TIMERS_LATE, "idle-with-the-tunnel-up", NULL,
     "no 302014 about dl with reason idle saying \"Conn-timeout\""},
    {GW_FAULT_TIMERS_LATE, "idle-with-reset", NULL,
     "no 302014 about dl saying \"Flow timed out with reset\""},
    {GW_FAULT_TIMERS_LATE, "icmp-timeout", "answer", "\"0 in use\""},
    {GW_FAULT_TIMERS_LATE, "udp-timeout-as-configured", NULL,
     "no 302016 about dns saying \"duration 0:01:\""},
    {GW_FAULT_ISN_INVERTED, "isn-randomised", NULL,
     "a SYN out of the device on ho-lan of dl, and its sequence number is it"},
    {GW_FAULT_ISN_INVERTED, "isn-left-alone", NULL,
     "a SYN out of the device on ho-lan of dl, and its sequence number is no"},
    {GW_FAULT_MTU_BLACK_HOLE, "mss-clamped-before-and-after", "packet",
     "a SYN out of the device on ho-lan of dl, and its MSS is 1460, more tha"},
    {GW_FAULT_MTU_BLACK_HOLE, "mss-as-configured", "packet",
     "a SYN out of the device on ho-lan of dl, and its MSS is 1460, more tha"},
    {GW_FAULT_MTU_BLACK_HOLE, "too-large-for-the-tunnel", "packet",
     "not one: an ICMP fragmentation needed out of the device on bo-lan"},
    {GW_FAULT_FRAGMENTS_LOST, "fragments-through-the-tunnel", NULL,
     "not one: a packet out of the device on ho-lan as order sent it"},
    {GW_FAULT_QUOTE_NOT_MAPPED, "icmp-error-through-the-tunnel", NULL,
     "not one: an ICMP fragmentation needed out of the device on bo-lan of u"},
    {GW_FAULT_QUOTE_NOT_MAPPED, "icmp-error-through-pat", NULL,
     "not one: an ICMP fragmentation needed out of the device on bo-lan of u"},
    {GW_FAULT_LISTS_IGNORED, "levels-deny-from-outside", NULL,
     "no 106001 saying \"Inbound TCP connection denied from 203.0.113.20/4099"},
    {GW_FAULT_LISTS_IGNORED, "list-on-the-outside", NULL,
     "no 106023 saying \"Deny tcp src outside:203.0.113.20/40999 dst inside:2"},
    {GW_FAULT_LISTS_IGNORED, "list-that-logs", NULL,
     "no 106100 saying \"denied tcp outside/203.0.113.20(40999) -> inside/209"},
    {GW_FAULT_LISTS_IGNORED, "users-list-on-the-inside", NULL,
     "no 106023 saying \"by access-group \"inside_access_out\"\""},
    {GW_FAULT_FILTER_IGNORED, "vpn-filter", NULL,
     "no 106023 saying \"by access-group \"only_ssh\"\""},
    {GW_FAULT_PERMIT_VPN_INVERTED, "permit-vpn-on", NULL,
     "not one: a SYN out of the device on bo-lan"},
    {GW_FAULT_PERMIT_VPN_INVERTED, "permit-vpn-off", NULL, "a SYN out of the device on bo-lan"},
    {GW_FAULT_RESETS_INVERTED, "resetoutbound", NULL,
     "not one: a reset out of the device on bo-lan"},
    {GW_FAULT_RESETS_INVERTED, "resetoutbound-off", NULL, "a reset out of the device on bo-lan"},
    {GW_FAULT_RESETS_INVERTED, "resetinbound", NULL, "not one: a reset out of the device on wan"},
    {GW_FAULT_RESETS_INVERTED, "resetoutside", NULL, "not one: a reset out of the device on wan"},
    {GW_FAULT_RESETS_INVERTED, "resetoutside-off", NULL, "a reset out of the device on wan"},
    {GW_FAULT_CLOSE_REASON, "reset-by-the-server", NULL, "no 302014 about dl with reason reset-o"},
    {GW_FAULT_CLOSE_REASON, "reset-by-the-user", NULL, "no 302014 about dl with reason reset-i"},
    {GW_FAULT_CLOSE_REASON, "reset-at-event-time", NULL, "no 302014 about dl with reason reset-o"},
    {GW_FAULT_TIMEWAIT_INVERTED, "timewait-lingers", NULL, "\"1 in use\""},
    {GW_FAULT_TIMEWAIT_INVERTED, "timewait-is-off", NULL, "\"0 in use\""},
    {GW_FAULT_NO_PACKET_LOG, "no-route", NULL,
     "no 110002 saying \"Failed to locate egress interface for TCP from insid"},
    {GW_FAULT_NO_PACKET_LOG, "duplicate-syn", NULL,
     "no 419002 saying \"with different initial sequence number\""},
    {GW_FAULT_NO_PACKET_LOG, "icmp-error-about-nothing", NULL,
     "no 313005 saying \"No matching connection for ICMP error message: icmp "},
    {GW_FAULT_NO_PACKET_LOG, "ping-answers-nobody-asked-for", NULL, "no 313004"},
    {GW_FAULT_NO_PACKET_LOG, "list-that-logs", NULL,
     "no 106100 saying \"denied tcp outside/203.0.113.20(40999) -> inside/209"},
    {GW_FAULT_SETTINGS_LOST, "written-and-reloaded", NULL,
     "\"no sysopt connection preserve-vpn-flows\""},
    {GW_FAULT_LIMITS_IGNORED, "log-rate-limited", NULL, "302013 was logged 3 times, more than 1"},
    {GW_FAULT_LIMITS_IGNORED, "teardown-not-logged", "no-log", "Tunnel has been torn down"},
    {GW_FAULT_NO_302013, "nat-exemption-in-tunnel", NULL,
     "no 302013 about dl saying \"(10.224.228.10/\""},
    {GW_FAULT_WRONG_BYTES, "pat-to-the-outside", NULL, "bytes had arrived, and"},
    {GW_FAULT_WRONG_ID, "static-nat-from-outside", NULL, "gave it the number"},
    {GW_FAULT_WRONG_ID, "clear-conn", NULL, "gave it the number"},
    {GW_FAULT_WRONG_ID, "xlate-cleared", NULL, "gave it the number"},
    {GW_FAULT_TEAR_PRESERVED, "reset-while-away", NULL, "Tunnel has been torn down"},
    {GW_FAULT_TEAR_PRESERVED, "opened-from-both-sides-preserve-on", NULL,
     "Tunnel has been torn down"},
    {GW_FAULT_TEAR_PRESERVED, "fin-lost-in-the-bounce", NULL, "Tunnel has been torn down"},
    {GW_FAULT_TIMEWAIT_INVERTED, "ports-used-again", "log", "only 1 of 2 302013 saying \"/40333\""},
    {GW_FAULT_NO_RESUME, "clear-stream-untouched-preserve-on", NULL, "silent stale connection"},
    {GW_FAULT_NO_RESUME, "new-flow-while-away", NULL, "silent stale connection"},
    {GW_FAULT_SILENT_STALE, "clear-stream-untouched-preserve-off", NULL, "silent stale connection"},
    {GW_FAULT_SILENT_STALE, "opened-from-both-sides-preserve-off", NULL, "silent stale connection"},
    {GW_FAULT_TEAR_THIRD, "many-flows-preserve-on", NULL, "Tunnel has been torn down"},
    {GW_FAULT_NO_302014, "many-flows-preserve-off", NULL, "no 302014 with reason tunnel"},
    {GW_FAULT_NO_302014, "short-and-long", NULL, "no 302014 about long with reason tunnel"},
    {GW_FAULT_NO_302014, "idle-through-bounce-preserve-off", NULL,
     "no 302014 about dl with reason tunnel"},
    {GW_FAULT_NO_302014, "message-at-another-level", NULL, "no 302014 about dl with reason tunnel"},
    {GW_FAULT_PRESERVE_AT_ONCE, "switched-off-while-up", NULL,
     "no 302014 about dl with reason tunnel"},
    {GW_FAULT_NO_ACQUIRE, "keep-alives-while-away", NULL, "was torn"},
    {GW_FAULT_ORPHAN_IDLES_EARLY, "idle-clock-goes-on", "log",
     "no 302014 about dl with reason idle saying \"duration 0:10:0\""},
    {GW_FAULT_CORRUPT_BYTE, "crypto-list-changed-while-up", NULL, "was altered on its way"},
    {GW_FAULT_CORRUPT_BYTE, "dpd-switched-off", NULL, "was altered on its way"},
    {GW_FAULT_CORRUPT_BYTE, "dpd-not-offered", NULL, "was altered on its way"},
    {GW_FAULT_REKEY_HOLE, "volume-lifetime", NULL, "stood still for 4."},
    {GW_FAULT_REKEY_ENDS_CHILDREN, "phase-1-renewed-by-the-device", "log", "only 2 of 3 713119"},
    {GW_FAULT_NO_113019, "dpd-one-sided", NULL, "no 113019 saying \"Lost Service\""},
    /* IKEv2: both want something of one SA */
    {GW_FAULT_HIGHEST_NONCE, "ikev2-both-rekey-the-pair", NULL, "a new one was made in its place"},
    {GW_FAULT_HIGHEST_NONCE, "ikev2-both-rekey-the-pair-peer-wins", NULL, "2 pairs are left: "},
    {GW_FAULT_HIGHEST_NONCE, "ikev2-both-rekey-the-pair-device-wins", NULL,
     "a new one was made in its place"},
    {GW_FAULT_ANSWERS_LATE, "ikev2-crossing-request-late", NULL, "2 pairs are left: "},
    {GW_FAULT_ANSWERS_LATE, "ikev2-crossing-request-later", NULL, "2 pairs are left: "},
    {GW_FAULT_KEEPS_LOSER, "ikev2-crossing-answer-late", NULL, "2 pairs are left: "},
    {GW_FAULT_HIGHEST_NONCE, "ikev2-crossing-answer-to-device-late", NULL, "0 pairs are left"},
    {GW_FAULT_ANSWERS_LATE, "ikev2-crossing-request-lost", NULL, "2 pairs are left: "},
    {GW_FAULT_NO_ACQUIRE, "ikev2-pair-deleted-while-rekeyed", "tunnel", "0 pairs are left"},
    {GW_FAULT_NO_RESUME, "ikev2-pair-rekeyed-while-deleted", NULL, "silent stale connection"},
    {GW_FAULT_ANSWERS_LATE, "ikev2-ike-sa-rekeyed-while-the-pair-is", NULL, "0 pairs are left"},
    {GW_FAULT_REKEY_ENDS_CHILDREN, "ikev2-pair-rekeyed-while-the-ike-sa-is", NULL,
     "0 pairs are left"},
    {GW_FAULT_NO_ACQUIRE, "ikev2-ike-sa-deleted-while-the-pair-is-rekeyed", "tunnel",
     "0 IKE SAs are left"},
    {GW_FAULT_NO_RESUME, "ikev2-pair-rekeyed-while-the-ike-sa-is-deleted", NULL,
     "silent stale connection"},
    {GW_FAULT_HIGHEST_NONCE, "ikev2-both-rekey-the-ike-sa-peer-wins", NULL, "0 IKE SAs are left"},
    {GW_FAULT_HIGHEST_NONCE, "ikev2-both-rekey-the-ike-sa-device-wins", NULL, "0 IKE SAs are left"},
    {GW_FAULT_NO_ACQUIRE, "ikev2-ike-sa-deleted-while-rekeyed", "tunnel", "0 IKE SAs are left"},
    {GW_FAULT_NO_RESUME, "ikev2-ike-sa-rekeyed-while-deleted", NULL, "silent stale connection"},
    {GW_FAULT_NO_RESUME, "ikev2-ike-sa-rekeyed-with-a-pair-half-closed", NULL,
     "silent stale connection"},
    {GW_FAULT_HIGHEST_NONCE, "ikev2-delete-of-the-peers-loser-lost", NULL,
     "a new one was made in its place"},
    {GW_FAULT_KEEPS_LOSER, "ikev2-delete-of-the-devices-loser-lost", NULL, "2 pairs are left: "},
    {GW_FAULT_NO_ACQUIRE, "ikev2-winner-deleted-by-its-maker", "tunnel", "0 pairs are left"},
    {GW_FAULT_TEAR_ON_REKEY, "ikev2-winner-deleted-by-the-other", NULL, "Tunnel has been torn"},
    {GW_FAULT_REKEY_ENDS_CHILDREN, "ikev2-messages-of-old-and-new-ike-sa-mixed", NULL,
     "0 pairs are left"},
    /* two devices */
    {GW_FAULT_WRONG_SPI, "ikev2-pair-rekeying-answer-lost", NULL, "silent stale connection"},
    {GW_FAULT_WRONG_SPI, "pair-rekeying-answer-late", NULL, "silent stale connection"},
    {GW_FAULT_WRONG_SPI, "ikev2-pair-reorder-across-a-rekeying", NULL, "silent stale connection"},
    {GW_FAULT_PATH_IGNORED, "pair-narrow-wan-in-mid-stream", NULL, "silent stale connection"},
    {GW_FAULT_CORRUPT_BYTE, "ikev2-pair-slow-wan-for-a-while", NULL, "was altered on its way"},
    {GW_FAULT_NO_REPLAY_CHECK, "pair-damaged-and-doubled-on-the-wan", NULL, "no 402119"},
    {GW_FAULT_WRONG_DURATION, "older-than-a-day", NULL,
     "no 302014 about dl with reason fin saying \"duration 32:\""},
    /* the same with IKEv2 */
    {GW_FAULT_TEAR_PRESERVED, "ikev2-delete-of-many-spis", NULL, NULL},
    {GW_FAULT_TEAR_ON_REKEY, "ikev2-old-sa-still-opens", NULL, NULL},
    {GW_FAULT_NO_REPLAY_CHECK, "ikev2-esp-doubled", NULL, NULL},
    {GW_FAULT_NO_602304, "ikev2-delete-of-one-direction", NULL, NULL},
    {GW_FAULT_NO_RESUME, "ikev2-idle-through-bounce-preserve-on", NULL, NULL},
    {GW_FAULT_LEAK_CLEARTEXT, "ikev2-tunnel-stays-down-no-cleartext", NULL, NULL},
    {GW_FAULT_REKEY_ENDS_CHILDREN, "ikev2-phase-1-renewed-by-the-device", "log", NULL},
    {GW_FAULT_REKEY_HOLE, "ikev2-volume-lifetime", NULL, NULL},
    {GW_FAULT_NO_ACQUIRE, "ikev2-keep-alives-while-away", NULL, NULL},
    {GW_FAULT_PROBE_ALWAYS, "dpd-idle-only", NULL, "more than expected"},
    {GW_FAULT_PROBE_ALWAYS, "ikev2-dpd-idle-only", NULL, "a request of IKE of the device"},
    {GW_FAULT_NO_COOKIE, "ikev2-half-open-flood", NULL, "not one: a message of IKE"},
    {GW_FAULT_GULLIBLE, "ikev2-forged-reboot", "no-log", NULL},
    {GW_FAULT_GULLIBLE, "ikev2-forged-invalid-cookie", "tunnel", "the IKE SA went"},
    /* NAT traversal */
    {GW_FAULT_NAT_NOT_FOLLOWED, "nat-rebind", NULL, "stands still"},
    {GW_FAULT_NAT_NOT_FOLLOWED, "ikev2-nat-rebind", NULL, "stands still"},
    {GW_FAULT_NAT_NOT_FOLLOWED, "nat-address-changes-preserve-on", NULL, "stands still"},
    {GW_FAULT_LEAK_CLEARTEXT, "ikev2-rekeying-narrowed", NULL, NULL},
    {GW_FAULT_TEAR_ON_REKEY, "ikev2-reauthentication-make-before-break", NULL, NULL},
    {GW_FAULT_TEAR_PRESERVED, "ikev2-reauthentication-break-before-make-preserve-on", NULL, NULL},
    {GW_FAULT_NO_302014, "ikev2-reauthentication-break-before-make-preserve-off", NULL, NULL},
    {GW_FAULT_TEAR_PRESERVED, "delete-notice-of-the-ike-sa", NULL, NULL},
    {GW_FAULT_TEAR_PRESERVED, "ikev2-answer-to-a-delete-lost", NULL, NULL},
    {GW_FAULT_TEAR_PRESERVED, "ikev2-rekeying-child-sa-not-found", NULL, NULL},
    {GW_FAULT_TEAR_PRESERVED, "ikev2-rekeying-ts-unacceptable", NULL, NULL},
    {GW_FAULT_TEAR_PRESERVED, "ikev2-rekeying-no-additional-sas", NULL, NULL},
    {GW_FAULT_TEAR_ON_REKEY, "ikev2-rekeying-temporary-failure", NULL, NULL},
    {GW_FAULT_TEAR_ON_REKEY, "ikev2-early-use-of-the-new-spi", NULL, NULL},
    {GW_FAULT_TEAR_ON_REKEY, "ikev2-another-group-in-a-rekeying", NULL, NULL},
    {GW_FAULT_REKEY_ENDS_CHILDREN, "ikev2-another-group-is-asked-for", "no-log", NULL},
    {GW_FAULT_CORRUPT_BYTE, "ikev2-forged-delete-without-keys", NULL, NULL},
    {GW_FAULT_TEAR_PRESERVED, "ikev2-esn-at-one-end", NULL, NULL},
    {GW_FAULT_TEAR_ON_REKEY, "loss-at-three-rekeyings", NULL, NULL},
    {GW_FAULT_TEAR_PRESERVED, "ikev2-spi-taken-again", NULL, NULL},
    {GW_FAULT_SILENT_STALE, "ikev2-one-of-two-pairs-deleted", NULL, "silent stale connection"},
    {GW_FAULT_TEAR_ON_REKEY, "rekeying-with-mice", NULL, NULL},
    {GW_FAULT_REKEY_HOLE, "rekeying-with-small-frames", NULL, NULL},
    {GW_FAULT_REKEY_HOLE, "ikev2-rekeying-with-medium-frames", NULL, NULL},
    {GW_FAULT_TEAR_PRESERVED, "ipv6-too-big-for-the-tunnel", NULL, NULL},
    {GW_FAULT_TEAR_PRESERVED, "ipv6-links-of-1280-bytes", NULL, NULL},
};

/* The finding of RULE that says FAIL, with WORDS in it unless NULL; NULL: none. */
static const json_t *failure(const struct whole_run *r, const char *rule, const char *words)
{
    const json_t *findings =
        json_object_get(json_array_get(json_object_get(r->json, "cases"), 0), "findings");
    const json_t *f;
    size_t i;

    json_array_foreach(findings, i, f)
    {
        const char *message = json_string_value(json_object_get(f, "message"));
        if (strcmp(json_string_value(json_object_get(f, "rule")), rule) == 0 &&
            strcmp(json_string_value(json_object_get(f, "verdict")), "FAIL") == 0 &&
            (!words || strstr(message, words)))
            return f;
    }
    return NULL;
}

/* What a finding says of a packet, its reader can look up. */
static void assert_points_to_its_packet(const json_t *f)
{
    const char *message = json_string_value(json_object_get(f, "message"));
    long long packet;

    if (sscanf(message, "packet %lld:", &packet) == 1)
        assert_int_equal(json_integer_value(json_object_get(f, "packet")), packet);
}

#define V2 "ikev2-"

/* Of a file with a case of each version, the one that a row means. */
static bool is_second(const char *file)
{
    char path[128];

    snprintf(path, sizeof(path), "cases/%s.xml", file);
    return strncmp(file, V2, strlen(V2)) == 0 && access(path, R_OK) != 0;
}

static void add_case(struct buf *args, const char *file)
{
    buf_addf(args, " cases/%s.xml", is_second(file) ? file + strlen(V2) : file);
}

static void is_caught(void **state)
{
    const struct row *row = *state;
    const char *rule = row->rule ? row->rule : gw_fault_rule(row->fault);
    struct whole_run r;
    struct buf args = BUF_INIT;

    buf_addf(&args, "-q --fault %s -D ike=%d", gw_fault_name(row->fault), 1 + is_second(row->file));
    add_case(&args, row->file);
    whole_run(&r, buf_str(&args));
    buf_release(&args);
    const json_t *f = failure(&r, rule, row->says);
    if (r.exit_code != 1 || !f)
        whole_run_show(&r);
    assert_int_equal(r.exit_code, 1);
    assert_non_null(f);
    assert_points_to_its_packet(f);
    whole_run_release(&r);
}

static void every_fault_has_a_row(void **state)
{
    (void)state;
    for (int f = 0; f < GW_FAULT_COUNT; f++) {
        bool found = false;
        for (size_t i = 0; i < COUNT(rows); i++)
            found = found || rows[i].fault == (enum gw_fault)f;
        if (!found)
            fail_msg("no row for %s", gw_fault_name((enum gw_fault)f));
    }
}

int main(void)
{
    struct CMUnitTest tests[COUNT(rows) + 1];
    static char names[COUNT(rows)][96];
    size_t n = 0;

    for (size_t i = 0; i < COUNT(rows); i += test_step(), n++) {
        snprintf(names[n], sizeof(names[n]), "%s__is_caught_by__%s", gw_fault_name(rows[i].fault),
                 rows[i].file);
        tests[n] =
            (struct CMUnitTest){names[n], is_caught, NULL, NULL, (void *)(uintptr_t)&rows[i]};
    }
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(every_fault_has_a_row);
    return _cmocka_run_group_tests("tests/fault_matrix", tests, n, NULL, NULL);
}
