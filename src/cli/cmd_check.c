/*
 * cmd_check.c - is this fit for release?
 */
#include "command.h"
#include "msg.h"
#include "proof.h"
#include "verdict_say.h"
#include "walk.h"

#include <stdlib.h>
#include <string.h>

/* Words of flags that repeat or have commas in them; they live as long as the command. */
struct words {
	const char **at;
	size_t n;
};

struct asked {
	struct sluice_check_options options;
	struct words identifiers, counts, allow, totals;
	struct sluice_ratio *ratios;
	char *copies; /* of what had to be cut into pieces */
	size_t used;
	bool json, columns, quiet;
};

/* ---- what was asked ---------------------------------------------------------------------------- */

static size_t room_for(const struct args *args)
{
	size_t room = 1;

	for (size_t i = 0; i < args->n_given; i++)
		if (args->given[i].value)
			room += strlen(args->given[i].value) + 1;
	return room;
}

static char *copy(struct asked *a, const char *text)
{
	char *at = a->copies + a->used;
	const size_t size = strlen(text) + 1;

	memcpy(at, text, size);
	a->used += size;
	return at;
}

/* "a,b" is two words; with '=' in front it is one as it stands. */
static void take_words(struct asked *a, struct words *w, const char *text)
{
	char *at;

	if (*text == '=') {
		w->at[w->n++] = text + 1;
		return;
	}
	for (at = copy(a, text); at;) {
		char *comma = strchr(at, ',');

		if (comma)
			*comma++ = '\0';
		if (*at)
			w->at[w->n++] = at;
		at = comma;
	}
}

/* NAME=NUM/DEN */
static int take_ratio(const struct args *args, struct asked *a, const struct given *g)
{
	char *name = copy(a, g->value), *num = strchr(name, '='),
	     *den = num ? strchr(num, '/') : NULL;
	struct sluice_ratio *r = &a->ratios[a->options.n_ratios];

	if (!den || !den[1] || den == num + 1 || num == name)
		return msg_usage(args->command, "'--%s' is given as NAME=NUM/DEN",
		                 g->flag->name);
	*num++ = '\0';
	*den++ = '\0';
	*r = (struct sluice_ratio){ name, num, den,
		                    !strcmp(g->flag->name, "percent") ? 100 : 1 };
	a->options.n_ratios++;
	return 0;
}

static int take_mode(const struct args *args, const char *text, enum sluice_audit_mode *mode)
{
	static const char *const modes[] = { [SLUICE_AUDIT_FAST] = "fast",
		                             [SLUICE_AUDIT_FULL] = "full",
		                             [SLUICE_AUDIT_OFF] = "off" };

	for (size_t i = 0; i < sizeof(modes) / sizeof(*modes); i++)
		if (!strcmp(text, modes[i])) {
			*mode = (enum sluice_audit_mode)i;
			return 0;
		}
	return msg_usage(args->command, "'--audit' is off, fast or full");
}

static int take_flag(const struct args *args, struct asked *a, const struct given *g)
{
	const char *name = g->flag->name;

	if (!strcmp(name, "identifiers"))
		take_words(a, &a->identifiers, g->value);
	else if (!strcmp(name, "count"))
		take_words(a, &a->counts, g->value);
	else if (!strcmp(name, "allow"))
		a->allow.at[a->allow.n++] = g->value;
	else if (!strcmp(name, "total"))
		a->totals.at[a->totals.n++] = g->value;
	else if (!strcmp(name, "audit"))
		return take_mode(args, g->value, &a->options.audit_mode);
	else if (!strcmp(name, "ratio") || !strcmp(name, "percent"))
		return take_ratio(args, a, g);
	return 0;
}

static int take_all(const struct args *args, struct asked *a)
{
	struct sluice_check_options *o = &a->options;
	const char *format = args_value(args, "format");
	const size_t room = room_for(args);
	int status = 0;

	a->copies = malloc(room);
	a->identifiers.at = calloc(room, sizeof(char *));
	a->counts.at = calloc(room, sizeof(char *));
	a->allow.at = calloc(room, sizeof(char *));
	a->totals.at = calloc(room, sizeof(char *));
	a->ratios = calloc(args->n_given + 1, sizeof(*a->ratios));
	if (!a->copies || !a->identifiers.at || !a->counts.at || !a->allow.at ||
	    !a->totals.at || !a->ratios)
		return msg_fail(SLUICE_E_MEMORY, "out of memory");
	if (format && strcmp(format, "text") != 0 && strcmp(format, "json") != 0)
		return msg_usage(args->command, "'--format' is text or json");
	a->json = format && !strcmp(format, "json");
	a->columns = args_has(args, "columns");
	a->quiet = args_has(args, "quiet");
	for (size_t i = 0; i < args->n_given && !status; i++)
		status = take_flag(args, a, &args->given[i]);
	if (!status)
		status = args_number(args, "max-bytes", true, 1, 1u << 30, &o->max_bytes);
	if (!status)
		status = args_number(args, "max-rows", false, 1, UINT64_MAX, &o->max_rows);
	o->policy = args_value(args, "policy");
	o->threshold = args_value(args, "threshold");
	o->round_to = args_value(args, "round-to");
	o->rounding = args_value(args, "rounding");
	o->identifiers = a->identifiers.at;
	o->n_identifiers = a->identifiers.n;
	o->counts = a->counts.at;
	o->n_counts = a->counts.n;
	o->allow = a->allow.at;
	o->n_allow = a->allow.n;
	o->totals = a->totals.at;
	o->n_totals = a->totals.n;
	o->ratios = a->ratios;
	return status;
}

