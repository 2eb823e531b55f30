/* SPDX-License-Identifier: BSD-2-Clause */
#include "test/unit/console_out.h"

static void run_lines(void)
{
	start(false, 2);
	CHECK_EQ(console_next(&con), (uint64_t)-1);
	CHECK(!console_waiting(&con));
	put(1, "one\ntwo\r\nthree\n");
	put(2, "four\n\nsix\n");
	put(0, "up\n");
	CHECK(console_waiting(&con));
	CHECK_OUT("[linux] one\r\n[rtos] four\r\n[monitor] up\r\n[linux] two\r\n[rtos] \r\n"
		  "[linux] three\r\n[rtos] six\r\n");
	CHECK(!console_waiting(&con));
	start(true, 1);
	put(1, "one\ntwo\r\n\rx\r");
	put(0, "m\n");
	CHECK_OUT("one\nm\ntwo\r\n\rx\r"); /* not a byte of its own */
}

static void run_returns(void)
{
	start(false, 1);
	put(1, "10%\r20%\r\r\n\rend\r\n");
	CHECK_OUT("[linux] 10%\r[linux] 20%\r\r\n[linux] \r[linux] end\r\n");
}

static void run_ports(void)
{
	char name[CONSOLE_NAME + 8];

	console_init(&con, false);
	for (uint32_t p = 0; p < 65; p++) {
		snprintf(name, sizeof(name), "a-name-of-many-%u", (unsigned)p);
		CHECK_EQ(console_add_port(&con, name), p);
	}
	CHECK_EQ(console_add_port(&con, "more"), 65);
	CHECK(!console_has_room(&con, 65));
	CHECK(!console_put(&con, 65, 'x'));
	CHECK(!console_put(&con, 0xffffffff, 'x'));
	out_length = 0;
	put(64, "x\n");
	CHECK_OUT("[a-name-of-many-] x\r\n");
	/* The longest break and prefix. */
	put(1, "prompt");
	drain(1000);
	put(64, "y\n");
	CHECK_OUT("[a-name-of-many-] prompt\r\n[a-name-of-many-] y\r\n");
}

static void run_full(void)
{
	start(false, 2);
	for (unsigned i = 0; i < 512; i++) {
		CHECK(console_has_room(&con, 2));
		CHECK(console_put(&con, 2, i == 511 ? '\n' : (uint8_t)('a' + i % 26)));
	}
	CHECK(!console_has_room(&con, 2));
	CHECK(!console_put(&con, 2, 'X'));
	CHECK(console_has_room(&con, 1)); /* the others' rings are theirs */
	put(1, "1\n");
	put(1, "2\n");
	drain(sizeof(out));
	/* A whole ring is one line, in one piece. */
	CHECK_EQ(out_length, 7 + 511 + 2 + 2 * (8 + 3));
	CHECK(memcmp(out, "[linux] 1\r\n[rtos] abc", 21) != 0 ||
	      memcmp(out + 11 + 7 + 511, "\r\n[linux] 2\r\n", 13) == 0);
	CHECK(strchr(out, 'X') == NULL);
	CHECK(console_has_room(&con, 2));
}

/* When a partial line shows. */
static void run_partial(void)
{
	start(false, 3);
	put(1, "login: "); /* the focus */
	CHECK_OUT("[linux] login: ");
	put(2, "rto"); /* outside the focus: not into another's line */
	CHECK_OUT("");
	put(2, "s\n");
	CHECK_OUT("\r\n[rtos] rtos\r\n");
	put(1, "root\n");
	CHECK_OUT("[linux] root\r\n");
	put(3, "alone"); /* no other port has anything */
	CHECK_OUT("[test] alone");
	put(2, "part");
	put(3, "!"); /* the line that stands there goes on */
	CHECK_OUT("!");
	put(3, "\n");
	CHECK_OUT("\r\n[rtos] part");
	put(1, "$ "); /* the focus may break it */
	CHECK_OUT("\r\n[linux] $ ");
	put(2, "ial");
	put(3, "x");
	CHECK_OUT("");
	put(1, "\n"); /* two partial lines outside the focus wait for each other */
	CHECK_OUT("\r\n");
	for (unsigned i = 0; i < 511; i++) {
		console_put(&con, 3, 'y');
	}
	CHECK(!console_has_room(&con, 3));
	drain(100);
	CHECK(memcmp(out, "[test] xyyy", 11) == 0); /* a full ring */
}

