/* What real devices have printed: the samples of networktocode/ntc-templates (Apache-2.0), which
 * are compared whole where ../shared/data is there. Test aid. */
#ifndef TESTS_SHOW_LAB_H
#define TESTS_SHOW_LAB_H

#include "base/buf.h"
#include "gateway/platform.h"

const struct gw_profile *show_release(const char *version); /* of an ASA */

/* The sample's text without blank lines at its end; NULL, and said, when it is not there. Gives it:
 * mem_free. */
char *show_sample(const char *name);

void show_trim(struct buf *b); /* the same for what we print */

/* The part of the sample from FROM up to TO (NULL: its end) is what OUT has. */
void show_assert_is_part(const char *text, const char *from, const char *to, struct buf *out);

#endif
