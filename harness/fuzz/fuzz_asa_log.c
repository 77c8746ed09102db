/* Any bytes as a line of an ASA's log, and every view of the result read. */
#include "base/err.h"
#include "wire/asa_log.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static volatile unsigned sum;

static void touch(struct bytes b)
{
    for (size_t i = 0; i < b.n; i++)
        sum += b.p[i];
}

static void touch_side(const struct asa_endpoint *e)
{
    struct ip_addr any = ip4(0x0a000001);

    touch(e->interface);
    touch(e->address);
    touch(e->mapped_address);
    touch(e->ident);
    sum += asa_endpoint_match(e, &any, 80);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct asa_log l;
    int64_t t;

    if (asa_log_parse(bytes_of(data, size), &l))
        return 0;
    touch_side(&l.a);
    touch_side(&l.b);
    const struct bytes views[] = {l.host,
                                  l.product,
                                  l.klass,
                                  l.text,
                                  l.protocol,
                                  l.reason,
                                  l.initiator_interface,
                                  l.user,
                                  l.tcp_flags,
                                  l.interface,
                                  l.acl,
                                  l.group,
                                  l.peer,
                                  l.detail,
                                  l.local_proxy,
                                  l.remote_proxy,
                                  l.session_type,
                                  l.map,
                                  l.time.zone,
                                  l.time.text};
    for (size_t i = 0; i < COUNT(views); i++)
        touch(views[i]);
    sum += asa_time_unix(&l.time, 2024, 0, &t) == ERR_OK;
    return 0;
}
