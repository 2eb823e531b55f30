/* SPDX-License-Identifier: BSD-2-Clause */
#include "guest/control/shell.h"
#include "guest/lib/cpu.h"
#include "guest/lib/gic.h"
#include "guest/lib/irq.h"
#include "guest/lib/uart.h"
#include <stdio.h>
#include <string.h>

static struct line_edit prompt_edit;
static volatile bool prompt_rang;

/* The interrupt only ends the WFI: prompt_key reads the FIFO. Its receive sources are masked until
 * then, or the level would pend again at once. */
static void prompt_on_uart(uint32_t iar, void *arg)
{
	(void)iar;
	(void)arg;
	uart_set_interrupts(0);
	prompt_rang = true;
}

void prompt_init(void)
{
	irq_set_handler(GIC_SPI_UART, prompt_on_uart, NULL);
	gic_enable(GIC_SPI_UART);
}

static uint8_t prompt_key(void)
{
	int key;

	while ((key = uart_getc()) < 0) {
		uart_set_interrupts(UART_INT_RX | UART_INT_RT);
		cpu_wfi();
		cpu_irq_enable();
		cpu_isb();
		cpu_irq_disable();
	}
	return (uint8_t)key;
}

/* In pieces of a second, as shell_sleep's timer counts microseconds in 32 bits. */
bool prompt_pause(uint32_t ms)
{
	bool pressed = uart_getc() >= 0;

	while (ms > 0 && !pressed) {
		uint32_t part = ms < 1000 ? ms : 1000;

		prompt_rang = false;
		uart_set_interrupts(UART_INT_RX | UART_INT_RT);
		shell_sleep(part, &prompt_rang);
		pressed = uart_getc() >= 0;
		ms -= part;
	}
	uart_set_interrupts(0);
	return pressed;
}

static void prompt_flush(void)
{
	uart_write(prompt_edit.out, prompt_edit.out_length);
	prompt_edit.out_length = 0;
}

static void prompt_list(const char *const *names, uint32_t count, const char *word)
{
	printf("\n");
	for (uint32_t n = 0; n < count; n++) {
		if (words_begins(names[n], word)) {
			printf("%s  ", names[n]);
		}
	}
	printf("\n");
	line_edit_show(&prompt_edit);
}

/* Completes the word before the cursor with the part that is common to all matching names. */
static void prompt_complete(prompt_names_t *find)
{
	const char *words[WORDS_MAX], *names[PROMPT_NAMES], *first, *word = "";
	char line[LINE_EDIT_MAX + 1], more[LINE_EDIT_MAX + 2];
	uint32_t at = prompt_edit.cursor, count, matches, common;

	memcpy(line, prompt_edit.text, at);
	line[at] = '\0';
	count = words_split(line, words);
	if (count > 0 && prompt_edit.text[at - 1] != ' ') {
		count--;
		word = count < WORDS_MAX ? words[count] : "";
	}
	count = count < WORDS_MAX ? find(words, count, names) : 0;
	common = words_common(names, count, word, &first, &matches);
	if (matches > 1 && common == 0) {
		prompt_list(names, count, word);
	} else if (matches == 0) {
		line_edit_bell(&prompt_edit);
	} else {
		(void)snprintf(more, sizeof(more), "%.*s%s", (int)common, first + strlen(word),
			       matches == 1 && prompt_edit.text[at] != ' ' ? " " : "");
		line_edit_insert(&prompt_edit, more);
	}
}

void prompt_read(const char *prompt, char line[LINE_EDIT_MAX + 1], prompt_names_t *names)
{
	enum line_edit_event event;

	line_edit_begin(&prompt_edit, prompt);
	do {
		prompt_flush();
		event = line_edit_key(&prompt_edit, prompt_key());
		if (event == LINE_EDIT_TAB) {
			prompt_complete(names);
		}
	} while (event != LINE_EDIT_DONE);
	prompt_flush();
	memcpy(line, prompt_edit.text, sizeof(prompt_edit.text));
}
