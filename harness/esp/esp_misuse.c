/* What RFC 4303 forbids a sender, for tests of receivers. */
#include "esp/esp_sa.h"

void esp_sa_set_sent(struct esp_sa *sa, uint64_t seq)
{
    sa->sent = seq;
}
