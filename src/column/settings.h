/*
 * settings.h - what a policy, or a rule's own words, settle about counts
 */
#ifndef COLUMN_SETTINGS_H
#define COLUMN_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>

enum rounding {
	ROUND_NEAREST, /* ties to even: Python, numpy, R                         */
	ROUND_HALF_UP,
	ROUND_MIDPOINT, /* 0 to 0, else ceil(x/N)*N - floor(N/2)                  */
	ROUND_UP,
	ROUND_DOWN,
};

#define NO_THRESHOLD (-1)
#define SHORTEST     (-1)
#define TOKEN_SIZE   64
#define ROUND_MAX    1000000 /* the largest base                             */

struct settings {
	int64_t threshold; /* counts <= it are redacted; NO_THRESHOLD = none  */
	bool keep_zeros;   /* 0 is not redacted                               */
	uint32_t round_to; /* base; 1 = no rounding                           */
	enum rounding rounding;
	char token[TOKEN_SIZE]; /* what stands for a redacted count               */
	int digits;             /* of ratios; SHORTEST = as many as it takes       */
};

/* Which settings a rule takes, or was given. */
enum {
	SET_THRESHOLD = 1 << 0,
	SET_ZEROS = 1 << 1,
	SET_ROUND_TO = 1 << 2,
	SET_ROUNDING = 1 << 3,
	SET_TOKEN = 1 << 4,
	SET_DIGITS = 1 << 5,
};

#endif
