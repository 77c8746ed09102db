/* A case as the run sees it: parsed, checked, with every reference resolved. Immutable. It lives in
 * one arena and dies in plan_free. Strings are UTF-8, NUL-terminated and never NULL unless said. */
#ifndef PLAN_PLAN_H
#define PLAN_PLAN_H

#include "base/bytes.h"
#include "base/clock.h"
#include "base/err.h"
#include "plan/events.h"
#include "plan/ike_words.h"
#include "plan/plan_packets.h"
#include "wire/addr.h"

#define PLAN_NAMESPACE "urn:holdfast:case:1"

enum plan_site { SITE_BO, SITE_HO };
enum plan_leg { LEG_BO_LAN, LEG_WAN, LEG_HO_LAN, LEG_MGMT, LEG_EVENTS, LEG_COUNT };
enum plan_actor { ACTOR_PEER, ACTOR_DEVICE, ACTOR_HARNESS };
enum plan_mode { MODE_PEER, MODE_PAIR };

struct plan_place { /* where something stands in the case, for messages */
    const char *file;
    int line;
};

struct plan_leg_spec {
    struct span delay;
    uint64_t rate_bps; /* 0: unlimited */
    double loss, reorder, duplicate;
    uint16_t mtu; /* 0: 1500 */
};

struct plan_nat { /* <nat>: between a gateway and the wan leg; translates UDP and passes no more */
    bool is;
    struct ip_addr address; /* the device's: what it is to the WAN; the peer's: its own behind it */
    struct span timeout;    /* a mapping that nothing went out by for so long is gone */
    bool forward;           /* UDP 500 and 4500 come in whoever began */
};

struct plan_setting { /* <set name= value=/>: a named switch, or <line>: a configuration line */
    const char *name; /* NULL: `value` is a configuration line */
    const char *value;
    struct plan_place at;
};

struct plan_device {
    enum plan_site site;
    const char *type;   /* adapter, "reference" by default */
    const char *config; /* paths of its configuration files as found, separated by blanks; NULL:
                           the adapter's default */
    const char *config_text; /* its text, NULL as above */
    const struct plan_setting *settings;
    size_t nsettings;
    struct plan_place at;
};

/* X(id, name in XML, in words) */
#define PLAN_PEER_MODES(X)                                                                         \
    X(L2L, "l2l", "a LAN-to-LAN gateway")                                                          \
    X(NEM, "nem", "a hardware client in network extension mode")                                   \
    X(CLIENT, "client", "a client in client mode, the BO host its virtual adapter")                \
    X(ANYCONNECT, "anyconnect", "an AnyConnect client, with ESP for its bytes")

enum plan_peer_mode {
#define X(id, name, words) PEER_##id,
    PLAN_PEER_MODES(X)
#undef X
};

enum plan_ike { PLAN_IKEV1, PLAN_IKEV2 };

/* Protocols that may have a pair of their own. */
#define PLAN_PROTOCOL_WORDS "any tcp udp icmp"
#define PLAN_PROTOCOLS      3

struct plan_peer {
    enum plan_peer_mode mode;
    enum plan_ike ike_version;
    const char *group, *username; /* remote access: "" without */
    const char *password;         /* of that user; no secret, for XAUTH is in the evidence */
    bool dpd;
    struct span dpd_threshold, dpd_retry;
    unsigned dpd_tries;
    bool acquire; /* brings the tunnel up when its hosts' traffic wants it */
    bool initial_contact;
    bool natt;          /* speaks NAT traversal (RFC 3947) */
    uint16_t fragments; /* IKE in fragments: bytes of an IP packet that longer messages go in; 0:
                           does not speak it */
    bool rekeys;        /* at the soft lifetime of an SA; else it waits for the other side */
    const char *ike; /* phase-1 suites, "": whatever the device offers; else "3des-cbc-sha1-modp1024
                        aes-128-cbc-sha1-modp1536 ...". IKEv2: also "aes-128-gcm-16-sha256-ecp256",
                        where the hash is the PRF's; else it is of the integrity, too */
    const char *esp; /* phase-2 suites, "3des-cbc-hmac-md5-96 aes-128-cbc-hmac-sha1-96-modp1536
                        ...": a group at the end asks for PFS. Names are those of crypto/ */
    uint32_t ike_lifetime_s, esp_lifetime_s;
    uint64_t esp_lifetime_kb;
    uint8_t protocols[PLAN_PROTOCOLS]; /* each has a pair; 0: there is one for all */
};

/* The number of one of PLAN_PROTOCOL_WORDS; 0: of any. */
uint8_t plan_protocol(unsigned word);