/* No tick lets out two partial lines outside the focus: none is asked for. What could come out, now
 * or after ticks, is waited for. */
static void run_waiting(void)
{
	start(false, 3);
	console_tick(&con);
	put(2, "login: ");
	put(3, "login: ");
	CHECK_OUT("");
	CHECK(!console_waiting(&con));
	put(1, "$");
	CHECK(console_waiting(&con));
	CHECK_OUT("[linux] $");
	put(2, "\n");
	CHECK_OUT("");
	CHECK(console_waiting(&con)); /* for the line of the focus to have had its time */
	console_tick(&con);
	console_tick(&con);
	CHECK_OUT("\r\n[rtos] login: \r\n[test] login: ");
	CHECK(!console_waiting(&con));
}

/* With a clock, a line that is being printed is not broken, but for no longer than that. */
static void run_patience(void)
{
	start(false, 3);
	console_tick(&con);
	print(1, "ker");
	put(2, "whole\n");
	print(1, "nel\n");
	CHECK_OUT("[linux] kernel\r\n[rtos] whole\r\n");
	print(1, "login: ");
	put(2, "whole\n");
	CHECK_OUT("[linux] login: ");
	CHECK(console_waiting(&con));
	console_tick(&con);
	print(1, "x"); /* dribbling does not win time */
	CHECK_OUT("x");
	console_tick(&con);
	CHECK_OUT("\r\n[rtos] whole\r\n");
	CHECK(!console_waiting(&con));
	/* A full ring waits no less: else a flood would tear everybody's lines. */
	print(1, "login: ");
	for (unsigned i = 0; i < 512; i++) {
		console_put(&con, 2, i % 64 == 63 ? '\n' : 'f');
	}
	drain(sizeof(out));
	CHECK_EQ(out_length, 15);
	CHECK(memcmp(out, "[linux] login: ", 15) == 0);
	console_tick(&con);
	console_tick(&con);
	drain(sizeof(out));
	CHECK(memcmp(out, "[linux] login: \r\n[rtos] fff", 27) == 0);
	out_length = 0;
	/* A prompt outside the focus shows when the line before it is old. */
	print(1, "# ");
	put(3, "> ");
	CHECK_OUT("[linux] login: xlogin: # "); /* it has stood there, and is drawn again */
	console_tick(&con);
	console_tick(&con);
	CHECK_OUT("\r\n[test] > ");
}

/* Port 2 (or 1, the focus) floods in every way; a line of another port comes out after at most one
 * turn of the flood, wherever it finds it. */
static void run_flood(void)
{
	static const char *const floods[] = { "f", "ff\n", "\n", "\r", "\rf", "\r\n", "ffffffff" };
	char line[] = "hello\n";

	for (unsigned variant = 0; variant < 4 * 7; variant++) {
		uint32_t flooder = 1 + variant % 2;
		const char *flood = floods[variant / 4];

		start(false, 3);
		if ((variant & 2) != 0) {
			console_tick(&con);
		}
		for (unsigned round = 0; round < 700; round++) {
			size_t at = 0, waited = 0;

			out_length = 0;
			while (console_put(&con, flooder, (uint8_t)flood[at])) {
				at = flood[at + 1] != '\0' ? at + 1 : 0;
			}
			drain(round % 97);
			out_length = 0;
			put(3, line);
			while (strstr(out + (out_length > 20 ? out_length - 20 : 0),
				      "[test] hello\r\n") == NULL &&
			       waited < 2000) {
				waited += drain(1);
				while (console_put(&con, flooder, (uint8_t)flood[at])) {
					at = flood[at + 1] != '\0' ? at + 1 : 0;
				}
			}
			/* A ring with prefix and end, a prefix after a \r, the break; the line. */
			CHECK(waited <= 512 + 24 + 8 + 2 + 14);
		}
	}
}

