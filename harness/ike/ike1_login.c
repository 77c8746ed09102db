/* XAUTH (draft-beaulieu-ike-xauth-02): after phase 1 the server asks for the user's name and
 * password, and says whether they will do.
 *
 *   server                                          client
 *   request(USER-NAME, USER-PASSWORD)  -->
 *                                      <--  reply(USER-NAME, USER-PASSWORD)
 *   set(STATUS)                        -->
 *                                      <--  ack(STATUS)
 *
 * A wrong password ends the IKE SA; there is no second try on the same one. */
#include "ike/ike1_exchanges.h"

#include "base/mem.h"

/* --- server ---------------------------------------------------------------------------------- */

static void put_request(const struct ike *k, const struct ike1_sa *sa, const struct isakmp_cfg *c,
                        struct wr *w)
{
    (void)k, (void)sa, (void)c;
    isakmp_put_attribute(w, CFG_A_XAUTH_TYPE, 0); /* generic */
    isakmp_put_attribute_bytes(w, CFG_A_XAUTH_USER_NAME, bytes_str(""));
    isakmp_put_attribute_bytes(w, CFG_A_XAUTH_USER_PASSWORD, bytes_str(""));
}

void ike1_login_begin(struct ike *k, struct ike1_sa *sa)
{
    sa->state = IKE1_LOGIN;
    if (!sa->initiator)
        ike1_ask(k, sa, ISAKMP_CFG_REQUEST, put_request);
}

static void put_status(const struct ike *k, const struct ike1_sa *sa, const struct isakmp_cfg *c,
                       struct wr *w)
{
    (void)k, (void)c;
    isakmp_put_attribute(w, CFG_A_XAUTH_STATUS, sa->accepted);
}

static bool take_text(const struct isakmp_attribute *a, char *out)
{
    if (a->basic || a->value.n >= IKE_USER_MAX || (a->value.n && memchr(a->value.p, 0, a->value.n)))
        return false;
    mem_wipe(out, IKE_USER_MAX);
    if (a->value.n)
        memcpy(out, a->value.p, a->value.n);
    return true;
}

static void tell_owner(struct ike *k, struct ike1_sa *sa, const struct isakmp_cfg *c)
{
    struct ike_out *o = ike_emit(k, IKE_OUT_LOGIN);
    struct bytes left = c->attributes;
    struct isakmp_attribute a;
    bool sound = true;

    o->ike = sa->number;
    o->peer = ike1_config(k, sa)->address;
    o->phase = 1;
    while (isakmp_next_attribute(&left, &a)) {
        if (a.type == CFG_A_XAUTH_USER_NAME)
            sound = sound && take_text(&a, sa->user);
        else if (a.type == CFG_A_XAUTH_USER_PASSWORD)
            sound = sound && take_text(&a, o->password);
        else if (a.type == CFG_A_XAUTH_STATUS && a.number == 0) /* the client gave up */
            sound = false;
    }
    ike1_fill_remote(k, sa, o);
    if (!sound)
        mem_wipe(o->password, sizeof(o->password)); /* an empty password is never right */
}

void ike_answer_login(struct ike *k, uint32_t ike, bool ok)
{
    struct ike1_sa *sa = k->sas;

    while (sa && sa->number != ike)
        sa = sa->next;
    if (!sa || sa->state != IKE1_LOGIN || sa->initiator || sa->ask.message_id)
        return;
    sa->accepted = ok;
    sa->login_failed = !ok;
    ike1_ask(k, sa, ISAKMP_CFG_SET, put_status);
    k->deadline = ike1_next_deadline(k);
}

void ike1_login_answer(struct ike *k, struct ike1_sa *sa, const struct isakmp_cfg *c)
{
    if (sa->login_failed) {
        ike1_go_down(k, sa, IKE_END_USER, true);
    } else if (sa->accepted) {
        ike1_fact(k, sa, IKE_FACT_ACCEPTED, 1);
        ike1_config_begin(k, sa);
    } else {
        tell_owner(k, sa, c);
    }
}

/* --- client ---------------------------------------------------------------------------------- */

static void put_user(const struct ike *k, const struct ike1_sa *sa, const struct isakmp_cfg *c,
                     struct wr *w)
{
    const struct ike_peer_config *p = ike1_config(k, sa);
    struct bytes left = c->attributes;
    struct isakmp_attribute a;

    while (isakmp_next_attribute(&left, &a)) {
        if (a.type == CFG_A_XAUTH_TYPE)
            isakmp_put_attribute(w, CFG_A_XAUTH_TYPE, 0);
        else if (a.type == CFG_A_XAUTH_USER_NAME)
            isakmp_put_attribute_bytes(w, CFG_A_XAUTH_USER_NAME, p->user);
        else if (a.type == CFG_A_XAUTH_USER_PASSWORD)
            isakmp_put_attribute_bytes(w, CFG_A_XAUTH_USER_PASSWORD, p->password);
    }
}

static void put_seen(const struct ike *k, const struct ike1_sa *sa, const struct isakmp_cfg *c,
                     struct wr *w)
{
    struct bytes left = c->attributes;
    struct isakmp_attribute a;

    (void)k, (void)sa;
    while (isakmp_next_attribute(&left, &a)) /* an ack has types without values */
        isakmp_put_attribute_bytes(w, a.type, bytes_str(""));
}

static bool find_status(const struct isakmp_cfg *c, uint64_t *status)
{
    struct bytes left = c->attributes;
    struct isakmp_attribute a;

    while (isakmp_next_attribute(&left, &a)) {
        if (a.type == CFG_A_XAUTH_STATUS) {
            *status = a.number;
            return true;
        }
    }
    return false;
}

void ike1_login_question(struct ike *k, struct ike1_sa *sa, const struct ike1_question *q)
{
    const struct ike_peer_config *p = ike1_config(k, sa);
    uint64_t status;

    if (q->cfg->type == ISAKMP_CFG_REQUEST) {
        size_t n = p->user.n < IKE_USER_MAX ? p->user.n : IKE_USER_MAX - 1;
        if (n)
            memcpy(sa->user, p->user.p, n);
        ike1_reply(k, sa, q, ISAKMP_CFG_REPLY, put_user);
        return;
    }
    ike1_reply(k, sa, q, ISAKMP_CFG_ACK, put_seen);
    if (!find_status(q->cfg, &status))
        return;
    if (status != 1) {
        ike1_go_down(k, sa, IKE_END_USER, false); /* the server deletes it */
        return;
    }
    sa->accepted = true;
    ike1_fact(k, sa, IKE_FACT_ACCEPTED, 1);
    ike1_config_begin(k, sa);
}
