/* Making and freeing what only some connections have. */
#include "gateway/conn_more.h"

struct conn_more *conn_more_of(struct conns *t, struct conn *c)
{
    if (!c->more) {
        c->more = conn_blocks_take(&t->more);
        c->more->mapped[0] = c->at[0];
        c->more->mapped[1] = c->at[1];
    }
    return c->more;
}

const struct endpoint *conn_mapped(const struct conn *c, int side)
{
    return c->more ? &c->more->mapped[side] : &c->at[side];
}

void conn_more_adopt(struct conns *t, struct conn *parent, struct conn *child)
{
    struct conn_more *m = conn_more_of(t, child), *p = conn_more_of(t, parent);

    m->parent = parent;
    m->older = p->child;
    if (p->child)
        p->child->more->younger = child;
    p->child = child;
}

static void leave_parent(struct conn_more *m)
{
    struct conn_more *p = m->parent->more;

    if (m->younger)
        m->younger->more->older = m->older;
    else
        p->child = m->older;
    if (m->older)
        m->older->more->younger = m->younger;
    m->parent = NULL;
}

/* They end as soon as timers run, and not now: who ends the parent may be on its way through a list
 * in which they stand as well. */
static void end_children(struct conns *t, struct conn_more *m)
{
    while (m->child) {
        struct conn *c = m->child;
        leave_parent(c->more);
        if (c->ending || c->life != CONN_LIVE)
            continue;
        c->ending = true;
        c->reason = GW_REASON_PARENT_CLOSED;
        conn_arm(t, c);
    }
}

void conn_more_free(struct conns *t, struct conn *c)
{
    struct conn_more *m = c->more;

    if (!m)
        return;
    if (m->parent)
        leave_parent(m);
    end_children(t, m);
    if (m->ftp) {
        conn_hole_close(t, c);
        conn_blocks_give(&t->ftps, m->ftp);
    }
    for (int i = 0; i < 2; i++) {
        if (m->xlate[i])
            xlate_let_go(nat_xlates(t->env.nat), m->xlate[i]);
    }
    conn_blocks_give(&t->more, m);
    c->more = NULL;
}
