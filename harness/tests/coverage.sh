#!/bin/sh
# coverage.sh OBJECTS: lines covered by the tests, a row a folder, from what a `make cov` run left
# under OBJECTS. Test programs themselves do not count.
set -u
objects=$1
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
find "$objects/harness" -name '*.gcda' ! -name '*_test.gcda' ! -path '*/tests/*' ! -path '*/fuzz/*' |
    while read -r data; do
        gcov -n -o "$(dirname "$data")" "$data" 2>/dev/null
    done |
    awk -F "'" '
        /^File / { file = $2 }
        /^Lines executed:/ && file ~ /^harness\/.*\.c$/ {
            split($0, a, /[:% ]+/); percent = a[3]; lines = a[5]
            split(file, part, "/")
            total[part[2]] += lines; hit[part[2]] += lines * percent / 100
            all += lines; allhit += lines * percent / 100
            file = ""
        }
        END {
            for (d in total)
                printf "%-10s %6d lines  %5.1f %% covered\n", d, total[d], 100 * hit[d] / total[d] | "sort"
            close("sort")
            if (all) printf "%-10s %6d lines  %5.1f %% covered\n", "all", all, 100 * allhit / all
        }'
