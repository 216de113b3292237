/*
 * key.c - columns in which every row has a value of its own, as people's numbers have
 *
 * NHS numbers have a check digit: a column of them is known for certain.  Otherwise whole
 * numbers of one length, or texts of letters and digits without a space, all different.
 */
#include "check/hashes.h"
#include "check/inquiry.h"

#define ROWS_LEAST 20
#define KEYS_MAX   (1u << 21) /* values that are remembered in all columns together */

struct keys {
	struct hashes values;
	uint64_t twice;  /* values that were there before; two, and it is no key      */
	uint64_t opaque; /* texts of letters and digits                                */
	uint64_t nhs;    /* with a right check digit                                   */
	struct seen any;
	uint32_t shortest, longest;
};

static bool is_opaque(const struct cell_view *c)
{
	uint32_t digits = 0, letters = 0;

	if (c->len < 6 || c->len > 64)
		return false;
	for (uint32_t i = 0; i < c->len; i++) {
		const uint8_t b = c->text[i];

		if (b == ' ' || b >= 0x80)
			return false;
		digits += b >= '0' && b <= '9';
		letters += (b | 0x20) >= 'a' && (b | 0x20) <= 'z';
	}
	return digits >= 2 && letters && (digits + letters) * 4 >= c->len * 3;
}

/* Ten digits, the last of which follows from the others. */
static bool is_nhs_number(uint64_t value)
{
	uint32_t sum = 0, check = (uint32_t)(value % 10);

	if (value < UINT64_C(1000000000) || value > UINT64_C(9999999999))
		return false;
	for (uint32_t weight = 2; weight <= 10; weight++) {
		value /= 10;
		sum += (uint32_t)(value % 10) * weight;
	}
	return (11 - sum % 11) % 11 == check;
}

static void cell(struct inquiry *q, void *state, const struct cell_view *c)
{
	uint32_t *remembered = state_own(q);
	struct keys *k = state;
	uint32_t year;
	bool there;

	k->shortest = c->len < k->shortest || !k->any.places ? c->len : k->shortest;
	k->longest = c->len > k->longest ? c->len : k->longest;
	seen_cell(&k->any, c);
	k->nhs += c->kind == CELL_WHOLE && is_nhs_number(c->whole) ? c->times : 0;
	if (k->twice > 1 || *remembered == KEYS_MAX)
		return;
	k->twice += c->times - 1;
	if (c->kind == CELL_TEXT) {
		if (!is_opaque(c) || text_is_date(c->text, c->len, &year))
			k->twice = 2;
		k->opaque += c->times;
	}
	if (k->twice > 1)
		return;
	if (hashes_add(&k->values, c->text, c->len, &there, q->err) != SLUICE_OK) {
		q->status = SLUICE_E_MEMORY;
		return;
	}
	*remembered += !there;
	k->twice += there;
	if (k->twice > 1)
		hashes_free(&k->values);
}

/* Of a column that is no key, only how long its numbers are. */
static void numbers(struct inquiry *q, void *state, const struct numbers *n)
{
	struct keys *k = state;
	uint32_t i = 0, shortest, longest;
	struct cell_view view;

	for (; i < n->n && (k->twice <= 1 || !k->any.places); i++) {
		view = numbers_view(n, i);
		cell(q, state, &view);
	}
	if (i == n->n)
		return;
	shortest = k->shortest;
	longest = k->longest;
	view = (struct cell_view){ .line = n->line + n->row[i], .times = n->n - i };
	seen_cell(&k->any, &view);
	for (; i < n->n; i++) {
		shortest = n->len[i] < shortest ? n->len[i] : shortest;
		longest = n->len[i] > longest ? n->len[i] : longest;
	}
	k->shortest = shortest;
	k->longest = longest;
}

static bool is_number_key(const struct facts *f, const struct keys *k)
{
	if (f->hint == HINT_COUNT || f->hint == HINT_RATIO || f->hint == HINT_STATISTIC ||
	    f->hint == HINT_SHARE || f->hint == HINT_MEASURE || f->hint == HINT_TIME || f->said)
		return false;
	return f->not_five && f->steps + 1 < f->whole && k->longest >= 4 &&
	       k->shortest + 1 >= k->longest;
}

static void judge(struct inquiry *q)
{
	for (uint32_t col = 0; col < q->n_cols; col++) {
		const struct facts *f = &q->facts[col];
		const struct keys *k = state_of(q, col);
		const uint64_t values = f->whole + f->text;

		if (k->nhs >= 5 && k->nhs * 10 >= values * 9) {
			finding_add(q, SLUICE_REFUSAL, &k->any, col,
			            "numbers of ten digits with the check digit of NHS "
			            "numbers: drop "
			            "the column");
			continue;
		}
		if (k->twice > 1 || values < ROWS_LEAST || f->decimal || !k->values.n ||
		    values * 10 < f->cells * 9)
			continue;
		if (k->opaque == values || (f->whole == values && is_number_key(f, k)))
			finding_add(q, SLUICE_WARNING, &k->any, col,
			            "each row has a value of its own, of a form that "
			            "identifiers have: "
			            "does it stand for a patient or a practice?");
	}
}

static void forget(struct inquiry *q)
{
	for (uint32_t col = 0; col < q->n_cols; col++)
		hashes_free(&((struct keys *)state_of(q, col))->values);
}

const struct check check_key = {
	.name = "unique-key",
	.help = "columns of NHS numbers, or with a value of its own in each row",
	.severity = SLUICE_REFUSAL,
	.kinds = KIND(WHOLE) | KIND(TEXT),
	.state = sizeof(struct keys),
	.own = sizeof(uint32_t),
	.cell = cell,
	.numbers = numbers,
	.judge = judge,
	.forget = forget,
};
