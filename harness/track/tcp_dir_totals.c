/* What a direction comes to: its bytes, its holes, what was sent again. */
#include "track/tcp_dir.h"

/* Where the stream begins: after its SYN, and what lies lower is none of it (RFC 9293, 3.4: the
 * first byte has the number after the SYN's). When SYNs contradict each other or none was seen, at
 * the lowest byte. Holes that were closed for the bound hide what lies where below the SYN. */
static int64_t low_end(const struct tcp_dir *d, const struct range *first)
{
    bool after_syn =
        tcp_dir_isns(d) == 1 && (d->start < first->from || !range_set_closed_holes(&d->covered));

    return after_syn ? d->start : first->from;
}

/* What of the covered positions is the stream's. */
struct extent {
    int64_t low;
    size_t ranges;
    uint64_t bytes;
    bool from_low; /* its first byte is there */
};

/* False: nothing is. */
static bool extent_of(const struct tcp_dir *d, struct extent *out)
{
    struct range r;

    if (!range_set_first(&d->covered, &r))
        return false;
    int64_t low = low_end(d, &r);
    struct extent e = {
        .low = low, .ranges = d->covered.count, .bytes = range_set_covered(&d->covered)};
    while (r.to <= low) {
        e.bytes -= (uint64_t)(r.to - r.from);
        if (--e.ranges == 0 || !range_set_find(&d->covered, r.to, &r))
            return false;
    }
    if (r.from < low)
        e.bytes -= (uint64_t)(low - r.from);
    e.from_low = r.from <= low;
    *out = e;
    return true;
}

uint64_t tcp_dir_unique_bytes(const struct tcp_dir *d)
{
    struct extent e;

    return extent_of(d, &e) ? e.bytes : 0;
}

uint64_t tcp_dir_gap_bytes(const struct tcp_dir *d)
{
    struct extent e;
    struct range last;

    if (!extent_of(d, &e) || !range_set_last(&d->covered, &last))
        return 0;
    return (uint64_t)(last.to - e.low) - e.bytes;
}

uint64_t tcp_dir_holes(const struct tcp_dir *d)
{
    struct extent e;

    if (!extent_of(d, &e))
        return 0;
    return e.ranges - 1 + range_set_closed_holes(&d->covered) + !e.from_low;
}

bool tcp_dir_first_hole(const struct tcp_dir *d, struct range *out)
{
    struct range first, second;
    struct extent e;

    if (!extent_of(d, &e) || !range_set_find(&d->covered, e.low, &first))
        return false;
    if (!e.from_low) {
        *out = (struct range){e.low, first.from};
        return true;
    }
    if (!range_set_find(&d->covered, first.to, &second))
        return false;
    *out = (struct range){first.to, second.from};
    return true;
}

bool tcp_dir_is_complete(const struct tcp_dir *d)
{
    return tcp_dir_isns(d) == 1 && d->fin > 0 && d->fin_pos == d->high &&
           tcp_dir_odd(d)->cut_packets == 0 && tcp_dir_holes(d) == 0;
}

const char *tcp_rules_name(enum tcp_rules rules)
{
    static const char *const names[] = {[TCP_RULES_POSITIONS] = "positions",
                                        [TCP_RULES_TCPTRACE] = "tcptrace",
                                        [TCP_RULES_WIRESHARK] = "wireshark"};

    return names[rules];
}

struct tcp_rexmit tcp_dir_retransmitted(const struct tcp_dir *d, enum tcp_rules rules)
{
    const struct tcp_odd *o = tcp_dir_odd(d);
    struct tcp_rexmit r = {o->dup_full + o->dup_partial, o->overlap_bytes};

    if (rules != TCP_RULES_POSITIONS) {
        r.packets += o->keepalive;
        r.packets += d->syn > 1 ? d->syn - 1 : 0;
        r.packets += d->fin > 1 ? d->fin - 1 : 0;
    }
    if (rules == TCP_RULES_WIRESHARK)
        r.packets += o->hole_fill;
    return r;
}