/* Every line begins with a name. */
static void read_out(void)
{
	static const char *const prefixes[] = { "[monitor] ", "[linux] ", "[rtos] ", "[test] " };
	const char *at = out;
	int port = -1;

	while (*at != '\0') {
		if (port < 0) {
			for (int p = 0; p < 4; p++) {
				if (strncmp(at, prefixes[p], strlen(prefixes[p])) == 0) {
					port = p;
				}
			}
			CHECK(port >= 0);
			if (port < 0) {
				return;
			}
			at += strlen(prefixes[port]);
			continue;
		}
		if (*at == '\r') {
			CHECK_EQ(at[1], '\n');
			port = -1;
			at += 2;
			continue;
		}
		at++;
	}
}

/* Four ports with random text, random draining, focus and clock: nothing is lost or out of order
 * within a port. Line ends are left out of the comparison: a break adds some. */
static void run_random(void)
{
	static char sent[4][32768];
	uint64_t seed;

	for (uint32_t round = 0; round < 60; round++) {
		size_t sent_length[4] = { 0 };

		seed = round + 1;
		start(false, 3);
		for (unsigned i = 0; i < 6000; i++) {
			uint32_t r, port;
			uint8_t byte;

			seed = seed * 6364136223846793005u + 1442695040888963407u;
			r = (uint32_t)(seed >> 32);
			port = r % 4;
			byte = (r >> 4) % (5 + round * 3) == 0 ? '\n'
							       : (uint8_t)('a' + r / 64 % 26);
			if (round % 2 == 0 && r % 512 == 0) {
				console_tick(&con);
			}
			con.focus = r % 1024 == 5 ? r / 1024 % 4 : con.focus;
			if (console_put(&con, port, byte) && byte != '\n') {
				sent[port][sent_length[port]++] = (char)byte;
			}
			drain(r / 16 % (1 + round % 5));
		}
		/* Closes the lines, then lets everything out. */
		for (uint32_t port = 0; port < 4; port++) {
			while (!console_put(&con, port, '\n')) {
				drain(1);
			}
		}
		console_tick(&con);
		console_tick(&con);
		drain(sizeof(out));
		CHECK(!console_waiting(&con));
		CHECK(out_length < sizeof(out) - 1);
		read_out();
		for (uint32_t port = 0; port < 4; port++) {
			CHECK_EQ(con.port[port].newlines, 0);
			CHECK_EQ(read_length[port], sent_length[port]);
			CHECK(memcmp(read_back[port], sent[port], sent_length[port]) == 0);
		}
	}
}

/* Lines that were whole before the UART took any of them come out whole. */
static void run_whole(void)
{
	unsigned count = 0;

	start(false, 3);
	for (unsigned i = 0; i < 40; i++) {
		put(1, "linux line\n");
		put(2, "rtos line\n");
		put(3, "test line\n");
	}
	drain(sizeof(out));
	for (char *line = strtok(out, "\r\n"); line != NULL; line = strtok(NULL, "\r\n")) {
		static const char *const want[] = { "[linux] linux line", "[rtos] rtos line",
						    "[test] test line" };

		CHECK(strcmp(line, want[count % 3]) == 0);
		count++;
	}
	CHECK_EQ(count, 120);
}

/* Three kernels that print byte by byte at the same time, on a fast UART with a clock: no line is
 * torn. */
static void run_kernels(void)
{
	static const char *const text[] = { "", "a kernel's line of some length\n",
					    "another kernel's line\n", "a third, much shorter\n" };
	size_t at[4] = { 0 };
	unsigned lines = 0;
	uint64_t seed = 7;

	start(false, 3);
	for (unsigned i = 0; i < 30000; i++) {
		uint32_t port;

		seed = seed * 6364136223846793005u + 1442695040888963407u;
		port = 1 + (uint32_t)(seed >> 33) % 3;
		CHECK(console_put(&con, port, (uint8_t)text[port][at[port]]));
		at[port] = text[port][at[port] + 1] != '\0' ? at[port] + 1 : 0;
		if (i % 1000 == 0) {
			console_tick(&con);
		}
		drain(1000);
	}
	out[out_length - 30] = '\0'; /* the last line may be unfinished */
	*strrchr(out, '\r') = '\0';
	for (char *line = strtok(out, "\r\n"); line != NULL; line = strtok(NULL, "\r\n")) {
		CHECK(strcmp(line, "[linux] a kernel's line of some length") == 0 ||
		      strcmp(line, "[rtos] another kernel's line") == 0 ||
		      strcmp(line, "[test] a third, much shorter") == 0);
		lines++;
	}
	CHECK(lines > 1000);
}

