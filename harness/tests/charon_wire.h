/* The wire of a charon_lab: our UDP sockets, ESP in UDP with the keys of the newest pair, and a tun
 * device through which real programs use the tunnel. */
#ifndef TESTS_CHARON_WIRE_H
#define TESTS_CHARON_WIRE_H

#include "tests/charon_lab.h"

int charon_wire_socket(const struct ip_addr *at, uint16_t port);
void charon_wire_send(struct charon_lab *l, const struct endpoint *from, const struct endpoint *to,
                      struct bytes b);

/* The IKE message of a datagram to or from TO's port. */
struct bytes charon_wire_message(const struct endpoint *to, struct bytes datagram);

/* UP, a CHILD_UP, is the pair that ESP goes through from now on. */
void charon_lab_use(struct charon_lab *l, const struct ike_out *up);

/* Sends charon an IKE message, or ESP, from port 4500. */
void charon_lab_send_ike(struct charon_lab *l, struct bytes message);
void charon_lab_send_esp(struct charon_lab *l, struct bytes packet);

/* Seals an echo request with SA. */
void charon_lab_seal_ping(struct charon_lab *l, struct esp_sa *sa, struct wr *out);

/* Takes all that has come: IKE to our endpoint, ESP out of its pair, packets of real programs into
 * it. */
void charon_wire_read(struct charon_lab *l);

/* Makes the SAs of l->pair, which has just come up. */
void charon_wire_keys(struct charon_lab *l);
void charon_wire_release(struct charon_lab *l);

/* A tun device with 10.1.0.1 and fd01::1, which leads to 10.2.0.0/16 and fd02::/16: what our
 * machine sends there goes through the newest pair. Goes with charon_lab_release. */
void charon_tun_open(struct charon_lab *l);

/* Has curl fetch a file of SIZE random bytes from http://HOST/, where python3's http.server runs in
 * charon's namespace, while our end works; checks that they are the same. MIDWAY (or NULL) is
 * called once when half of it has come. */
void charon_lab_download(struct charon_lab *l, const char *host, size_t size,
                         void (*midway)(struct charon_lab *l));

#endif
