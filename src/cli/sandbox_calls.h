/*
 * sandbox_calls.h - the system calls that the work takes, as a seccomp filter
 */
#ifndef CLI_SANDBOX_CALLS_H
#define CLI_SANDBOX_CALLS_H

#include <stdbool.h>

/* Whether the kernel has seccomp filters, and this program one for the machine. */
bool sandbox_calls_known(void);

/* Allow only them from now on, in all threads; 0, or -1 with errno. */
int sandbox_calls_limit(void);

#endif