/* Who stands where. Family 0 never occurs in a loaded plan. */
struct plan_lab {
    enum plan_mode mode;
    enum plan_site device_site; /* peer mode: where the device is */
    struct plan_leg_spec legs[LEG_COUNT];
    struct plan_nat nat[2];                        /* by site of the gateway that is behind it */
    struct ip_addr bo_host, bo_on_link, bo_inside; /* user; its router or itself; gateway inside */
    struct ip_addr bo_outside, bo_wan_router;      /* gateway outside; next hop there */
    struct ip_addr ho_outside, ho_wan_router;
    struct ip_addr ho_inside, ho_on_link,
        ho_host;                           /* gateway inside; server's router or itself; server */
    struct ip_net bo_net, ho_net;          /* what the tunnel protects */
    struct ip_addr mgmt_device, mgmt_host; /* syslog goes from the first to the second */
    struct ip_addr mgmt_device2;           /* pair mode: the HO device's */
    struct ip_addr
        outside_host; /* peer mode, device at BO: a server beyond the WAN that is reached in clear
                       */
};

struct plan_stream {
    const char *id;
    const char *capture;       /* path as found */
    unsigned proto;            /* 6, 17, 1, or 0: any */
    unsigned flow;             /* 0: the largest, else the Nth of that protocol */
    uint64_t bytes;            /* 0: as captured */
    struct span think;         /* 0: as captured */
    struct span start;         /* after the run's start */
    int after;                 /* index of the stream whose end starts this one, -1: none */
    uint16_t bo_port, ho_port; /* 0: as captured */
    struct span keepalive;     /* 0: none */
    enum plan_far to;          /* OUTSIDE: the HO end is the lab's outside host */
    enum plan_opener opener;
    struct ip_addr bo_seen_as; /* where the other end looks for it, when a device translates it; */
    struct ip_addr ho_seen_as; /* family 0: nobody does */
    struct plan_place at;
};

enum plan_when { WHEN_TIME, WHEN_OFFSET, WHEN_AFTER, WHEN_LOG, WHEN_PACKET, WHEN_MESSAGE };

#define PLAN_FRAME_WORDS "any esp ike keepalive fragment"
#define PLAN_SPI_WORDS   "any newest older"
/* In the order of the words above. */
enum plan_frame { FRAME_ANY, FRAME_ESP, FRAME_IKE, FRAME_KEEPALIVE, FRAME_FRAGMENT };
enum plan_spi { SPI_ANY, SPI_NEWEST, SPI_OLDER }; /* by when it was first seen in its direction */

struct plan_match { /* which frames of the wan leg: everything that is said has to fit */
    enum plan_frame kind;
    enum plan_spi spi;
    unsigned exchange, payload; /* of IKE, as words; 0: any. The payload is the first one */
    bool has_message_id;
    uint32_t message_id;
    unsigned skip, first, every; /* of those: not the first SKIP; no more than FIRST; each
                                    EVERYth. 0: all */
    double share;                /* of what is left, by chance; 0: all */
};

/* phase1-rekey, phase2-rekey of IKEv2: of the four nonces of rekeyings that cross the lowest loses
 * (RFC 7296, 2.8.1); how the peer makes its own. In the order of enum ike_nonce. */
#define PLAN_NONCE_WORDS "any loses wins"
enum plan_nonce { NONCE_ANY, NONCE_LOSES, NONCE_WINS };

/* delete-notice; IKE: the IKE SA */
enum plan_spis { SPIS_OWN, SPIS_OLD, SPIS_UNKNOWN, SPIS_MANY, SPIS_FAR, SPIS_IKE };
#define PLAN_SPIS_WORDS   "own old unknown many far ike"
#define PLAN_NOTIFY_WORDS "invalid-spi invalid-cookie initial-contact no-proposal malformed qcd"

#define NOTIFY_QCD 5 /* of these words: a token of RFC 6290, made up */

/* peer-answer: errors of RFC 7296, 3.10.1; NARROWED: half of the selectors. */
enum plan_answer {
    ANSWER_TEMPORARY,
    ANSWER_NOT_FOUND,
    ANSWER_NO_PROPOSAL,
    ANSWER_NO_TS,
    ANSWER_NO_MORE,
    ANSWER_NARROWED,
};
#define PLAN_ANSWER_WORDS                                                                          \
    "temporary-failure child-sa-not-found no-proposal ts-unacceptable no-additional-sas narrowed"

enum plan_reauth { REAUTH_MAKE, REAUTH_BREAK }; /* which comes first */

