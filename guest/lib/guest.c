/* SPDX-License-Identifier: BSD-2-Clause */
#include "guest/lib/guest.h"
#include "guest/lib/fdt.h"
#include "guest/lib/start.h"
#include "guest/lib/uart.h"
#include <stdlib.h>
#include <string.h>

#define GUEST_DEFAULT_RAM 0x00800000u
#define GUEST_HEAP	  0x00100000u
#define GUEST_MIB	  0x00100000u

int main(void);

uint32_t guest_boot_r0, guest_boot_r1, guest_boot_r2, guest_boot_cpsr;
uint32_t guest_break;

static uint32_t guest_ram_base, guest_ram_size;

static uint32_t guest_image_end(void)
{
	return (uint32_t)(uintptr_t)__image_end;
}

/* /memory's first range. Its parent's cell counts are 1 or 2; a size above 32 bits is limited. */
static void guest_read_memory(void)
{
	fdt_node root = fdt_find("/"), memory = fdt_find("/memory");
	uint32_t acells = 2, scells = 1, high = 0, base = 0, size = 0;

	guest_ram_base = GUEST_RAM_BASE;
	guest_ram_size = GUEST_DEFAULT_RAM;
	if (memory == 0) {
		return;
	}
	(void)fdt_cell(root, "#address-cells", 0, &acells);
	(void)fdt_cell(root, "#size-cells", 0, &scells);
	if (acells < 1 || acells > 2 || scells < 1 || scells > 2 ||
	    !fdt_cell(memory, "reg", acells - 1, &base) ||
	    !fdt_cell(memory, "reg", acells + scells - 1, &size)) {
		return;
	}
	if (scells == 2) {
		(void)fdt_cell(memory, "reg", acells, &high);
	}
	guest_ram_base = base;
	guest_ram_size = high != 0 ? 0u - base : size;
}

uint32_t guest_memory_base(void)
{
	return guest_ram_base;
}

uint32_t guest_memory_size(void)
{
	return guest_ram_size;
}

/* The end of RAM, or the device tree if that lies above the image. */
static uint32_t guest_usable_end(void)
{
	uint32_t end = guest_ram_base + guest_ram_size;
	uint32_t dtb = (uint32_t)(uintptr_t)fdt_blob();

	return fdt_present() && dtb >= guest_image_end() && dtb < end ? dtb : end;
}

uint32_t guest_heap_limit(void)
{
	uint32_t end = guest_usable_end();
	uint32_t limit = guest_image_end() + GUEST_HEAP;

	return limit < end ? limit : end;
}

bool guest_free_memory(uint32_t *base, uint32_t *size)
{
	uint32_t end = guest_usable_end();
	uint32_t start = (guest_heap_limit() + GUEST_MIB - 1) & ~(GUEST_MIB - 1);

	end &= ~(GUEST_MIB - 1);
	if (start >= end) {
		return false;
	}
	*base = start;
	*size = end - start;
	return true;
}

const char *guest_bootargs(void)
{
	const char *args = fdt_string(fdt_find("/chosen"), "bootargs");

	return args != NULL ? args : "";
}

/* The text after `name` in the word that begins with it: "", "=...", or NULL. */
static const char *guest_find_arg(const char *name)
{
	const char *at = guest_bootargs();
	size_t length = strlen(name);

	while (*at != '\0') {
		at += strspn(at, " ");
		if (strncmp(at, name, length) == 0 && strchr(" =", at[length]) != NULL) {
			return at + length;
		}
		at += strcspn(at, " ");
	}
	return NULL;
}

bool guest_has_arg(const char *name)
{
	return guest_find_arg(name) != NULL;
}

uint32_t guest_arg(const char *name, uint32_t fallback)
{
	const char *rest = guest_find_arg(name);

	if (rest == NULL || *rest != '=') {
		return fallback;
	}
	return strtoul(rest + 1, NULL, 0);
}

void guest_run_main(void)
{
	guest_break = guest_image_end();
	uart_init();
	guest_read_memory();
	exit(main());
}
