/*
 * daemon(3), as its manual page shows it: nothing else is offered, no pidfile, no log, no user.
 */
#define _DEFAULT_SOURCE
#include "server.h"

#include <err.h>
#include <stdlib.h>
#include <unistd.h>

int main(void)
{
	if (daemon(0, 0) == -1)
		err(EXIT_FAILURE, "cannot become a daemon");
	int listener = start_up();
	if (listener == -1)
		cannot_listen();
	serve(listener);
}
