/*
 * Audits of tiny tables, against all the tables that there are: a count that is called disclosed has
 * one value in every table that fits, and no other, a safe one has two at least; and audits of any
 * declaration and any file, which are refused in a line that is fit to be printed.
 */
#include "referee.h"

#include <sluice.h>

#include <jansson.h>
#include <sys/mman.h>
#include <unistd.h>

#define CODES 3 /* two and their total */
#define CELLS (CODES * CODES)
#define TOTAL (CODES - 1)
#define MOST  7 /* that an inner count is tried with: two more than it can be */

struct tiny {
	long count[CELLS];
	bool hidden[CELLS];
	long threshold; /* hidden are those from 'least' to it; -1 = any */
	long least;
	long lo[CELLS], hi[CELLS]; /* over all tables that fit */
};

static void sum_up(long count[CELLS])
{
	for (int i = 0; i < TOTAL; i++)
		count[i * CODES + TOTAL] = count[i * CODES] + count[i * CODES + 1];
	for (int k = 0; k < CODES; k++)
		count[TOTAL * CODES + k] = count[k] + count[CODES + k];
}

static bool fits(const struct tiny *t, const long count[CELLS])
{
	for (int i = 0; i < CELLS; i++) {
		if (!t->hidden[i] && count[i] != t->count[i])
			return false;
		if (t->hidden[i] && t->threshold >= 0 &&
		    (count[i] < t->least || count[i] > t->threshold))
			return false;
	}
	return true;
}

static void try_all(struct tiny *t)
{
	long count[CELLS];

	for (int i = 0; i < CELLS; i++) {
		t->lo[i] = 1000;
		t->hi[i] = -1;
	}
	for (int n = 0; n < MOST * MOST * MOST * MOST; n++) {
		count[0] = n % MOST;
		count[1] = n / MOST % MOST;
		count[CODES] = n / MOST / MOST % MOST;
		count[CODES + 1] = n / MOST / MOST / MOST;
		sum_up(count);
		if (!fits(t, count))
			continue;
		for (int i = 0; i < CELLS; i++) {
			t->lo[i] = count[i] < t->lo[i] ? count[i] : t->lo[i];
			t->hi[i] = count[i] > t->hi[i] ? count[i] : t->hi[i];
		}
	}
}

/* Four counts, how they are hidden, and of any hiding which cells. */
static void draw(struct tiny *t, struct input *in)
{
	const uint8_t how = take_byte(in);
	unsigned mask = take_byte(in);

	mask |= (unsigned)take_byte(in) << 8;
	for (int i = 0; i < 4; i++)
		t->count[i / 2 * CODES + i % 2] = take_byte(in) % (MOST - 2);
	sum_up(t->count);
	t->threshold = how % 3 ? how % 3 + how / 128 : -1;
	t->least = how & 64 ? 1 : 0;
	for (int i = 0; i < CELLS; i++)
		t->hidden[i] = t->threshold < 0
		                       ? mask >> i & 1
		                       : t->count[i] >= t->least && t->count[i] <= t->threshold;
}

static int as_file(const char *text, size_t len, char path[32])
{
	const int fd = memfd_create("table", 0);

	REQUIRE(fd >= 0 && write(fd, text, len) == (ssize_t)len, "no file\n");
	snprintf(path, 32, "/proc/self/fd/%d", fd);
	return fd;
}

static int code_of(const json_t *cell, const char *dimension)
{
	const char *code = json_string_value(json_object_get(cell, dimension));

	return !code ? TOTAL : code[0] - 'x';
}

static void check_list(const struct tiny *t, const json_t *list, bool safe)
{
	size_t i;
	json_t *one;

	json_array_foreach(list, i, one)
	{
		const json_t *cell = json_object_get(one, "cell");
		const char *verdict = json_string_value(json_object_get(one, "verdict"));
		const int at = code_of(cell, "a") * CODES + code_of(cell, "b");
		const long least = (long)json_integer_value(json_object_get(one, "least")),
			   most = (long)json_integer_value(json_object_get(one, "most"));

		if (!strcmp(verdict, "disclosed") || !strcmp(verdict, "narrow"))
			REQUIRE(!safe && t->lo[at] == t->hi[at] && least == t->lo[at] &&
			                most == least,
			        "%s is %ld to %ld, but %ld to %ld fit\n", verdict, least, most,
			        t->lo[at], t->hi[at]);
		if (!strcmp(verdict, "safe"))
			REQUIRE(t->lo[at] < t->hi[at], "safe, but only %ld fits\n", t->lo[at]);
	}
}

