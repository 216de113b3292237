/*
 * Checks of any bytes as a table: the verdict is the same each time, its messages are fit to be
 * printed, and a file that is called fit really has no small count in a column of counts, nor a
 * number that breaks its rounding, by a slow second reading.
 */
#include "referee.h"

#include <sluice.h>

#include <sys/mman.h>
#include <unistd.h>

#define SMALL 7 /* of the default policy */

/* The number that is written there in the plainest way, or -1. */
static long plain_number(const uint8_t *text, size_t len)
{
	long value = 0;

	if (!len || len > 9 || (len > 1 && text[0] == '0'))
		return -1;
	for (size_t i = 0; i < len; i++) {
		if (text[i] < '0' || text[i] > '9')
			return -1;
		value = value * 10 + text[i] - '0';
	}
	return value;
}

static void check_texts(const struct sluice_verdict *v)
{
	const struct sluice_finding *f;
	bool refused = false;
	char *json = sluice_verdict_json(v);

	for (size_t i = 0; (f = sluice_verdict_at(v, i)); i++) {
		const size_t len = strlen(f->text);

		refused = refused || f->severity == SLUICE_REFUSAL;
		REQUIRE(len && referee_text((const uint8_t *)f->text, len), "the message\n");
		for (size_t k = 0; k < len; k++)
			REQUIRE((uint8_t)f->text[k] >= ' ' && f->text[k] != 0x7F,
			        "the message\n");
		REQUIRE(f->places, "%s is nowhere\n", f->check);
	}
	REQUIRE(refused == !sluice_verdict_fit(v), "fit, and refused\n");
	REQUIRE(json, "no JSON\n");
	sluice_free(json);
}

/* No cell of a column of counts is small, or off the grid. */
static void check_column(const struct ref_table *t, size_t col, const uint8_t *text,
                         const struct sluice_column_summary *c)
{
	for (size_t i = t->n_cols + col; c->count && i < t->n_cells; i += t->n_cols) {
		uint8_t field[64];
		size_t len = 0;
		long value;

		if (t->cells[i].len < sizeof(field))
			len = referee_unquote(text, &t->cells[i], field);
		value = plain_number(field, len);
		REQUIRE(value < 1 || value > SMALL || c->midpoint6,
		        "fit, with a count of %ld\n", value);
		REQUIRE(value < 0 || value % 5 == 0 || c->midpoint6, "fit, with %ld\n", value);
	}
}

static void check_fit(const uint8_t *text, size_t len, const struct sluice_verdict *v)
{
	struct ref_table t = { 0 };

	if (!referee_read(&t, text, len, ','))
		t.n_cols = 0; /* between semicolons, behind a title: it is another table */
	if (t.n_cols == sluice_verdict_columns(v))
		for (size_t col = 0; col < t.n_cols; col++)
			check_column(&t, col, text, sluice_verdict_column(v, col));
	free(t.cells);
}

static struct sluice_verdict *judge(int fd, const char *name)
{
	struct sluice_check_options o = SLUICE_CHECK_OPTIONS_INIT;
	struct sluice_error err = { 0 };
	struct sluice_verdict *v;
	char path[32];

	o.name = name;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	REQUIRE(!sluice_check(path, &o, &v, &err), "%s\n", err.text);
	return v;
}

static void check_same(const struct sluice_verdict *a, const struct sluice_verdict *b)
{
	char *left = sluice_verdict_json(a), *right = sluice_verdict_json(b);

	REQUIRE(left && right && !strcmp(left, right), "%s\n%s\n", left, right);
	sluice_free(left);
	sluice_free(right);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const names[] = { "t.csv", "t.csv", "t.csv", "t.csv",
		                             "t.txt", "t.svg", "t.log", "t.csv.gz" };
	struct input in = { data, size };
	const char *name = names[take_byte(&in) % 8];
	const int fd = memfd_create("table", 0);
	struct sluice_verdict *v, *again;

	REQUIRE(fd >= 0 && write(fd, in.text, in.len) == (ssize_t)in.len, "no file\n");
	v = judge(fd, name);
	again = judge(fd, name);
	check_texts(v);
	check_same(v, again);
	if (sluice_verdict_fit(v) && !strcmp(name, "t.csv"))
		check_fit(in.text, in.len, v);
	sluice_verdict_free(v);
	sluice_verdict_free(again);
	close(fd);
	return 0;
}
