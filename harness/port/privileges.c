#include "port/privileges.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NOBODY 65534u /* by number where no such user is known */

/* A number above 0: to drop root for root would be in vain. */
static bool read_id(const char *text, unsigned *out)
{
    char *end;

    if (!text || !*text || strspn(text, "0123456789") != strlen(text))
        return false;
    errno = 0;
    unsigned long v = strtoul(text, &end, 10);
    if (errno || v == 0 || v >= UINT32_MAX) /* -1 means "leave it" to setuid(2)'s relatives */
        return false;
    *out = (unsigned)v;
    return true;
}

struct user privileges_user(const char *sudo_uid, const char *sudo_gid)
{
    struct user u;
    const struct passwd *nobody;

    if (read_id(sudo_uid, &u.uid) && read_id(sudo_gid, &u.gid))
        return u;
    nobody = getpwnam("nobody");
    return nobody ? (struct user){nobody->pw_uid, nobody->pw_gid} : (struct user){NOBODY, NOBODY};
}

enum err privileges_drop(const struct user *u, struct diag *why)
{
    gid_t gid = (gid_t)u->gid;

    if (geteuid() != 0)
        return ERR_OK;
    /* the user last: after that the others would be refused */
    if (setgroups(1, &gid) != 0 || setgid(gid) != 0 || setuid((uid_t)u->uid) != 0)
        return diag_fail(why, ERR_IO, "root's rights cannot be given up for user %u: %s", u->uid,
                         strerror(errno));
    if (geteuid() != u->uid || getuid() != u->uid || setuid(0) == 0)
        return diag_fail(why, ERR_IO,
                         "root's rights were given up for user %u, but are still there", u->uid);
    return ERR_OK;
}
