/* SPDX-License-Identifier: BSD-2-Clause */
/* The command line. */
#ifndef LINUX_VMM_OPTIONS_H
#define LINUX_VMM_OPTIONS_H

#include <stdint.h>

struct options {
	const char *kernel, *initrd, *append; /* append: the kernel's arguments */
	const char *disk;		      /* an image; NULL: none */
	const char *dtb, *dump;		      /* the device tree: to be taken, to be written */
	const char *net;		      /* unix:PATH, or tap:NAME; NULL: none */
	const char *save, *restore;	      /* a file, or unix:PATH */
	uint32_t cpus, memory;		      /* memory in MiB */
	uint32_t rng;
};

/* A mistake ends the program, with a message. */
void options_read(struct options *options, int argc, char **argv);

#endif
