#!/bin/sh
# tshark_evidence.sh EVIDENCE KEYS HOST LEG LOG WAN: what Wireshark makes of one evidence file. KEYS: the folder
# with esp_sa and the decryption tables of IKE that the run exported; HOST: the address of the host behind
# the peer, on the leg LEG; LOG: how the device logs: udp, tcp or none; WAN: tunnel,
# or clear where a case has to do without one. Says what is wrong, a line each; exit 1 then.
#
#   no packet is malformed; there is IKE, ESP and the log (clear: neither IKE nor ESP)
#   every ESP packet on wan opens, its ICV fits, and there is an IP packet in it
#   every encrypted IKE message opens
#   what the peer gave its host came out of ESP, and what it sealed came from its host:
#   the same packets on LEG as inside the ESP on wan, by identification, length and checksum
set -u
file=$1 keys=$2 host=$3 leg=$4 log=$5 wan=$6
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT

WIRESHARK_CONFIG_DIR=$keys tshark -n -r "$file" \
    -o esp.enable_encryption_decode:TRUE -o esp.enable_authentication_check:TRUE \
    -o tcp.analyze_sequence_numbers:FALSE --disable-protocol http --disable-protocol tls \
    --disable-protocol ssh --disable-protocol dns --disable-protocol ftp --disable-protocol ftp-data \
    -T fields -E 'separator=|' -E occurrence=l \
    -e frame.number -e frame.interface_name -e frame.protocols -e esp.spi -e esp.icv_good \
    -e isakmp.flag_e -e isakmp.typepayload -e _ws.malformed \
    -e ip.src -e ip.dst -e ip.id -e ip.len -e tcp.checksum -e udp.checksum -e icmp.checksum -e tcp.dstport \
    -e isakmp.exchangetype -e isakmp.enc.decrypted -e ip.frag_offset \
    >"$work/packets" 2>"$work/stderr" || {
    echo "$file: tshark cannot read it: $(head -n 1 "$work/stderr")"
    exit 1
}
[ -s "$keys/esp_sa" ] && has_keys=1 || has_keys=0
awk -F '|' -v file="$file" -v keys="$has_keys" -v server="$host" -v leg="$leg" -v log_by="$log" -v wan="$wan" '
function say(what) { if (++said <= 5) print file ": " what; bad = 1 }
function yes(s) { return s == "1" || s == "True" }
{
    if ($3 ~ /udpencap/ && $3 !~ /udpencap.*:udp/) $14 = "" # of the UDP around ESP
    if ($19 > 0) $13 = $14 = $15 = "" # of a datagram put together: said of one copy of its pieces alone
    id = $9 " " $10 " " $11 " " $12 " " $13 $14 $15
    if ($8 != "") say("packet " $1 " is malformed")
    if ($3 ~ /isakmp/) ike++
    if ($3 ~ /syslog/) logged["udp"]++
    if ($16 == 1470) logged["tcp"]++
    if ($2 == "wan" && $4 != "") {
        esp++
        if (keys && !yes($5)) say("packet " $1 ": the ICV of SPI " $4 " does not fit")
        if (keys && $3 !~ /esp:(ip|ipv6)/) say("packet " $1 ": no IP packet inside SPI " $4)
        if ($9 == server) from_server[id] = $1
        if ($10 == server) to_server[id] = $1
    }
    if ($2 == "wan" && yes($6)) {
        encrypted++
        if (keys && $7 == "") say("packet " $1 ": the IKE message does not open")
    }
    if ($2 == "wan" && $17 >= 35 && $17 <= 37) { # IKEv2: IKE_AUTH, CREATE_CHILD_SA, INFORMATIONAL
        encrypted++
        if (keys && $18 == "" && ($7 == 46 || $7 == 53)) say("packet " $1 ": the IKEv2 message does not open")
    }
    if ($2 == leg && $9 == server) lan_from[id] = $1
    if ($2 == leg && $10 == server) lan_to[id] = $1
}
END {
    if (wan == "clear" && (ike || esp)) say("a tunnel in it")
    if (wan != "clear" && !ike) say("no IKE in it")
    if (wan != "clear" && !esp) say("no ESP in it")
    if (log_by != "none" && !logged[log_by]) say("no syslog over " log_by " in it")
    if (wan != "clear" && !encrypted) say("no encrypted IKE message in it")
    if (keys) {
        for (i in lan_to) if (!(i in to_server)) say("packet " lan_to[i] " on " leg " was in no ESP packet: " i)
        for (i in from_server) if (!(i in lan_from)) say("packet " from_server[i] ": what is in its ESP was never on " leg ": " i)
    }
    if (said > 5) print file ": " said - 5 " more"
    exit bad
}' "$work/packets"
