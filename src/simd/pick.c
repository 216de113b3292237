#include "simd/kernels.h"

#include <string.h>

const struct kernels *const kernels_all[] = {
#if defined(__x86_64__)
	&kernels_avx512, &kernels_avx2, &kernels_sse2,
#elif defined(__aarch64__) && !defined(__AARCH64EB__)
	&kernels_neon,
#endif
	&kernels_scalar, NULL,
};

const struct kernels *kernels_pick(const char *name)
{
	for (size_t i = 0; kernels_all[i]; i++) {
		const struct kernels *k = kernels_all[i];

		if ((!name || !strcmp(name, k->name)) && k->supported())
			return k;
	}
	return NULL;
}
