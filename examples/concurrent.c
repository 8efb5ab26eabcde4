/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Threads push to one vector while another reads what is there already. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <vbuf/cvec.h>

VBUF_CVEC(numbers, unsigned);
static struct numbers primes; /* a handle, for any thread */

static void *
search(void *first) /* every eighth number from that on: four threads take all the odd ones */
{
	for (unsigned n = *(unsigned *)first; n < 100000; n += 8) {
		unsigned d = 3;

		while (d * d <= n && n % d != 0)
			d += 2;
		if (d * d > n && numbers_push(primes, n, NULL) != VBUF_OK)
			exit(1);
	}
	return NULL;
}

int
main(void)
{
	const struct vbuf_cvec_options o = { .size = sizeof o, .max = 100000 };
	unsigned first[] = { 3, 5, 7, 9 };
	unsigned long long sum = 2;
	pthread_t threads[4];

	if (numbers_create(&primes, &o) != VBUF_OK)
		return 1;
	for (int i = 0; i < 4; i++)
		if (pthread_create(&threads[i], NULL, search, &first[i]) != 0)
			return 1;
	for (size_t seen = 0; seen < 9591;) {      /* there are no more */
		size_t n = numbers_prefix(primes); /* [0, n) is a plain array */

		while (seen < n)
			sum += numbers_data(primes)[seen++];
	}
	for (int i = 0; i < 4; i++)
		(void)pthread_join(threads[i], NULL);
	printf("the primes below 100000 have the sum %llu\n", sum);
	return numbers_destroy(&primes) != VBUF_OK;
}
