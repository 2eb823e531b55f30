/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Many consoles on one UART. Output goes line by line, each with its partition's name; a partition
 * has a ring of its own, so a flood fills that ring (its UART says 'full') and delays nobody else:
 * lines are taken round robin. Input goes to the partition in focus; Ctrl-] then 0..9 or n moves
 * the focus, Ctrl-] twice sends one, Ctrl-] ? lists, Ctrl-] s asks for the state of all. Pure.
 * Lock: the console's.
 *
 * On the UART a line ends with \r\n, whether its partition sent the \r or not. After a lone \r the
 * prefix is written again, so that no partition writes over its name by accident.
 */
#ifndef HYP_CONSOLE_H
#define HYP_CONSOLE_H

#include <stdbool.h>
#include <stdint.h>

#define CONSOLE_MAX_PORTS 17  /* 16 partitions and the monitor (port 0) */
#define CONSOLE_RING	  512 /* bytes, a power of two */
#define CONSOLE_NAME	  16
#define CONSOLE_ESCAPE	  0x1d /* Ctrl-] */

/* console_input, instead of a port */
#define CONSOLE_TAKEN (-1) /* a command of the multiplexer's, or nobody's */
#define CONSOLE_STATE (-2) /* the caller is to tell the state of all partitions */

/* What a port may print while others wait: a full ring, with prefix and line end. */
#define CONSOLE_TURN	 (CONSOLE_RING + CONSOLE_NAME + 8)
/* Ticks for which an unfinished line, once begun, is not broken by another port's. */
#define CONSOLE_PATIENCE 2

struct console_port {
	char name[CONSOLE_NAME]; /* zero-terminated */
	uint8_t ring[CONSOLE_RING];
	uint32_t head, tail; /* free-running: written at head, read at tail */
	uint32_t newlines;   /* whole lines in the ring */
};

struct console {
	struct console_port port[CONSOLE_MAX_PORTS];
	uint32_t nr_ports;
	uint32_t busy;			   /* bit per port: its ring is not empty */
	uint32_t focus;			   /* port that gets the input */
	uint32_t current;		   /* port whose line is being printed */
	uint32_t turn;			   /* bytes that it has printed in this turn */
	bool mid_line;			   /* the UART stands within current's line */
	bool cr;			   /* the last byte printed was a \r */
	bool ticking;			   /* console_tick is in use */
	uint8_t patience;		   /* ticks for which mid_line is left alone */
	bool escape;			   /* Ctrl-] was typed */
	bool raw;			   /* one partition, no prefixes */
	uint8_t pending[CONSOLE_NAME + 8]; /* line break and prefix on their way out */
	uint32_t pending_head, pending_count;
};

/* The focus is port 1, the first partition. */
void console_init(struct console *con, bool raw);
/* Returns the port's number. Ports are added at boot, the monitor's first. Past the last one:
 * CONSOLE_MAX_PORTS, which takes no bytes. A longer name is cut. */
uint32_t console_add_port(struct console *con, const char *name);

uint32_t console_room(const struct console *con, uint32_t port);
bool console_has_room(const struct console *con, uint32_t port);
/* False if the ring is full: nothing was taken. */
bool console_put(struct console *con, uint32_t port, uint8_t byte);

/* The next byte for the UART, -1 if there is none. A partial line goes out when its port has the
 * focus (so prompts show), when its ring is full, or when no other port has anything; another
 * port's line then starts on a new line. */
int console_next(struct console *con);

/*
 * Some 40 ms have passed. Optional: without a clock, a line that comes out byte by byte (a kernel
 * prints so) is broken by any other line that is complete by then. With one, it is let alone for
 * CONSOLE_PATIENCE ticks, also by a flood, whose ring is full all the time. console_next then
 * returns -1 with lines still waiting: while console_waiting says so, tick, and try again.
 */
void console_tick(struct console *con);

/* Can a byte come out, now or after ticks? Not so of partial lines that wait for each other. */
bool console_waiting(const struct console *con);

/* One byte from the UART. Returns the port that it is for (and the byte in *out), or CONSOLE_*.
 * Messages of the multiplexer itself ('input to NAME') go to port 0's ring, or nowhere if it has no
 * room for them. */
int console_input(struct console *con, uint8_t byte, uint8_t *out);

#endif
