#include "gateway/log_forms.h"

#include "gateway/platform.h"

struct log_forms log_forms_of(const struct gw_config *c)
{
    const struct gw_profile *p = c->profile;
    struct gw_version v = gw_version_parse(c->version);

    return (struct log_forms){
        .tag = p->tag ? p->tag : "ASA",
        .identity = p->identity,
        .hashes = p->acl_hashes,
        .initiator = p->from_initiator,
        .tunnel_manager = p->can & GW_CAN_IKEV1,
        .tcp_stats = !gw_version_before(v, (struct gw_version){9, 0, 0}),
    };
}

const char *log_separator_text(enum log_separator s)
{
    static const char *const texts[] = {": ", ":", " "};

    return texts[s];
}
