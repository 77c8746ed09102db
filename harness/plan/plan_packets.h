/* Single packets in a case: what <send> puts on a LAN, and what <packet> looks for. */
#ifndef PLAN_PLAN_PACKETS_H
#define PLAN_PLAN_PACKETS_H

/* X(id, name in XML, whether it is about a stream (s) or stands alone (-), what is sent). Those
 * about a stream carry on from its last segment on that LAN, as the host there counts. "Far" is a
 * quarter of the sequence space. */
#define PLAN_SENDS(X)                                                                              \
    X(RESET, "reset", "s", "a reset with the next sequence number")                                \
    X(RESET_PAST, "reset-past-window", "s", "a reset with a sequence number far ahead")            \
    X(FIN_PAST, "fin-past-window", "s", "a FIN with a sequence number far ahead")                  \
    X(DATA_PAST, "data-past-window", "s", "data with a sequence number far ahead")                 \
    X(ACK_AHEAD, "ack-of-nothing", "s", "an acknowledgement of what was never sent")               \
    X(OLD_STAMP, "old-timestamp", "s", "the last byte again with a timestamp from long ago")       \
    X(SYN_AGAIN, "syn-again", "s", "a SYN with another sequence number")                           \
    X(UNREACHABLE, "port-unreachable", "s", "ICMP port unreachable about its last packet")         \
    X(TOO_BIG, "too-big", "s", "ICMP fragmentation needed, of 1200 bytes, about its last packet")  \
    X(SYN, "syn", "-", "a SYN")                                                                    \
    X(ACK, "ack", "-", "an ACK of no connection")                                                  \
    X(UDP, "udp", "-", "a UDP datagram of 100 bytes")                                              \
    X(BIG_DF, "udp-df", "-", "a UDP datagram of a whole frame that may not be fragmented")         \
    X(FRAGMENTS, "fragments", "-", "a UDP datagram of 4000 bytes in fragments")                    \
    X(FRAGMENTS_BACK, "fragments-backwards", "-", "a UDP datagram in fragments, the last first")   \
    X(FRAGMENTS_LESS, "fragments-one-lost", "-", "a UDP datagram in fragments, one of them lost")  \
    X(ECHO, "echo", "-", "an ICMP echo request")                                                   \
    X(ECHO_REPLY, "echo-reply", "-", "an ICMP echo reply that nobody has asked for")               \
    X(STRAY_ERROR, "stray-unreachable", "-", "ICMP port unreachable about a packet of no flow")    \
    X(GRE, "gre", "-", "a packet of protocol 47")

enum plan_send {
#define X(id, name, of, what) SEND_##id,
    PLAN_SENDS(X)
#undef X
        SEND_COUNT
};

enum plan_sender { SENDER_BO, SENDER_HO, SENDER_OUTSIDE };

/* What <packet> counts: X(id, name in XML, in words) */
#define PLAN_PACKETS(X)                                                                            \
    X(ANY, "any", "a packet")                                                                      \
    X(SYN, "syn", "a SYN")                                                                         \
    X(RESET, "reset", "a reset")                                                                   \
    X(DATA, "data", "a segment with data")                                                         \
    X(UNREACHABLE, "unreachable", "an ICMP unreachable")                                           \
    X(TOO_BIG, "too-big", "an ICMP fragmentation needed")                                          \
    X(FRAGMENT, "fragment", "a fragment")

enum plan_packet {
#define X(id, name, words) PACKET_##id,
    PLAN_PACKETS(X)
#undef X
        PACKET_COUNT
};

#define SENDER_WORDS "bo ho outside"

/* Ports of a <send> that names none: discard (RFC 863) from one that is nobody's. */
#define SEND_FROM_PORT 40999
#define SEND_TO_PORT   9

/* The sequence number of a SYN, against the one that its sender gave it. */
enum plan_isn { ISN_ANY, ISN_KEPT, ISN_CHANGED };

/* A stream's other end, and who opens it. */
enum plan_far { FAR_HOST, FAR_OUTSIDE };
enum plan_opener { OPENER_CAPTURED, OPENER_BO, OPENER_HO };

#endif
