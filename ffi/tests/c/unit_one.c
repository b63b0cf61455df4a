/* Two translation units with the header, which comes first in each, and twice. */
#include "moretta.h"
#include "moretta.h"

#include <stdio.h>
#include <string.h>

#ifdef __cplusplus
extern "C"
#endif
moretta_status other_unit(const char **name);

int main(void)
{
    const char *name = NULL;
    moretta_status status = other_unit(&name);
    if (status != MORETTA_STATUS_ARGUMENT || strcmp(name, "MORETTA_STATUS_ARGUMENT") != 0 ||
        moretta_abi() < MORETTA_ABI) {
        fprintf(stderr, "expected MORETTA_STATUS_ARGUMENT, found %s\n", name);
        return 1;
    }
    return 0;
}
