/*
 * model - protect or attack cells that are given as numbers, and say what came of it
 *
 *   model protect <problem        model attack <problem       model blind <problem
 *
 * The problem: how many cells, rows; then for each cell its count, whether it would be shown and
 * whether it must be hidden; then for each row how many parts, the whole and the parts, as
 * cells from 0.  'attack' starts from the true table, 'blind' knows only what is shown.
 * Settings come as NAME=NUMBER: width, seconds, nodes, zeros_stay, singletons,
 * one_part, together, intervals, verdicts.
 * First line out: what was done and how long it took; then, by cell, for 'protect' whether it
 * is hidden, for the others the verdict, the proven interval and the seen one.
 */
#include "protect/protect.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct problem {
	struct model m;
	int64_t *values;
	bool *shown, *primary;
	struct protection p;
};

static void die(const char *what)
{
	fprintf(stderr, "model: %s\n", what);
	exit(2);
}

static uint32_t read_number(void)
{
	uint32_t n;

	if (scanf("%" SCNu32, &n) != 1)
		die("a number is missing");
	return n;
}

static int64_t read_count(void)
{
	int64_t n;

	if (scanf("%" SCNd64, &n) != 1)
		die("a count is missing");
	return n;
}

static void read_problem(struct problem *x)
{
	const uint32_t n = read_number(), n_rows = read_number();
	uint32_t id;

	x->values = calloc((size_t)n + 1, sizeof(*x->values));
	x->shown = calloc((size_t)n + 1, sizeof(*x->shown));
	x->primary = calloc((size_t)n + 1, sizeof(*x->primary));
	if (!x->values || !x->shown || !x->primary)
		die("no memory");
	for (uint32_t i = 0; i < n; i++) {
		x->values[i] = read_count();
		x->shown[i] = read_number();
		x->primary[i] = read_number();
		if (model_unknown(&x->m, 0, BOUND_NONE, &id, NULL) != SLUICE_OK)
			die("no memory");
	}
	for (uint32_t r = 0; r < n_rows; r++) {
		const uint32_t parts = read_number();

		if (model_row(&x->m, 0, 0, NULL) != SLUICE_OK)
			die("no memory");
		for (uint32_t i = 0; i <= parts; i++)
			if (model_term(&x->m, read_number(), i ? -1 : 1, NULL) != SLUICE_OK)
				die("no memory");
	}
	if (model_finish(&x->m, NULL) != SLUICE_OK)
		die("no memory");
}

static void set(struct protection *p, const char *word)
{
	const char *eq = strchr(word, '=');
	const size_t len = eq ? (size_t)(eq - word) : 0;
	const long long v = eq ? atoll(eq + 1) : 0;

#define IS(name) (len == strlen(name) && !strncmp(word, name, len))
	if (IS("width"))
		p->effort.width = v;
	else if (IS("seconds"))
		p->effort.seconds = (double)v;
	else if (IS("nodes"))
		p->effort.nodes = (uint64_t)v;
	else if (IS("intervals"))
		p->effort.intervals = v;
	else if (IS("verdicts"))
		p->effort.verdicts = v;
	else if (IS("zeros_stay"))
		p->zeros_stay = v;
	else if (IS("singletons"))
		p->singletons = v;
	else if (IS("one_part"))
		p->one_part = v;
	else if (IS("together"))
		p->together = v;
	else
		die("no such setting");
#undef IS
}

static double cpu_seconds(void)
{
	return (double)clock() / CLOCKS_PER_SEC;
}

static int run_protect(const struct problem *x)
{
	const double begin = cpu_seconds();
	struct protected result;
	struct sluice_error err = { 0 };

	if (protect(&x->p, &result, &err) != SLUICE_OK)
		die(err.text);
	printf("safe=%d rounds=%" PRIu32 " added=%" PRIu32 " value=%" PRId64 " seconds=%.3f\n",
	       result.safe, result.rounds, result.n_added, result.added, cpu_seconds() - begin);
	for (uint32_t u = 0; u < x->m.n_unknowns; u++)
		printf("%d\n", result.hidden[u]);
	free(result.hidden);
	return 0;
}

/* The cells that must be hidden are; all others that would be shown are known. */
static int run_attack(struct problem *x, bool blind)
{
	const double begin = cpu_seconds();
	uint32_t by_verdict[4] = { 0 };
	struct attack a;

	if (!blind)
		x->p.effort.table = x->values;
	for (uint32_t u = 0; u < x->m.n_unknowns; u++)
		if (x->shown[u] && !x->primary[u])
			x->m.unknowns[u].lo = x->m.unknowns[u].hi = x->values[u];
	if (attack_run(&a, &x->m, &x->p.effort, x->primary, NULL) != SLUICE_OK)
		die("the attack failed");
	for (uint32_t u = 0; u < x->m.n_unknowns; u++)
		if (x->primary[u])
			by_verdict[attack_verdict(&a, u)]++;
	printf("disclosed=%" PRIu32 " narrow=%" PRIu32 " safe=%" PRIu32 " undecided=%" PRIu32
	       " impossible=%d programs=%" PRIu64 " seconds=%.3f\n",
	       by_verdict[0], by_verdict[1], by_verdict[2], by_verdict[3], a.impossible,
	       a.n_programs, cpu_seconds() - begin);
	for (uint32_t u = 0; u < x->m.n_unknowns && !a.impossible; u++)
		printf("%d %" PRId64 " %" PRId64 " %" PRId64 " %" PRId64 "\n",
		       (int)attack_verdict(&a, u), a.d.lo[u], a.d.hi[u], a.w.lo[u], a.w.hi[u]);
	attack_free(&a);
	return 0;
}

int main(int argc, char **argv)
{
	struct problem x = { .p = { .effort = { .width = 2, .seconds = 60, .nodes = 50000 } } };
	const char *what = argc > 1 ? argv[1] : "";
	int status = 1;

	for (int i = 2; i < argc; i++)
		set(&x.p, argv[i]);
	read_problem(&x);
	x.p.model = &x.m;
	x.p.values = x.values;
	x.p.shown = x.shown;
	x.p.primary = x.primary;
	if (!strcmp(what, "protect"))
		status = run_protect(&x);
	else if (!strcmp(what, "attack") || !strcmp(what, "blind"))
		status = run_attack(&x, what[0] == 'b');
	else
		die("protect, attack or blind");
	model_free(&x.m);
	free(x.values);
	free(x.shown);
	free(x.primary);
	return status;
}
