/* The model's switches by name. */
#include "gateway/gateway.h"

#include <string.h>

enum err gateway_model_set(struct gateway_model *m, const char *name)
{
#define X(field, word, what)                                                                       \
    if (strcmp(name, word) == 0) {                                                                 \
        m->field = true;                                                                           \
        return ERR_OK;                                                                             \
    }
    GATEWAY_MODELS(X)
#undef X
    return ERR_NOTFOUND;
}

void gateway_model_names(struct buf *out)
{
#define X(field, word, what) buf_adds(out, " " word);
    GATEWAY_MODELS(X)
#undef X
}
