#include "device/device.h"

#include <string.h>

static const struct device_ops *const adapters[] = {&device_reference, &device_external};
static const char *const names[] = {"reference", "external", NULL};

const struct device_ops *device_find(const char *name)
{
    for (size_t i = 0; i < COUNT(adapters); i++) {
        if (strcmp(adapters[i]->name, name) == 0)
            return adapters[i];
    }
    return NULL;
}

const char *const *device_names(void)
{
    return names;
}
