/* The small server that every peer in C runs; see server.rs for what it does. */
#ifndef SERVER_H
#define SERVER_H

/* A setting from the environment; NULL if it is not set. */
const char *setting(const char *name);

/* The work of a start, in a thread, then the port. The listening socket, or -1 and errno. */
int start_up(void);

/* Says on standard error why the start failed, and ends. */
_Noreturn void cannot_listen(void);

/* Answers one client, in a thread of its own. */
void answer_next(int listener);

/* Answers clients for ever. */
_Noreturn void serve(int listener);

#endif
