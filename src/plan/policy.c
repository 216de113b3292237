/*
 * policy.c - the table of the built-in policies
 *
 * Numbers for the program and words for people stand side by side; a unit test
 * holds them together.
 */
#include "plan/policy.h"

#include <stddef.h>
#include <string.h>

/* Where each comes from, and what is particular. */
static const char note_opensafely[] =
	"OpenSAFELY's rule for outputs; a ratio is redacted when a part is";
static const char note_ehrql[] =
	"what ehrQL's measures write, byte for byte, CRLF; ratio empty when the "
	"denominator is 0";
static const char note_midpoint6[] =
	"OpenSAFELY's midpoint 6 rounding; 0 stays 0; --suffix offers _midpoint6";
static const char note_cohort_extractor[] =
	"OpenSAFELY's cohort-extractor (before ehrQL), without its secondary step";
static const char note_hes[] = "NHS England's rule for Hospital Episode Statistics";
static const char note_cms[] =
	"the US Medicare agency's cell size suppression: no cell of 1 to 10";

static const struct {
	struct policy policy;
	struct sluice_policy_info info;
} policies[] = {
	{ { .name = "opensafely",
	    .settings = { 7, false, 5, ROUND_NEAREST, "[REDACTED]", SHORTEST },
	    .note = note_opensafely },
	  { "opensafely", "7", "redact", "[REDACTED]", "nearest 5", note_opensafely } },
	{ { .name = "ehrql",
	    .settings = { 7, false, 5, ROUND_NEAREST, "0", SHORTEST },
	    .crlf = true,
	    .note = note_ehrql },
	  { "ehrql", "7", "redact", "0", "nearest 5", note_ehrql } },
	{ { .name = "midpoint6",
	    .settings = { NO_THRESHOLD, true, 6, ROUND_MIDPOINT, "", SHORTEST },
	    .suffix = "_midpoint6",
	    .note = note_midpoint6 },
	  { "midpoint6", "-", "keep", "-", "midpoint 6", note_midpoint6 } },
	{ { .name = "cohort-extractor",
	    .settings = { 5, true, 1, ROUND_NEAREST, "", SHORTEST },
	    .note = note_cohort_extractor },
	  { "cohort-extractor", "5", "keep", "empty", "none", note_cohort_extractor } },
	{ { .name = "hes",
	    .settings = { 7, true, 5, ROUND_NEAREST, "*", SHORTEST },
	    .note = note_hes },
	  { "hes", "7", "keep", "*", "nearest 5", note_hes } },
	{ { .name = "cms",
	    .settings = { 10, true, 1, ROUND_NEAREST, "*", SHORTEST },
	    .note = note_cms },
	  { "cms", "10", "keep", "*", "none", note_cms } },
};

#define N_POLICIES (sizeof(policies) / sizeof(*policies))

const struct policy *policy_at(size_t i)
{
	return i < N_POLICIES ? &policies[i].policy : NULL;
}

const struct policy *policy_find(const char *name)
{
	for (size_t i = 0; i < N_POLICIES; i++)
		if (!strcmp(policies[i].policy.name, name))
			return &policies[i].policy;
	return NULL;
}

const struct policy *policy_default(void)
{
	return &policies[0].policy;
}

const struct sluice_policy_info *sluice_policy_at(size_t i)
{
	return i < N_POLICIES ? &policies[i].info : NULL;
}
