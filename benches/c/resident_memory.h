/* How large a program has become before it forks; src/resident_memory.rs is the same in Rust. */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/*
 * Touches every page of as many MiB as the second argument says, if there is one, and prints when
 * it was done, in ns of CLOCK_MONOTONIC: the time of the start counts from there.
 */
static void touch_as_asked(int argc, char *argv[])
{
	if (argc < 3)
		return;
	size_t size = strtoul(argv[2], NULL, 10) << 20;
	if (size > 0) {
		volatile char *memory = malloc(size);
		if (memory == NULL)
			err(EXIT_FAILURE, "cannot allocate %zu bytes", size);
		for (size_t offset = 0; offset < size; offset += 4096)
			memory[offset] = 1;
	}
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	printf("%lld\n", now.tv_sec * 1000000000LL + now.tv_nsec);
	fflush(stdout);
}
