#include "group/spec.h"

#include <stdlib.h>

void group_spec_free(struct group_spec *s)
{
	free(s->keys);
	free(s->values);
	free(s->persons);
	free(s->totals);
	free(s->sums);
	free(s->words);
	free(s->columns);
	*s = (struct group_spec){ 0 };
}

uint64_t group_always_kept(const struct group_spec *s)
{
	uint64_t kept = 0;

	for (uint32_t k = 0; k < s->n_persons; k++)
		kept |= (uint64_t)(s->noise.wanted || s->persons[k].dominance) << k;
	return kept;
}

void group_join(const struct group_spec *s, uint64_t *words, const uint64_t *more)
{
	uint64_t carry = 0;

	for (uint32_t i = 0; i < s->n_words; i++) {
		const uint64_t sum = words[i] + more[i];

		switch (s->words[i]) {
		case WORD_COUNT: words[i] = sum; break;
		case WORD_SUM: words[i] = sum < GROUP_LIMIT ? sum : GROUP_LIMIT; break;
		case WORD_LOW:
			carry = sum < more[i];
			words[i] = sum;
			break;
		case WORD_HIGH: words[i] = sum + carry; break;
		}
	}
}
