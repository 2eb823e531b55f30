/* SPDX-License-Identifier: BSD-2-Clause */
#include "scripts/tools/tree-file.h"
#include <stdio.h>
#include <stdlib.h>

/* The file's bytes stay to the end of the program: the trees' strings point to them. */
static uint8_t *kept[2];
static uint32_t nr_kept;

static void *tree_file_read(const char *path, size_t *size)
{
	FILE *file = fopen(path, "rb");
	uint8_t *data = NULL;
	size_t room = 0;

	*size = 0;
	if (!file) {
		perror(path);
		exit(EXIT_USAGE);
	}
	do {
		if (*size == room) {
			room = room ? room * 2 : 65536;
			data = realloc(data, room);
			if (!data) {
				perror(path);
				exit(EXIT_USAGE);
			}
		}
		*size += fread(data + *size, 1, room - *size, file);
	} while (!feof(file) && !ferror(file));
	if (ferror(file)) {
		perror(path);
		exit(EXIT_USAGE);
	}
	fclose(file);
	kept[nr_kept++] = data;
	return data;
}

void tree_file_open(struct fdt *fdt, const char *kind, const char *path)
{
	size_t size;
	void *data = tree_file_read(path, &size);
	const char *error = fdt_open(fdt, data, size);

	if (error) {
		fprintf(stderr, "%s: %s: %s\n", kind, path, error);
		exit(EXIT_REFUSED);
	}
}

int tree_file_refused(const char *kind, const struct refusal *why)
{
	fprintf(stderr, "%s: %s%s/%s: %s%s%s\n", kind, *why->parent ? "/" : "", why->parent,
		why->node, why->property, *why->property ? ": " : "", why->reason);
	return EXIT_REFUSED;
}
