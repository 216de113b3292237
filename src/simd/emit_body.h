/*
 * emit_body.h - writing records with whole vectors, written once
 *
 * An instruction set defines copy64(out, text), which copies 64 bytes, and includes
 * this file.  Nearly every run and cell is shorter than one copy: what is written
 * too far is overwritten by what comes next.
 */
static inline uint8_t *put_run(uint8_t *out, const uint8_t *text, uint32_t begin, uint32_t end)
{
	copy64(out, text + begin);
	for (uint32_t i = 64; i < end - begin; i += 64)
		copy64(out + i, text + begin + i);
	return out + (end - begin);
}

static inline uint8_t *put_cell(uint8_t *out, const uint8_t *text, uint32_t len)
{
	memcpy(out, text, 16);
	for (uint32_t i = 16; i < len; i += 16)
		memcpy(out + i, text + i, 16);
	return out + len;
}

static uint8_t *emit(const struct emit_rows *e, uint8_t *out)
{
	for (uint32_t i = 0; i < e->n_rows; i++) {
		const size_t row = e->rows ? e->rows[i] : i;
		const uint32_t *ends = e->ends + row * e->n_cols;
		const struct emit_stretch *s = e->stretches, *const stop = s + e->n_stretches;

		for (; s < stop; s++) {
			if (s->cell) {
				const uint64_t c = s->cell[i];

				out = put_cell(out, e->cells + (uint32_t)c,
				               (uint32_t)(c >> 32));
			} else {
				const uint32_t end = ends[s->last];

				out = put_run(out, e->text, ends[(ptrdiff_t)s->first - 1] + 1,
				              end - (s->trim && e->text[end - 1] == '\r'));
			}
			memcpy(out, s->after, 2);
			out += s->after_len;
		}
	}
	return out;
}
