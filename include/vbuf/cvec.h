/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/**
 * @file
 * VBUF_CVEC(name, T): a concurrent vector of T, on the engine of cvec_engine.h, where
 * the contract stands.
 *
 * @code
 *   VBUF_CVEC(events, struct event);
 *
 *   struct events log;                          // a handle; pass it by value
 *   struct vbuf_cvec_options o = { .size = sizeof o, .max = 1 << 30 };
 *   int err = events_create(&log, &o);
 *   err = events_push(log, e, NULL);            // any thread
 *   size_t n = events_prefix(log);              // any thread: events_data(log)[0 .. n)
 * @endcode
 */
#ifndef VBUF_CVEC_H
#define VBUF_CVEC_H

#include <vbuf/cvec_inline.h>

#ifdef __cplusplus
#define VBUF_CVEC_ALIGNOF_(T) alignof(T)
#else
#define VBUF_CVEC_ALIGNOF_(T) _Alignof(T)
#endif

#if defined(__GNUC__)
#define VBUF_CVEC_UNLIKELY_(x) __builtin_expect(!!(x), 0)
#define VBUF_CVEC_FN_ static inline __attribute__((unused))
#else
#define VBUF_CVEC_UNLIKELY_(x) (x)
#define VBUF_CVEC_FN_ static inline
#endif

/**
 * Declare struct @p name, a handle of a concurrent vector of @p T, and its functions.
 * Use it at file scope, followed by a semicolon, in C11 or C++. The member v is for the
 * engine's other calls; name_of() makes a typed handle of one of its vectors.
 */
