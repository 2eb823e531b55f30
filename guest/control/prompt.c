/* SPDX-License-Identifier: BSD-2-Clause */
#include "guest/control/prompt.h"
#include "guest/lib/cpu.h"
#include "guest/lib/gic.h"
#include "guest/lib/irq.h"
#include "guest/lib/uart.h"
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PROMPT_CTRL(letter) (0x1f & (letter))
#define PROMPT_DELETE	    0x7f

/* The interrupt only ends the WFI: prompt_key reads the FIFO. Its receive sources are masked until
 * then, or the level would come again at once. */
static void prompt_on_uart(uint32_t iar, void *arg)
{
	(void)iar;
	(void)arg;
	uart_set_interrupts(0);
}

void prompt_init(void)
{
	irq_set_handler(GIC_SPI_UART, prompt_on_uart, NULL);
	gic_enable(GIC_SPI_UART);
}

static int prompt_key(void)
{
	int key;

	while ((key = uart_getc()) < 0) {
		uart_set_interrupts(UART_INT_RX | UART_INT_RT);
		cpu_wfi();
		cpu_irq_enable();
		cpu_isb();
		cpu_irq_disable();
	}
	return key;
}

static size_t prompt_erase(size_t length, size_t keep)
{
	for (; length > keep; length--) {
		uart_write("\b \b", 3);
	}
	return length;
}

/* Where the last word begins. */
static size_t prompt_word(const char *line, size_t length)
{
	while (length > 0 && line[length - 1] == ' ') {
		length--;
	}
	while (length > 0 && line[length - 1] != ' ') {
		length--;
	}
	return length;
}

/* One key into the line; the new length. */
static size_t prompt_edit(char *line, size_t length, int key)
{
	char c = (char)key;

	switch (key) {
	case '\b':
	case PROMPT_DELETE:
		return prompt_erase(length, length > 0 ? length - 1 : 0);
	case PROMPT_CTRL('U'):
		return prompt_erase(length, 0);
	case PROMPT_CTRL('W'):
		return prompt_erase(length, prompt_word(line, length));
	default:
		if (key < ' ' || key > '~' || length >= PROMPT_LINE - 1) {
			uart_write("\a", 1);
			return length;
		}
		line[length] = c;
		uart_write(&c, 1);
		return length + 1;
	}
}

void prompt_read(const char *prompt, char line[PROMPT_LINE])
{
	size_t length = 0;
	int key;

	uart_write(prompt, strlen(prompt));
	while ((key = prompt_key()) != '\r' && key != '\n') {
		if (key == PROMPT_CTRL('C')) {
			uart_write("^C\n", 3);
			uart_write(prompt, strlen(prompt));
			length = 0;
		} else {
			length = prompt_edit(line, length, key);
		}
	}
	line[length] = '\0';
	uart_write("\n", 1);
}

uint32_t prompt_split(char *line, const char *words[PROMPT_WORDS])
{
	uint32_t count = 0;

	for (;;) {
		line += strspn(line, " ");
		if (*line == '\0') {
			return count;
		}
		if (count == PROMPT_WORDS) {
			return PROMPT_WORDS + 1;
		}
		words[count++] = line;
		line += strcspn(line, " ");
		if (*line != '\0') {
			*line++ = '\0';
		}
	}
}

bool prompt_number(const char *word, uint32_t *value)
{
	bool hex = word[0] == '0' && (word[1] == 'x' || word[1] == 'X');
	unsigned long long number;
	char *end;

	if (!isxdigit((unsigned char)(hex ? word[2] : word[0]))) {
		return false;
	}
	number = strtoull(word, &end, hex ? 16 : 10);
	*value = (uint32_t)number;
	return *end == '\0' && number <= UINT32_MAX;
}
