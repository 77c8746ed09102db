/* Sessions. The forms of 8.x ("IKE IPsec", blanks behind the second column), of 9.x up to 2018, and
 * of later 9.x are all of real devices. */
#include "gateway/show_vpn.h"

#include "wire/civil.h"

#include <stdio.h>
#include <string.h>

typedef unsigned long long ull;

#define CELL_TEXT 64

void show_put_span(int64_t s, struct buf *out)
{
    if (s >= 86400)
        buf_addf(out, "%lldd ", (long long)(s / 86400));
    buf_addf(out, "%dh:%02dm:%02ds", (int)(s / 3600 % 24), (int)(s / 60 % 60), (int)(s % 60));
}

void show_put_login(int64_t unix_s, const char *zone, struct buf *out)
{
    static const char *const days[] = {"Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"};
    struct civil t = civil_from_unix(unix_s);
    int64_t day = unix_s / 86400 - (unix_s % 86400 < 0);

    buf_addf(out, "%02d:%02d:%02d %s %s %s %d %d", t.hour, t.minute, t.second, zone,
             days[(day % 7 + 7) % 7], civil_month_name(t.month), t.day, t.year);
}

/* Two columns. */
static void put_pair(const char *indent, const char *a, const char *av, const char *b,
                     const char *bv, struct buf *out)
{
    buf_addf(out, "%s%-13s: %-22s %-13s: %s\n", indent, a, av, b, bv);
}

static const char *number(uint64_t v, const char *unit, char out[static CELL_TEXT])
{
    snprintf(out, CELL_TEXT, "%llu%s", (ull)v, unit);
    return out;
}

static void put_numbers(const char *indent, const char *a, uint64_t av, const char *b, uint64_t bv,
                        const char *unit, struct buf *out)
{
    char x[CELL_TEXT], y[CELL_TEXT];

    put_pair(indent, a, number(av, unit, x), b, number(bv, unit, y), out);
}

static uint64_t not_negative(int64_t v)
{
    return v > 0 ? (uint64_t)v : 0;
}

/* 8.x: both words on one line, one where they are the same */
static void put_suites(const struct show_session *s, struct buf *out)
{
    char ciphers[CELL_TEXT], hashes[CELL_TEXT];
    bool same_cipher = !*s->esp_cipher || strcmp(s->ike_cipher, s->esp_cipher) == 0;
    bool same_hash = !*s->esp_hash || strcmp(s->ike_hash, s->esp_hash) == 0;

    snprintf(ciphers, sizeof(ciphers), "%s%s%s", s->ike_cipher, same_cipher ? "" : " ",
             same_cipher ? "" : s->esp_cipher);
    snprintf(hashes, sizeof(hashes), "%s%s%s", s->ike_hash, same_hash ? "" : " ",
             same_hash ? "" : s->esp_hash);
    put_pair("", "Encryption", ciphers, "Hashing", hashes, out);
}

static void put_list(const struct show_session *s, const char *label, const char *ike,
                     const char *esp, struct buf *out)
{
    buf_addf(out, "%-13s: %s: (%u)%s", label, s->ike, s->ikes, ike);
    if (s->tunnels)
        buf_addf(out, "  %s: (%u)%s", s->ipsec, s->tunnels, esp);
    buf_addc(out, '\n');
}

void show_session_put(const struct gw_profile *p, const struct show_session *s, struct buf *out)
{
    char index[CELL_TEXT];

    buf_addf(out, "Connection   : %s\n", s->connection);
    put_pair("", "Index", number(s->index, "", index), "IP Addr", s->peer, out);
    buf_addf(out, "Protocol     : %s%s%s\n", s->ike, s->tunnels ? " " : "",
             s->tunnels ? s->ipsec : "");
    if (p->session_lists) {
        put_list(s, "Encryption", s->ike_cipher, s->esp_cipher, out);
        put_list(s, "Hashing", s->ike_hash, s->esp_hash, out);
    } else {
        put_suites(s, out);
    }
    put_numbers("", "Bytes Tx", s->sent, "Bytes Rx", s->received, "", out);
    buf_adds(out, "Login Time   : ");
    show_put_login(s->login_unix_s, s->zone, out);
    buf_adds(out, "\nDuration     : ");
    show_put_span(s->seconds, out);
    buf_adds(out, "\n\n");
}

