/*
 * The same daemon with libdaemon, in the steps of its own example, testd.c.
 *
 * Usage: libdaemon PIDFILE [MIB]
 *
 * The command returns with status 0 once the daemon has sent it the value 0.
 */
#include <err.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <libdaemon/dfork.h>
#include <libdaemon/dpid.h>

#include "resident_memory.h"

static const char *pidfile;

static const char *path_of_pidfile(void)
{
	return pidfile;
}

static void run_daemon(void)
{
	umask(027);
	if (daemon_close_all(-1) < 0 || daemon_pid_file_create() < 0) {
		daemon_retval_send(1);
		exit(EXIT_FAILURE);
	}
	daemon_retval_send(0);
	for (;;)
		pause();
}

int main(int argc, char *argv[])
{
	if (argc < 2)
		errx(EXIT_FAILURE, "usage: libdaemon PIDFILE [MIB]");
	touch_as_asked(argc, argv);

	pidfile = argv[1];
	daemon_pid_file_proc = path_of_pidfile;
	if (daemon_reset_sigs(-1) < 0 || daemon_unblock_sigs(-1) < 0)
		err(EXIT_FAILURE, "cannot put the signals back");
	if (daemon_pid_file_is_running() >= 0)
		errx(EXIT_FAILURE, "already running");
	if (daemon_retval_init() < 0)
		err(EXIT_FAILURE, "cannot make a pipe");

	switch (daemon_fork()) {
	case -1:
		daemon_retval_done();
		err(EXIT_FAILURE, "cannot fork");
	case 0:
		run_daemon();
	}
	if (daemon_retval_wait(20) != 0)
		errx(EXIT_FAILURE, "the daemon ended before it was ready");
	return EXIT_SUCCESS;
}
