#include "gateway/fault.h"

#include <string.h>

static const struct {
    const char *name, *what, *rule;
} faults[GW_FAULT_COUNT] = {
#define X(id, name, what, rule) {name, what, rule},
    GW_FAULTS(X)
#undef X
};

enum err gw_fault_by_name(const char *name, enum gw_fault *out)
{
    for (int i = 0; i < GW_FAULT_COUNT; i++) {
        if (strcmp(faults[i].name, name) == 0) {
            *out = (enum gw_fault)i;
            return ERR_OK;
        }
    }
    return ERR_NOTFOUND;
}

const char *gw_fault_name(enum gw_fault f)
{
    return faults[f].name;
}

const char *gw_fault_what(enum gw_fault f)
{
    return faults[f].what;
}

const char *gw_fault_rule(enum gw_fault f)
{
    return faults[f].rule;
}
