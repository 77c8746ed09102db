/* The steps of loading a case, and what they share. plan_load runs them in the order of this file.
 *
 * bytes --node_parse--> nodes --include_expand--> one tree --versions_apply--> of one version of
 * IKE
 *       --vars_apply--> no variables left
 *       --schema_check--> known elements, sound values --build--> struct plan --plan_check--> OK
 *       --resolved_write--> the document that goes into the evidence
 *
 * A step goes on after a problem, so that one call lists everything that is wrong. */
#ifndef PLAN_LOAD_H
#define PLAN_LOAD_H

#include "plan/files.h"
#include "plan/node.h"
#include "plan/problems.h"
#include "plan/schema.h"

struct load {
    struct plan *plan;
    struct arena *arena;
    struct problems problems;
    const struct plan_options *opts;
    struct file_root root;
    const char *case_dir;
    struct node *tree;
    struct plan_place lab_at;           /* of <lab>, or of the case */
    const struct node *device_nodes[2]; /* of plan->devices; NULL: there by default */
    struct plan_stream *streams; /* plan->streams and plan->events, while they are being made */
    struct plan_event *events;
    size_t nrandom;  /* of them, from <random> */
    bool resolved;   /* a resolved document: no other file is touched */
    const char *ike; /* of a case of both versions: "1" or "2"; else NULL */
    unsigned included;
    size_t included_bytes;
};

#define CASE_TOTAL_MAX 1000000u /* bytes of a resolved document: what an evidence file can hold */

/* Replaces each xi:include below TREE by the root element of the file it names. */
void include_expand(struct load *l);

/* Makes a case of both versions of IKE one of a single version. */
#define VAR_IKE "ike"
void versions_apply(struct load *l);

/* Collects <var> and -D, and fills ${name} in every attribute. */
void vars_apply(struct load *l);

/* From nodes to l->plan. */
void build_plan(struct load *l);
void build_lab(struct load *l, const struct node *lab); /* NULL: all as in the note */
void build_devices(struct load *l);
void build_nats(struct load *l, const struct node *lab); /* once it is known where the device is */
void build_peer(struct load *l, const struct node *peer);
/* The suites of LIST with their full names. */
const char *peer_suites(struct load *l, const struct node *n, const char *name, const char *list,
                        bool ike);
void build_timeline(struct load *l);
void build_action(struct load *l, const struct node *n, struct plan_event *e);
/* <random>: the number of events it stands for, and these. */
size_t random_count(const struct node *n);
void build_random(struct load *l, const struct node *n, size_t first);
void build_expects(struct load *l);

/* What no grammar can say: the sense of the whole. */
void check_lab(struct load *l);
void check_timeline(struct load *l);
void check_expects(struct load *l);
void check_packets(struct load *l); /* <send>, <packet>, and streams to the outside */

/* The earliest run time at which event E, or stream S's start, can be; -1 when caught in a circle.
 */
struct span earliest_event(const struct plan *p, size_t e);
struct span earliest_stream(const struct plan *p, size_t s);
struct span span_plus(struct span a, struct span b); /* saturates */

void resolved_write(struct load *l);

/* Indexes by id; -1 when there is none. */
int find_stream(const struct plan *p, const char *id);
int find_event(const struct plan *p, const char *id);

/* The stream or event that attribute NAME of N refers to, -1 when the attribute is missing or bad,
 * or refers to nothing, which is then a problem. */
int ref_stream(struct load *l, const struct node *n, const char *name);
int ref_event(struct load *l, const struct node *n, const char *name);

/* ID is a child of an element nobody knows: that one is the problem, not references to it. */
bool id_of_unknown_element(const struct node *tree, const char *id);

#endif
