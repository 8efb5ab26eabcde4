/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * <vbuf/atomic.h> for code that runs under the model: every operation becomes a call,
 * with a record of its place that can be weakened at run time. VBUF_ATOMIC_MODEL names
 * this file. Wants -Wno-shadow, as operations may stand inside operations.
 */
#ifndef VBUF_TESTS_ATOMIC_MODEL_H
#define VBUF_TESTS_ATOMIC_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum model_op {
	MODEL_LOAD,
	MODEL_STORE,
	MODEL_EXCHANGE,
	MODEL_FETCH_ADD,
	MODEL_FETCH_OR,
	MODEL_FETCH_AND,
	MODEL_CAS,
	MODEL_LIGHT,
	MODEL_HEAVY,
	MODEL_SPIN,
	MODEL_PLAIN_READ,
	MODEL_PLAIN_WRITE,
};

/* Bits: what an order gives. */
enum model_order {
	MODEL_RELAXED = 0,
	MODEL_ACQUIRE = 1,
	MODEL_RELEASE = 2,
	MODEL_ACQ_REL = 3,
	MODEL_SEQ_CST = 7,
};

/* A place in the source. All of them are listed in a section of their own. */
struct model_site {
	const char *file;
	const char *object; /* the operand as written */
	uint64_t tests;     /* one bit for each test that must hold and came by */
	int line;
	uint8_t op, order, failure;
	bool dropped; /* a fence that a mutant lacks */
};

#define MODEL_SITE_(op_, order_, failure_, text)                                                   \
	static struct model_site site_ = {                                                         \
		.file = __FILE__,                                                                  \
		.object = (text),                                                                  \
		.line = __LINE__,                                                                  \
		.op = MODEL_##op_,                                                                 \
		.order = MODEL_##order_,                                                           \
		.failure = MODEL_##failure_,                                                       \
	};                                                                                         \
	static struct model_site *const listed_ __attribute__((used, section("model_sites"))) =    \
		&site_

/* The type of *p without its qualifiers. */
#define MODEL_TYPE_(p) __typeof__(((void)0, *(p)))

#define VBUF_LOAD_(p, order)                                                                       \
	__extension__({                                                                            \
		MODEL_SITE_(LOAD, order, RELAXED, #p);                                             \
		MODEL_TYPE_(p) found_;                                                             \
		model_load(&site_, (p), &found_, sizeof found_);                                   \
		found_;                                                                            \
	})

#define VBUF_STORE_(p, v, order)                                                                   \
	__extension__({                                                                            \
		MODEL_SITE_(STORE, order, RELAXED, #p);                                            \
		MODEL_TYPE_(p) value_ = (v);                                                       \
		model_store(&site_, (p), &value_, sizeof value_);                                  \
	})

#define MODEL_UPDATE_(op, p, v, order)                                                             \
	__extension__({                                                                            \
		MODEL_SITE_(op, order, RELAXED, #p);                                               \
		MODEL_TYPE_(p) value_ = (v);                                                       \
		model_update(&site_, (p), &value_, sizeof value_);                                 \
		value_;                                                                            \
	})
#define VBUF_EXCHANGE_(p, v, order) MODEL_UPDATE_(EXCHANGE, p, v, order)
#define VBUF_FETCH_ADD_(p, v, order) MODEL_UPDATE_(FETCH_ADD, p, v, order)
#define VBUF_FETCH_OR_(p, v, order) MODEL_UPDATE_(FETCH_OR, p, v, order)
#define VBUF_FETCH_AND_(p, v, order) MODEL_UPDATE_(FETCH_AND, p, v, order)

#define VBUF_CAS_(p, expected, desired, order, failure)                                            \
	__extension__({                                                                            \
		MODEL_SITE_(CAS, order, failure, #p);                                              \
		MODEL_TYPE_(p) desired_ = (desired);                                               \
		MODEL_TYPE_(p) *expected_ = (expected);                                            \
		model_cas(&site_, (p), expected_, &desired_, sizeof desired_);                     \
	})

#define VBUF_LIGHT_()                                                                              \
	__extension__({                                                                            \
		MODEL_SITE_(LIGHT, RELAXED, RELAXED, "");                                          \
		model_light(&site_);                                                               \
	})
#define VBUF_HEAVY_(call)                                                                          \
	__extension__({                                                                            \
		MODEL_SITE_(HEAVY, RELAXED, RELAXED, "");                                          \
		(void)sizeof(call);                                                                \
		model_heavy(&site_);                                                               \
	})
#define VBUF_SPIN_() model_spin(__FILE__, __LINE__)
#define VBUF_PLAIN_READ_(p, size) model_plain((p), (size), false, #p, __FILE__, __LINE__)
#define VBUF_PLAIN_WRITE_(p, size) model_plain((p), (size), true, #p, __FILE__, __LINE__)

void model_load(struct model_site *site, const volatile void *object, void *ret_found, size_t size);
void model_store(struct model_site *site, volatile void *object, const void *value, size_t size);
/* Replaces the operand by what was found. */
void model_update(struct model_site *site, volatile void *object, void *operand, size_t size);
bool model_cas(struct model_site *site, volatile void *object, void *expected, const void *desired,
               size_t size);
void model_light(struct model_site *site);
int model_heavy(struct model_site *site);
void model_spin(const char *file, int line);
void model_plain(const volatile void *object, size_t size, bool write, const char *text,
                 const char *file, int line);

#endif
