#include "wire/natt.h"

#define ESP_HEAD_LEN 8 /* SPI and sequence number */

enum natt_kind natt_parse(struct bytes datagram, struct bytes *inside)
{
    struct rd r = rd_of(datagram);

    *inside = datagram;
    if (datagram.n == 1)
        return rd_u8(&r) == NATT_KEEPALIVE ? NATT_ALIVE : NATT_NONE;
    uint32_t spi = rd_be32(&r);
    if (r.err)
        return NATT_NONE;
    if (spi == 0) {
        *inside = rd_rest(&r);
        return NATT_IKE;
    }
    return datagram.n >= ESP_HEAD_LEN ? NATT_ESP : NATT_NONE;
}
