/*
 * order.h - persons counted in order, across chunks
 *
 * Within a chunk a group counts each person once.  A person whose rows go on in the next chunk
 * may have been counted by the same group again: told in sequence of each chunk's first and
 * last persons, this finds the groups that counted one too many, and whether the order
 * holds from chunk to chunk.
 */
#ifndef GROUP_ORDER_H
#define GROUP_ORDER_H

#include "group/fold.h"

/* What is known of one persons column up to a chunk. */
struct order {
	bool any;
	unsigned orders;         /* ORDER_... that have held; 0 = none: it is not in order */
	struct buf last;         /* the last person                                        */
	struct group_table open; /* the groups that counted this person: words[0] is 1     */
};

void order_init(struct order *o, const struct group_spec *spec);

/*
 * The next chunk's facts of persons column k; groups that counted a person again lose one in 'fixes'.
 */
enum sluice_status order_account(struct order *o, const struct group_spec *spec, uint32_t k,
                                 const struct order_facts *facts, struct group_table *fixes,
                                 struct sluice_error *err);

void order_free(struct order *o);

#endif
