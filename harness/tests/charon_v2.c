#include "tests/charon_v2.h"
#include "wire/addr.h"

#include <stdio.h>

static const char conf[] =
    "connections { gw {\n"
    "  version = 2\n  proposals = %s\n  fragmentation = yes\n  mobike = %s\n"
    "  local_addrs = %s\n  remote_addrs = %s\n  dpd_delay = %s\n  rekey_time = 0\n"
    "  local { auth = psk\n id = %s }\n  remote { auth = psk }\n"
    "  children { net {\n"
    "    local_ts = %s\n    remote_ts = %s\n    esp_proposals = %s\n"
    "    rekey_time = 0\n    %s"
    "  }\n }\n  %s"
    "} }\n"
    "secrets { ike { secret = \"" CHARON_SECRET "\" } }\n";

static const char * or (const char *s, const char *otherwise)
{
    return s ? s : otherwise;
}

void charon_v2_init(struct charon_lab *l, const struct ike_suite *suite,
                    const struct ike_esp_suite *esp)
{
    charon_lab_init_ours(l, suite, esp, CHARON_SECRET);
    l->peer.ike_version = 2;
    l->peer.fragment_mtu = 1280;
}

void charon_v2_start(struct charon_lab *l, const struct charon_v2 *v)
{
    char text[sizeof(conf) + 4096], us[IP_ADDR_TEXT], them[IP_ADDR_TEXT];

    l->row.version = 2;
    l->row.suite = v->proposals;
    l->row.esp = v->esp_proposals;
    ip_addr_format(&l->us, us);
    ip_addr_format(&l->them, them);
    snprintf(text, sizeof(text), conf, v->proposals, or (v->mobike, "no"), them, us,
             or (v->dpd_delay, "0s"), or (v->id, them), or (v->local_ts, "10.2.0.0/16"),
             or (v->remote_ts, "10.1.0.0/16"), v->esp_proposals, or (v->child, ""),
             or (v->more, ""));
    charon_lab_start(l, text);
}
