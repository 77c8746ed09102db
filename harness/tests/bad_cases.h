/* The rows of bad_cases_test.c: every file of harness/tests/bad, and what is said about it. */
#ifndef TESTS_BAD_CASES_H
#define TESTS_BAD_CASES_H

enum refused_by { NEITHER, RNG_ONLY, BOTH }; /* by RELAX NG and XSD */

/* SAID: a line that begins with a number is about the file itself. "*" at the end of a line stands
 * for words of libxml2's own, "..." for any lines. */
static const struct row {
    const char *file;
    enum refused_by schemas;
    const char *said;
} rows[] = {
    {"actors", BOTH,
     "7: <peer-crash> by=\"device\": only the peer can do that\n"
     "8: <blackhole> by=\"peer\": only the harness can do that\n"
     "9: <phase1-rekey> by=\"device\": only the peer can do that\n"
     "10: <phase1-delete> by=\"harness\": only the peer or the device can do that\n"
     "11: <phase1-delete> site=\"bo\" without by=\"device\": a site names a device\n"
     "12: <phase1-delete> site=\"ho\": the device is at site=\"bo\""},
    {"beyond-the-end", NEITHER,
     "7: event \"cut\": stream \"dl\" never reaches 9MiB, it ends after 8MiB"},
    {"circle", NEITHER,
     "6: stream \"dl\" waits for itself: its after=\"...\" leads in a circle\n"
     "7: stream \"ul\" waits for itself: its after=\"...\" leads in a circle\n"
     "8: event \"cut\" waits for itself: its after=\"...\" leads in a circle\n"
     "9: event \"again\" waits for itself: its after=\"...\" leads in a circle"},
    {"config-with-nul", NEITHER,
     "5: <config> file: harness/tests/bad/none.pcap holds a NUL byte: no "
     "configuration"},
    {"contradictions", NEITHER,
     "10: <stream> completes=\"yes\" of a stream that is torn: one of the two\n"
     "11: <stream> resumes-within of a stream that is not continuous: one of the two\n"
     "12: <stream> max-stall of a stream that is not continuous: one of the two\n"
     "13: <stream> resumes-within counts from an event: since=\"...\" says which"},
    {"crossing", NEITHER,
     "8: <phase2-rekey crosses=\"yes\"> what? <at exchange=\"...\" from=\"device\"> without a "
     "delay says it\n"
     "9: <phase2-rekey crosses=\"yes\"> what? <at exchange=\"...\" from=\"device\"> without a "
     "delay says it\n"
     "10: <phase2-rekey crosses=\"yes\"> what? <at exchange=\"...\" from=\"device\"> without a "
     "delay says it\n"
     "11: <phase2-delete> crosses, nonce and wrong-delete are of the peer and of IKEv2: "
     "<peer ike-version=\"2\"/>"},
    {"cut", BOTH, "3: not well-formed XML: *"},
    {"dangling", NEITHER,
     "7: <at> stream=\"ld\": no stream has this id; did you mean dl? known: dl\n"
     "8: <at> after=\"cutt\": no event has this id; did you mean cut? known: cut, "
     "again\n"
     "11: <stream> since=\"dl\": no event has this id (it is a stream); known: cut, "
     "again\n"
     "11: <stream> stream=\"cut\": no stream has this id (it is an event); known: dl"},
    {"deep", BOTH, "2: elements are nested too deep"},
    {"device-elsewhere", NEITHER,
     "6: <device site=\"bo\">, but <lab device=\"ho\">: one of the two"},
    {"doctype", BOTH, "1: a DOCTYPE has no place in a case file; please remove it"},
    {"encoding", BOTH, "3: not well-formed XML: bytes that its encoding does not have"},
    {"empty", BOTH, "is empty"},
    {"entity", BOTH, "2: not well-formed XML: *"},
    {"files-outside", NEITHER,
     "5: <config> file: README.md lies outside of harness/tests, where a case's "
     "files have to be\n"
     "6: xi:include: no such file: harness/plan/part.xml\n"
     "7: xi:include: README.md lies outside of harness/tests, where a case's files "
     "have to be\n"
     "8: xi:include: no such file: harness/tests/bad/http:/example.com/part.xml\n"
     "10: <stream> capture: Makefile lies outside of harness/tests, where a case's "
     "files have to be\n"
     "11: <stream> capture: /etc/passwd lies outside of harness/tests, where a "
     "case's files have to be\n"
     "12: <stream> capture: harness/tests/bad is not a file"},
    {"foreign", BOTH,
     "10: <no-log> has no attribute \"y\"; allowed here: id, stream, reason, text, "
     "site, since, until, within\n"
     "11: <log> is of another namespace than \"urn:holdfast:case:1\"; allowed here: "
     "<log>, <no-log>, <stream>, <no-cleartext>, <tunnel>, <reset>, <answer>, <packet>, <ike>"},
    {"huge-values", BOTH,
     "2: <case> timeout=\"99999999999h\" is out of range: it has to be a number and "
     "its unit ns, us, ms, s, min or h, as 20s; or 0\n"
     "6: <stream> bytes=\"99999999999999999999TB\" does not fit: it has to be a number "
     "and its unit B, kB, MB, GB, TB, KiB, MiB, GiB or TiB, as 64KiB\n"
     "6: <stream> think=\"0.0000000001s\" does not fit: it has to be a number and its "
     "unit ns, us, ms, s, min or h, as 20s; or 0"},
    {"ike-fragments", BOTH,
     "5: <peer> ike-fragments=\"100\" is out of range: it has to be an MTU in bytes, 576 to 9216"},
    {"include-broken", BOTH,
     "parts/cut.xml:2: not well-formed XML: *\n"
     "parts/broken.xml:2: <no-log> has no attribute \"strem\"; did you mean stream? "
     "allowed here: id, stream, reason, text, site, since, until, within\n"
     "parts/broken.xml:3: <log> stream=\"ul\": no stream has this id; did you mean dl? "
     "known: dl"},
    {"includes", BOTH,
     "5: xi:include has no href\n"
     "6: xi:include: no such file: harness/tests/bad/parts/none.xml\n"
     "7: xi:include takes href and nothing else; it has xpointer (whole documents "
     "only)\n"
     "8: xi:include has to be empty; a missing part is an error, not a fallback\n"
     "9: xi:include: harness/tests/bad/includes.xml includes itself\n"
     "11: <exclude> is of another namespace than \"urn:holdfast:case:1\"; allowed "
     "here: <title>, <about>, <tag>, <proves>, <var>, <lab>, <device>, <peer>, "
     "<timeline>, <expect>\n"
     "parts/circle.xml:2: xi:include: harness/tests/bad/parts/circle.xml includes "
     "itself\n"
     "parts/circle.xml:3: <stream> capture: no such file: neither "
     "harness/tests/bad/parts/none.pcap nor harness/tests/none.pcap"},
    {"lab-families", NEITHER,
     "5: <lab>: the bo host has IPv6 and the ho host IPv4; they have to meet\n"
     "5: <lab>: the bo host has IPv6 and the bo gateway's inside IPv4; they have to "
     "meet\n"
     "5: <lab>: the bo host has IPv6 and the ho gateway's inside IPv4; they have to "
     "meet\n"
     "5: <lab>: the bo host has IPv6 and the ho host's router IPv4; they have to "
     "meet\n"
     "7: a second <leg name=\"wan\">"},
    {"lab-hosts", NEITHER,
     "5: <lab>: the ho gateway's inside and the ho host have the same address "
     "192.168.50.1\n"
     "5: <lab>: the device's management and the management host have the same "
     "address 10.224.14.10\n"
     "5: <lab>: the bo host 10.0.0.1 lies outside of the bo net 10.224.228.0/25, so "
     "the tunnel would not carry its traffic"},
    {"lab-values", BOTH,
     "5: <lab> ho-host=\"192.168.50\" does not fit: it has to be an IP address\n"
     "5: <lab> ho-outside=\"209.165.200.300\" does not fit: it has to be an IP address\n"
     "5: <lab> ho-net=\"10.0.0.0/33\" is out of range: it has to be a network, as "
     "10.0.0.0/8\n"
     "5: <lab> has no attribute \"bo-hosts\"; did you mean bo-host? allowed here: "
     "mode, device, bo-host, bo-on-link, bo-inside, bo-outside, bo-wan-router, "
     "ho-outside, ho-wan-router, ho-inside, ho-on-link, ho-host, mgmt-device, "
     "mgmt-device2, mgmt-host, outside-host, bo-net, ho-net\n"
     "5: <lab> device=\"dmz\" is none of the words that can stand there; allowed: bo, "
     "ho"},
    {"late-stream", NEITHER,
     "6: stream \"dl\" starts at 2min at the earliest; the case's timeout is 90s\n"
     "7: event \"cut\" cannot happen before 2min; the case's timeout is 90s"},
    {"many", BOTH,
     "6: unknown element <x>; allowed here: <stream>, <at>, <random>\n"
     "...\n"
     "10 more problems are not listed"},
    {"misplaced", BOTH,
     "7: <log> has no place in <timeline>; it belongs in <expect>; allowed here: "
     "<stream>, <at>, <random>"},
    {"missing-attributes", BOTH,
     "6: <stream> lacks the attribute id: a name: a letter or _, then letters, "
     "digits, - _ . (64 at most)\n"
     "6: <stream> lacks the attribute capture: some text\n"
     "10: <no-log> lacks the attribute id: the six digits of a log message"},
    {"missing-expect", NEITHER, "2: <case> lacks <expect>"},
    {"missing-files", NEITHER,
     "5: <config> file: no such file: neither harness/tests/bad/devices/no-asa.cfg "
     "nor harness/tests/devices/no-asa.cfg\n"
     "7: <stream> capture: no such file: neither harness/tests/bad/none.pcapng nor "
     "harness/tests/none.pcapng"},
    {"nat-addresses", NEITHER,
     "5: <nat site=\"bo\">: 209.165.200.10 is the address of another gateway; take one that nobody "
     "has\n"
     "5: <nat site=\"ho\">: 209.165.201.2 is the address of another gateway; take one that nobody "
     "has"},
    {"nat-events", BOTH,
     "8: <nat-rebind>: the lab has no <nat site=\"bo\"/>; it belongs into <lab>\n"
     "9: <nat-forget> by=\"device\": only the harness can do that\n"
     "10: <nat-address> address: a <nat> is of IPv4, so it has to be one of IPv4\n"
     "11: <nat-address> lacks the attribute address: an IP address"},
    {"nat-of-a-pair", NEITHER,
     "2: <lab mode=\"pair\"> needs two: <device site=\"bo\"> and <device site=\"ho\">\n"
     "5: <nat> in <lab mode=\"pair\">: it stands between a device and the peer; leave it out, or "
     "have one gateway played: mode=\"peer\"\n"
     "8: <phase2-delete> on which device? site=\"bo\" or site=\"ho\" says it"},
    {"nat-of-ipv6", NEITHER,
     "5: <nat> is of IPv4: outside addresses have to be, too, or it is left out"},
    {"nat-that-is-not-there", NEITHER,
     "7: <nat-rebind>: there is no NAT; <nat site=\"bo\"/> or \"ho\" belongs into <lab>\n"
     "8: <nat-address>: there is no NAT; <nat site=\"bo\"/> or \"ho\" belongs into <lab>"},
    {"nat-twice", NEITHER,
     "6: <nat site=\"bo\"> private: that of the device is the lab's bo-outside; leave it out here\n"
     "7: <nat site=\"ho\"> public: that of the peer is the lab's ho-outside; leave it out here\n"
     "8: a second <nat site=\"ho\">: one is enough"},
    {"nat-values", BOTH,
     "6: <nat> site=\"dmz\" is none of the words that can stand there; allowed: bo, ho\n"
     "6: <nat> public=\"198.51.100.300\" does not fit: it has to be an IP address\n"
     "7: <nat> timeout=\"soon\" does not fit: it has to be a number and its unit ns, us, ms, s, "
     "min or h, as 20s; or 0\n"
     "7: <nat> forward=\"maybe\" does not fit: it has to be yes or no\n"
     "7: <nat> has no attribute \"inside\"; did you mean site? allowed here: site, public, "
     "private, timeout, forward\n"
     "7: <nat> lacks the attribute site: one of these words"},
    {"no-namespace", BOTH,
     "1: <case> is not in the namespace of case files; write <case "
     "xmlns=\"urn:holdfast:case:1\" ...>"},
    {"no-stream", NEITHER, "2: no <stream> in any <timeline>: nothing would be replayed"},
    {"no-xml", BOTH, "1: not well-formed XML: *"},
    {"nothing-happens", BOTH, "7: <at> is empty: what should happen?"},
    {"order", BOTH, "5: <tag> has to stand before <var>"},
    {"other-root", NEITHER, "1: the root is <timeline>; a case file holds a <case>"},
    {"packets", NEITHER,
     "7: stream \"dl\": a host is seen as an address of the other IP version\n"
     "8: stream \"far\" to=\"outside\": that host is there when the device is at the branch office "
     "and the other gateway is the peer\n"
     "9: <send form=\"reset\"> of which stream? stream=\"...\" says it\n"
     "10: <send form=\"syn\"> is about no stream\n"
     "11: <send form=\"reset\">: the stream says from where to where\n"
     "12: <send from=\"outside\">: nobody is there\n"
     "13: <send from=\"outside\">: nobody is there\n"
     "13: <send form=\"reset\">: stream \"dl\" does not end there\n"
     "17: <packet> sent=\"f\": that event is no <send>\n"
     "18: <packet> sent and stream: one of the two says which packets\n"
     "19: <packet> mss: only a SYN has one"},
    {"pair-at-one-site", NEITHER, "7: both devices are at site=\"ho\""},
    {"pair-of-one", NEITHER,
     "2: <lab mode=\"pair\"> needs two: <device site=\"bo\"> and <device site=\"ho\">\n"
     "8: <phase2-delete> on which device? site=\"bo\" or site=\"ho\" says it"},
    {"pair-with-peer", NEITHER,
     "8: <peer> with <lab mode=\"pair\">: there both gateways are devices\n"
     "11: <peer-crash> in <lab mode=\"pair\">: there is no peer that could do it\n"
     "12: <phase1-delete> in <lab mode=\"pair\">: there is no peer that could do it\n"
     "13: <phase1-delete> on which device? site=\"bo\" or site=\"ho\" says it\n"
     "16: <reset> by=\"peer\" in <lab mode=\"pair\">: there is no peer"},
    {"reasons", NEITHER,
     "10: <log> reason=\"tunel\": no such class of reasons; did you mean tunnel? "
     "known: none, tunnel, idle, fin, fin-timeout, syn-timeout, reset-i, reset-o, "
     "reset-appliance, reclassify, other\n"
     "11: <log> reason=\"tunnel\": message 302016 carries no reason\n"
     "12: <log> count=\"0\": absence is <no-log>, which also proves that it would have "
     "been seen\n"
     "13: <log> site=\"ho\": no device is there, it is at site=\"bo\"\n"
     "14: <log> accounts=\"yes\": message 302013 has no duration and bytes to account for, "
     "302014 and 302016 have\n"
     "15: <log> accounts=\"yes\" without stream=: of which stream?"},
    {"remote-access", NEITHER,
     "5: <peer mode>: remote access needs the group=\"NAME\" of a tunnel-group\n"
     "5: <peer mode>: a client is at the branch office: <lab device=\"ho\"/>"},
    {"remote-of-l2l", NEITHER,
     "5: <peer> group and username are of remote access: mode=\"nem\" or \"client\""},
    {"restore-of-nothing", NEITHER, "7: <restore> without a <blackhole> to end"},
    {"same-id", NEITHER,
     "7: the id \"dl\" is taken, at harness/tests/bad/same-id.xml:6\n"
     "9: the id \"cut\" is taken, at harness/tests/bad/same-id.xml:8"},
    {"settings", BOTH,
     "6: no setting is called preserve-vpn-flow; did you mean preserve-vpn-flows? "
     "known: preserve-vpn-flows, platform, version, fault, model; anything else is a <line> of "
     "configuration\n"
     "7: <set name=\"preserve-vpn-flows\"> value=\"yes\": it has to be one of: on off\n"
     "8: <line> holds several lines: each line of configuration wants its own\n"
     "10: <line> has to hold some text"},
    {"suites", NEITHER,
     "5: <peer> ike: no suite is called rot13-sha1-modp1024; one looks like "
     "3des-cbc-sha1-modp1024. Ciphers: des-cbc 3des-cbc aes-128-cbc aes-192-cbc "
     "aes-256-cbc. Hashes: md5 sha1 sha256 sha384 sha512. Groups: modp768 modp1024 modp1536 "
     "modp2048 modp3072 modp4096 modp6144 modp8192 ecp256 ecp384 ecp521 curve25519\n"
     "5: <peer> esp: no suite is called 3des-hmac-md5-96-modp1; one looks like "
     "3des-cbc-hmac-md5-96. Ciphers: des-cbc 3des-cbc aes-128-cbc aes-192-cbc "
     "aes-256-cbc aes-N-ctr, and without integrity aes-N-gcm-I aes-N-ccm-I (N 128, 192, 256; I "
     "8, 12, 16). Integrity: hmac-md5-96 hmac-sha1-96 hmac-sha2-256-128 hmac-sha2-384-192 "
     "hmac-sha2-512-256. Groups: modp768 modp1024 modp1536 modp2048 modp3072 modp4096 modp6144 "
     "modp8192 ecp256 ecp384 ecp521 curve25519\n"
     "5: <peer>: a lifetime below 1min leaves no time to rekey\n"
     "5: <peer> esp-volume is less than 1KiB"},
    {"text", BOTH,
     "5: <tag> has to hold one word of letters, digits, - _ .\n"
     "6: <timeline> holds no text, but \"and then the tunnel goes\" is there"},
    {"three-devices", NEITHER, "8: a third <device>: there are two sites"},
    {"event-details", RNG_ONLY,
     "7: <wan-drop>: exchange, payload and message-id are of kind=\"ike\"\n"
     "8: <wan-drop>: spi is of kind=\"esp\"\n"
     "9: <wan-end> of=\"d\": that event is none of the wan- events that end\n"
     "10: <peer-suites> changes neither ike nor esp\n"
     "11: <at> times=\"3\": how long after each other? every=\"...\" says it\n"
     "12: <at> every=\"3s\" without times=\"...\": how often?\n"
     "13: <at> payload, from and nth stand with exchange, which is not here\n"
     "14: <at> leg=\"wan\" stands with packet, which is not here\n"
     "15: <random> actions: tea is none that can stand there\n"
     "16: <random>: it ends before it begins"},
    {"triggers", RNG_ONLY,
     "7: <at> needs one trigger: time=\"5s\", or stream=\"...\" reaches=\"40%\", or "
     "after=\"...\" delay=\"20s\", or log=\"302014\", or leg=\"wan\" packet=\"1000\", or "
     "exchange=\"quick\"; it has none\n"
     "8: <at> needs one trigger: time=\"5s\", or stream=\"...\" reaches=\"40%\", or "
     "after=\"...\" delay=\"20s\", or log=\"302014\", or leg=\"wan\" packet=\"1000\", or "
     "exchange=\"quick\"; it has several\n"
     "9: <at> reaches=\"40%\" of which stream? stream=\"...\" says it\n"
     "10: <at> stream=\"dl\" stands with reaches or log, and here is neither\n"
     "11: <at> time and delay: one point in time is enough\n"
     "12: <at> needs one trigger: time=\"5s\", or stream=\"...\" reaches=\"40%\", or "
     "after=\"...\" delay=\"20s\", or log=\"302014\", or leg=\"wan\" packet=\"1000\", or "
     "exchange=\"quick\"; it has none\n"
     "13: <at> reaches=\"0%\" is out of range: it has to be a percentage or a size, as "
     "40% or 4MiB"},
    {"twice", BOTH,
     "5: a second <about>: one is allowed\n"
     "7: a second <lab>: one is allowed\n"
     "9: a second <peer>: one is allowed"},
    {"two-actions", BOTH, "7: a second element in <at>: one is allowed"},
    {"two-devices", NEITHER, "6: a second <device>: only <lab mode=\"pair\"> has two"},
    {"unknown-attribute", BOTH,
     "10: <no-log> has no attribute \"sinse\"; did you mean since? allowed here: id, "
     "stream, reason, text, site, since, until, within"},
    {"unknown-element", BOTH,
     "11: unknown element <resets>; did you mean <reset>? allowed here: <log>, "
     "<no-log>, <stream>, <no-cleartext>, <tunnel>, <reset>, <answer>, <packet>, <ike>"},
    {"unknown-element-with-id", BOTH,
     "6: unknown element <straem>; did you mean <stream>? allowed here: <stream>, "
     "<at>, <random>"},
    {"utf8", BOTH, "3: not well-formed XML: *"},
    {"values", BOTH,
     "2: <case> timeout=\"90sec\" does not fit: it has to be a number and its unit ns, "
     "us, ms, s, min or h, as 20s; or 0\n"
     "2: <case> settle=\"5\" does not fit: it has to be a number and its unit ns, us, "
     "ms, s, min or h, as 20s; or 0\n"
     "2: <case> evidence=\"some\" is none of the words that can stand there; allowed: "
     "whole, headers\n"
     "5: <leg> delay=\"-1s\" does not fit: it has to be a number and its unit ns, us, "
     "ms, s, min or h, as 20s; or 0\n"
     "5: <leg> rate=\"10Mbps\" does not fit: it has to be a number and its unit bit/s, "
     "kbit/s, Mbit/s or Gbit/s, as 10Mbit/s\n"
     "5: <leg> loss=\"150%\" is out of range: it has to be a percentage, as 0.5%\n"
     "5: <leg> mtu=\"100\" is out of range: it has to be an MTU in bytes, 576 to 9216\n"
     "7: <stream> id=\"1dl\" does not fit: it has to be a name: a letter or _, then "
     "letters, digits, - _ . (64 at most)\n"
     "7: <stream> capture=\" \" does not fit: it has to be some text\n"
     "7: <stream> bytes=\"8\" does not fit: it has to be a number and its unit B, kB, "
     "MB, GB, TB, KiB, MiB, GiB or TiB, as 64KiB\n"
     "7: <stream> flow=\"0\" is out of range: it has to be a whole number, 1 to 1000\n"
     "7: <stream> bo-port=\"65536\" is out of range: it has to be a port, 1 to 65535\n"
     "7: <stream> proto=\"sctp\" does not fit: it has to be tcp, udp, icmp or any\n"
     "11: <log> id=\"30201\" is out of range: it has to be the six digits of a log "
     "message\n"
     "11: <log> count=\"3..1\" is out of range: it has to be a number or a range, as "
     "1, 0..3 or 2..*\n"
     "12: <stream> stream=\"\" does not fit: it has to be the id of something else in "
     "this case\n"
     "12: <stream> is=\"stale\" is none of the words that can stand there; did you "
     "mean stalled? allowed: continuous, torn, stalled, idle\n"
     "12: <stream> completes=\"on\" does not fit: it has to be yes or no"},
    {"variable-value", NEITHER,
     "6: <set name=\"preserve-vpn-flows\"> value=\"maybe\": it has to be one of: on off"},
    {"variables", BOTH,
     "6: variable preserve is defined twice\n"
     "7: no variable is called size; <var name=\"size\" value=\"...\"/> or -D size=... "
     "would define it\n"
     "9: no variable is called preserv; did you mean preserve? <var name=\"preserv\" "
     "value=\"...\"/> or -D preserv=... would define it\n"
     "11: \"${size\": ${ without its }"},
    {"window-empty", NEITHER,
     "12: <no-log>: its window is empty, \"cut\" does not come after \"back\"\n"
     "13: <no-log>: its window is empty, \"cut\" does not come after \"cut\"\n"
     "14: <no-log>: its window is empty, \"early\" does not come after \"cut\""},
    {"window-too-long", NEITHER,
     "8: event \"back\" cannot happen before 35s; the case's timeout is 30s\n"
     "11: <no-log> within=\"20s\" cannot be met: it begins at 20s at the earliest, and "
     "the case's timeout is 30s\n"
     "12: <stream> resumes-within=\"11s\" cannot be met: it begins at 20s at the "
     "earliest, and the case's timeout is 30s"},
    {"wrong-protocol", NEITHER,
     "6: stream \"dl\": ICMP has no ports\n"
     "7: stream \"dns\": keepalive is a matter of TCP"},
    {"of-ikev2", NEITHER,
     "6: <peer-answer> is of IKEv2: <peer ike-version=\"2\"/>\n"
     "7: <reauthenticate> is of IKEv2: <peer ike-version=\"2\"/>\n"
     "8: <forge-notify> type=\"qcd\" is of IKEv2: <peer ike-version=\"2\"/>"},
    {"protocols", NEITHER,
     "4: <peer> protocols=\"tcp gre\": some of tcp, udp, icmp\n"
     "7: <phase2-delete> protocol=: a device is not told which of its pairs to delete"},
    {"versions", NEITHER,
     "6: <at> has no attribute \"if-ike\"; allowed here: id, time, stream, reaches, after, log, "
     "leg, packet, exchange, payload, from, nth, times, every, delay\n"
     "7: no variable is called ike; <var name=\"ike\" value=\"...\"/> or -D ike=... would define "
     "it"},
    {"versions-2", BOTH, "6: <at> if-ike=\"3\": 1 or 2"},
};

#endif
