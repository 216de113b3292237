#include "release/manifest.h"

#include "page/text.h"
#include "plan/policy.h"
#include "plan/setting.h"

#include <string.h>

#define NUMBER(v) ((unsigned long long)(v))

static void put_key(struct text *t, const char *key, const char *value)
{
	put_f(t, "\"%s\":", key);
	put_json(t, value);
}

static void put_digest(struct text *t, const struct digest *d)
{
	put_f(t, ",\"bytes\":%llu,\"xxh3\":\"%s\"", NUMBER(d->bytes), d->xxh3);
	if (d->sha256[0])
		put_f(t, ",\"sha256\":\"%s\"", d->sha256);
}

static void put_cells(struct text *t, const struct tally *c)
{
	put_f(t,
	      ",\"cells\":{\"all\":%llu,\"redacted\":%llu,\"rounded\":%llu,\"missing\":%llu}",
	      NUMBER(c->cells), NUMBER(c->redacted), NUMBER(c->rounded), NUMBER(c->missing));
}

static void put_settings(struct text *t, const struct report_column *c)
{
	const struct settings *s = &c->settings;

	put(t, ",\"settings\":{");
	if (c->takes & SET_THRESHOLD) {
		if (s->threshold == NO_THRESHOLD)
			put(t, "\"threshold\":null");
		else
			put_f(t, "\"threshold\":%lld", (long long)s->threshold);
		put_f(t, ",\"zeros\":\"%s\",", s->keep_zeros ? "keep" : "redact");
		put_key(t, "token", s->token);
	}
	if (c->takes & SET_ROUND_TO)
		put_f(t, "%s\"round_to\":%u,\"rounding\":\"%s\"",
		      c->takes & SET_THRESHOLD ? "," : "", s->round_to,
		      rounding_name(s->rounding));
	if (c->takes & SET_DIGITS) {
		put(t, c->takes & (SET_THRESHOLD | SET_ROUND_TO) ? "," : "");
		if (s->digits == SHORTEST)
			put(t, "\"digits\":null");
		else
			put_f(t, "\"digits\":%d", s->digits);
	}
	put(t, "}");
}

static void put_column(struct text *t, const struct report_column *c)
{
	put(t, "{");
	put_key(t, "name", c->name);
	put_f(t, ",\"rule\":\"%s\",\"said\":%s,\"released\":%s,\"made\":%s", c->rule,
	      c->said ? "true" : "false", c->out ? "true" : "false",
	      c->made ? "true" : "false");
	if (c->takes)
		put_settings(t, c);
	if (c->takes || c->tally.cells)
		put_cells(t, &c->tally);
	put(t, "}");
}

static void put_checks(struct text *t, const struct table *table)
{
	put_f(t, ",\"checks\":{\"fit\":true,\"warnings\":%llu,\"notes\":%llu,\"allowed\":%llu}",
	      NUMBER(table->n_findings[SLUICE_WARNING]), NUMBER(table->n_findings[SLUICE_NOTE]),
	      NUMBER(table->n_allowed));
}

static void put_table(struct text *t, const struct table *table)
{
	const struct sluice_report *r = table->report;
	const struct tally cells = table_cells(table);

	put(t, "{");
	put_key(t, "name", table->said->name);
	put(t, ",\"input\":{");
	put_key(t, "file", table->input);
	put(t, "},\"output\":{");
	put_key(t, "file", table->below);
	put_digest(t, &table->out);
	put_f(t, ",\"rows\":%llu,\"columns\":%u},", NUMBER(r->rows_out), table->columns_out);
	put_key(t, "policy", table->said->policy->name);
	put_checks(t, table);
	put_cells(t, &cells);
	if (table->said->protect.given) {
		put(t, ",");
		put_key(t, "protect", table->said->protect.method);
	}
	put(t, ",\"columns\":[");
	for (uint32_t i = 0; i < r->n_columns; i++) {
		put(t, i ? "," : "");
		put_column(t, &r->columns[i]);
	}
	put(t, "]}");
}

/* A table that is not there: which, and why. */
static void put_absent(struct text *t, const struct table *table)
{
	put(t, "{");
	put_key(t, "name", table->said->name);
	put(t, ",\"input\":{");
	put_key(t, "file", table->input);
	put(t, "},\"output\":{");
	put_key(t, "file", table->below);
	put_f(t, "},\"exit\":%d,", sluice_exit_status(table->err.status));
	put_key(t, "why", table->err.text);
	put_f(t, ",\"line\":%llu,\"column\":%u}", NUMBER(table->err.line), table->err.column);
}

static bool is_there(const struct table *t)
{
	return t->outcome == SLUICE_WRITTEN || t->outcome == SLUICE_UNCHANGED;
}

static void put_list(struct text *t, const struct release *r, bool there)
{
	bool any = false;

	for (size_t i = 0; i < r->n_tables; i++) {
		if (is_there(&r->tables[i]) != there)
			continue;
		put(t, any ? ",\n" : "\n");
		any = true;
		if (there)
			put_table(t, &r->tables[i]);
		else
			put_absent(t, &r->tables[i]);
	}
	put(t, any ? "\n]" : "]");
}

enum sluice_status manifest_text(const struct release *r, const struct document *documents,
                                 size_t n_documents, struct buf *out, struct sluice_error *err)
{
	struct text t = { 0 };
	bool complete = true;
	char hash[33];

	sluice_plan_hash(r->plan, hash);
	for (size_t i = 0; i < r->n_tables; i++)
		complete = complete && is_there(&r->tables[i]);
	put_f(&t, "{\n\"sluice\":\"%s\",\n\"manifest\":1,\n\"plan\":{", SLUICE_VERSION);
	put_key(&t, "file", r->plan->source);
	put_f(&t, ",\"hash\":\"%s\"},\n\"complete\":%s,\n\"tables\":[", hash,
	      complete ? "true" : "false");
	put_list(&t, r, true);
	put(&t, ",\n\"not_released\":[");
	put_list(&t, r, false);
	put(&t, ",\n\"documents\":[");
	for (size_t i = 0; i < n_documents; i++) {
		put(&t, i ? ",\n{" : "\n{");
		put_key(&t, "file", documents[i].name);
		put_digest(&t, &documents[i].digest);
		put(&t, "}");
	}
	put(&t, "\n]\n}\n");
	*out = t.b;
	return t.status == SLUICE_OK ? SLUICE_OK : fail_memory(err);
}
