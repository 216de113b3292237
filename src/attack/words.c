#include "attack/words.h"

#include <stdlib.h>
#include <string.h>

enum sluice_status words_text(struct buf *out, const char *text, struct sluice_error *err)
{
	/* Codes may hold anything but control characters, which a terminal would obey. */
	for (; *text; text++)
		TRY(buf_add(out, (uint8_t)*text < 0x20 || *text == 0x7F ? "?" : text, 1, err));
	return SLUICE_OK;
}

enum sluice_status words_number(const struct words *w, int64_t v, struct buf *out,
                                struct sluice_error *err)
{
	return w->values ? buf_addf(out, err, "%lld", (long long)v) : buf_add(out, "#", 1, err);
}

enum sluice_status words_codes(const struct words *w, uint32_t cell, struct buf *out,
                               struct sluice_error *err)
{
	const struct cells *c = &w->in->cells;
	const uint32_t *key = cell_key(c, cell);
	bool any = false;

	for (uint32_t d = 0; d < c->n_dimensions; d++) {
		const uint32_t code = key[2 + d];

		if (code == CODE_TOTAL)
			continue;
		TRY(buf_addf(out, err, "%s", any ? ", " : ""));
		TRY(words_text(out, c->dimensions[d].name, err));
		TRY(buf_addf(out, err, "="));
		TRY(words_text(out,
		               code == CODE_REST ? "(others)"
		                                 : c->dimensions[d].codes.names[code],
		               err));
		any = true;
	}
	if (!any)
		TRY(buf_addf(out, err, "everybody"));
	if (key[0])
		TRY(buf_addf(out, err, " in "));
	return words_text(out, c->populations.names[key[0]], err);
}

enum sluice_status words_cell(const struct words *w, uint32_t cell, struct buf *out,
                              struct sluice_error *err)
{
	const struct cells *c = &w->in->cells;

	TRY(words_text(out, c->measures.names[cell_key(c, cell)[1]], err));
	TRY(buf_addf(out, err, " of "));
	return words_codes(w, cell, out, err);
}

enum sluice_status words_place(const struct words *w, uint32_t cell, struct buf *out,
                               struct sluice_error *err)
{
	const uint32_t at = w->in->cells.cells[cell].place;
	const struct place_at *p = at == CELL_NONE ? NULL : &w->in->cells.places[at];

	if (!p)
		return buf_addf(out, err, "not shown");
	if (w->in->n_sheets > 1) {
		TRY(words_text(out, w->in->sheets[p->sheet].name, err));
		TRY(buf_addf(out, err, ":"));
	} else {
		TRY(buf_addf(out, err, "line "));
	}
	return buf_addf(out, err, "%llu",
	                (unsigned long long)w->in->sheets[p->sheet].lines[p->row]);
}

enum sluice_status words_interval(const struct words *w, int64_t lo, int64_t hi,
                                  struct buf *out, struct sluice_error *err)
{
	if (hi >= BOUND_NONE)
		TRY(buf_addf(out, err, "at least "));
	TRY(words_number(w, lo, out, err));
	if (hi >= BOUND_NONE || hi == lo)
		return SLUICE_OK;
	TRY(buf_addf(out, err, " to "));
	return words_number(w, hi, out, err);
}
