/* SPDX-License-Identifier: BSD-2-Clause */
/* A multiplexer of three partitions, and what its UART has sent. */
#ifndef TEST_UNIT_CONSOLE_OUT_H
#define TEST_UNIT_CONSOLE_OUT_H

#include "hyp/dev/console.h"
#include "test/unit/test.h"

static struct console con;
static char out[65536]; /* what the UART has sent */
static size_t out_length;
static char read_back[4][32768]; /* of that, each partition's own, without ends of lines */
static size_t read_length[4];

static inline void start(bool raw, uint32_t partitions)
{
	static const char *const names[] = { "monitor", "linux", "rtos", "test" };

	console_init(&con, raw);
	for (uint32_t p = 0; p <= partitions; p++) {
		CHECK_EQ(console_add_port(&con, names[p]), p);
	}
	out_length = 0;
	memset(out, 0, sizeof(out));
	memset(read_length, 0, sizeof(read_length));
}

/* A byte that is its port's: it has left the ring. The multiplexer's own have not been in one, and
 * those of a line that is drawn again have left it before. */
static inline void read_byte(const uint32_t tails[4], int byte)
{
	for (uint32_t p = 0; p < 4; p++) {
		if (con.port[p].tail != tails[p] && byte != '\n' &&
		    read_length[p] < sizeof(read_back[p])) {
			read_back[p][read_length[p]++] = (char)byte;
		}
	}
}

/* Sends up to `limit` bytes. */
static inline size_t drain(size_t limit)
{
	size_t count = 0;
	int byte;

	while (count < limit) {
		uint32_t tails[4];

		for (uint32_t p = 0; p < 4; p++) {
			tails[p] = con.port[p].tail;
		}
		byte = console_next(&con);
		if (byte < 0) {
			break;
		}
		CHECK(byte <= 0xff);
		read_byte(tails, byte);
		if (out_length < sizeof(out) - 1) {
			out[out_length++] = (char)byte;
		}
		count++;
	}
	out[out_length] = '\0';
	return count;
}

static inline void put(uint32_t port, const char *text)
{
	for (; *text != '\0'; text++) {
		CHECK(console_put(&con, port, (uint8_t)*text));
	}
}

/* Byte by byte, as a guest's UART does. */
static inline void print(uint32_t port, const char *text)
{
	for (; *text != '\0'; text++) {
		CHECK(console_put(&con, port, (uint8_t)*text));
		drain(1000);
	}
}

#define CHECK_OUT(want)                                           \
	do {                                                      \
		drain(sizeof(out));                               \
		CHECK(strcmp(out, want) == 0);                    \
		if (strcmp(out, want) != 0) {                     \
			printf("got: %s\nwant: %s\n", out, want); \
		}                                                 \
		out_length = 0;                                   \
	} while (0)

static inline int type(uint8_t byte)
{
	uint8_t got = 0xee;
	int port = console_input(&con, byte, &got);

	if (port >= 0) {
		return port * 256 + got;
	}
	CHECK_EQ(got, 0xee);
	return port;
}

static inline void tick(uint32_t count)
{
	while (count-- > 0) {
		console_tick(&con);
	}
}

#endif
