/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* How long a read takes while another thread pushes, and above all the worst. */
#include <pthread.h>
#include <sched.h>
#include <stddef.h>

#include "../platform.h"
#include "../team.h"
#include "cvec.h"

enum { PART = 1000 };

static struct bench_hist hist;
static const struct cvec_peer *peer;
static enum { BEGINS, READS, STOPS } stage;
static volatile uint64_t sink;

struct reader {
	uint64_t worked, waited;
	bool told;
};

/* One look at the clock a read: it ends one and begins the next. */
static void
read_some(uint64_t *x, uint64_t *before)
{
	uint64_t sum = 0;

	for (int k = 0; k < 256; k++) {
		*x ^= *x << 13; /* Marsaglia's xorshift */
		*x ^= *x >> 7;
		*x ^= *x << 17;
		sum += peer->look(*x % 1000000);
		uint64_t now = bench_now();
		bench_hist_add(&hist, now - *before);
		*before = now;
	}
	sink = sum;
}

static void *
read_on(void *arg)
{
	struct reader *r = arg;
	uint64_t x = 1, start = bench_now(), before = start, began, ended;
	int waits = bench_waited_open();

	bench_stay_on(1);
	bool told = bench_waited(waits, &began);
	__atomic_store_n(&stage, READS, __ATOMIC_RELEASE);
	while (__atomic_load_n(&stage, __ATOMIC_RELAXED) != STOPS)
		read_some(&x, &before);
	r->told = bench_waited(waits, &ended) && told;
	r->waited = ended - began;
	r->worked = bench_now() - start;
	bench_waited_close(waits);
	return NULL;
}

static void
growth(struct bench_batch *b)
{
	const struct cvec_how *how = b->arg;
	struct reader r;
	pthread_t reader;
	uint64_t began, ended;

	if (!cvec_may(b, how, true))
		return;
	peer = how->peer;
	__atomic_store_n(&stage, BEGINS, __ATOMIC_RELAXED);
	if (!peer->open(b->size) || pthread_create(&reader, NULL, read_on, &r) != 0) {
		bench_failed(b, "open", "out of memory");
		return;
	}
	while (__atomic_load_n(&stage, __ATOMIC_ACQUIRE) == BEGINS)
		sched_yield();
	bench_stay_on(0);
	int waits = bench_waited_open();
	bool told = bench_waited(waits, &began);
	uint64_t cpu = bench_cpu_time(), wall = bench_now();
	bench_start(b);
	b->ops = bench_with_patience(peer->push, 1, b->size, PART,
	                             bench_now() + b->size * BENCH_PATIENCE_NS);
	bench_stop(b);
	wall = bench_now() - wall;
	cpu = bench_cpu_time() - cpu;
	told = bench_waited(waits, &ended) && told;
	bench_waited_close(waits);
	__atomic_store_n(&stage, STOPS, __ATOMIC_RELAXED);
	pthread_join(reader, NULL);
	bench_roam();
	peer->close();
	if (b->ops == 0)
		bench_failed(b, "push", "failed");
	bench_metric(b, "cores", (double)cpu / (double)(wall + 1));
	bench_metric(b, "overlap", 1); /* it reads before the first push, and after the last */
	if (told && r.told)
		bench_metric(b, "waited",
		             (double)(ended - began + r.waited) / (double)(wall + r.worked + 1));
	bench_metric(b, "reads", (double)hist.n);
	bench_metric(b, "p50_ns", (double)bench_hist_quantile(&hist, 0.5));
	bench_metric(b, "p99.9_ns", (double)bench_hist_quantile(&hist, 0.999));
	bench_metric(b, "p99.99_ns", (double)bench_hist_quantile(&hist, 0.9999));
	bench_metric(b, "max_ns", (double)bench_hist_quantile(&hist, 1));
}

static const uint64_t sizes[] = { 1000000, 100000000, 0 };

static const struct bench_variant variants[] = {
	{ "cvec", growth, &cvec_how_vbuf },
	{ "TBB", growth, &cvec_how_tbb },
	{ "mutex", growth, &cvec_how_mutex },
	{ "rwlock", growth, &cvec_how_rwlock },
	{ NULL, NULL, NULL },
};

/* Behind locks so many take half a minute. */
static const char *const at_100_million[] = { "cvec", "TBB", NULL };
static const struct bench_few few[] = { { 100000000, at_100_million }, { 0, NULL } };

const struct bench_family cvec_during_growth = {
	.name = "growth",
	.op = "push, while another thread reads; the metrics are of its reads",
	.baseline = "TBB",
	.sizes = sizes,
	.smoke_max = 1000000,
	.quick_max = 1000000,
	.variants = variants,
	.counts = true,
	.once = true,
	.slow = true,
	.threads = 2,
	.cost_ns = 30,
	.few = few,
	.apart = cvec_environment,
};
