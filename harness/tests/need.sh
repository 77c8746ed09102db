#!/bin/sh
# need.sh PACKAGE...: installs the Debian packages that are missing, as root or through sudo.
# Says what it installs; does nothing when all are there. Daemons that come along (strongSwan's, a peer
# of the tests) are not started, neither now nor at the next boot.
missing=
for p in "$@"; do
    dpkg-query -W -f '${Status}' "$p" 2>/dev/null | grep -q '^install ok installed' || missing="$missing $p"
done
[ -n "$missing" ] || exit 0
command -v apt-get >/dev/null || {
    echo "holdfast: needs$missing; apt-get is not here, so please install what your system calls them" >&2
    exit 1
}
echo "holdfast: installing$missing"
run() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}
log=$(mktemp)
policy=/usr/sbin/policy-rc.d
end() {
    rm -f "$log"
    [ -z "$ours" ] || run rm -f "$policy"
}
ours=
trap end EXIT
trap 'exit 1' INT TERM
[ -e "$policy" ] || {
    ours=yes
    printf '#!/bin/sh\nexit 101\n' | run tee "$policy" >/dev/null && run chmod 755 "$policy"
}
export DEBIAN_FRONTEND=noninteractive
{ run apt-get update && run apt-get install -y --no-install-recommends $missing; } >"$log" 2>&1 || {
    tail -n 20 "$log" >&2
    echo "holdfast: could not install$missing" >&2
    exit 1
}
case $missing in
*strongswan-charon*) ! command -v systemctl >/dev/null || run systemctl -q disable strongswan-starter ;;
esac
