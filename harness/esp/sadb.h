/* The SA database of one gateway: inbound SAs by SPI, and outbound SAs by policy. */
#ifndef ESP_SADB_H
#define ESP_SADB_H

#include "esp/esp.h"
#include "esp/esp_way.h"

struct sadb;

struct sadb_pair { /* what one phase-2 negotiation made */
    struct esp_sa *in, *out;
    uint32_t policy; /* the caller's number: which selectors it serves */
    uint32_t ike;    /* the caller's number: the IKE SA that made it */
    bool retired;    /* replaced: still opens, never chosen to seal */
    struct esp_way
        way; /* at first protocol 50 between the addresses of `out`; the owner's to change */
};

struct sadb *sadb_new(void);
void sadb_free(struct sadb *db); /* frees the SAs in it; NULL is fine */

/* Takes both SAs. ERR_EXISTS: the inbound SPI is in use (the SAs are then still the caller's). */
MUST_USE enum err sadb_add(struct sadb *db, struct esp_sa *in, struct esp_sa *out, uint32_t policy,
                           uint32_t ike);

/* The pair whose inbound SA has this SPI; NULL when unknown. Valid until the next add or remove. */
struct sadb_pair *sadb_by_spi(struct sadb *db, uint32_t inbound_spi);

/* The pair whose outbound SA has this SPI towards DST; NULL when unknown. */
struct sadb_pair *sadb_by_out_spi(struct sadb *db, uint32_t outbound_spi,
                                  const struct ip_addr *dst);

/* The newest pair of POLICY that is not retired: the one to seal with. NULL: none. O(1). */
struct sadb_pair *sadb_for_policy(struct sadb *db, uint32_t policy);

/* Frees both SAs of the pair. False when the SPI is unknown. */
bool sadb_remove(struct sadb *db, uint32_t inbound_spi);

size_t sadb_count(const struct sadb *db);

/* Pairs in the order they were added: I from 0; NULL past the end. */
struct sadb_pair *sadb_at(struct sadb *db, size_t i);

#endif
