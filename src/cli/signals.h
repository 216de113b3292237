/*
 * signals.h - stop cleanly, then die of the signal that asked for it
 */
#ifndef CLI_SIGNALS_H
#define CLI_SIGNALS_H

#include <sluice.h>

/*
 * Before anything is opened: descriptors 0 to 2 that are closed are filled, so that no file
 * gets their numbers, with what can't be used as they would be.
 */
void signals_fill_descriptors(void);

/*
 * Remove the SLUICE_PENDING pending files on signals that end the program.  A signal that was
 * ignored at the start stays ignored.  'pending' must live as long as the program.
 */
void signals_install(struct sluice_pending *pending);

/*
 * For work that cleans up after itself when it is told to: the first such signal sets the
 * result, the second ends the program.  signals_stopped() lets it die of the first, if there was one.
 */
const volatile int *signals_stop(void);
void signals_stopped(void);

#endif
