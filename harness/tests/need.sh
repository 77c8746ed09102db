#!/bin/sh
# need.sh PACKAGE...: installs the Debian packages that are missing, as root or through sudo.
# Says what it installs; does nothing when all are there.
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
trap 'rm -f "$log"' EXIT
export DEBIAN_FRONTEND=noninteractive
{ run apt-get update && run apt-get install -y --no-install-recommends $missing; } >"$log" 2>&1 || {
    tail -n 20 "$log" >&2
    echo "holdfast: could not install$missing" >&2
    exit 1
}
