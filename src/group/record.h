/*
 * record.h - groups as bytes, in the order of their keys: spilled runs and partial tables
 *
 * A group is: 1 + the bytes that its key shares with the one before; the number of its other
 * bytes, and these; its words; and for each persons column whose pairs are kept, the persons in
 * the order of their bytes, each as 1 + length and bytes, and a 0. A 0 ends all.
 * Numbers are in base 128, low digits first.
 */
#ifndef GROUP_RECORD_H
#define GROUP_RECORD_H

#include "group/persons.h"

#include <xxhash.h>

/* Where records go. */
struct record_writer {
	uint32_t n_words;
	struct buf out; /* not written yet                               */
	struct buf key; /* of the group before                           */
	enum sluice_status (*write)(void *ctx, const uint8_t *data, size_t len,
	                            struct sluice_error *err);
	void *ctx;
};

/* A group; then record_person() for each of its persons and record_break() after each column. */
enum sluice_status record_group(struct record_writer *w, const uint8_t *key, uint32_t len,
                                const uint64_t *words, struct sluice_error *err);
enum sluice_status record_person(struct record_writer *w, const uint8_t *text, uint32_t len,
                                 struct sluice_error *err);
enum sluice_status record_break(struct record_writer *w, struct sluice_error *err);
enum sluice_status record_end(struct record_writer *w, struct sluice_error *err);
void record_writer_free(struct record_writer *w);

/* Where records come from: a part of a file, read in order. */
struct record_reader {
	uint32_t n_words;
	int fd;
	uint64_t at, end; /* of the file, not read yet                    */
	uint8_t *data;
	size_t pos, len, cap;
	XXH3_state_t *hash; /* of what was read, or NULL; borrowed          */
	struct buf key;     /* of the group                                 */
	uint64_t *words;
};

/* 'cap': bytes that are read at once. */
enum sluice_status record_open(struct record_reader *r, uint32_t n_words, int fd, uint64_t at,
                               uint64_t end, size_t cap, struct sluice_error *err);

/* The next group; false = there was none.  What is not a record is SLUICE_E_DATA. */
enum sluice_status record_next(struct record_reader *r, bool *more, struct sluice_error *err);

/* The next person of the column at hand, good until the next call; false = the column has ended. */
enum sluice_status record_next_person(struct record_reader *r, const uint8_t **text,
                                      uint32_t *len, bool *more, struct sluice_error *err);

/* Memory of a reader, besides its 'cap'. */
#define RECORD_ROOM (2 * KEY_LIMIT)

void record_close(struct record_reader *r);

#endif
