#include "judge/tap_twice.h"

#include "base/hash.h"

bool tap_twice_add(struct tap_twice *t, struct bytes packet, int64_t time_ns)
{
    uint64_t hash = hash_bytes(packet, packet.n) | 1;
    size_t i = hash >> 16 & (TAP_TWICE_SLOTS - 1);
    int64_t since = time_ns - t->seen[i].ns;

    if (t->seen[i].hash == hash && since >= 0 && since <= TAP_TWICE_NS) {
        t->twice++;
        return true;
    }
    t->seen[i].hash = hash;
    t->seen[i].ns = time_ns;
    return false;
}
