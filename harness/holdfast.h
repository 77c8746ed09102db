/* What holdfast offers to other programs in C: the tracker of TCP streams and the parser of ASA
 * logs, with what reads captures and takes packets apart. doc/library.md has an example.
 *
 *   cc $(pkg-config --cflags holdfast) program.c $(pkg-config --libs holdfast)
 *
 * Every function is documented where it is declared; these are the ways in:
 *
 *   traffic/savefile.h    a capture file (pcap, pcapng, gzip, zstd), packet by packet
 *   traffic/survey.h      all flows of a capture in one pass, and whether they can be replayed
 *   wire/pkt.h            a frame or an IP packet taken apart
 *   track/tcp_stream.h    streams of segments: tcp_table_match, tcp_stream_add
 *   track/tcp_dir.h       what is counted of a direction
 *   track/byte_store.h    the bytes of a direction put together
 *   track/byte_window.h   the same for many, handed on in order, in fixed memory
 *   wire/asa_log.h        one line of an ASA's log as fields: asa_log_parse
 *
 * Rules of all of it: what can fail returns enum err, 0 for success; a const pointer is borrowed,
 * and so is every struct bytes; S_open is undone by S_close, S_new by S_free, S_init by S_release.
 * Nothing has hidden state: any number of threads may each use objects of their own. When memory
 * runs out the process ends. */
#ifndef HOLDFAST_H
#define HOLDFAST_H

#include "base/bytes.h"
#include "base/err.h"
#include "track/byte_store.h"
#include "track/byte_window.h"
#include "track/tcp_stream.h"
#include "traffic/savefile.h"
#include "traffic/survey.h"
#include "wire/asa_log.h"
#include "wire/pkt.h"

#endif
