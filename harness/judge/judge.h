/* Judging: a pure function of evidence. The same bytes give the same judgement on every machine, at
 * any time, under any locale; nothing else is read. */
#ifndef JUDGE_JUDGE_H
#define JUDGE_JUDGE_H

#include "evidence/reader.h"
#include "judge/verdict.h"
#include "plan/plan.h"

/* Judges what R still has to give against PLAN. Without one (NULL) it only classifies and measures:
 * there are no rules, so the verdict is PASS with no findings unless a gate stays shut (evidence
 * cut short, an event that did not bite, a harness at fault). Gives *OUT (judgement_free). Damaged
 * evidence is a finding, not an error. */
MUST_USE enum err judge_evidence(struct evidence_reader *r, const struct plan *plan,
                                 struct judgement **out);

#endif
