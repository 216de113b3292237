#include "base/date.h"

/* -1 where something else than n digits stands. */
static int read_digits(const char *text, unsigned n)
{
	int value = 0;

	for (unsigned i = 0; i < n; i++) {
		if (text[i] < '0' || text[i] > '9')
			return -1;
		value = value * 10 + (text[i] - '0');
	}
	return value;
}

static int days_in(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	return month == 2 && leap ? 29 : days[month - 1];
}

bool date_read(const char *text, int *month)
{
	const int year = read_digits(text, 4), day = read_digits(text + 8, 2);

	*month = read_digits(text + 5, 2);
	return text[4] == '-' && text[7] == '-' && year >= 1 && *month >= 1 && *month <= 12 &&
	       day >= 1 && day <= days_in(year, *month);
}
