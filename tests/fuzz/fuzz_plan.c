/*
 * Plans: what is accepted has a canonical form that is accepted again with the same form and hash,
 * can be explained and bound to a header; what is not is refused in one printable line.
 */
#include "referee.h"

#include <sluice.h>

static void check_error(enum sluice_status status, const struct sluice_error *err)
{
	const size_t len = strlen(err->text);

	REQUIRE(status == err->status && status != SLUICE_E_BUG && status != SLUICE_E_MEMORY,
	        "%d, %d: %s\n", (int)status, (int)err->status, err->text);
	REQUIRE(len && referee_text((const uint8_t *)err->text, len), "the message\n");
	for (size_t i = 0; i < len; i++)
		REQUIRE((uint8_t)err->text[i] >= ' ' && err->text[i] != 0x7F, "the message\n");
}

static int swallow(void *ctx, const uint8_t *data, size_t len)
{
	(void)ctx, (void)data, (void)len;
	return 0;
}

/* The plan at work; most plans name other columns. */
static void bind(const struct sluice_plan *plan)
{
	static const char csv[] = "a,b,n,d,s\n1,2,3,4,5\nx,,12,90,\n";
	struct sluice_error err = { 0 };
	struct sluice_filter *f = NULL;
	enum sluice_status status;

	if (sluice_plan_outputs(plan) != 1)
		return;
	status = sluice_filter_new(plan, NULL, swallow, NULL, &f, &err);
	REQUIRE(status == SLUICE_OK, "%s\n", err.text);
	(void)sluice_filter_push(f, (const uint8_t *)csv, sizeof(csv) - 1, NULL);
	status = sluice_filter_finish(f, NULL, &err);
	if (status != SLUICE_OK)
		check_error(status, &err);
	sluice_filter_free(f);
}

static void check_plan(const struct sluice_plan *plan)
{
	struct sluice_plan *again = NULL;
	struct sluice_error err = { 0 };
	char *dump = sluice_plan_dump(plan), *second, *text = NULL;
	char hash[33], hash_again[33];
	enum sluice_status status;

	REQUIRE(dump, "no dump\n");
	status = sluice_plan_parse(dump, strlen(dump), "dump", &again, &err);
	REQUIRE(status == SLUICE_OK, "%s\n%u:%u %s\n", dump, (unsigned)err.line, err.column,
	        err.text);
	second = sluice_plan_dump(again);
	sluice_plan_hash(plan, hash);
	sluice_plan_hash(again, hash_again);
	REQUIRE(second && !strcmp(dump, second) && !strcmp(hash, hash_again), "%s\n%s\n", dump,
	        second);
	REQUIRE(!sluice_explain(plan, NULL, NULL, &text, &err) && *text, "%s\n", err.text);
	bind(plan);
	sluice_free(text);
	sluice_free(second);
	sluice_free(dump);
	sluice_plan_free(again);
}

/* "name\0argument\0name\0argument...", the names by number. */
static struct sluice_plan *from_flags(const char *text, size_t len, enum sluice_status *status,
                                      struct sluice_error *err)
{
	static const char *const others[] = {
		"where",        "other",           "policy",
		"threshold",    "zeros",           "round-to",
		"rounding",     "token",           "digits",
		"suffix",       "delimiter",       "missing",
		"crlf",         "nonsense",        "group-by",
		"rows",         "persons",         "sum",
		"mean",         "totals",          "totals-from",
		"contributor",  "dominance",       "p-percent",
		"protect",      "protect-total",   "protect-nested",
		"protect-open", "protect-at-most", "protect-method"
	};
	struct sluice_plan *plan = NULL;
	size_t n_rules = 0;

	while (sluice_rule_at(n_rules))
		n_rules++;
	*status = sluice_plan_begin(NULL, &plan, err);
	for (size_t i = 0; i < len && *status == SLUICE_OK; i += strlen(text + i) + 1) {
		const size_t flag = (uint8_t)text[i++] % (n_rules + LENGTH(others));

		*status = sluice_plan_add(plan,
		                          flag < n_rules ? sluice_rule_at(flag)->name
		                                         : others[flag - n_rules],
		                          text[i] == '~' ? NULL : text + i, err);
	}
	if (*status == SLUICE_OK)
		*status = sluice_plan_finish(plan, err);
	if (*status == SLUICE_OK)
		return plan;
	sluice_plan_free(plan);
	return NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { data, size };
	const bool flags = take_byte(&in) == 'f';
	struct sluice_error err = { 0 };
	struct sluice_plan *plan = NULL;
	enum sluice_status status;
	char *text = allocate(in.len + 2);

	memcpy(text, in.text, in.len);
	memset(text + in.len, 0, 2);
	if (flags)
		plan = from_flags(text, in.len, &status, &err);
	else
		status = sluice_plan_parse(text, in.len, "plan", &plan, &err);
	if (status == SLUICE_OK)
		check_plan(plan);
	else
		check_error(status, &err);
	sluice_plan_free(plan);
	free(text);
	return 0;
}
