/*
 * find_body.h - where the keys of rows are kept, written once
 *
 * An instruction set defines these and then includes this file:
 *	key32                  32 bytes
 *	key32 key_take(const uint8_t *text, uint32_t len)  len < FIND_FIELD bytes, then zeros
 *	key32 key_mix(key32 h, key32 v)  h's 32-bit words turned by one within its halves, plus v
 *	key32 key_differ(key32 d, key32 v, const uint8_t *kept)  d, or where v is not as kept
 *	bool key_any(key32 v)  some bit is set
 *	void key_halves(key32 h, uint64_t *a, uint64_t *b)  as kernels.h has a and b
 */
#define KEY_INLINE static inline __attribute__((always_inline))
#if defined(__clang__)
#define KEY_EACH /* it unrolls short loops unasked */
#else
#define KEY_EACH _Pragma("GCC unroll 6") /* fields in registers, where 'n' is a constant */
#endif

KEY_INLINE bool key_same(const struct find_rows *f, const key32 *v, uint32_t n, uint32_t p)
{
	const uint8_t *kept = f->kept + (size_t)p * n * FIND_FIELD;
	key32 d = { 0 };

	KEY_EACH
	for (uint32_t k = 0; k < n; k++)
		d = key_differ(d, v[k], kept + (size_t)k * FIND_FIELD);
	return !key_any(d);
}

KEY_INLINE uint32_t find_rows(const struct find_rows *rows, uint32_t n, bool cr,
                              uint32_t n_rows, uint32_t *place)
{
	const struct find_rows f = *rows;
	const uint32_t *ends[FIND_KEYS] = { 0 };

	KEY_EACH
	for (uint32_t k = 0; k < n; k++)
		ends[k] = f.ends + f.cols[k];
	for (uint32_t i = 0; i < n_rows; i++) {
		const size_t at = (size_t)(f.rows ? f.rows[i] : i) * f.n_cols;
		key32 v[FIND_KEYS] = { 0 }, h;
		uint32_t begin[FIND_KEYS] = { 0 }, len[FIND_KEYS] = { 0 }, lens = 0, p;
		uint64_t a, b;

		KEY_EACH
		for (uint32_t k = 0; k < n; k++) {
			const uint32_t *end = ends[k] + at;

			begin[k] = end[-1] + 1; /* the first end may be that before 0 */
			len[k] = end[0] - begin[k];
			if (cr && f.cols[k] + 1 == f.n_cols && len[k])
				len[k] -= f.text[end[0] - 1] == '\r';
			lens |= len[k];
		}
		if (lens >= FIND_FIELD) {
			place[i] = FIND_NONE;
			return i;
		}
		KEY_EACH
		for (uint32_t k = 0; k < n; k++)
			v[k] = key_take(f.text + begin[k], len[k]);
		h = v[0];
		KEY_EACH
		for (uint32_t k = 1; k < n; k++)
			h = key_mix(h, v[k]);
		key_halves(h, &a, &b);
		place[i] = p = (uint32_t)((a * FIND_A + b * FIND_B) >> f.shift);
		if (__builtin_expect(!key_same(&f, v, n, p), 0)) {
			place[i] = p ^= 1;
			if (!key_same(&f, v, n, p)) {
				place[i] = p ^ 1;
				return i;
			}
		}
	}
	return n_rows;
}

static uint32_t find(const struct find_rows *f, uint32_t n, uint32_t *place)
{
	if (f->cr)
		return find_rows(f, f->n_keys, true, n, place);
	switch (f->n_keys) {
	case 1: return find_rows(f, 1, false, n, place);
	case 2: return find_rows(f, 2, false, n, place);
	case 3: return find_rows(f, 3, false, n, place);
	case 4: return find_rows(f, 4, false, n, place);
	case 5: return find_rows(f, 5, false, n, place);
	default: return find_rows(f, 6, false, n, place);
	}
}
