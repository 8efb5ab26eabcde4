/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/**
 * @file
 * VBUF_SLOTMAP(name, T): a concurrent slotmap of T, on the engine of slotmap_engine.h,
 * where the contract stands.
 *
 * @code
 *   VBUF_SLOTMAP(conns, struct conn);
 *
 *   struct conns all;                            // pass it by value
 *   struct vbuf_slotmap_options o = { .size = sizeof o, .max = 1 << 20 };
 *   int err = conns_create(&all, &o);
 *   struct vbuf_record *r;                       // one for each thread
 *   err = vbuf_domain_attach(conns_domain(all), &r);
 *
 *   struct conns_handle h;
 *   err = conns_insert(all, r, c, &h);
 *   vbuf_pin(r);
 *   struct conn *found = conns_get(all, r, h);   // NULL: it is gone
 *   vbuf_unpin(r);
 *   err = conns_remove(all, r, h);
 * @endcode
 */
#ifndef VBUF_SLOTMAP_H
#define VBUF_SLOTMAP_H

#include <vbuf/slotmap_inline.h>

#ifdef __cplusplus
#define VBUF_SLOTMAP_ALIGNOF_(T) alignof(T)
#else
#define VBUF_SLOTMAP_ALIGNOF_(T) _Alignof(T)
#endif

#if defined(__GNUC__)
#define VBUF_SLOTMAP_FN_ static inline __attribute__((unused))
/* An iteration lives in registers only where its steps are inline. */
#define VBUF_SLOTMAP_ITER_FN_ static inline __attribute__((unused, always_inline))
#else
#define VBUF_SLOTMAP_FN_ static inline
#define VBUF_SLOTMAP_ITER_FN_ static inline
#endif

/**
 * Declare struct @p name, a slotmap of @p T; struct name_handle, a handle of its elements;
 * and its functions. Use it at file scope, followed by a semicolon, in C11 or C++.
 *
 * The members m and bits are for the engine's other calls: name_handle.bits is 0 for no
 * handle, and compares as a number. name_of() makes a typed map of one of the engine's, of
 * elements of that size. An element that holds a handle of its own map has it as a
 * vbuf_handle.
 */