/* The turn is used up just before the line's end: that still belongs to it. */
static void run_turn_end(void)
{
	start(false, 3);
	for (unsigned i = 0; i < 512 + 24 - 7; i++) {
		print(2, "z");
	}
	out_length = 0;
	put(2, "\n");
	put(3, "x\n");
	CHECK_OUT("\r\n[test] x\r\n");
}

static void run_room(void)
{
	start(false, 1);
	CHECK_EQ(console_room(&con, 1), 512);
	put(1, "abc");
	CHECK_EQ(console_room(&con, 1), 509);
	CHECK_EQ(console_room(&con, 0), 512);
	CHECK_EQ(console_room(&con, 2), 0);
	while (console_put(&con, 1, 'x')) {
	}
	CHECK_EQ(console_room(&con, 1), 0);
}

static void run_input(void)
{
	start(false, 2);
	CHECK_EQ(type('a'), 0x100 + 'a');
	CHECK_EQ(type(0x1d), (uint64_t)-1);
	CHECK_EQ(type(0x1d), 0x100 + 0x1d);
	CHECK_EQ(type('b'), 0x100 + 'b');
	CHECK_EQ(type(0x1d), (uint64_t)-1);
	CHECK_EQ(type('2'), (uint64_t)-1);
	CHECK_EQ(type('c'), 0x200 + 'c');
	CHECK_OUT("[monitor] input to rtos\r\n");
	type(0x1d);
	CHECK_EQ(type('9'), (uint64_t)-1);
	CHECK_EQ(type('d'), 0x200 + 'd');
	CHECK_OUT("[monitor] no console 9\r\n");
	type(0x1d);
	type('n'); /* round the partitions, the monitor left out */
	CHECK_EQ(type('e'), 0x100 + 'e');
	type(0x1d);
	type('n');
	CHECK_EQ(type('f'), 0x200 + 'f');
	type(0x1d);
	type('0');
	CHECK_EQ(type('g'), 'g');
	drain(sizeof(out));
	out_length = 0;
	type(0x1d);
	type('?');
	CHECK_OUT("[monitor]  0 monitor (input)\r\n[monitor]  1 linux\r\n[monitor]  2 rtos\r\n");
	type(0x1d);
	CHECK_EQ(type('x'), (uint64_t)-1); /* dropped */
	drain(sizeof(out));
	CHECK(memcmp(out, "[monitor] after Ctrl-]", 22) == 0);
	CHECK_EQ(type('x'), 'x');
}

static void run_input_edges(void)
{
	/* No port at all, and only the monitor's. */
	console_init(&con, false);
	CHECK_EQ(type('a'), (uint64_t)-1);
	type(0x1d);
	CHECK_EQ(type('?'), (uint64_t)-1);
	console_add_port(&con, "monitor");
	CHECK_EQ(type('a'), (uint64_t)-1);
	type(0x1d);
	type('n');
	CHECK_EQ(type('a'), (uint64_t)-1);
	type(0x1d);
	type('0');
	CHECK_EQ(type('a'), 'a');
	CHECK_EQ(type('s'), 's'); /* the state is asked for after Ctrl-] alone, once each time */
	CHECK_EQ(type(0x1d), (uint64_t)-1);
	CHECK_EQ(type('s'), (uint64_t)-2);
	CHECK_EQ(type('s'), 's');
	/* Commands without end, the UART standing still: whole messages or none. */
	start(false, 2);
	for (unsigned i = 0; i < 1000; i++) {
		type(0x1d);
		type(i % 2 ? '?' : 'h');
	}
	drain(sizeof(out));
	CHECK(out_length > 100);
	CHECK(strcmp(out + out_length - 2, "\r\n") == 0);
	CHECK(!console_waiting(&con));
}

