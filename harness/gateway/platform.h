/* Platforms and software releases: what each can do and how its words differ. One table
 * (platform.c); everything that depends on a release reads the profile of the configuration
 * (gw_config.profile) and no version string.
 *
 * How sure the rows are. Certain: persistent IPsec tunneled flows came with 8.0(4) and are not in
 * PIX 6, the VPN 3000 concentrator and IOS (Cisco's tech note 113014); "crypto ikev1" came with
 * 8.4, "crypto isakmp" with 7.2; "NP Identity Ifc" of 8.x is "identity" in 9.x; the teardown
 * initiator ("TCP FINs from inside") is in samples from 2020 on and in none from 2018, so it is
 * given to 9.14 here; the conn listings of 8.0 and of 9.16 are real ones, that of 8.2 to 8.6 is the
 * command reference's. Likely: hashes in 106023 from 8.0 on, the usage text of PIX 6. Not sure:
 * what a VPN 3000 concentrator answers: its console is a menu, and nothing that is no number of it
 * is taken; the sentence here is ours.
 *
 * What is not modelled: the configuration languages of PIX 6, IOS and the concentrator. On every
 * platform the gateway takes the ASA's commands but for those that its release has not, so that one
 * configuration serves all. IOS and the concentrator log nothing (their messages are others), and
 * flows through their tunnels are torn as on an ASA without the feature: IOS stands for a router
 * with a stateful firewall. */
#ifndef GATEWAY_PLATFORM_H
#define GATEWAY_PLATFORM_H

#include "base/buf.h"

#include <stdbool.h>
#include <stddef.h>

/* X(id, word of `platform`, first word of its configuration) */
#define GW_PLATFORMS(X)                                                                            \
    X(ASA, "asa", "ASA Version")                                                                   \
    X(PIX, "pix", "PIX Version")                                                                   \
    X(VPN3000, "vpn3000", "VPN3000 Version")                                                       \
    X(IOS, "ios", "version")

enum gw_platform {
#define X(id, word, first) GW_PLATFORM_##id,
    GW_PLATFORMS(X)
#undef X
        GW_PLATFORM_COUNT
};

/* What commands need and releases can do; bits. */
enum gw_feature {
    GW_CAN_SYSOPT = 1,        /* the command sysopt at all */
    GW_CAN_RECLASSIFY = 2,    /* sysopt connection reclassify-vpn */
    GW_CAN_PRESERVE = 4,      /* sysopt connection preserve-vpn-flows */
    GW_CAN_CRYPTO_ISAKMP = 8, /* "crypto isakmp" for "isakmp" */
    GW_CAN_IKEV1 = 16,        /* "crypto ikev1" for "crypto isakmp", and IKEv2 beside it */
    GW_CAN_ALL = 31
};

enum gw_refusal { /* the words for what is not taken */
                  GW_REFUSAL_ASA,
                  GW_REFUSAL_PIX6,
                  GW_REFUSAL_VPN3000,
                  GW_REFUSAL_IOS
};

enum gw_conn_form { GW_CONN_8_0, GW_CONN_8_2, GW_CONN_9 };

struct gw_version {
    unsigned major, minor, maintenance;
};

struct gw_profile {
    enum gw_platform platform;
    struct gw_version from; /* holds up to the next row of the platform */
    unsigned can;           /* bits of enum gw_feature */
    enum gw_refusal refusal;
    const char *tag;      /* of its log: "ASA" for %ASA-6-302014; NULL: it has other messages */
    const char *identity; /* the device itself, where an interface is named */
    enum gw_conn_form conn_form;
    bool acl_hashes;     /* 106023 ends in [0x0, 0x0] */
    bool from_initiator; /* 302014 says from which side the end came */
    bool session_lists;  /* vpn-sessiondb: "IKEv1: (1)3DES  IPsec: (1)3DES", hashes on a line */
    bool sa_state;       /* crypto ipsec sa: SA State, bitmap, the longer counters */
};

/* "8.2(1)", "8.2.1", "9.16(4)170", "12.4(24)T"; what does not begin with a number is 0.0(0). */
struct gw_version gw_version_parse(const char *text);

/* True when A comes before B. */
bool gw_version_before(struct gw_version a, struct gw_version b);

/* TEXT as the platform prints it: "8.2.1" is "8.2(1)", and stays "8.2" without a third number. */
#define GW_VERSION_TEXT 64
void gw_version_format(const char *text, char out[static GW_VERSION_TEXT]);

/* The row that holds for this version; older ones than the table's get its oldest. */
const struct gw_profile *gw_profile_find(enum gw_platform p, struct gw_version v);

const char *gw_platform_word(enum gw_platform p);
const char *gw_platform_first(enum gw_platform p);
bool gw_platform_find(const char *word, enum gw_platform *out); /* false: there is none */
const char *gw_platform_default_version(enum gw_platform p); /* where only the platform is said */

/* What the device prints when it does not take the word in COLUMN of the screen. LINE is the whole
 * command: some have a usage text for it. */
void gw_refusal_put(const struct gw_profile *p, const char *line, size_t column, struct buf *out);

#endif
