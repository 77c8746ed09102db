#include "port/interface.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

/* One ioctl about NAME. */
static enum err ask(const char *name, unsigned long request, struct ifreq *r, struct diag *why)
{
    if (strlen(name) >= sizeof(r->ifr_name))
        return diag_fail(why, ERR_NOTFOUND, "interface %s: a name has at most %zu letters", name,
                         sizeof(r->ifr_name) - 1);
    strcpy(r->ifr_name, name);
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    int rc = fd < 0 ? -1 : ioctl(fd, request, r);
    int error = errno;
    if (fd >= 0)
        close(fd);
    if (rc == 0)
        return ERR_OK;
    if (error == ENODEV)
        return diag_fail(why, ERR_NOTFOUND,
                         "interface %s: there is none of this name here (ip link)", name);
    return diag_fail(why, ERR_IO, "interface %s: %s", name, strerror(error));
}

enum err interface_mtu(const char *name, size_t *out, struct diag *why)
{
    struct ifreq r = {0};
    enum err e = ask(name, SIOCGIFMTU, &r, why);

    if (!e)
        *out = r.ifr_mtu > 0 ? (size_t)r.ifr_mtu : 0;
    return e;
}

static enum err bring_up(const char *name, struct diag *why)
{
    struct ifreq r = {0};
    enum err e = ask(name, SIOCGIFFLAGS, &r, why);

    if (e || (r.ifr_flags & IFF_UP))
        return e;
    r.ifr_flags |= IFF_UP;
    return ask(name, SIOCSIFFLAGS, &r, why);
}

static enum err disable_ipv6(const char *name, struct diag *why)
{
    char path[128];

    snprintf(path, sizeof(path), "/proc/sys/net/ipv6/conf/%s/disable_ipv6", name);
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT) /* a kernel without IPv6 */
        return ERR_OK;
    bool ok = fd >= 0 && write(fd, "1\n", 2) == 2;
    int error = errno;
    if (fd >= 0)
        close(fd);
    if (ok)
        return ERR_OK;
    return diag_fail(why, ERR_IO, "interface %s: IPv6 cannot be turned off: %s", name,
                     strerror(error));
}

/* The text of an IP address; false for any other kind. */
static bool address_text(const struct sockaddr *a, char out[static INET6_ADDRSTRLEN])
{
    if (!a)
        return false;
    if (a->sa_family == AF_INET)
        return inet_ntop(AF_INET, &((const struct sockaddr_in *)(const void *)a)->sin_addr, out,
                         INET6_ADDRSTRLEN);
    if (a->sa_family == AF_INET6)
        return inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)(const void *)a)->sin6_addr, out,
                         INET6_ADDRSTRLEN);
    return false;
}

static enum err check_addresses(const char *name, struct diag *why)
{
    struct ifaddrs *all;
    char text[INET6_ADDRSTRLEN];
    enum err e = ERR_OK;

    if (getifaddrs(&all) != 0)
        return diag_fail(why, ERR_IO, "interface %s: %s", name, strerror(errno));
    for (const struct ifaddrs *a = all; a && !e; a = a->ifa_next)
        if (strcmp(a->ifa_name, name) == 0 && address_text(a->ifa_addr, text))
            e = diag_fail(why, ERR_STATE,
                          "interface %s carries %s, for which the kernel would answer in the "
                          "harness's place: ip address flush dev %s",
                          name, text, name);
    freeifaddrs(all);
    return e;
}

enum err interface_prepare(const char *name, struct diag *why)
{
    enum err e = disable_ipv6(name, why);

    if (!e)
        e = bring_up(name, why);
    return e ? e : check_addresses(name, why);
}
