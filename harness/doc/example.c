/* Streams of a capture, then who tore what by a log: example CAPTURE LOG */
#include <holdfast.h>
#include <stdio.h>

int main(int argc, char **argv)
{
    struct savefile *f;
    struct savefile_packet p;
    struct tcp_table t;
    struct diag why = {0};
    char line[4096], a[ENDPOINT_TEXT], b[ENDPOINT_TEXT];
    struct asa_log log;
    FILE *file = argc == 3 ? fopen(argv[2], "r") : NULL;

    if (!file || savefile_open(argv[1], &f, &why))
        return fprintf(stderr, "%s\n", why.err ? why.text : "example CAPTURE LOG"), 2;
    tcp_table_init(&t, NULL, 0);
    while (savefile_next(f, &p, &why) == ERR_OK) {
        if (p.pkt.kind != PKT_TCP)
            continue;
        struct tcp_match m = tcp_table_match(&t, &p.pkt);
        struct tcp_seg seg = tcp_seg_of(&p.pkt, p.time_ns);
        tcp_stream_add(m.stream, m.from, &seg, NULL);
    }
    for (size_t i = 0; i < t.count; i++)
        printf("%s > %s: %llu bytes there, %llu back\n", endpoint_format(&t.streams[i]->at[0], a),
               endpoint_format(&t.streams[i]->at[1], b),
               (unsigned long long)tcp_dir_unique_bytes(&t.streams[i]->dir[0]),
               (unsigned long long)tcp_dir_unique_bytes(&t.streams[i]->dir[1]));
    while (fgets(line, sizeof(line), file))
        if (!asa_log_parse(bytes_str(line), &log) && log.kind == ASA_TEARDOWN)
            printf("connection %llu: %s\n", (unsigned long long)log.connection,
                   asa_reason_name(log.reason_class));
    tcp_table_release(&t);
    savefile_close(f);
    return fclose(file);
}
