#include "group/cell_key.h"

#include <string.h>

/* A record key as the table has it. */
static enum sluice_status read_key(const struct group_noise *noise, const struct batch *b,
                                   uint32_t row, struct field text, uint64_t *key,
                                   struct sluice_error *err)
{
	const int64_t value = number_parse(text.text, text.len);

	*key = (uint64_t)value;
	if (value != NUMBER_BAD && *key < noise->table->modulus)
		return SLUICE_OK;
	return fail_at(err, SLUICE_E_DATA, batch_line(b, row, noise->col), noise->col + 1,
	               "not a record key, a whole number below %llu (column '%s')",
	               (unsigned long long)noise->table->modulus, noise->name);
}

/* The row's identifier, whose record key is f->record_key from now on; missing is as empty. */
static enum sluice_status meet_record(struct fold *f, const struct batch *b, uint32_t row,
                                      struct sluice_error *err)
{
	const struct group_noise *noise = &f->spec->noise;
	bool ok;
	struct field text = batch_unquote(batch_field(b, row, noise->col), &f->tmp, &ok);

	if (!ok)
		return fail_memory(err);
	if (!noise->secret)
		return read_key(noise, b, row, text, &f->record_key, err);
	if (dialect_missing(f->spec->dialect, text.text, text.len))
		text.len = 0;
	if (f->any_record && text.len == f->record.len &&
	    !memcmp(text.text, f->record.data, text.len))
		return SLUICE_OK;
	f->record_key =
		secret_record_key(noise->secret, text.text, text.len, noise->table->modulus);
	f->any_record = true;
	f->record.len = 0;
	return buf_add(&f->record, text.text, text.len, err);
}

enum sluice_status cell_key_row(struct fold *f, const struct batch *b, uint32_t row,
                                struct group **groups, struct sluice_error *err)
{
	TRY(meet_record(f, b, row, err));
	for (uint32_t t = 0; t <= f->spec->n_totals; t++)
		groups[t]->words[f->spec->noise.word] += f->record_key;
	return SLUICE_OK;
}

uint64_t cell_key_count(const struct group_noise *noise, uint64_t count, uint64_t cell_key)
{
	const int64_t v = ptable_noise(noise->table, count, cell_key % noise->table->modulus);

	return v < 0 && count < (uint64_t)-v ? 0 : count + (uint64_t)v;
}
