/* What `crypto ipsec df-bit` and `crypto ipsec fragmentation` have set, interface by interface.
 *
 * Certain: the words; that each line names an interface, and that copy-df and before-encryption are
 * the defaults, as `show running-config all` has them. The form without an interface is that of
 * IOS: it is taken, too, and counts where an interface has no line of its own. Likely (IOS says so
 * of its look-ahead fragmentation, an ASA's manual of clear-df alone): see gateway/vpn_path.h for
 * what becomes of packets. */
#ifndef GATEWAY_CONFIG_IPSEC_H
#define GATEWAY_CONFIG_IPSEC_H

#include "base/buf.h"
#include "gateway/config_nat.h"

/* X(id, word): DF of the outer header. The first one is the default. */
#define GW_DF_BITS(X)                                                                              \
    X(COPY, "copy-df")                                                                             \
    X(CLEAR, "clear-df")                                                                           \
    X(SET, "set-df")

enum gw_df_bit {
#define X(id, word) GW_DF_##id,
    GW_DF_BITS(X)
#undef X
        GW_DF_COUNT
};

/* X(id, word): when what does not fit is cut. The first one is the default. */
#define GW_CUTS(X)                                                                                 \
    X(BEFORE, "before-encryption")                                                                 \
    X(AFTER, "after-encryption")

enum gw_cut {
#define X(id, word) GW_CUT_##id,
    GW_CUTS(X)
#undef X
        GW_CUT_COUNT
};

struct gw_ipsec_if {
    char nameif[GW_NAME];
    bool has_df, has_cut; /* a line of its own */
    enum gw_df_bit df;
    enum gw_cut cut;
};

struct gw_ipsec_config {
    struct gw_ipsec_if all; /* without an interface */
    struct gw_ipsec_if *ifs;
    size_t nifs;
};

const char *gw_df_bit_word(enum gw_df_bit df);
const char *gw_cut_word(enum gw_cut cut);

void gw_ipsec_config_release(struct gw_ipsec_config *k);

/* What holds on interface NAMEIF. */
enum gw_df_bit gw_ipsec_df_bit(const struct gw_ipsec_config *k, const char *nameif);
enum gw_cut gw_ipsec_cut(const struct gw_ipsec_config *k, const char *nameif);

/* That of NAMEIF, which is made if need be; NULL: the one without an interface. */
struct gw_ipsec_if *gw_ipsec_make_if(struct gw_ipsec_config *k, const char *nameif);

/* Back into commands: what was set. */
void gw_ipsec_write(const struct gw_ipsec_config *k, struct buf *out);
/* The same with the defaults of interface NAMEIF. */
void gw_ipsec_write_if(const struct gw_ipsec_config *k, const char *nameif, struct buf *out);

#endif
