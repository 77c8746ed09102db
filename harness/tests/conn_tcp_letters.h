/* Short words for rows of segments. To be included last. Test aid. */
#ifndef TESTS_CONN_TCP_LETTERS_H
#define TESTS_CONN_TCP_LETTERS_H

#include "wire/tcp.h"

#define C  0 /* the client sends it */
#define V  1 /* the server */
#define S  TCP_SYN
#define A  TCP_ACK
#define F  TCP_FIN
#define R  TCP_RST
#define PA (TCP_PSH | TCP_ACK)
#define SA (TCP_SYN | TCP_ACK)
#define RA (TCP_RST | TCP_ACK)
#define FA (TCP_FIN | TCP_ACK)

#endif
