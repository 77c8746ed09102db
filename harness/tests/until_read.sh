#!/bin/sh
# until_read.sh PID FILE: returns when process PID has read FILE to its end and sleeps until there is
# more. Fails if that has not come about after 30 s.
set -u
pid=$1
file=$(readlink -f "$2") || exit 2

settled() {
    for fd in /proc/"$pid"/fd/*; do
        [ "$(readlink "$fd")" = "$file" ] || continue
        at=$(sed -n 's/^pos:[[:space:]]*//p' "/proc/$pid/fdinfo/${fd##*/}") || return 1
        [ "$at" = "$(stat -c %s "$file")" ] || return 1
        grep -q '^State:[[:space:]]*S' "/proc/$pid/status"
        return
    done
    return 1
}

for i in $(seq 300); do
    settled && exit 0
    sleep 0.1
done
echo "until_read.sh: process $pid has not read $file to its end" >&2
exit 1
