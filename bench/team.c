/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "team.h"

#include <pthread.h>
#include <sched.h>
#include <time.h>

#include "platform.h"

struct member {
	bench_job *job;
	unsigned number;
	uint64_t from, n, began, ended, waited;
	bool good, told;
};

static int waiting; /* threads that are not there yet */
static bool apart;  /* each has a processor of its own */

static void *
work(void *arg)
{
	struct member *m = arg;
	int waits = bench_waited_open();
	uint64_t before, after;

	/* Two that share a processor by chance may do so until the end: a short story is over
	 * before the system looks again. */
	if (apart)
		bench_stay_on(m->number);
	__atomic_fetch_sub(&waiting, 1, __ATOMIC_ACQ_REL);
	while (__atomic_load_n(&waiting, __ATOMIC_ACQUIRE) > 0)
		sched_yield(); /* there may be fewer processors than threads */
	m->told = bench_waited(waits, &before);
	m->began = bench_now();
	m->good = m->job(m->from, m->n);
	m->ended = bench_now();
	m->told = bench_waited(waits, &after) && m->told;
	m->waited = m->told ? after - before : 0;
	bench_waited_close(waits);
	return NULL;
}

static void
tell(struct bench_batch *b, const struct member *m, int threads, double used)
{
	uint64_t first = m[0].began, last = m[0].ended, all = m[0].began, some = m[0].ended;
	double waited = 0, worked = 0;
	bool told = true;

	for (int i = 0; i < threads; i++) {
		first = m[i].began < first ? m[i].began : first;
		all = m[i].began > all ? m[i].began : all;
		some = m[i].ended < some ? m[i].ended : some;
		last = m[i].ended > last ? m[i].ended : last;
		waited += (double)m[i].waited;
		worked += (double)(m[i].ended - m[i].began);
		told = told && m[i].told;
	}
	double whole = (double)(last - first + 1);
	bench_metric(b, "cores", used / whole);
	bench_metric(b, "overlap", some > all ? (double)(some - all) / whole : 0);
	if (told)
		bench_metric(b, "waited", waited / (worked + 1));
}

bool
bench_team(struct bench_batch *b, bench_job *job, uint64_t n, int threads)
{
	struct member m[BENCH_TEAM_MOST];
	pthread_t other[BENCH_TEAM_MOST];
	bool good = true;

	apart = threads > 1 && threads <= (int)bench_cpus();
	__atomic_store_n(&waiting, threads, __ATOMIC_RELEASE);
	for (int i = 0; i < threads; i++)
		m[i] = (struct member){ .job = job,
			                .number = (unsigned)i,
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
	if (apart)
		bench_roam();
	for (int i = 0; i < threads; i++)
		good = good && m[i].good;
	if (threads > 1)
		tell(b, m, threads, (double)used / CLOCKS_PER_SEC * 1e9);
	return good;
}

uint64_t
bench_with_patience(bench_job *job, uint64_t from, uint64_t n, uint64_t part, uint64_t ends)
{
	uint64_t done = 0;

	while (done < n && (done == 0 || bench_now() < ends)) {
		uint64_t now = n - done < part ? n - done : part;
		if (!job(from + done, now))
			return 0;
		done += now;
	}
	return done;
}
