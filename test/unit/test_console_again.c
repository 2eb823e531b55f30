/* SPDX-License-Identifier: BSD-2-Clause */
/* Unfinished lines that the multiplexer draws again, below those of others. */
#include "test/unit/console_out.h"

/* A prompt, and another's line; what comes until the console is quiet. */
static void break_prompt(const char *prompt)
{
	start(false, 3);
	console_tick(&con);
	print(1, prompt);
	put(2, "hello\n");
	tick(2);
	drain(1000);
	out_length = 0;
}

static void run_again(void)
{
	start(false, 3);
	console_tick(&con);
	print(1, "$ ls");
	put(2, "hello\n");
	tick(2);
	CHECK_OUT("[linux] $ ls\r\n[rtos] hello\r\n");
	/* When nobody has printed for a while. */
	CHECK(console_waiting(&con));
	tick(1);
	CHECK_OUT("");
	tick(1);
	CHECK_OUT("[linux] $ ls");
	CHECK(!console_waiting(&con));
	/* Once. */
	tick(5);
	CHECK_OUT("");
	put(3, "a\n");
	put(2, "b\n");
	CHECK_OUT("\r\n[rtos] b\r\n[test] a\r\n");
	/* When it goes on. */
	print(1, "x");
	CHECK_OUT("[linux] $ lsx");
	put(2, "c\n");
	tick(2);
	CHECK_OUT("\r\n[rtos] c\r\n");
	print(1, "\n");
	CHECK_OUT("[linux] $ lsx\r\n");
	CHECK(!console_waiting(&con));
	put(2, "d\n");
	tick(2);
	CHECK_OUT("[rtos] d\r\n");
	tick(2);
	CHECK_OUT("");
}

/* With the cursor where it was. */
static void run_again_edited(void)
{
	break_prompt("> one\b\b\bX\x1b[D\x1b[C\a");
	tick(2);
	CHECK_OUT("[linux] > Xne\b\b");
	print(1, "Y");
	put(2, "hello\n");
	tick(2);
	drain(1000);
	out_length = 0;
	tick(2);
	CHECK_OUT("[linux] > XYe\b");
	print(1, "\b\b\x1b[K");
	put(2, "hello\n");
	tick(2);
	drain(1000);
	out_length = 0;
	tick(2);
	CHECK_OUT("[linux] > ");
	/* A question to the terminal is not asked again, colours are not set again. */
	break_prompt("\x1b[31m$\x1b[0m \x1b[6n");
	tick(2);
	CHECK_OUT("[linux] $ ");
	CHECK_EQ(con.nr_questions, 1);
	/* Begun anew. */
	break_prompt("\xc3\xa4\r$ ");
	tick(2);
	CHECK_OUT("[linux] $ ");
	break_prompt("10%\r$");
	tick(2);
	CHECK_OUT("[linux] $0%\b\b");
}

/* What is not: lines in the middle of being printed, those that are not known, of a partition that
 * is gone. They go on as they did. */
static void run_not_again(void)
{
	static const char *const lost[] = { "a\tb",	  "caf\xc3\xa9", "\b",	     "a\v",
					    "a\x1b[2A",	  "a\x1b[1K",	 "a\x1b[5D", "a\x1b[2C",
					    "a\x1b[1;1C", "a\x1bM",	 "a\x1b[s",  "a\x1b[P" };
	char text[140];

	start(false, 3);
	console_tick(&con);
	print(1, "ker");
	put(2, "hello\n");
	tick(1);
	print(1, "n");
	tick(1);
	CHECK_OUT("[linux] kern\r\n[rtos] hello\r\n");
	CHECK(!console_waiting(&con));
	print(1, "el\n");
	CHECK_OUT("[linux] el\r\n");
	/* Unless something was typed there. */
	print(1, "ker");
	type('x');
	put(2, "hello\n");
	tick(1);
	print(1, "n");
	tick(1);
	CHECK_OUT("[linux] kern\r\n[rtos] hello\r\n");
	print(1, "el\n");
	CHECK_OUT("[linux] kernel\r\n");
	for (size_t n = 0; n < sizeof(lost) / sizeof(lost[0]); n++) {
		break_prompt(lost[n]);
		CHECK(!console_waiting(&con));
		print(1, "x");
		drain(1000);
		out[out_length] = '\0';
		CHECK(strcmp(out + out_length - 9, "[linux] x") == 0);
	}
	memset(text, 'y', sizeof(text));
	text[129] = '\0';
	break_prompt(text);
	CHECK(!console_waiting(&con));
	text[128] = '\0';
	break_prompt(text);
	CHECK(console_waiting(&con));
	break_prompt("$ ");
	console_end_sequence(&con, 1);
	CHECK(!console_waiting(&con));
	tick(5);
	CHECK_OUT("");
	break_prompt("$ ");
	tick(2);
	drain(9); /* in the middle of drawing it */
	console_end_sequence(&con, 1);
	CHECK_OUT("[linux] $");
	CHECK(!console_waiting(&con));
	/* Raw: no line is drawn again. */
	start(true, 1);
	console_tick(&con);
	print(1, "$ ");
	put(0, "hello\n");
	tick(5);
	CHECK_OUT("$ \r\nhello\n");
	tick(5);
	CHECK_OUT("");
}

