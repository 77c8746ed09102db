/* Clients of groups: peers that are not in the configuration. */
#include "ike/ike1_exchanges.h"
#include "ike/ike2_exchanges.h"

#include "base/mem.h"

static bool is_in_use(const struct ike *k, size_t peer)
{
    if (ike2_sas_of(k, peer))
        return true;
    for (const struct ike1_sa *sa = k->sas; sa; sa = sa->next) {
        if (sa->peer == peer)
            return true;
    }
    for (const struct ike_child *c = k->children; c; c = c->next) {
        if (c->peer == peer)
            return true;
    }
    return false;
}

/* A place for a new client. SIZE_MAX: there is none. */
static size_t free_place(struct ike *k)
{
    for (size_t i = 0; i < k->nremotes; i++) {
        if (!is_in_use(k, k->cfg->npeers + i))
            return i;
    }
    if (k->nremotes == IKE_REMOTES_MAX)
        return SIZE_MAX;
    k->remotes = mem_resize(k->remotes, k->nremotes + 1, sizeof(struct ike_remote *));
    k->remotes[k->nremotes] = mem_zalloc(sizeof(struct ike_remote));
    return k->nremotes++;
}

enum err ike_remote_of(struct ike *k, size_t group, const struct ip_addr *addr, size_t *peer)
{
    for (size_t i = 0; i < k->nremotes; i++) {
        const struct ike_remote *r = k->remotes[i];
        if (r->group == group && ip_addr_eq(&r->cfg.address, addr)) {
            *peer = k->cfg->npeers + i;
            return ERR_OK;
        }
    }
    size_t at = free_place(k);
    if (at == SIZE_MAX)
        return ERR_NOSPACE;
    struct ike_remote *r = k->remotes[at];
    *r = (struct ike_remote){.cfg = k->cfg->peers[group], .group = group};
    r->cfg.address = *addr;
    r->cfg.never_initiates = true;
    *peer = k->cfg->npeers + at;
    return ERR_OK;
}

static void copy_text(char *to, size_t cap, struct bytes from)
{
    size_t n = from.n < cap - 1 ? from.n : cap - 1;

    if (n)
        memcpy(to, from.p, n);
    to[n] = '\0';
}

void ike1_fill_remote(const struct ike *k, const struct ike1_sa *sa, struct ike_out *o)
{
    copy_text(o->group, sizeof(o->group), ike1_config(k, sa)->group);
    copy_text(o->user, sizeof(o->user), bytes_str(sa->user));
}
