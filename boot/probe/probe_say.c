/* SPDX-License-Identifier: BSD-2-Clause */
#include "boot/probe/probe.h"
#include "hyp/hw/uart.h"
#include "hyp/text/fmt.h"

#define PROBE_LINE 200 /* bytes */

static uint32_t probe_counts[PROBE_LOOK + 1];

static void probe_put(const char *text)
{
	for (; *text; text++) {
		while (!uart_can_send()) {
		}
		uart_send((uint8_t)*text);
	}
}

static void probe_put_line(const char *format, va_list args)
{
	char line[PROBE_LINE];

	fmt_vformat(line, sizeof(line), format, args);
	probe_put(line);
	probe_put("\r\n");
}

void probe_say(enum probe_mark mark, const char *what, const char *format, ...)
{
	static const char *const marks[] = { "ok", "missing", "?" };
	char head[32];
	va_list args;

	probe_counts[mark]++;
	fmt_format(head, sizeof(head), "%-8s%-12s", marks[mark], what);
	probe_put(head);
	va_start(args, format);
	probe_put_line(format, args);
	va_end(args);
}

void probe_head(const char *format, ...)
{
	va_list args;

	probe_put("plumbline probe: ");
	va_start(args, format);
	probe_put_line(format, args);
	va_end(args);
}

uint32_t probe_count(enum probe_mark mark)
{
	return probe_counts[mark];
}
