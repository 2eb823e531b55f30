/* SPDX-License-Identifier: BSD-2-Clause */
#include "test/rig/rig_told.h"
#include "hyp/core/vm.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINES 4096u

static uint32_t lines[RIG_MAX_VMS][LINES]; /* lines printed, whole: a life, and a number of it */
static uint32_t nr_lines[RIG_MAX_VMS];
static uint32_t offs[RIG_MAX_VMS];    /* how often it became off */
static uint32_t crashes[RIG_MAX_VMS]; /* the same, crashed */

void rig_told_begin(void)
{
	memset(nr_lines, 0, sizeof(nr_lines));
	memset(offs, 0, sizeof(offs));
	memset(crashes, 0, sizeof(crashes));
}

static uint32_t write_line(uint32_t vm, uint32_t number, char *line, size_t size)
{
	return (uint32_t)snprintf(line, size, "%s: line %u of %u\n", vms[vm].config->name,
				  number & 0xffff, number >> 16);
}

uint32_t rig_told_line(const struct rig_guest *g, char *line, size_t size)
{
	return write_line(g->vm, g->lives << 16 | g->printed, line, size);
}

void rig_told_printed(struct rig_guest *g)
{
	rig_demand(nr_lines[g->vm] < LINES, "more lines than there is room for");
	lines[g->vm][nr_lines[g->vm]++] = g->lives << 16 | g->printed++;
}

void rig_told_ends(uint32_t vm, uint8_t state)
{
	offs[vm] += state == LIFE_OFF;
	crashes[vm] += state == LIFE_CRASHED;
}

/* ---- lines of guests ---- */

/* The first line that is not in `text`, behind the one before it; nr_lines: all are. */
static uint32_t first_lost(uint32_t vm, const char *text, bool with_end)
{
	char line[64];

	for (uint32_t n = 0; n < nr_lines[vm]; n++) {
		uint32_t length = write_line(vm, lines[vm][n], line, sizeof(line));

		line[length - !with_end] = '\0';
		text = strstr(text, line);
		if (!text) {
			return n;
		}
	}
	return nr_lines[vm];
}

/* All that a partition has printed, without the ends of lines: the console breaks a line that is
 * not finished for long, so that others get theirs. */
static const char *pieces_of(uint32_t vm)
{
	static char pieces[1u << 20];
	char name[32];
	size_t length = (size_t)snprintf(name, sizeof(name), "[%s] ", vms[vm].config->name);
	size_t used = 0;

	for (const char *at = rig_output; *at && used < sizeof(pieces) - 1; at++) {
		const char *end = strchr(at, '\n');

		end = end ? end : at + strlen(at);
		if (strncmp(at, name, length) == 0) {
			memcpy(pieces + used, at + length, (size_t)(end - at) - length);
			used += (size_t)(end - at) - length;
		}
		if (!*end) {
			break;
		}
		at = end;
	}
	pieces[used] = '\0';
	return pieces;
}

/* ---- ends ---- */

static uint32_t count(const char *what)
{
	uint32_t n = 0;

	for (const char *at = strstr(rig_output, what); at; at = strstr(at + 1, what)) {
		n++;
	}
	return n;
}

/* Lines of the monitor's for which there was no room, and that were counted instead. */
static uint32_t left_out(void)
{
	static const char told[] = "lines left out here, for want of room: ";
	uint32_t n = 0;

	for (const char *at = strstr(rig_output, told); at; at = strstr(at, told)) {
		at += strlen(told);
		n += (uint32_t)strtoul(at, NULL, 10);
	}
	return n;
}

const char *rig_told_wrong(bool all_end)
{
	static char why[160];
	char line[64];

	for (uint32_t v = 0; v < vm_count; v++) {
		uint32_t told, lost;

		snprintf(line, sizeof(line), "] %s: off\n", vms[v].config->name);
		told = count(line);
		if (told > offs[v] || offs[v] - told > left_out() ||
		    (all_end && !offs[v] && !crashes[v])) {
			snprintf(why, sizeof(why), "'%s' is told %u times, not %u", line, told,
				 offs[v]);
			return why;
		}
		lost = first_lost(v, rig_output, true);
		if (lost < nr_lines[v] && first_lost(v, pieces_of(v), false) < nr_lines[v]) {
			write_line(v, lines[v][lost], line, sizeof(line));
			snprintf(why, sizeof(why), "the console has lost '%s'", line);
			return why;
		}
	}
	return NULL;
}
