/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * A server's table of connections. One thread accepts them, some serve requests, one
 * closes what has been idle for long. A request names its connection by a handle, as an
 * event of epoll or kqueue would in its 8 bytes for the user. When its turn comes the
 * connection may be gone, and another be in its place: then the handle misses.
 *
 * No locks around the table; the one below is that of the queue. There is no network
 * here either: a socket is a number, and the time is how many there have been.
 */
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <vbuf/slotmap.h>

enum { CONNECTIONS = 20000, REQUESTS = 5, WORKERS = 3, IDLE = 500, QUEUE = 256 };

struct conn {
	unsigned socket;
	atomic_uint last; /* time of the last request: workers change it side by side */
	atomic_uint users;
};

VBUF_SLOTMAP(conns, struct conn);

struct request {
	struct conns_handle to; /* none: the worker may go */
	bool bye;
};

static struct conns table;
static atomic_uint now;
static atomic_uint served, missed, closed_in_use;
static atomic_bool done;
static atomic_uchar closed[CONNECTIONS];         /* times */
static struct conns_handle handles[CONNECTIONS]; /* all there ever were */

static struct {
	pthread_mutex_t lock;
	pthread_cond_t filled, emptied;
	struct request at[QUEUE];
	size_t head, tail;
} queue = { .lock = PTHREAD_MUTEX_INITIALIZER,
	    .filled = PTHREAD_COND_INITIALIZER,
	    .emptied = PTHREAD_COND_INITIALIZER };

static void
check(int err, const char *what)
{
	if (err == VBUF_OK)
		return;
	fprintf(stderr, "conns: cannot %s: %s\n", what, vbuf_strerror(err));
	exit(1);
}

static void
enqueue(struct request q)
{
	(void)pthread_mutex_lock(&queue.lock);
	while (queue.tail - queue.head == QUEUE)
		(void)pthread_cond_wait(&queue.emptied, &queue.lock);
	queue.at[queue.tail++ % QUEUE] = q;
	(void)pthread_cond_signal(&queue.filled);
	(void)pthread_mutex_unlock(&queue.lock);
}

static struct request
dequeue(void)
{
	(void)pthread_mutex_lock(&queue.lock);
	while (queue.head == queue.tail)
		(void)pthread_cond_wait(&queue.filled, &queue.lock);
	struct request q = queue.at[queue.head++ % QUEUE];
	(void)pthread_cond_signal(&queue.emptied);
	(void)pthread_mutex_unlock(&queue.lock);
	return q;
}

/* The destructor: runs once for each connection, when no thread can have it any more,
 * whoever closed it. */
static void
close_socket(void *conn, void *arg)
{
	struct conn *c = conn;

	(void)arg;
	if (c->users > 0)
		closed_in_use++;
	closed[c->socket]++;
}

static void
serve(struct vbuf_record *r, struct request q)
{
	vbuf_pin(r); /* until the end c stays what it is, also when others close it */
	struct conn *c = conns_get(table, r, q.to);
	if (c) {
		c->users++;
		c->last = now;
		served++;
		if (q.bye) /* others may be closing it too: one of us does */
			(void)conns_remove(table, r, q.to);
		c->users--;
	} else {
		missed++;
	}
	vbuf_unpin(r);
}

static void *
work(void *arg)
{
	struct vbuf_record *r;

	check(vbuf_domain_attach(conns_domain(table), &r), "attach a worker");
	for (struct request q; (q = dequeue()).to.bits != 0;) {
		serve(r, q);
		if (q.bye) /* or its socket stays open until we have removed many more */
			conns_reclaim(table, r, 0);
	}
	check(vbuf_domain_detach(&r), "detach a worker");
	return arg;
}

/* Close what has been idle for as long as that, while others come and go. */
static void
reap(struct vbuf_record *r, unsigned idle)
{
	struct vbuf_slotmap_iter it;

	vbuf_pin(r);
	conns_iter_init(&it, table, r);
	for (struct conn *c; (c = conns_iter_next(&it)) != NULL;) {
		unsigned last = c->last; /* before now, and so no later */

		if (now - last >= idle)
			(void)conns_remove(table, r, conns_iter_handle(&it));
	}
	vbuf_unpin(r);
	conns_reclaim(table, r, 0);
}

static void *
reaper(void *arg)
{
	struct vbuf_record *r;

	check(vbuf_domain_attach(conns_domain(table), &r), "attach the reaper");
	for (; !done; (void)sched_yield()) /* a server's would sleep for a second */
		reap(r, IDLE);
	reap(r, 0);
	check(vbuf_domain_detach(&r), "detach the reaper");
	return arg;
}

/* New connections, and after each some requests to those of late. */
static void
accept_all(struct vbuf_record *r)
{
	for (unsigned n = 0, random = 1; n < CONNECTIONS; n++) {
		struct conn c = { .socket = n, .last = now++ };

		check(conns_insert(table, r, c, &handles[n]), "insert a connection");
		for (unsigned i = 0; i < REQUESTS; i++) {
			unsigned back = (random = random * 1664525 + 1013904223) >> 22;

			enqueue((struct request){ handles[back < n ? n - back : n],
			                          back % 8 == 0 });
		}
	}
}

int
main(void)
{
	const struct vbuf_slotmap_options o = {
		.size = sizeof o, .max = CONNECTIONS, .destroy = close_socket, .name = "connections"
	};
	struct vbuf_record *r;
	pthread_t threads[WORKERS + 1];
	unsigned found = 0, once = 0;

	check(conns_create(&table, &o), "make the table");
	check(vbuf_domain_attach(conns_domain(table), &r), "attach");
	for (int i = 0; i <= WORKERS; i++)
		if (pthread_create(&threads[i], NULL, i < WORKERS ? work : reaper, NULL) != 0)
			return 1;
	accept_all(r);
	for (int i = 0; i < WORKERS; i++)
		enqueue((struct request){ .bye = true });
	for (int i = 0; i <= WORKERS; i++) {
		done = i == WORKERS; /* the workers are: the reaper may */
		(void)pthread_join(threads[i], NULL);
	}
	for (unsigned n = 0; n < CONNECTIONS; n++)
		found += conns_contains(table, handles[n]);
	check(vbuf_domain_detach(&r), "detach");
	check(conns_destroy(&table), "destroy the table");
	for (unsigned n = 0; n < CONNECTIONS; n++)
		once += closed[n] == 1;

	printf("%d connections accepted, %u of them closed once, %u while in use\n", CONNECTIONS,
	       once, closed_in_use);
	printf("%u requests: %u served, %u too late\n", served + missed, served, missed);
	printf("%u handles of closed connections found something\n", found);
	return 0;
}
