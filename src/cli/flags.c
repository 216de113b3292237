#include "flags.h"
#include "command.h"
#include "msg.h"
#include "sandbox.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define RULES_MAX 64
#define WORD_MAX  24 /* longer words are not compared */

const char *const flag_groups[N_GROUPS] = {
	[GROUP_RULES] = "Rules",
	[GROUP_GROUPS] = "Groups of rows, of which the rules then speak",
	[GROUP_PROTECT] = "Totals, from which no redacted count shall follow",
	[GROUP_POLICY] = "Policy",
	[GROUP_TABLE] = "Table",
	[GROUP_FILES] = "Files",
	[GROUP_RESOURCES] = "Resources (they never change the output)",
	[GROUP_OTHER] = "Other",
};

static const struct flag common[] = {
	{ "help", 'h', NULL, "this text", GROUP_OTHER, 0 },
	{ "version", 'V', NULL, "version, instruction set and libraries", GROUP_OTHER, 0 },
};

/* The i-th rule of the library as a flag. */
static const struct flag *rule_flag(size_t i)
{
	static struct flag flags[RULES_MAX];
	const struct sluice_rule_info *rule = i < RULES_MAX ? sluice_rule_at(i) : NULL;

	if (!rule)
		return NULL;
	flags[i] = (struct flag){ .name = rule->name,
		                  .letter = rule->flag,
		                  .argument = rule->argument,
		                  .help = rule->help,
		                  .group = GROUP_RULES,
		                  .how = FLAG_PLAN | FLAG_REPEATS };
	return &flags[i];
}

const struct flag *flag_at(const struct command *c, size_t i)
{
	if (c->rules)
		for (size_t n = 0; rule_flag(n); n++, i--)
			if (i == 0)
				return rule_flag(n);
	for (const struct flag *f = c->flags; f && f->name; f++, i--)
		if (i == 0)
			return f;
	if (c->sandboxed && i-- == 0)
		return &sandbox_flag;
	return i < sizeof(common) / sizeof(*common) ? &common[i] : NULL;
}

/* ---- finding flags ----------------------------------------------------------- */

static const struct flag *find_long(const struct command *c, const char *name, size_t len)
{
	const struct flag *f;

	for (size_t i = 0; (f = flag_at(c, i)); i++)
		if (strlen(f->name) == len && !memcmp(f->name, name, len))
			return f;
	return NULL;
}

static const struct flag *find_short(const struct command *c, char letter)
{
	const struct flag *f;

	for (size_t i = 0; (f = flag_at(c, i)); i++)
		if (letter && f->letter == letter)
			return f;
	return NULL;
}

/* Optimal string alignment: insertions, deletions, changes and swaps of neighbours. */
static size_t distance(const char *a, const char *b)
{
	const size_t n = strlen(a), m = strlen(b);
	size_t d[WORD_MAX + 1][WORD_MAX + 1];

	if (n > WORD_MAX || m > WORD_MAX)
		return WORD_MAX;
	for (size_t i = 0; i <= n; i++)
		d[i][0] = i;
	for (size_t j = 0; j <= m; j++)
		d[0][j] = j;
	for (size_t i = 1; i <= n; i++) {
		for (size_t j = 1; j <= m; j++) {
			size_t least = d[i - 1][j - 1] + (a[i - 1] != b[j - 1]);

			if (least > d[i - 1][j] + 1)
				least = d[i - 1][j] + 1;
			if (least > d[i][j - 1] + 1)
				least = d[i][j - 1] + 1;
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
			    least > d[i - 2][j - 2] + 1)
				least = d[i - 2][j - 2] + 1;
			d[i][j] = least;
		}
	}
	return d[n][m];
}

const char *nearer(const char *typed, const char *candidate, const char *best)
{
	const size_t limit = strlen(typed) < 4 ? 1 : 2;
	const size_t now = distance(typed, candidate);

	if (now > limit || (best && distance(typed, best) <= now))
		return best;
	return candidate;
}

static int unknown_long(const struct command *c, const char *name, size_t len)
{
	char typed[WORD_MAX + 2];
	const char *best = NULL;
	const struct flag *f;

	snprintf(typed, sizeof(typed), "%.*s", (int)(len < WORD_MAX + 1 ? len : WORD_MAX + 1),
	         name);
	for (size_t i = 0; (f = flag_at(c, i)); i++)
		if (!(f->how & FLAG_HIDDEN))
			best = nearer(typed, f->name, best);
	if (best)
		return msg_usage(c, "unknown flag '--%s' (did you mean '--%s'?)", typed, best);
	return msg_usage(c, "unknown flag '--%.*s'", (int)(len < 64 ? len : 64), name);
}

/* ---- parsing ----------------------------------------------------------------- */

