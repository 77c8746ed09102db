/* show crypto ikev2: values out of the gateway. */
#include "gateway/console_show_ikev2.h"

#include "base/cursor.h"
#include "gateway/console.h"
#include "gateway/show_ikev2.h"
#include "gateway/vpn_words.h"

static int64_t seconds_since(const struct gateway *g, struct mono t)
{
    return mono_diff(t, clock_now(g->env.clk)).ns / 1000000000;
}

static uint64_t spi_of(const uint8_t spi[static 8])
{
    struct rd r = rd_of(bytes_of(spi, 8));

    return rd_be64(&r);
}

static bool is_child_of(const struct vpn_policy *p, const struct vpn_session *s)
{
    return p->up && ip_addr_eq(&p->peer, &s->peer);
}

/* The numbers that a device gives to tunnels are large and tell nothing. */
static uint32_t tunnel_number(const struct vpn_session *s)
{
    return s->index * 2654435761U % 2147483647U;
}

static struct ip_addr last_of(const struct ip_net *n)
{
    struct ip_addr a = n->addr;

    for (unsigned bit = n->prefix; bit < (a.family == 4 ? 32U : 128U); bit++)
        a.b[bit / 8] |= (uint8_t)(0x80U >> bit % 8);
    return a;
}

static void show_child(const struct vpn_policy *p, bool detail, struct buf *out)
{
    const struct ike_selector *sel = &p->selector;
    char text[4][IP_ADDR_TEXT];
    struct ip_addr end = last_of(&sel->local), far_end = last_of(&sel->remote);
    struct show_ikev2_child c = {
        .local = {ip_addr_format(&sel->local.addr, text[0]), ip_addr_format(&end, text[1]),
                  sel->local_port, sel->local_port ? sel->local_port : UINT16_MAX},
        .remote = {ip_addr_format(&sel->remote.addr, text[2]), ip_addr_format(&far_end, text[3]),
                   sel->remote_port, sel->remote_port ? sel->remote_port : UINT16_MAX},
        .in_spi = esp_sa_params(p->pair->in)->spi,
        .out_spi = esp_sa_params(p->pair->out)->spi,
        .cipher = p->suite.cipher,
        .integ = p->suite.integ};

    show_ikev2_put_child(&c, detail, out);
}

static void show_session(const struct gateway *g, const struct vpn_session *s, bool detail,
                         struct buf *out)
{
    const struct gw_tunnel_group *group = gw_config_group(g->cfg, &s->peer);
    bool dpd = group && !group->keepalive_disabled;
    char local[IP_ADDR_TEXT], peer[IP_ADDR_TEXT];
    struct show_ikev2 line = {.session = s->index,
                              .tunnel = tunnel_number(s),
                              .ikes = s->ikes,
                              .local = ip_addr_format(&g->vpn.used->ike.local, local),
                              .peer = ip_addr_format(&s->peer, peer),
                              .port = s->natt ? IKE_NATT_PORT : IKE_PORT,
                              .peer_port = s->natt ? s->remote.port : IKE_PORT,
                              .initiator = s->initiator,
                              .cipher = s->suite.cipher,
                              .integ = s->suite.integ,
                              .group = s->suite.group,
                              .lifetime_s = s->suite.lifetime_s,
                              .age_s = seconds_since(g, s->ike_since),
                              .local_spi = spi_of(s->initiator ? s->spi_i : s->spi_r),
                              .peer_spi = spi_of(s->initiator ? s->spi_r : s->spi_i),
                              .dpd_s = dpd ? group->keepalive_threshold_s : 0,
                              .dpd_retry_s = dpd ? group->keepalive_retry_s : 0,
                              .natt = s->natt};

    for (size_t i = 0; i < g->vpn.npolicies; i++)
        line.children += is_child_of(g->vpn.policies[i], s);
    buf_addc(out, '\n');
    show_ikev2_put(&line, detail, out);
    for (size_t i = 0; i < g->vpn.npolicies; i++) {
        if (is_child_of(g->vpn.policies[i], s))
            show_child(g->vpn.policies[i], detail, out);
    }
}

void show_ikev2_sas(const struct gateway *g, bool detail, struct buf *out)
{
    size_t n = 0;

    for (size_t i = 0; i < g->vpn.nsessions; i++) {
        const struct vpn_session *s = &g->vpn.sessions[i];
        if (s->version != 2 || !s->ikes)
            continue;
        if (n++ == 0)
            buf_adds(out, "\nIKEv2 SAs:\n");
        show_session(g, s, detail, out);
    }
    if (!n)
        buf_adds(out, "\nThere are no IKEv2 SAs\n");
}

void show_ikev2_block(const struct gateway *g, const struct vpn_session *s, struct buf *out)
{
    uint16_t port = s->natt ? IKE_NATT_PORT : IKE_PORT;
    struct show_ikev2_tunnel t = {.index = s->index,
                                  .id = 1,
                                  .local_port = port,
                                  .peer_port = s->natt ? s->remote.port : IKE_PORT,
                                  .auth = "preSharedKeys",
                                  .cipher = vpn_session_cipher(s->suite.cipher),
                                  .hash = vpn_session_integ(s->suite.integ),
                                  .prf = vpn_session_digest(s->suite.digest),
                                  .lifetime_s = s->suite.lifetime_s,
                                  .left_s =
                                      (int64_t)s->suite.lifetime_s - seconds_since(g, s->ike_since),
                                  .group = s->suite.group,
                                  .filter = ""};

    show_ikev2_tunnel_put(&t, out);
}

/* WHAT: detail */
static enum err show_sas(struct gw_call *call)
{
    show_ikev2_sas(gateway_of(call), call->what != 0, call->answer);
    return ERR_OK;
}

#define SHOW(pattern, what, help)                                                                  \
    {                                                                                              \
        GW_EXEC | GW_NEEDS(GW_CAN_IKEV1), GW_YES, "show crypto ikev2 " pattern, show_sas, what,    \
            help                                                                                   \
    }

static const struct gw_command rows[] = {
    SHOW("sa", 0, "IKEv2 SAs"),
    SHOW("sa detail", 1, "With all that is known of them"),
};

const struct gw_command_set gw_show_ikev2_commands = {rows, COUNT(rows)};