static void forget(struct asked *a)
{
	free(a->copies);
	free(a->identifiers.at);
	free(a->counts.at);
	free(a->allow.at);
	free(a->totals.at);
	free(a->ratios);
}

/* ---- what is said --------------------------------------------------------------------------------- */

static int say(const struct asked *a, const char *path, const struct sluice_verdict *v,
               bool first)
{
	const struct sluice_finding *f = sluice_verdict_at(v, 0);

	if (a->json) {
		char *text = sluice_verdict_json(v);

		if (!text)
			return msg_fail(SLUICE_E_MEMORY, "out of memory");
		out("%s%s", first ? "" : ",\n", text);
		sluice_free(text);
	} else if (!a->quiet || (f && f->severity == SLUICE_REFUSAL)) {
		verdict_say(path, v);
		if (a->columns)
			verdict_say_columns(v);
	}
	return 0;
}

/* ---- the files ------------------------------------------------------------------------------------- */

struct total {
	size_t fit, refused, failed;
	bool hopeless; /* what keeps one file from being judged keeps all */
};

/* One that can't be read does not keep the others from being judged. */
static int check_one(const struct asked *a, const char *path, struct sluice_verdict **v,
                     struct total *t)
{
	struct sluice_error err = { 0 };
	const enum sluice_status status = sluice_check(path, &a->options, v, &err);

	if (!status)
		return 0;
	t->failed++;
	t->hopeless = status == SLUICE_E_PLAN || status == SLUICE_E_MEMORY;
	return msg_error(&err);
}

static int tell_one(const struct asked *a, const char *path, const struct sluice_verdict *v,
                    struct total *t)
{
	const int status = say(a, path, v, !(t->fit + t->refused));

	if (sluice_verdict_fit(v))
		t->fit++;
	else
		t->refused++;
	return status;
}

/* The files one after the other. */
static int check_each(const struct asked *a, const struct walk *w, struct total *t)
{
	int worst = 0;

	for (size_t i = 0; i < w->n && !t->hopeless; i++) {
		struct sluice_verdict *v = NULL;
		int status = check_one(a, w->paths[i], &v, t);

		if (!status)
			status = tell_one(a, w->paths[i], v, t);
		sluice_verdict_free(v);
		worst = status ? status : worst;
	}
	return worst;
}

/* With totals: all of them first, then what follows from them together. */
static int check_all(const struct asked *a, const struct walk *w, struct total *t)
{
	struct sluice_verdict **v = calloc(w->n + 1, sizeof(*v));
	const char **paths = calloc(w->n + 1, sizeof(*paths));
	struct sluice_error err = { 0 };
	size_t n = 0;
	int worst = 0;

	if (!v || !paths)
		worst = msg_fail(SLUICE_E_MEMORY, "out of memory");
	for (size_t i = 0; v && paths && i < w->n && !t->hopeless; i++) {
		const int status = check_one(a, w->paths[i], &v[n], t);

		worst = status ? status : worst;
		if (!status)
			paths[n++] = w->paths[i];
	}
	if (v && paths && !t->hopeless && sluice_check_together(v, n, &a->options, &err))
		worst = msg_error(&err);
	else
		for (size_t i = 0; i < n && !t->hopeless; i++)
			if (tell_one(a, paths[i], v[i], t))
				worst = sluice_exit_status(SLUICE_E_MEMORY);
	for (size_t i = 0; i < n; i++)
		sluice_verdict_free(v[i]);
	free(v);
	free(paths);
	return worst;
}

