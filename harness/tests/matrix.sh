#!/bin/sh
# matrix.sh FILE: a table of what the programs asserted against strongSwan (tests/matrix.h): a row per
# event, a column per suite and role (i: our side began the IKE SA, r: charon did). "ok": all of it
# held, each time; "FAIL": once at least it did not, or the program did not get that far; ".": not
# tried. Ends with 1 when there is a FAIL.
awk -F '\t' '
function cell(s, e, r,    k) {
    k = v SUBSEP s SUBSEP r SUBSEP e
    return !(k in tries) ? "." : oks[k] == tries[k] ? "ok" : "FAIL"
}
# Programs write side by side: sorted, the table is the same each time.
function insert(list, v, n, item,    i) {
    for (i = ++n; i > 1 && list[v, i - 1] > item; i--) list[v, i] = list[v, i - 1]
    list[v, i] = item
    return n
}
function table(    i, j, line, name) {
    printf "\n%s against strongSwan (i: we begin, r: charon begins)\n", v
    for (i = 1; i <= ns[v]; i++) { split(suite[v, i], name, FS); printf "  %2d  %s, ESP %s\n", i, name[1], name[2] }
    line = sprintf("  %-52s", "event")
    for (i = 1; i <= ns[v]; i++) line = line sprintf(" %3si %3sr", i, i)
    print line
    for (j = 1; j <= ne[v]; j++) {
        line = sprintf("  %-52s", event[v, j])
        for (i = 1; i <= ns[v]; i++)
            line = line sprintf(" %4s %4s", cell(suite[v, i], event[v, j], "initiator"),
                                cell(suite[v, i], event[v, j], "responder"))
        sub(/ *$/, "", line); print line
    }
}
$6 == "skipped" { skip[$1] = skip[$1] "\n" $1 " against strongSwan: skipped: " $5; next }
{
    s = $2 FS $3; k = $1 SUBSEP s SUBSEP $4 SUBSEP $5
    if (!(($1, s) in sid)) { sid[$1, s]; ns[$1] = insert(suite, $1, ns[$1], s) }
    if (!(($1, $5) in eid)) { eid[$1, $5]; ne[$1] = insert(event, $1, ne[$1], $5) }
    if ($6 == "try") tries[k]++
    else oks[k]++
}
END {
    for (n = 1; n <= 2; n++) {
        v = "IKEv" n
        if (v in skip) print skip[v]
        if (ne[v]) table()
    }
    for (k in tries) if (oks[k] == tries[k]) good++; else bad++
    printf "\nmatrix: %d ok, %d FAIL (suite x version x role x event)\n", good, bad
    exit bad > 0
}' "$1"
