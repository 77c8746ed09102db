/* Which stream a message is about. Devices print addresses real or mapped, as names, or masked, and
 * number their connections:
 *
 *   1. both ends fit exactly;
 *   2. it has the number of a connection that was built for a stream, and may fit that stream;
 *   3. it may fit just one stream: of several, a "built" is about the one opened last that none was
 *      seen of yet.
 */
#include "judge/judge_parts.h"

static bool has_ends(enum asa_kind kind)
{
    switch (kind) {
    case ASA_BUILT:
    case ASA_TEARDOWN:
    case ASA_ICMP_BUILT:
    case ASA_ICMP_TEARDOWN:
    case ASA_DENY_NO_CONN:
    case ASA_DENY_ACL:
    case ASA_NO_ROUTE: return true;
    default: return false;
    }
}

static bool is_icmp(const struct asa_log *log)
{
    return log->kind == ASA_ICMP_BUILT || log->kind == ASA_ICMP_TEARDOWN;
}

static bool proto_fits(const struct asa_log *log, const struct jflow *f)
{
    if (is_icmp(log))
        return f->proto == IP_ICMP;
    return log->proto == 0 || log->proto == f->proto;
}

static enum asa_match both(const struct asa_endpoint *a, const struct endpoint *x,
                           const struct asa_endpoint *b, const struct endpoint *y)
{
    enum asa_match m = asa_endpoint_match(a, &x->addr, x->port);
    enum asa_match n = asa_endpoint_match(b, &y->addr, y->port);

    return m < n ? m : n;
}

static enum asa_match either_way(const struct asa_log *log, const struct endpoint *x,
                                 const struct endpoint *y)
{
    enum asa_match m = both(&log->a, x, &log->b, y), n = both(&log->a, y, &log->b, x);

    return m > n ? m : n;
}

/* Does E have this port, real or mapped? Asked first, as it costs nothing. */
static bool has_port(const struct asa_endpoint *e, uint16_t port)
{
    return e->port == port || e->mapped_port == port;
}

static enum asa_match fits(const struct asa_log *log, const struct jflow *f)
{
    struct endpoint x = f->at[BO], y = f->at[HO];
    bool ports = (has_port(&log->a, x.port) && has_port(&log->b, y.port)) ||
                 (has_port(&log->a, y.port) && has_port(&log->b, x.port));

    if (!proto_fits(log, f) || (!is_icmp(log) && !ports))
        return ASA_MATCH_NO;
    /* the echo's identifier stands with one of the addresses only, with the other a 0 */
    if (is_icmp(log) && log->a.port != x.port && log->b.port != x.port &&
        log->a.mapped_port != x.port && log->b.mapped_port != x.port)
        return ASA_MATCH_NO;
    if (is_icmp(log))
        x.port = y.port = 0;
    return either_way(log, &x, &y);
}

bool log_names_hosts(const struct asa_log *log, const struct jflow *f)
{
    struct endpoint x = {f->at[BO].addr, 0}, y = {f->at[HO].addr, 0};

    return has_ends(log->kind) && proto_fits(log, f) && either_way(log, &x, &y) != ASA_MATCH_NO;
}

static bool has_connection(const struct jflow *f, int site, uint64_t connection)
{
    for (size_t i = 0; i < f->nbuilt && i < RECORDS_MAX; i++)
        if (f->built[i].site == site && f->built[i].connection == connection)
            return true;
    return false;
}

static bool was_built(const struct jflow *f, int site)
{
    for (size_t i = 0; i < f->nbuilt && i < RECORDS_MAX; i++)
        if (f->built[i].site == site)
            return true;
    return false;
}

/* Of two that a "built" may be about: A is the better guess. */
static bool is_likelier(const struct jflow *a, const struct jflow *b, int site)
{
    if (was_built(a, site) != was_built(b, site))
        return !was_built(a, site);
    return a->syn_ns > b->syn_ns;
}

struct candidates {
    struct jflow *exact, *numbered, *maybe;
    unsigned exacts, maybes;
};

static void consider(struct candidates *c, const struct asa_log *log, int site, struct jflow *f)
{
    enum asa_match m = fits(log, f);

    if (m == ASA_MATCH_YES) { /* streams one after the other on the same ends: the last one */
        c->exact = f;
        c->exacts++;
    }
    /* a text that breaks off still has its number, and numbers are given once */
    if ((m != ASA_MATCH_NO || !log->complete) && log->connection &&
        has_connection(f, site, log->connection))
        c->numbered = f;
    if (m == ASA_MATCH_NO)
        return;
    if (log->kind == ASA_BUILT && c->maybe && !is_likelier(f, c->maybe, site))
        return;
    c->maybe = f;
    c->maybes++;
}

struct jflow *log_bind(struct judge *j, int site, const struct asa_log *log)
{
    struct candidates c = {0};

    for (size_t i = 0; has_ends(log->kind) && i < j->flows.n; i++)
        consider(&c, log, site, j->flows.list[i]);
    if (c.exact)
        return c.exacts > 1 && c.numbered ? c.numbered : c.exact;
    if (c.numbered)
        return c.numbered;
    return log->kind == ASA_BUILT || c.maybes == 1 ? c.maybe : NULL;
}
