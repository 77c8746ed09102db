#!/bin/sh
# bench.sh PROGRAM...: runs each benchmark, one after the other, under its name. A benchmark prints
# its figures beside a peer or a floor measured in the same run; it fails only when it cannot run.
rc=0
for p in "$@"; do
    echo "== $(basename "$p" _bench)"
    "$p" || { echo "bench: $p failed" >&2; rc=1; }
done
exit $rc
