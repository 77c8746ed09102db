/* What the peer says of its security associations: event lines, and the keys for Wireshark. */
#include "base/mem.h"
#include "esp/esp_table.h"
#include "ike/ike_keys.h"
#include "replay/run_parts.h"
#include "replay/wan_nat.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static void add_hex(struct buf *line, const char *key, const uint8_t *p, size_t n)
{
    struct buf hex = BUF_INIT;

    buf_addx(&hex, bytes_of(p, n));
    event_line_add(line, key, buf_str(&hex));
    if (hex.s)
        mem_wipe(hex.s, hex.n);
    buf_release(&hex);
}

/* RFC 7296, 2.14 */
static void say_ikev2_keys(struct run *r, const struct ike_out *o)
{
    const struct ike_suite *s = &o->sa.suite;
    size_t ke = cipher_key_len(s->cipher), ka = s->integ ? integ_key_len(s->integ) : 0;

    event_line_add(&r->line, "version", "2");
    add_hex(&r->line, "sk_ei", o->sa.sk_ei, ke);
    add_hex(&r->line, "sk_er", o->sa.sk_er, ke);
    if (!ka)
        return;
    event_line_add(&r->line, "integ", integ_name(s->integ));
    add_hex(&r->line, "sk_ai", o->sa.sk_ai, ka);
    add_hex(&r->line, "sk_ar", o->sa.sk_ar, ka);
}

static void say_ike(struct run *r, const struct ike_out *o, bool up)
{
    event_line_start(&r->line, "ike-sa");
    event_line_add(&r->line, "state", up ? "up" : "down");
    add_hex(&r->line, "initiator_spi", o->sa.spi_i, sizeof(o->sa.spi_i));
    add_hex(&r->line, "responder_spi", o->sa.spi_r, sizeof(o->sa.spi_r));
    if (up) {
        event_line_add(&r->line, "cipher", cipher_name(o->sa.suite.cipher));
        if (o->version == 2)
            say_ikev2_keys(r, o);
        else
            add_hex(&r->line, "key", o->sa.skey, o->sa.skey_len);
    }
    event_line_add(&r->line, "initiator", o->initiator ? "peer" : "device");
    if (o->rekey)
        event_line_add(&r->line, "rekey", "yes");
    if (!up)
        event_line_add(&r->line, "reason", ike_end_name(o->end));
    run_event(r);
}

static struct esp_params params_of(const struct ike_out *o, bool inbound)
{
    struct esp_params p = {.spi = inbound ? o->child.in_spi : o->child.out_spi,
                           .cipher = o->child.suite.cipher,
                           .integ = o->child.suite.integ};

    memcpy(p.cipher_key, inbound ? o->child.in_cipher_key : o->child.out_cipher_key,
           sizeof(p.cipher_key));
    memcpy(p.integ_key, inbound ? o->child.in_integ_key : o->child.out_integ_key,
           sizeof(p.integ_key));
    return p;
}

/* Addresses are those on the wan leg. */
static void begin_esp(struct run *r, struct esp_params *p, bool inbound, bool up)
{
    const struct plan_lab *l = &r->plan->lab;
    const struct ip_addr device = l->device_site == SITE_BO ? l->bo_outside : l->ho_outside;
    const struct ip_addr own = wan_nats_peer(r);
    char src[IP_ADDR_TEXT], dst[IP_ADDR_TEXT];

    p->src = inbound ? device : own;
    p->dst = inbound ? own : device;
    event_line_start(&r->line, "esp-sa");
    event_line_add(&r->line, "state", up ? "up" : "down");
    event_line_addf(&r->line, "spi", "0x%08x", p->spi);
    event_line_add(&r->line, "src", ip_addr_format(&p->src, src));
    event_line_add(&r->line, "dst", ip_addr_format(&p->dst, dst));
    if (!up)
        return;
    event_line_add(&r->line, "cipher", cipher_name(p->cipher));
    add_hex(&r->line, "cipher_key", p->cipher_key, cipher_key_len(p->cipher));
    event_line_add(&r->line, "integ", integ_name(p->integ));
    add_hex(&r->line, "integ_key", p->integ_key, integ_key_len(p->integ));
    esp_table_put(&r->esp_keys, p);
}

