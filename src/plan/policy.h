/*
 * policy.h - the disclosure-control policies that have a name
 */
#ifndef PLAN_POLICY_H
#define PLAN_POLICY_H

#include "column/settings.h"
#include "sluice.h"

struct policy {
	const char *name;
	struct settings settings;
	bool crlf;          /* its tables are written with CRLF                           */
	const char *suffix; /* what --suffix appends without a text of its own, or NULL */
	const char *note;
};

/* By name; NULL if there is none.  policy_default() is "opensafely". */
const struct policy *policy_find(const char *name);
const struct policy *policy_default(void);
const struct policy *policy_at(size_t i);

#endif
