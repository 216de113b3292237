/*
 * size.c - no file over the gate's limit
 */
#include "check/inquiry.h"

static void look(struct inquiry *q)
{
	const uint64_t max = q->terms->o.max_bytes;

	if (q->bytes > max)
		finding_add(q, SLUICE_REFUSAL, NULL, NO_COLUMN,
		            "%llu bytes where at most %llu may leave; aggregate further, or "
		            "write several files%s",
		            (unsigned long long)q->bytes, (unsigned long long)max,
		            q->whole ? "" : " (only the beginning was looked at)");
	else if (!q->whole)
		finding_add(q, SLUICE_REFUSAL, NULL, NO_COLUMN,
		            "more than %llu bytes when decompressed; only these were looked at",
		            (unsigned long long)max);
	else if (!q->bytes && q->kind != FILE_TABLE)
		finding_add(q, SLUICE_WARNING, NULL, NO_COLUMN, "the file is empty");
}

const struct check check_size = {
	.name = "size",
	.help = "more bytes than the gate lets pass",
	.severity = SLUICE_REFUSAL,
	.firm = true,
	.look = look,
};
