/*
 * proof.h - is a release's folder what its manifest says?
 */
#ifndef CLI_PROOF_H
#define CLI_PROOF_H

/* Say what is not so; 0, or an exit status. */
int proof_of(const char *manifest);

#endif
