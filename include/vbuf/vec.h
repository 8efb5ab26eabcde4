/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/**
 * @file
 * VBUF_VEC(name, T): a vector of T that grows in place. Its elements never move.
 *
 * @code
 *   VBUF_VEC(ints, int);
 *
 *   struct ints v = { 0 };          // a valid empty vector; holds nothing yet
 *   int err = ints_push(&v, 42);    // 0, or a negative enum vbuf_err
 *   v.data[0]++;                    // a plain array of v.len elements
 *   ints_fini(&v);
 * @endcode
 *
 * The functions are those of vec_engine.h, where the contract stands, with the name
 * given for vbuf_vec, and T for void (VBUF_VEC says what differs). Push, push_n and pop are inline:
 * one compare, one store. They touch only the struct, so a vector that is a local variable lives in
 * registers; that is why what is slow gets a copy of the struct, and never its address.
 */
#ifndef VBUF_VEC_H
#define VBUF_VEC_H

#include <vbuf/vec_engine.h>

/* Elements are copied as bytes. C has no others; in C++ it is asked of the compiler. */
#ifdef __cplusplus
#define VBUF_ALIGNOF_(T) alignof(T)
#define VBUF_VEC_BYTES_(T) static_assert(__is_trivially_copyable(T), "elements are bytes");
#else
#define VBUF_ALIGNOF_(T) _Alignof(T)
#define VBUF_VEC_BYTES_(T)
#endif

#if defined(__GNUC__)
#define VBUF_UNLIKELY_(x) __builtin_expect(!!(x), 0)
#define VBUF_INLINE_ static inline __attribute__((unused))
#define VBUF_COLD_ static __attribute__((noinline, cold, unused))
#define VBUF_COPY_(to, from, n)                                                                    \
	((void)__builtin_memcpy(VBUF_CAST_(void *, to), from, (n) * sizeof *(to)))
#else
#define VBUF_UNLIKELY_(x) (x)
#define VBUF_INLINE_ static inline
#define VBUF_COLD_ static
#define VBUF_COPY_(to, from, n)                                                                    \
	do                                                                                         \
		for (size_t k_ = 0; k_ < (n); k_++)                                                \
			(to)[k_] = (from)[k_];                                                     \
	while (0)
#endif

/* Call the engine on a copy u_ of the vector, and take the copy back. */
#define VBUF_VEC_CALL_(name, v, call)                                                              \
	struct vbuf_vec u_ = name##_lower_(v);                                                     \
	int err_ = (call);                                                                         \
	name##_raise_((v), &u_);                                                                   \
	return err_

/**
 * Declare struct @p name, a vector of @p T, and its functions name_push() and so on:
 * those of vec_engine.h, with T for void. Use it at file scope, followed by a semicolon,
 * in C11 or C++. What differs from the engine:
 *
 * - An element is passed by value, to push, insert and resize_fill.
 * - name_stats() is vbuf_vec_get_stats(), and knows the size of what it fills.
 * - Of the work ahead, name_ahead_begin() is typed; step and end are the engine's.
 */