/* ---- escape sequences ---- */

/* What a partition prints, and what of it reaches the terminal. */
static void run_filter(void)
{
	static const char *const passes[] = {
		"\x1b[31mred\x1b[m",   "\x1b[1;38;5;200mx\x1b[0m",
		"\x1b[4:3mx\x1b[0;0m", "\x1b[5D\x1b[3C\x1b[J\x1b[2K\x1b[1P\x1b[@\x1b[X",
		"\0337\x1b[s",	       "caf\xc3\xa9 \xe2\x82\xac \xe2\x9b\x94 \xf0\x9f\x98\x80",
		"a\tb\bc\a",
	};
	static const char *const drops[] = {
		"\x1b[?25l",
		"\x1b[?1049h",
		"\x1b[?2004h",
		"\x1b[4h",
		"\x1b[2h",
		"\x1b[5i",
		"\x1b[3;9r",
		"\x1b[!p",
		"\x1b[3 q",
		"\x1b[8;1;1t",
		"\x1b[>4;2m",
		"\x1b[?5;1$p",
		"\033c",
		"\x1b#8",
		"\x1b(0",
		"\x1b%@",
		"\x1b=",
		"\x1bn",
		"\x1bN",
		"\x1bH",
		"\x1b]0;title\a",
		"\x1b]52;c;eA==\x1b\\",
		"\x1bP$q\x1b\\",
		"\x1b_x\x1b\\",
		"\x1b^x\x18",
		"\x1bXx\x1a",
		"\x1b[99999b",
		"\x1b[=c",
		"\x1b[>c",
		"\x1b[7n",
		"\x1b[1;2s",
		"\x1b[1;2;3;4;5T",
		"\x1b[g",
		"\x1b[1\x18",
		"\x0e",
		"\x11",
		"\x13",
		"\x05",
		"\x7f",
		"\x9b",
		"\x1b[1111111111111111111111111111111m",
		"\x1b[1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1c",
		"\x1b\x1b\x1b[\x1b]x\a",
		"\x9d",
	};
	char want[300];

	for (size_t n = 0; n < sizeof(passes) / sizeof(passes[0]); n++) {
		start(false, 2);
		put(1, passes[n]);
		put(1, "\n");
		snprintf(want, sizeof(want), "[linux] %s\r\n", passes[n]);
		CHECK_OUT(want);
	}
	for (size_t n = 0; n < sizeof(drops) / sizeof(drops[0]); n++) {
		start(false, 2);
		put(1, "a");
		put(1, drops[n]);
		put(1, "b\n");
		CHECK_OUT("[linux] ab\r\n");
		/* Raw: every byte. */
		start(true, 1);
		put(1, drops[n]);
		put(1, "\x1b[31m\n");
		snprintf(want, sizeof(want), "%s\x1b[31m\n", drops[n]);
		CHECK_OUT(want);
	}
	/* Upper controls in UTF-8, and in too many bytes. */
	start(false, 2);
	put(1, "\xc2\x9b"
	       "5i \xe0\x82\x9b \xf0\x80\x82\x9b \xc2\xa0\n");
	CHECK_OUT("[linux] \xc2"
		  "5i \xe0 \xf0 \xc2\xa0\r\n");
}

/* What reaches into others' lines (ECMA-48 8.3: CUU, CUD, CNL, CPL, CUP, ED, EL, IL, DL, DCH, ECH,
 * ICH, SU, SD, VPA, VPR, HVP; and saving and restoring the cursor, indices, VT, FF) passes only
 * from the port in focus; what stays within the own line, from all. No number has more than four
 * digits.
 */
