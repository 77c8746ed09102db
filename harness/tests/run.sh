#!/bin/sh
# run.sh PROGRAM...: runs each test program, shows what failed, ends with
# "N passed, N failed, N skipped". JOBS at a time (one more than there are processors: some wait for
# peers); each program's output is kept beside it (.log). What was asserted against strongSwan comes
# as a table before the last line (matrix.sh).
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
export CMOCKA_MESSAGE_OUTPUT=stdout
export BUILD=${BUILD:-build/dev}
rm -f "$BUILD/matrix.txt"
one=$(cat <<'ONE'
p=$1 out=$2 n=$(echo "$1" | tr / _) log=$1.log
case $p in
*/fuzz_*)
    corpus=harness/fuzz/$(basename "$p").in
    "$p" "$corpus"/* >"$log" 2>&1; rc=$?
    pass=$(ls "$corpus" | wc -l) fail=0 skip=0 ;;
*)
    "$p" >"$log" 2>&1; rc=$?
    pass=$(grep -c '^\[       OK \]' "$log")
    fail=$(grep '^\[  FAILED  \] [^0-9]' "$log" | sort -u | wc -l) # told twice each
    skip=$(grep -c '^\[  SKIPPED \] [^0-9]' "$log") ;;
esac
[ $rc = 0 ] || [ "$fail" -gt 0 ] || fail=1
echo "$pass $fail $skip" >"$out/$n"
if [ "$fail" -gt 0 ]; then
    echo "FAIL $p (exit $rc)"
    grep -vE '^\[( RUN      |       OK |==========)\]' "$log" | tail -n 60
else
    printf 'ok   %-46s %5s passed' "${p#*/harness/}" "$pass"
    [ "$skip" = 0 ] || printf ', %s skipped' "$skip"
    echo
    grep '^SKIPPED:' "$log"
fi
exit 0
ONE
)
printf '%s\n' "$@" | xargs -P "${JOBS:-$(($(nproc) + 1))}" -I{} sh -c "$one" sh {} "$out"
total=$(cat "$out"/* 2>/dev/null |
    awk '{p += $1; f += $2; s += $3} END {printf "%d passed, %d failed, %d skipped", p, f, s}')
[ ! -s "$BUILD/matrix.txt" ] || sh harness/tests/matrix.sh "$BUILD/matrix.txt"
echo "$total"
case $total in *" 0 failed"*) exit 0 ;; *) exit 1 ;; esac
