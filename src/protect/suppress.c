/*
 * suppress.c - 'method: suppress': further counts are redacted, as few as can be found
 */
#include "base/number.h"
#include "column/protect.h"
#include "protect/decide.h"
#include "protect/protect.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NODES 50000 /* for each search, as an audit has them */

/* What the text leaves of each shown count, read as an audit reads it. */
static enum sluice_status find_seen(const struct decision *d, struct unknown *seen,
                                    struct sluice_error *err)
{
	for (uint32_t i = 0; i < d->in.cells.n; i++) {
		const struct sense sense = { .settings = d->settings[i], .secondary = true };
		char text[NUMBER_TEXT];
		const char *why;
		uint32_t len;

		seen[i] = (struct unknown){ 0, BOUND_NONE, 1, 0 };
		if (!d->shown[i] || d->primary[i])
			continue;
		len = number_print((uint8_t *)text,
		                   (uint64_t)round_count(d->values[i], d->settings[i]));
		text[len] = 0;
		if (!text_meaning(text, len, &sense, &seen[i], &why) ||
		    !unknown_allows(&seen[i], d->values[i]))
			return fail(err, SLUICE_E_BUG,
			            "a released count does not stand for the true one");
	}
	return SLUICE_OK;
}

static bool is_plain(const struct decision *d, const struct unknown *seen)
{
	for (uint32_t i = 0; i < d->in.cells.n; i++)
		if (d->shown[i] && !d->primary[i] && seen[i].lo < seen[i].hi)
			return false;
	return true;
}

/* What can't be protected, or not be proven in time: a cell that must stay hidden stands for all. */
static enum sluice_status refuse(const struct decision *d, bool late, struct sluice_error *err)
{
	char text[280];

	if (late)
		snprintf(text, sizeof(text),
		         "it could not be proven within %lld s that no redacted count follows "
		         "from totals: allow more 'seconds', or combine categories",
		         (long long)d->seconds);
	else
		snprintf(text, sizeof(text),
		         "some count that must not be told follows from what is known, "
		         "however many others are redacted: combine categories, or leave out "
		         "totals or a dimension");
	for (uint32_t i = 0; i < d->in.cells.n; i++)
		if (d->primary[i] && d->shown[i])
			return decide_refuse(d, i, SLUICE_E_CHECK, err, text);
	return fail(err, SLUICE_E_CHECK, "%s", text);
}

static enum sluice_status suppress(struct decision *d, struct sluice_error *err)
{
	struct unknown *seen = calloc((size_t)d->in.cells.n + 1, sizeof(*seen));
	struct protected result = { 0 };
	enum sluice_status status = seen ? find_seen(d, seen, err) : fail_memory(err);

	if (status == SLUICE_OK) {
		const struct protection p = {
			.model = &d->in.model,
			.values = d->values,
			.shown = d->shown,
			.seen = is_plain(d, seen) ? NULL : seen,
			.primary = d->primary,
			.zeros_stay = d->zeros_stay,
			.singletons = d->singletons,
			.one_part = d->one_part,
			.together = d->threshold,
			.effort = { .width = 2, .seconds = (double)d->seconds, .nodes = NODES },
		};

		status = protect(&p, &result, err);
	}
	if (status == SLUICE_OK && !result.safe)
		status = refuse(d, result.late, err);
	for (uint32_t i = 0; status == SLUICE_OK && i < d->in.cells.n; i++)
		if (result.hidden[i] && !d->primary[i])
			d->fates[i] = VALUE_REDACTED;
	free(result.hidden);
	free(seen);
	return status;
}

const struct decide_method decide_suppress = { "suppress", suppress };
