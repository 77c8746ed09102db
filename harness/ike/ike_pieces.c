#include "ike/ike_pieces.h"

#include "base/mem.h"

enum { PIECES_MAX = 64, MESSAGE_MAX = 65536 };

#define TOGETHER_NS                                                                                \
    INT64_C(1000000000) /* a message's pieces go out at once; it is sent again later */

struct piece {
    uint32_t at, n; /* its place in `data` */
};

struct set {               /* one message */
    bool used, whole, due; /* due: ike_pieces_next has to give it */
    bool passed;           /* another of its id was whole since it was touched */
    uint64_t way, age;     /* age: when it was last touched, counted in pieces */
    int64_t touched_ns;
    uint8_t cookie_i[ISAKMP_COOKIE_LEN];
    uint16_t id;
    uint8_t last, highest; /* numbers; last 0: that piece is not here yet */
    uint64_t have;         /* bit N - 1: piece N is here */
    uint64_t again;        /* the same, since it was whole */
    struct piece v[PIECES_MAX];
    uint8_t *data;
    size_t n, cap;
};

struct ike_pieces {
    struct set sets[IKE_PIECES_SETS];
    uint8_t *out; /* MESSAGE_MAX */
    struct ike_pieces_stats stats;
};

struct ike_pieces *ike_pieces_new(void)
{
    struct ike_pieces *p = mem_zalloc(sizeof(*p));

    p->out = mem_array(MESSAGE_MAX, 1);
    return p;
}

static void drop(struct set *s)
{
    mem_free(s->data);
    *s = (struct set){0};
}

void ike_pieces_free(struct ike_pieces *p)
{
    if (!p)
        return;
    for (size_t i = 0; i < IKE_PIECES_SETS; i++)
        drop(&p->sets[i]);
    mem_free(p->out);
    mem_free(p);
}

bool ike_pieces_is(const struct isakmp_hdr *h)
{
    return isakmp_major(h) == 1 && h->next == ISAKMP_P_FRAGMENT &&
           !(h->flags & ISAKMP_FLAG_ENCRYPTED);
}

/* --- one message ------------------------------------------------------------------------------ */

static uint64_t bit_of(uint8_t number)
{
    return UINT64_C(1) << (number - 1);
}

static bool has(const struct set *s, const struct isakmp_fragment *f)
{
    const struct piece *p = &s->v[f->number - 1];

    return s->have & bit_of(f->number) && f->last == (f->number == s->last) &&
           bytes_eq(bytes_of(s->data + p->at, p->n), f->data);
}

/* F is there already, or may be the one that is missing. */
static bool fits(const struct set *s, const struct isakmp_fragment *f)
{
    if (s->have & bit_of(f->number))
        return has(s, f);
    return s->last ? f->number < s->last && !f->last : !f->last || f->number > s->highest;
}

static void keep(struct set *s, const struct isakmp_fragment *f)
{
    if (s->have & bit_of(f->number))
        return;
    if (s->cap - s->n < f->data.n) {
        s->cap = s->n + f->data.n > 2 * s->cap ? s->n + f->data.n : 2 * s->cap;
        s->data = mem_resize(s->data, s->cap, 1);
    }
    memcpy(s->data + s->n, f->data.p, f->data.n);
    s->v[f->number - 1] = (struct piece){(uint32_t)s->n, (uint32_t)f->data.n};
    s->n += f->data.n;
    s->have |= bit_of(f->number);
    s->highest = f->number > s->highest ? f->number : s->highest;
    s->last = f->last ? f->number : s->last;
}

static uint64_t all_of(const struct set *s)
{
    return s->last == PIECES_MAX ? UINT64_MAX : (UINT64_C(1) << s->last) - 1;
}

static struct bytes join(const struct set *s, uint8_t *out)
{
    struct wr w = wr_of(out, MESSAGE_MAX);

    for (uint8_t i = 0; i < s->last; i++)
        wr_put(&w, bytes_of(s->data + s->v[i].at, s->v[i].n));
    return wr_bytes(&w);
}

