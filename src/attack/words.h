/*
 * words.h - cells and derivations as a person reads them
 *
 * These texts name group keys and numbers of the files that are about to be published, and
 * the hidden values that follow from them: that is what they are for.  Without 'values'
 * every number is left out.
 */
#ifndef ATTACK_WORDS_H
#define ATTACK_WORDS_H

#include "attack/attack.h"
#include "model/input.h"

struct words {
	const struct audit_input *in;
	const struct attack *attack;
	bool values;
};

/* A code or a name, fit for a terminal; a number, or # without 'values'. */
enum sluice_status words_text(struct buf *out, const char *text, struct sluice_error *err);
enum sluice_status words_number(const struct words *w, int64_t v, struct buf *out,
                                struct sluice_error *err);

/* "sex=F, age=0-17"; "everybody" for a cell without codes. */
enum sluice_status words_codes(const struct words *w, uint32_t cell, struct buf *out,
                               struct sluice_error *err);

/* "n of sex=F, age=0-17" */
enum sluice_status words_cell(const struct words *w, uint32_t cell, struct buf *out,
                              struct sluice_error *err);

/* "table.csv:5", or nothing for a cell that no file shows. */
enum sluice_status words_place(const struct words *w, uint32_t cell, struct buf *out,
                               struct sluice_error *err);

/* "3", "3 to 7", "at least 3" */
enum sluice_status words_interval(const struct words *w, int64_t lo, int64_t hi,
                                  struct buf *out, struct sluice_error *err);

/* The steps that led to the cell's interval, in order, one line each, with 'indent' before. */
enum sluice_status words_derivation(const struct words *w, uint32_t cell, const char *indent,
                                    struct buf *out, struct sluice_error *err);

#endif
