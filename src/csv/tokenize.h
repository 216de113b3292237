/*
 * tokenize.h - from the bytes of a chunk to batches of records
 *
 * Window by window, so that index, rules and output of a batch stay in the cache.
 * The kernel's masks notice everything that is refused; which refusal it is, and
 * where, is then asked of the referee (strict.h).
 */
#ifndef CSV_TOKENIZE_H
#define CSV_TOKENIZE_H

#include "csv/batch.h"
#include "csv/dialect.h"
#include "simd/kernels.h"

struct tokenizer {
	const struct kernels *kernels;
	uint8_t delimiter;
	uint32_t n_cols;
	uint32_t window; /* bytes looked at before a batch is handed out */

	/* the chunk */
	const uint8_t *text;
	uint32_t len;
	bool guessed;   /* its end may stand inside quotes: set it after tokenizer_begin */
	bool split;     /* it does; nothing of this chunk counts        */
	bool cut;       /* its final LF was not in the input            */
	uint32_t at;    /* scanned so far                               */
	uint32_t begin; /* first byte of the first record not handed out */
	uint64_t lines; /* LFs before 'begin'                           */
	uint64_t rows;  /* records handed out                           */
	struct scan scan;
	uint32_t *index;  /* index[0] is ends[-1]                         */
	uint32_t n_ends;  /* entries of it                                */
	uint32_t n_out;   /* of these, handed out with the last batch     */
	uint32_t n_found; /* the referee's count of good records         */

	uint64_t blank_line;  /* the first of the blank lines at the chunk's end, 0 = none */
	uint64_t blank_lines; /* their number                            */
	bool all_blank;       /* the chunk holds nothing else            */

	enum sluice_status status; /* a refusal that waits for the rows before it */
	struct sluice_error err;
};

enum sluice_status tokenizer_init(struct tokenizer *t, const struct kernels *k,
                                  uint8_t delimiter, uint32_t n_cols, uint32_t window,
                                  struct sluice_error *err);

/* Begin a chunk: text[0..len) is whole records, with BUF_PAD bytes to read after it. */
void tokenizer_begin(struct tokenizer *t, const uint8_t *text, uint32_t len, bool cut);

/*
 * The next records into *b (text, ends, n_rows and the flags; rows = NULL); *more = false when there
 * were none left.  A refusal comes after the batch with the records before it, so
 * that the first offence in the table is the one reported.
 */
enum sluice_status tokenizer_next(struct tokenizer *t, struct batch *b, bool *more,
                                  struct sluice_error *err);

void tokenizer_free(struct tokenizer *t);

#endif
