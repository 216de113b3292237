/*
 * flags_protect.c - the flags of protecting totals
 */
#include "plan/flags.h"
#include "plan/protecting.h"

#include <stdlib.h>
#include <string.h>

static const struct protect_word *word_of(const struct adding *a)
{
	const struct protect_word *w = protect_words;

	while (w->key && strcmp(w->flag, a->flag) != 0)
		w++;
	return w;
}

/* Names with commas between. */
static enum sluice_status add_names(const struct adding *a)
{
	const struct protect_word *word = word_of(a);
	enum sluice_status status = SLUICE_OK;
	char *list = text_copy(a->argument, strlen(a->argument)), *rest = list, *name;

	if (!list)
		return fail_memory(a->err);
	while (status == SLUICE_OK && (name = strsep(&rest, ",")))
		status = protect_say(a->plan, a->output, word, NULL, 0, name, nowhere, a->err);
	free(list);
	return status;
}

/* LEFT, what is between, RIGHT. */
static enum sluice_status add_pair(const struct adding *a)
{
	const struct protect_word *word = word_of(a);
	const char *between = word->shape == PROTECT_PAIRS ? "<=" : "=";
	const char *at = strstr(a->argument, between);

	if (!at && word->shape == PROTECT_CODES)
		return protect_say(a->plan, a->output, word, NULL, 0, a->argument, nowhere,
		                   a->err);
	if (!at || at == a->argument)
		return plan_fail(a->plan, a->err, nowhere, "--%s wants %s", a->flag,
		                 word->form);
	return protect_say(a->plan, a->output, word, a->argument, (size_t)(at - a->argument),
	                   at + strlen(between), nowhere, a->err);
}

static enum sluice_status add_method(const struct adding *a)
{
	return protect_method(a->plan, a->output, a->argument, nowhere, a->err);
}

static enum sluice_status add_seconds(const struct adding *a)
{
	return protect_seconds(a->plan, a->output, a->argument, nowhere, a->err);
}

static enum sluice_status add_singletons(const struct adding *a)
{
	if (*a->argument)
		return plan_fail(a->plan, a->err, nowhere,
		                 "--protect-singletons takes no argument");
	return protect_singletons(a->plan, a->output, "true", nowhere, a->err);
}

static enum sluice_status add_group(const struct adding *a)
{
	return protect_group(a->plan, a->output, a->argument, nowhere, a->err);
}

const struct flag protect_flags[] = {
	{ .name = "protect", .repeats = true, .add = add_names },
	{ .name = "protect-total", .repeats = true, .add = add_pair },
	{ .name = "protect-parents", .repeats = true, .add = add_pair },
	{ .name = "protect-nested", .repeats = true, .add = add_names },
	{ .name = "protect-open", .repeats = true, .add = add_names },
	{ .name = "protect-at-most", .repeats = true, .add = add_pair },
	{ .name = "protect-method", .add = add_method },
	{ .name = "protect-seconds", .add = add_seconds },
	{ .name = "protect-singletons", .repeats = true, .bare = true, .add = add_singletons },
	{ .name = "protect-group", .add = add_group },
	{ 0 },
};
