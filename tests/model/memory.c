/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * What the threads see. Each location keeps all its stores in modification order; each
 * thread keeps a view, the newest store of each location that it must know of. A load
 * returns any store not older than the view. A store takes any place after it. The object
 * itself always holds the last store in modification order.
 */
#include "machine.h"

#include <string.h>

enum { SLOTS = 512 }; /* of the hash table of addresses */

static uint16_t table[SLOTS]; /* location + 1 */

uint64_t
mix(uint64_t hash, uint64_t value)
{
	hash = (hash + 1) * UINT64_C(0x9e3779b97f4a7c15) ^ value;
	hash = (hash ^ (hash >> 32)) * UINT64_C(0xd6e8feb86659fd93);
	hash = (hash ^ (hash >> 32)) * UINT64_C(0xd6e8feb86659fd93);
	return hash ^ (hash >> 32);
}

void
memory_reset(void)
{
	memset(table, 0, sizeof table);
	memset(&machine.fence, 0, sizeof machine.fence);
	machine.fence_hash = 0;
	machine.locations = 0;
	machine.stores = 1;
	machine.events = 0;
	order_reset();
	races_reset();
}

static uint64_t
get(const volatile void *object, size_t size)
{
	switch (size) {
	case 1:
		return *(const volatile uint8_t *)object;
	case 2:
		return *(const volatile uint16_t *)object;
	case 4:
		return *(const volatile uint32_t *)object;
	default:
		return *(const volatile uint64_t *)object;
	}
}

static void
put(volatile void *object, size_t size, uint64_t value)
{
	switch (size) {
	case 1:
		*(volatile uint8_t *)object = (uint8_t)value;
		break;
	case 2:
		*(volatile uint16_t *)object = (uint16_t)value;
		break;
	case 4:
		*(volatile uint32_t *)object = (uint32_t)value;
		break;
	default:
		*(volatile uint64_t *)object = value;
	}
}

static struct thread *
running(void)
{
	return &machine.thread[machine.current];
}

/* Stores are told apart in a hash by who made them, not by when it was. */
static uint64_t
identity(unsigned store)
{
	const struct store *s = &machine.store[store];

	return mix(s->thread, s->nth);
}

static void
hash_order(struct location *l)
{
	uint64_t hash = mix((uint64_t)(uintptr_t)l->object, l->size);

	for (unsigned i = 0; i < l->count; i++)
		hash = mix(hash, identity(l->order[i]));
	l->hash = hash;
}

uint64_t
memory_hash(void)
{
	uint64_t hash = machine.fence_hash;

	for (unsigned i = 0; i < machine.locations; i++)
		hash += mix(machine.location[i].hash, 1); /* in no order */
	return hash;
}

static unsigned
new_store(struct location *l, unsigned position, uint64_t value)
{
	if (machine.stores == STORES || l->count == STORES_EACH)
		model_broken("too long for the model: more than %d stores", STORES - 1);

	unsigned id = machine.stores++;
	struct store *s = &machine.store[id];

	*s = (struct store){ .value = value };
	s->location = (uint16_t)(l - machine.location);
	memmove(&l->order[position + 1], &l->order[position],
	        (l->count - position) * sizeof *l->order);
	l->order[position] = (uint16_t)id;
	l->count++;
	for (unsigned i = position; i < l->count; i++)
		machine.store[l->order[i]].position = (uint16_t)i;
	return id;
}

/* Objects become known to the model at their first atomic access. What they hold then is
 * their first store, which everybody may read: whether the plain write that put it there
 * happened before is for races.c to see. */
static struct location *
locate(const volatile void *object, size_t size)
{
	uintptr_t address = (uintptr_t)object;
	unsigned slot = (unsigned)(mix(0, address) % SLOTS);

	for (; table[slot]; slot = (slot + 1) % SLOTS) {
		struct location *l = &machine.location[table[slot] - 1];

		if (l->object != object)
			continue;
		if (l->size != size)
			model_broken("an atomic object is accessed with two sizes");
		return l;
	}
	if (machine.locations == LOCATIONS)
		model_broken("too large for the model: more than %d atomic objects", LOCATIONS);
	if (address % size != 0)
		model_broken("an atomic object is not aligned");
	struct location *l = &machine.location[machine.locations++];

	memset(l, 0, offsetof(struct location, order));
	memset(l->read_at, 0, sizeof l->read_at);
	memset(l->write_at, 0, sizeof l->write_at);
	l->object = object;
	l->size = (uint32_t)size;
	new_store(l, 0, get(object, size));
	hash_order(l);
	table[slot] = (uint16_t)machine.locations;
	return l;
}

