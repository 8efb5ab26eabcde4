/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* How long a read takes while another thread pushes, and above all the worst. */
#include <pthread.h>
#include <stddef.h>

#include "../platform.h"
#include "cvec.h"

static struct bench_hist hist;
static const struct cvec_peer *peer;
static int stop;
static volatile uint64_t sink;

/* One look at the clock a read: it ends one and begins the next. */
static void *
read_on(void *arg)
{
	uint64_t sum = 0, x = 1, before = bench_now();

	(void)arg;
	while (!__atomic_load_n(&stop, __ATOMIC_RELAXED)) {
		for (int k = 0; k < 256; k++) {
			x ^= x << 13; /* Marsaglia's xorshift */
			x ^= x >> 7;
			x ^= x << 17;
			sum += peer->look(x % 1000000);
			uint64_t now = bench_now();
			bench_hist_add(&hist, now - before);
			before = now;
		}
	}
	sink = sum;
	return NULL;
}

static void
growth(struct bench_batch *b)
{
	const struct cvec_how *how = b->arg;
	pthread_t reader;

	if (!cvec_may(b, how, true))
		return;
	peer = how->peer;
	__atomic_store_n(&stop, 0, __ATOMIC_RELAXED);
	if (!peer->open(b->size) || pthread_create(&reader, NULL, read_on, NULL) != 0) {
		bench_failed(b, "open", "out of memory");
		return;
	}
	bench_start(b);
	bool good = peer->push(1, b->size);
	bench_stop(b);
	__atomic_store_n(&stop, 1, __ATOMIC_RELAXED);
	pthread_join(reader, NULL);
	peer->close();
	if (!good)
		bench_failed(b, "push", "failed");
	bench_metric(b, "reads", (double)hist.n);
	bench_metric(b, "p50_ns", (double)bench_hist_quantile(&hist, 0.5));
	bench_metric(b, "p99.9_ns", (double)bench_hist_quantile(&hist, 0.999));
	bench_metric(b, "p99.99_ns", (double)bench_hist_quantile(&hist, 0.9999));
	bench_metric(b, "max_ns", (double)bench_hist_quantile(&hist, 1));
	b->ops = b->size;
}

static const uint64_t sizes[] = { 1000000, 100000000, 0 };

static const struct bench_variant variants[] = {
	{ "cvec", growth, &cvec_how_vbuf },
	{ "TBB", growth, &cvec_how_tbb },
	{ "mutex", growth, &cvec_how_mutex },
	{ "rwlock", growth, &cvec_how_rwlock },
	{ NULL, NULL, NULL },
};

const struct bench_family cvec_during_growth = {
	.name = "growth",
	.op = "push, while another thread reads; the metrics are of its reads",
	.baseline = "TBB",
	.sizes = sizes,
	.quick_max = 1000000,
	.variants = variants,
	.counts = true,
	.once = true,
	.most_repeats = 5,
	.apart = cvec_environment,
};