/* What it makes has a header, and that agrees with the headers of the pieces. */
static bool is_sound(const struct set *s, const struct isakmp_hdr *carrier, uint8_t *out)
{
    struct isakmp_hdr h;

    return !isakmp_hdr_parse(join(s, out), &h) && h.length == s->n && isakmp_major(&h) == 1 &&
           !ike_pieces_is(&h) && memcmp(h.cookie_i, carrier->cookie_i, sizeof(h.cookie_i)) == 0 &&
           memcmp(h.cookie_r, carrier->cookie_r, sizeof(h.cookie_r)) == 0;
}

/* --- all of them ------------------------------------------------------------------------------ */

struct arrival {
    uint64_t way;
    const struct isakmp_hdr *h;
    struct isakmp_fragment f;
    int64_t time_ns;
};

static bool same_id(const struct set *a, const struct set *b)
{
    return a->used && b->used && a->way == b->way && a->id == b->id &&
           memcmp(a->cookie_i, b->cookie_i, sizeof(a->cookie_i)) == 0;
}

/* All that S has is in a message that was whole. */
static bool is_part_of(const struct set *s, const struct set *whole)
{
    for (uint8_t i = 0; i < s->highest; i++) {
        struct isakmp_fragment f = {.number = (uint8_t)(i + 1),
                                    .last = s->last == i + 1,
                                    .data = bytes_of(s->data + s->v[i].at, s->v[i].n)};
        if (s->have & bit_of(f.number) && !has(whole, &f))
            return false;
    }
    return true;
}

static bool is_lost(const struct ike_pieces *p, const struct set *s)
{
    for (size_t i = 0; i < IKE_PIECES_SETS; i++)
        if (p->sets[i].whole && same_id(s, &p->sets[i]) && is_part_of(s, &p->sets[i]))
            return false;
    return s->used && !s->whole;
}

static void give_up(struct ike_pieces *p, struct set *s)
{
    p->stats.lost += is_lost(p, s);
    drop(s);
}

static bool is_of(const struct set *s, const struct arrival *a)
{
    return s->used && s->way == a->way &&
           memcmp(s->cookie_i, a->h->cookie_i, sizeof(s->cookie_i)) == 0;
}

static struct set *older(struct set *a, struct set *b)
{
    return !a || b->age < a->age ? b : a;
}

static struct set *room(struct ike_pieces *p, const struct arrival *a)
{
    struct set *own = NULL, *any = NULL, *free = NULL;
    size_t n = 0;

    for (size_t i = 0; i < IKE_PIECES_SETS; i++) {
        struct set *s = &p->sets[i];
        if (!s->used) {
            free = s;
            continue;
        }
        any = older(any, s);
        if (is_of(s, a)) {
            own = older(own, s);
            n++;
        }
    }
    if (n < IKE_PIECES_EACH && free)
        return free;
    struct set *s = n < IKE_PIECES_EACH ? any : own;
    give_up(p, s);
    return s;
}

static struct set *begin(struct ike_pieces *p, const struct arrival *a)
{
    struct set *s = room(p, a);

    *s = (struct set){.used = true, .way = a->way, .id = a->f.id, .touched_ns = a->time_ns};
    memcpy(s->cookie_i, a->h->cookie_i, sizeof(s->cookie_i));
    return s;
}

/* Those who cut messages cut them evenly, so the first piece tells how many there are. */
static bool is_even(const struct set *s)
{
    const struct piece *first = &s->v[0];
    struct isakmp_hdr h;

    if (!(s->have & 1) || isakmp_hdr_parse(bytes_of(s->data + first->at, first->n), &h))
        return true;
    uint32_t n = h.length / first->n + (h.length % first->n != 0);
    return s->last ? s->last == n : s->highest < n;
}

/* What comes now may well be of another message. */
static bool is_stale(const struct set *s, int64_t now)
{
    return s->passed || now < s->touched_ns || now - s->touched_ns > TOGETHER_NS;
}

static void touch(const struct ike_pieces *p, struct set *s, int64_t now)
{
    s->age = p->stats.pieces;
    s->touched_ns = now;
}

