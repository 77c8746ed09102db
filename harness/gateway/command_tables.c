/* All configuration commands. */
#include "gateway/command_parts.h"

const struct gw_command_set *const gw_config_commands[] = {
    &gw_basic_commands,     &gw_interface_commands, &gw_acl_commands,
    &gw_route_commands,     &gw_timeout_commands,   &gw_sysopt_commands,
    &gw_ipsec_commands,     &gw_map_commands,       &gw_isakmp_commands,
    &gw_group_commands,     &gw_logging_commands,   &gw_logging_filter_commands,
    &gw_policy_commands,    &gw_nat_commands,       &gw_object_commands,
    &gw_net_group_commands, &gw_access_commands,    &gw_ipv6_commands,
    &gw_accepted_commands,  &gw_remote_commands,    &gw_clear_config_commands,
    &gw_ikev2_commands,
};

const size_t gw_config_command_sets = COUNT(gw_config_commands);