void
memory_forget(const volatile void *object, size_t size)
{
	uintptr_t from = (uintptr_t)object, to = from + size;

	for (unsigned i = 0; i < machine.locations; i++) {
		uintptr_t at = (uintptr_t)machine.location[i].object;

		if (at && at < to && at + machine.location[i].size > from)
			machine.location[i].object = NULL;
	}
}

/* --- views ------------------------------------------------------------------------- */

static unsigned
position_of(unsigned seen)
{
	return seen ? machine.store[seen].position : 0;
}

static void
raise(struct view *v, unsigned location, unsigned store)
{
	if (position_of(store) > position_of(v->seen[location]))
		v->seen[location] = (uint16_t)store;
}

void
memory_join(struct knowledge *into, const struct knowledge *from)
{
	for (unsigned i = 0; i <= machine.threads; i++)
		if (into->clock[i] < from->clock[i])
			into->clock[i] = from->clock[i];
	for (unsigned i = 0; i < machine.locations; i++)
		if (from->view.seen[i] != into->view.seen[i])
			raise(&into->view, i, from->view.seen[i]);
}

/* --- operations -------------------------------------------------------------------- */

/* Put an event on record; it counts as the thread's next. */
struct event *
memory_event(uint8_t op, uint8_t order, const struct model_site *site)
{
	if (machine.events == EVENTS)
		model_broken("more than %d operations: is vbuf_spin_() missing from a loop?",
		             EVENTS);
	struct event *e = &machine.event[machine.events++];

	memset(e, 0, sizeof *e);
	e->site = site;
	e->op = op;
	e->order = order;
	e->thread = (uint8_t)machine.current;
	running()->now.clock[machine.current]++;
	return e;
}

static void
remember(uint64_t a, uint64_t b)
{
	running()->history = mix(mix(running()->history, a), b);
}

static void
watch(unsigned location, unsigned store)
{
	struct thread *t = running();
	unsigned i = 0;

	while (i < t->watching && t->watched[i].location != location)
		i++;
	if (i == WATCHED) /* the oldest is hardly of the loop that is to come */
		memmove(&t->watched[0], &t->watched[1], (--i) * sizeof *t->watched);
	else if (i == t->watching)
		t->watching++;
	t->watched[i] = (struct watched){ (uint16_t)location, (uint16_t)store };
}

/* What a load or the reading half of an update learns. */
static void
learn(struct event *e, struct location *l, unsigned store, unsigned order)
{
	struct thread *t = running();
	const struct store *s = &machine.store[store];
	unsigned location = (unsigned)(l - machine.location);

	e->location = (uint16_t)location;
	e->read = (uint16_t)store;
	e->stale = s->position + 1 != l->count;
	e->newest = machine.store[l->order[l->count - 1]].event;
	raise(&t->now.view, location, store);
	if ((order & MODEL_ACQUIRE) && s->releases)
		memory_join(&t->now, &s->released);
	watch(location, store);
	remember((uintptr_t)l->object, identity(store));
	l->read_at[machine.current] = t->now.clock[machine.current];
}

/* A store, or the writing half of an update that read before. */
static unsigned
publish(struct event *e, struct location *l, unsigned position, uint64_t value, unsigned order,
        unsigned before)
{
	struct thread *t = running();
	unsigned location = (unsigned)(l - machine.location);
	unsigned id = new_store(l, position, value);
	struct store *s = &machine.store[id];

	s->event = machine.events;
	s->nth = t->now.clock[machine.current];
	s->thread = (uint8_t)machine.current;
	e->location = (uint16_t)location;
	e->written = (uint16_t)id;
	e->value = value;
	e->before = (uint16_t)(position + 1u < l->count ? l->order[position + 1] : 0);
	raise(&t->now.view, location, id);
	for (unsigned i = 0; i < t->watching; i++)
		if (t->watched[i].location == location)
			t->watched[i].store = (uint16_t)id; /* one's own store is no news */
	if (order & MODEL_RELEASE) {
		s->releases = true;
		s->released = t->now;
	}
	if (before) { /* an update goes on with the release sequence of what it read */
		const struct store *head = &machine.store[before];

		s->update = true;
		if (head->releases && s->releases)
			memory_join(&s->released, &head->released);
		else if (head->releases)
			s->released = head->released;
		s->releases = s->releases || head->releases;
	}
	if (position + 1u == l->count)
		put((volatile void *)(uintptr_t)l->object, l->size, value);
	hash_order(l);
	remember((uintptr_t)l->object, value);
	l->write_at[machine.current] = t->now.clock[machine.current];
	return id;
}

static bool
seq_cst(unsigned order)
{
	return order == MODEL_SEQ_CST;
}

/* The first position that the running thread may still read. */
static unsigned
oldest(const struct location *l)
{
	unsigned location = (unsigned)(l - machine.location);
	unsigned view = position_of(running()->now.view.seen[location]);
	unsigned floor = position_of(running()->floor.seen[location]);

	return view > floor ? view : floor;
}

