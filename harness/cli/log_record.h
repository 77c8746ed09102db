/* One line of an ASA's log as a record: for `logs`, and for syslog packets in `inspect`. */
#ifndef CLI_LOG_RECORD_H
#define CLI_LOG_RECORD_H

#include "report/jsonw.h"
#include "wire/asa_log.h"

/* A JSON object on a line of its own: number, then the fields. */
void log_record_json(uint64_t number, struct bytes line, struct buf *out);

/* The members of that object into one that is open. LINE may be no ASA message: "id" is null. */
void log_record_members(struct jsonw *j, struct bytes line);

/* Columns for a person, on one line. */
void log_record_text(uint64_t number, struct bytes line, struct buf *out);

#endif
