/*
 * A table through a plan: the same bytes, or the same refusal at the same place, whatever the
 * instruction set, the pieces it is pushed in, the threads, the container; and what comes out is
 * a table, in which no count is low, and which comes out of the same plan as it is.
 */
#include "fuzz_filter.h"

#include <sys/mman.h>
#include <unistd.h>
#include <zlib.h>

#define SECRET    "SECRET7731"
#define UNLIMITED ((size_t)1 << 26)

struct done {
	struct buf out;
	enum sluice_status status;
	struct sluice_error err;
};

static int keep(void *ctx, const uint8_t *data, size_t len)
{
	struct done *d = ctx;

	return buf_add(&d->out, data, len, NULL) != SLUICE_OK;
}

static void push(struct done *d, const struct sluice_plan *plan, const struct sluice_options *o,
                 const struct buf *text, size_t piece)
{
	struct sluice_filter *f;

	*d = (struct done){ 0 };
	REQUIRE(!sluice_filter_new(plan, o, keep, d, &f, &d->err), "%s\n", d->err.text);
	for (size_t i = 0, n; i < text->len; i += n) {
		n = text->len - i < piece ? text->len - i : piece;
		if (sluice_filter_push(f, text->data + i, n, NULL))
			break;
		piece = piece % 7 + piece / 2 + 1;
	}
	d->status = sluice_filter_finish(f, NULL, &d->err);
	sluice_filter_free(f);
}

/* ---- as a job, by files in memory ------------------------------------------------------------ */

static void put_gzip(struct buf *b, const struct buf *text, int level)
{
	z_stream z = { .next_in = text->data, .avail_in = (uInt)text->len };

	REQUIRE(deflateInit2(&z, level, Z_DEFLATED, 31, 9, 0) == Z_OK, "no memory\n");
	REQUIRE(!buf_reserve(b, deflateBound(&z, text->len), NULL), "no memory\n");
	z.next_out = b->data;
	z.avail_out = (uInt)b->cap;
	REQUIRE(deflate(&z, Z_FINISH) == Z_STREAM_END, "zlib\n");
	b->len = z.total_out;
	deflateEnd(&z);
}

static void take_gzip(struct buf *b, const struct buf *packed)
{
	z_stream z = { .next_in = packed->data, .avail_in = (uInt)packed->len };
	int ret = Z_OK;

	REQUIRE(inflateInit2(&z, 31) == Z_OK, "no memory\n");
	while (z.avail_in && (ret == Z_OK || ret == Z_STREAM_END)) {
		if (ret == Z_STREAM_END)
			inflateReset(&z);
		REQUIRE(!buf_reserve(b, 65536, NULL), "no memory\n");
		z.next_out = b->data + b->len;
		z.avail_out = 65536;
		ret = inflate(&z, Z_NO_FLUSH);
		b->len += 65536 - z.avail_out;
		REQUIRE(b->len < UNLIMITED, "too much\n");
	}
	REQUIRE(ret == Z_STREAM_END, "the output is no gzip: %d\n", ret);
	inflateEnd(&z);
}

static void read_all(int fd, struct buf *b)
{
	ssize_t n;

	REQUIRE(lseek(fd, 0, SEEK_SET) == 0, "lseek\n");
	do {
		REQUIRE(!buf_reserve(b, 65536, NULL), "no memory\n");
		n = read(fd, b->data + b->len, 65536);
		REQUIRE(n >= 0, "read\n");
		b->len += (size_t)n;
	} while (n);
}

static void run_job(struct done *d, const struct sluice_plan *plan, struct sluice_options *o,
                    const struct buf *text, bool packed)
{
	struct sluice_job job = { .plan = plan,
		                  .input_fd = memfd_create("in", 0),
		                  .output_fd = memfd_create("out", 0) };
	struct buf in = { 0 }, out = { 0 };

	*d = (struct done){ 0 };
	REQUIRE(job.input_fd >= 0 && job.output_fd >= 0, "memfd_create\n");
	if (packed)
		put_gzip(&in, text, 1);
	else
		REQUIRE(!buf_add(&in, text->data, text->len, NULL), "no memory\n");
	REQUIRE(write(job.input_fd, in.data, in.len) == (ssize_t)in.len &&
	                lseek(job.input_fd, 0, SEEK_SET) == 0,
	        "write\n");
	d->status = sluice_run(&job, o, NULL, &d->err);
	d->err.source[0] = '\0'; /* a job says <stdin> */
	read_all(job.output_fd, &out);
	if (o->container == SLUICE_PLAIN)
		d->out = out;
	else if (d->status == SLUICE_OK)
		take_gzip(&d->out, &out);
	if (o->container != SLUICE_PLAIN)
		buf_free(&out);
	buf_free(&in);
	close(job.input_fd);
	close(job.output_fd);
}

/* ---- properties -------------------------------------------------------------------------- */

static bool same_bytes(const struct buf *a, const struct buf *b, size_t len)
{
	return !len || !memcmp(a->data, b->data, len);
}

