/* Names for protocols, ports and ICMP types in access lists, as the device knows them. */
#ifndef GATEWAY_COMMAND_PORTS_H
#define GATEWAY_COMMAND_PORTS_H

#include <stdbool.h>
#include <stdint.h>

/* A name, or a number that fits. PROTO of ports: 6 or 17 ("echo" is in both, "www" is not). */
bool gw_proto_named(const char *word, uint8_t *proto); /* "ip" is 0 */
bool gw_port_named(const char *word, uint8_t proto, uint16_t *port);
bool gw_icmp_named(const char *word, int *type);
bool gw_icmp6_named(const char *word, int *type);

#endif
