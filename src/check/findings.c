/*
 * findings.c - what was found, kept with its texts
 */
#include "check/inquiry.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void *state_own(struct inquiry *q)
{
	return q->state[q->at] + q->n_cols * checks[q->at]->state;
}

const char *column_name(const struct inquiry *q, uint32_t col)
{
	return q->header && col < q->header->n_cols ? header_name(q->header, col) : NULL;
}

bool listed(const char *const *list, size_t n, const struct inquiry *q, uint32_t col)
{
	const char *name = column_name(q, col);

	for (size_t i = 0; name && i < n; i++)
		if (!strcmp(list[i], name))
			return true;
	return false;
}

/* Whether the options allow the check at work: everywhere, or in this column. */
static bool is_allowed(const struct inquiry *q, uint32_t col)
{
	const struct sluice_check_options *o = &q->terms->o;
	const char *name = checks[q->at]->name, *column = column_name(q, col);
	const size_t len = strlen(name);

	if (checks[q->at]->firm)
		return false;
	for (size_t i = 0; i < o->n_allow; i++) {
		const char *a = o->allow[i];

		if (strncmp(a, name, len) != 0)
			continue;
		if (!a[len])
			return true;
		if (a[len] == '=' && column && !strcmp(a + len + 1, column))
			return true;
	}
	return false;
}

static struct finding *keep(struct inquiry *q)
{
	struct finding *f;

	if (q->n_findings == FINDINGS_MAX) {
		q->n_more++;
		return NULL;
	}
	if (!q->findings)
		q->findings = calloc(FINDINGS_MAX, sizeof(struct finding *));
	f = q->findings ? calloc(1, sizeof(*f)) : NULL;
	if (!f) {
		q->status = fail_memory(q->err);
		return NULL;
	}
	f->number = q->n_findings;
	q->findings[q->n_findings++] = f;
	return f;
}

PRINTF_LIKE(6, 0)
static void add(struct inquiry *q, enum sluice_severity severity, const struct seen *seen,
                uint32_t col, bool allowed, const char *fmt, va_list args)
{
	struct finding *f;

	q->refused = q->refused || (severity == SLUICE_REFUSAL && !allowed);
	f = keep(q);
	if (!f)
		return;
	f->check = q->at;
	vsnprintf(f->text, sizeof(f->text), fmt, args);
	f->shown = (struct sluice_finding){
		.severity = allowed ? SLUICE_NOTE : severity,
		.check = checks[q->at]->name,
		.line = seen ? seen->line : 0,
		.column = col == NO_COLUMN ? 0 : col + 1,
		.places = seen ? seen->places : 1,
		.allowed = allowed,
		.text = f->text,
	};
	if (column_name(q, col))
		f->shown.name = printable(f->name, header_name(q->header, col),
		                          q->header->columns[col].name_len);
}

void finding_add(struct inquiry *q, enum sluice_severity severity, const struct seen *seen,
                 uint32_t col, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	add(q, severity, seen, col, severity != SLUICE_NOTE && is_allowed(q, col), fmt, args);
	va_end(args);
}

void finding_firm(struct inquiry *q, enum sluice_severity severity, const struct seen *seen,
                  uint32_t col, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	add(q, severity, seen, col, false, fmt, args);
	va_end(args);
}
