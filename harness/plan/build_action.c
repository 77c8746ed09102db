/* The stimulus of an event: who causes it, and whether there is such a one. */
#include "plan/load.h"

static const char letters[] = "pdh"; /* as in PLAN_EVENTS, in the order of enum plan_actor */
static const char *const names[] = {"peer", "device", "harness"};

static enum plan_actor actor_of(char letter)
{
    return (enum plan_actor)(strchr(letters, letter) - letters);
}

static void read_actor(struct load *l, const struct node *n, struct plan_event *e)
{
    const char *may = plan_events[e->action].who;
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

/* What the elements of one group have in common. */
static bool looks_at_wan(enum plan_action a)
{
    static const enum plan_action list[] = {
#define X(id, name, who, attrs, proof, what, shows) ACTION_##id,
        PLAN_EVENTS_WAN(X)
#undef X
    };

    for (size_t i = 0; i < COUNT(list); i++) {
        if (list[i] == a)
            return true;
    }
    return false;
}

/* IKE alone has exchanges, payloads and numbers of messages, and ESP alone SPIs. */
static void check_match(struct load *l, const struct node *n, struct plan_match *m)
{
    bool of_ike = m->exchange || m->payload || m->has_message_id;

    if (of_ike && m->kind == FRAME_ANY)
        m->kind = FRAME_IKE;
    if (m->spi != SPI_ANY && m->kind == FRAME_ANY)
        m->kind = FRAME_ESP;
    if (of_ike && m->kind != FRAME_IKE)
        problem_add(&l->problems, ERR_INVALID, &n->at,
                    "<%s>: exchange, payload and message-id are of kind=\"ike\"", n->name);
    if (m->spi != SPI_ANY && m->kind != FRAME_ESP)
        problem_add(&l->problems, ERR_INVALID, &n->at, "<%s>: spi is of kind=\"esp\"", n->name);
}

/* Where nothing is said, of the only one, or of the peer's. */
static void read_nat(struct load *l, const struct node *n, struct plan_event *e)
{
    const struct plan_lab *lab = &l->plan->lab;
    enum plan_site peer = lab->device_site == SITE_BO ? SITE_HO : SITE_BO;

    if (e->action != ACTION_NAT_REBIND && e->action != ACTION_NAT_FORGET &&
        e->action != ACTION_NAT_ADDRESS)
        return;
    if (!node_attr(n, "nat"))
        e->nat = lab->nat[peer].is ? peer : lab->device_site;
    if (!lab->nat[e->nat].is && !node_attr(n, "nat"))
        problem_add(&l->problems, ERR_INVALID, &n->at,
                    "<%s>: there is no NAT; <nat site=\"bo\"/> or \"ho\" belongs into <lab>",
                    n->name);
    else if (!lab->nat[e->nat].is)
        problem_add(&l->problems, ERR_INVALID, &n->at,
                    "<%s>: the lab has no <nat site=\"%s\"/>; it belongs into <lab>", n->name,
                    plan_site_name(e->nat));
    if (e->action == ACTION_NAT_ADDRESS && e->address.family == 6)
        problem_add(&l->problems, ERR_INVALID, &n->at,
                    "<%s> address: a <nat> is of IPv4, so it has to be one of IPv4", n->name);
}

static void read_rest(struct load *l, const struct node *n, struct plan_event *e)
{
    unsigned word = 0;

    if (schema_read(n, "phase", &word))
        e->phase = word + 1;
    if (e->protocol && e->by != ACTOR_PEER)
        problem_add(&l->problems, ERR_INVALID, &n->at,
                    "<%s> protocol=: a device is not told which of its pairs to delete", n->name);
    if (e->action == ACTION_PEER_PSK && schema_read(n, "is", &word))
        e->wrong = word == 1;
    if ((e->action == ACTION_PEER_ANSWER || e->action == ACTION_REAUTHENTICATE) &&
        l->plan->peer.ike_version != PLAN_IKEV2)
        problem_add(&l->problems, ERR_INVALID, &n->at,
                    "<%s> is of IKEv2: <peer ike-version=\"2\"/>", n->name);
    if (e->action == ACTION_FORGE_NOTIFY && e->notify == NOTIFY_QCD &&
        l->plan->lab.mode == MODE_PEER && l->plan->peer.ike_version != PLAN_IKEV2)
        problem_add(&l->problems, ERR_INVALID, &n->at,
                    "<%s> type=\"qcd\" is of IKEv2: <peer ike-version=\"2\"/>", n->name);
    read_nat(l, n, e);
    e->match.has_message_id = node_attr(n, "message-id") != NULL;
    check_match(l, n, &e->match);
    if (e->action != ACTION_PEER_SUITES)
        return;
    if (!node_attr(n, "ike") && !node_attr(n, "esp"))
        problem_add(&l->problems, ERR_INVALID, &n->at, "<%s> changes neither ike nor esp", n->name);
    e->ike = peer_suites(l, n, "ike", e->ike, true);
    e->esp = peer_suites(l, n, "esp", e->esp, false);
}

/* It takes a request of the device to cross. */
static void check_crossing(struct load *l, const struct node *n, const struct plan_event *e)
{
    bool odd = e->crosses || e->nonce || e->wrong_delete;

    if (!odd)
        return;
    if (e->by != ACTOR_PEER || l->plan->peer.ike_version != PLAN_IKEV2)
        problem_add(&l->problems, ERR_INVALID, &n->at,
                    "<%s> crosses, nonce and wrong-delete are of the peer and of IKEv2: "
                    "<peer ike-version=\"2\"/>",
                    n->name);
    else if (e->crosses && (e->when != WHEN_MESSAGE || e->on_to_device || e->delay.ns))
        problem_add(&l->problems, ERR_INVALID, &n->at,
                    "<%s crosses=\"yes\"> what? <at exchange=\"...\" from=\"device\"> without a "
                    "delay says it",
                    n->name);
}

void build_action(struct load *l, const struct node *n, struct plan_event *e)
{
    unsigned direction = 0;

    e->action = (enum plan_action)n->spec->action;
    e->site = l->plan->devices[0].site;
    e->count = e->behind = 1;
    e->ike = e->esp = "";
    schema_fill(n, e);
    read_actor(l, n, e);
    check_actor(l, n, e);
    (void)schema_read(n, "direction", &direction);
    e->to_device = looks_at_wan(e->action) && direction != 2;
    e->from_device = looks_at_wan(e->action) && direction != 1;
    read_rest(l, n, e);
    check_crossing(l, n, e);
}