/* Could an update put its store directly behind the one at this position? */
static bool
can_follow(const struct location *l, unsigned position)
{
	return position + 1u == l->count || !machine.store[l->order[position + 1]].update;
}

void
model_load(struct model_site *site, const volatile void *object, void *ret_found, size_t size)
{
	uint16_t may[STORES_EACH];
	unsigned count = 0;

	sites_reached(site);
	sched_point(false);
	struct location *l = locate(object, size);
	unsigned location = (unsigned)(l - machine.location);

	for (unsigned p = l->count; p-- > oldest(l);)
		if (!seq_cst(site->order) || order_allows(location, (int)(4 * p + 2)))
			may[count++] = l->order[p];
	unsigned store = may[explore_choose(count, CHOOSE_STORE)];
	struct event *e = memory_event(MODEL_LOAD, site->order, site);

	if (seq_cst(site->order))
		order_add(location, 4 * machine.store[store].position + 2, store, true,
		          running()->now.clock);
	learn(e, l, store, site->order);
	e->value = machine.store[store].value;
	races_atomic(l, false);
	put(ret_found, size, e->value);
}

void
model_store(struct model_site *site, volatile void *object, const void *value, size_t size)
{
	uint16_t may[STORES_EACH];
	unsigned count = 0;

	sites_reached(site);
	sched_point(false);
	struct location *l = locate(object, size);
	unsigned location = (unsigned)(l - machine.location);
	unsigned view = position_of(running()->now.view.seen[location]);

	for (unsigned p = l->count; p > view; p--)
		if (can_follow(l, p - 1) &&
		    (!seq_cst(site->order) || order_allows(location, (int)(4 * p) - 1)))
			may[count++] = (uint16_t)p;
	unsigned position = may[explore_choose(count, CHOOSE_PLACE)];
	struct event *e = memory_event(MODEL_STORE, site->order, site);
	unsigned store = publish(e, l, position, get(value, size), site->order, 0);

	if (seq_cst(site->order))
		order_add(location, 4 * (int)position, store, false, running()->now.clock);
	races_atomic(l, true);
}

static uint64_t
updated(unsigned op, uint64_t old, uint64_t operand, size_t size)
{
	uint64_t mask = size == 8 ? UINT64_MAX : (UINT64_C(1) << (8 * size)) - 1;

	switch (op) {
	case MODEL_FETCH_ADD:
		return (old + operand) & mask;
	case MODEL_FETCH_OR:
		return old | operand;
	case MODEL_FETCH_AND:
		return old & operand;
	default:
		return operand;
	}
}

/* Read the store at position, and write behind it. */
static void
update_at(struct event *e, struct location *l, unsigned position, uint64_t value, unsigned order)
{
	unsigned location = (unsigned)(l - machine.location);
	unsigned read = l->order[position];
	uint32_t clock[THREADS]; /* before it learns: order.c wants to know what led here */

	memcpy(clock, running()->now.clock, sizeof clock);
	e->found = machine.store[read].value;
	learn(e, l, read, order);
	unsigned store = publish(e, l, position + 1, value, order, read);

	if (seq_cst(order))
		order_add(location, 4 * (int)(position + 1), store, false, clock);
	e->success = true;
	races_atomic(l, true);
}

void
model_update(struct model_site *site, volatile void *object, void *operand, size_t size)
{
	uint16_t may[STORES_EACH];
	unsigned count = 0;

	sites_reached(site);
	sched_point(false);
	struct location *l = locate(object, size);
	unsigned location = (unsigned)(l - machine.location);

	for (unsigned p = l->count; p-- > oldest(l);)
		if (can_follow(l, p) &&
		    (!seq_cst(site->order) || order_allows(location, (int)(4 * (p + 1)) - 1)))
			may[count++] = (uint16_t)p;
	unsigned p = may[explore_choose(count, CHOOSE_STORE)];
	struct event *e = memory_event(site->op, site->order, site);
	uint64_t old = machine.store[l->order[p]].value;

	update_at(e, l, p, updated(site->op, old, get(operand, size), size), site->order);
	put(operand, size, old);
}