static void run_focus(void)
{
	static const char *const theirs[] = {
		"\x1b[1A", "\x1b[B", "\x1b[E",	  "\x1b[F", "\x1b[2;3H", "\x1b[J", "\x1b[2K",
		"\x1b[L",  "\x1b[M", "\x1b[P",	  "\x1b[X", "\x1b[@",	 "\x1b[S", "\x1b[T",
		"\x1b[d",  "\x1b[e", "\x1b[1;1f", "\x1b[s", "\x1b[u",	 "\0337",  "\0338",
		"\033D",   "\033E",  "\033M",	  "\v",	    "\f",
	};
	static const char *const own[] = { "\x1b[3C", "\x1b[2D", "\x1b[9G", "\x1b[I",	 "\x1b[Z",
					   "\x1b[5`", "\x1b[a",	 "\x1b[0m", "\x1b[1234C" };
	static const char *const long_numbers[] = { "\x1b[12345C", "\x1b[1;00031m",
						    "\x1b[99999999999S" };
	char want[60];

	for (size_t n = 0; n < sizeof(theirs) / sizeof(theirs[0]); n++) {
		start(false, 2);
		put(2, "a");
		put(2, theirs[n]);
		put(2, "b\n");
		CHECK_OUT("[rtos] ab\r\n");
		put(1, "a");
		put(1, theirs[n]);
		drain(sizeof(out));
		snprintf(want, sizeof(want), "[linux] a%s", theirs[n]);
		CHECK(strncmp(out, want, strlen(want)) == 0);
	}
	for (size_t n = 0; n < sizeof(own) / sizeof(own[0]); n++) {
		start(false, 2);
		put(2, own[n]);
		put(2, "b\n");
		snprintf(want, sizeof(want), "[rtos] %sb\r\n", own[n]);
		CHECK_OUT(want);
	}
	for (size_t n = 0; n < sizeof(long_numbers) / sizeof(long_numbers[0]); n++) {
		start(false, 2);
		put(1, long_numbers[n]);
		put(1, "b\n");
		CHECK_OUT("[linux] b\r\n");
	}
}

/* What is begun does not reach the terminal, and ends with its line, or its partition. */
static void run_unfinished(void)
{
	static const char *const begins[] = { "\x1b",  "\x1b[",	 "\x1b[31", "\x1b]0;x",	 "\x1bPq",
					      "\x1b(", "\x1b[?", "\x1b_",   "\x1b]x\x1b" };

	for (size_t n = 0; n < sizeof(begins) / sizeof(begins[0]); n++) {
		start(false, 2);
		put(1, "a");
		put(1, begins[n]);
		put(2, "hello\n");
		CHECK_OUT("[linux] a\r\n[rtos] hello\r\n");
		put(1, "\nb\n");
		CHECK_OUT("[linux] \r\n[linux] b\r\n");
		put(1, begins[n]);
		console_end_sequence(&con, 1);
		put(1, "c\n");
		CHECK_OUT("[linux] c\r\n");
	}
	/* A whole one is not torn by another's line, even at the end of the turn. */
	for (unsigned before = 500; before < 540; before++) {
		const char *at;

		start(false, 3);
		for (unsigned i = 0; i < before; i++) {
			print(2, "z");
		}
		put(3, "x\n");
		put(2, "\x1b[1;31;42m!\n");
		drain(sizeof(out));
		at = strstr(out, "\x1b[1;31;42m");
		CHECK(at && strstr(out, "[test] x\r\n"));
		out_length = 0;
	}
	/* A ring that is full but for the beginning of one is full. */
	start(false, 2);
	for (unsigned i = 0; i < 509; i++) {
		put(2, "f");
	}
	put(2, "\x1b[3");
	CHECK_EQ(console_room(&con, 2), 0);
	CHECK(!console_put(&con, 2, '1'));
	put(1, "x\n");
	drain(sizeof(out));
	CHECK(strstr(out, "[rtos] fff"));
	put(2, "1m!\n");
	out_length = 0;
	drain(sizeof(out));
	CHECK(strstr(out, "\x1b[31m!\x1b[0m\r\n"));
}

