/* VPN contexts and phase 1. */
#include "gateway/show_vpn.h"

#include <stdio.h>
#include <string.h>

#define FLAGS_TEXT 64

static const char *flags_of(const struct show_context *c, char out[static FLAGS_TEXT])
{
    snprintf(out, FLAGS_TEXT, "%s+ESP%s%s", c->inbound ? "DECR" : "ENCR", c->natt ? "+NATT" : "",
             c->preserve ? "+PRESERVE" : "");
    return out;
}

void show_context_put(const struct show_context *c, struct buf *out)
{
    char flags[FLAGS_TEXT];

    buf_addf(out, "VPN CTX=0x%08X, Ptr=0x%08X, %s, %s, pk=%010llu, rk=%010u, gc=%u\n", c->handle,
             c->pointer, flags_of(c, flags), c->dip ? "UP+DIP" : "UP",
             (unsigned long long)c->packets, c->rekey_calls, c->group);
}

void show_context_put_detail(const struct show_context *c, struct buf *out)
{
    char flags[FLAGS_TEXT];

    buf_addf(out, "VPN CTX  = 0x%08X\n\nPeer IP  = %s\nPointer  = 0x%08X\n", c->handle, c->peer,
             c->pointer);
    buf_addf(out, "State    = %s\nFlags    = %s\nSA   = 0x%08X\nSPI  = 0x%08X\nGroup    = %u\n",
             c->dip ? "UP+DIP" : "UP", flags_of(c, flags), c->sa, c->spi, c->group);
    buf_addf(out, "Pkts     = %llu\nBad Pkts = %llu\nBad SPI  = %llu\n",
             (unsigned long long)c->packets, (unsigned long long)c->bad_packets,
             (unsigned long long)c->bad_spi);
    buf_addf(out, "Spoof    = %llu\nBad Crypto = %llu\n", (unsigned long long)c->spoofs,
             (unsigned long long)c->bad_crypto);
    buf_addf(out, "Rekey Pkt  = %u\nRekey Call = %u\nVPN Filter = %s\n", c->rekey_packets,
             c->rekey_calls, c->filter ? c->filter : "<none>");
}

void show_ike_put_count(size_t active, size_t rekeying, struct buf *out)
{
    buf_addf(out,
             "   Active SA: %zu\n    Rekey SA: %zu (A tunnel will report 1 Active and 1 Rekey SA "
             "during rekey)\nTotal IKE SA: %zu\n\n",
             active, rekeying, active + rekeying);
}

void show_ike_put(const struct show_ike *s, bool detail, struct buf *out)
{
    buf_addf(out, "%zu   IKE Peer: %s\n", s->number, s->peer);
    buf_addf(out, "    Type    : %-15s Role    : %s \n", s->type,
             s->initiator ? "initiator" : "responder");
    buf_addf(out, "    Rekey   : %-15s State   : %s \n", s->rekeying ? "yes" : "no", s->state);
    if (!detail)
        return;
    buf_addf(out, "    Encrypt : %-15s Hash    : %-9s \n", s->cipher, s->hash);
    buf_addf(out, "    Auth    : %-15s Lifetime: %u\n", s->auth, s->lifetime_s);
    if (s->lifetime_s)
        buf_addf(out, "    Lifetime Remaining: %lld\n", (long long)s->left_s);
}

void show_ike_put_columns(const struct show_ike *s, struct buf *out)
{
    buf_adds(out, "IKE Peer      Type  Dir   Rky  State      Encrypt Hash  Auth    Lifetime\n");
    buf_addf(out, "%zu %s %-5s %-5s %-4s %-10s %-7s %-5s %-7s %u\n", s->number, s->peer, s->type,
             s->initiator ? "Init" : "Resp", s->rekeying ? "Yes" : "No", s->state, s->cipher,
             s->hash, strcmp(s->auth, "preshared") == 0 ? "preshrd" : s->auth, s->lifetime_s);
}
