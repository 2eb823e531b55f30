/* SPDX-License-Identifier: BSD-2-Clause */
/* What the prompt's commands share. */
#ifndef GUEST_CONTROL_SHELL_H
#define GUEST_CONTROL_SHELL_H

#include <stdbool.h>
#include <stdint.h>

/* By name or handle; says what is wrong if false. */
bool shell_find_vm(const char *word, uint32_t *handle);
/* The first other partition that control has a right on; 0: none. */
uint32_t shell_default_vm(void);
/* A refused call: the errno's name and what to do. */
void shell_explain(int32_t result);

void shell_list_vms(void);
void shell_list_lines(uint32_t handle);
/* Counts since boot, and per second since they were shown last, or since shell_begin_stats. */
void shell_begin_stats(void);
void shell_list_stats(uint32_t handle);
void shell_list_all_stats(void); /* of every partition that control may call */

#endif
