/* What the files of the configuration share. Not for others: use gateway/config.h. */
#ifndef GATEWAY_CONFIG_PARTS_H
#define GATEWAY_CONFIG_PARTS_H

#include "gateway/config.h"

/* The bounds of IPsec SA lifetimes. Cisco's tech note 113014 prints 214783647 s as the highest
 * value; a digit of 2^31 - 1 seems to have been lost there, so the larger one is accepted. */
#define GW_SA_LIFETIME_MIN_S         120
#define GW_SA_LIFETIME_NOTE_MAX_S    214783647
#define GW_SA_LIFETIME_MAX_S         2147483647
#define GW_SA_LIFETIME_MIN_KB        10
#define GW_SA_LIFETIME_MAX_KB        2147483647
#define GW_SA_LIFETIME_DEFAULT_S     28800
#define GW_SA_LIFETIME_DEFAULT_KB    4608000
#define GW_ISAKMP_LIFETIME_DEFAULT_S 86400

/* One more element of SIZE bytes, zeroed, at the end of *LIST. */
void *gw_list_add(void **list, size_t *n, size_t size);

/* Makes room at AT (0..*N) and returns the zeroed element there. */
void *gw_list_insert(void **list, size_t *n, size_t size, size_t at);

/* Takes element AT out, wiping it. */
void gw_list_remove(void *list, size_t *n, size_t size, size_t at);

/* Copies a name of at most GW_NAME - 1 characters; false (and OUT unchanged) when it is longer. */
bool gw_name_set(char out[static GW_NAME], const char *name);

/* Lookups for writing; NULL when there is none. */
struct gw_interface *gw_config_find_interface(struct gw_config *c, const char *nameif);
struct gw_interface *gw_config_find_hardware(struct gw_config *c, const char *hardware);
struct gw_acl *gw_config_find_acl(struct gw_config *c, const char *name);
struct gw_isakmp_policy *gw_config_find_policy(struct gw_config *c, unsigned priority);
struct gw_transform_set *gw_config_find_transform(struct gw_config *c, const char *name);
struct gw_map_entry *gw_config_find_map(struct gw_config *c, const char *map, unsigned seq);
struct gw_tunnel_group *gw_config_find_group(struct gw_config *c, const char *name);
struct gw_map_entry *gw_config_find_dynamic(struct gw_config *c, const char *map, unsigned seq);
struct gw_group_policy *gw_config_find_policy_named(struct gw_config *c, const char *name);

/* Found, or made with the device's defaults in its place of the order. */
struct gw_acl *gw_config_make_acl(struct gw_config *c, const char *name);
struct gw_isakmp_policy *gw_config_make_policy(struct gw_config *c, unsigned priority);
struct gw_map_entry *gw_config_make_map(struct gw_config *c, const char *map, unsigned seq);
struct gw_map_entry *gw_config_make_dynamic(struct gw_config *c, const char *map, unsigned seq);
struct gw_group_policy *gw_config_make_group_policy(struct gw_config *c, const char *name);

/* What refers to interface FROM refers to TO; TO "": it goes, as `no nameif` has it. */
void gw_config_rename_interface(struct gw_config *c, const char *from, const char *to);

/* Removes the access-groups of a list that is going. */
void gw_config_unbind_acl(struct gw_config *c, const char *acl);

/* Lists are searched from end to end: these bounds keep a hostile file from taking hours. Entries
 * of access lists are not bounded. NULL, or the name of a list that is too long. */
#define GW_INTERFACES_MAX 1024
#define GW_LIST_MAX       4096
const char *gw_config_crowded(const struct gw_config *c);

/* Keeps a line in `notes`, up to GW_NOTES_MAX of them. REMARK NULL: not modelled. */
#define GW_NOTES_MAX 4096
void gw_config_note(struct gw_config *c, int line, const char *text, const char *remark);

/* What an "ASA Version" line says. */
void gw_config_set_version(struct gw_config *c, enum gw_platform p, const char *version);

/* Parts of gw_config_write. */
void gw_config_write_sysopt(const struct gw_sysopt *s, struct buf *out);
void gw_config_write_logging(const struct gw_config *c, struct buf *out);
/* Every line of it, as `show running-config all` has them. */
void gw_config_write_sysopt_all(const struct gw_config *c, struct buf *out);
void gw_config_write_crypto(const struct gw_config *c, bool keys, bool all, struct buf *out);
void gw_config_write_remote(const struct gw_config *c, bool keys, bool all, struct buf *out);
void gw_config_write_dynamic(const struct gw_config *c, struct buf *out);
void gw_config_write_general(const struct gw_tunnel_group *g, struct buf *out);

/* True for a key that was printed as "*" or "*****". */
bool gw_key_is_masked(const char *key);

#endif