static void pass(struct ike_pieces *p, const struct set *by)
{
    for (size_t i = 0; i < IKE_PIECES_SETS; i++) {
        struct set *s = &p->sets[i];
        s->passed |= s != by && same_id(s, by);
    }
}

/* False: with the piece it would be whole, but no message, or too long; S is as it was. */
static bool grow(struct ike_pieces *p, struct set *s, const struct arrival *a)
{
    struct set before = *s;

    if (!(s->have & bit_of(a->f.number)) && s->n + a->f.data.n > MESSAGE_MAX)
        return false;
    keep(s, &a->f);
    touch(p, s, a->time_ns);
    if (!s->last || s->have != all_of(s))
        return true;
    if (!is_sound(s, a->h, p->out)) {
        before.data = s->data;
        before.cap = s->cap;
        *s = before;
        return false;
    }
    s->whole = s->due = true;
    p->stats.whole++;
    pass(p, s);
    return true;
}

/* A piece of what was whole is sent again. */
static void repeat(struct ike_pieces *p, struct set *s, const struct arrival *a)
{
    touch(p, s, a->time_ns);
    s->again |= bit_of(a->f.number);
    if (s->again != all_of(s))
        return;
    s->again = 0;
    s->due = true;
    p->stats.whole++;
}

static void take(struct ike_pieces *p, const struct arrival *a)
{
    bool taken = false;

    for (size_t i = 0; i < IKE_PIECES_SETS; i++) {
        struct set *s = &p->sets[i];
        if (!is_of(s, a) || s->id != a->f.id)
            continue;
        bool stale = is_stale(s, a->time_ns);
        if (!s->whole && fits(s, &a->f)) {
            taken |= grow(p, s, a) && !stale && is_even(s);
        } else if (s->whole && has(s, &a->f)) {
            repeat(p, s, a);
            taken = true;
        }
    }
    if (taken)
        return;
    struct set *s = begin(p, a);
    if (!grow(p, s, a)) /* one piece, and no message */
        give_up(p, s);
}

static enum err parse(const struct isakmp_hdr *h, struct bytes message, struct isakmp_fragment *out)
{
    struct isakmp_chain c;

    if (h->length > message.n)
        return ERR_SHORT;
    message = bytes_from(bytes_head(message, h->length), ISAKMP_HDR_LEN);
    enum err e = isakmp_chain_parse(h->next, message, &c);
    if (!e && c.n != 1)
        e = ERR_FORMAT;
    if (!e)
        e = isakmp_fragment_parse(c.v[0].body, out);
    return !e && out->number > PIECES_MAX ? ERR_RANGE : e;
}

enum err ike_pieces_add(struct ike_pieces *p, uint64_t way, const struct isakmp_hdr *h,
                        struct bytes message, int64_t time_ns)
{
    struct arrival a = {.way = way, .h = h, .time_ns = time_ns};
    enum err e = parse(h, message, &a.f);
    bool due = false;

    for (size_t i = 0; i < IKE_PIECES_SETS; i++)
        p->sets[i].due = false;
    p->stats.pieces++;
    if (e) {
        p->stats.malformed++;
        return e;
    }
    take(p, &a);
    for (size_t i = 0; i < IKE_PIECES_SETS; i++)
        due |= p->sets[i].due;
    return due ? ERR_OK : ERR_END;
}

bool ike_pieces_next(struct ike_pieces *p, struct bytes *whole)
{
    for (size_t i = 0; i < IKE_PIECES_SETS; i++) {
        if (!p->sets[i].due)
            continue;
        p->sets[i].due = false;
        *whole = join(&p->sets[i], p->out);
        return true;
    }
    return false;
}

struct ike_pieces_stats ike_pieces_stats(const struct ike_pieces *p)
{
    struct ike_pieces_stats s = p->stats;

    for (size_t i = 0; i < IKE_PIECES_SETS; i++)
        s.lost += is_lost(p, &p->sets[i]);
    return s;
}
