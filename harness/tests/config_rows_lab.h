/* Configuration commands as rows: what is typed, and what the running configuration then has (and
 * has not). Each row starts from two named interfaces. Test aid. */
#ifndef TESTS_CONFIG_ROWS_LAB_H
#define TESTS_CONFIG_ROWS_LAB_H

#include <stddef.h>

#define CONFIG_ROWS_BASE                                                                           \
    "interface Ethernet0/0\n nameif outside\n ip address 209.165.201.2 255.255.255.248\n"          \
    "interface Ethernet0/1\n nameif inside\n ip address 10.224.9.5 255.255.255.0\n"

struct config_row {
    const char *typed, *has, *lacks; /* lines; NULL: none */
};

/* All of them; and what was written loads, and is then written the same. */
void config_rows_check(const struct config_row *rows, size_t n);

#endif