#define VBUF_VEC(name, T)                                                                          \
	VBUF_VEC_BYTES_(T)                                                                         \
	struct name {                                                                              \
		T *data;                                                                           \
		size_t len;                                                                        \
		size_t limit_;                                                                     \
		size_t low_;                                                                       \
		struct vbuf_vec_control *control_;                                                 \
	};                                                                                         \
	typedef T name##_element_;                                                                 \
                                                                                                   \
	/* A vector without a reservation tells its type where its bounds will be. */              \
	VBUF_INLINE_ struct vbuf_vec name##_lower_(const struct name *v)                           \
	{                                                                                          \
		struct vbuf_vec u = { v->data, v->len, v->limit_, v->low_, v->control_ };          \
		if (!v->control_) {                                                                \
			u.limit_ = sizeof(T);                                                      \
			u.low_ = VBUF_ALIGNOF_(T);                                                 \
		}                                                                                  \
		return u;                                                                          \
	}                                                                                          \
	VBUF_INLINE_ void name##_raise_(struct name *v, const struct vbuf_vec *u)                  \
	{                                                                                          \
		v->data = VBUF_CAST_(T *, u->data);                                                \
		v->len = u->len;                                                                   \
		v->limit_ = u->control_ ? u->limit_ : 0;                                           \
		v->low_ = u->control_ ? u->low_ : 0;                                               \
		v->control_ = u->control_;                                                         \
	}                                                                                          \
                                                                                                   \
	VBUF_NODISCARD VBUF_INLINE_ int name##_init(struct name *ret,                              \
	                                            const struct vbuf_vec_options *options)        \
	{                                                                                          \
		struct vbuf_vec u;                                                                 \
		int err = vbuf_vec_init(&u, sizeof(T), VBUF_ALIGNOF_(T), options);                 \
		name##_raise_(ret, &u);                                                            \
		return err;                                                                        \
	}                                                                                          \
	VBUF_INLINE_ int name##_fini(struct name *v)                                               \
	{                                                                                          \
		VBUF_VEC_CALL_(name, v, vbuf_vec_fini(&u_));                                       \
	}                                                                                          \
                                                                                                   \
	/* The slow half of push, once for all of its callers. Members by value, in and out: a     \
	 * whole struct copied is one that some compilers keep in memory. */                       \
	VBUF_COLD_ struct name name##_grow_(T *data, size_t len, size_t low,                       \
	                                    struct vbuf_vec_control *control, int *ret_err)        \
	{                                                                                          \
		struct name v = { data, len, len, low, control };                                  \
		struct vbuf_vec u = name##_lower_(&v);                                             \
		*ret_err = vbuf_vec_room_(&u, 1);                                                  \
		name##_raise_(&v, &u);                                                             \
		return v;                                                                          \
	}                                                                                          \
	VBUF_NODISCARD VBUF_INLINE_ int name##_push(struct name *v, T element)                     \
	{                                                                                          \
		size_t len = v->len;                                                               \
		if (VBUF_UNLIKELY_(len == v->limit_)) {                                            \
			int err;                                                                   \
			struct name grown =                                                        \
				name##_grow_(v->data, len, v->low_, v->control_, &err);            \
			v->data = grown.data;                                                      \
			v->limit_ = grown.limit_;                                                  \
			v->low_ = grown.low_;                                                      \
			v->control_ = grown.control_;                                              \
			v->len = len; /* as it is: for the compiler to know */                     \
			if (err)                                                                   \
				return err;                                                        \
		}                                                                                  \
		/* In this order: the element may be of the type of len, and then what is stored   \
		 * last is what need not be loaded again. */                                       \
		v->data[len] = element;                                                            \
		v->len = len + 1;                                                                  \
		return VBUF_OK;                                                                    \
	}                                                                                          \
	VBUF_INLINE_ int name##_pop(struct name *v, T *ret)                                        \
	{                                                                                          \
		if (VBUF_UNLIKELY_(v->len <= v->low_)) {                                           \
			VBUF_VEC_CALL_(name, v, vbuf_vec_pop(&u_, ret));                           \
		}                                                                                  \
		v->len--;                                                                          \
		if (ret)                                                                           \
			*ret = v->data[v->len];                                                    \
		return VBUF_OK;                                                                    \
	}                                                                                          \
                                                                                                   \
	VBUF_NODISCARD VBUF_INLINE_ int name##_push_n(struct name *v, T const *elements, size_t n) \
	{                                                                                          \
		if (VBUF_UNLIKELY_(n > v->limit_ - v->len || n == 0 || !elements)) {               \
			VBUF_VEC_CALL_(name, v, vbuf_vec_push_n(&u_, elements, n));                \
		}                                                                                  \
		VBUF_COPY_(v->data + v->len, elements, n);                                         \
		v->len += n;                                                                       \
		return VBUF_OK;                                                                    \
	}                                                                                          \
	VBUF_NODISCARD VBUF_INLINE_ int name##_append(struct name *v, const struct name *from)     \
	{                                                                                          \
		VBUF_VEC_CALL_(name, v, vbuf_vec_push_n(&u_, from->data, from->len));              \
	}                                                                                          \
	VBUF_NODISCARD VBUF_INLINE_ int name##_prepare(struct name *v, size_t n, T **ret)          \
	{                                                                                          \
		struct vbuf_vec u = name##_lower_(v);                                              \
		void *room;                                                                        \
		int err = vbuf_vec_prepare(&u, n, &room);                                          \
		name##_raise_(v, &u);                                                              \
		*ret = VBUF_CAST_(T *, room);                                                      \
		return err;                                                                        \
	}                                                                                          \
	VBUF_NODISCARD VBUF_INLINE_ int name##_publish(struct name *v, size_t n)                   \
	{                                                                                          \
		VBUF_VEC_CALL_(name, v, vbuf_vec_publish(&u_, n));                                 \
	}                                                                                          \
	VBUF_NODISCARD VBUF_INLINE_ int name##_insert(struct name *v, size_t i, T element)         \
	{                                                                                          \
		VBUF_VEC_CALL_(name, v, vbuf_vec_insert(&u_, i, &element));                        \
	}                                                                                          \
	VBUF_NODISCARD VBUF_INLINE_ int name##_insert_n(struct name *v, size_t i,                  \
	                                                T const *elements, size_t n)               \
	{                                                                                          \
		VBUF_VEC_CALL_(name, v, vbuf_vec_insert_n(&u_, i, elements, n));                   \
	}                                                                                          \
	VBUF_NODISCARD VBUF_INLINE_ int name##_resize(struct name *v, size_t n)                    \
	{                                                                                          \
		VBUF_VEC_CALL_(name, v, vbuf_vec_resize(&u_, n));                                  \
	}                                                                                          \
	VBUF_NODISCARD VBUF_INLINE_ int name##_resize_fill(struct name *v, size_t n, T element)    \
	{                                                                                          \
		VBUF_VEC_CALL_(name, v, vbuf_vec_resize_fill(&u_, n, &element));                   \
	}                                                                                          \
	VBUF_NODISCARD VBUF_INLINE_ int name##_reserve(struct name *v, size_t n)                   \
	{                                                                                          \
		VBUF_VEC_CALL_(name, v, vbuf_vec_reserve(&u_, n));                                 \
	}                                                                                          \
	VBUF_NODISCARD VBUF_INLINE_ int name##_reserve_exact(struct name *v, size_t n)             \
	{                                                                                          \
		VBUF_VEC_CALL_(name, v, vbuf_vec_reserve_exact(&u_, n));                           \
	}                                                                                          \
	VBUF_NODISCARD VBUF_INLINE_ int name##_prefault(struct name *v, size_t n)                  \
	{                                                                                          \
		VBUF_VEC_CALL_(name, v, vbuf_vec_prefault(&u_, n));                                \
	}                                                                                          \
                                                                                                   \
	VBUF_INLINE_ int name##_remove(struct name *v, size_t i)                                   \
	{                                                                                          \
		VBUF_VEC_CALL_(name, v, vbuf_vec_remove(&u_, i));                                  \
	}                                                                                          \
	VBUF_INLINE_ int name##_remove_n(struct name *v, size_t i, size_t n)                       \
	{                                                                                          \
		VBUF_VEC_CALL_(name, v, vbuf_vec_remove_n(&u_, i, n));                             \
	}                                                                                          \
	VBUF_INLINE_ int name##_swap_remove(struct name *v, size_t i)                              \
	{                                                                                          \
		VBUF_VEC_CALL_(name, v, vbuf_vec_swap_remove(&u_, i));                             \
	}                                                                                          \
	VBUF_INLINE_ int name##_truncate(struct name *v, size_t n)                                 \
	{                                                                                          \
		VBUF_VEC_CALL_(name, v, vbuf_vec_truncate(&u_, n));                                \
	}                                                                                          \
	VBUF_INLINE_ int name##_clear(struct name *v)                                              \
	{                                                                                          \
		VBUF_VEC_CALL_(name, v, vbuf_vec_clear(&u_));                                      \
	}                                                                                          \
	VBUF_INLINE_ int name##_shrink_to_fit(struct name *v)                                      \
	{                                                                                          \
		VBUF_VEC_CALL_(name, v, vbuf_vec_shrink_to_fit(&u_));                              \
	}                                                                                          \
                                                                                                   \
	VBUF_NODISCARD VBUF_INLINE_ T *name##_at(const struct name *v, size_t i)                   \
	{                                                                                          \
		return i < v->len ? &v->data[i] : NULL;                                            \
	}                                                                                          \
	VBUF_NODISCARD VBUF_INLINE_ T *name##_first(const struct name *v)                          \
	{                                                                                          \
		return v->len ? v->data : NULL;                                                    \
	}                                                                                          \
	VBUF_NODISCARD VBUF_INLINE_ T *name##_last(const struct name *v)                           \
	{                                                                                          \
		return v->len ? &v->data[v->len - 1] : NULL;                                       \
	}                                                                                          \
	VBUF_NODISCARD VBUF_INLINE_ size_t name##_len(const struct name *v)                        \
	{                                                                                          \
		return v->len;                                                                     \
	}                                                                                          \
	VBUF_NODISCARD VBUF_INLINE_ size_t name##_capacity(const struct name *v)                   \
	{                                                                                          \
		struct vbuf_vec u = name##_lower_(v);                                              \
		return vbuf_vec_capacity(&u);                                                      \
	}                                                                                          \
	VBUF_NODISCARD VBUF_INLINE_ size_t name##_max(const struct name *v)                        \
	{                                                                                          \
		struct vbuf_vec u = name##_lower_(v);                                              \
		return vbuf_vec_max(&u);                                                           \
	}                                                                                          \
	VBUF_NODISCARD VBUF_INLINE_ void *name##_header(const struct name *v)                      \
	{                                                                                          \
		struct vbuf_vec u = name##_lower_(v);                                              \
		return vbuf_vec_header(&u);                                                        \
	}                                                                                          \
	VBUF_NODISCARD VBUF_INLINE_ int name##_stats(const struct name *v,                         \
	                                             struct vbuf_vec_stats *ret)                   \
	{                                                                                          \
		struct vbuf_vec u = name##_lower_(v);                                              \
		return vbuf_vec_get_stats(&u, ret, sizeof *ret);                                   \
	}                                                                                          \
                                                                                                   \
	VBUF_NODISCARD VBUF_INLINE_ int name##_split_off(struct name *v, size_t at,                \
	                                                 struct name *ret)                         \
	{                                                                                          \
		if (ret == v)                                                                      \
			return VBUF_EINVAL;                                                        \
		struct vbuf_vec u = name##_lower_(v), tail;                                        \
		int err = vbuf_vec_split_off(&u, at, &tail);                                       \
		name##_raise_(v, &u);                                                              \
		name##_raise_(ret, &tail);                                                         \
		return err;                                                                        \
	}                                                                                          \
	VBUF_NODISCARD VBUF_INLINE_ int name##_clone(const struct name *v, struct name *ret)       \
	{                                                                                          \
		if (ret == v)                                                                      \
			return VBUF_EINVAL;                                                        \
		struct vbuf_vec u = name##_lower_(v), copy;                                        \
		int err = vbuf_vec_clone(&u, &copy);                                               \
		name##_raise_(ret, &copy);                                                         \
		return err;                                                                        \
	}                                                                                          \
	VBUF_NODISCARD VBUF_INLINE_ int name##_freeze(struct name *v)                              \
	{                                                                                          \
		VBUF_VEC_CALL_(name, v, vbuf_vec_freeze(&u_));                                     \
	}                                                                                          \
	VBUF_NODISCARD VBUF_INLINE_ int name##_detach(struct name *v, struct vbuf *ret,            \
	                                              size_t *ret_offset)                          \
	{                                                                                          \
		VBUF_VEC_CALL_(name, v, vbuf_vec_detach(&u_, ret, ret_offset));                    \
	}                                                                                          \
	VBUF_NODISCARD VBUF_INLINE_ int name##_adopt(struct name *ret, struct vbuf *buffer,        \
	                                             size_t offset, size_t len)                    \
	{                                                                                          \
		struct vbuf_vec u;                                                                 \
		int err = vbuf_vec_adopt_(&u, sizeof(T), VBUF_ALIGNOF_(T), buffer, offset, len);   \
		name##_raise_(ret, &u);                                                            \
		return err;                                                                        \
	}                                                                                          \
	VBUF_NODISCARD VBUF_INLINE_ int name##_ahead_begin(struct vbuf_vec_ahead *a,               \
	                                                   struct name *v, size_t distance)        \
	{                                                                                          \
		VBUF_VEC_CALL_(name, v, vbuf_vec_ahead_begin(a, &u_, distance));                   \
	}                                                                                          \
	struct name

/**
 * Go over the elements of @p v, a pointer to a struct @p name: @p it points at each.
 * Appending meanwhile is fine, and the new elements are visited. @p v is evaluated once.
 * Like a for statement: break and continue do what they say.
 */
#define VBUF_VEC_FOREACH(name, it, v)                                                              \
	for (const struct name *it##_of_ = (v); it##_of_; it##_of_ = NULL)                         \
		for (name##_element_ *it = it##_of_->data;                                         \
		     it != NULL && it < it##_of_->data + it##_of_->len; it++)

#endif