/* Who gets the input gets its line, too. Another's unfinished line is not broken by it. */
static void run_again_focus(void)
{
	start(false, 3);
	console_tick(&con);
	print(1, "$ ");
	tick(3);
	put(2, "login: ");
	tick(2);
	CHECK_OUT("[linux] $ \r\n[rtos] login: ");
	tick(5);
	CHECK_OUT("");
	CHECK(!console_waiting(&con));
	type(0x1d);
	type('2');
	tick(2);
	CHECK_OUT("\r\n[monitor] input to rtos\r\n");
	tick(2);
	CHECK_OUT("[rtos] login: ");
	type(0x1d);
	type('1');
	tick(2);
	CHECK_OUT("\r\n[monitor] input to linux\r\n");
	tick(2);
	CHECK_OUT("[linux] $ ");
	/* A flood holds it up, and nothing is drawn in between. */
	for (unsigned n = 0; n < 50; n++) {
		put(2, "x\n");
		tick(1);
		drain(1000);
	}
	CHECK(strstr(out, "$ ") == NULL);
	out_length = 0;
	tick(2);
	CHECK_OUT("[linux] $ ");
}

/* A line that was drawn again is not being printed: others' lines need not wait for its end, and no
 * tick comes while nothing waits. It is still a prompt. */
static void run_again_soon(void)
{
	break_prompt("$ ");
	tick(2);
	CHECK_OUT("[linux] $ ");
	CHECK(!console_waiting(&con));
	put(2, "hello\n");
	CHECK_OUT("\r\n[rtos] hello\r\n");
	tick(2);
	CHECK_OUT("[linux] $ ");
	/* Nor where it was not in focus when it was broken. */
	start(false, 3);
	console_tick(&con);
	put(2, "login: ");
	CHECK_OUT("[rtos] login: ");
	put(1, "a\n");
	tick(2);
	CHECK_OUT("\r\n[linux] a\r\n");
	type(0x1d);
	type('2');
	CHECK_OUT("[monitor] input to rtos\r\n");
	tick(2);
	CHECK_OUT("[rtos] login: ");
	put(1, "b\n");
	CHECK_OUT("\r\n[linux] b\r\n");
	tick(2);
	CHECK_OUT("[rtos] login: ");
	/* One that goes on is being printed. */
	put(1, "c\n");
	CHECK_OUT("\r\n[linux] c\r\n");
	print(2, "x");
	CHECK_OUT("[rtos] login: x");
	put(1, "d\n");
	CHECK_OUT("");
	tick(2);
	CHECK_OUT("\r\n[linux] d\r\n");
	/* Nor where it had its turn, and never stood still. */
	start(false, 3);
	console_tick(&con);
	print(2, "$ ");
	for (size_t n = strlen("[rtos] $ "); n < CONSOLE_TURN; n++) {
		print(2, "\a");
	}
	out_length = 0;
	put(1, "a\n");
	CHECK_OUT("\r\n[linux] a\r\n");
	type(0x1d);
	type('2');
	CHECK_OUT("[monitor] input to rtos\r\n");
	tick(2);
	CHECK_OUT("[rtos] $ ");
	put(1, "b\n");
	CHECK_OUT("\r\n[linux] b\r\n");
	tick(2);
	CHECK_OUT("[rtos] $ ");
}

static const struct test_case cases[] = {
	{ "goes_on", run_again },     { "edited", run_again_edited }, { "not", run_not_again },
	{ "focus", run_again_focus }, { "soon", run_again_soon },
};

TEST_MAIN("console_again", cases)