void facts_moved(struct run *r)
{
    const struct esp_params *sa;

    for (size_t i = 0; r->peer && (sa = peer_sa(r->peer, i)); i++) {
        struct esp_params p = *sa;
        begin_esp(r, &p, i % 2 == 0, true);
        run_event(r);
        mem_wipe(&p, sizeof(p));
    }
}

static void say_esp(struct run *r, const struct ike_out *o, bool inbound, bool up)
{
    struct esp_params p = params_of(o, inbound);

    begin_esp(r, &p, inbound, up);
    if (up) {
        event_line_add(&r->line, "initiator", o->initiator ? "peer" : "device");
        if (o->child.suite.esn)
            event_line_add(&r->line, "esn", "yes");
        if (inbound && o->child.old_in_spi)
            event_line_addf(&r->line, "old_spi", "0x%08x", o->child.old_in_spi);
    } else {
        event_line_add(&r->line, "reason", ike_end_name(o->end));
        if (cross_deleter(r, o->child.in_spi))
            event_line_add(&r->line, "deleted_by", cross_deleter(r, o->child.in_spi));
    }
    run_event(r);
    mem_wipe(&p, sizeof(p));
}

static void take(struct run *r, const struct peer_fact *f)
{
    switch (f->kind) {
    case PEER_IKE_UP:
        say_ike(r, &f->ike, true);
        /* algorithms that Wireshark has no name for: their messages stay closed to it */
        (void)!ike_keys_put(&r->ike_keys, &r->ike2_keys, &f->ike);
        break;
    case PEER_IKE_DOWN:
        if (!f->ike.attempt) /* an SA that never was up does not go down */
            say_ike(r, &f->ike, false);
        break;
    case PEER_CHILD_UP:
        say_esp(r, &f->ike, true, true);
        say_esp(r, &f->ike, false, true);
        break;
    case PEER_CHILD_DOWN:
        say_esp(r, &f->ike, true, false);
        say_esp(r, &f->ike, false, false);
        break;
    case PEER_IKE_FACT: cross_note(r, &f->ike); break;
    case PEER_CONFIG: break;
    }
    confirm_fact(r, f);
}

void facts_take(struct run *r)
{
    struct peer_fact f;
    bool any = false;

    while (r->peer && peer_next_fact(r->peer, &f)) {
        take(r, &f);
        any = true;
    }
    if (any) /* mostly there is none, and this is done for every frame */
        mem_wipe(&f, sizeof(f));
}

static enum err open_file(const char *dir, const char *name, int *fd, struct diag *why)
{
    struct buf path = BUF_INIT;
    enum err e = ERR_OK;

    buf_addf(&path, "%s/%s", dir, name);
    *fd = open(buf_str(&path), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (*fd < 0)
        e = diag_fail_at(why, ERR_IO, buf_str(&path), 0, "cannot be written");
    buf_release(&path);
    return e;
}

enum err keys_open(struct run *r, struct diag *why)
{
    const char *dir = r->opts->keys_dir;

    r->esp_fd = r->ike_fd = r->ike2_fd = -1;
    if (!dir || r->plan->lab.mode == MODE_PAIR) /* the devices keep their keys */
        return ERR_OK;
    (void)mkdir(dir, 0700);
    enum err e = open_file(dir, "esp_sa", &r->esp_fd, why);
    if (!e)
        e = open_file(dir, "ikev1_decryption_table", &r->ike_fd, why);
    return e ? e : open_file(dir, "ikev2_decryption_table", &r->ike2_fd, why);
}

static enum err write_close(int *fd, const struct buf *b, struct diag *why)
{
    enum err e = ERR_OK;

    if (*fd < 0)
        return ERR_OK;
    if (b->n && write(*fd, b->s, b->n) != (ssize_t)b->n)
        e = diag_fail(why, ERR_IO, "the keys cannot be written");
    close(*fd);
    *fd = -1;
    return e;
}

enum err keys_write(struct run *r, struct diag *why)
{
    enum err e = write_close(&r->esp_fd, &r->esp_keys, why);
    enum err v1 = write_close(&r->ike_fd, &r->ike_keys, why);
    enum err v2 = write_close(&r->ike2_fd, &r->ike2_keys, why);

    return e ? e : v1 ? v1 : v2;
}
