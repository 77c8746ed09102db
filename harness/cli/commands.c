#include "cli/cli.h"

const struct command commands[] = {
    {"run", cmd_run, "run cases, write evidence and reports"},
    {"list", cmd_list, "list cases"},
    {"check", cmd_check, "validate case files"},
    {"explain", cmd_explain, "say in words what a case does"},
    {"judge", cmd_judge, "judge evidence once more"},
    {"gateway", cmd_gateway, "the built-in gateway on real interfaces"},
};
const size_t ncommands = COUNT(commands);