static int run(const struct args *args)
{
	struct asked a = { .options = SLUICE_CHECK_OPTIONS_INIT };
	struct walk w = { 0 };
	struct total t = { 0 };
	const char *manifest = args_value(args, "manifest");
	const struct sandbox_name beside[] = { { manifest, SANDBOX_BESIDE },
		                               { args_value(args, "output"), SANDBOX_OUTPUT } };
	int status = take_all(args, &a);

	if (!status && args_has(args, "output"))
		status = out_to(args_value(args, "output"));
	if (!status && !args->n_operands && !manifest)
		status = msg_usage(args->command, "name the files to check, or their folder");
	for (size_t i = 0; i < args->n_operands && !status; i++)
		status = strcmp(args->operands[i], "-")
		                 ? walk_add(&w, args->operands[i])
		                 : msg_usage(args->command,
		                             "a file's name is checked, too, so standard input "
		                             "can't be ('./-' is a file)");
	if (!status && !w.n && args->n_operands)
		status = msg_fail(SLUICE_E_IO, "%s: no file in it", args->operands[0]);
	if (!status)
		status = walk_spares(&w, args, args_value(args, "output"), manifest);
	if (!status)
		status = walk_shut_in(&w, args, beside, 2);
	if (!status && manifest)
		status = proof_of(manifest);
	if (!status && args->n_operands) {
		if (a.json)
			out("{\"sluice\": \"%s\", \"files\": [\n", SLUICE_VERSION);
		status = a.totals.n ? check_all(&a, &w, &t) : check_each(&a, &w, &t);
		if (a.json)
			out("\n], \"fit\": %s}\n", status || t.refused ? "false" : "true");
		else if (w.n > 1 && !status)
			out("%zu files: %zu fit, %zu refused\n", w.n, t.fit, t.refused);
		if (!status && t.refused)
			status = sluice_exit_status(SLUICE_E_CHECK);
	}
	walk_list_free(&w);
	forget(&a);
	if (status == sluice_exit_status(SLUICE_E_CHECK) && args_has(args, "output") &&
	    out_end())
		status = sluice_exit_status(
			SLUICE_E_IO); /* what was refused is to be read, too */
	return status;
}

static const struct flag flags[] = {
	{ "policy", 0, "NAME", "'sluice policies' lists them (default: opensafely)",
	  GROUP_POLICY, 0 },
	{ "threshold", 0, "N", "counts from 1 to N are small; none = no count is", GROUP_POLICY,
	  0 },
	{ "round-to", 0, "N", "counts are multiples of N; 1 = any", GROUP_POLICY, 0 },
	{ "rounding", 0, "nearest|half-up|midpoint|up|down",
	  "how counts were rounded; midpoint: to the middle of N", GROUP_POLICY, 0 },
	{ "max-bytes", 0, "SIZE", "of a file (default: 16M); K, M or G may follow",
	  GROUP_POLICY, 0 },
	{ "max-rows", 0, "N", "of a table (default: 5000)", GROUP_POLICY, 0 },
	{ "count", 'c', "NAMES", "these columns are counts, whatever they are called",
	  GROUP_TABLE, FLAG_REPEATS },
	{ "ratio", 0, "NAME=NUM/DEN",
	  "this column is the ratio of these; others are looked for", GROUP_TABLE,
	  FLAG_REPEATS },
	{ "percent", 0, "NAME=NUM/DEN", "the same times 100", GROUP_TABLE, FLAG_REPEATS },
	{ "identifiers", 0, "NAMES",
	  "columns with these names identify people, besides those that are known; letters and "
	  "digits are compared",
	  GROUP_TABLE, FLAG_REPEATS },
	{ "total", 't', "[COL=]CODE", "the code that stands for all of a column's groups",
	  GROUP_TABLE, FLAG_REPEATS },
	{ "audit", 0, "off|fast|full",
	  "how much to spend on what follows from totals (default: fast)", GROUP_TABLE, 0 },
	{ "allow", 0, "CHECK[=COLUMN]", "what this check finds is no reason to refuse",
	  GROUP_TABLE, FLAG_REPEATS },
	{ "manifest", 0, "FILE",
	  "is the folder of this manifest of 'sluice release' what it says, file by file?",
	  GROUP_FILES, 0 },
	{ "output", 'o', "FILE", "whole or not at all (default: standard output)", GROUP_FILES,
	  0 },
	{ "columns", 0, NULL, "what output checkers are shown of each column, but values",
	  GROUP_OTHER, 0 },
	{ "format", 0, "text|json", "how it is said (default: text)", GROUP_OTHER, 0 },
	{ "quiet", 'q', NULL, "nothing of files that are fit", GROUP_OTHER, 0 },
	{ 0 },
};

static const char *const examples[] = {
	"sluice check release/",
	"sluice check table.csv --columns\talso what Airlock shows of each column",
	"sluice check table.csv --allow small-count=dose --allow rounding=dose",
	"sluice check release/ --manifest release/manifest.json",
	"sluice check release/ --format json > verdict.json",
	NULL,
};

const struct command command_check = {
	.name = "check",
	.usage = "[--allow CHECK[=COLUMN]] FILE...",
	.summary = "is this fit for release? reads, judges, explains; changes nothing",
	.about = "Judge files as the gate before release and output checkers will, and where\n"
		 "these overlook something, more strictly.  Of a folder all files are judged, "
		 "but\n"
		 "not those in hidden folders.  Tables are looked into; of other files the "
		 "type, "
		 "the\n"
		 "size and what could hide in them.  No message holds the value of a cell.",
	.examples = examples,
	.flags = flags,
	.sandboxed = true,
	.checks = true,
	.exits = true,
	.run = run,
};
