/* flock(2) as it is on NFS, to be preloaded: an exclusive lock takes a descriptor that can write, and a
 * shared one takes one that can read; see flock(2), "NFS details". */
#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/syscall.h>
#include <unistd.h>

int flock(int fd, int operation)
{
	int mode = fcntl(fd, F_GETFL) & O_ACCMODE;

	if (((operation & LOCK_EX) && mode == O_RDONLY) || ((operation & LOCK_SH) && mode == O_WRONLY)) {
		errno = EBADF;
		return -1;
	}
	return syscall(SYS_flock, fd, operation);
}
