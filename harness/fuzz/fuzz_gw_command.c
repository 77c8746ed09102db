/* Any lines typed at a console that already has a configuration, each also asked for help. */
#include "gateway/show.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char base[] = "interface Ethernet0/0\n nameif outside\n ip address 192.0.2.1 "
                           "255.255.255.0\naccess-list a permit ip any any\ncrypto ipsec "
                           "transform-set s esp-3des esp-md5-hmac\ntunnel-group 192.0.2.2 type "
                           "ipsec-l2l\n";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct gw_command_set *sets[32];
    size_t nsets = 0;
    struct gw_config *c = gw_config_new();
    struct gw_show_env env = {.cfg = c};
    struct buf answer = BUF_INIT;
    struct gw_place place = {.mode = GW_EXEC};
    struct gw_call call = {.cfg = c, .owner = &env, .place = &place, .answer = &answer};
    char line[1200];
    size_t n = 0;

    for (; nsets < gw_config_command_sets; nsets++)
        sets[nsets] = gw_config_commands[nsets];
    sets[nsets++] = &gw_show_commands;
    if (gw_config_load(c, "base", bytes_str(base), NULL, NULL))
        return 0;
    place.mode = GW_CONFIG;
    for (size_t i = 0; i <= size; i++) {
        if (i < size && data[i] != '\n' && n + 1 < sizeof(line)) {
            line[n++] = data[i] ? (char)data[i] : ' ';
            continue;
        }
        line[n] = '\0';
        n = 0;
        buf_clear(&answer);
        gw_command_help(sets, nsets, &call, line, &answer);
        if (gw_command_line(sets, nsets, line, &call) == ERR_OK)
            gw_config_write(c, true, &answer);
    }
    buf_release(&answer);
    gw_config_free(c);
    return 0;
}
