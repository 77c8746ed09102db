#!/bin/sh
# fuzz.sh SECONDS TARGET...: runs each libFuzzer target that long on its corpus, two at a time, and
# says how many executions it made. New crashing inputs land beside the corpus as crash-*.
seconds=$1
shift
one='
t=$1 n=$(basename "$1") corpus=harness/fuzz/$(basename "$1").in
work=$(mktemp -d)
"$t" -max_total_time='"$seconds"' -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
    -artifact_prefix="harness/fuzz/crash-$n-" "$work" "$corpus" >"$t.log" 2>&1
rc=$?
runs=$(awk "/stat::number_of_executed_units/ {print \$2}" "$t.log")
if [ $rc = 0 ]; then echo "ok   $n: $runs executions"; else echo "FAIL $n: see $t.log"; tail -n 20 "$t.log"; fi
rm -rf "$work"
exit $rc'
printf '%s\n' "$@" | xargs -P 2 -I{} sh -c "$one" sh {}
