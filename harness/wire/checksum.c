#include "wire/checksum.h"

#include "base/cursor.h"

uint64_t checksum_add(uint64_t sum, struct bytes b)
{
    const uint8_t *p = b.p;
    size_t n = b.n;
    uint64_t wide = 0, carry = 0;

    /* RFC 1071 2(B): the sum may be made in the machine's own order and turned round at the end */
    for (; n >= 8; p += 8, n -= 8) {
        uint64_t v;
        memcpy(&v, p, 8);
        wide += v;
        carry += wide < v;
    }
    wide = (wide >> 32) + (wide & 0xffffffffu) + carry;
    wide = (wide >> 16) + (wide & 0xffff);
    wide = (wide >> 16) + (wide & 0xffff);
    wide = (wide >> 16) + (wide & 0xffff);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    wide = (wide & 0xff) << 8 | wide >> 8;
#endif
    sum += wide;
    for (; n >= 2; p += 2, n -= 2)
        sum += (uint64_t)p[0] << 8 | p[1];
    if (n)
        sum += (uint64_t)p[0] << 8;
    return sum;
}

uint64_t checksum_pseudo(const struct ip_addr *src, const struct ip_addr *dst, uint8_t proto,
                         size_t len)
{
    uint64_t sum = checksum_add(0, bytes_of(src->b, ip_addr_len(src)));

    sum = checksum_add(sum, bytes_of(dst->b, ip_addr_len(dst)));
    return sum + proto + (len >> 16) + (len & 0xffff);
}

uint16_t checksum_finish(uint64_t sum)
{
    while (sum >> 16)
        sum = (sum >> 16) + (sum & 0xffff);
    return (uint16_t)~sum;
}

uint16_t checksum_update16(uint16_t check, uint16_t old, uint16_t now)
{
    uint32_t sum = (uint16_t)~check + (uint32_t)(uint16_t)~old + now; /* RFC 1624, equation 3 */

    return checksum_finish(sum);
}

uint16_t checksum_update32(uint16_t check, uint32_t old, uint32_t now)
{
    check = checksum_update16(check, (uint16_t)(old >> 16), (uint16_t)(now >> 16));
    return checksum_update16(check, (uint16_t)old, (uint16_t)now);
}
