#include "run/noise.h"

#include "io/folder.h"
#include "io/secret.h"

static enum sluice_status read_secret(struct noise *n, const char *path,
                                      struct sluice_error *err)
{
	struct buf key = { 0 };
	const enum sluice_status status =
		secret_read(path, SECRET_LEAST, SECRET_MOST, &key, err);

	if (status == SLUICE_OK)
		secret_init(&n->secret, key.data, key.len);
	n->has_secret = status == SLUICE_OK;
	buf_wipe(&key);
	return status;
}

static enum sluice_status read_table(struct noise *n, const char *path,
                                     struct sluice_error *err)
{
	struct buf text = { 0 };
	enum sluice_status status = file_read(path, PTABLE_BYTES, &text, NULL, err);

	if (status == SLUICE_OK)
		status = ptable_read(&n->table, path, text.data, text.len, err);
	buf_free(&text);
	return status;
}

enum sluice_status noise_open(struct noise *n, const struct perturbing *said,
                              struct group_noise *spec, struct sluice_error *err)
{
	if (!said->table)
		return SLUICE_OK;
	TRY(read_table(n, said->table, err));
	spec->table = &n->table;
	if (!said->key)
		return SLUICE_OK;
	TRY(read_secret(n, said->key, err));
	spec->secret = &n->secret;
	return SLUICE_OK;
}

uint64_t noise_check(const struct group_noise *spec)
{
	return spec->secret ? secret_check(spec->secret, spec->table->modulus)
	                    : spec->table->modulus;
}

void noise_close(struct noise *n)
{
	ptable_free(&n->table);
	if (n->has_secret)
		secret_wipe(&n->secret);
	n->has_secret = false;
}