static void run_colours(void)
{
	start(false, 2);
	put(1, "\x1b[31mred\n");
	put(2, "plain\n");
	CHECK_OUT("[linux] \x1b[31mred\x1b[0m\r\n[rtos] plain\r\n");
	put(1, "\x1b[31mred\x1b[0m\n");
	CHECK_OUT("[linux] \x1b[31mred\x1b[0m\r\n");
	put(1, "\x1b[31m1\r2\n");
	CHECK_OUT("[linux] \x1b[31m1\x1b[0m\r[linux] 2\r\n");
	/* In the middle of a line. */
	put(1, "\x1b[7mprompt");
	drain(1000);
	out_length = 0;
	put(2, "hello\n");
	CHECK_OUT("\x1b[0m\r\n[rtos] hello\r\n");
	/* Restoring the cursor brings attributes back, and maybe another line. */
	put(1, "\0338x\n");
	CHECK_OUT("[linux] \x1b"
		  "8x\x1b[0m\r\n");
	put(2, "hello\n");
	CHECK_OUT("\x1b[999B\r\n[rtos] hello\r\n");
}

/* Who moves the cursor writes over lines; the next one's stands below them all. */
static void run_moves(void)
{
	static const char *const moves[] = { "\x1b[5A", "\x1b[H",  "\x1b[3;4f", "\x1bM", "\x1b[2d",
					     "\x1b[L",	"\x1b[2S", "\x1b[u",	"\033D" };
	char want[100];

	for (size_t n = 0; n < sizeof(moves) / sizeof(moves[0]); n++) {
		start(false, 2);
		put(1, moves[n]);
		put(1, "x\nmine\n");
		snprintf(want, sizeof(want), "[linux] %sx\r\n[linux] mine\r\n", moves[n]);
		CHECK_OUT(want);
		put(2, "hello\n");
		CHECK_OUT("\x1b[999B\r\n[rtos] hello\r\n");
		put(1, "y\n");
		CHECK_OUT("[linux] y\r\n");
		put(1, moves[n]);
		put(1, "prompt");
		drain(1000);
		out_length = 0;
		put(2, "hello\n");
		CHECK_OUT("\r\n\x1b[999B\r\n[rtos] hello\r\n");
	}
}

/* Everything that comes of these keys: port * 256 + byte each. */
static uint32_t typed[200], nr_typed;

static void type_all(const char *keys)
{
	uint8_t byte = 0xee;

	nr_typed = 0;
	for (; *keys; keys++) {
		int port = console_input(&con, (uint8_t)*keys, &byte);

		while (port >= 0) {
			typed[nr_typed++] = (uint32_t)port * 256 + byte;
			port = console_input_more(&con, &byte);
		}
	}
}

static void tick_typed(uint32_t count)
{
	uint8_t byte;
	int port;

	nr_typed = 0;
	tick(count);
	while ((port = console_input_more(&con, &byte)) >= 0) {
		typed[nr_typed++] = (uint32_t)port * 256 + byte;
	}
}

static void check_typed(uint32_t port, const char *want)
{
	CHECK_EQ(nr_typed, strlen(want));
	for (uint32_t n = 0; n < nr_typed && want[n]; n++) {
		CHECK_EQ(typed[n], port * 256 + (uint8_t)want[n]);
	}
}

