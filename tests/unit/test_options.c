/* Options: defaults, limits, and structs of an older library. */
#include "unit.h"

#include "run/options.h"
#include "run/report.h"
#include "run/ring.h"

static void nothing_said_means_the_defaults(void **state)
{
	const struct sluice_options init = SLUICE_OPTIONS_INIT;
	struct settled s;

	(void)state;
	for (int i = 0; i < 2; i++) {
		assert_int_equal(options_settle(&s, i ? &init : NULL, NULL), SLUICE_OK);
		assert_ptr_equal(s.kernels, kernels_pick(NULL));
		assert_int_equal(s.chunk_bytes, CHUNK_DEFAULT);
		assert_in_range(s.threads, 1, THREADS_MAX);
		assert_true(s.threads == ring_processors() || s.threads == THREADS_MAX);
		assert_true(s.n_slots >= s.threads);
		assert_int_equal(s.o.container, SLUICE_BY_NAME);
	}
}

static void what_is_said_is_taken(void **state)
{
	struct sluice_options o = SLUICE_OPTIONS_INIT;
	struct settled s;

	(void)state;
	o.isa = "scalar";
	o.chunk_bytes = CHUNK_MIN;
	o.threads = 1;
	assert_int_equal(options_settle(&s, &o, NULL), SLUICE_OK);
	assert_ptr_equal(s.kernels, &kernels_scalar);
	assert_int_equal(s.chunk_bytes, CHUNK_MIN);
	assert_int_equal(s.n_slots, 1);
	o.chunk_bytes = CHUNK_MAX;
	o.threads = THREADS_MAX;
	assert_int_equal(options_settle(&s, &o, NULL), SLUICE_OK);
	assert_int_equal(s.chunk_bytes, CHUNK_MAX);
	assert_int_equal(s.threads, THREADS_MAX);
	assert_true(s.n_slots > THREADS_MAX);
}

static void what_cannot_be_is_refused_as_a_plan(void **state)
{
	static const struct {
		unsigned threads;
		uint32_t chunk_bytes;
		int level;
		size_t size;
		const char *isa, *says;
	} cases[] = {
		{ THREADS_MAX + 1, 0, 0, sizeof(struct sluice_options), NULL, "256 threads" },
		{ 0, CHUNK_MAX + 1, 0, sizeof(struct sluice_options), NULL,
		  "at most 16777216" },
		{ 0, 0, 10, sizeof(struct sluice_options), NULL, "1 to 9" },
		{ 0, 0, -1, sizeof(struct sluice_options), NULL, "1 to 9" },
		{ 0, 0, 0, sizeof(struct sluice_options), "mmx", "instruction set" },
		{ 0, 0, 0, sizeof(struct sluice_options), "", "instruction set" },
		{ 0, 0, 0, 0, NULL, "unknown size" },
		{ 0, 0, 0, sizeof(struct sluice_options) + 8, NULL, "unknown size" },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		const struct sluice_options o = { .size = cases[i].size,
			                          .threads = cases[i].threads,
			                          .chunk_bytes = cases[i].chunk_bytes,
			                          .gzip_level = cases[i].level,
			                          .isa = cases[i].isa };
		struct sluice_error err = { 0 };
		struct settled s;

		assert_int_equal(options_settle(&s, &o, &err), SLUICE_E_PLAN);
		assert_non_null(strstr(err.text, cases[i].says));
	}
}

/* A program built against an older header has a shorter struct: the rest is default. */
static void a_shorter_struct_leaves_the_rest_at_defaults(void **state)
{
	struct sluice_options o = SLUICE_OPTIONS_INIT;
	struct settled s;

	(void)state;
	o.threads = 3;
	o.size = offsetof(struct sluice_options, chunk_bytes);
	o.chunk_bytes = 77; /* not the older program's to say */
	o.isa = "mmx";
	assert_int_equal(options_settle(&s, &o, NULL), SLUICE_OK);
	assert_int_equal(s.threads, 3);
	assert_int_equal(s.chunk_bytes, CHUNK_DEFAULT);
}

/* A chain that counts every one of n columns. */
static void chain_of(struct chain *c, const struct sluice_plan *plan, uint32_t n)
{
	struct buf text = { 0 };

	*c = (struct chain){ .kernels = kernels_pick(NULL),
		             .plan = plan,
		             .output = &plan->outputs[0] };
	for (uint32_t i = 0; i < n; i++)
		assert_int_equal(buf_addf(&text, NULL, "%sc%u", i ? "," : "", i), SLUICE_OK);
	assert_int_equal(header_read(&c->header, ',', text.data, (uint32_t)text.len, NULL),
	                 SLUICE_OK);
	assert_int_equal(chain_bind(c, NULL, NULL, NULL), SLUICE_OK);
	buf_free(&text);
}

static void memory_grows_with_what_is_held(void **state)
{
	static const char text[] = "{version: 1, count: ['*']}";
	struct sluice_options o = SLUICE_OPTIONS_INIT;
	struct sluice_plan *plan;
	struct settled one, four;
	struct chain few, many;

	(void)state;
	assert_int_equal(sluice_plan_parse(text, strlen(text), "p", &plan, NULL), SLUICE_OK);
	chain_of(&few, plan, 10);
	chain_of(&many, plan, 20000);
	o.threads = 1;
	assert_int_equal(options_settle(&one, &o, NULL), SLUICE_OK);
	o.threads = 4;
	assert_int_equal(options_settle(&four, &o, NULL), SLUICE_OK);
	assert_true(report_memory(&one, &few, true, false, true) > CHUNK_DEFAULT);
	assert_true(report_memory(&one, &few, true, false, true) < (uint64_t)64 << 20);
	assert_true(report_memory(&four, &few, true, false, true) >
	            report_memory(&one, &few, true, false, true));
	assert_true(report_memory(&one, &few, true, false, true) >
	            report_memory(&one, &few, false, false, true));
	assert_true(report_memory(&one, &few, true, false, true) >
	            report_memory(&one, &few, true, false, false));
	/* a value and a cell for a block of each column */
	assert_true(report_memory(&four, &few, true, true, true) >
	            report_memory(&four, &few, true, false, true));
	assert_int_equal(report_memory(&one, &few, true, true, true),
	                 report_memory(&one, &few, true, false, true));
	assert_true(report_memory(&one, &many, false, false, false) > 20000 * COUNT_BLOCK * 16);
	chain_free(&few);
	chain_free(&many);
	sluice_plan_free(plan);
}

static void statuses_are_what_a_shell_should_see(void **state)
{
	static const struct {
		enum sluice_status status;
		int exit;
	} cases[] = { { SLUICE_OK, 0 },     { SLUICE_E_CHECK, 1 }, { SLUICE_E_PLAN, 2 },
		      { SLUICE_E_DATA, 3 }, { SLUICE_E_IO, 4 },    { SLUICE_E_MEMORY, 4 },
		      { SLUICE_E_BUG, 4 } };

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++)
		assert_int_equal(sluice_exit_status(cases[i].status), cases[i].exit);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_said_means_the_defaults),
		cmocka_unit_test(what_is_said_is_taken),
		cmocka_unit_test(what_cannot_be_is_refused_as_a_plan),
		cmocka_unit_test(a_shorter_struct_leaves_the_rest_at_defaults),
		cmocka_unit_test(memory_grows_with_what_is_held),
		cmocka_unit_test(statuses_are_what_a_shell_should_see),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