#define VBUF_CVEC(name, T)                                                                         \
	struct name {                                                                              \
		struct vbuf_cvec *v;                                                               \
		T *data_; /* in a register, where the vector's own is read again each time */      \
	};                                                                                         \
	VBUF_NODISCARD VBUF_CVEC_FN_ struct name name##_of(struct vbuf_cvec *v)                    \
	{                                                                                          \
		struct name x = { v, NULL };                                                       \
		if (v)                                                                             \
			x.data_ = VBUF_CAST_(T *, VBUF_CAST_(void *, v->data_));                   \
		return x;                                                                          \
	}                                                                                          \
	VBUF_NODISCARD VBUF_CVEC_FN_ int name##_create(struct name *ret,                           \
	                                               const struct vbuf_cvec_options *options)    \
	{                                                                                          \
		struct vbuf_cvec *v = NULL;                                                        \
		int err = vbuf_cvec_create(ret ? &v : NULL, sizeof(T), VBUF_CVEC_ALIGNOF_(T),      \
		                           options);                                               \
		if (ret)                                                                           \
			*ret = name##_of(v);                                                       \
		return err;                                                                        \
	}                                                                                          \
	VBUF_CVEC_FN_ int name##_destroy(struct name *x)                                           \
	{                                                                                          \
		int err = vbuf_cvec_destroy(x ? &x->v : NULL);                                     \
		if (x && !x->v)                                                                    \
			*x = name##_of(NULL);                                                      \
		return err;                                                                        \
	}                                                                                          \
	VBUF_CVEC_FN_ T *name##_data(struct name x)                                                \
	{                                                                                          \
		return x.data_;                                                                    \
	}                                                                                          \
	VBUF_NODISCARD VBUF_CVEC_FN_ int name##_push(struct name x, T element, size_t *ret_index)  \
	{                                                                                          \
		size_t i;                                                                          \
		int err = vbuf_cvec_claim_(x.v, 1, &i);                                            \
		if (err != VBUF_OK)                                                                \
			return err;                                                                \
		vbuf_plain_write_(&name##_data(x)[i], sizeof(T));                                  \
		name##_data(x)[i] = element;                                                       \
		vbuf_cvec_publish_(x.v, i);                                                        \
		if (ret_index)                                                                     \
			*ret_index = i;                                                            \
		return VBUF_OK;                                                                    \
	}                                                                                          \
	VBUF_NODISCARD VBUF_CVEC_FN_ int name##_push_n(struct name x, T const *elements, size_t n, \
	                                               size_t *ret_index)                          \
	{                                                                                          \
		return vbuf_cvec_push_n(x.v, elements, n, ret_index);                              \
	}                                                                                          \
	VBUF_NODISCARD VBUF_CVEC_FN_ int name##_push_exclusive(struct name x, T element,           \
	                                                       size_t *ret_index)                  \
	{                                                                                          \
		return vbuf_cvec_push_exclusive(x.v, &element, ret_index);                         \
	}                                                                                          \
	VBUF_NODISCARD VBUF_CVEC_FN_ int name##_push_n_exclusive(struct name x, T const *elements, \
	                                                         size_t n, size_t *ret_index)      \
	{                                                                                          \
		return vbuf_cvec_push_n_exclusive(x.v, elements, n, ret_index);                    \
	}                                                                                          \
	VBUF_NODISCARD VBUF_CVEC_FN_ int name##_claim(struct name x, size_t n, size_t *ret_index)  \
	{                                                                                          \
		return vbuf_cvec_claim_(x.v, n, ret_index);                                        \
	}                                                                                          \
	VBUF_CVEC_FN_ void name##_publish(struct name x, size_t i, size_t n)                       \
	{                                                                                          \
		vbuf_cvec_publish(x.v, i, n);                                                      \
	}                                                                                          \
	VBUF_CVEC_FN_ void name##_abandon(struct name x, size_t i, size_t n)                       \
	{                                                                                          \
		vbuf_cvec_abandon(x.v, i, n);                                                      \
	}                                                                                          \
	/* What is slow gets a copy of the appender: one that is a local variable, and whose       \
	 * address nobody has, lives in registers. */                                              \
	VBUF_CVEC_FN_ void name##_appender_init(struct vbuf_cvec_appender *ret, struct name x,     \
	                                        size_t block)                                      \
	{                                                                                          \
		ret->v = x.v;                                                                      \
		ret->next = ret->end = 0;                                                          \
		ret->block = block ? block : VBUF_CVEC_BLOCK;                                      \
	}                                                                                          \
	VBUF_NODISCARD VBUF_CVEC_FN_ int name##_append(struct vbuf_cvec_appender *a, T element)    \
	{                                                                                          \
		if (VBUF_CVEC_UNLIKELY_(a->next == a->end)) {                                      \
			struct vbuf_cvec_appender copy = *a;                                       \
			int err = vbuf_cvec_appender_room_(&copy);                                 \
			*a = copy;                                                                 \
			if (err != VBUF_OK)                                                        \
				return err;                                                        \
		}                                                                                  \
		T *slot = VBUF_CAST_(T *, VBUF_CAST_(void *, a->v->data_)) + a->next;              \
		vbuf_plain_write_(slot, sizeof(T));                                                \
		*slot = element;                                                                   \
		vbuf_cvec_publish_(a->v, a->next);                                                 \
		a->next++;                                                                         \
		return VBUF_OK;                                                                    \
	}                                                                                          \
	VBUF_CVEC_FN_ void name##_appender_fini(struct vbuf_cvec_appender *a)                      \
	{                                                                                          \
		struct vbuf_cvec_appender copy = *a;                                               \
		vbuf_cvec_appender_fini(&copy);                                                    \
		*a = copy;                                                                         \
	}                                                                                          \
	VBUF_NODISCARD VBUF_CVEC_FN_ T *name##_get(struct name x, size_t i)                        \
	{                                                                                          \
		if (!vbuf_cvec_seen_(x.v, i))                                                      \
			return VBUF_CAST_(T *, vbuf_cvec_get(x.v, i));                             \
		VBUF_ASSUME_(x.data_ + i != NULL);                                                 \
		return x.data_ + i;                                                                \
	}                                                                                          \
	/* The address of element i, published or not: unchecked. */                               \
	VBUF_NODISCARD VBUF_CVEC_FN_ T *name##_slot(struct name x, size_t i)                       \
	{                                                                                          \
		return name##_data(x) + i;                                                         \
	}                                                                                          \
	VBUF_NODISCARD VBUF_CVEC_FN_ enum vbuf_cvec_state name##_state(struct name x, size_t i)    \
	{                                                                                          \
		return vbuf_cvec_state(x.v, i);                                                    \
	}                                                                                          \
	VBUF_NODISCARD VBUF_CVEC_FN_ size_t name##_prefix_seen(struct name x)                      \
	{                                                                                          \
		return vbuf_cvec_prefix_seen(x.v);                                                 \
	}                                                                                          \
	VBUF_NODISCARD VBUF_CVEC_FN_ size_t name##_len(struct name x)                              \
	{                                                                                          \
		return vbuf_cvec_len(x.v);                                                         \
	}                                                                                          \
	VBUF_NODISCARD VBUF_CVEC_FN_ size_t name##_capacity(struct name x)                         \
	{                                                                                          \
		return vbuf_cvec_capacity(x.v);                                                    \
	}                                                                                          \
	VBUF_NODISCARD VBUF_CVEC_FN_ size_t name##_max(struct name x)                              \
	{                                                                                          \
		return vbuf_cvec_max(x.v);                                                         \
	}                                                                                          \
	VBUF_NODISCARD VBUF_CVEC_FN_ int name##_reserve(struct name x, size_t n)                   \
	{                                                                                          \
		return vbuf_cvec_reserve(x.v, n);                                                  \
	}                                                                                          \
	VBUF_NODISCARD VBUF_CVEC_FN_ int name##_reserve_exact(struct name x, size_t n)             \
	{                                                                                          \
		return vbuf_cvec_reserve_exact(x.v, n);                                            \
	}                                                                                          \
	VBUF_NODISCARD VBUF_CVEC_FN_ int name##_prefault(struct name x, size_t n)                  \
	{                                                                                          \
		return vbuf_cvec_prefault(x.v, n);                                                 \
	}                                                                                          \
	VBUF_CVEC_FN_ int name##_clear(struct name x)                                              \
	{                                                                                          \
		return vbuf_cvec_clear(x.v);                                                       \
	}                                                                                          \
	VBUF_NODISCARD VBUF_CVEC_FN_ int name##_freeze(struct name x)                              \
	{                                                                                          \
		return vbuf_cvec_freeze(x.v);                                                      \
	}                                                                                          \
	VBUF_NODISCARD VBUF_CVEC_FN_ void *name##_header(struct name x)                            \
	{                                                                                          \
		return vbuf_cvec_header(x.v);                                                      \
	}                                                                                          \
	VBUF_NODISCARD VBUF_CVEC_FN_ int name##_stats(struct name x, struct vbuf_cvec_stats *ret)  \
	{                                                                                          \
		return vbuf_cvec_get_stats(x.v, ret, sizeof *ret);                                 \
	}                                                                                          \
	VBUF_NODISCARD VBUF_CVEC_FN_ size_t name##_prefix(struct name x)                           \
	{                                                                                          \
		return vbuf_cvec_prefix(x.v);                                                      \
	}                                                                                          \
	VBUF_NODISCARD VBUF_CVEC_FN_ size_t name##_next(struct name x, size_t i)                   \
	{                                                                                          \
		return vbuf_cvec_seen_published_(x.v, i) ? i : vbuf_cvec_next(x.v, i);             \
	}                                                                                          \
	VBUF_NODISCARD VBUF_CVEC_FN_ size_t name##_prev(struct name x, size_t i)                   \
	{                                                                                          \
		return i > 0 && vbuf_cvec_seen_published_(x.v, i - 1) ? i - 1                      \
		                                                      : vbuf_cvec_prev(x.v, i);    \
	}                                                                                          \
	struct name

#endif
