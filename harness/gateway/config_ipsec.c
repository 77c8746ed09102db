#include "gateway/config_ipsec.h"

#include "base/mem.h"
#include "gateway/config_parts.h"

const char *gw_df_bit_word(enum gw_df_bit df)
{
    static const char *const words[] = {
#define X(id, word) [GW_DF_##id] = word,
        GW_DF_BITS(X)
#undef X
    };

    return words[df];
}

const char *gw_cut_word(enum gw_cut cut)
{
    static const char *const words[] = {
#define X(id, word) [GW_CUT_##id] = word,
        GW_CUTS(X)
#undef X
    };

    return words[cut];
}

void gw_ipsec_config_release(struct gw_ipsec_config *k)
{
    mem_free(k->ifs);
    *k = (struct gw_ipsec_config){0};
}

static const struct gw_ipsec_if *find(const struct gw_ipsec_config *k, const char *nameif)
{
    for (size_t i = 0; i < k->nifs; i++) {
        if (strcmp(k->ifs[i].nameif, nameif) == 0)
            return &k->ifs[i];
    }
    return NULL;
}

enum gw_df_bit gw_ipsec_df_bit(const struct gw_ipsec_config *k, const char *nameif)
{
    const struct gw_ipsec_if *own = find(k, nameif);

    return own && own->has_df ? own->df : k->all.df;
}

enum gw_cut gw_ipsec_cut(const struct gw_ipsec_config *k, const char *nameif)
{
    const struct gw_ipsec_if *own = find(k, nameif);

    return own && own->has_cut ? own->cut : k->all.cut;
}

struct gw_ipsec_if *gw_ipsec_make_if(struct gw_ipsec_config *k, const char *nameif)
{
    if (!nameif)
        return &k->all;
    for (size_t i = 0; i < k->nifs; i++) {
        if (strcmp(k->ifs[i].nameif, nameif) == 0)
            return &k->ifs[i];
    }
    struct gw_ipsec_if *own = gw_list_add((void **)&k->ifs, &k->nifs, sizeof(*own));
    (void)gw_name_set(own->nameif, nameif);
    return own;
}

static void write_one(const struct gw_ipsec_if *i, bool df, bool cut, struct buf *out)
{
    const char *blank = i->nameif[0] ? " " : "";

    if (cut)
        buf_addf(out, "crypto ipsec fragmentation %s%s%s\n", gw_cut_word(i->cut), blank, i->nameif);
    if (df)
        buf_addf(out, "crypto ipsec df-bit %s%s%s\n", gw_df_bit_word(i->df), blank, i->nameif);
}

/* A default is not printed, unless it is one against the lines without an interface. */
void gw_ipsec_write(const struct gw_ipsec_config *k, struct buf *out)
{
    write_one(&k->all, k->all.df != GW_DF_COPY, k->all.cut != GW_CUT_BEFORE, out);
    for (size_t i = 0; i < k->nifs; i++) {
        const struct gw_ipsec_if *own = &k->ifs[i];
        write_one(own, own->has_df && (own->df != GW_DF_COPY || k->all.df != GW_DF_COPY),
                  own->has_cut && (own->cut != GW_CUT_BEFORE || k->all.cut != GW_CUT_BEFORE), out);
    }
}

void gw_ipsec_write_if(const struct gw_ipsec_config *k, const char *nameif, struct buf *out)
{
    struct gw_ipsec_if all = {.df = gw_ipsec_df_bit(k, nameif), .cut = gw_ipsec_cut(k, nameif)};

    (void)gw_name_set(all.nameif, nameif);
    write_one(&all, true, true, out);
}
