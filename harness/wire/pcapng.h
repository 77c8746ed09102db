/* Blocks of a pcapng file (draft-ietf-opsawg-pcapng): bytes to structs and back. Written
 * little-endian, read in either byte order; views point into the input. */
#ifndef WIRE_PCAPNG_H
#define WIRE_PCAPNG_H

#include "base/cursor.h"

enum {
    PCAPNG_INTERFACE = 1,
    PCAPNG_OLD_PACKET = 2, /* obsolete since 2009 */
    PCAPNG_SIMPLE_PACKET = 3,
    PCAPNG_STATISTICS = 5,
    PCAPNG_PACKET = 6,
    PCAPNG_SECTION = 0x0a0d0d0a,
};

enum { /* option codes; those above OPT_COMMENT mean different things in different blocks */
       PCAPNG_OPT_END = 0,
       PCAPNG_OPT_COMMENT = 1,
       PCAPNG_SHB_USERAPPL = 4,
       PCAPNG_IF_NAME = 2,
       PCAPNG_IF_TSRESOL = 9,
       PCAPNG_IF_TSOFFSET = 14,
       PCAPNG_EPB_HASH = 3,
       PCAPNG_ISB_IFRECV = 4,
       PCAPNG_ISB_IFDROP = 5,
};

#define PCAPNG_HEAD_LEN    12    /* enough to know a block's type, order and length */
#define PCAPNG_OPTION_MAX  65535 /* bytes of one option's value */
#define PCAPNG_LINK_ETHER  1
#define PCAPNG_BLOCK_FRAME 32 /* bytes of a packet block beside its data and options */

/* --- writing --- */

/* Begins a block of TYPE; ends it, fills in its length. */
size_t pcapng_begin(struct wr *w, uint32_t type);
void pcapng_end(struct wr *w, size_t begin);

/* The bodies' fixed parts. Options may follow, then pcapng_end. */
void pcapng_put_section(struct wr *w);
void pcapng_put_interface(struct wr *w, uint16_t link_type, uint32_t snaplen);
void pcapng_put_packet(struct wr *w, uint32_t interface, uint64_t time, struct bytes data,
                       size_t wire_len);
void pcapng_put_statistics(struct wr *w, uint32_t interface, uint64_t time);

/* One option, padded. ERR_RANGE for a value above PCAPNG_OPTION_MAX. Options end with code 0. */
void pcapng_put_option(struct wr *w, uint16_t code, struct bytes value);
void pcapng_put_option_u64(struct wr *w, uint16_t code, uint64_t value);
void pcapng_put_options_end(struct wr *w);

/* --- reading --- */

struct pcapng_head {
    uint32_t type;
    uint32_t len;    /* of the whole block */
    bool big_endian; /* of the section */
};

/* Reads the first PCAPNG_HEAD_LEN bytes of a block. BIG_ENDIAN: the order of the section so far; a
 * section header says its own. ERR_FORMAT: a length or magic that no block has. */
MUST_USE enum err pcapng_head_parse(struct bytes in, bool big_endian, struct pcapng_head *out);

struct pcapng_options {
    struct rd r;
    bool big_endian;
};

struct pcapng_option {
    uint16_t code;
    struct bytes value;
};

/* The next option; false at their end. A broken one ends them, too: see pcapng_options_ok. */
bool pcapng_option_next(struct pcapng_options *o, struct pcapng_option *out);

static inline bool pcapng_options_ok(const struct pcapng_options *o)
{
    return !o->r.err;
}

/* A number of 8 bytes in the section's order. ERR_FORMAT: another length. */
MUST_USE enum err pcapng_option_u64(const struct pcapng_options *o, const struct pcapng_option *opt,
                                    uint64_t *out);

struct pcapng_section {
    uint16_t major, minor;
    struct pcapng_options options;
};

struct pcapng_interface {
    uint16_t link_type;
    uint32_t snaplen;
    struct pcapng_options options;
};

struct pcapng_packet {
    uint32_t interface;
    uint64_t time; /* in the interface's units */
    struct bytes data;
    uint32_t wire_len;
    struct pcapng_options options;
};

struct pcapng_statistics {
    uint32_t interface;
    uint64_t time;
    struct pcapng_options options;
};

/* BLOCK: the whole block, HEAD.len bytes. ERR_SHORT, ERR_FORMAT. */
MUST_USE enum err pcapng_section_parse(const struct pcapng_head *head, struct bytes block,
                                       struct pcapng_section *out);
MUST_USE enum err pcapng_interface_parse(const struct pcapng_head *head, struct bytes block,
                                         struct pcapng_interface *out);
MUST_USE enum err pcapng_packet_parse(const struct pcapng_head *head, struct bytes block,
                                      struct pcapng_packet *out);
MUST_USE enum err pcapng_statistics_parse(const struct pcapng_head *head, struct bytes block,
                                          struct pcapng_statistics *out);

/* True when the length at the end of BLOCK is the one at its beginning. */
bool pcapng_block_is_whole(const struct pcapng_head *head, struct bytes block);

#endif
