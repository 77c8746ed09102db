/* The words of a made-up run, each a function. For the files of the mock only. */
#ifndef TESTS_MOCK_WORDS_H
#define TESTS_MOCK_WORDS_H

#include "tests/mock_run.h"

#define MOCK_WORDS(X)                                                                              \
    X(tunnel)   /* IKE and the first pair of SAs */                                                \
    X(newsa)    /* another pair, in use from now on */                                             \
    X(halfsa)   /* the same, but the device goes on with the old one */                            \
    X(secretsa) /* the same, and nobody tells its keys */                                          \
    X(moves)    /* the peer has another address, from which it comes and to which the device goes; \
                   :said, and it says so; :device, the device alone goes there */                  \
    X(salog)    /* 602303 of the pair */                                                           \
    X(pair)     /* one is said to be up, and no more; :N-WHO, the Nth, made by peer or device; it  \
                   replaces the last that was newsa */                                             \
    X(unpair)   /* the same is down; :N-WHO has deleted it */                                      \
    X(gone)     /* the pair is said to be down */                                                  \
    X(gonelog)  /* 602304 of the pair */                                                           \
    X(ike)      /* an IKE SA comes up; :N, the Nth */                                              \
    X(ikedown)  /* the first one goes */                                                           \
    X(pieces)   /* a quick mode in two fragments; a request for a child SA in three */             \
    X(open)     /* handshake */                                                                    \
    X(ask)      /* the user's request */                                                           \
    X(data)     /* a segment to the user and its acknowledgement; :N, so many */                   \
    X(altered)  /* one with a wrong byte where it arrives */                                       \
    X(selfaltered) /* one with a wrong byte from the start */                                      \
    X(badsum)      /* one with a wrong checksum where it arrives */                                \
    X(lost)        /* one that is sealed and never arrives; :N */                                  \
    X(eaten)       /* one that a blackhole eats; :N */                                             \
    X(back)        /* the server goes back to what the user has */                                 \
    X(sack)       /* the user has the second of two lost segments; :strange, it says by mistake */ \
    X(again)      /* the last segment once more; :altered */                                       \
    X(fins)       /* both sides close */                                                           \
    X(badicv)     /* ESP that does not open; :device, :peer */                                     \
    X(reuse)      /* the device's last ESP packet again; :other, another with the number 1 */      \
    X(fragment)   /* the last segment once more, in two fragments inside ESP */                    \
    X(dgram)      /* a datagram there and one back; :N */                                          \
    X(dgramlost)  /* one that does not arrive; :N */                                               \
    X(rst)        /* a reset; :device, :user, :server, :peer; :serverlost, which gets nowhere */   \
    X(leak)       /* a packet in clear on the WAN; :nat, :copy */                                  \
    X(noise)      /* a packet of strangers on the WAN */                                           \
    X(built)      /* 302013 or 302015; :ho */                                                      \
    X(torn)       /* 302014 by the tunnel; :ho */                                                  \
    X(tornidle)   /* 302014 by the idle timeout */                                                 \
    X(tornfins)   /* 302014 by FINs */                                                             \
    X(tornport)   /* 302014 of another port */                                                     \
    X(tornsaying) /* 302014 by FINs; :NUMBER/DURATION/BYTES */                                     \
    X(tornbroken) /* 302014 of its number, whose text breaks off */                                \
    X(tornudp)    /* 302016 */                                                                     \
    X(chatter)    /* 713119 */                                                                     \
    X(sent)       /* the event was sent */                                                         \
    X(confirmed)  /* and showed */                                                                 \
    X(failed)     /* or failed */                                                                  \
    X(cut)        /* sent, confirmed and gone */                                                   \
    X(hosts)      /* the hosts' account; :altered, :short, :reset */                               \
    X(count)      /* a transcript with the device's count of records; :N more, :lost */            \
    X(context)    /* a transcript of show asp table vpn-context */                                 \
    X(ports)      /* port lines; :LEG lost frames */                                               \
    X(end)        /* run-end; :STATE */                                                            \
    X(wait)       /* :MS milliseconds */

/* The line about an SA. */
void mock_say_sa(struct mock_run *m, const struct mock_sa *sa, bool up);

#define X(name) void word_##name(struct mock_run *m, const char *arg);
MOCK_WORDS(X)
#undef X

enum { USER, SERVER };

static inline void wait_ms(struct mock_run *m, int64_t ms)
{
    m->now_us += ms * 1000;
}

/* The number ARG says; 1 when there is none. */
unsigned times(const char *arg);

#endif
