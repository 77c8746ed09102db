/* Root is needed to open interfaces, and not after that. */
#ifndef PORT_PRIVILEGES_H
#define PORT_PRIVILEGES_H

#include "base/err.h"

struct user {
    unsigned uid, gid;
};

/* Whom to become: the user who called sudo (values of SUDO_UID and SUDO_GID, NULL when not set), or
 * nobody. */
struct user privileges_user(const char *sudo_uid, const char *sudo_gid);

/* Becomes U for good: user, group and no other groups. Does nothing when not root. ERR_IO: could
 * not, or could come back: then go no further. */
MUST_USE enum err privileges_drop(const struct user *u, struct diag *why);

#endif
