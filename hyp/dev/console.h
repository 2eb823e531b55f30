/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Many consoles on one UART. Output goes line by line, each with its partition's name; each
 * partition has its own ring, so a flood of output fills only that ring (TXFF of its UART is set)
 * and does not delay others: lines are taken round robin. Input goes to the partition in focus;
 * Ctrl-] then 0..9 or n moves the focus, Ctrl-] twice sends one Ctrl-], Ctrl-] ? lists the
 * partitions, Ctrl-] s requests the state of all. Pure. Lock: the console's.
 *
 * One terminal shows all consoles, so the output of one partition must not change that of others.
 * Only sequences that are known to be harmless pass, and only whole (escape.h). Sequences that
 * leave their line, or erase, pass only if their port has the focus when they are put. Attributes
 * are reset at the end of each line, and before a line of another port, which also starts below all
 * lines that the cursor was moved over. An answer of the terminal (the cursor position, for
 * example) goes to the port that has sent the question, whichever port has the focus. A raw console
 * passes all bytes unchanged.
 *
 * On the UART a line ends with \r\n, whether or not its partition sent the \r. After a lone \r the
 * prefix is written again, so that no partition overwrites its name by accident.
 *
 * A line of another port breaks an unfinished line, such as a prompt. The line of the port in focus
 * is then drawn again, with the typed text: when its port prints more, or when no other port has
 * printed for CONSOLE_PATIENCE ticks.
 */
#ifndef HYP_DEV_CONSOLE_H
#define HYP_DEV_CONSOLE_H

#include "hyp/dev/console_line.h"
#include "hyp/dev/escape.h"
#include <stddef.h>

#define CONSOLE_MAX_PORTS 65  /* 64 partitions and the monitor (port 0) */
#define CONSOLE_RING	  512 /* bytes, a power of two */
#define CONSOLE_NAME	  16
#define CONSOLE_ESCAPE	  0x1d /* Ctrl-] */

/* console_input, instead of a port */
#define CONSOLE_TAKEN (-1) /* a command of the multiplexer, or for no port */
#define CONSOLE_STATE (-2) /* the caller is to report the state of all partitions */

/* The bytes that a port may print while others wait: a full ring, with prefix and line end. */
#define CONSOLE_TURN	 (CONSOLE_RING + CONSOLE_NAME + 8)
/* Ticks for which an unfinished line, once begun, is not broken by another port's. */
#define CONSOLE_PATIENCE 2

#define CONSOLE_ASKED	 2   /* open questions of a port; more are dropped */
#define CONSOLE_ANSWER	 48  /* bytes of an answer, at most */
#define CONSOLE_ANSWERED 125 /* ticks (5 s) after which a question counts as not answered */
#define CONSOLE_TYPED	 2   /* ticks after which the beginning of an answer counts as typed */

struct console_port {
	char name[CONSOLE_NAME]; /* zero-terminated */
	uint8_t ring[CONSOLE_RING];
	uint32_t head, tail; /* free-running: written at head, read at tail */
	uint32_t newlines;   /* whole lines in the ring */
	uint8_t asked;	     /* questions in the ring, or without an answer yet */
	struct escape escape;
	struct console_line line; /* the part of it on the terminal, without the line end */
};

/* A question that the terminal has not answered. */
struct console_question {
	uint8_t port, asks; /* of ESCAPE_ASKS */
};

struct console {
	struct console_port port[CONSOLE_MAX_PORTS];
	uint32_t nr_ports;
	uint32_t nr_busy;		  /* ports whose ring is not empty */
	uint32_t choices;		  /* counts: a look at each port */
	uint32_t focus;			  /* port that receives the input */
	uint32_t current;		  /* port whose line is being printed */
	uint32_t turn;			  /* bytes that it has printed in this turn */
	uint32_t listing;		  /* ports that the list has still to name */
	bool mid_line;			  /* the last byte sent is within current's line */
	bool cr;			  /* the last byte printed was a \r */
	bool ticking;			  /* console_tick is in use */
	bool still;			  /* current has printed nothing since the last tick */
	uint32_t draw, drawn;		  /* current's line again: bytes to come, bytes out */
	uint8_t patience;		  /* ticks for which no other port breaks the line */
	bool escape;			  /* Ctrl-] was typed */
	bool raw;			  /* one partition, no prefixes */
	bool colours;			  /* the terminal's attributes are not plain */
	bool moved;			  /* the cursor may be above its line */
	uint8_t sequence[ESCAPE_LONGEST]; /* on its way out */
	uint32_t sequence_length;
	uint8_t pending[CONSOLE_NAME + 24]; /* resets, line break, prefix on their way out */
	uint32_t pending_head, pending_count;
	struct console_question question[CONSOLE_MAX_PORTS * CONSOLE_ASKED];
	uint32_t nr_questions, question_age;
	uint8_t typed[CONSOLE_ANSWER + 2]; /* first the decided bytes, then a possible answer */
	uint32_t nr_decided, nr_typed, typed_age;
	uint32_t typed_port; /* the port of the decided bytes */
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
/* Text for which there is room, and which has no escape sequences: the monitor's own. */
void console_put_text(struct console *con, uint32_t port, const char *text, size_t length);

/* Is the port's ring not empty? */
bool console_is_busy(const struct console *con, uint32_t port);

/* The port's partition has ended: an unfinished sequence is dropped. */
void console_end_sequence(struct console *con, uint32_t port);

/* The next byte for the UART, -1 if there is none. A partial line goes out when its port has the
 * focus (so prompts show), when its ring is full, or when no other port has anything; another
 * port's line then starts on a new line. */
int console_next(struct console *con);

/*
 * Some 40 ms have passed. Optional: without ticks, any complete line of another port breaks a line
 * that is put byte by byte (as kernels print). With ticks, no port breaks it for CONSOLE_PATIENCE
 * ticks, even if its ring is always full. console_next then returns -1 while lines wait: as long as
 * console_waiting is true, call this again after each tick, then console_next.
 */
void console_tick(struct console *con);

/* Can a byte come out, now or after ticks? False for partial lines that wait for each other. */
bool console_waiting(const struct console *con);

/* One byte from the UART. Returns the port that it is for (and the byte in *out), or CONSOLE_*.
 * While a question to the terminal is open, the byte may be part of the answer, and is kept.
 * Messages of the multiplexer itself ('input to NAME') go to port 0's ring, or are dropped if it
 * has no room. */
int console_input(struct console *con, uint8_t byte, uint8_t *out);

/* The next kept byte that is now for a port. To be called after console_input and console_tick,
 * until it returns CONSOLE_TAKEN. */
int console_input_more(struct console *con, uint8_t *out);

#endif
