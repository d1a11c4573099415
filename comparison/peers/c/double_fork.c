/*
 * Two forks by hand, with the steps that daemon(7) calls those of a SysV daemon, short of the last two:
 * signals, descriptors, session, /dev/null, umask, directory, pidfile, user; the parent does not wait.
 */
#define _GNU_SOURCE
#include "server.h"

#include <err.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static void close_inherited(void)
{
	long limit = sysconf(_SC_OPEN_MAX);
	for (int descriptor = 3; descriptor < limit; descriptor++)
		close(descriptor);
}

static void reset_signals(void)
{
	for (int number = 1; number < NSIG; number++)
		signal(number, SIG_DFL);
	sigset_t none;
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

static void fork_once(void)
{
	pid_t child = fork();
	if (child == -1)
		err(EXIT_FAILURE, "cannot fork");
	if (child != 0)
		_exit(EXIT_SUCCESS);
}

static void redirect(int flags, const char *path, int target)
{
	int file = open(path, flags, 0640);
	if (file == -1)
		err(EXIT_FAILURE, "cannot open %s", path);
	if (file != target) {
		dup2(file, target);
		close(file);
	}
}

static void write_pidfile(const char *path)
{
	FILE *file = fopen(path, "w");
	if (!file || fprintf(file, "%d\n", (int)getpid()) < 0 || fclose(file) != 0)
		err(EXIT_FAILURE, "cannot write %s", path);
}

static void become(const char *name)
{
	struct passwd *user = getpwnam(name);
	if (!user)
		errx(EXIT_FAILURE, "there is no user %s", name);
	if (initgroups(name, user->pw_gid) == -1 || setgid(user->pw_gid) == -1 || setuid(user->pw_uid) == -1)
		err(EXIT_FAILURE, "cannot become %s", name);
}

int main(void)
{
	close_inherited();
	reset_signals();
	fork_once();
	if (setsid() == -1)
		err(EXIT_FAILURE, "cannot start a session");
	fork_once();

	const char *log = setting("SERVER_LOG");
	redirect(O_RDONLY, "/dev/null", 0);
	redirect(O_WRONLY | O_CREAT | O_APPEND, log ? log : "/dev/null", 1);
	redirect(O_WRONLY | O_CREAT | O_APPEND, log ? log : "/dev/null", 2);
	umask(027);
	if (chdir("/") == -1)
		err(EXIT_FAILURE, "cannot change to /");
	write_pidfile(setting("SERVER_PIDFILE"));
	if (setting("SERVER_USER"))
		become(setting("SERVER_USER"));

	int listener = start_up();
	if (listener == -1)
		cannot_listen();
	serve(listener);
}
