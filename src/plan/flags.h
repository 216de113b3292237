/*
 * flags.h - what the files that add flags to a plan share
 */
#ifndef PLAN_FLAGS_H
#define PLAN_FLAGS_H

#include "plan/build.h"
#include "plan/setting.h"

struct late_flag;

/* What was added since the beginning. */
struct flags {
	struct given given;
	char **said; /* "flag=argument" of each flag that may be given once */
	size_t n_said;
	struct late_flag *late;
	size_t n_late;
	size_t n_base_rules; /* the plan's rules that no flag added                 */
	size_t n_base_aggregates;
	bool base_groups; /* by what is settled                                 */
	bool policy;      /* one was given, so the base's changes to its own are off */
	bool failed;      /* an addition failed: what is there may be half made      */
};

/* A flag that is being added. */
struct adding {
	struct sluice_plan *plan;
	struct output *output;
	const char *flag;
	const char *argument; /* never NULL, but see 'bare' */
	struct sluice_error *err;
};

/* A flag that is no column rule and no setting. */
struct flag {
	const char *name;
	bool repeats; /* may be given again         */
	bool bare;    /* may be without an argument */
	enum sluice_status (*add)(const struct adding *a);
	bool late; /* speaks of what another flag may make: waits for the end */
};

/* One that waits. */
struct late_flag {
	const struct flag *flag;
	char *argument;
};

/* The flags of grouping and of protecting totals; the last has no name. */
extern const struct flag group_flags[], protect_flags[];

/* Its turn comes when all others were added: then add those that wait. */
enum sluice_status flag_late(const struct adding *a, const struct flag *flag);
enum sluice_status flags_add_late(struct sluice_plan *plan, struct sluice_error *err);

static const struct place nowhere = { 0, 0 };

/* A comma list of selectors to a list of them, or with '=' in front one name as it stands. */
enum sluice_status flag_names(const struct adding *a, struct selector **names, size_t *n_names,
                              const char *list, size_t len);

#endif
