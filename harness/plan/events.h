/* Every stimulus a case can have: one table, from which the schema, `holdfast list --events`, the
 * plan in words, the run and its proofs expand. The manual page holdfast-case(5) says the same; a
 * test compares them. Included by plan/plan.h.
 *
 * X(id, name in XML, who may cause it, attributes, proof, what it does, what shows that it bit)
 *   who         p the peer, d the device, h the harness; the first one unless by="" says otherwise
 *   attributes  which of the lists in schema_tables.c: NAME_attrs
 *   proof       the function of replay/confirm.c that knows the proof when it sees it */
#ifndef PLAN_EVENTS_H
#define PLAN_EVENTS_H

/* The tunnel, by who speaks IKE. */
#define PLAN_EVENTS_TUNNEL(X)                                                                      \
    X(ESTABLISH, "establish", "p", by, pair_came_up, "brings the tunnel up",                       \
      "an IPsec SA pair came up at the peer")                                                      \
    X(PHASE1_DELETE, "phase1-delete", "pd", delete, delete_seen,                                   \
      "deletes the IKE SA and tells the other side",                                               \
      "the IKE SA's Delete went out, or came from the device; pair mode: an encrypted "            \
      "informational message of the device on the wan leg, or 113019 or 713259 in its log")        \
    X(PHASE2_DELETE, "phase2-delete", "pd", delete2, delete_seen,                                  \
      "deletes the IPsec SAs and tells the other side",                                            \
      "an IPsec SA's Delete went out, or came from the device; pair mode: an encrypted "           \
      "informational message of the device on the wan leg, or 602304 in its log")                  \
    X(PHASE1_REKEY, "phase1-rekey", "p", rekey1, ike_sa_replaced, "replaces the IKE SA",           \
      "a new IKE SA took over")                                                                    \
    X(PHASE2_REKEY, "phase2-rekey", "p", rekey2, new_spi_used, "replaces the IPsec SAs",           \
      "a packet with the new SPI on the wan leg")                                                  \
    X(PEER_CRASH, "peer-crash", "p", by, sa_missed, "forgets every SA and tells nobody",           \
      "something came for an SA that was forgotten, or the device begins anew")

/* The device's console. */
#define PLAN_EVENTS_DEVICE(X)                                                                      \
    X(DEVICE_COMMAND, "device-command", "d", command, command_taken,                               \
      "types a command at the device's console",                                                   \
      "the device's answer holds no error; with refused=\"yes\": it holds one")

/* The hosts' legs, by the harness. */
#define PLAN_EVENTS_LAN(X)                                                                         \
    X(SEND, "send", "h", send, packet_left, "sends a packet", "the packet left on its leg")

/* The wan leg, by the harness. */
#define PLAN_EVENTS_WAN(X)                                                                         \
    X(BLACKHOLE, "blackhole", "h", blackhole, frame_eaten, "drops every frame on the wan leg",     \
      "the first frame that was eaten")                                                            \
    X(RESTORE, "restore", "h", by, frame_passed, "ends a blackhole",                               \
      "the first frame that passes where none did")                                                \
    X(WAN_DROP, "wan-drop", "h", match, frame_met, "drops frames of the wan leg that match",       \
      "the first frame that met it")                                                               \
    X(WAN_DELAY, "wan-delay", "h", delay, frame_met,                                               \
      "holds frames of the wan leg that match for a while", "the first frame that met it")         \
    X(WAN_REORDER, "wan-reorder", "h", reorder, frame_met,                                         \
      "holds frames of the wan leg that match until others have overtaken them",                   \
      "the first frame that met it")                                                               \
    X(WAN_DUPLICATE, "wan-duplicate", "h", match, frame_met,                                       \
      "doubles frames of the wan leg that match", "the first frame that met it")                   \
    X(WAN_CORRUPT, "wan-corrupt", "h", match, frame_met,                                           \
      "changes a byte in frames of the wan leg that match", "the first frame that met it")         \
    X(WAN_RATE, "wan-rate", "h", rate, frame_met,                                                  \
      "lets frames of the wan leg that match pass no faster than a rate",                          \
      "the first frame that had to wait for it")                                                   \
    X(WAN_MTU, "wan-mtu", "h", mtu, frame_met,                                                     \
      "cuts packets of the wan leg that match to fragments, or refuses those that must not be "    \
      "cut by ICMP",                                                                               \
      "the first packet that was too large")                                                       \
    X(WAN_END, "wan-end", "h", wan_end, match_passed, "ends one of the wan- events",               \
      "the first frame that would have met it and passes")                                         \
    X(WAN_REPLAY, "wan-replay", "h", replay, frame_sent,                                           \
      "sends the last frames that matched to the device once more",                                \
      "the frames on the wan leg, marked as injected")

/* A NAT of the lab, by the harness. */
#define PLAN_EVENTS_NAT(X)                                                                         \
    X(NAT_REBIND, "nat-rebind", "h", nat, nat_used,                                                \
      "has a NAT map what goes out to other ports; what comes in by the old ones still passes",    \
      "the first packet that went out by a new port")                                              \
    X(NAT_FORGET, "nat-forget", "h", nat, nat_used, "has a NAT forget its mappings",               \
      "the first packet that came in for none, or went out by a new one")                          \
    X(NAT_ADDRESS, "nat-address", "h", nat_address, nat_used,                                      \
      "gives a NAT another public address in the place of its own",                                \
      "the first packet that went out with it")

