#include "moretta.h"
#include "moretta.h"

#ifdef __cplusplus
extern "C"
#endif
moretta_status other_unit(const char **name);

moretta_status other_unit(const char **name)
{
    moretta_status status = moretta_check(NULL);
    *name = moretta_status_name(status);
    return status;
}
