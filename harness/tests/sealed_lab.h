/* Messages that we seal with keys of our own, for tests of ike/ike2_crypt.h. */
#ifndef TESTS_SEALED_LAB_H
#define TESTS_SEALED_LAB_H

#include "ike/ike2_crypt.h"

enum { SEALED_ROOM = 8192, SEALED_MOST = 100, SEALED_ALGORITHMS = 8 };

struct sealed_algorithms {
    enum cipher_alg cipher;
    enum integ_alg integ;
};

extern const struct sealed_algorithms sealed_algorithms[SEALED_ALGORITHMS]; /* one of each kind */

struct sealed_lab {
    struct rng_seeded rng;
    struct ike2_crypt *c;
    struct ike2_reassembly *r;
    uint8_t clear_mem[SEALED_ROOM], out[SEALED_ROOM], sealed_mem[4 * SEALED_ROOM];
    struct bytes clear;                   /* the message */
    struct bytes sealed[SEALED_MOST + 1]; /* its fragments, from 1 */
    struct bytes opened;
};

struct sealed_lab *sealed_lab_new(const struct sealed_algorithms *a);
void sealed_lab_free(struct sealed_lab *l);

/* Makes the message: one payload of N bytes; none for N = SIZE_MAX. */
void sealed_message(struct sealed_lab *l, uint32_t message_id, size_t n);

/* Seals it in pieces of at most LIMIT bytes; gives how many. */
uint16_t sealed_fragments(struct sealed_lab *l, size_t limit);

/* ike2_reassembly_add to L->r and L->opened. */
enum err sealed_add(struct sealed_lab *l, struct bytes fragment);

#endif