static void run_answers(void)
{
	start(false, 3); /* the focus is 1 */
	put(2, "\x1b[6n");
	type_all("\x1b[1;2R"); /* it has not been asked yet */
	check_typed(1, "\x1b[1;2R");
	CHECK_OUT("[rtos] \x1b[6n");
	CHECK(console_waiting(&con));
	type_all("ls\r");
	check_typed(1, "ls\r");
	type_all("\x1b[24;80R");
	check_typed(2, "\x1b[24;80R");
	type_all("\x1b[24;80R"); /* nobody has asked: F3 with a shift */
	check_typed(1, "\x1b[24;80R");
	/* By their kinds, whatever the order. */
	put(2, "\x1b[c\x1b[5n\n");
	put(3, "\x1b[6n\x1b[0c\n");
	drain(1000);
	out_length = 0;
	type_all("\x1b[1;1R");
	check_typed(3, "\x1b[1;1R");
	type_all("\x1b[?64;1;2;6;9;15;16;17;18;21;22;28c");
	check_typed(2, "\x1b[?64;1;2;6;9;15;16;17;18;21;22;28c");
	type_all("\x1b[?1;2c");
	check_typed(3, "\x1b[?1;2c");
	type_all("\x1b[0n");
	check_typed(2, "\x1b[0n");
	/* Keys that begin so. */
	put(2, "\x1b[6n\n");
	drain(1000);
	out_length = 0;
	type_all("\x1b[A");
	check_typed(1, "\x1b[A");
	type_all("\x1bx");
	check_typed(1, "\x1bx");
	type_all("\x1b\x1b[B");
	check_typed(1, "\x1b\x1b[B");
	type_all("\x1b[15~\x1bOP");
	check_typed(1, "\x1b[15~\x1bOP");
	type_all("\x1b");
	check_typed(1, "");
	tick_typed(1);
	check_typed(1, "");
	tick_typed(1);
	check_typed(1, "\x1b");
	type_all("\x1b[1\x1d"
		 "2\x1b[7;7R");
	CHECK_EQ(nr_typed, 9);
	CHECK_EQ(typed[2], 0x100 + '1'); /* typed before the focus moved */
	CHECK_EQ(typed[3], 0x200 + 0x1b);
	/* More than an answer may have. */
	out_length = 0;
	drain(1000);
	out_length = 0;
	put(2, "\x1b[6n\n");
	drain(1000);
	type_all("\x1b[1111111111222222222233333333334444444444555555555566666666667777777777R");
	check_typed(2,
		    "\x1b[1111111111222222222233333333334444444444555555555566666666667777777777R");
}

/* Questions without end: those that are over two have no answer. After a while nobody waits. */
static void run_questions(void)
{
	start(false, 3);
	for (unsigned n = 0; n < 100; n++) {
		put(2, "\x1b[6n");
		put(3, "\x1b[6n");
		drain(1000);
	}
	put(2, "\n");
	put(3, "\n");
	CHECK_OUT("[rtos] \x1b[6n\x1b[6n\r\n[test] \x1b[6n\x1b[6n\r\n");
	for (unsigned n = 0; n < 4; n++) {
		type_all("\x1b[1;1R");
		check_typed(n < 2 ? 2 : 3, "\x1b[1;1R");
	}
	type_all("\x1b[1;1R");
	check_typed(1, "\x1b[1;1R");
	put(2, "\x1b[6n");
	drain(1000);
	tick(124);
	CHECK(console_waiting(&con));
	tick(1);
	CHECK(!console_waiting(&con));
	type_all("\x1b[1;1R");
	check_typed(1, "\x1b[1;1R");
	out_length = 0;
	put(2, "\x1b[6n\n");
	CHECK_OUT("\x1b[6n\r\n");
	/* All ports' at once. */
	console_init(&con, false);
	for (unsigned p = 0; p < 65; p++) {
		console_add_port(&con, "p");
	}
	for (unsigned p = 0; p < 65; p++) {
		put(p, "\x1b[5n\x1b[c\x1b[6n\n");
	}
	drain(10000);
	for (unsigned p = 0; p < 65; p++) {
		type_all("\x1b[?1c");
		CHECK_EQ(nr_typed, 5);
		type_all("\x1b[0n");
		CHECK_EQ(nr_typed, 4);
	}
	tick(200);
	CHECK(!console_waiting(&con));
}

static const struct test_case cases[] = {
	{ "lines", run_lines },		  { "returns", run_returns },
	{ "ports", run_ports },		  { "full", run_full },
	{ "partial", run_partial },	  { "patience", run_patience },
	{ "focus_alone", run_focus },	  { "waiting", run_waiting },
	{ "flood", run_flood },		  { "random", run_random },
	{ "whole", run_whole },		  { "kernels", run_kernels },
	{ "turn_end", run_turn_end },	  { "filter", run_filter },
	{ "unfinished", run_unfinished }, { "colours", run_colours },
	{ "moves", run_moves },		  { "answers", run_answers },
	{ "questions", run_questions },	  { "room", run_room },
	{ "input", run_input },		  { "input_edges", run_input_edges },
};

TEST_MAIN("console", cases)
