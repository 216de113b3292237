/*
 * fuzz_filter.h - the plans that tables are run through, and what may come out of them
 */
#ifndef FUZZ_FILTER_H
#define FUZZ_FILTER_H

#include "referee.h"

#include "base/buf.h"

#include <sluice.h>

struct sample {
	const char *rules;
	const char *counts; /* the columns that are: a letter each   */
	int64_t threshold;  /* -1 = none is redacted              */
	bool zeros;         /* are kept                           */
	int64_t base;       /* what is released, plus 'offset', is a multiple of it */
	int64_t offset;
	const char *token;
	char delimiter;
	const char *head;
	struct sluice_plan *plan;
};

#define REDACTED "[REDACTED]"
#define ALL      "keep: [g]\ncount: [n, d]\nratio: {r: [n, d]}\nblank: {n: [s]}\nother: keep\n"

#define COMMA .counts = "nd", .delimiter = ',', .head = "g,n,d,s\n"

static struct sample samples[] = {
	{ COMMA, .rules = ALL, .threshold = 7, .base = 5, .token = REDACTED },
	{ COMMA, .rules = "policy: ehrql\n" ALL, .threshold = 7, .zeros = true, .base = 5,
	  .token = "0" },
	{ COMMA, .rules = "policy: hes\n" ALL, .threshold = 7, .zeros = true, .base = 5,
	  .token = "*" },
	{ COMMA, .rules = "policy: cms\n" ALL, .threshold = 10, .zeros = true, .base = 1,
	  .token = "*" },
	{ COMMA, .rules = "policy: cohort-extractor\n" ALL, .threshold = 5, .zeros = true,
	  .base = 1, .token = "" },
	{ COMMA,
	  .rules = "policy: midpoint6\ncount: [n, d]\npercent: {s: [n, d]}\nother: keep\n",
	  .threshold = -1, .zeros = true, .base = 6, .offset = 3, .token = "" },
	{ COMMA,
	  .rules =
	          "policy: {threshold: 10, round_to: 7, rounding: half-up, token: 'a,b'}\n" ALL,
	  .threshold = 10, .base = 7, .token = "a,b" },
	{ COMMA,
	  .rules = "policy: {threshold: 20, round_to: 10, rounding: up, token: 'q\"'}\n" ALL,
	  .threshold = 20, .base = 10, .token = "q\"" },
	{ COMMA, .rules = "policy: {zeros: keep, token: ''}\nwhere: {g: [a, '', 'x,y']}\n" ALL,
	  .threshold = 7, .zeros = true, .base = 5, .token = "" },
	{ COMMA, .rules = "redact: [n, d]\nother: keep\n", .threshold = 7, .base = 1,
	  .token = REDACTED },
	{ COMMA, .rules = "policy: {round_to: 3, rounding: down}\nround: [n, d]\nother: keep\n",
	  .threshold = -1, .zeros = true, .base = 3, .token = REDACTED },
	{ .counts = "nd",
	  .delimiter = ';',
	  .head = "g;n;d;s\n",
	  .rules = "delimiter: ';'\nmissing: ['-']\ncrlf: true\n" ALL,
	  .threshold = 7,
	  .base = 5,
	  .token = REDACTED },
	{ .counts = "n",
	  .delimiter = ',',
	  .head = "n\n",
	  .rules = "count: [n]\nother: keep\n",
	  .threshold = 7,
	  .base = 5,
	  .token = REDACTED },
};

/* Any of them, by number. */
static inline const struct sample *sample_at(size_t i)
{
	struct sample *s = &samples[i % LENGTH(samples)];
	struct sluice_error err = { 0 };
	struct buf text = { 0 };

	if (s->plan)
		return s;
	REQUIRE(!buf_addf(&text, NULL, "version: 1\n%s", s->rules), "no memory\n");
	REQUIRE(!sluice_plan_parse((char *)text.data, text.len, "plan", &s->plan, &err),
	        "%s%u:%u %s\n", s->rules, (unsigned)err.line, err.column, err.text);
	buf_free(&text);
	return s;
}

#endif
