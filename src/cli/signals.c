/*
 * The handlers do no more than unlink(): the library keeps the unfinished output's name
 * where a handler may read it at any time.  SIGXFSZ is ignored so that a file over
 * the limit is an error of write() with a message, not a death without one.
 */
#include "signals.h"

#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <unistd.h>

static struct sluice_pending *volatile unfinished;

void signals_fill_descriptors(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0)
			open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

/* SA_RESETHAND has restored the default and SA_NODEFER left the signal open. */
static void on_end(int number)
{
	const struct sluice_pending *p = unfinished;

	for (int i = 0; p && i < SLUICE_PENDING; i++)
		if (p[i].armed)
			unlink(p[i].path);
	raise(number);
	_exit(128 + number); /* process 1 of a container does not die of its own signals */
}

/* A mapped input that was cut short; anything else ends the program. */
static void on_bus(int number, siginfo_t *info, void *context)
{
	struct sigaction action = { .sa_handler = SIG_DFL };

	(void)context;
	if (sluice_sigbus(info->si_addr))
		return;
	sigaction(number, &action, NULL);
	on_end(number);
}

static volatile int stop;

/* SA_RESETHAND: the next one of the same kind is not waited for. */
static void on_stop(int number)
{
	stop = number;
}

/* SIGBUS and SIGXFSZ, which every long work needs. */
static void install_faults(void)
{
	struct sigaction bus = { .sa_sigaction = on_bus }, ignore = { .sa_handler = SIG_IGN };

	bus.sa_flags = SA_SIGINFO | SA_NODEFER;
	sigaction(SIGBUS, &bus, NULL);
	sigaction(SIGXFSZ, &ignore, NULL);
}

const volatile int *signals_stop(void)
{
	static const int ends[] = { SIGTERM, SIGINT, SIGHUP, SIGPIPE, SIGQUIT, SIGXCPU };
	struct sigaction old, action = { .sa_handler = on_stop };

	action.sa_flags = (int)SA_RESETHAND;
	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++)
		if (!sigaction(ends[i], NULL, &old) && old.sa_handler != SIG_IGN)
			sigaction(ends[i], &action, NULL);
	install_faults();
	return &stop;
}

void signals_stopped(void)
{
	const int number = stop;

	if (!number)
		return;
	signal(number, SIG_DFL);
	raise(number);
	_exit(128 + number);
}

void signals_install(struct sluice_pending *pending)
{
	static const int ends[] = {
		SIGTERM, SIGINT,  SIGHUP,    SIGPIPE, SIGQUIT,   SIGXCPU,
		SIGALRM, SIGUSR1, SIGUSR2,   SIGPROF, SIGVTALRM, SIGABRT,
		SIGSEGV, SIGFPE,  SIGILL,    SIGSYS,  SIGTRAP,
#ifdef SIGPWR
		SIGPWR,  SIGIO,   SIGSTKFLT,
#endif
	};
	struct sigaction old, end = { .sa_handler = on_end };

	unfinished = pending;
	end.sa_flags = (int)SA_RESETHAND | SA_NODEFER;
	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++)
		if (!sigaction(ends[i], NULL, &old) && old.sa_handler != SIG_IGN)
			sigaction(ends[i], &end, NULL);
	install_faults();
}
