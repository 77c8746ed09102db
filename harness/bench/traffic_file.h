/* Capture files of made-up TCP traffic, as large as asked, for benchmarks of what reads them. */
#ifndef BENCH_TRAFFIC_FILE_H
#define BENCH_TRAFFIC_FILE_H

#include <stdint.h>

struct traffic_file {
    uint32_t flows;   /* each with its handshake and, at the end, a FIN of both sides */
    uint64_t packets; /* with data, from the server of each flow in turn; FRAME bytes each */
    uint16_t frame;   /* bytes of such a packet, Ethernet header included: 60 to 1514 */
    int requests;     /* bytes that each client sends first, in one packet; 0: it says nothing */
};

/* Writes a pcap file (microseconds, Ethernet) to PATH. Flows are open all at once, so that the
 * memory of a reader is that of FLOWS flows. Returns its packets; ends the program when it cannot
 * be written. */
uint64_t traffic_file_write(const char *path, const struct traffic_file *t);

#endif