/* What the peer does with ESP, and no honest one would. */
#define PLAN_EVENTS_ESP(X)                                                                         \
    X(ESP_DUPLICATE, "esp-duplicate", "p", count, frame_met, "sends packets twice",                \
      "the second one on the wan leg, marked as injected")                                         \
    X(ESP_REORDER, "esp-reorder", "p", esp_reorder, frame_met,                                     \
      "sends packets behind those that come after them", "a packet that was overtaken")            \
    X(ESP_LOSS, "esp-loss", "p", count, frame_met, "seals packets and does not send them",         \
      "a packet that did not go out")                                                              \
    X(ESP_BAD_ICV, "esp-bad-icv", "p", count, frame_met,                                           \
      "sends packets with a wrong check value before the right ones",                              \
      "the wrong one on the wan leg, marked as injected")                                          \
    X(ESP_UNKNOWN_SPI, "esp-unknown-spi", "p", count, frame_met,                                   \
      "sends packets with an SPI that nobody has beside the right ones",                           \
      "the wrong one on the wan leg, marked as injected")                                          \
    X(ESP_SWAPPED_SPI, "esp-swapped-spi", "p", count, frame_met,                                   \
      "sends packets with the SPI of another SA beside the right ones",                            \
      "the wrong one on the wan leg, marked as injected")                                          \
    X(ESP_OLD_SPI, "esp-old-spi", "p", count, frame_sent,                                          \
      "seals packets with the SA that was replaced",                                               \
      "the packets on the wan leg, marked as injected")                                            \
    X(ESP_OUTSIDE, "esp-outside", "p", count, frame_sent,                                          \
      "seals packets for an address that the SA is not for",                                       \
      "the packets on the wan leg, marked as injected")                                            \
    X(ESP_CLEAR, "esp-clear", "p", count, frame_sent, "sends inner packets in clear",              \
      "the packets on the wan leg, marked as injected")                                            \
    X(ESP_JUMP, "esp-jump", "p", jump, number_jumped,                                              \
      "leaves out sequence numbers of the SA it sends with",                                       \
      "the first packet behind the gap on the wan leg")                                            \
    X(ESP_RESTART, "esp-restart", "p", by, number_restarted,                                       \
      "begins anew with sequence number 1 in the SA it sends with",                                \
      "the first packet with a number that was used on the wan leg")

/* IKE as it should not be, by the peer or by somebody on the way who has no keys. */
#define PLAN_EVENTS_IKE(X)                                                                         \
    X(DELETE_NOTICE, "delete-notice", "p", notice, notice_sent,                                    \
      "says in one Delete that SAs are gone, and keeps its own", "the Delete went out")            \
    X(PEER_ANSWER, "peer-answer", "p", answer, answered_amiss,                                     \
      "answers the device's next requests for IPsec SAs amiss (IKEv2)", "such an answer")          \
    X(REAUTHENTICATE, "reauthenticate", "p", reauth, authenticated_anew,                           \
      "makes a new IKE SA with all it carries in the place of the old one (IKEv2)",                \
      "another IKE SA came up, and the old one went")                                              \
    X(REUSE_SPI, "reuse-spi", "p", by, spi_taken_again,                                            \
      "ends the IPsec SAs, and takes the SPI that it had for its next pair",                       \
      "a pair came up with the SPI of one that was")                                               \
    X(PEER_PSK, "peer-psk", "p", psk, keys_differ,                                                 \
      "goes on with a wrong pre-shared key, or with the lab's again",                              \
      "a negotiation that fails; with the lab's: one that succeeds")                               \
    X(PEER_SUITES, "peer-suites", "p", suites, suites_differ, "goes on with other proposals",      \
      "the next negotiation: it fails, or makes an SA")                                            \
    X(FORGE_DELETE, "forge-delete", "h", forge_delete, frame_sent,                                 \
      "sends the device a Delete of an SA that is up, as if by the peer, without its keys",        \
      "the message on the wan leg, marked as injected")                                            \
    X(FORGE_NOTIFY, "forge-notify", "h", forge_notify, frame_sent,                                 \
      "sends the device a notify, as if by the peer, without its keys",                            \
      "the message on the wan leg, marked as injected")                                            \
    X(IKE_FLOOD, "ike-flood", "h", count, frame_sent,                                              \
      "sends the device first messages of negotiations that nobody goes on with",                  \
      "the messages on the wan leg, marked as injected")                                           \
    X(IKE_MALFORMED, "ike-malformed", "h", count, frame_sent,                                      \
      "sends the device IKE messages whose lengths and payloads make no sense",                    \
      "the messages on the wan leg, marked as injected")

#define PLAN_EVENTS(X)                                                                             \
    PLAN_EVENTS_TUNNEL(X)                                                                          \
    PLAN_EVENTS_DEVICE(X)                                                                          \
    PLAN_EVENTS_LAN(X)                                                                             \
    PLAN_EVENTS_WAN(X)                                                                             \
    PLAN_EVENTS_NAT(X)                                                                             \
    PLAN_EVENTS_ESP(X)                                                                             \
    PLAN_EVENTS_IKE(X)

enum plan_action {
#define X(id, name, who, attrs, proof, what, shows) ACTION_##id,
    PLAN_EVENTS(X)
#undef X
        ACTION_COUNT
};

struct plan_event_kind { /* a row of the table */
    const char *name;
    const char *who; /* letters, as above */
    const char *what, *shows;
};

extern const struct plan_event_kind plan_events[ACTION_COUNT];

#endif
