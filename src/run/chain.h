/*
 * chain.h - one table's line at work: what is shared, and what each worker has
 */
#ifndef RUN_CHAIN_H
#define RUN_CHAIN_H

#include "csv/chunk.h"
#include "csv/strict.h"
#include "csv/tokenize.h"
#include "plan/line.h"

#define CHAIN_WINDOW (128u << 10) /* bytes of a batch: index, cells and output stay in L2 */
#define CHAIN_CELLS \
	(8u << 20) /* bytes that a batch's cells may take, else its window shrinks */

/* Shared by all workers; immutable while they run. */
struct chain {
	const struct kernels *kernels;
	const struct sluice_plan *plan;
	const struct output *output; /* the one of the plan's that is made */
	const struct group_line
		*grouped; /* what makes the table, or NULL: it is read as it is */
	struct header header;
	struct line line;
};

/* One worker's memory. */
struct worker {
	struct tokenizer tokenizer;
	struct batch batch;
	struct where_state where;
	struct rule_state *rules; /* one for each of line.rules */
	uint32_t n_rules;
};

/* What the writer needs to know of a finished chunk. */
struct chunk_facts {
	uint64_t lines;        /* LFs in it                                            */
	uint64_t rows;         /* records read                                         */
	uint64_t blank_line;   /* first line of the blank lines that it ends with, 0 = none */
	bool all_blank;        /* it holds nothing else                                */
	bool split;            /* it ends inside a record: nothing of it counts        */
	uint64_t written;      /* records that left                                    */
	uint64_t excluded;     /* records that 'where' left out                        */
	struct tally *tallies; /* one for each rule, or NULL; owned by the slot      */
};

/* Bind; every member but the line is there already. */
enum sluice_status chain_bind(struct chain *c, void (*notice)(void *ctx, const char *text),
                              void *ctx, struct sluice_error *err);
void chain_free(struct chain *c);

/* The bytes of a batch, in this chain. */
uint32_t chain_window(const struct chain *c);

/* The most bytes that one worker holds, as long as no cell of text is longer than 48 bytes. */
uint64_t chain_memory(const struct chain *c);

enum sluice_status worker_init(struct worker *w, const struct chain *c,
                               struct sluice_error *err);
void worker_free(struct worker *w);

/* Carry a chunk through the line; the records that leave are appended to 'out'. */
enum sluice_status chain_work(const struct chain *c, struct worker *w,
                              const struct chunk *chunk, struct buf *out,
                              struct chunk_facts *facts, struct sluice_error *err);

/* What the writer keeps from chunk to chunk, in sequence. */
struct chain_base {
	uint64_t lines;      /* before the chunk   */
	uint64_t rows;       /* read before it     */
	uint64_t blank_line; /* absolute; 0 = none */
	uint64_t written, excluded;
	uint32_t n_rules;
	struct tally *tallies; /* one for each rule */
};

/* Room for one tally a rule; to be freed with free().  NULL = no memory. */
struct tally *chain_tallies(const struct chain *c);

/*
 * What the writer does before it writes a chunk: adds up the lines, finds blank lines that were
 * not the last ones, and turns the place of a failure ('status') from the chunk's into the
 * table's.
 */
enum sluice_status chain_account(struct chain_base *base, const struct chunk_facts *facts,
                                 enum sluice_status status, struct sluice_error *err);

#endif