bool
model_cas(struct model_site *site, volatile void *object, void *expected, const void *desired,
          size_t size)
{
	uint16_t may[STORES_EACH];
	unsigned count = 0;

	sites_reached(site);
	sched_point(false);
	struct location *l = locate(object, size);
	unsigned location = (unsigned)(l - machine.location);
	uint64_t wanted = get(expected, size);

	for (unsigned p = l->count; p-- > oldest(l);) {
		bool same = machine.store[l->order[p]].value == wanted;
		unsigned order = same ? site->order : site->failure;
		int place = same ? (int)(4 * (p + 1)) - 1 : (int)(4 * p + 2);

		if ((!same || can_follow(l, p)) &&
		    (!seq_cst(order) || order_allows(location, place)))
			may[count++] = (uint16_t)p;
	}
	unsigned p = may[explore_choose(count, CHOOSE_STORE)];
	unsigned store = l->order[p];
	uint64_t found = machine.store[store].value;
	struct event *e = memory_event(MODEL_CAS, site->order, site);

	if (found == wanted) {
		update_at(e, l, p, get(desired, size), site->order);
		return true;
	}
	e->order = site->failure;
	if (seq_cst(site->failure))
		order_add(location, (int)(4 * p + 2), store, true, running()->now.clock);
	learn(e, l, store, site->failure);
	e->value = get(desired, size);
	e->found = found;
	races_atomic(l, false);
	put(expected, size, found);
	return false;
}

/* --- fences and waiting ------------------------------------------------------------ */

/*
 * The compiler may move plain code over the point at which a heavy fence interrupts a
 * thread, up to the next light fence on either side. So the interrupt publishes what was
 * known at the last light fence, and what it brings arrives at the next.
 */
void
model_light(struct model_site *site)
{
	struct thread *t = running();

	sites_reached(site);
	if (site->dropped)
		return;
	memory_event(MODEL_LIGHT, MODEL_RELAXED, site);
	memory_join(&t->now, &t->pending);
	t->lit = t->now;
	remember(MODEL_LIGHT, 0);
}

static void
full_fence(void)
{
	struct thread *t = running();

	memory_join(&t->now, &machine.fence);
	machine.fence = t->now;
	t->lit = t->now;
	machine.fence_hash = mix(mix(machine.fence_hash, machine.current), t->history);
}

static void
interrupt(unsigned other)
{
	struct thread *t = &machine.thread[other];

	memory_join(&machine.fence, t->condition == DONE ? &t->now : &t->lit);
	memory_join(&t->pending, &machine.fence);
	machine.fence_hash = mix(mix(machine.fence_hash, other), t->history);
	t->history = mix(t->history, machine.fence_hash);
}

/* The other threads pass their fences one by one, in any order, and run in between. */
int
model_heavy(struct model_site *site)
{
	uint8_t waiting[THREADS];
	unsigned count = 0;

	sites_reached(site);
	if (machine.current == 0) /* the others have ended, or are to begin */
		return machine.test->heavy_result;
	sched_point(false);
	bool fails = site->dropped || machine.test->heavy_result;

	memory_event(MODEL_HEAVY, MODEL_RELAXED, site)->text = fails ? "fails" : "begins";
	remember(MODEL_HEAVY, 0);
	if (fails)
		return machine.test->heavy_result;
	full_fence();
	for (unsigned i = 1; i <= machine.threads; i++)
		if (i != machine.current)
			waiting[count++] = (uint8_t)i;
	while (count > 0) {
		sched_point(false);
		unsigned pick = explore_choose(count, CHOOSE_OTHER);

		struct event *e = memory_event(MODEL_HEAVY, MODEL_RELAXED, site);

		e->text = "reaches thread";
		e->value = waiting[pick];
		interrupt(waiting[pick]);
		waiting[pick] = waiting[--count];
	}
	memory_event(MODEL_HEAVY, MODEL_RELAXED, site)->text = "ends";
	full_fence();
	remember(MODEL_HEAVY, machine.fence_hash);
	return 0;
}

static bool
outdated(const struct watched *w)
{
	return machine.store[w->store].position + 1u < machine.location[w->location].count;
}

bool
memory_can_advance(const struct thread *t)
{
	for (unsigned i = 0; i < t->watching; i++)
		if (outdated(&t->watched[i]))
			return true;
	return t->watching == 0;
}

/*
 * A round of a waiting loop is over. The next would do the same unless one of its loads
 * returns something newer; so wait until one can, choose which, and see that it does.
 */
void
model_spin(const char *file, int line)
{
	struct thread *t = running();
	struct watched *can[WATCHED];
	unsigned count = 0;

	sched_point(true);
	struct event *e = memory_event(MODEL_SPIN, MODEL_RELAXED, NULL);

	e->file = file;
	e->line = line;
	for (unsigned i = 0; i < t->watching; i++)
		if (outdated(&t->watched[i]))
			can[count++] = &t->watched[i];
	remember(MODEL_SPIN, 0);
	if (count > 0) {
		const struct watched *w = can[explore_choose(count, CHOOSE_OTHER)];
		const struct location *l = &machine.location[w->location];
		unsigned next = l->order[machine.store[w->store].position + 1];

		t->floor.seen[w->location] = (uint16_t)next;
		remember((uintptr_t)l->object, identity(next));
	}
	t->watching = 0;
}
