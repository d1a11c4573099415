/*
 * An ordinary program for those tools that put any program into the background. It says that it is
 * ready, or why it cannot be, in the way of sd_notify(3), for whoever waits for that.
 */
#define _GNU_SOURCE
#include "server.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static void notify(const char *message)
{
	const char *path = setting("NOTIFY_SOCKET");
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	if (!path || strlen(path) >= sizeof address.sun_path)
		return;
	strcpy(address.sun_path, path);
	if (path[0] == '@')
		address.sun_path[0] = '\0';
	int notifier = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (notifier == -1)
		return;
	socklen_t length = offsetof(struct sockaddr_un, sun_path) + strlen(path);
	sendto(notifier, message, strlen(message), 0, (struct sockaddr *)&address, length);
	close(notifier);
}

int main(void)
{
	int listener = start_up();
	if (listener == -1) {
		int reason = errno;
		char message[32];
		snprintf(message, sizeof message, "ERRNO=%d", reason);
		notify(message);
		errno = reason;
		cannot_listen();
	}
	notify("READY=1");
	serve(listener);
}
