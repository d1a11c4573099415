/*
 * libdaemon, after its example testd.c: the parent waits for the daemon's return value, which is an
 * errno here, so that it can say the reason. `-k` stops. Its log is syslog; it drops no user.
 */
#define _GNU_SOURCE
#include "server.h"

#include <errno.h>
#include <fcntl.h>
#include <libdaemon/daemon.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

static const char *pidfile(void)
{
	return setting("SERVER_PIDFILE");
}

static void reload(void)
{
	const char *path = setting("SERVER_CONFIGURATION");
	char text[8] = "";
	int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	if (file != -1) {
		if (read(file, text, sizeof text - 1) < 0)
			text[0] = '\0';
		close(file);
	}
	if (strncmp(text, "good", 4) != 0)
		daemon_log(LOG_ERR, "the configuration is not good");
}

/* Until it is told to end. */
static void run(int listener)
{
	struct pollfd ready[2] = {
		{ .fd = daemon_signal_fd(), .events = POLLIN },
		{ .fd = listener, .events = POLLIN },
	};
	for (;;) {
		if (poll(ready, 2, -1) == -1) {
			if (errno == EINTR)
				continue;
			return;
		}
		if (ready[0].revents) {
			int number = daemon_signal_next();
			if (number == SIGHUP)
				reload();
			else if (number != 0)
				return;
		}
		if (ready[1].revents)
			answer_next(listener);
	}
}

int main(int argc, char *argv[])
{
	if (daemon_reset_sigs(-1) < 0 || daemon_unblock_sigs(-1) < 0) {
		daemon_log(LOG_ERR, "cannot reset the signals: %s", strerror(errno));
		return 1;
	}
	daemon_pid_file_ident = daemon_log_ident = daemon_ident_from_argv0(argv[0]);
	daemon_pid_file_proc = pidfile;

	if (argc >= 2 && strcmp(argv[1], "-k") == 0) {
		if (daemon_pid_file_kill_wait(SIGTERM, 5) < 0) {
			daemon_log(LOG_WARNING, "cannot end the daemon: %s", strerror(errno));
			return 1;
		}
		return 0;
	}

	pid_t pid = daemon_pid_file_is_running();
	if (pid >= 0) {
		daemon_log(LOG_ERR, "already running as process %d", (int)pid);
		return 1;
	}
	if (daemon_retval_init() < 0) {
		daemon_log(LOG_ERR, "cannot make a pipe");
		return 1;
	}
	pid = daemon_fork();
	if (pid < 0) {
		daemon_retval_done();
		return 1;
	}
	if (pid > 0) {
		int result = daemon_retval_wait(20);
		if (result < 0) {
			daemon_log(LOG_ERR, "the daemon said nothing: %s", strerror(errno));
			return 255;
		}
		if (result > 0)
			daemon_log(LOG_ERR, "cannot start: %s", strerror(result));
		return result;
	}

	int listener = -1;
	if (daemon_close_all(-1) < 0 || daemon_pid_file_create() < 0 ||
	    daemon_signal_init(SIGINT, SIGTERM, SIGQUIT, SIGHUP, 0) < 0 || (listener = start_up()) < 0) {
		int reason = errno;
		daemon_log(LOG_ERR, "cannot start: %s", strerror(reason));
		daemon_retval_send(reason);
	} else {
		daemon_retval_send(0);
		run(listener);
	}
	daemon_signal_done();
	daemon_pid_file_remove();
	return 0;
}
