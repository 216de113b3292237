#include "table/where.h"

#include <stdlib.h>
#include <string.h>

static bool holds(const struct bound_where *w, struct field f)
{
	for (size_t i = 0; i < w->n_values; i++)
		if (strlen(w->values[i]) == f.len && !memcmp(w->values[i], f.text, f.len))
			return !w->negated;
	return w->negated;
}

static enum sluice_status fit(struct where_state *s, uint32_t n, struct sluice_error *err)
{
	uint32_t *rows;

	if (n <= s->cap)
		return SLUICE_OK;
	rows = realloc(s->rows, n * sizeof(*rows));
	if (!rows)
		return fail_memory(err);
	s->rows = rows;
	s->cap = n;
	return SLUICE_OK;
}

enum sluice_status where_apply(const struct bound_where *w, uint32_t n, struct where_state *s,
                               struct batch *b, struct sluice_error *err)
{
	if (!n)
		return SLUICE_OK;
	TRY(fit(s, b->n_rows, err));
	for (uint32_t k = 0; k < n; k++) {
		uint32_t kept = 0;

		for (uint32_t i = 0; i < b->n_rows; i++) {
			const uint32_t row = batch_row(b, i);
			bool ok;
			const struct field f =
				batch_unquote(batch_field(b, row, w[k].col), &s->tmp, &ok);

			if (!ok)
				return fail_memory(err);
			s->rows[kept] = row;
			kept += holds(&w[k], f);
		}
		s->dropped += b->n_rows - kept;
		b->rows = s->rows;
		b->n_rows = kept;
	}
	return SLUICE_OK;
}

void where_state_free(struct where_state *s)
{
	free(s->rows);
	buf_free(&s->tmp);
	*s = (struct where_state){ 0 };
}
