/*
 * style.h - how pages look: light and dark, on narrow screens, and on paper
 */
#ifndef PAGE_STYLE_H
#define PAGE_STYLE_H

/* NULL-terminated; the second for pages with audited tables. */
extern const char *const page_style[], *const grid_style[];

#endif
