#include "ike/ike_fault.h"

static const struct {
    const char *name, *what, *breaks;
    int version;
} faults[IKE_FAULT_COUNT] = {
#define X(id, name, version, what, breaks) {name, what, breaks, version},
    IKE_FAULTS(X)
#undef X
};

const char *ike_fault_name(enum ike_fault f)
{
    return faults[f].name;
}

const char *ike_fault_what(enum ike_fault f)
{
    return faults[f].what;
}

const char *ike_fault_breaks(enum ike_fault f)
{
    return faults[f].breaks;
}

int ike_fault_version(enum ike_fault f)
{
    return faults[f].version;
}
