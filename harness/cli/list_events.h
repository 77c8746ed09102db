/* `holdfast list --events`: what a case can make happen, who may cause it, what shows that it bit.
 */
#ifndef CLI_LIST_EVENTS_H
#define CLI_LIST_EVENTS_H

#include "base/buf.h"

void list_events_text(struct buf *out);
void list_events_json(struct buf *out);

#endif
