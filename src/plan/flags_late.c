/*
 * flags_late.c - flags that speak of what another flag may make: their order must not matter
 */
#include "plan/flags.h"

#include <string.h>

enum sluice_status flag_late(const struct adding *a, const struct flag *flag)
{
	struct flags *f = a->plan->flags;
	struct late_flag *late = array_room(f->late, f->n_late, sizeof(*late));

	if (!late)
		return fail_memory(a->err);
	f->late = late;
	late += f->n_late++;
	*late = (struct late_flag){ flag, text_copy(a->argument, strlen(a->argument)) };
	return late->argument ? SLUICE_OK : fail_memory(a->err);
}

enum sluice_status flags_add_late(struct sluice_plan *plan, struct sluice_error *err)
{
	const struct flags *f = plan->flags;

	for (size_t i = 0; i < f->n_late; i++) {
		const struct flag *flag = f->late[i].flag;
		const struct adding a = { plan, plan->outputs, flag->name, f->late[i].argument,
			                  err };

		TRY(flag->add(&a));
	}
	return SLUICE_OK;
}
