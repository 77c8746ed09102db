/* Any bytes as an evidence file, read to its end; its frames as what headers mode has to cut. */
#include "evidence/keep.h"
#include "evidence/reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct evidence_reader *r;
    struct evidence_record rec;
    struct diag why = {0};
    uint64_t last = 0;

    if (evidence_open_bytes(bytes_of(data, size), &r, &why))
        return 0;
    while (!evidence_next(r, &rec)) {
        if (rec.packet <= last || rec.leg >= EV_LEGS || rec.wire_len < rec.frame.n)
            bug("a record that cannot be");
        if (keep_headers(rec.leg, rec.frame).n > rec.frame.n)
            bug("more kept than there is");
        last = rec.packet;
    }
    evidence_reader_free(r);
    return 0;
}
