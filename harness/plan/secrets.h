/* Secrets never reach evidence or reports. */
#ifndef PLAN_SECRETS_H
#define PLAN_SECRETS_H

#include "base/bytes.h"

/* Overwrites what stands after "pre-shared-key", "password" and their like in TEXT (any number of
 * lines of configuration) with asterisks. */
void secrets_mask(char *text);

#endif
