/* SPDX-License-Identifier: BSD-2-Clause */
/* Device trees for tests: compiled by dtc when the test runs, so the cases read as source. */
#ifndef TEST_UNIT_TREE_H
#define TEST_UNIT_TREE_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct tree {
	uint8_t *blob; /* malloc'd to its size: sanitizers see a byte too far */
	size_t size;
};

/* `options` are dtc's. Ends the program if dtc fails: no case can mean anything then. */
static inline struct tree tree_compile(const char *source, const char *options)
{
	char path[] = "/tmp/plumbline-test-XXXXXX";
	char command[256];
	struct tree tree = { .size = 0 };
	uint8_t *buffer = malloc(1u << 20);
	int file = mkstemp(path);
	size_t length = strlen(source);
	FILE *out = NULL;

	if (file >= 0 && write(file, source, length) == (ssize_t)length) {
		snprintf(command, sizeof(command), "dtc -q -I dts -O dtb %s %s", options, path);
		out = popen(command, "r");
	}
	if (buffer && out) {
		tree.size = fread(buffer, 1, 1u << 20, out);
	}
	if (!out || pclose(out) != 0 || tree.size == 0) {
		printf("FAIL dtc does not compile a test's tree:\n%s\n", source);
		exit(EXIT_FAILURE);
	}
	close(file);
	unlink(path);
	tree.blob = malloc(tree.size);
	memcpy(tree.blob, buffer, tree.size);
	free(buffer);
	return tree;
}

static inline void tree_free(struct tree *tree)
{
	free(tree->blob);
}

#endif
