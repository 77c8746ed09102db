/* The stimulus of an event: who causes it, and whether there is such a one. */
#include "plan/load.h"

static const char letters[] = "pdh"; /* as in PLAN_ACTIONS, in the order of enum plan_actor */
static const char *const names[] = {"peer", "device", "harness"};

static const char *who_may(enum plan_action a)
{
    static const char *const who[] = {
#define X(id, name, who, what) who,
        PLAN_ACTIONS(X)
#undef X
    };

    return who[a];
}

static enum plan_actor actor_of(char letter)
{
    return (enum plan_actor)(strchr(letters, letter) - letters);
}

static void read_actor(struct load *l, const struct node *n, struct plan_event *e)
{
    const char *may = who_may(e->action);
    struct buf list = BUF_INIT;
    unsigned by;

    e->by = actor_of(may[0]);
    if (l->plan->lab.mode == MODE_PAIR && strcmp(may, "pd") == 0)
        e->by = ACTOR_DEVICE; /* there is no peer */
    if (!schema_read(n, "by", &by))
        return;
    e->by = (enum plan_actor)by;
    if (strchr(may, letters[by]))
        return;
    for (size_t i = 0; may[i]; i++)
        buf_addf(&list, "%sthe %s", i ? " or " : "", names[actor_of(may[i])]);
    problem_add(&l->problems, ERR_INVALID, &n->at, "<%s> by=\"%s\": only %s can do that", n->name,
                names[by], buf_str(&list));
    buf_release(&list);
}

static void check_actor(struct load *l, const struct node *n, const struct plan_event *e)
{
    const struct plan_lab *lab = &l->plan->lab;
    const char *site = node_attr(n, "site");

    if (lab->mode == MODE_PAIR && e->by == ACTOR_PEER)
        problem_add(&l->problems, ERR_INVALID, &n->at,
                    "<%s> in <lab mode=\"pair\">: there is no peer that could do it", n->name);
    if (lab->mode == MODE_PAIR && e->by == ACTOR_DEVICE && !site)
        problem_add(&l->problems, ERR_INVALID, &n->at,
                    "<%s> on which device? site=\"bo\" or site=\"ho\" says it", n->name);
    if (site && e->by != ACTOR_DEVICE)
        problem_add(&l->problems, ERR_INVALID, &n->at,
                    "<%s> site=\"%s\" without by=\"device\": a site names a device", n->name, site);
    else if (site && lab->mode == MODE_PEER && e->site != lab->device_site)
        problem_add(&l->problems, ERR_INVALID, &n->at,
                    "<%s> site=\"%s\": the device is at site=\"%s\"", n->name, site,
                    plan_site_name(lab->device_site));
}

void build_action(struct load *l, const struct node *n, struct plan_event *e)
{
    unsigned direction = 0;

    e->action = (enum plan_action)n->spec->action;
    e->site = l->plan->devices[0].site;
    schema_fill(n, e);
    read_actor(l, n, e);
    check_actor(l, n, e);
    (void)schema_read(n, "direction", &direction);
    e->to_device = e->action == ACTION_BLACKHOLE && direction != 2;
    e->from_device = e->action == ACTION_BLACKHOLE && direction != 1;
}
