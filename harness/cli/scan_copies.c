#include "cli/scan_copies.h"

/* What is the same in copies and in nothing else that comes so soon: the identification, and of TCP
 * the checksum over all of it. 0: it is not looked at. */
static uint64_t key_of(const struct pkt *p)
{
    uint64_t id = p->ip.id & 0xffff;

    if (p->kind == PKT_ESP)
        return ((uint64_t)p->esp.spi << 32 | p->esp.seq) ^ id << 13 ^ 1;
    if (p->kind != PKT_TCP || !p->data_len)
        return 0;
    return ((uint64_t)p->tcp.seq << 32 | (uint64_t)p->tcp.check << 16 | id) ^
           (uint64_t)p->tcp.ack * UINT64_C(0x9e3779b97f4a7c15);
}

void scan_copies_add(struct scan_copies *c, const struct savefile_packet *p)
{
    uint64_t key = key_of(&p->pkt);

    if (!key)
        return;
    for (unsigned i = 0; i < SCAN_COPIES; i++) {
        int64_t apart = p->time_ns - c->late[i].ns;
        if (c->late[i].key == key && apart >= -SCAN_COPIES_NS && apart <= SCAN_COPIES_NS) {
            c->n++;
            return;
        }
    }
    c->late[c->next].key = key;
    c->late[c->next].ns = p->time_ns;
    c->next = (c->next + 1) % SCAN_COPIES;
}
