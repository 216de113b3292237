/*
 * known.h - what the plan says of a table, as the check takes it
 */
#ifndef RELEASE_KNOWN_H
#define RELEASE_KNOWN_H

#include "page/text.h"
#include "plan/setting.h"
#include "release/peek.h"

/* Its lists live as long as the check works. */
struct known {
	struct sluice_check_options o;
	const char **counts;
	struct sluice_ratio *ratios;
	struct text parts; /* names of the ratios' parts as they are written */
	const char **totals;
	struct text total_texts;
	char settings[3][SETTING_TEXT];
};

/* *k is freed with known_free() in any case. */
enum sluice_status known_make(struct known *k, const struct release *r, const struct table *t,
                              const struct peek *p, struct sluice_error *err);
void known_free(struct known *k);

#endif
