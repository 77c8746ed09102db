/* <random id stream from until seed count actions>: a schedule of its own for every seed, and the
 * same one whenever it is loaded. Its events are called ID.1, ID.2 and so on. */
#include "base/rng.h"
#include "plan/load.h"
#include "plan/value.h"

#include <stdio.h>
#include <stdlib.h>

#define OUTAGE SPAN_S(3) /* of a blackhole among them */

size_t random_count(const struct node *n)
{
    unsigned count = 0;

    (void)schema_read(n, "count", &count);
    return count;
}

/* What can happen without more being said. */
static bool action_of(const char *word, enum plan_action *out)
{
    static const enum plan_action able[] = {
        ACTION_PHASE1_DELETE, ACTION_PHASE2_DELETE,  ACTION_PHASE1_REKEY,  ACTION_PHASE2_REKEY,
        ACTION_PEER_CRASH,    ACTION_BLACKHOLE,      ACTION_ESP_DUPLICATE, ACTION_ESP_LOSS,
        ACTION_ESP_BAD_ICV,   ACTION_ESP_UNKNOWN_SPI};

    for (size_t i = 0; i < COUNT(able); i++) {
        *out = able[i];
        if (strcmp(word, plan_action_name(able[i])) == 0)
            return true;
    }
    return false;
}

static bool read_actions(struct load *l, const struct node *n, enum plan_action *list,
                         size_t *count)
{
    const char *words = node_attr(n, "actions");
    char word[32];

    for (*count = 0;
         words && *count < ACTION_COUNT && value_word(words, *count, word, sizeof(word));
         ++*count) {
        if (action_of(word, &list[*count]))
            continue;
        problem_add(&l->problems, ERR_INVALID, &n->at,
                    "<random> actions: %s is none that can stand there", word);
        return false;
    }
    return *count > 0;
}

static int by_percent(const void *a, const void *b)
{
    const struct plan_event *x = a, *y = b;

    return (x->percent > y->percent) - (x->percent < y->percent);
}

static void name(struct load *l, const char *id, struct plan_event *e, size_t number)
{
    char text[96];

    snprintf(text, sizeof(text), "%.60s.%zu", id, number);
    e->id = arena_strdup(l->arena, text);
}

void build_random(struct load *l, const struct node *n, size_t first)
{
    enum plan_action list[ACTION_COUNT];
    size_t nactions, count = random_count(n);
    double from = 0.1, until = 0.9;
    uint32_t seed = 0;
    struct rng_seeded rng;
    int stream = ref_stream(l, n, "stream");
    const char *id = node_attr(n, "id");

    (void)schema_read(n, "from", &from);
    (void)schema_read(n, "until", &until);
    (void)schema_read(n, "seed", &seed);
    if (from >= until)
        problem_add(&l->problems, ERR_RANGE, &n->at, "<random>: it ends before it begins");
    bool known = read_actions(l, n, list, &nactions);
    rng_seeded_init(&rng, seed, "random");
    for (size_t i = 0; i < count; i++) {
        struct plan_event *e = &l->events[first + i];
        *e = (struct plan_event){.id = "",
                                 .by = ACTOR_PEER,
                                 .site = l->plan->devices[0].site,
                                 .when = WHEN_OFFSET,
                                 .stream = stream,
                                 .percent = 100 * (from + (until - from) * rng_unit(&rng.rng)),
                                 .after = -1,
                                 .of = -1,
                                 .about = -1,
                                 .leg = LEG_WAN,
                                 .times = 1,
                                 .count = 1,
                                 .behind = 1,
                                 .ike = "",
                                 .esp = "",
                                 .to_device = true,
                                 .from_device = true,
                                 .at = n->at};
        e->action = known ? list[rng_below(&rng.rng, nactions)] : ACTION_BLACKHOLE;
        if (e->action == ACTION_BLACKHOLE) {
            e->by = ACTOR_HARNESS;
            e->lasts = OUTAGE;
        }
    }
    qsort(&l->events[first], count, sizeof(*l->events), by_percent);
    for (size_t i = 0; id && i < count; i++)
        name(l, id, &l->events[first + i], i + 1);
    if (l->plan->lab.mode == MODE_PAIR)
        problem_add(&l->problems, ERR_INVALID, &n->at,
                    "<random> in <lab mode=\"pair\">: there is no peer that could do it");
}
