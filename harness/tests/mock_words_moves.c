/* Words about ends of the tunnel that go elsewhere. */
#include "tests/mock_words.h"

#include <string.h>

void word_moves(struct mock_run *m, const char *arg)
{
    const struct ip_addr there = ip4(0xcb007163); /* 203.0.113.99 */
    bool alone = arg && strcmp(arg, "device") == 0;

    m->sa[MOCK_FROM_DEVICE].params.dst = there;
    if (!alone)
        m->sa[MOCK_TO_DEVICE].params.src = there;
    for (int way = 0; way < 2 && arg && !alone; way++)
        mock_say_sa(m, &m->sa[way], true);
}
