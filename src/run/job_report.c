/*
 * job_report.c - how a job ends: its result and its report get their names, or neither does
 */
#include "run/job.h"

#include <stdlib.h>
#include <string.h>

/* ---- the report ------------------------------------------------------------------------- */

enum sluice_status job_report(const struct job *j, const struct sluice_error *failure,
                              struct sluice_report **report, struct sluice_error *err)
{
	struct sluice_report *r = calloc(1, sizeof(*r));
	enum sluice_status status;

	if (!r)
		return fail_memory(err);
	status = report_collect(r, &j->chain, &j->base, j->group, err);
	if (status == SLUICE_OK)
		status = report_names(r, j->said->input, j->said->output, err);
	if (status != SLUICE_OK) {
		sluice_report_free(r);
		return status;
	}
	r->partial = j->partial;
	r->container = j->source ? source_container(j->source) : NULL;
	r->bytes_in = j->source ? source_taken(j->source) : 0;
	r->bytes_out = j->sink ? sink_written(j->sink) : 0;
	if (failure)
		r->err = *failure;
	*report = r;
	return SLUICE_OK;
}

/* The text under its temporary name, synced; *sink is the caller's, after a failure, too. */
static enum sluice_status seal_text(const char *path, const char *text, size_t len,
                                    struct sluice_pending *pending, struct sink **sink,
                                    struct sluice_error *err)
{
	TRY(sink_open(path, -1, -1, pending, sink, err));
	TRY(sink_write(*sink, (const uint8_t *)text, len, err));
	return sink_seal(*sink, err);
}

/* The report under its temporary name; NULL = none is wanted. */
static enum sluice_status begin_report(const struct job *j, const struct sluice_error *failure,
                                       struct sink **sink, struct sluice_error *err)
{
	struct sluice_pending *pending = j->settings.o.pending;
	struct sluice_report *r = NULL;
	enum sluice_status status;
	char *json;

	*sink = NULL;
	if (!j->said->report)
		return SLUICE_OK;
	TRY(job_report(j, failure, &r, err));
	json = sluice_report_json(r);
	sluice_report_free(r);
	if (!json)
		return fail_memory(err);
	status = seal_text(j->said->report, json, strlen(json), pending ? &pending[1] : NULL,
	                   sink, err);
	free(json);
	return status;
}

/* The report of a failure; that it can't be written would add nothing to the failure. */
void job_report_failure(const struct job *j, const struct sluice_error *failure)
{
	struct sink *sink;

	if (begin_report(j, failure, &sink, NULL) == SLUICE_OK && sink)
		(void)sink_publish(sink, NULL);
	sink_close(sink);
}

/*
 * Everything is written and synced before the first of the two names is given, and
 * the report gets its own last: it never speaks of an output that isn't there.
 */
enum sluice_status job_publish(struct job *j, struct sluice_error *err)
{
	enum sluice_status status =
		j->before_publish ? j->before_publish(j->before_publish_ctx, err) : SLUICE_OK;
	struct sink *report = NULL;

	if (status == SLUICE_OK)
		status = sink_seal(j->sink, err);
	if (status == SLUICE_OK)
		status = begin_report(j, NULL, &report, err);
	if (status == SLUICE_OK)
		status = sink_publish(j->sink, err);
	if (status == SLUICE_OK && report)
		status = sink_publish(report, err);
	sink_close(report);
	return status;
}

enum sluice_status sluice_write_file(const char *path, const char *data, size_t len,
                                     struct sluice_pending *pending, struct sluice_error *err)
{
	struct sink *sink = NULL;
	enum sluice_status status = seal_text(path, data, len, pending, &sink, err);

	if (status == SLUICE_OK)
		status = sink_publish(sink, err);
	sink_close(sink);
	return status;
}
