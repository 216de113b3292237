/*
 * pushed.h - a table through a plan in one call, by the public filter
 */
#ifndef TESTS_PUSHED_H
#define TESTS_PUSHED_H

#include "unit/unit.h"

#include "base/buf.h"

struct pushed {
	struct buf out; /* NUL-terminated, len without it */
	struct buf notices;
	enum sluice_status status;
	struct sluice_error err;
	struct sluice_report *report;
};

static inline int pushed_write(void *ctx, const uint8_t *data, size_t len)
{
	struct pushed *p = ctx;

	return buf_add(&p->out, data, len, NULL) != SLUICE_OK;
}

static inline void pushed_notice(void *ctx, const char *text)
{
	struct pushed *p = ctx;

	assert_int_equal(buf_addf(&p->notices, NULL, "%s\n", text), SLUICE_OK);
}

/* The plan of these rules, its version said in line 1. */
static inline struct sluice_plan *plan_of(const char *rules)
{
	struct sluice_error err = { 0 };
	struct sluice_plan *plan = NULL;
	struct buf text = { 0 };

	assert_int_equal(buf_addf(&text, NULL, "version: 1\n%s", rules), SLUICE_OK);
	if (sluice_plan_parse((char *)text.data, text.len, "plan", &plan, &err) != SLUICE_OK)
		FAIL("%s\n%u:%u %s\n", text.data, (unsigned)err.line, err.column, err.text);
	buf_free(&text);
	return plan;
}

/* Push csv[0..len) in pieces of 'piece' bytes; 'given' may be NULL. */
static inline struct pushed push_pieces(const struct sluice_plan *plan, const void *csv,
                                        size_t len, size_t piece,
                                        const struct sluice_options *given)
{
	struct sluice_options options = SLUICE_OPTIONS_INIT;
	struct pushed p = { 0 };
	struct sluice_filter *f = NULL;
	enum sluice_status pushed = SLUICE_OK;

	if (given)
		options = *given;
	options.notice = pushed_notice;
	options.ctx = &p;
	p.status = sluice_filter_new(plan, &options, pushed_write, &p, &f, &p.err);
	assert_int_equal(p.status, SLUICE_OK);
	for (size_t i = 0; pushed == SLUICE_OK && i < len; i += piece)
		pushed = sluice_filter_push(f, (const uint8_t *)csv + i,
		                            len - i < piece ? len - i : piece, &p.err);
	p.status = sluice_filter_finish(f, &p.report, &p.err);
	assert_true(pushed == SLUICE_OK || pushed == p.status);
	sluice_filter_free(f);
	assert_int_equal(buf_add(&p.out, "", 1, NULL), SLUICE_OK);
	assert_int_equal(buf_add(&p.notices, "", 1, NULL), SLUICE_OK);
	p.out.len--;
	return p;
}

static inline struct pushed push_table(const char *plan_text, const char *csv)
{
	struct sluice_plan *plan = plan_of(plan_text);
	struct pushed p = push_pieces(plan, csv, strlen(csv), SIZE_MAX / 2, NULL);

	sluice_plan_free(plan);
	return p;
}

static inline void pushed_free(struct pushed *p)
{
	buf_free(&p->out);
	buf_free(&p->notices);
	sluice_report_free(p->report);
}

/* What comes out of a table that is accepted. */
static inline void assert_released(const char *plan, const char *csv, const char *out)
{
	struct pushed p = push_table(plan, csv);

	if (p.status != SLUICE_OK)
		FAIL("%s\n%u:%u %s\n", plan, (unsigned)p.err.line, p.err.column, p.err.text);
	assert_string_equal((char *)p.out.data, out);
	pushed_free(&p);
}

/* How a table is refused; 'says' is part of the message. */
static inline void assert_refused(const char *plan, const char *csv, enum sluice_status status,
                                  uint64_t line, uint32_t column, const char *says)
{
	struct pushed p = push_table(plan, csv);

	if (p.status != status || p.err.line != line || p.err.column != column ||
	    !strstr(p.err.text, says))
		FAIL("%s\n%s\n%d %u:%u %s\n", plan, csv, (int)p.status, (unsigned)p.err.line,
		     p.err.column, p.err.text);
	pushed_free(&p);
}

#endif
