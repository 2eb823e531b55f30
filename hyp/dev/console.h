/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Many consoles on one UART. Output goes line by line, each with its partition's name; a partition
 * has a ring of its own, so a flood fills that ring (its UART says 'full') and delays nobody else:
 * lines are taken round robin. Input goes to the partition in focus; Ctrl-] then 0..9 or n moves
 * the focus, Ctrl-] twice sends one, Ctrl-] ? lists, Ctrl-] s asks for the state of all. Pure.
 * Lock: the console's.
 *
 * One terminal shows them all, so what one partition prints is not to change what others do. Only
 * sequences that are known to be harmless pass, whole (escape.h), and those that reach out
 * of the own line, or erase, only from the port that has the focus as they are put; attributes are
 * reset at the end of each line, and where another's begins, which also finds the cursor below all
 * that was moved over. What the terminal answers (the cursor's place, for example) goes to who has
 * asked, wherever the input goes. A raw console passes all bytes as they are.
 *
 * On the UART a line ends with \r\n, whether its partition sent the \r or not. After a lone \r the
 * prefix is written again, so that no partition writes over its name by accident.
 *
 * A prompt is such a line: another's line breaks it. The one of the port in focus is then drawn
 * again, with what was typed: when it goes on, or when nobody else has printed for
 * CONSOLE_PATIENCE ticks.
 */
#ifndef HYP_DEV_CONSOLE_H
#define HYP_DEV_CONSOLE_H

#include "hyp/dev/console_line.h"
#include "hyp/dev/escape.h"

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

#define CONSOLE_ASKED	 2   /* questions of a port at a time; more are dropped */
#define CONSOLE_ANSWER	 48  /* bytes of an answer, at most */
#define CONSOLE_ANSWERED 125 /* ticks (5 s) after which no answer is waited for any more */
#define CONSOLE_TYPED	 2   /* ticks after which what began like an answer was typed */

struct console_port {
	char name[CONSOLE_NAME]; /* zero-terminated */
	uint8_t ring[CONSOLE_RING];
	uint32_t head, tail; /* free-running: written at head, read at tail */
	uint32_t newlines;   /* whole lines in the ring */
	uint8_t asked;	     /* questions in the ring, or without an answer yet */
	struct escape escape;
	struct console_line line; /* what of it stands on the terminal, without its end */
};

/* A question that the terminal has not answered. */
struct console_question {
	uint8_t port, asks; /* of ESCAPE_ASKS */
};

struct console {
	struct console_port port[CONSOLE_MAX_PORTS];
	uint32_t nr_ports;
	uint32_t busy;			  /* bit per port: its ring is not empty */
	uint32_t focus;			  /* port that gets the input */
	uint32_t current;		  /* port whose line is being printed */
	uint32_t turn;			  /* bytes that it has printed in this turn */
	bool mid_line;			  /* the UART stands within current's line */
	bool cr;			  /* the last byte printed was a \r */
	bool ticking;			  /* console_tick is in use */
	bool still;			  /* current has printed nothing since the last tick */
	uint32_t draw, drawn;		  /* current's line again: bytes to come, bytes out */
	uint8_t patience;		  /* ticks for which mid_line is left alone */
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
	uint8_t typed[CONSOLE_ANSWER + 2]; /* decided first, then what may be an answer */
	uint32_t nr_decided, nr_typed, typed_age;
	uint32_t typed_port; /* whom the decided are for */
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

/* The port's partition has gone: nothing goes on with a sequence that it had begun. */
void console_end_sequence(struct console *con, uint32_t port);

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
 * With a question to the terminal open, the byte may be part of the answer, and is kept. Messages
 * of the multiplexer itself ('input to NAME') go to port 0's ring, or nowhere if it has no room for
 * them. */
int console_input(struct console *con, uint8_t byte, uint8_t *out);

/* After console_input and console_tick, until it returns CONSOLE_TAKEN: what was kept, and is for a
 * port. */
int console_input_more(struct console *con, uint8_t *out);

#endif
