/*
 * A daemon as one writes it by hand, after daemon(7): what the library is measured against.
 *
 * Usage: daemon PIDFILE [MIB]
 *
 * The command returns with status 0 once the daemon has said that it is ready.
 *
 * With CLOSE_LOOP it closes the inherited descriptors as before close_range(2) came, one by one.
 */
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "resident_memory.h"

static void close_inherited(void)
{
#ifdef CLOSE_LOOP
	long limit = sysconf(_SC_OPEN_MAX);
	for (int descriptor = 3; descriptor < limit; descriptor++)
		close(descriptor);
#else
	if (close_range(3, ~0U, 0) == -1)
		err(EXIT_FAILURE, "cannot close the inherited descriptors");
#endif
}

/* The lock, shared with the daemon by fork, says that there is one instance. */
static int lock_pidfile(const char *path)
{
	int pidfile = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (pidfile == -1)
		err(EXIT_FAILURE, "cannot open %s", path);
	if (flock(pidfile, LOCK_EX | LOCK_NB) == -1)
		err(EXIT_FAILURE, "cannot lock %s", path);
	return pidfile;
}

static void write_pid(int pidfile)
{
	if (ftruncate(pidfile, 0) == -1)
		err(EXIT_FAILURE, "cannot empty the pidfile");
	if (dprintf(pidfile, "%d\n", (int)getpid()) < 0)
		err(EXIT_FAILURE, "cannot write the pidfile");
}

static void redirect_stdio_to_null(void)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (null == -1)
		err(EXIT_FAILURE, "cannot open /dev/null");
	for (int descriptor = 0; descriptor <= 2; descriptor++)
		if (dup2(null, descriptor) == -1)
			err(EXIT_FAILURE, "cannot redirect %d", descriptor);
	close(null);
}

static void run_daemon(int pidfile, int readiness)
{
	umask(027);
	write_pid(pidfile);
	if (chdir("/") == -1)
		err(EXIT_FAILURE, "cannot change to /");
	redirect_stdio_to_null();

	if (write(readiness, "", 1) != 1)
		exit(EXIT_FAILURE);
	close(readiness);
	for (;;)
		pause();
}

int main(int argc, char *argv[])
{
	if (argc < 2)
		errx(EXIT_FAILURE, "usage: daemon PIDFILE [MIB]");
	touch_as_asked(argc, argv);

	close_inherited();
	int pidfile = lock_pidfile(argv[1]);

	int readiness[2];
	if (pipe2(readiness, O_CLOEXEC) == -1)
		err(EXIT_FAILURE, "cannot make a pipe");

	switch (fork()) {
	case -1:
		err(EXIT_FAILURE, "cannot fork");
	case 0:
		close(readiness[0]);
		if (setsid() == -1)
			err(EXIT_FAILURE, "cannot start a session");
		switch (fork()) {
		case -1:
			err(EXIT_FAILURE, "cannot fork");
		case 0:
			run_daemon(pidfile, readiness[1]);
		}
		_exit(EXIT_SUCCESS);
	}

	close(readiness[1]);
	char byte;
	if (read(readiness[0], &byte, 1) != 1)
		errx(EXIT_FAILURE, "the daemon ended before it was ready");
	return EXIT_SUCCESS;
}
