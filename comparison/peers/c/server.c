#define _GNU_SOURCE
#include "server.h"

#include <arpa/inet.h>
#include <err.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

const char *setting(const char *name)
{
	const char *value = getenv(name);
	return value && *value ? value : NULL;
}

static void *warm_up(void *unused)
{
	(void)unused;
	usleep(50 * 1000);
	return NULL;
}

int start_up(void)
{
	pthread_t thread;
	if (pthread_create(&thread, NULL, warm_up, NULL) != 0)
		return -1;
	pthread_join(thread, NULL);

	const char *port = setting("SERVER_PORT");
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_port = htons(port ? atoi(port) : 0),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	int one = 1;
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (listener == -1)
		return -1;
	if (setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) == -1 ||
	    bind(listener, (struct sockaddr *)&address, sizeof address) == -1 ||
	    listen(listener, 16) == -1)
		return -1;
	return listener;
}

void cannot_listen(void)
{
	const char *port = setting("SERVER_PORT");
	err(EXIT_FAILURE, "cannot listen on port %s", port ? port : "?");
}

static void *answer(void *argument)
{
	int client = (int)(intptr_t)argument;
	char line[128];
	ssize_t length = read(client, line, sizeof line - 1);
	if (length > 0) {
		line[length] = '\0';
		line[strcspn(line, "\n")] = '\0';
		if (strcmp(line, "pid") == 0) {
			dprintf(client, "%d\n", (int)getpid());
		} else if (strcmp(line, "slow") == 0) {
			dprintf(client, "begun\n");
			usleep(300 * 1000);
			dprintf(client, "finished\n");
		} else if (strncmp(line, "log ", 4) == 0) {
			fprintf(stderr, "%s\n", line + 4);
			dprintf(client, "written\n");
		}
	}
	close(client);
	return NULL;
}

void answer_next(int listener)
{
	int client = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	pthread_t thread;
	if (client == -1)
		return;
	if (pthread_create(&thread, NULL, answer, (void *)(intptr_t)client) == 0)
		pthread_detach(thread);
	else
		close(client);
}

void serve(int listener)
{
	for (;;)
		answer_next(listener);
}
