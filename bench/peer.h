/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * Peers in other languages: a command that is started for each batch. It reads what is
 * wanted, a line of JSON, and answers as answer.h says. README.md has the members.
 */
#ifndef BENCH_PEER_H
#define BENCH_PEER_H

#include "result.h"

enum { BENCH_PEERS = 8 };

struct bench_peer {
	char name[64];
	const char *command;
	uint64_t patience_ms; /* a batch that takes longer has hung */
};

/* From NAME=COMMAND; false: it is none. */
bool bench_peer_parse(struct bench_peer *ret, const char *text);

/* Run a batch: b is then what the peer says. */
void bench_peer_run(struct bench_batch *b, const struct bench_peer *peer, const char *subject,
                    const struct bench_family *family);

#endif
