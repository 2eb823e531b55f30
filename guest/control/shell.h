/* SPDX-License-Identifier: BSD-2-Clause */
/* Declarations shared by the prompt's commands. */
#ifndef GUEST_CONTROL_SHELL_H
#define GUEST_CONTROL_SHELL_H

#include "guest/control/prompt.h"

#define SHELL_MAX_HANDLE 16u /* partitions of a manifest */

/* The result of a command. */
enum shell_next { SHELL_GO_ON, SHELL_USAGE, SHELL_QUIT };

/* Finds a partition by whole name or handle; prints the error if false. */
bool shell_find_vm(const char *word, uint32_t *handle);
/* Names of the partitions that control may call, which last until the next call; how many. */
uint32_t shell_vm_names(const char *names[PROMPT_NAMES]);
/* The first other partition that control has a right on; 0: none. */
uint32_t shell_default_vm(void);
/* Prints a refused call: the errno's name, and advice. */
void shell_explain(int32_t result);

/* raise, lower, pulse, irq, gsi: words behind the name. shell_drive_init comes first of all. */
void shell_drive_init(void);
enum shell_next shell_raise(const char *const *words, uint32_t count);
enum shell_next shell_lower(const char *const *words, uint32_t count);
enum shell_next shell_pulse(const char *const *words, uint32_t count);
enum shell_next shell_irq(const char *const *words, uint32_t count);
enum shell_next shell_gsi(const char *const *words, uint32_t count);

/* start, stop, reset, pause, resume: words behind the name. */
enum shell_next shell_start(const char *const *words, uint32_t count);
enum shell_next shell_stop(const char *const *words, uint32_t count);
enum shell_next shell_reset(const char *const *words, uint32_t count);
enum shell_next shell_pause(const char *const *words, uint32_t count);
enum shell_next shell_resume(const char *const *words, uint32_t count);
/* Stops all other partitions that control manages; true if they are off. */
bool shell_stop_all(void);

/* regs: words behind the name. */
enum shell_next shell_regs(const char *const *words, uint32_t count);

enum shell_next shell_crash(const char *const *words, uint32_t count);
enum shell_next shell_top(const char *const *words, uint32_t count);
enum shell_next shell_trace(const char *const *words, uint32_t count);

/* Sleeps for that time, or until *until (NULL: never), so that another vCPU of this CPU can run. */
void shell_sleep(uint32_t ms, const volatile bool *until);

const char *shell_state_name(uint32_t state);
void shell_list_vms(void);
void shell_list_lines(uint32_t handle);
/* Lists the partitions that run without control, and the keys that end QEMU. */
void shell_list_running(void);
/* Counts since boot, and per second since they were shown last, or since shell_begin_stats. */
void shell_begin_stats(void);
void shell_list_stats(uint32_t handle);
void shell_list_all_stats(void); /* of every partition that control may call */

#endif
