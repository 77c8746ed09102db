#include "tests/charon_v2.h"

#include <stdio.h>

static const char conf[] =
    "connections { gw {\n"
    "  version = 2\n  proposals = %s\n  fragmentation = yes\n  mobike = %s\n"
    "  local_addrs = 192.0.2.2\n  remote_addrs = 192.0.2.1\n  dpd_delay = %s\n  rekey_time = 0\n"
    "  local { auth = psk\n id = %s }\n  remote { auth = psk }\n"
    "  children { net {\n"
    "    local_ts = %s\n    remote_ts = 10.1.0.0/16\n    esp_proposals = %s\n"
    "    rekey_time = 0\n"
    "  } }\n"
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
    char text[sizeof(conf) + 4096];

    l->row.version = 2;
    l->row.suite = v->proposals;
    l->row.esp = v->esp_proposals;
    snprintf(text, sizeof(text), conf, v->proposals, or (v->mobike, "no"), or (v->dpd_delay, "0s"),
             or (v->id, "192.0.2.2"), or (v->local_ts, "10.2.0.0/16"), v->esp_proposals);
    charon_lab_start(l, text);
}
