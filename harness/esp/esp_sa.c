#include "esp/esp_sa.h"

#include "base/mem.h"

static enum err check_params(const struct esp_params *p)
{
    if (p->cipher < CIPHER_NONE || p->cipher >= CIPHER_COUNT || p->integ < INTEG_NONE ||
        p->integ >= INTEG_COUNT)
        return ERR_UNSUPPORTED;
    if (p->cipher == CIPHER_NONE && p->integ == INTEG_NONE) /* RFC 4303, 1: never both */
        return ERR_UNSUPPORTED;
    if (cipher_is_aead(p->cipher) && p->integ != INTEG_NONE)
        return ERR_UNSUPPORTED;
    if (cipher_mode(p->cipher) == CIPHER_MODE_CTR && p->integ == INTEG_NONE) /* RFC 3686, 7 */
        return ERR_UNSUPPORTED;
    if (p->replay_window != 0 && (p->replay_window < 32 || p->replay_window > ESP_REPLAY_MAX))
        return ERR_RANGE;
    return ERR_OK;
}

static enum err make_keys(struct esp_sa *sa)
{
    const struct esp_params *p = &sa->params;
    struct bytes key = bytes_of(p->cipher_key, cipher_key_len(p->cipher));
    struct bytes mac_key = bytes_of(p->integ_key, integ_key_len(p->integ));
    enum err e = ERR_OK;

    if (p->cipher != CIPHER_NONE)
        e = cipher_new(p->cipher, key, &sa->cipher);
    if (!e && p->integ != INTEG_NONE)
        e = hmac_new(integ_digest(p->integ), mac_key, &sa->hmac);
    return e;
}

enum err esp_sa_new(const struct esp_params *p, struct mono born, struct esp_sa **out)
{
    enum err e = check_params(p);

    if (e)
        return e;
    struct esp_sa *sa = mem_zalloc(sizeof(*sa));
    sa->params = *p;
    sa->born = born;
    sa->iv_len = cipher_iv_len(p->cipher);
    sa->icv_len = cipher_icv_len(p->cipher) + integ_icv_len(p->integ);
    size_t block = cipher_block_len(p->cipher);
    sa->align = block > 4 ? block : 4; /* RFC 4303, 2.4 */
    replay_init(&sa->replay, p->replay_window);
    e = make_keys(sa);
    if (e)
        esp_sa_free(sa);
    else
        *out = sa;
    return e;
}

void esp_sa_free(struct esp_sa *sa)
{
    if (!sa)
        return;
    cipher_free(sa->cipher);
    hmac_free(sa->hmac);
    replay_release(&sa->replay);
    mem_wipe(sa, sizeof(*sa));
    mem_free(sa);
}

const struct esp_params *esp_sa_params(const struct esp_sa *sa)
{
    return &sa->params;
}

const struct esp_counters *esp_sa_counters(const struct esp_sa *sa)
{
    return &sa->counters;
}

uint64_t esp_sa_seq(const struct esp_sa *sa)
{
    return sa->sent > sa->replay.top ? sa->sent : sa->replay.top;
}

uint64_t esp_sa_seen(const struct esp_sa *sa)
{
    uint64_t seen = 0;

    for (uint32_t i = 0; i < 64 && i < sa->replay.window && i < sa->replay.top; i++) {
        if (!replay_is_fresh(&sa->replay, sa->replay.top - i))
            seen |= UINT64_C(1) << i;
    }
    return seen;
}

struct mono esp_sa_born(const struct esp_sa *sa)
{
    return sa->born;
}

bool esp_sa_is_worn(const struct esp_sa *sa, struct mono now, double share)
{
    const struct esp_params *p = &sa->params;

    if (p->life_time.ns > 0 &&
        (double)mono_diff(sa->born, now).ns >= share * (double)p->life_time.ns)
        return true;
    return p->life_bytes > 0 && (double)sa->counters.bytes >= share * (double)p->life_bytes;
}
