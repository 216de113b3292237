/*
 * sandbox.h - nothing but the work: what the program may do once it knows its files
 *
 * A command that has parsed its arguments and read its plan calls sandbox_enter() with a table of
 * the names that it is about to use; from then on the process, and every thread that it starts,
 * reads and writes nothing else, starts no program, opens no connection, dumps no core.
 * A command takes part by 'sandboxed' in its table (command.h), which gives it --sandbox.
 */
#ifndef CLI_SANDBOX_H
#define CLI_SANDBOX_H

#include "flags.h"

#include <sluice.h>

struct sandbox_name {
	const char *name; /* NULL = a standard stream: nothing to allow */
	enum {
		SANDBOX_READ,   /* this file                                          */
		SANDBOX_TREE,   /* this folder, and all below it, to be read          */
		SANDBOX_BESIDE, /* this file, and all in its folder, to be read       */
		SANDBOX_OUTPUT, /* a file of this name is made or replaced, by way of a temporary
		                   one in its folder                                  */
		SANDBOX_SPOOL,  /* unnamed files are made in this folder              */
		SANDBOX_FOLDER,   /* this folder, which is there: all in it is read, made,
		                   renamed within it and removed                      */
		SANDBOX_MOVED,    /* this folder is removed, or changes places          */
		SANDBOX_APPENDED, /* this file is read and written to, and made where there
		                     is none: so are others in its folder             */
	} how;
};

/* Enter as --sandbox says; 0, or an exit status after a message. */
int sandbox_enter(const struct args *args, const struct sandbox_name *names, size_t n);

/* The same for what the library tells by a sluice_ready_fn, and 'more' names. */
int sandbox_enter_for(const struct args *args, const struct sluice_use *uses, size_t n,
                      const struct sandbox_name *more, size_t n_more);

/* For `sluice version`: what this system offers. */
#define SANDBOX_TEXT 96
const char *sandbox_text(char text[SANDBOX_TEXT]);

extern const struct flag sandbox_flag;

#endif
