/* xmllint (libxml2-utils) as an independent judge of XML files against a schema. */
#ifndef TESTS_XMLLINT_H
#define TESTS_XMLLINT_H

#include "base/buf.h"

struct xmllint {
    struct buf said;
};

/* Validates FILES (words for the shell) with HOW ("--schema x.xsd"), includes expanded. Fails the
 * test when xmllint cannot be run or does not know the schema. */
void xmllint_run(struct xmllint *x, const char *how, const char *files);
void xmllint_release(struct xmllint *x);

/* True when PATH was found valid, false when not; fails the test when it was not among FILES. */
bool xmllint_accepts(const struct xmllint *x, const char *path);

#endif
