/* What the show commands about the VPN print, from plain values: no gateway is needed, so that the
 * forms can be compared with real output. Every function adds to OUT. Forms are those of real
 * devices where one is known (networktocode/ntc-templates), else of Cisco's command reference; each
 * says which. Strings are borrowed and never NULL unless said. */
#ifndef GATEWAY_SHOW_VPN_H
#define GATEWAY_SHOW_VPN_H

#include "base/buf.h"
#include "gateway/config_ipsec.h"
#include "gateway/platform.h"

/* --- show asp table vpn-context -----------------------------------------------------------------
 */

struct show_context {
    uint32_t handle, pointer, sa, spi;
    const char *peer;
    bool inbound; /* DECR, else ENCR */
    bool natt, preserve;
    bool dip; /* state UP+DIP: the peer's address was given to it */
    unsigned group;
    uint64_t packets, bad_packets, bad_spi, spoofs, bad_crypto;
    uint32_t rekey_packets, rekey_calls;
    const char *filter; /* NULL: none */
};

void show_context_put(const struct show_context *c, struct buf *out);        /* the note */
void show_context_put_detail(const struct show_context *c, struct buf *out); /* real, 8.x */

/* --- show crypto isakmp sa ----------------------------------------------------------------------
 */

struct show_ike {
    size_t number;
    const char *peer, *type; /* "L2L", "user" */
    bool initiator, rekeying;
    const char *state; /* "MM_ACTIVE" */
    const char *cipher, *hash, *auth;
    uint32_t lifetime_s; /* 0: without end */
    int64_t left_s;
};

/* "   Active SA: 1 ...": ACTIVE and REKEYING SAs. */
void show_ike_put_count(size_t active, size_t rekeying, struct buf *out);
void show_ike_put(const struct show_ike *s, bool detail, struct buf *out);
/* One line under a heading of its own, as releases before 8.0 print details. */
void show_ike_put_columns(const struct show_ike *s, struct buf *out);

/* --- show crypto ipsec sa -----------------------------------------------------------------------
 */

struct show_sa {
    uint32_t spi;
    const char *transform; /* "esp-aes-256 esp-md5-hmac" */
    bool rekeyed, natt;
    uint32_t conn_id;
    const char *map;
    uint64_t left_kb, left_s;
    size_t iv;
    bool replay_check;
    uint32_t bitmap[2];
    unsigned ike; /* version: 1, 2 */
};

struct show_tunnel {
    const char *map;
    unsigned seq;
    const char *local, *peer; /* addresses or names */
    const char *access_list;  /* the whole entry */
    const char *local_ident, *remote_ident;
    uint64_t out, in; /* packets */
    uint64_t send_errors, receive_errors;
    uint64_t pre_fragmented, fragments;
    uint16_t local_port, peer_port; /* of IKE: 500, 4500 */
    unsigned path_mtu, overhead, overhead_esp, media_mtu;
    uint32_t out_spi, in_spi;
    enum gw_df_bit df; /* DF policy */
};

/* P decides between the lines of 8.x and of 9.x. */
void show_tunnel_put(const struct gw_profile *p, const struct show_tunnel *t, struct buf *out);
void show_sa_put(const struct gw_profile *p, const struct show_sa *s, struct buf *out);

/* --- show vpn-sessiondb -------------------------------------------------------------------------
 */

struct show_session {
    const char *connection;
    uint32_t index;
    const char *peer;
    const char *ike, *ipsec;           /* "IKEv1", "IPsec": names of its protocols */
    unsigned ikes, tunnels;            /* counts of them */
    const char *ike_cipher, *ike_hash; /* "3DES", "SHA1" */
    const char *esp_cipher, *esp_hash; /* "" without a tunnel */
    uint64_t sent, received;           /* bytes */
    int64_t login_unix_s;
    const char *zone; /* "UTC" */
    int64_t seconds;  /* it has lasted */
};

struct show_ike_tunnel { /* the "IKEv1:" block of a session */
    uint32_t index, id;
    uint16_t local_port, peer_port;
    const char *mode; /* "Main" */
    const char *auth; /* "preSharedKeys" */
    const char *cipher, *hash;
    uint32_t lifetime_s;
    int64_t left_s;
    unsigned group;
    const char *filter; /* "" */
};

struct show_esp_tunnel { /* an "IPsec:" block */
    uint32_t index, id;
    const char *local, *remote; /* "10.0.0.0/255.0.0.0/0/0" */
    const char *cipher, *hash;
    unsigned pfs_group; /* 0: none */
    uint32_t lifetime_s;
    int64_t left_s;
    uint64_t lifetime_kb, left_kb;
    unsigned idle_min, idle_left_min;
    uint64_t sent, received, packets_sent, packets_received;
    bool last; /* of its session */
};

void show_session_put(const struct gw_profile *p, const struct show_session *s, struct buf *out);
/* What follows it in `detail`. */
void show_session_put_counts(const struct show_session *s, struct buf *out);
void show_ike_tunnel_put(const struct gw_profile *p, const struct show_ike_tunnel *t,
                         struct buf *out);
void show_esp_tunnel_put(const struct gw_profile *p, const struct show_esp_tunnel *t,
                         struct buf *out);
void show_session_put_nac(int64_t seconds, struct buf *out); /* 8.x: its network admission */

/* A user's session, under "Session Type: AnyConnect" or that of IPsec. Form: the command reference
 * of 8.4; 8.2 has the two suites on lines of their own, too. */
struct show_user {
    const char *name;
    uint32_t index;
    const char *assigned, *public; /* addresses; "" for a client that has its own network */
    const char *protocols;         /* "AnyConnect-Parent SSL-Tunnel" */
    const char *license;           /* "AnyConnect Premium", "Other VPN" */
    const char *ciphers, *hashes;  /* "IKEv1: (1)AES128  IPsec: (1)AES128" */
    uint64_t sent, received;
    const char *policy, *group; /* group policy and tunnel group */
    int64_t login_unix_s;
    const char *zone;
    int64_t seconds, idle_s;
};

void show_user_put(const struct show_user *u, struct buf *out);

/* "2d 16h:38m:29s"; "15:25:13 EST Fri Jan 28 2011" */
void show_put_span(int64_t seconds, struct buf *out);
void show_put_login(int64_t unix_s, const char *zone, struct buf *out);

struct show_tally {
    const char *name; /* "IKEv1 IPsec" */
    uint64_t active, cumulative, peak;
    bool part;    /* of the kind above it */
    bool resumes; /* the column of inactive sessions has a number, which is always 0 here */
};

/* `show vpn-sessiondb`: sessions by their kinds, and their tunnels. */
void show_summary_put(const struct show_tally *sessions, size_t nsessions,
                      const struct show_tally *tunnels, size_t ntunnels, unsigned capacity,
                      struct buf *out);

#endif
