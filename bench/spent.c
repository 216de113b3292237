/*
 * spent - run a command and say what it took:  spent FD COMMAND [ARG...]
 *
 * One line goes to the descriptor FD: wall, user and system seconds, peak KiB resident and
 * the wait status.  A small program of its own, since the peak of a process that a large
 * one starts begins at the large one's.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double seconds(struct timeval t)
{
	return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

int main(int argc, char **argv)
{
	struct rusage used;
	double start, wall;
	int fd, status;
	pid_t child;

	if (argc < 3) {
		fprintf(stderr, "usage: spent FD COMMAND [ARG...]\n");
		return 2;
	}
	fd = (int)strtol(argv[1], NULL, 10);
	start = now();
	child = fork();
	if (child < 0) {
		perror("spent");
		return 2;
	}
	if (child == 0) {
		close(fd);
		execvp(argv[2], argv + 2);
		perror(argv[2]);
		_exit(127);
	}
	if (wait4(child, &status, 0, &used) != child) {
		perror("spent");
		return 2;
	}
	wall = now() - start;
	dprintf(fd, "%.6f %.6f %.6f %ld %d\n", wall, seconds(used.ru_utime),
	        seconds(used.ru_stime),
#ifdef __APPLE__
	        used.ru_maxrss / 1024,
#else
	        used.ru_maxrss,
#endif
	        status);
	return 0;
}
