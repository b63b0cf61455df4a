/* A program that is wrong in a way that no library can see, and a sanitizer must: it reads behind a plane's end. */
#include "moretta.h"

#include <stdlib.h>

int main(int argc, char **argv)
{
    volatile uint8_t *plane = (volatile uint8_t *)malloc(64);
    int sum;
    (void)argv;
    if (!plane)
        return 1;
    plane[0] = 1;
    sum = plane[63 + argc];
    free((void *)plane);
    return moretta_check(NULL) == MORETTA_STATUS_ARGUMENT && sum >= 0 ? 0 : 1;
}
