/*
 * A program as a user of the library would write it: it knows <sluice.h> and nothing
 * else.  run.sh builds it against an installed library.   main FOLDER
 */
#include <sluice.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char plan_text[] = "version: 1\n"
				"drop: [practice]\n"
				"keep: [month]\n"
				"count: [n, of]\n"
				"ratio: {rate: [n, of]}\n";
static const char table[] = "month,practice,n,of,rate\n"
			    "2024-01-01,17,7,100,0.07\n"
			    "2024-02-01,17,12,98,0.1224\n"
			    "2024-03-01,18,\"23\",0,\n";
static const char wanted[] = "month,n,of,rate\n"
			     "2024-01-01,[REDACTED],100,[REDACTED]\n"
			     "2024-02-01,10,100,0.1\n"
			     "2024-03-01,25,[REDACTED],[REDACTED]\n";
static const char wrong[] = "month,practice,n,of,rate\n"
			    "2024-01-01,17,12,98,\n"
			    "2024-02-01,17,1e9999,100,\n";

static int passed, failed;

static void check(int ok, const char *what)
{
	if (ok)
		passed++;
	else
		failed++;
	if (!ok)
		printf("FAILED: %s\n", what);
}

struct memory {
	char text[4096];
	size_t len;
};

static int keep(void *ctx, const uint8_t *data, size_t len)
{
	struct memory *m = ctx;

	if (len >= sizeof(m->text) - m->len)
		return -1;
	memcpy(m->text + m->len, data, len);
	m->len += len;
	m->text[m->len] = '\0';
	return 0;
}

/* Push the text in pieces of 'step' bytes. */
static enum sluice_status filtered(const struct sluice_plan *plan, const char *text,
                                   size_t step, struct memory *m, struct sluice_error *err)
{
	struct sluice_options options = SLUICE_OPTIONS_INIT;
	struct sluice_filter *filter = NULL;
	const size_t len = strlen(text);
	enum sluice_status status;

	memset(m, 0, sizeof(*m));
	status = sluice_filter_new(plan, &options, keep, m, &filter, err);
	for (size_t at = 0; at < len && !status; at += step)
		status = sluice_filter_push(filter, (const uint8_t *)text + at,
		                            len - at < step ? len - at : step, err);
	if (!status)
		status = sluice_filter_finish(filter, NULL, err);
	sluice_filter_free(filter);
	return status;
}

static void test_filter(const struct sluice_plan *plan)
{
	struct sluice_error err = { 0 };
	struct memory m;

	for (size_t step = 1; step < sizeof(table); step++) {
		if (filtered(plan, table, step, &m, &err) || strcmp(m.text, wanted) != 0) {
			printf("step %zu: %s\n%s", step, err.text, m.text);
			check(0, "a table pushed in pieces");
			return;
		}
	}
	check(1, "a table pushed in pieces");
	check(filtered(plan, wrong, 5, &m, &err) == SLUICE_E_DATA, "a wrong count is refused");
	check(err.line == 3 && err.column == 3, "and its place is told");
	check(!strstr(err.text, "9999"), "but not its value");
	check(!strstr(m.text, "9999"), "nor is it written");
}

static void write_text(const char *path, const char *text)
{
	FILE *f = fopen(path, "wb");

	if (!f || fputs(text, f) < 0 || fclose(f))
		exit(2);
}

static int holds(const char *path, const char *text)
{
	char found[4096] = "";
	FILE *f = fopen(path, "rb");

	if (!f)
		return 0;
	found[fread(found, 1, sizeof(found) - 1, f)] = '\0';
	fclose(f);
	return !strcmp(found, text);
}

static int exists(const char *path)
{
	FILE *f = fopen(path, "rb");

	if (f)
		fclose(f);
	return f != NULL;
}

static void test_job(const struct sluice_plan *plan, const char *folder)
{
	struct sluice_options options = SLUICE_OPTIONS_INIT;
	struct sluice_report *report = NULL;
	struct sluice_error err = { 0 };
	struct sluice_job job = { .plan = plan };
	char in[1024], out[1024], *json;

	snprintf(in, sizeof(in), "%s/in.csv", folder);
	snprintf(out, sizeof(out), "%s/out.csv", folder);
	job.input = in;
	job.output = out;
	options.threads = 2;
	write_text(in, wrong);
	check(sluice_run(&job, &options, NULL, &err) == SLUICE_E_DATA,
	      "a wrong file is refused");
	check(strstr(err.source, "in.csv") && err.line == 3, "and named");
	check(!exists(out), "and leaves no output");
	write_text(in, table);
	check(sluice_run(&job, &options, &report, &err) == SLUICE_OK, "path to path");
	check(holds(out, wanted), "the output is as wanted");
	check(report && sluice_report_rows(report) == 3, "the report counts rows");
	json = report ? sluice_report_json(report) : NULL;
	check(json && json[0] == '{' && !strstr(json, "2024-01-01"), "as JSON without values");
	sluice_free(json);
	sluice_report_free(report);
}

static void test_plan(const struct sluice_plan *plan)
{
	struct sluice_plan *other = NULL;
	struct sluice_error err = { 0 };
	char *text = sluice_plan_dump(plan), a[33], b[33] = "";

	sluice_plan_hash(plan, a);
	if (text && !sluice_plan_parse(text, strlen(text), "dump", &other, &err))
		sluice_plan_hash(other, b);
	check(!strcmp(a, b), "a dumped plan is the same plan");
	sluice_plan_free(other);
	sluice_free(text);
	other = NULL;
	check(sluice_plan_parse("count: [a\n", 10, "p", &other, &err) == SLUICE_E_PLAN &&
	              !other,
	      "a broken plan is refused");
	check(!strcmp(err.source, "p") && err.line > 0, "with its place");
}

int main(int argc, char **argv)
{
	struct sluice_plan *plan = NULL;
	struct sluice_error err = { 0 };

	if (argc != 2)
		return 2;
	if (sluice_plan_parse(plan_text, strlen(plan_text), "embedded", &plan, &err)) {
		printf("FAILED: the plan: %s\n0 passed, 1 failed\n", err.text);
		return 1;
	}
	test_plan(plan);
	test_filter(plan);
	test_job(plan, argv[1]);
	sluice_plan_free(plan);
	printf("%d passed, %d failed\n", passed, failed);
	return failed != 0;
}