static void say(struct sluice_audit *a, const char *word, const char *argument)
{
	struct sluice_error err = { 0 };

	REQUIRE(!sluice_audit_say(a, word, argument, &err), "%s\n", err.text);
}

static struct sluice_audit *declared(const struct tiny *t)
{
	struct sluice_error err = { 0 };
	struct sluice_audit *a;
	char number[8];

	REQUIRE(!sluice_audit_new(&a, &err), "%s\n", err.text);
	say(a, "total", "Total");
	say(a, "dimensions", "a,b");
	say(a, "measures", "n");
	say(a, "token", "*");
	say(a, "seconds", "5");
	if (t->threshold >= 0) {
		snprintf(number, sizeof(number), "%ld", t->threshold);
		say(a, "threshold", number);
		say(a, "zeros", t->least ? "keep" : "redact");
	}
	return a;
}

static void try_tiny(struct input *in)
{
	static const char *const codes[] = { "x", "y", "Total" };
	struct tiny t;
	struct sluice_audit *a;
	struct sluice_error err = { 0 };
	char text[512], path[32], *json = NULL;
	json_t *root;
	int len = snprintf(text, sizeof(text), "a,b,n\n"), fd;

	draw(&t, in);
	try_all(&t);
	for (int i = 0; i < CELLS; i++)
		len += snprintf(text + len, sizeof(text) - (size_t)len,
		                t.hidden[i] ? "%s,%s,*\n" : "%s,%s,%ld\n", codes[i / CODES],
		                codes[i % CODES], t.count[i]);
	a = declared(&t);
	fd = as_file(text, (size_t)len, path);
	REQUIRE(!sluice_audit_file(a, path, &err) && !sluice_audit_run(a, &err) &&
	                !sluice_audit_json(a, true, &json, &err),
	        "%s%s\n", text, err.text);
	root = json_loads(json, 0, NULL);
	REQUIRE(root, "%s\n", json);
	check_list(&t, json_object_get(root, "findings"), false);
	check_list(&t, json_object_get(root, "safe"), true);
	if (sluice_audit_verdict(a) == SLUICE_AUDIT_SAFE)
		for (int i = 0; i < CELLS; i++)
			REQUIRE(!t.hidden[i] || t.lo[i] < t.hi[i], "%ssafe, with %ld\n", text,
			        t.lo[i]);
	json_decref(root);
	sluice_free(json);
	sluice_audit_free(a);
	close(fd);
}

/* A declaration, a NUL, and a file; or only the file. */
static void try_any(const uint8_t *data, size_t len, bool declares)
{
	const uint8_t *end = declares ? memchr(data, 0, len) : NULL;
	const size_t said = end ? (size_t)(end - data) : 0, from = end ? said + 1 : 0;
	struct sluice_error err = { 0 };
	struct sluice_audit *a;
	enum sluice_status status;
	char path[32], *text = NULL;
	const int fd = as_file((const char *)data + from, len - from, path);

	REQUIRE(!sluice_audit_new(&a, &err), "%s\n", err.text);
	say(a, "nodes", "200");
	status = said ? sluice_audit_declare(a, (const char *)data, said, "said", &err)
	              : SLUICE_OK;
	if (status == SLUICE_OK)
		status = sluice_audit_file(a, path, &err);
	if (status == SLUICE_OK)
		status = sluice_audit_run(a, &err);
	if (status == SLUICE_OK)
		status = sluice_audit_text(a, true, &text, &err);
	REQUIRE(status == SLUICE_OK ? text && *text : *err.text, "nothing is said\n");
	REQUIRE(status != SLUICE_E_BUG && status != SLUICE_E_MEMORY, "%s\n", err.text);
	REQUIRE(status == SLUICE_OK ||
	                referee_text((const uint8_t *)err.text, strlen(err.text)),
	        "the message\n");
	sluice_free(text);
	sluice_audit_free(a);
	close(fd);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { data, size };
	const uint8_t what = take_byte(&in);

	if (what == 'd' || what == 'f')
		try_any(in.text, in.len, what == 'd');
	else
		try_tiny(&in);
	return 0;
}
