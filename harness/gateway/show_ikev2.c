#include "gateway/show_ikev2.h"

#include <stdio.h>

#define PORT_TEXT 64
#define ALG_TEXT  48

/* "AES-CBC, keysize: 256" */
static const char *cipher_text(enum cipher_alg a, char out[static ALG_TEXT])
{
    switch (cipher_mode(a)) {
    case CIPHER_MODE_GCM:
        snprintf(out, ALG_TEXT, "AES-GCM, keysize: %u", cipher_key_bits(a));
        break;
    case CIPHER_MODE_CBC:
        if (a == CIPHER_DES_CBC || a == CIPHER_3DES_CBC)
            snprintf(out, ALG_TEXT, "%s", a == CIPHER_DES_CBC ? "DES" : "3DES");
        else
            snprintf(out, ALG_TEXT, "AES-CBC, keysize: %u", cipher_key_bits(a));
        break;
    default: snprintf(out, ALG_TEXT, "%s", cipher_name(a)); break;
    }
    return out;
}

/* The older two are called with their 96 bits. */
static const char *integ_text(enum integ_alg a)
{
    switch (a) {
    case INTEG_HMAC_MD5_96: return "MD596";
    case INTEG_HMAC_SHA1_96: return "SHA96";
    case INTEG_HMAC_SHA256_128: return "SHA256";
    case INTEG_HMAC_SHA384_192: return "SHA384";
    case INTEG_HMAC_SHA512_256: return "SHA512";
    default: return "N/A";
    }
}

static const char *with_port(const char *addr, uint16_t port, char out[static PORT_TEXT])
{
    snprintf(out, PORT_TEXT, "%s/%u", addr, port);
    return out;
}

static void put_detail(const struct show_ikev2 *s, struct buf *out)
{
    buf_addf(out,
             "      Session-id: %u\n      Status Description: Negotiation done\n"
             "      Local spi: %016llX       Remote spi: %016llX\n"
             "      Local id: %s\n      Remote id: %s\n",
             s->session, (unsigned long long)s->local_spi, (unsigned long long)s->peer_spi,
             s->local, s->peer);
    if (s->dpd_s)
        buf_addf(out, "      DPD configured for %u seconds, retry %u\n", s->dpd_s, s->dpd_retry_s);
    else
        buf_adds(out, "      DPD configured for 0 seconds, retry 0\n");
    buf_addf(out, "      NAT-T is %sdetected  \n", s->natt ? "" : "not ");
}

void show_ikev2_put(const struct show_ikev2 *s, bool detail, struct buf *out)
{
    char local[PORT_TEXT], peer[PORT_TEXT], cipher[ALG_TEXT];

    buf_addf(out, "Session-id:%u, Status:UP-ACTIVE, IKE count:%u, CHILD count:%u\n\n", s->session,
             s->ikes, s->children);
    buf_adds(out,
             "Tunnel-id                 Local                Remote     Status         Role\n");
    buf_addf(out, "%10u%18s%21s%11s%13s\n", s->tunnel, with_port(s->local, s->port, local),
             with_port(s->peer, s->peer_port, peer), "READY",
             s->initiator ? "INITIATOR" : "RESPONDER");
    buf_addf(out,
             "      Encr: %s, Hash: %s, DH Grp:%u, Auth sign: PSK, Auth verify: PSK\n"
             "      Life/Active Time: %u/%lld sec\n",
             cipher_text(s->cipher, cipher), integ_text(s->integ), s->group, s->lifetime_s,
             (long long)s->age_s);
    if (detail)
        put_detail(s, out);
}

void show_ikev2_put_child(const struct show_ikev2_child *c, bool detail, struct buf *out)
{
    char cipher[ALG_TEXT];

    buf_addf(out,
             "Child sa: local selector  %s/%u - %s/%u\n"
             "          remote selector %s/%u - %s/%u\n"
             "          ESP spi in/out: 0x%x/0x%x  \n",
             c->local.first, c->local.first_port, c->local.last, c->local.last_port,
             c->remote.first, c->remote.first_port, c->remote.last, c->remote.last_port, c->in_spi,
             c->out_spi);
    if (detail)
        buf_addf(out,
                 "          AH spi in/out: 0x0/0x0  \n          CPI in/out: 0x0/0x0  \n"
                 "          Encr: %s, esp_hmac: %s\n"
                 "          ah_hmac: None, comp: IPCOMP_NONE, mode tunnel\n",
                 cipher_text(c->cipher, cipher), integ_text(c->integ));
}

void show_ikev2_tunnel_put(const struct show_ikev2_tunnel *t, struct buf *out)
{
    int64_t left = t->left_s > 0 ? t->left_s : 0;
    char seconds[PORT_TEXT];

    snprintf(seconds, sizeof(seconds), "%u Seconds", t->lifetime_s);
    buf_addf(out, "IKEv2:\n  Tunnel ID    : %u.%u\n", t->index, t->id);
    buf_addf(out, "  UDP Src Port : %-22u UDP Dst Port : %u\n", t->local_port, t->peer_port);
    buf_addf(out, "  Rem Auth Mode: %s\n  Loc Auth Mode: %s\n", t->auth, t->auth);
    buf_addf(out, "  Encryption   : %-22s Hashing      : %s\n", t->cipher, t->hash);
    buf_addf(out, "  Rekey Int (T): %-22s Rekey Left(T): %lld Seconds\n", seconds, (long long)left);
    buf_addf(out, "  PRF          : %-22s D/H Group    : %u\n  Filter Name  : %s\n\n", t->prf,
             t->group, t->filter);
}
