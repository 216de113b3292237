/*
 * project.h - a project.yaml as its parts look at it
 */
#ifndef RELEASE_PROJECT_H
#define RELEASE_PROJECT_H

#include "plan/tree.h"
#include "release/release.h"
#include "release/shell.h"

enum level { HIGHLY, MODERATELY, MINIMALLY, LEVELS };
extern const char *const level_names[LEVELS];

/* A pattern of an action's outputs. */
struct declared {
	const char *action, *pattern;
	enum level level;
	bool wrong; /* nothing is looked for under such a name */
	struct place at;
};

struct project {
	const struct sluice_plan *source; /* names it in messages */
	const char *folder;               /* that patterns are below; never NULL */
	void (*found)(void *ctx, const struct sluice_project_finding *finding);
	void *ctx;
	const struct node *actions;
	struct declared *declared;
	size_t n_declared;
	uint64_t refusals;
	enum sluice_status status; /* no memory */
};

PRINTF_LIKE(6, 7)
void project_say(struct project *p, enum sluice_severity severity, struct place at,
                 const char *action, const char *file, const char *fmt, ...);

/* project.c: the schema; what is sound of it is in 'declared' afterwards. */
void project_validate(struct project *p, const struct node *root);

/* project_pattern.c: one pattern by the pipeline's rules; false after a message. */
bool project_pattern(struct project *p, const struct declared *d);

/* Python's Path(...).suffix: from the last dot on, "" = none. */
const char *path_suffix(const char *path);

/* project_gate.c: the files that the patterns mean, and who protects them. */
void project_gate(struct project *p);

#endif