void show_session_put_counts(const struct show_session *s, struct buf *out)
{
    buf_addf(out, "%s Tunnels: %u\n", s->ike, s->ikes);
    if (s->tunnels)
        buf_addf(out, "%s Tunnels: %u\n", s->ipsec, s->tunnels);
    buf_addc(out, '\n');
}

void show_ike_tunnel_put(const struct gw_profile *p, const struct show_ike_tunnel *t,
                         struct buf *out)
{
    buf_addf(out, "%s:\n", (p->can & GW_CAN_IKEV1) ? "IKEv1" : "IKE");
    buf_addf(out, "  Tunnel ID    : %u.%u\n", t->index, t->id);
    put_numbers("  ", "UDP Src Port", t->local_port, "UDP Dst Port", t->peer_port, "", out);
    put_pair("  ", "IKE Neg Mode", t->mode, "Auth Mode", t->auth, out);
    put_pair("  ", "Encryption", t->cipher, "Hashing", t->hash, out);
    put_numbers("  ", "Rekey Int (T)", t->lifetime_s, "Rekey Left(T)", not_negative(t->left_s),
                " Seconds", out);
    buf_addf(out, "  D/H Group    : %u\n  Filter Name  : %s\n", t->group, t->filter);
    if (!(p->can & GW_CAN_IKEV1))
        buf_adds(out, "  IPv6 Filter  : \n");
    buf_addc(out, '\n');
}

/* Releases up to 2018 fill the second column up with blanks, and one that is missing. */
static void put_padded(const struct gw_profile *p, const char *a, const char *av, const char *b,
                       const char *bv, struct buf *out)
{
    if (p->from_initiator) {
        if (b)
            put_pair("  ", a, av, b, bv, out);
        else
            buf_addf(out, "  %-13s: %s\n", a, av);
        return;
    }
    buf_addf(out, "  %-13s: %-23s", a, av);
    if (b)
        buf_addf(out, "%-13s: %-23s", b, bv);
    buf_addc(out, '\n');
}

static void put_padded_numbers(const struct gw_profile *p, const char *a, uint64_t av,
                               const char *b, uint64_t bv, const char *unit, struct buf *out)
{
    char x[CELL_TEXT], y[CELL_TEXT];

    put_padded(p, a, number(av, unit, x), b, number(bv, unit, y), out);
}

void show_esp_tunnel_put(const struct gw_profile *p, const struct show_esp_tunnel *t,
                         struct buf *out)
{
    char group[CELL_TEXT];

    buf_addf(out, "IPsec:\n  Tunnel ID    : %u.%u\n  Local Addr   : %s\n  Remote Addr  : %s\n",
             t->index, t->id, t->local, t->remote);
    put_padded(p, "Encryption", t->cipher, "Hashing", t->hash, out);
    put_padded(p, "Encapsulation", "Tunnel", t->pfs_group ? "PFS Group" : NULL,
               number(t->pfs_group, "", group), out);
    put_padded_numbers(p, "Rekey Int (T)", t->lifetime_s, "Rekey Left(T)", not_negative(t->left_s),
                       " Seconds", out);
    if (t->lifetime_kb)
        put_padded_numbers(p, "Rekey Int (D)", t->lifetime_kb, "Rekey Left(D)", t->left_kb,
                           " K-Bytes", out);
    put_padded_numbers(p, "Idle Time Out", t->idle_min, "Idle TO Left", t->idle_left_min,
                       " Minutes", out);
    put_padded_numbers(p, "Bytes Tx", t->sent, "Bytes Rx", t->received, "", out);
    put_padded_numbers(p, "Pkts Tx", t->packets_sent, "Pkts Rx", t->packets_received, "", out);
    buf_adds(out, p->from_initiator || (t->last && p->session_lists) ? "\n" : "  \n");
}

void show_session_put_nac(int64_t seconds, struct buf *out)
{
    char age[CELL_TEXT];

    buf_adds(out, "NAC:\n");
    put_pair("  ", "Reval Int (T)", "0 Seconds", "Reval Left(T)", "0 Seconds", out);
    put_pair("  ", "SQ Int (T)", "0 Seconds", "EoU Age(T)",
             number(not_negative(seconds), " Seconds", age), out);
    put_pair("  ", "Hold Left (T)", "0 Seconds", "Posture Token", "", out);
    buf_adds(out, "  Redirect URL : \n\n");
}