#define VBUF_SLOTMAP(name, T)                                                                      \
	struct name {                                                                              \
		struct vbuf_slotmap *m;                                                            \
		struct vbuf_slotmap_fixed_ fixed_;                                                 \
	};                                                                                         \
	struct name##_handle {                                                                     \
		vbuf_handle bits;                                                                  \
	};                                                                                         \
	VBUF_NODISCARD VBUF_SLOTMAP_FN_ struct name name##_of(struct vbuf_slotmap *m)              \
	{                                                                                          \
		struct name x = { m, vbuf_slotmap_fixed_of_(m) };                                  \
		return x;                                                                          \
	}                                                                                          \
	VBUF_NODISCARD VBUF_SLOTMAP_FN_ int name##_create(                                         \
		struct name *ret, const struct vbuf_slotmap_options *options)                      \
	{                                                                                          \
		struct vbuf_slotmap *m = NULL;                                                     \
		int err = vbuf_slotmap_create(ret ? &m : NULL, sizeof(T),                          \
		                              VBUF_SLOTMAP_ALIGNOF_(T), options);                  \
		if (ret)                                                                           \
			*ret = name##_of(m);                                                       \
		return err;                                                                        \
	}                                                                                          \
	VBUF_SLOTMAP_FN_ int name##_destroy(struct name *x)                                        \
	{                                                                                          \
		int err = vbuf_slotmap_destroy(x ? &x->m : NULL);                                  \
		if (x && !x->m)                                                                    \
			*x = name##_of(NULL);                                                      \
		return err;                                                                        \
	}                                                                                          \
	VBUF_NODISCARD VBUF_SLOTMAP_FN_ struct vbuf_domain *name##_domain(struct name x)           \
	{                                                                                          \
		return vbuf_slotmap_domain(x.m);                                                   \
	}                                                                                          \
	VBUF_NODISCARD VBUF_SLOTMAP_FN_ struct vbuf_record *name##_exclusive(struct name x)        \
	{                                                                                          \
		return vbuf_slotmap_exclusive(x.m);                                                \
	}                                                                                          \
	/* The element goes straight into its slot, where there is no more to it. */               \
	VBUF_NODISCARD VBUF_SLOTMAP_FN_ int name##_insert_tagged(                                  \
		struct name x, struct vbuf_record *r, uint32_t tag, T element,                     \
		struct name##_handle *ret)                                                         \
	{                                                                                          \
		int err = vbuf_slotmap_take_slot_(x.m, r, tag, &ret->bits);                        \
		if (err != VBUF_OK)                                                                \
			return err;                                                                \
		if (vbuf_slotmap_by_call_(x.m)) {                                                  \
			T copy = element; /* so that element itself can be in registers */         \
			vbuf_slotmap_fill_(x.m, ret->bits, &copy);                                 \
		} else {                                                                           \
			T *slot = VBUF_CAST_(T *, vbuf_slotmap_slot_(x.m, ret->bits, sizeof(T)));  \
			vbuf_plain_write_(slot, sizeof(T));                                        \
			*slot = element;                                                           \
		}                                                                                  \
		vbuf_slotmap_publish_(x.m, ret->bits);                                             \
		return VBUF_OK;                                                                    \
	}                                                                                          \
	VBUF_NODISCARD VBUF_SLOTMAP_FN_ int name##_insert(struct name x, struct vbuf_record *r,    \
	                                                  T element, struct name##_handle *ret)    \
	{                                                                                          \
		return name##_insert_tagged(x, r, 0, element, ret);                                \
	}                                                                                          \
	VBUF_NODISCARD VBUF_SLOTMAP_FN_ int name##_insert_n(                                       \
		struct name x, struct vbuf_record *r, T const *elements, size_t n,                 \
		struct name##_handle *ret, size_t *ret_done)                                       \
	{                                                                                          \
		return vbuf_slotmap_insert_n(x.m, r, elements, n, ret ? &ret->bits : NULL,         \
		                             ret_done);                                            \
	}                                                                                          \
	VBUF_NODISCARD VBUF_SLOTMAP_FN_ int name##_claim(struct name x, struct vbuf_record *r,     \
	                                                 uint32_t tag, struct name##_handle *ret,  \
	                                                 T **ret_slot, bool *ret_used)             \
	{                                                                                          \
		int err = vbuf_slotmap_claim(x.m, r, tag, &ret->bits, ret_used);                   \
		*ret_slot = err == VBUF_OK ? VBUF_CAST_(T *, vbuf_slotmap_slot(x.m, ret->bits))    \
		                           : NULL;                                                 \
		return err;                                                                        \
	}                                                                                          \
	VBUF_SLOTMAP_FN_ void name##_publish(struct name x, struct vbuf_record *r,                 \
	                                     struct name##_handle h)                               \
	{                                                                                          \
		vbuf_slotmap_publish(x.m, r, h.bits);                                              \
	}                                                                                          \
	VBUF_SLOTMAP_FN_ void name##_abandon(struct name x, struct vbuf_record *r,                 \
	                                     struct name##_handle h)                               \
	{                                                                                          \
		vbuf_slotmap_abandon(x.m, r, h.bits);                                              \
	}                                                                                          \
	VBUF_NODISCARD VBUF_SLOTMAP_FN_ T *name##_get(struct name x, struct vbuf_record *r,        \
	                                              struct name##_handle h)                      \
	{                                                                                          \
		return VBUF_CAST_(T *, vbuf_slotmap_get_(x.m, x.fixed_, r, h.bits, sizeof(T)));    \
	}                                                                                          \
	VBUF_NODISCARD VBUF_SLOTMAP_FN_ bool name##_contains(struct name x,                        \
	                                                     struct name##_handle h)               \
	{                                                                                          \
		return vbuf_slotmap_contains(x.m, h.bits);                                         \
	}                                                                                          \
	VBUF_NODISCARD VBUF_SLOTMAP_FN_ int name##_copy(struct name x, struct name##_handle h,     \
	                                                T *ret)                                    \
	{                                                                                          \
		return vbuf_slotmap_copy(x.m, h.bits, ret);                                        \
	}                                                                                          \
	VBUF_SLOTMAP_FN_ int name##_remove(struct name x, struct vbuf_record *r,                   \
	                                   struct name##_handle h)                                 \
	{                                                                                          \
		return vbuf_slotmap_remove(x.m, r, h.bits);                                        \
	}                                                                                          \
	VBUF_SLOTMAP_FN_ size_t name##_remove_n(struct name x, struct vbuf_record *r,              \
	                                        const struct name##_handle *handles, size_t n)     \
	{                                                                                          \
		return vbuf_slotmap_remove_n(x.m, r, handles ? &handles->bits : NULL, n);          \
	}                                                                                          \
	VBUF_NODISCARD VBUF_SLOTMAP_FN_ int name##_take(struct name x, struct name##_handle h,     \
	                                                T *ret)                                    \
	{                                                                                          \
		return vbuf_slotmap_take(x.m, h.bits, ret);                                        \
	}                                                                                          \
	VBUF_SLOTMAP_FN_ int name##_invalidate(struct name x, struct vbuf_record *r,               \
	                                       struct name##_handle h)                             \
	{                                                                                          \
		return vbuf_slotmap_invalidate(x.m, r, h.bits);                                    \
	}                                                                                          \
	VBUF_SLOTMAP_FN_ int name##_remove_invalidated(struct name x, struct vbuf_record *r,       \
	                                               struct name##_handle h)                     \
	{                                                                                          \
		return vbuf_slotmap_remove_invalidated(x.m, r, h.bits);                            \
	}                                                                                          \
	VBUF_SLOTMAP_ITER_FN_ void name##_iter_init(struct vbuf_slotmap_iter *ret, struct name x,  \
	                                            struct vbuf_record *r)                         \
	{                                                                                          \
		vbuf_slotmap_iter_init_(ret, x.m, r);                                              \
	}                                                                                          \
	/* The next element; its handle is name_iter_handle(). */                                  \
	VBUF_NODISCARD VBUF_SLOTMAP_ITER_FN_ T *name##_iter_next(struct vbuf_slotmap_iter *it)     \
	{                                                                                          \
		return VBUF_CAST_(T *, vbuf_slotmap_iter_next_(it, true, sizeof(T)));              \
	}                                                                                          \
	/* The same for those who need no handles. */                                              \
	VBUF_NODISCARD VBUF_SLOTMAP_ITER_FN_ T *name##_iter_next_value(                            \
		struct vbuf_slotmap_iter *it)                                                      \
	{                                                                                          \
		return VBUF_CAST_(T *, vbuf_slotmap_iter_next_(it, false, sizeof(T)));             \
	}                                                                                          \
	VBUF_NODISCARD VBUF_SLOTMAP_ITER_FN_ T *name##_iter_run(                                   \
		struct vbuf_slotmap_iter *it, size_t *ret_n, struct name##_handle *handles)        \
	{                                                                                          \
		return VBUF_CAST_(                                                                 \
			T *, vbuf_slotmap_iter_run(it, ret_n, handles ? &handles->bits : NULL));   \
	}                                                                                          \
	VBUF_NODISCARD VBUF_SLOTMAP_FN_ struct name##_handle name##_iter_handle(                   \
		const struct vbuf_slotmap_iter *it)                                                \
	{                                                                                          \
		struct name##_handle h = { it->handle };                                           \
		return h;                                                                          \
	}                                                                                          \
	VBUF_SLOTMAP_FN_ size_t name##_text(struct name x, struct name##_handle h, char *buf,      \
	                                    size_t size)                                           \
	{                                                                                          \
		return vbuf_slotmap_text(x.m, h.bits, buf, size);                                  \
	}                                                                                          \
	VBUF_NODISCARD VBUF_SLOTMAP_FN_ size_t name##_len(struct name x)                           \
	{                                                                                          \
		return vbuf_slotmap_len(x.m);                                                      \
	}                                                                                          \
	VBUF_SLOTMAP_FN_ size_t name##_reclaim(struct name x, struct vbuf_record *r,               \
	                                       size_t budget)                                      \
	{                                                                                          \
		return vbuf_slotmap_reclaim(x.m, r, budget);                                       \
	}                                                                                          \
	VBUF_SLOTMAP_FN_ int name##_clear(struct name x)                                           \
	{                                                                                          \
		return vbuf_slotmap_clear(x.m);                                                    \
	}                                                                                          \
	VBUF_SLOTMAP_FN_ int name##_trim(struct name x)                                            \
	{                                                                                          \
		return vbuf_slotmap_trim(x.m);                                                     \
	}                                                                                          \
	VBUF_NODISCARD VBUF_SLOTMAP_FN_ int name##_get_stats(                                      \
		struct name x, struct vbuf_slotmap_stats *ret, size_t ret_size)                    \
	{                                                                                          \
		return vbuf_slotmap_get_stats(x.m, ret, ret_size);                                 \
	}                                                                                          \
	struct name

#endif
