/*
 * audited_ledger.c - a release and its ledger: what was released before, and what is now
 */
#include "audit/agree.h"
#include "release/audited.h"

#include <stdlib.h>

/* Its tables come after the release's own; one that is in it already is no news. */
static enum sluice_status take_earlier(struct release *r, struct all_audited *all,
                                       struct sluice_error *err)
{
	const struct ledger *l = &r->entry.ledger;
	struct audit_table *more =
		realloc(all->tables, (all->n + (size_t)l->n_tables + 1) * sizeof(*more));

	if (!more)
		return fail_memory(err);
	all->tables = more;
	for (uint32_t i = 0; i < l->n_tables; i++) {
		struct ledger_table *t = &l->tables[i];

		more[all->n + i] = (struct audit_table){ .name = t->name,
			                                 .people = t->people,
			                                 .earlier = true,
			                                 .columns = t->columns,
			                                 .n_columns = t->n_columns,
			                                 .said = &t->said,
			                                 .sheet = t->sheet };
		t->sheet = (struct sheet){ 0 };
		all->n_earlier++;
	}
	return SLUICE_OK;
}

static struct ledger_new as_new(const struct all_audited *all, uint32_t i)
{
	return (struct ledger_new){ .name = all->parts[i].table->below,
		                    .people = all->parts[i].people ? all->parts[i].people : "",
		                    .sheet = &all->tables[i].sheet,
		                    .columns = all->parts[i].columns,
		                    .said = &all->parts[i].said };
}

/* What isn't a table as the audit reads isn't in a ledger, either; one that is out of reach may be. */
static enum sluice_status try_read(struct audit_table *t, bool *can, struct sluice_error *err)
{
	struct sluice_error why = { 0 };
	const enum sluice_status status = table_read(t, &why);

	*can = status == SLUICE_OK && t->sheet.header.n_cols == t->n_columns;
	if (status != SLUICE_E_IO && status != SLUICE_E_MEMORY)
		return SLUICE_OK;
	if (err)
		*err = why;
	return status;
}

static enum sluice_status find_known(const struct release *r, struct all_audited *all,
                                     struct sluice_error *err)
{
	for (uint32_t i = 0; i < all->n; i++) {
		const struct ledger_new t = as_new(all, i);
		bool can;

		TRY(try_read(&all->tables[i], &can, err));
		if (can)
			TRY(ledger_knows(&r->entry.ledger, &t, &all->tables[i].earlier, err));
	}
	return SLUICE_OK;
}

static void say_unrecorded(struct table *t)
{
	(void)!buf_addf(
		&t->notices, NULL,
		"%s is not in the ledger, so later releases are not looked at with it: "
		"its counts were changed or given noise, it is too large, or none that is "
		"audited\n",
		t->below);
}

enum sluice_status audited_record(struct release *r, struct all_audited *all,
                                  struct sluice_error *err)
{
	uint32_t part = 0; /* they are in the tables' order */

	for (size_t i = 0; i < r->n_tables; i++) {
		const uint32_t k = part;
		bool can = false;

		part += k < all->n && all->parts[k].table == &r->tables[i];
		if (r->tables[i].outcome >= SLUICE_REFUSED)
			continue;
		if (part > k)
			TRY(try_read(&all->tables[k], &can, err));
		if (can) {
			const struct ledger_new t = as_new(all, k);

			TRY(ledger_add(&r->entry, &t, err));
		} else {
			say_unrecorded(&r->tables[i]);
		}
	}
	return SLUICE_OK;
}

enum sluice_status audited_earlier(struct release *r, struct all_audited *all,
                                   struct sluice_error *err)
{
	if (!r->o.ledger)
		return SLUICE_OK;
	TRY(ledger_begin(&r->entry, r->o.ledger, err));
	TRY(find_known(r, all, err));
	return take_earlier(r, all, err);
}

enum sluice_status audited_commit(struct release *r, struct sluice_error *err)
{
	struct sluice_error why = { 0 };
	const enum sluice_status status = ledger_commit(&r->entry, &why);

	if (status == SLUICE_OK)
		return SLUICE_OK;
	fail(err, status,
	     "%s: the release is published, but perhaps not in the ledger; run it again",
	     why.text);
	fail_source(err, r->o.ledger);
	return status;
}
