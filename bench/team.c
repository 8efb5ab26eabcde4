/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "team.h"

#include <pthread.h>
#include <sched.h>
#include <time.h>

#include "platform.h"

struct member {
	bench_job *job;
	uint64_t from, n, began, ended;
	bool good;
};

static int waiting; /* threads that are not there yet */

static void *
work(void *arg)
{
	struct member *m = arg;

	__atomic_fetch_sub(&waiting, 1, __ATOMIC_ACQ_REL);
	while (__atomic_load_n(&waiting, __ATOMIC_ACQUIRE) > 0)
		sched_yield(); /* there may be fewer processors than threads */
	m->began = bench_now();
	m->good = m->job(m->from, m->n);
	m->ended = bench_now();
	return NULL;
}

bool
bench_team(struct bench_batch *b, bench_job *job, uint64_t n, int threads, double *ret_overlap,
           double *ret_cores)
{
	struct member m[BENCH_TEAM_MOST];
	pthread_t other[BENCH_TEAM_MOST];
	bool good = true;

	__atomic_store_n(&waiting, threads, __ATOMIC_RELEASE);
	for (int i = 0; i < threads; i++)
		m[i] = (struct member){ .job = job,
			                .from = ((uint64_t)i << 40) + 1,
			                .n = n / (uint64_t)threads };
	int made = 1;
	while (made < threads && pthread_create(&other[made], NULL, work, &m[made]) == 0)
		made++;
	if (made < threads) { /* let go of those that wait */
		__atomic_fetch_sub(&waiting, threads - made + 1, __ATOMIC_ACQ_REL);
		while (made > 1)
			pthread_join(other[--made], NULL);
		return false;
	}
	while (__atomic_load_n(&waiting, __ATOMIC_ACQUIRE) > 1)
		sched_yield();
	clock_t used = clock();
	bench_start(b);
	work(&m[0]);
	for (int i = 1; i < threads; i++)
		pthread_join(other[i], NULL);
	bench_stop(b);
	used = clock() - used;
	uint64_t first = m[0].began, last = m[0].ended, all = m[0].began, some = m[0].ended;
	for (int i = 0; i < threads; i++) {
		first = m[i].began < first ? m[i].began : first;
		all = m[i].began > all ? m[i].began : all;
		some = m[i].ended < some ? m[i].ended : some;
		last = m[i].ended > last ? m[i].ended : last;
		good = good && m[i].good;
	}
	*ret_overlap = some > all ? (double)(some - all) / (double)(last - first) : 0;
	*ret_cores = (double)used / CLOCKS_PER_SEC * 1e9 / (double)(last - first + 1);
	return good;
}