static int add(struct args *args, const struct flag *f, const char *value)
{
	if (f->argument && !(f->how & FLAG_REPEATS) && args_has(args, f->name))
		return msg_usage(args->command, "'--%s' is given twice", f->name);
	args->given[args->n_given++] = (struct given){ f, value };
	return 0;
}

/* The value in the next argument, unless that is itself a long flag. */
static int next_value(const struct args *args, const struct flag *f, const char *next,
                      const char **value)
{
	if (!next)
		return msg_usage(args->command, "'--%s' needs a value: %s", f->name,
		                 f->argument);
	if (!strncmp(next, "--", 2) &&
	    find_long(args->command, next + 2, strcspn(next + 2, "=")))
		return msg_usage(args->command, "'--%s' needs a value before '%.64s'", f->name,
		                 next);
	*value = next;
	return 0;
}

/* One flag at argv[0]; *used becomes the number of arguments that it took. */
static int parse_flag(struct args *args, char **argv, int *used)
{
	const struct command *c = args->command;
	const bool is_long = argv[0][1] == '-';
	const char *name = argv[0] + 1 + is_long;
	const size_t len = is_long ? strcspn(name, "=") : 1;
	const struct flag *f = is_long ? find_long(c, name, len) : find_short(c, *name);
	const char *joined = name[len] ? name + len + is_long : NULL;
	int status = 0;

	*used = 1;
	if (!f && is_long)
		return unknown_long(c, name, len);
	if (!f)
		return msg_usage(c, "unknown flag '-%c'", *name);
	if (!f->argument && joined && is_long)
		return msg_usage(c, "'--%s' takes no value", f->name);
	if (!f->argument && joined)
		return msg_usage(c, "'-%c' takes no value; give flags one by one", f->letter);
	if (f->argument && !joined && !(f->how & FLAG_OPTIONAL)) {
		*used = 2;
		status = next_value(args, f, argv[1], &joined);
	}
	return status ? status : add(args, f, joined);
}

int args_parse(struct args *args, const struct command *c, int argc, char **argv)
{
	bool flags = true;

	*args = (struct args){ .command = c };
	args->given = calloc((size_t)argc + 1, sizeof(*args->given));
	args->operands = calloc((size_t)argc + 1, sizeof(*args->operands));
	if (!args->given || !args->operands)
		return msg_fail(SLUICE_E_MEMORY, "out of memory");
	for (int i = 0; i < argc;) {
		int used = 1;

		if (flags && !strcmp(argv[i], "--")) {
			flags = false;
		} else if (flags && argv[i][0] == '-' && argv[i][1]) {
			const int status = parse_flag(args, argv + i, &used);

			if (status)
				return status;
		} else {
			args->operands[args->n_operands++] = argv[i];
		}
		i += used;
	}
	return 0;
}

void args_free(struct args *args)
{
	free(args->given);
	free(args->operands);
	*args = (struct args){ 0 };
}

/* ---- asking ------------------------------------------------------------------ */

static const struct given *last(const struct args *args, const char *name)
{
	for (size_t i = args->n_given; i > 0; i--)
		if (!strcmp(args->given[i - 1].flag->name, name))
			return &args->given[i - 1];
	return NULL;
}

bool args_has(const struct args *args, const char *name)
{
	return last(args, name) != NULL;
}

const char *args_value(const struct args *args, const char *name)
{
	const struct given *g = last(args, name);

	return g ? g->value : NULL;
}

/* How many times 2 the unit is; -1 = no unit. */
static int unit_bits(const char *unit)
{
	static const char letters[] = "KMGT";
	const char *at = *unit ? strchr(letters, *unit & ~0x20) : NULL;

	if (!*unit)
		return 0;
	if (!at || (unit[1] && strcmp(unit + 1, "B") != 0 && strcmp(unit + 1, "iB") != 0))
		return -1;
	return 10 * (int)(at - letters + 1);
}

int args_number(const struct args *args, const char *name, bool sizes, uint64_t min,
                uint64_t max, uint64_t *value)
{
	const char *text = args_value(args, name);
	unsigned long long n;
	char *end;
	int bits;

	if (!text)
		return 0;
	errno = 0;
	n = strtoull(text, &end, 10);
	bits = sizes ? unit_bits(end) : *end ? -1 : 0;
	if (*text < '0' || *text > '9' || errno || bits < 0 || n > UINT64_MAX >> bits)
		return msg_usage(args->command, "'--%s' needs a whole number%s", name,
		                 sizes ? ", which K, M or G may follow" : "");
	n <<= bits;
	if (n < min || n > max)
		return msg_usage(args->command, "'--%s' goes from %llu to %llu", name,
		                 (unsigned long long)min, (unsigned long long)max);
	*value = n;
	return 0;
}
