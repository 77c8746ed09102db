/* What is said of security associations: by the harness's peer, and by a device's log. */
#include "base/mem.h"
#include "judge/judge_parts.h"
#include "judge/wan_moves.h"

static void take_key(const struct line *l, struct sa *sa)
{
    struct esp_params p = {.spi = sa->spi, .src = sa->src, .dst = sa->dst};
    const char *v = line_word(l, "cipher");

    if (v)
        p.cipher = cipher_by_name(v);
    v = line_word(l, "integ");
    if (v)
        p.integ = integ_by_name(v);
    p.esn = line_word(l, "esn") != NULL;
    sa->refused_key = !line_hex(l, "cipher_key", p.cipher_key, cipher_key_len(p.cipher)) ||
                      !line_hex(l, "integ_key", p.integ_key, integ_key_len(p.integ)) ||
                      esp_sa_new(&p, (struct mono){0}, &sa->key);
    if (sa->refused_key)
        sa->key = NULL;
    mem_wipe(&p, sizeof(p));
}

static enum plan_made_by who(const struct line *l, const char *key)
{
    return line_is(l, key, "peer")     ? MADE_BY_PEER
           : line_is(l, key, "device") ? MADE_BY_DEVICE
                                       : MADE_BY_ANY;
}

/* The SA that the peer speaks of. What is up, and has one of its ends elsewhere now, has moved. */
static struct sa *said_sa(struct judge *j, uint32_t spi, const struct ip_addr *src,
                          const struct ip_addr *dst)
{
    struct wan *w = &j->wan;
    uint32_t i = wan_find(w, spi, dst) == MAP_NONE ? w->nsas : 0;

    while (i-- > 0) {
        struct sa *sa = &w->sas[i];
        if (sa->spi == spi && !sa->over && sa->up_ns != NEVER && sa->down_ns == NEVER &&
            ip_addr_eq(&sa->from, src))
            sa_follow(j, sa, dst);
    }
    return wan_sa(j, spi, src, dst);
}

void wan_esp_line(struct judge *j, const struct line *l)
{
    struct ip_addr src, dst;
    uint64_t spi;

    if (!line_u64(l, "spi", &spi) || spi > UINT32_MAX || !line_addr(l, "src", &src) ||
        !line_addr(l, "dst", &dst))
        return;
    struct sa *sa = said_sa(j, (uint32_t)spi, &src, &dst);
    if (sa && sa->down_ns != NEVER && line_is(l, "state", "up")) { /* its peer takes it again */
        sa->over = true;
        sa = wan_sa(j, (uint32_t)spi, &src, &dst);
    }
    if (!sa)
        return;
    sa_comes_from(j, sa, &src);
    if (line_is(l, "state", "up") && sa->up_ns != NEVER && sa->down_ns == NEVER)
        return; /* said again, as it has moved */
    if (line_is(l, "state", "up")) {
        sa->up_ns = j->rec.time_ns;
        sa->down_ns = NEVER;
        sa->made_by = who(l, "initiator");
        sa->old_spi = line_u64(l, "old_spi", &spi) && spi <= UINT32_MAX ? (uint32_t)spi : 0;
        if (!sa->key)
            take_key(l, sa);
    } else if (line_is(l, "state", "down")) {
        sa->down_ns = j->rec.time_ns;
        sa->down_reason = line_kept(l, "reason", j->arena);
        sa->deleted_by = who(l, "deleted_by");
    }
}

void wan_ike_line(struct judge *j, const struct line *l)
{
    uint8_t cookie[8];

    if (!line_hex(l, "initiator_spi", cookie, sizeof(cookie)))
        return;
    struct ike_sa *s = wan_ike(&j->wan, cookie);
    if (!s)
        return;
    if (line_is(l, "state", "up")) {
        s->up_ns = j->rec.time_ns;
        s->rekey = line_is(l, "rekey", "yes");
    } else if (line_is(l, "state", "down")) {
        s->down_ns = j->rec.time_ns;
        s->down_reason = line_kept(l, "reason", j->arena);
    }
}

void wan_log(struct judge *j, uint32_t id, uint32_t spi)
{
    struct wan *w = &j->wan;

    for (uint32_t i = w->nsas; i-- > 0;) {
        if (w->sas[i].spi != spi)
            continue;
        *(id == 602303 ? &w->sas[i].logged_up_ns : &w->sas[i].logged_down_ns) = j->rec.time_ns;
        return;
    }
}