struct plan_event {
    const char *id;
    enum plan_action action;
    enum plan_actor by;
    enum plan_site site; /* by device in pair mode: which one */
    enum plan_when when;
    struct span delay;   /* TIME: since the start; AFTER, LOG, OFFSET: added */
    int stream;          /* OFFSET: index; LOG: bound to this stream, or -1 */
    double percent;      /* OFFSET: share of the larger direction, or -1 */
    uint64_t offset;     /* OFFSET in bytes, when percent is -1 */
    int after;           /* AFTER: index of the earlier event */
    uint32_t log_id;     /* LOG */
    const char *command; /* device-command */
    bool refused;        /* device-command: the device is to refuse it */
    enum plan_leg leg;   /* blackhole: WAN, or one of the LANs, both directions */
    enum plan_send send;
    enum plan_sender sender;
    int about;                   /* send: index of a stream, or -1 */
    struct ip_addr to;           /* send: family 0: the host at the other end */
    uint16_t to_port, from_port; /* send */
    bool to_device, from_device; /* of the wan leg: which directions */
    struct plan_match on;        /* MESSAGE: what it waits for; `first` is the how manieth */
    bool on_to_device, on_from_device;
    enum plan_leg seen_leg;  /* PACKET */
    uint64_t packet;         /* PACKET: the how manieth of that leg */
    unsigned times;          /* how often it is done; 1 */
    struct span every;       /* between two of these */
    struct span lasts;       /* blackhole and wan- events: they end by themselves; 0: they do not */
    struct plan_match match; /* wan- events */
    struct span hold;        /* wan-delay */
    unsigned behind;         /* wan-reorder, esp-reorder: so many overtake it */
    uint64_t rate_bps;       /* wan-rate */
    uint16_t mtu;            /* wan-mtu */
    int of;                  /* wan-end: index of the event that ends, or -1 */
    unsigned count;          /* esp- and ike- events, wan-replay: how many packets; 1 */
    uint32_t numbers;        /* esp-jump: left out */
    unsigned protocol;       /* phase2-delete: of PLAN_PROTOCOL_WORDS; 0: all pairs */
    enum plan_spis spis;     /* delete-notice */
    enum plan_answer answer; /* peer-answer */
    enum plan_reauth reauth; /* reauthenticate */
    bool crosses;            /* is to cross the request of the device that it waits for */
    enum plan_nonce nonce;
    bool wrong_delete;      /* phase2-rekey: that of the pair that is to stay */
    bool wrong;             /* peer-psk */
    const char *ike, *esp;  /* peer-suites: "" as they are */
    unsigned phase;         /* forge-delete */
    bool garbled;           /* forge-delete: looks encrypted */
    unsigned notify;        /* forge-notify: as words */
    enum plan_site nat;     /* nat- events: the gateway behind it */
    struct ip_addr address; /* nat-address: the new one */
    struct ip_addr source;  /* wan-replay: instead of the one they had; family 0: that one */
    struct plan_place at;
};

/* Expectations: X(id, name in XML) */
#define PLAN_RULES(X)                                                                              \
    X(LOG, "log")                                                                                  \
    X(NO_LOG, "no-log")                                                                            \
    X(STREAM, "stream")                                                                            \
    X(NO_CLEARTEXT, "no-cleartext")                                                                \
    X(TUNNEL, "tunnel")                                                                            \
    X(RESET, "reset")                                                                              \
    X(ANSWER, "answer")                                                                            \
    X(PACKET, "packet")                                                                            \
    X(IKE, "ike")

enum plan_rule {
#define X(id, name) RULE_##id,
    PLAN_RULES(X)
#undef X
        RULE_COUNT
};

enum plan_stream_is { IS_CONTINUOUS, IS_TORN, IS_STALLED, IS_IDLE };
enum plan_tunnel_is {
    TUNNEL_KEPT,
    TUNNEL_REPLACED,
    TUNNEL_DELETED,
    TUNNEL_UP,
    TUNNEL_DOWN,
    TUNNEL_SETTLED,
};
enum plan_made_by { MADE_BY_ANY, MADE_BY_PEER, MADE_BY_DEVICE };
enum plan_reset_by { RESET_BY_ANY, RESET_BY_DEVICE, RESET_BY_HOST, RESET_BY_PEER };

struct plan_window {    /* [since, until), also bounded by since + within */
    int since;          /* event index, -1: start of the run */
    int until;          /* event index, -1: end of the run */
    struct span within; /* 0: not bounded */
};

