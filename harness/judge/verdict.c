#include "judge/verdict.h"

#include "base/mem.h"

const char *verdict_name(enum verdict v)
{
    static const char *const names[] = {
#define X(id, name) name,
        VERDICTS(X)
#undef X
    };
    return v < VERDICT_COUNT ? names[v] : "?";
}

void judgement_free(struct judgement *j)
{
    if (!j)
        return;
    arena_release(&j->arena);
    mem_free(j);
}
