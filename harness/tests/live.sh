#!/bin/sh
# live.sh: the preserve on/off twins over real interfaces. For each, two network namespaces joined by
# three veth pairs: the reference gateway runs as its own process in one, the harness in the other.
#
#        holdfast run                       holdfast gateway
#   bo-lan hf0 ----------------------------- gw0 inside
#   wan    hf1 ----------------------------- gw1 outside
#   mgmt   hf2 ----------------------------- gw2 management
#
# Needs root. HOLDFAST: the program. OUT: where evidence and reports go (default reports/live).
# Ends with "N passed, N failed, N skipped". Everything it made is gone afterwards.
set -u
cd "$(dirname "$0")/../.." || exit 2
holdfast=${HOLDFAST:-build/holdfast}
out=${OUT:-reports/live}
tag=hf$$
pids=
[ "$(id -u)" = 0 ] || { echo "live: needs root, for network namespaces and raw interfaces" >&2; exit 2; }
ip netns add "$tag-probe" 2>/dev/null || {
    echo "SKIPPED: live: network namespaces are not allowed here"
    echo "0 passed, 0 failed, 2 skipped"
    exit 0
}
ip netns del "$tag-probe"
work=$(mktemp -d)
chmod 755 "$work"

clean() {
    for p in $pids; do kill "$p" 2>/dev/null; done
    for p in $pids; do wait "$p" 2>/dev/null; done
    for n in on off; do ip netns del "$tag-$n-h" 2>/dev/null; ip netns del "$tag-$n-g" 2>/dev/null; done
    rm -rf "$work"
}
trap clean EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# The kernel's own offloads would merge segments and leave checksums to a card that is not there.
plain() { # NAMESPACE INTERFACE
    ip netns exec "$1" sysctl -qw "net.ipv6.conf.$2.disable_ipv6=1"
    ip netns exec "$1" ethtool -K "$2" gro off gso off tso off tx off rx off >/dev/null 2>&1
    ip -n "$1" link set "$2" up
}

lab() { # NAME
    ip netns add "$tag-$1-h" && ip netns add "$tag-$1-g" || exit 2
    for i in 0 1 2; do
        ip link add "hf$i" netns "$tag-$1-h" type veth peer name "gw$i" netns "$tag-$1-g" || exit 2
        plain "$tag-$1-h" "hf$i"
        plain "$tag-$1-g" "gw$i"
    done
}

# Returns when process PID has N sockets open, or after 30 s: then its own words tell what is wrong.
until_open() { # PID N
    for i in $(seq 300); do
        [ "$(readlink "/proc/$1"/fd/* | grep -c '^socket:')" -ge "$2" ] && return
        sleep 0.1
    done
}

twin() { # NAME (on|off) COMMAND CASE
    lab "$1"
    ip netns exec "$tag-$1-g" "$holdfast" gateway --config cases/devices/bo-asa.cfg \
        --config cases/devices/logging.cfg --line "$2" --psk-file "$work/psk" \
        --interface inside=gw0 --interface outside=gw1 --interface management=gw2 \
        >"$work/gateway-$1" 2>&1 &
    pids="$pids $!"
    until_open $! 3
    ip netns exec "$tag-$1-h" "$holdfast" run --device external --psk-file "$work/psk" \
        --live bo-lan=hf0,wan=hf1,mgmt=hf2 -o "$out/$1" -D "preserve=$1" --color never \
        "$3" >"$work/run-$1" 2>&1 &
    eval "run_$1=$!"
    pids="$pids $!"
}

od -An -N16 -tx1 /dev/urandom | tr -d ' \n' >"$work/psk"
chmod 600 "$work/psk"
mkdir -p "$out"
twin on 'sysopt connection preserve-vpn-flows' cases/phase2-delete-preserve-on.xml
twin off 'no sysopt connection preserve-vpn-flows' cases/phase2-delete-preserve-off.xml
passed=0 failed=0
for n in on off; do
    eval "pid=\$run_$n"
    if wait "$pid" && grep -q '^1 passed, 0 failed' "$work/run-$n"; then
        passed=$((passed + 1))
        echo "live: preserve $n: PASS"
    else
        failed=$((failed + 1))
        echo "live: preserve $n: not passed"
        cat "$work/run-$n" "$work/gateway-$n"
    fi
    tshark -r "$out/$n"/evidence/*.pcapng -q -z io,phs >"$work/phs" 2>&1 && grep -q esp "$work/phs" || {
        failed=$((failed + 1))
        echo "live: preserve $n: tshark does not find ESP in the evidence"
    }
done
echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" = 0 ]
