/* Sessions of users. The form is that of the command reference; NEM's and the client's IPsec and
 * AnyConnect have the same lines. */
#include "gateway/show_vpn.h"

typedef unsigned long long ull;

static void put_words(const char *a, const char *av, const char *b, const char *bv, struct buf *out)
{
    buf_addf(out, "%-13s: %-22s %-13s: %s\n", a, av, b, bv);
}

void show_user_put(const struct show_user *u, struct buf *out)
{
    buf_addf(out, "%-13s: %-22s %-13s: %u\n", "Username", u->name, "Index", u->index);
    put_words("Assigned IP", u->assigned, "Public IP", u->public, out);
    buf_addf(out, "Protocol     : %s\nLicense      : %s\n", u->protocols, u->license);
    buf_addf(out, "Encryption   : %s\nHashing      : %s\n", u->ciphers, u->hashes);
    buf_addf(out, "%-13s: %-22llu %-13s: %llu\n", "Bytes Tx", (ull)u->sent, "Bytes Rx",
             (ull)u->received);
    put_words("Group Policy", u->policy, "Tunnel Group", u->group, out);
    buf_adds(out, "Login Time   : ");
    show_put_login(u->login_unix_s, u->zone, out);
    buf_adds(out, "\nDuration     : ");
    show_put_span(u->seconds, out);
    buf_adds(out, "\nInactivity   : ");
    show_put_span(u->idle_s, out);
    buf_adds(out, "\n");
    put_words("VLAN Mapping", "N/A", "VLAN", "none", out);
    buf_addc(out, '\n');
}
