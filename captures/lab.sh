# The lab that `record` records in; sourced by it. Kernel TCP in namespaces of our own.
#
#   boh ── lan[bor]wan ══ road[net]ho ══ wan[hor]lan ── hoh
#   user   BO LAN └wan2 ─ slow┘                HO LAN   server
#
# `net` is the Internet between the routers. Its second, slow road to the branch carries nothing
# unless `bad_net` says so. Names begin with $tag, which holds our process id.

nodes="boh bor net hor hoh"
user=10.224.228.10 server=192.168.50.10 server6=fd00:50::10

in_ns() { n=$1; shift; ip netns exec "$tag-$n" "$@"; }

# start NS LOG COMMAND...: in the background; its process id is in $last
start() {
    n=$1 log=$work/$2.log; shift 2
    ip netns exec "$tag-$n" "$@" >"$log" 2>&1 &
    last=$!
    pids="$pids $last"
}

stop() { kill "$1" 2>/dev/null || true; wait "$1" 2>/dev/null || true; }

# wait_for WHAT COMMAND...: until the command succeeds, for five seconds
wait_for() {
    what=$1; shift
    for _ in $(seq 50); do
        "$@" >/dev/null 2>&1 && return 0
        sleep 0.1
    done
    echo "record: $what did not come up" >&2
    cat "$work"/*.log >&2
    exit 1
}

listens() { in_ns hoh ss -Hltun "sport = :$1" | grep -q .; }

# link NS IF ADDR4 ADDR6 NS IF ADDR4 ADDR6: a cable
link() {
    ip link add "$2" netns "$tag-$1" type veth peer name "$6" netns "$tag-$5"
    for end in "$1 $2 $3 $4" "$5 $6 $7 $8"; do
        set -- $end
        # No offloads: frames are as long as on a wire and carry their real checksums.
        for o in gro gso tso tx rx; do
            in_ns "$1" ethtool -K "$2" $o off >/dev/null 2>&1 || true
        done
        ip -n "$tag-$1" addr add "$3" dev "$2"
        ip -n "$tag-$1" addr add "$4" dev "$2" nodad
        ip -n "$tag-$1" link set "$2" up
    done
}

# route NS VIA4 VIA6 NET4 NET6
route() {
    ip -n "$tag-$1" route add "$4" via "$2"
    ip -n "$tag-$1" -6 route add "$5" via "$3"
}

lab_up() {
    # On one processor, or packets overtake each other between two of them.
    cpu=$(taskset -pc $$ | sed 's/.*: *\([0-9]*\).*/\1/')
    taskset -pc "$cpu" $$ >/dev/null
    for n in $nodes; do
        ip netns add "$tag-$n"
        ip -n "$tag-$n" link set lo up
        in_ns $n sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1 \
            net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.default.rp_filter=0
    done
    link boh eth0 $user/25 fd00:b0::10/64 bor lan 10.224.228.1/25 fd00:b0::1/64
    link bor wan 209.165.201.2/29 fd00:1::2/64 net road 209.165.201.1/29 fd00:1::1/64
    link bor wan2 203.0.113.2/30 fd00:3::2/64 net slow 203.0.113.1/30 fd00:3::1/64
    link hor wan 209.165.200.10/29 fd00:2::2/64 net ho 209.165.200.9/29 fd00:2::1/64
    link hor lan 192.168.50.1/24 fd00:50::1/64 hoh eth0 $server/24 $server6/64
    route boh 10.224.228.1 fd00:b0::1 default default
    route bor 209.165.201.1 fd00:1::1 default default
    route hor 209.165.200.9 fd00:2::1 default default
    route hoh 192.168.50.1 fd00:50::1 default default
    route net 209.165.201.2 fd00:1::2 10.224.228.0/25 fd00:b0::/64
    route net 209.165.200.10 fd00:2::2 192.168.50.0/24 fd00:50::/64
    # 100 Mbit/s, with a queue that holds the user's whole window: nothing is lost for it.
    for n in bor hor; do in_ns $n tc qdisc add dev wan root tbf rate 100mbit burst 32k limit 4m; done
    in_ns boh sysctl -qw "net.ipv4.tcp_rmem=4096 65536 262144"
    sleep 1 # until link-local addresses are there and nobody solicits routers any more
}

# no_ns NAMESPACE: takes it away, with whatever still runs in it
no_ns() {
    for p in $(ip netns pids "$1" 2>/dev/null); do kill "$p" 2>/dev/null || true; done
    ip netns del "$1" 2>/dev/null || true
}

lab_down() {
    for p in $pids; do stop "$p"; done
    for n in $nodes; do no_ns "$tag-$n"; done
}

# What a run that was killed left behind: it bears the number of a process that is gone.
lab_sweep() {
    ip netns list | sed -n 's/^\(holdfast-rec\([0-9]*\)-[a-z]*\).*/\2 \1/p' | while read -r p n; do
        kill -0 "$p" 2>/dev/null || no_ns "$n"
    done
    for d in "${TMPDIR:-/tmp}"/holdfast-rec*-*; do
        p=${d##*/holdfast-rec}
        kill -0 "${p%%-*}" 2>/dev/null || rm -rf "$d"
    done
}

# About one packet in a hundred is lost on the Internet, and three in a thousand between tap and
# user, which is the loss that a tap on the BO LAN sees as data sent twice. Two in every hundred of the
# server's take the slow road: the first empties its token bucket and the second has to wait until
# there are tokens again, while those behind it overtake.
bad_net() {
    ip -n "$tag-net" route add 10.224.228.0/25 via 203.0.113.2 table 100
    ip -n "$tag-net" rule add fwmark 1 table 100
    in_ns net tc qdisc add dev slow root tbf rate 20mbit burst 1600 limit 100k
    in_ns net nft -f - <<'NFT'
table ip bad {
    chain roads {
        type filter hook prerouting priority mangle
        iifname "ho" meta length > 1000 numgen inc mod 100 < 2 meta mark set 1
    }
    chain loss {
        type filter hook forward priority filter
        numgen random mod 1000 < 10 counter drop
    }
}
NFT
    in_ns boh nft -f - <<'NFT'
table ip bad {
    chain loss {
        type filter hook prerouting priority raw
        numgen random mod 1000 < 3 counter drop
    }
}
NFT
}

good_net() {
    in_ns net nft delete table ip bad
    in_ns boh nft delete table ip bad
    in_ns net tc qdisc del dev slow root
    ip -n "$tag-net" rule del fwmark 1 table 100
    ip -n "$tag-net" route flush table 100
}

# tap FILTER: both LANs at once. FILTER leaves the routers' own housekeeping out.
tap() {
    taps=
    for r in bor hor; do
        start $r tap-$r tcpdump -i lan -n -s 0 -B 65536 -U --immediate-mode \
            --time-stamp-precision=nano -w "$work/$r.pcap" "$1"
        taps="$taps $last"
        wait_for "the tap on $r" grep -q 'listening on' "$work/tap-$r.log"
    done
}

tap_end() {
    sleep 0.5 # the last acknowledgements
    for p in $taps; do stop "$p"; done
    for r in bor hor; do
        grep -q '^0 packets dropped by kernel' "$work/tap-$r.log" || {
            echo "record: a tap lost packets; please record this one again" >&2
            exit 1
        }
        tcpdump -n -r "$work/$r.pcap" --count 'greater 1515' 2>/dev/null | grep -q '^0 packets' || {
            echo "record: frames are longer than on a wire: offloads are on" >&2
            exit 1
        }
    done
}
