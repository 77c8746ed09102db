/* Any lines typed at the console of a whole gateway, of any release, each also asked for help. The
 * first byte chooses the release. */
#include "base/rng.h"
#include "gateway/gateway.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char base[] =
    "interface Ethernet0/0\n nameif outside\n security-level 0\n ip address 192.0.2.1 "
    "255.255.255.0\ninterface Ethernet0/1\n nameif inside\n security-level 100\n ip address "
    "10.1.1.1 255.255.255.0\naccess-list a permit ip any any\ncrypto ipsec transform-set s "
    "esp-3des esp-md5-hmac\ncrypto map m 1 match address a\ncrypto map m 1 set peer 192.0.2.2\n"
    "crypto map m 1 set transform-set s\ncrypto map m interface outside\ncrypto isakmp enable "
    "outside\ncrypto isakmp policy 1\ntunnel-group 192.0.2.2 type ipsec-l2l\ntunnel-group "
    "192.0.2.2 ipsec-attributes\n pre-shared-key k\nlogging enable\nlogging buffered 7\n";

static const struct {
    const char *platform, *version;
} releases[] = {{"asa", "8.2.1"}, {"asa", "8.0.3"},  {"asa", "7.0"},
                {"asa", "8.4.2"}, {"asa", "9.2.4"},  {"asa", "9.16.4"},
                {"pix", "6.3.5"}, {"vpn3000", NULL}, {"ios", NULL}};

static void type(struct gateway *g, struct clock_virtual *clk, char *line, size_t n)
{
    struct buf out = BUF_INIT;

    line[n] = '?';
    line[n + 1] = '\0';
    gateway_command(g, line, &out);
    line[n] = '\0';
    gateway_command(g, line, &out);
    gateway_prompt(g, &out);
    buf_release(&out);
    clock_sleep_until(&clk->clock, mono_add(clk->at, SPAN_S(1)));
    gateway_tick(g);
}

static void type_all(struct gateway *g, struct clock_virtual *clk, const uint8_t *data, size_t size)
{
    char line[1200];
    size_t n = 0;

    for (size_t i = 0; i <= size; i++) {
        if (i < size && data[i] != '\n' && n + 2 < sizeof(line)) {
            line[n++] = data[i] ? (char)data[i] : ' ';
            continue;
        }
        type(g, clk, line, n);
        n = 0;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct gw_config *c = gw_config_new();
    struct clock_virtual clk;
    struct rng_seeded rng;
    struct gateway_env env = {.clk = &clk.clock, .rng = &rng.rng};
    struct gateway *g = NULL;
    struct diag why = {0};
    size_t release = size ? data[0] % (sizeof(releases) / sizeof(releases[0])) : 0;

    clock_virtual_init(&clk);
    rng_seeded_init(&rng, 1, "fuzz");
    if (gw_config_use(c, releases[release].platform, releases[release].version, &why) ||
        gw_config_load(c, "base", bytes_str(base), NULL, &why) || gateway_new(c, &env, &g, &why))
        bug("the configuration of the fuzz target does not load");
    type_all(g, &clk, size ? data + 1 : data, size ? size - 1 : 0);
    gateway_free(g);
    return 0;
}