static void compare(const struct done *want, const struct done *got, const char *what)
{
	const size_t less = want->out.len < got->out.len ? want->out.len : got->out.len;

	REQUIRE(want->status == got->status && want->err.line == got->err.line &&
	                want->err.column == got->err.column &&
	                !strcmp(want->err.text, got->err.text),
	        "%s: %d at %llu:%u %s, else %d at %llu:%u %s\n", what, (int)got->status,
	        (unsigned long long)got->err.line, got->err.column, got->err.text,
	        (int)want->status, (unsigned long long)want->err.line, want->err.column,
	        want->err.text);
	REQUIRE(same_bytes(&want->out, &got->out, less), "%s: other bytes\n", what);
	REQUIRE(want->status != SLUICE_OK || want->out.len == got->out.len,
	        "%s: %zu bytes, not %zu\n", what, got->out.len, want->out.len);
}

/* Whether a released count is one that the plan may release. */
static bool may_be_released(const struct sample *s, const uint8_t *text, size_t len)
{
	int64_t value = 0;

	if (!len || (len == 2 && !memcmp(text, "NA", 2)) || (len == 1 && *text == '-'))
		return true;
	if (len == strlen(s->token) && !memcmp(text, s->token, len))
		return true;
	if (len > 17 || (*text == '0' && len > 1))
		return false;
	for (size_t i = 0; i < len; i++) {
		if (text[i] < '0' || text[i] > '9')
			return false;
		value = value * 10 + text[i] - '0';
	}
	if (value <= s->threshold && !(value == 0 && s->zeros))
		return false;
	return !value || (value + s->offset) % s->base == 0;
}

static bool is_count(const struct sample *s, const uint8_t *text, const struct ref_cell *c)
{
	return c->len == 1 && strchr(s->counts, text[c->at]);
}

static void check_output(const struct sample *s, const struct buf *out)
{
	struct ref_table t;
	uint8_t *text = allocate(out->len);

	REQUIRE(referee_read(&t, out->data, out->len, (uint8_t)s->delimiter),
	        "no table:\n%.*s\n", (int)out->len, (char *)out->data);
	REQUIRE(!t.cut && out->data[0] != 0xEF, "a BOM, or no line end\n");
	for (size_t i = t.n_cols; i < t.n_cells; i++) {
		const size_t n = referee_unquote(out->data, &t.cells[i], text);

		REQUIRE(!is_count(s, out->data, &t.cells[i % t.n_cols]) ||
		                may_be_released(s, text, n),
		        "a count of %.*s\n", (int)n, (char *)text);
	}
	free(text);
	free(t.cells);
}

static void check_again(const struct sluice_plan *plan, const struct done *first)
{
	struct done again;

	push(&again, plan, NULL, &first->out, UNLIMITED);
	compare(first, &again, "run again");
	buf_free(&again.out);
}

static void check_refusal(const struct done *d, bool secret)
{
	REQUIRE(d->status == SLUICE_E_DATA || d->status == SLUICE_E_PLAN, "%d %s\n",
	        (int)d->status, d->err.text);
	REQUIRE(d->err.text[0] && (!secret || !strstr(d->err.text, SECRET)), "%s\n",
	        d->err.text);
}

static struct sluice_options draw_options(struct input *in)
{
	struct sluice_options o = SLUICE_OPTIONS_INIT;
	static const uint32_t chunks[] = { 1, 3, 16, 50, 64, 200, 1000, 0 };
	const uint8_t a = take_byte(in), b = take_byte(in);
	size_t n = 0;

	while (sluice_isa_at(n))
		n++;
	o.isa = sluice_isa_at(a % n);
	o.chunk_bytes = chunks[b % 8];
	o.threads = 1 + b / 8 % 3;
	o.map_input = b & 128;
	o.container = (enum sluice_container)(SLUICE_PLAIN + a / 16 % 3);
	return o;
}

/* A job knows one by its first bytes and says so, a filter refuses them as it would any such. */
static bool is_partial(const struct buf *text)
{
	static const char magic[] = "\xFFsluicep";

	return text->len >= sizeof(magic) - 1 && !memcmp(text->data, magic, sizeof(magic) - 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sluice_options slow = SLUICE_OPTIONS_INIT, o;
	struct input in = { data, size };
	const struct sample *s = sample_at(take_byte(&in));
	const uint8_t how = take_byte(&in);
	const bool own_head = how % 8 == 7;
	struct buf text = { 0 };
	struct done want, got;

	slow.isa = "scalar";
	o = draw_options(&in);
	if (!own_head)
		REQUIRE(!buf_add(&text, s->head, strlen(s->head), NULL), "no memory\n");
	REQUIRE(!buf_add(&text, in.text, in.len, NULL), "no memory\n");

	push(&want, s->plan, &slow, &text, UNLIMITED);
	if (want.status == SLUICE_OK) {
		check_output(s, &want.out);
		check_again(s->plan, &want);
	} else {
		check_refusal(&want, !own_head);
	}
	push(&got, s->plan, &o, &text, 1 + how / 8);
	compare(&want, &got, "in pieces");
	buf_free(&got.out);
	if (how & 64) {
		/* Gzip of nothing is no table either, but another message. */
		run_job(&got, s->plan, &o, &text, (how & 128) && text.len);
		if (text.len &&
		    !(text.len > 1 && text.data[0] == 0x1F && text.data[1] == 0x8B) &&
		    !is_partial(&text))
			compare(&want, &got, "as a job");
		buf_free(&got.out);
	}
	buf_free(&want.out);
	buf_free(&text);
	return 0;
}
