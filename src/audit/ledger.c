/*
 * ledger.c - a ledger is read: its chain first, then what it holds
 */
#include "audit/ledger.h"

#include "io/folder.h"
#include "plan/json_read.h"
#include "plan/setting.h"

#include <nettle/sha2.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const ledger_words[] = { "total",  "wide", "percent", "ratio",
	                             "nested", "open", "at-most", NULL };

void sha256_hex(const char *text, size_t len, char hash[LEDGER_HASH])
{
	static const char digits[] = "0123456789abcdef";
	uint8_t bytes[SHA256_DIGEST_SIZE];
	struct sha256_ctx sha;

	sha256_init(&sha);
	sha256_update(&sha, len, (const uint8_t *)text);
	sha256_digest(&sha, sizeof(bytes), bytes);
	for (size_t i = 0; i < sizeof(bytes); i++) {
		hash[2 * i] = digits[bytes[i] >> 4];
		hash[2 * i + 1] = digits[bytes[i] & 15];
	}
	hash[LEDGER_HASH - 1] = 0;
}

PRINTF_LIKE(4, 5)
static enum sluice_status bad(const char *path, uint32_t entry, struct sluice_error *err,
                              const char *fmt, ...)
{
	char text[160];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	fail_at(err, SLUICE_E_DATA, entry, 0, "%s", text);
	fail_source(err, path);
	return SLUICE_E_DATA;
}

/* ---- a table ----------------------------------------------------------------------------------- */

/* Every field in quotes: what it holds can't be mistaken. */
static enum sluice_status add_quoted(struct buf *b, const char *text, bool first,
                                     struct sluice_error *err)
{
	TRY(buf_add(b, first ? "\"" : ",\"", first ? 1 : 2, err));
	for (; *text; text++)
		TRY(buf_add(b, *text == '"' ? "\"\"" : text, *text == '"' ? 2 : 1, err));
	return buf_add(b, "\"", 1, err);
}

static const char *text_of(const json_t *o, const char *key)
{
	const char *text = json_string_value(json_object_get(o, key));

	return text ? text : "";
}

static enum sluice_status add_header(struct buf *b, const json_t *columns,
                                     struct sluice_error *err)
{
	for (size_t i = 0; i < json_array_size(columns); i++)
		TRY(add_quoted(b, text_of(json_array_get(columns, i), "name"), !i, err));
	return buf_add(b, "\n", 1, err);
}

static bool add_rows(struct buf *b, const json_t *rows, size_t n_columns,
                     struct sluice_error *err)
{
	for (size_t i = 0; i < json_array_size(rows); i++) {
		const json_t *row = json_array_get(rows, i);

		if (json_array_size(row) != n_columns)
			return false;
		for (size_t c = 0; c < n_columns; c++) {
			const char *text = json_string_value(json_array_get(row, c));

			if (!text || add_quoted(b, text, !c, err))
				return false;
		}
		if (buf_add(b, "\n", 1, err))
			return false;
	}
	return true;
}

/* What was done to a count; false = not what an entry holds. */
static bool take_settings(struct settings *s, const json_t *o)
{
	struct given g = { 0 };

	*s = (struct settings){ NO_THRESHOLD, true, 1, ROUND_NEAREST, "[REDACTED]", SHORTEST };
	for (size_t i = 0; setting_at(i); i++) {
		const char *text = json_string_value(json_object_get(o, setting_at(i)->key));

		if (text && !setting_give(setting_at(i), &g, text))
			return false;
	}
	settings_apply(s, &g);
	return true;
}

static bool take_columns(struct ledger_table *t, const json_t *columns,
                         struct sluice_error *err)
{
	t->n_columns = (uint32_t)json_array_size(columns);
	t->columns = calloc((size_t)t->n_columns + 1, sizeof(*t->columns));
	t->settings = calloc((size_t)t->n_columns + 1, sizeof(*t->settings));
	if (!t->columns || !t->settings)
		fail_memory(err);
	for (uint32_t i = 0; t->columns && t->settings && i < t->n_columns; i++) {
		const json_t *o = json_array_get(columns, i);
		const char *is = text_of(o, "is");
		struct known_column *k = &t->columns[i];

		k->role = !strcmp(is, "dimension") ? ROLE_DIMENSION
		          : !strcmp(is, "measure") ? ROLE_MEASURE
		                                   : ROLE_NONE;
		k->settings = &t->settings[i];
		k->secondary = json_is_true(json_object_get(o, "secondary"));
		if (!take_settings(&t->settings[i], o))
			return false;
	}
	return t->columns && t->settings;
}

static bool is_ledger_word(const char *word)
{
	for (size_t i = 0; ledger_words[i]; i++)
		if (!strcmp(ledger_words[i], word))
			return true;
	return false;
}

/* ["total","sex","All"], and ["cell","sex","F"]: the whole table is about that code. */
static bool take_words(struct ledger_table *t, const json_t *said, struct sluice_error *err)
{
	for (size_t i = 0; i < json_array_size(said); i++) {
		const json_t *one = json_array_get(said, i);
		const char *word = json_string_value(json_array_get(one, 0));
		const char *left = json_string_value(json_array_get(one, 1));
		const char *right = json_string_value(json_array_get(one, 2));
		struct buf b = { 0 };
		uint32_t id;
		bool ok = word && right;

		if (ok && !strcmp(word, "cell"))
			ok = left && !buf_addf(&b, err, "%s:%s", t->name, left) &&
			     !declaration_say(&t->said, word, (char *)b.data, right, err);
		else if (ok && !strcmp(word, "parents"))
			ok = left && !names_add(&t->grouped, left, &id, err);
		else if (ok)
			ok = is_ledger_word(word) &&
			     !declaration_say(&t->said, word, left, right, err);
		buf_free(&b);
		if (!ok)
			return false;
	}
	return true;
}

