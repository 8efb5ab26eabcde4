/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "peer.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "answer.h"
#include "platform.h"

bool
bench_peer_parse(struct bench_peer *ret, const char *text)
{
	const char *command = strchr(text, '=');

	if (!command || command == text || (size_t)(command - text) >= sizeof ret->name ||
	    command[1] == '\0')
		return false;
	memcpy(ret->name, text, (size_t)(command - text));
	ret->name[command - text] = '\0';
	ret->command = command + 1;
	return true;
}

void
bench_peer_run(struct bench_batch *b, const struct bench_peer *peer, const char *subject,
               const struct bench_family *family)
{
	static char out[BENCH_ANSWER_MAX];
	char wanted[512];

	/* Names of ours, which need no escapes. */
	snprintf(wanted, sizeof wanted,
	         "{\"type\": \"batch\", \"schema\": 1, \"subject\": \"%s\", \"case\": \"%s\", "
	         "\"size\": %" PRIu64 ", \"ops\": %" PRIu64 ", \"once\": %s, \"threads\": %d, "
	         "\"smoke\": %s}\n",
	         subject, family->name, b->size, b->ops, family->once ? "true" : "false",
	         family->threads ? family->threads : 1, b->smoke ? "true" : "false");
	b->ops = 0; /* it has to say how many it did */
	int status = bench_run_peer(peer->command, wanted, peer->patience_ms, out, sizeof out);
	if (status == BENCH_RUN_IMPOSSIBLE)
		bench_absent(b, "no peers in other processes here");
	else if (status == 127)
		bench_absent(b, "its command cannot be run");
	else if (status != 0)
		bench_failed(b, "its process", bench_run_ended(status));
	else
		bench_answer_read(b, out);
}
