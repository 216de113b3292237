#include "plan/plan.h"
#include "plan/policy.h"
#include "plan/setting.h"
#include "run/inspect.h"

#include <string.h>

#define MAX_BYTES (16u << 20)
#define MAX_ROWS  5000u

static enum sluice_status take(struct settings *s, const char *flag, const char *text,
                               struct sluice_error *err)
{
	const struct setting *t = setting_by_flag(flag);
	struct given g = { 0 };

	if (!text)
		return SLUICE_OK;
	if (!setting_give(t, &g, text))
		return fail(err, SLUICE_E_PLAN, "'%s' must be %s", flag, t->expects);
	settings_apply(s, &g);
	return SLUICE_OK;
}

static enum sluice_status settle_allow(const char *said, struct sluice_error *err)
{
	const size_t len = strcspn(said, "=");
	const uint32_t i = check_number(said, len);
	char shown[72];

	if (i == UINT32_MAX)
		return fail(err, SLUICE_E_PLAN, "no check '%s' to allow",
		            printable(shown, said, len));
	if (checks[i]->firm)
		return fail(err, SLUICE_E_PLAN,
		            "'%s' can't be allowed: the gate refuses the file, or nobody can "
		            "judge it",
		            checks[i]->name);
	return SLUICE_OK;
}

enum sluice_status terms_settle(struct terms *t, const struct sluice_check_options *given,
                                struct sluice_error *err)
{
	const struct sluice_check_options none = SLUICE_CHECK_OPTIONS_INIT;
	struct sluice_check_options *o = &t->o;
	const struct policy *policy = policy_default();
	char shown[72];

	*o = none;
	if (given) {
		if (!given->size || given->size > sizeof(*o))
			return fail(err, SLUICE_E_PLAN,
			            "options of an unknown size: start from "
			            "SLUICE_CHECK_OPTIONS_INIT");
		memcpy(o, given, given->size);
	}
	if (o->policy) {
		policy = policy_find(o->policy);
		if (!policy)
			return fail(err, SLUICE_E_PLAN,
			            "no policy '%s'; 'sluice policies' lists them",
			            printable(shown, o->policy, strlen(o->policy)));
	}
	o->policy = policy->name;
	t->settings = policy->settings;
	TRY(take(&t->settings, "threshold", o->threshold, err));
	TRY(take(&t->settings, "round-to", o->round_to, err));
	TRY(take(&t->settings, "rounding", o->rounding, err));
	for (size_t i = 0; i < o->n_allow; i++)
		TRY(settle_allow(o->allow[i], err));
	if (!o->max_bytes)
		o->max_bytes = MAX_BYTES;
	if (!o->max_rows)
		o->max_rows = MAX_ROWS;
	if (o->max_bytes > INSPECT_MAX)
		return fail(err, SLUICE_E_PLAN, "a limit of at most %u bytes", INSPECT_MAX);
	return SLUICE_OK;
}
