/*
 * emit_body.h - writing records with whole vectors, written once
 *
 * An instruction set defines copy64(out, text), which copies 64 bytes, and includes
 * this file.  Nearly every run and cell is shorter than one copy: what is written
 * too far is overwritten by what comes next.
 */
static inline uint8_t *put_run(uint8_t *out, const uint8_t *text, uint32_t len)
{
	copy64(out, text);
	for (uint32_t i = 64; i < len; i += 64)
		copy64(out + i, text + i);
	return out + len;
}

static inline uint8_t *put_cell(uint8_t *out, const uint8_t *text, uint32_t len)
{
	memcpy(out, text, 16);
	for (uint32_t i = 16; i < len; i += 16)
		memcpy(out + i, text + i, 16);
	return out + len;
}

static inline __attribute__((always_inline)) uint8_t *put_row(const struct emit_rows *e,
                                                              uint32_t i, const uint32_t *ends,
                                                              bool trim, uint8_t *out)
{
	const struct emit_stretch *s = e->stretches, *const stop = s + e->n_stretches;

	for (; s < stop; s++) {
		if (s->cell) {
			const uint64_t c = s->cell[i];

			out = put_cell(out, e->cells + (uint32_t)c, (uint32_t)(c >> 32));
		} else {
			const uint32_t begin = ends[(ptrdiff_t)s->first - 1] + s->skip;
			const uint32_t end = ends[s->last] + s->more;

			out = put_run(out, e->text + begin,
			              end - begin -
			                      (trim && s->trim && e->text[end - 1] == '\r'));
		}
		if (s->after_len) {
			memcpy(out, s->after, 2);
			out += s->after_len;
		}
	}
	return out;
}

static uint8_t *emit(const struct emit_rows *rows, uint8_t *out)
{
	const struct emit_rows e = *rows;
	const uint32_t *ends = e.ends;
	bool trim = false;

	for (uint32_t i = 0; i < e.n_stretches; i++)
		trim |= e.stretches[i].trim;
	if (e.rows || trim) {
		for (uint32_t i = 0; i < e.n_rows; i++)
			out = put_row(&e, i, ends + (size_t)(e.rows ? e.rows[i] : i) * e.n_cols,
			              true, out);
		return out;
	}
	for (uint32_t i = 0; i < e.n_rows; i++, ends += e.n_cols)
		out = put_row(&e, i, ends, false, out);
	return out;
}