static void take_lines(struct sheet *s, const json_t *lines)
{
	for (uint32_t i = 0; i < s->n_rows; i++)
		s->lines[i] = (uint64_t)json_integer_value(json_array_get(lines, i));
}

static bool take_table(struct ledger_table *t, const json_t *o, uint32_t entry,
                       const char *date, struct sluice_error *err)
{
	const json_t *columns = json_object_get(o, "columns");
	struct buf name = { 0 }, csv = { 0 };
	bool ok = *text_of(o, "name") && json_array_size(columns);

	ok = ok && !buf_addf(&name, err, "%s (release %u%s%s)", text_of(o, "name"), entry,
	                     *date ? ", " : "", date);
	t->name = (char *)name.data;
	t->people = strdup(text_of(o, "people"));
	if (!t->people)
		fail_memory(err);
	ok = ok && t->people && take_columns(t, columns, err) &&
	     take_words(t, json_object_get(o, "said"), err) &&
	     !add_header(&csv, columns, err) &&
	     add_rows(&csv, json_object_get(o, "rows"), t->n_columns, err) &&
	     !buf_reserve(&csv, BUF_PAD, err) &&
	     !sheet_parse(&t->sheet, t->name, csv.data, csv.len, ',', err);
	if (ok)
		take_lines(&t->sheet, json_object_get(o, "lines"));
	buf_free(&csv);
	return ok;
}

/* ---- entries ------------------------------------------------------------------------------------ */

static enum sluice_status take_tables(struct ledger *l, const char *path, const json_t *entry,
                                      struct sluice_error *err)
{
	const json_t *tables = json_object_get(entry, "tables");
	struct sluice_error own = { 0 };

	for (size_t i = 0; i < json_array_size(tables); i++) {
		struct ledger_table *t;

		if (!array_grow((void **)&l->tables, &l->cap_tables, l->n_tables,
		                sizeof(*l->tables)))
			return fail_memory(err);
		t = &l->tables[l->n_tables++];
		*t = (struct ledger_table){ 0 };
		if (!take_table(t, json_array_get(tables, i), l->n_entries,
		                text_of(entry, "date"), &own))
			return own.status == SLUICE_E_MEMORY
			               ? fail_memory(err)
			               : bad(path, l->n_entries, err,
			                     "a release whose tables can't be read: was it "
			                     "written by a newer sluice?");
		if (json_array_append(l->known, json_array_get(tables, i)))
			return fail_memory(err);
	}
	return SLUICE_OK;
}

/* One line, without its end. */
static enum sluice_status take_entry(struct ledger *l, const char *path, const char *line,
                                     size_t len, struct sluice_error *err)
{
	const size_t tail = strlen(LEDGER_TAIL) + LEDGER_HASH - 1 + 2; /* and "} */
	const uint32_t n = ++l->n_entries;
	char hash[LEDGER_HASH];
	enum sluice_status status;
	json_t *o;

	if (len <= tail || memcmp(line + len - tail, LEDGER_TAIL, strlen(LEDGER_TAIL)) != 0)
		return bad(path, n, err, "no entry of a ledger");
	sha256_hex(line, len - tail, hash);
	if (memcmp(line + len - 2 - (LEDGER_HASH - 1), hash, LEDGER_HASH - 1) != 0)
		return bad(path, n, err,
		           "the entry is not what was written: its hash is another one");
	status = json_read(line, len, &o, err);
	if (status == SLUICE_E_DATA)
		bad(path, n, err, "the entry can't be read: was it written by a newer sluice?");
	else if (status == SLUICE_OK && strcmp(text_of(o, "before"), l->head) != 0)
		status = bad(path, n, err,
		             "the entry does not follow the one before it: one was left out, "
		             "put in or moved");
	else if (status == SLUICE_OK)
		status = take_tables(l, path, o, err);
	memcpy(l->head, hash, sizeof(hash));
	json_decref(o);
	return status;
}

enum sluice_status ledger_read(struct ledger *l, const char *path, struct sluice_error *err)
{
	struct file_id id;

	*l = (struct ledger){ .known = json_array() };
	memset(l->head, '0', LEDGER_HASH - 1);
	if (!l->known)
		return fail_memory(err);
	if (file_is_missing(path))
		return SLUICE_OK;
	if (file_identify(path, &id) && id.size > LEDGER_LIMIT)
		return bad(path, 0, err,
		           "the ledger is larger than %u MiB: keep it, and begin a new one for "
		           "what has nothing to do with it",
		           LEDGER_LIMIT >> 20);
	TRY(file_read(path, LEDGER_LIMIT, &l->text, NULL, err));
	for (size_t at = 0; at < l->text.len;) {
		const char *line = (const char *)l->text.data + at;
		const char *end = memchr(line, '\n', l->text.len - at);

		if (!end)
			return bad(path, l->n_entries + 1, err,
			           "the last entry is cut off: remove what follows the last "
			           "line end");
		TRY(take_entry(l, path, line, (size_t)(end - line), err));
		at += (size_t)(end - line) + 1;
	}
	return SLUICE_OK;
}

void ledger_free(struct ledger *l)
{
	for (uint32_t i = 0; i < l->n_tables; i++) {
		struct ledger_table *t = &l->tables[i];

		free(t->name);
		free(t->people);
		sheet_free(&t->sheet);
		free(t->columns);
		free(t->settings);
		declaration_free(&t->said);
		names_free(&t->grouped);
	}
	free(l->tables);
	buf_free(&l->text);
	json_decref(l->known);
	*l = (struct ledger){ 0 };
}
