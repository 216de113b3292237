#include "group/bins.h"

#include "base/date.h"

#include <string.h>

static enum bins_fault find_number(const struct bins *b, const uint8_t *text, uint32_t len,
                                   uint8_t out[BINS_TEXT], uint32_t *out_len)
{
	const int64_t value = number_parse(text, len);
	size_t low = 0, high = b->n_edges;
	uint32_t n;

	if (value == NUMBER_BAD)
		return BINS_NO_NUMBER;
	while (low < high) { /* the edges at or below the value: low of them at least */
		const size_t middle = low + (high - low) / 2;

		if (b->edges[middle] <= value)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == 0)
		return BINS_BELOW;
	n = number_print(out, (uint64_t)b->edges[low - 1]);
	if (low == b->n_edges) {
		out[n++] = '+';
	} else if (b->edges[low] - 1 > b->edges[low - 1]) {
		out[n++] = '-';
		n += number_print(out + n, (uint64_t)b->edges[low] - 1);
	}
	*out_len = n;
	return BINS_FINE;
}

/* Nothing, or 'T' or a space and what times are made of; which time makes no difference. */
static bool is_time(const uint8_t *text, uint32_t len)
{
	if (len == 0)
		return true;
	if (len == 1 || (text[0] != 'T' && text[0] != ' '))
		return false;
	for (uint32_t i = 1; i < len; i++)
		if ((text[i] < '0' || text[i] > '9') && (!text[i] || !strchr(":.Z+-", text[i])))
			return false;
	return true;
}

static bool is_date(const uint8_t *text, uint32_t len, int *month)
{
	return len >= DATE_TEXT && date_read((const char *)text, month) &&
	       is_time(text + DATE_TEXT, len - DATE_TEXT);
}

enum bins_fault bins_find(const struct bins *b, const uint8_t *text, uint32_t len,
                          uint8_t out[BINS_TEXT], uint32_t *out_len)
{
	int month;

	*out_len = 0;
	if (b->kind == BINS_NUMBERS)
		return find_number(b, text, len, out, out_len);
	if (!is_date(text, len, &month))
		return BINS_NO_DATE;
	*out_len = b->kind == BINS_YEAR ? 4 : 7;
	memcpy(out, text, *out_len);
	if (b->kind == BINS_QUARTER) {
		out[5] = 'Q';
		out[6] = (uint8_t)('1' + (month - 1) / 3);
	}
	return BINS_FINE;
}
