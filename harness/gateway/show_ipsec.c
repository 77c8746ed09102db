/* Phase 2. Real ones of 9.x; of 8.x, the same without the lines that later releases brought. */
#include "gateway/show_vpn.h"

typedef unsigned long long ull;

static void put_counters(const struct gw_profile *p, const struct show_tunnel *t, struct buf *out)
{
    buf_addf(out, "      #pkts encaps: %llu, #pkts encrypt: %llu, #pkts digest: %llu\n",
             (ull)t->out, (ull)t->out, (ull)t->out);
    buf_addf(out, "      #pkts decaps: %llu, #pkts decrypt: %llu, #pkts verify: %llu\n", (ull)t->in,
             (ull)t->in, (ull)t->in);
    buf_addf(out,
             "      #pkts compressed: 0, #pkts decompressed: 0\n"
             "      #pkts not compressed: %llu, #pkts comp failed: 0, #pkts decomp failed: 0\n",
             (ull)t->out);
    buf_addf(out,
             "      #pre-frag successes: %llu, #pre-frag failures: 0, #fragments created: %llu\n"
             "      #PMTUs sent: 0, #PMTUs rcvd: 0, #decapsulated %s needing reassembly: 0\n",
             (ull)t->pre_fragmented, (ull)t->fragments, p->sa_state ? "frgs" : "frags");
    if (p->sa_state)
        buf_adds(out, "      #TFC rcvd: 0, #TFC sent: 0\n"
                      "      #Valid ICMP Errors rcvd: 0, #Invalid ICMP Errors rcvd: 0\n");
    buf_addf(out, "      #send errors: %llu, #recv errors: %llu\n\n", (ull)t->send_errors,
             (ull)t->receive_errors);
}

static void put_ends(const struct gw_profile *p, const struct show_tunnel *t, struct buf *out)
{
    if (!p->sa_state) {
        buf_addf(out, "      local crypto endpt.: %s, remote crypto endpt.: %s\n\n", t->local,
                 t->peer);
        buf_addf(out, "      path mtu %u, ipsec overhead %u, media mtu %u\n", t->path_mtu,
                 t->overhead, t->media_mtu);
        buf_addf(out, "      current outbound spi: %08X\n\n", t->out_spi);
        return;
    }
    buf_addf(out, "      local crypto endpt.: %s/%u, remote crypto endpt.: %s/%u\n", t->local,
             t->local_port, t->peer, t->peer_port);
    buf_addf(out, "      path mtu %u, ipsec overhead %u(%u), media mtu %u\n", t->path_mtu,
             t->overhead, t->overhead_esp, t->media_mtu);
    buf_addf(out,
             "      PMTU time remaining (sec): 0, DF policy: %s\n"
             "      ICMP error validation: disabled, TFC packets: disabled\n",
             gw_df_bit_word(t->df));
    buf_addf(out, "      current outbound spi: %08X\n      current inbound spi : %08X\n\n",
             t->out_spi, t->in_spi);
}

void show_tunnel_put(const struct gw_profile *p, const struct show_tunnel *t, struct buf *out)
{
    buf_addf(out, "    Crypto map tag: %s, seq num: %u, local addr: %s\n\n", t->map, t->seq,
             t->local);
    buf_addf(out, "      %s\n", t->access_list);
    buf_addf(out, "      local ident (addr/mask/prot/port): (%s)\n", t->local_ident);
    buf_addf(out, "      remote ident (addr/mask/prot/port): (%s)\n", t->remote_ident);
    buf_addf(out, "      current_peer: %s\n\n%s", t->peer, p->sa_state ? "\n" : "");
    put_counters(p, t, out);
    put_ends(p, t, out);
}

void show_sa_put(const struct gw_profile *p, const struct show_sa *s, struct buf *out)
{
    buf_addf(out, "      spi: 0x%08X (%u)\n", s->spi, s->spi);
    if (p->sa_state)
        buf_addf(out, "         SA State: %s\n", s->rekeyed ? "rekeyed" : "active");
    buf_addf(out, "         transform: %s no compression%s\n", s->transform,
             p->sa_state ? "" : " ");
    if (p->sa_state)
        buf_addf(out, "         in use settings ={L2L, Tunnel, %sIKEv%u, %s}\n",
                 s->natt ? " NAT-T-Encaps, " : "", s->ike, s->rekeyed ? "Rekeyed, " : "");
    else
        buf_addf(out, "         in use settings ={L2L, Tunnel, %s%s}\n",
                 s->natt ? " NAT-T-Encaps, " : "", s->rekeyed ? "Rekeyed, " : "");
    buf_addf(out, "         slot: 0, conn_id: %u, crypto-map: %s\n", s->conn_id, s->map);
    buf_addf(out, "         sa timing: remaining key lifetime (kB/sec): (%llu/%llu)\n",
             (ull)s->left_kb, (ull)s->left_s);
    buf_addf(out, "         IV size: %zu bytes\n", s->iv);
    buf_addf(out, "         replay detection support: %s\n", s->replay_check ? "Y" : "N");
    if (p->sa_state)
        buf_addf(out, "         Anti replay bitmap:\n          0x%08X 0x%08X\n", s->bitmap[0],
                 s->bitmap[1]);
}
