/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The world rig: the monitor's glue and its hardware ring, whole, on N CPUs that the host plays. A
 * CPU is a coroutine. Whatever reaches hardware (test/fakes) is a point where another CPU may go
 * on, and so is, with clang, each access to what CPUs share. A run begins as main_start has left
 * the system, before the first guest, and ends when the monitor switches the board off; which CPU
 * goes on at which point is drawn from a seed, or laid down.
 */
#ifndef TEST_RIG_RIG_H
#define TEST_RIG_RIG_H

#include "hyp/base/guest_regs.h"
#include "hyp/hw/sysreg.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RIG_MAX_CPUS 4u
#define RIG_MAX_LRS  16u
#define RIG_NEVER    UINT64_MAX

/* The board, as rig_board.c has it in its tree. */
#define RIG_RAM	       0x40000000u
#define RIG_RAM_SIZE   0x1800000u
#define RIG_GICD       0x08000000u
#define RIG_GICC       0x08010000u
#define RIG_GICH       0x08030000u
#define RIG_GICV       0x08040000u
#define RIG_UART       0x09000000u
#define RIG_UART_SPI   33u
#define RIG_HZ	       1000000u
#define RIG_TIMER_HYP  26u
#define RIG_TIMER_VIRT 27u
#define RIG_TIMER_PHYS 30u
#define RIG_MAINTAIN   25u
#define RIG_PMU	       23u

/* ---- a run ---- */

enum rig_wait { RIG_RUNS, RIG_OFF, RIG_IN_WFI, RIG_IN_GUEST_WFI, RIG_IN_WFE, RIG_AT_LOCK };

enum rig_kind {
	RIG_AT_REGISTER, /* of one CPU: nobody else sees it */
	RIG_AT_MEMORY,
	RIG_AT_FLAG, /* struct cpu and the scheduler, with no lock held */
	RIG_AT_BARRIER,
	RIG_AT_DEVICE,
	RIG_AT_LOCKS,
	RIG_AT_GUEST,
	RIG_KINDS
};

struct lock;

struct rig_cpu {
	enum rig_wait wait;
	const struct lock *lock; /* waited for */
	uint32_t ticket;	 /* who waits longest has the lowest */
	bool event;		 /* WFE's (ARM ARM B1.8.13) */
	bool undone; /* it has done to registers or devices what no DSB has waited for */
	bool in_guest;
	const struct lock *held[8];
	uint32_t nr_held;
	uint64_t reg[FAKE_NR_SYSREGS];
	/* GICC */
	uint32_t ctlr, pmr;
	uint8_t running[16], depth; /* priorities */
	/* GICH */
	uint32_t hcr, vmcr, apr, lr[RIG_MAX_LRS];
	const struct lock *lr_lock; /* of the VGIC whose state they are; NULL: of none */
	bool lr_late;		    /* it has written its own, and no DSB has waited for that */
	bool remote_late;	    /* the same, of another CPU's */
	void (*begin)(uint32_t cpu);
};

struct rig_irq {
	uint8_t priority, targets, sources[RIG_MAX_CPUS];
};

/* Devices that are passed through, or what types on the terminal: each has its moment. */
struct rig_device {
	uint64_t at; /* RIG_NEVER: not by itself */
	void (*acts)(struct rig_device *device);
	uint32_t intid, left;
	bool asks;
};
#define RIG_DEVICES 4u

/* All of the machine that a run changes but memory. */
struct rig_machine {
	struct rig_cpu cpu[RIG_MAX_CPUS];
	uint64_t now;	 /* of the counter */
	uint32_t ticket; /* the next */
	/* GICD: bit n is INTID n; private ones by CPU */
	uint64_t enabled[RIG_MAX_CPUS], latch[RIG_MAX_CPUS], active[RIG_MAX_CPUS];
	uint64_t spi_enabled, spi_latch, spi_active, spi_line, spi_edge;
	struct rig_irq irq[RIG_MAX_CPUS][64];
	uint32_t gicd_ctlr;
	/* UART */
	uint8_t tx, rx_fifo[16];
	uint32_t rx_head, rx_tail;
	uint64_t tx_next; /* when its next byte leaves */
	uint32_t uart_imsc, uart_raw;
	struct rig_device device[RIG_DEVICES];
};

extern struct rig_machine rig;
extern uint32_t rig_nr_cpus;
extern uint32_t rig_self; /* the CPU that runs */

static inline struct rig_cpu *rig_this(void)
{
	return &rig.cpu[rig_self];
}

/* Another CPU may go on here. */
void rig_point(enum rig_kind kind);
/* This CPU waits until what it waits for has come, and its turn has; RIG_RUNS: it only yields. */
void rig_sleep(enum rig_wait wait);
/* The run is over. */
void rig_done(void) __attribute__((noreturn));
void rig_fail(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));
void rig_demand(bool ok, const char *what);
bool rig_is_booting(void);
/* Points of this run so far. */
uint32_t rig_points(void);
/* Of the run that goes on: its CPUs begin here. While the monitor boots they end here. */
void rig_enter_guests(void) __attribute__((noreturn));
/* True: they did. */
bool rig_boot_cpu(void (*begin)(uint32_t cpu));

