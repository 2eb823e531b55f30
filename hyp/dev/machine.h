/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The machine that guests see: memory, windows and interrupts as on QEMU's virt board. They are
 * defined only here: the manifest's checks and their messages, glue, and (by `manifest-check
 * --list`) the device trees that plumb makes use this table. Pure.
 */
#ifndef HYP_DEV_MACHINE_H
#define HYP_DEV_MACHINE_H

#include "hyp/base/addr.h"
#include <stdbool.h>
#include <stdint.h>

#define MACHINE_RAM_IPA	     UINT32_C(0x40000000) /* except with `identity` */
#define MACHINE_KERNEL_PLACE UINT32_C(0x10000)	  /* above the start of RAM */

/* Properties of a partition's node that add a part of the machine: name; the value that adds it,
 * the other value being "none" ("": a flag, without value); whether a partition without the
 * property has the part. */
/* clang-format off */
#define MACHINE_PROPERTIES(ROW) \
	ROW(MACHINE_BY_GIC, "gic", "v2", true) \
	ROW(MACHINE_BY_CONSOLE, "console", "pl011", true) \
	ROW(MACHINE_BY_RTC, "rtc", "pl031", false) \
	ROW(MACHINE_BY_WATCHDOG, "watchdog", "sp805", false) \
	ROW(MACHINE_BY_VIRTIO, "virtio-windows", "", false) \
	ROW(MACHINE_BY_PMU, "pmu", "", false)

/* Windows, in the order in which an access is matched: name; property; its name in messages, and
 * their advice if something else uses its place or interrupt; use of the place (enum
 * machine_place); IPA and size, multiples of 4 KiB; SPI (as an INTID; 0: none). The numbers have no
 * suffix, because messages print them as written here. */
#define MACHINE_WINDOWS(ROW) \
	ROW(MACHINE_GICD, "gicd", MACHINE_BY_GIC, "the virtual GIC's distributor", "", \
	    MACHINE_RESERVED, 0x08000000, 0x10000, 0) \
	ROW(MACHINE_GICC, "gicc", MACHINE_BY_GIC, "the virtual GIC's CPU interface", "", \
	    MACHINE_RESERVED, 0x08010000, 0x10000, 0) \
	ROW(MACHINE_GICV2M, "gicv2m", MACHINE_BY_GIC, "the place of virt's GICv2m", "", \
	    MACHINE_RESERVED, 0x08020000, 0x10000, 0) \
	ROW(MACHINE_UART, "uart", MACHINE_BY_CONSOLE, "the virtual console", "console = \"none\" or ", \
	    MACHINE_ALONE, 0x09000000, 0x1000, 33) \
	ROW(MACHINE_VIRTIO, "virtio", MACHINE_BY_VIRTIO, "the virtio windows", "no virtio-windows or ", \
	    MACHINE_BELOW, 0x0a000000, 0x4000, 0) \
	ROW(MACHINE_RTC, "rtc", MACHINE_BY_RTC, "the virtual clock", "no rtc or ", \
	    MACHINE_ALONE, 0x09010000, 0x1000, 34) \
	ROW(MACHINE_WATCHDOG, "watchdog", MACHINE_BY_WATCHDOG, "the virtual watchdog", "no watchdog or ", \
	    MACHINE_ALONE, 0x09050000, 0x1000, 36) \
	ROW(MACHINE_SHARED, "shared", MACHINE_BY_PEERS, "the registers of shared memory", "", \
	    MACHINE_ALONE, 0x0b000000, 0x4000, 0)
/* clang-format on */

/* Of MACHINE_SHARED: a page for each shared memory that the partition is a peer of, which the
 * manifest's nodes for shared memory say, not a property of the partition. Its end tells the peers
 * of all of them with interrupts masked, hence no more. */
#define MACHINE_BY_PEERS     MACHINE_NR_PROPERTIES
#define MACHINE_SHARED_PAGES 4

/* Private interrupts of a vCPU that no window has: name; property; INTID. */
#define MACHINE_TIMER_VIRT 27u
#define MACHINE_TIMER_PHYS 30u
#define MACHINE_PMU	   23u
#define MACHINE_LINES(ROW)                                    \
	ROW("timer-virt", MACHINE_BY_GIC, MACHINE_TIMER_VIRT) \
	ROW("timer-phys", MACHINE_BY_GIC, MACHINE_TIMER_PHYS) \
	ROW("pmu", MACHINE_BY_PMU, MACHINE_PMU)

/* Shared interrupts that no window has: the property of the partition's node that adds it ("":
 * another node does); its name in messages, and their advice if something else uses it; INTID. */
/* clang-format off */
#define MACHINE_SPIS(ROW) \
	ROW(MACHINE_MANAGER, "manager", "manages", "the doorbell of 'manages'", "no manages or ", 35) \
	ROW(MACHINE_BACKEND, "backend", "", "the doorbell of virtio windows", "", 37) \
	ROW(MACHINE_CREATOR, "creator", "vms", "the doorbell of 'vms'", "no vms or ", 38)
/* clang-format on */

#define MACHINE_ROW_ID(id, ...) id,
enum machine_property_id { MACHINE_PROPERTIES(MACHINE_ROW_ID) MACHINE_NR_PROPERTIES };
enum machine_window_id { MACHINE_WINDOWS(MACHINE_ROW_ID) MACHINE_NR_WINDOWS };
enum machine_spi_id { MACHINE_SPIS(MACHINE_ROW_ID) MACHINE_NR_SPIS };
#undef MACHINE_ROW_ID

enum machine_place {
	MACHINE_RESERVED, /* reserved in every partition, also without the window */
	MACHINE_ALONE,	  /* reserved in partitions that have the window */
	MACHINE_BELOW,	  /* a device of the board may cover its pages */
};

struct machine_property {
	const char *name, *value;
	bool is_default;
};

struct machine_window {
	uint8_t property; /* enum machine_property_id; MACHINE_BY_PEERS: none */
	uint8_t place;	  /* enum machine_place */
	ipa_t ipa;
	uint32_t size;
	uint32_t intid;
};

struct machine_line {
	const char *name;
	uint8_t property;
	uint32_t intid;
};

struct machine_spi {
	const char *name, *property;
	uint32_t intid;
};

extern const struct machine_property machine_properties[MACHINE_NR_PROPERTIES];
extern const struct machine_window machine_windows[MACHINE_NR_WINDOWS];
extern const char *const machine_window_names[MACHINE_NR_WINDOWS]; /* the monitor needs none */
extern const struct machine_line machine_lines[];
extern const uint32_t machine_nr_lines;
extern const struct machine_spi machine_spis[MACHINE_NR_SPIS];

/* Sets of windows: bit n is window n. */

/* The windows of the properties in the set `properties` (bit n: enum machine_property_id). */
uint32_t machine_windows_of(uint32_t properties);
/* The windows with this kind of place. */
uint32_t machine_windows_placed(enum machine_place place);

static inline bool machine_has(uint32_t windows, enum machine_window_id id)
{
	return (windows >> id & 1u) != 0;
}

#endif
