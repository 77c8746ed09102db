#include <stdio.h>

int main(void)
{
    puts("holdfast " HOLDFAST_VERSION);
    return 0;
}
