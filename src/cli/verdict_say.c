/*
 * verdict_say.c - a verdict as text
 */
#include "verdict_say.h"

#include "msg.h"

static void say_finding(const char *path, const struct sluice_finding *f)
{
	static const char *const severities[] = { "note", "warning", "refused" };

	out_name(path);
	if (f->line)
		out(":%llu", (unsigned long long)f->line);
	if (f->line && f->column)
		out(":%u", f->column);
	out(": %s %s: %s", f->allowed ? "allowed" : severities[f->severity], f->check, f->text);
	if (f->name || f->places > 1) {
		out(" (");
		if (f->name)
			out("column '%s'", f->name);
		if (f->places > 1)
			out("%s%llu places", f->name ? ", " : "",
			    (unsigned long long)f->places);
		out(")");
	}
	out("\n");
}

static const char *plural(uint64_t n)
{
	return n == 1 ? "" : "s";
}

void verdict_say(const char *path, const struct sluice_verdict *v)
{
	const struct sluice_finding *f;
	const uint64_t rows = sluice_verdict_rows(v), bytes = sluice_verdict_bytes(v);
	const uint32_t columns = sluice_verdict_columns(v);
	size_t n[3] = { 0 };

	for (size_t i = 0; (f = sluice_verdict_at(v, i)); i++)
		n[f->severity]++;
	out_name(path);
	out(": %s", sluice_verdict_fit(v) ? "fit" : "refused");
	if (n[SLUICE_REFUSAL])
		out(", %zu refusal%s", n[SLUICE_REFUSAL], plural(n[SLUICE_REFUSAL]));
	if (n[SLUICE_WARNING])
		out(", %zu warning%s", n[SLUICE_WARNING], plural(n[SLUICE_WARNING]));
	out(" (");
	if (columns)
		out("%llu row%s, %u column%s, ", (unsigned long long)rows, plural(rows),
		    columns, plural(columns));
	out("%llu byte%s)\n", (unsigned long long)bytes, plural(bytes));
	for (size_t i = 0; (f = sluice_verdict_at(v, i)); i++)
		say_finding(path, f);
	if (sluice_verdict_unlisted(v)) {
		out_name(path);
		out(": and %llu more\n", (unsigned long long)sluice_verdict_unlisted(v));
	}
}

/* What output checkers are shown, without the values. */
void verdict_say_columns(const struct sluice_verdict *v)
{
	static const char *const types[] = { "text", "integer", "float", "mixed" };
	const struct sluice_column_summary *c;

	if (!sluice_verdict_columns(v))
		return;
	out("  %-7s %8s %8s %8s %8s %8s  %-5s %-5s %-5s %s\n", "type", "numeric", "missing",
	    "redacted", "zero", "small", "by 5", "by 6", "mid 6", "column");
	for (size_t i = 0; (c = sluice_verdict_column(v, i)); i++) {
		const bool shown = c->type == SLUICE_INTEGER || c->type == SLUICE_FLOAT;

		out("  %-7s %8llu %8llu %8llu %8llu %8llu  %-5s %-5s %-5s %s%s\n",
		    types[c->type], (unsigned long long)c->numeric,
		    (unsigned long long)c->missing, (unsigned long long)c->redacted,
		    (unsigned long long)c->zeros, (unsigned long long)c->small,
		    !shown       ? "-"
		    : c->by_five ? "yes"
		                 : "no",
		    !shown      ? "-"
		    : c->by_six ? "yes"
		                : "no",
		    !shown         ? "-"
		    : c->midpoint6 ? "yes"
		                   : "no",
		    c->name, c->count ? " (counts)" : "");
	}
}
