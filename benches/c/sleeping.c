/* The memory of a C program that only sleeps. */
#include <unistd.h>

int main(void)
{
	for (;;)
		pause();
}