struct plan_expect {
    enum plan_rule rule;
    struct plan_window window; /* ANSWER: `since` is the command's event */
    int stream;                /* index, -1: any */
    int min, max;              /* LOG, RESET, ANSWER, PACKET: how many; max -1: no bound */
    uint32_t log_id;           /* LOG, NO_LOG */
    const char *reason;        /* LOG, NO_LOG: reason class ("tunnel", "idle", ...), NULL: any */
    const char *text; /* LOG, NO_LOG: words the message holds, NULL: any; ANSWER: a line does */
    bool accounts;    /* LOG: its number, duration and bytes are what was seen */
    enum plan_stream_is stream_is;
    struct span resumes_within; /* STREAM: after `since`; 0: not asked */
    struct span max_stall;      /* STREAM: 0: not asked */
    bool completes;             /* STREAM: to its last byte, digests equal */
    enum plan_tunnel_is tunnel_is;
    unsigned phase;            /* TUNNEL: 1, 2 */
    enum plan_made_by made_by; /* TUNNEL, settled: whose pair it is that stays */
    enum plan_reset_by reset_by;
    enum plan_site site; /* pair mode: which device's log */
    bool any_site;
    enum plan_leg leg;       /* PACKET: came from the device here */
    enum plan_packet packet; /* PACKET */
    int sent;                /* PACKET: that of this <send>, -1: any */
    uint16_t mss;            /* PACKET: that each SYN offers at most; 0: not asked */
    enum plan_isn isn;       /* PACKET: of each SYN */
    unsigned exchange;       /* IKE, as words; 0: any */
    unsigned notify;         /* IKE, the same: in clear */
    enum plan_ike_from from; /* IKE */
    enum plan_ike_is ike_is; /* IKE */
    struct plan_place at;
};

struct plan_var {
    const char *name, *value;
};

struct plan {
    const char *id, *title, *about, *file;
    int line;
    const char *const *tags;
    size_t ntags;
    const char *const *proves; /* statements of the note it proves */
    size_t nproves;
    const struct plan_var *vars; /* as they came out: case, then -D */
    size_t nvars;
    struct span timeout; /* of run time */
    struct span settle;  /* goes on this long after the last event and the last stream
                            ended or stood still; default 5 s */
    bool headers_only;   /* evidence="headers" */
    bool has_second;     /* the file has the same case with IKEv2, too: see plan_options */
    bool slow;           /* tag "slow": listed last, skipped by --fast */
    struct plan_lab lab;
    struct plan_device devices[2];
    size_t ndevices;
    struct plan_peer peer;
    const struct plan_stream *streams;
    size_t nstreams;
    const struct plan_event *events;
    size_t nevents;
    const struct plan_expect *expects; /* no-cleartext is always among them */
    size_t nexpects;
    struct bytes resolved; /* the whole case as one XML document: includes expanded,
                              variables filled in, places kept; goes into the evidence */
};

struct plan_problem {
    struct diag diag;
    struct plan_problem *next;
};

struct plan_options {
    const struct plan_var *defines; /* -D name=value: the strongest */
    size_t ndefines;
    const char *root; /* includes, captures and configurations must lie below it; NULL: the nearest
                         directory above the case's own that holds captures/, else the one above */
    bool second;      /* of a case of both versions of IKE (<case ike="both">) that of IKEv2 */
};

/* Reads and checks PATH. Every problem is listed (file:line, what is wrong, the nearest right
 * word); *PROBLEMS is freed by plan_problems_free. Gives *OUT on ERR_OK. */
MUST_USE enum err plan_load(const char *path, const struct plan_options *opts, struct plan **out,
                            struct plan_problem **problems);

/* The same from the resolved XML of an evidence file; touches no other file. */
MUST_USE enum err plan_from_resolved(struct bytes xml, struct plan **out,
                                     struct plan_problem **problems);

void plan_free(struct plan *p); /* NULL is fine */
void plan_problems_free(struct plan_problem *p);

/* Case files under PATH (a file, or a directory searched for *.xml with a <case> root, in name
 * order; parts/ and testbeds/ are left out). Names are freed by plan_paths_free. */
MUST_USE enum err plan_find(const char *path, char ***paths, size_t *n, struct diag *why);
void plan_paths_free(char **paths, size_t n);

const char *plan_action_name(enum plan_action a);
const char *plan_rule_name(enum plan_rule r);
const char *plan_leg_name(enum plan_leg l);   /* "bo-lan", "wan", ... */
const char *plan_site_name(enum plan_site s); /* "bo", "ho" */
const char *plan_send_name(enum plan_send s);
const char *plan_send_what(enum plan_send s);      /* in words */
bool plan_send_has_stream(enum plan_send s);       /* it is about one */
const char *plan_packet_words(enum plan_packet p); /* "a SYN" */

/* What an <ike> expectation counts, in words, to OUT. Returns OUT. */
#define PLAN_IKE_CHARS 128
const char *plan_ike_messages(const struct plan_expect *x, char out[static PLAN_IKE_CHARS]);

/* The plan in words, for `holdfast explain`, to OUT. */
struct buf;
void plan_explain(const struct plan *p, struct buf *out);

#endif
