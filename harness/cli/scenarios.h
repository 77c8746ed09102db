/* `holdfast list --scenarios`: what a certification lab would play, the cases that play it by the
 * ids among their tags, and what came of them in the last run. */
#ifndef CLI_SCENARIOS_H
#define CLI_SCENARIOS_H

#include "cli/requirements.h"

#define SCENARIOS_LIST "cases/requirements/scenarios.xml"

/* A tag that is the id of a scenario: two letters and a letter or digit, a hyphen, two digits. */
bool scenario_is_id(const char *tag);

/* Adds the scenarios to OUT, each with its cases under it. Loud, and counted in the result: one
 * with a case that fails, or with cases of which none passed; one without a case and without a
 * reason, or with both; and a tag that looks like an id and is none. */
size_t scenarios_text(const struct requirements *r, struct buf *out);
size_t scenarios_json(const struct requirements *r, struct buf *out);

#endif