/* rig_gic.c */
uint32_t rig_gicd_read(uint32_t offset);
void rig_gicd_write(uint32_t offset, uint32_t value);
void rig_gicd_write8(uint32_t offset, uint8_t value);
uint32_t rig_gicc_read(uint32_t offset);
void rig_gicc_write(uint32_t offset, uint32_t value);
uint32_t rig_gich_read(uint32_t offset);
void rig_gich_write(uint32_t offset, uint32_t value);
/* GICH's second page: 0x200 bytes for each CPU, the same registers (DDI 0438 8.2.1). */
uint32_t rig_alias_read(uint32_t offset);
void rig_alias_write(uint32_t offset, uint32_t value);
/* The guest's own interface (GICV) of this CPU; rig_virtual: what IAR would return. */
uint32_t rig_gicv_ack(void);
void rig_gicv_end(uint32_t iar);
uint32_t rig_virtual(uint32_t cpu);
/* Does the CPU's interface signal an interrupt? */
bool rig_signals(uint32_t cpu);
/* What the guest on it has to take; RIG_NO_IAR: nothing. */
uint32_t rig_due(uint32_t cpu);
extern uint32_t rig_midr;      /* of all CPUs */
extern bool rig_pmu_is_silent; /* its overflow reaches no private interrupt */
extern uint32_t rig_hsctlr;    /* set anew for each boot, before `before` */
extern uint32_t rig_guard;     /* of the stacks, as boot has chosen it */
extern bool rig_gicc_repeats;  /* GICC's second page is the first again */
extern bool rig_hw_bit;	       /* a level that the guest's EOI deactivates fires again (5.2.1) */
extern uint32_t rig_nr_lrs;    /* 1 to RIG_MAX_LRS */
/* Is there such a page? QEMU (7.2 to 10.1) writes LRn + 1 for LRn. */
enum rig_alias { RIG_NO_ALIAS, RIG_ALIAS, RIG_ALIAS_SKEWED };
extern enum rig_alias rig_alias;
extern bool rig_ended_is_empty; /* ELRSR shows one whose end is a maintenance interrupt as empty */
extern uint32_t rig_remote_writes; /* through it, since the program began; not those of boot */
/* A device's line. An edge-triggered input latches a rise. */
void rig_line(uint32_t intid, bool high);

/* rig_machine.c */
bool rig_timer_level(uint32_t cpu, uint32_t intid);
/* Operations of caches to the point of coherency, since the program began: by address, and by set
 * and way. */
extern uint32_t rig_lines_cleaned, rig_sets_cleaned;
/* rig_guest.c: stage 2 of the guest on this CPU. */
bool rig_stage2(uint32_t ipa, uint64_t *pa);
/* The next moment at which something happens by itself. */
uint64_t rig_next_event(void);
void rig_events(void);
void rig_type(const char *text);
extern char rig_output[];
extern size_t rig_output_length;

/* rig_board.c: boots the real monitor with this manifest, on this many CPUs, once; each run begins
 * there. */
void rig_boot(const char *manifest, uint32_t nr_cpus, bool hw_bit);
uint8_t *rig_memory(uint32_t vm, uint32_t ipa);

/* Any board, which may be refused. `before`: when its memory is filled and its registers are reset,
 * changes what is to be otherwise; NULL: nothing. True: its CPUs came to their guests. What it has
 * said is in rig_output; it is not run on. */
struct rig_system {
	const char *tree, *manifest;
	uint32_t nr_cpus;
	bool hw_bit;
	void (*before)(void);
	uint32_t wrong_mode; /* not 0: the mode that it is entered in */
};
bool rig_boots(const struct rig_system *system);
extern const char rig_manifest_small[];
/* Where the file and the board's tree lie. */
#define RIG_IMAGE   RIG_RAM
#define RIG_MONITOR 0x10000u /* bytes, then the manifest */
#define RIG_TREE    (RIG_RAM + 0x800000u)
uint8_t *rig_ram(uint64_t pa);
void rig_set_file_end(uint32_t end, uint32_t seal);
/* A CPU that is not there yet begins, as its turn has come. */
void rig_second_begins(uint32_t cpu);
/* Device registers beside those of the GIC and the UART: memory, and what a write does. NULL: there
 * are none. */
extern uint32_t *(*rig_registers)(uintptr_t address, bool is_write, uint32_t value);
/* What CPU_ON returns; and is it so that the CPU never comes? */
extern int32_t rig_cpu_on_error;
/* A register of CPU 1 that keeps what it has, whatever is written; FAKE_NR_SYSREGS: none. */
extern enum fake_sysreg rig_stuck;
extern bool rig_cpu_never_comes;
/* For a test of the order of accesses. Each load and store of the glue and the hardware ring,
 * before it is done (with clang); each DMB and DSB, and those of a lock that is taken or dropped.
 * NULL: nobody looks. */
