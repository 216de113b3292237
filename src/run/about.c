/*
 * about.c - what the library says about itself
 */
#include "attack/lp.h"
#include "io/codec.h"
#include "io/source.h"
#include "simd/kernels.h"
#include "sluice.h"

#include <jansson.h>
#include <libdeflate.h>
#include <stdlib.h>
#include <xxhash.h>
#include <yaml.h>
#include <zlib.h>

#define TEXT(x)    TEXT_OF(x)
#define TEXT_OF(x) #x
#define XXH_VERSION \
	TEXT(XXH_VERSION_MAJOR) "." TEXT(XXH_VERSION_MINOR) "." TEXT(XXH_VERSION_RELEASE)

int sluice_exit_status(enum sluice_status status)
{
	switch (status) {
	case SLUICE_OK: return 0;
	case SLUICE_E_CHECK: return 1;
	case SLUICE_E_PLAN: return 2;
	case SLUICE_E_DATA: return 3;
	case SLUICE_E_IO:
	case SLUICE_E_MEMORY:
	case SLUICE_E_BUG: break;
	}
	return 4;
}

void sluice_free(char *text)
{
	free(text);
}

const char *sluice_isa_at(size_t i)
{
	for (size_t k = 0; kernels_all[k]; k++)
		if (kernels_all[k]->supported() && !i--)
			return kernels_all[k]->name;
	return NULL;
}

const char *sluice_library_at(size_t i, const char **version)
{
	const struct {
		const char *name, *version;
	} libraries[] = {
		{ "gzip by", codec_name() },
		{ "zlib", zlibVersion() },
		{ "libdeflate", LIBDEFLATE_VERSION_STRING },
		{ "libyaml", yaml_get_version_string() },
		{ "jansson", JANSSON_VERSION },
		{ "xxHash", XXH_VERSION },
	};
	const char *solver;

	/* Last, since a build may do without. */
	if (i == sizeof(libraries) / sizeof(*libraries) && (solver = lp_library(version)))
		return solver;
	if (i >= sizeof(libraries) / sizeof(*libraries))
		return NULL;
	*version = libraries[i].version;
	return libraries[i].name;
}

bool sluice_sigbus(void *address)
{
	return source_sigbus(address);
}