extern void (*rig_on_access)(const void *address, bool is_store);
extern void (*rig_on_barrier)(void);
void rig_restore(void);
/* Memory that CPUs share; *flag: where they look without a lock. */
bool rig_is_shared(const void *address, bool *flag);

/* ---- guests ---- */

enum rig_op { RIG_NO_OP, RIG_HVC, RIG_WFI, RIG_STORE, RIG_LOAD, RIG_OTHER };

/* A vCPU as its own code sees itself. */
struct rig_guest {
	uint32_t vm, index;
	uint32_t lives;
	uint32_t at;   /* of its program: the step that comes next */
	uint32_t mark; /* in all registers that it has */
	uint32_t iar;  /* being handled; RIG_NO_IAR: none */
	uint32_t handling;
	uint32_t taken[64]; /* of this life, by INTID */
	bool masked;
	bool ready;	 /* it has opened its GIC */
	bool wants_zero; /* from the call that it makes */
	bool may_fault;	 /* what it does */
	bool prints;
	uint32_t linger;   /* steps of its handler before it does something */
	uint8_t loaded_on; /* as last said, + 1; 0: nowhere */
	uint32_t left, phase, text_at, printed;
	uint64_t dice;
	/* The instruction that caused the last exit. */
	enum rig_op op;
	uint32_t pc, hsr, ipa;
	uint32_t result;   /* r0 behind the last that was not a handler's */
	uint32_t more[3];  /* r1 to r3, likewise */
	const void *trail; /* the oldest of its last exits */
};

#define RIG_NO_IAR   1023u
#define RIG_LINE_IAR 1021u /* without a GIC: its IRQ input */

#define RIG_MAX_VMS   4u
#define RIG_MAX_VCPUS 4u
/* Those that partitions make at run time come behind the partitions, by slot; one partition makes
 * all of them (rig_kids.h). */
#define RIG_MAX_KIDS  4u
extern struct rig_guest rig_guest[RIG_MAX_VMS + RIG_MAX_KIDS][RIG_MAX_VCPUS];

/* One step of a guest whose registers these are. */
struct rig_program {
	void (*step)(struct rig_guest *g, struct guest_regs *regs);
	void (*begins)(struct rig_guest *g); /* a life; NULL: nothing to do */
	void (*takes)(struct rig_guest *g);  /* g->iar; NULL likewise */
	/* A step of the handler of g->iar: true, it is done, EOI follows. NULL: nothing to do. */
	bool (*handle)(struct rig_guest *g, struct guest_regs *regs);
	bool unmarked; /* its registers are its own: none has the rig's marks */
	/* When all CPUs sleep: anything left? NULL: fine. */
	const char *(*at_rest)(void);
	/* A partition's life has another state, published just now. NULL: nothing to do. */
	void (*changes)(uint32_t vm, uint8_t from);
};
extern const struct rig_program *rig_program;

void rig_guest_reset(uint64_t seed);
void rig_guest_run(struct guest_regs *regs);
const char *rig_at_rest(void);
/* vm_sched_lock is about to be dropped. */
void rig_published(void);

/* What a step may do, as the last that it does: each is one exit, or none, and when it returns the
 * guest may have gone on, on another CPU. The result is in g->result when its next step comes. */
void rig_hvc(struct rig_guest *g, struct guest_regs *regs, uint32_t r0, uint32_t r1, uint32_t r2,
	     uint32_t r3);
void rig_wfi(struct rig_guest *g, struct guest_regs *regs);
void rig_store(struct rig_guest *g, struct guest_regs *regs, uint32_t ipa, uint32_t value);
void rig_store8(struct rig_guest *g, struct guest_regs *regs, uint32_t ipa, uint32_t value);
void rig_load(struct rig_guest *g, struct guest_regs *regs, uint32_t ipa);
/* Anything else that traps, as HSR says. */
void rig_trap(struct rig_guest *g, struct guest_regs *regs, uint32_t hsr);

/* ---- schedules ---- */

struct rig_result {
	bool failed;
	char why[256];
	uint32_t points; /* of the kinds that count */
};

/* Before each run, when the machine is as it begins. */
extern void (*rig_begin_run)(void);

/* By a seed. */
struct rig_result rig_run_random(uint64_t seed, uint32_t kinds);
/* Without choice, but for `count` pre-emptions: at point at[n] the CPU to[n] goes on. */
struct rig_preempt {
	uint32_t at, to;
};
struct rig_result rig_run_laid_down(uint64_t of, const struct rig_preempt *preempt, uint32_t count,
				    uint32_t kinds);

/* From the seed of the run; the same in the same run. */
uint32_t rig_random(uint32_t below);
/* A guest's own: what it does is not changed by who goes on when. */
uint32_t rig_throw(struct rig_guest *g, uint32_t below);

#endif
