// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0
/*
 * Memory that Plumbline's partitions share (docs/shared-memory.md), for programs, by UIO:
 *
 *   map "registers"  the page of registers, as Device memory
 *   map "memory"     the state table and all sections, cacheable; only for reading
 *   map "output"     this peer's own output section, cacheable
 *   map "common"     the common section, cacheable
 *
 * "output" and "common" are there if the section is, and the peer may write it. The name of the
 * UIO device is the name of the shared memory in the manifest. One program at a time can open it:
 * when it has ended, and has no mapping left, the peer's state is 0, and the other peers learn of
 * it.
 *
 * read() waits for an interrupt. If the device tree says that it is a level, it is disabled then;
 * writing 1 enables it again. An edge needs no write.
 */
#include <linux/bitops.h>
#include <linux/interrupt.h>
#include <linux/io.h>
#include <linux/irq.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/of.h>
#include <linux/platform_device.h>
#include <linux/spinlock.h>
#include <linux/uio_driver.h>
#include <linux/version.h>

#define SHARED_ID      0x00
#define SHARED_PEERS   0x04
#define SHARED_CONTROL 0x08
#define SHARED_STATE   0x10
#define SHARED_EVENTS  0x20
#define SHARED_TABLE   0x24
#define SHARED_COMMON  0x28
#define SHARED_OUTPUT  0x2c
#define SHARED_BASE    0x30

#define SHARED_MAX_PEERS 8

/* Maps of the UIO device that are always there */
#define SHARED_MAP_REGISTERS 0
#define SHARED_MAP_MEMORY    1

struct shared_device {
	struct uio_info info;
	struct device *dev;
	void __iomem *registers;
	unsigned long open; /* bit 0: by a program */
	spinlock_t lock;    /* of `disabled`, and of the interrupt's state with it */
	bool disabled;	    /* the interrupt, until the program enables it */
	bool level;
};

static struct shared_device *to_shared(struct uio_info *info)
{
	return container_of(info, struct shared_device, info);
}

/* No more events; the peer's state is 0, which the others are told. */
static void shared_quiet(void *data)
{
	struct shared_device *shared = data;

	writel(0, shared->registers + SHARED_CONTROL);
	writel(~0u, shared->registers + SHARED_EVENTS);
	writel(0, shared->registers + SHARED_STATE);
}

static int shared_irqcontrol(struct uio_info *info, s32 on)
{
	struct shared_device *shared = to_shared(info);
	unsigned long flags;

	spin_lock_irqsave(&shared->lock, flags);
	if (on && shared->disabled) {
		shared->disabled = false;
		enable_irq(info->irq);
	} else if (!on && !shared->disabled) {
		shared->disabled = true;
		disable_irq_nosync(info->irq);
	}
	spin_unlock_irqrestore(&shared->lock, flags);
	return 0;
}

static irqreturn_t shared_handler(int irq, struct uio_info *info)
{
	/* The events that keep it high are the program's to clear. */
	if (to_shared(info)->level)
		shared_irqcontrol(info, 0);
	return IRQ_HANDLED;
}

static int shared_open(struct uio_info *info, struct inode *inode)
{
	struct shared_device *shared = to_shared(info);

	if (test_and_set_bit(0, &shared->open))
		return -EBUSY;
	if (info->irq != UIO_IRQ_NONE)
		shared_irqcontrol(info, 1); /* if an earlier program has left it disabled */
	return 0;
}

/* The program has closed it, and its mappings are gone. */
static int shared_release(struct uio_info *info, struct inode *inode)
{
	struct shared_device *shared = to_shared(info);

	shared_quiet(shared);
	clear_bit(0, &shared->open);
	return 0;
}

static void shared_forbid(struct vm_area_struct *vma, unsigned long may)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 3, 0)
	vma->vm_flags &= ~may;
#else
	vm_flags_clear(vma, may);
#endif
}

/* UIO has checked that the map exists, and that it is as large. Its own mmap would make the
 * registers Strongly-ordered, and all maps writable. */
static int shared_mmap(struct uio_info *info, struct vm_area_struct *vma)
{
	unsigned long n = vma->vm_pgoff, forbidden = VM_EXEC;
	const struct uio_mem *mem = &info->mem[n];

	if (n == SHARED_MAP_MEMORY)
		forbidden |= VM_WRITE;
	if (vma->vm_flags & forbidden)
		return -EACCES;
	shared_forbid(vma, forbidden & VM_WRITE ? VM_MAYWRITE | VM_MAYEXEC : VM_MAYEXEC);
	if (n == SHARED_MAP_REGISTERS)
		vma->vm_page_prot = pgprot_device(vma->vm_page_prot);
	return remap_pfn_range(vma, vma->vm_start, PHYS_PFN(mem->addr), vma->vm_end - vma->vm_start,
			       vma->vm_page_prot);
}

/* A map of whole pages; none if the section has no bytes. */
static void shared_add_map(struct shared_device *shared, const char *name, int type, u64 start,
			   u64 size)
{
	struct uio_mem *mem = shared->info.mem;

	if (!size)
		return;
	while (mem->size)
		mem++;
	mem->name = name;
	mem->memtype = type;
	mem->addr = start;
	mem->size = size;
}

/* The sections, as the registers give them, if they are whole pages inside of the node's memory. */
static int shared_add_maps(struct shared_device *shared, const struct resource *registers,
			   const struct resource *memory)
{
	u32 id = readl(shared->registers + SHARED_ID);
	u32 peers = readl(shared->registers + SHARED_PEERS);
	u32 table = readl(shared->registers + SHARED_TABLE);
	u32 common = readl(shared->registers + SHARED_COMMON);
	u32 output = readl(shared->registers + SHARED_OUTPUT);
	u32 base = readl(shared->registers + SHARED_BASE);
	u64 outputs = (u64)table + common; /* offset of output section 0 */

	if (peers < 2 || peers > SHARED_MAX_PEERS || id >= peers)
		return dev_err_probe(shared->dev, -EINVAL,
				     "peer %u of %u: expected 2 to %d peers\n", id, peers,
				     SHARED_MAX_PEERS);
	if (base != memory->start || !table || !PAGE_ALIGNED(table | common | output) ||
	    outputs + (u64)peers * output > resource_size(memory))
		return dev_err_probe(
			shared->dev, -EINVAL,
			"sections of %#x, %#x and %u x %#x bytes at %#x are not in %pR\n", table,
			common, peers, output, base, memory);
	shared_add_map(shared, "registers", UIO_MEM_PHYS, registers->start,
		       resource_size(registers));
	shared_add_map(shared, "memory", UIO_MEM_IOVA, base, outputs + (u64)peers * output);
	if (!of_property_read_bool(shared->dev->of_node, "plumbline,read-only")) {
		shared_add_map(shared, "output", UIO_MEM_IOVA, base + outputs + (u64)id * output,
			       output);
		shared_add_map(shared, "common", UIO_MEM_IOVA, (u64)base + table, common);
	}
	return 0;
}

static int shared_add_irq(struct shared_device *shared, struct platform_device *pdev)
{
	int irq = platform_get_irq_optional(pdev, 0);

	if (irq == -ENXIO) {
		shared->info.irq = UIO_IRQ_NONE;
		return 0;
	}
	if (irq < 0)
		return dev_err_probe(shared->dev, irq, "no interrupt\n");
	shared->info.irq = irq;
	shared->info.handler = shared_handler;
	shared->info.irqcontrol = shared_irqcontrol;
	shared->level = irq_get_trigger_type(irq) & IRQ_TYPE_LEVEL_MASK;
	/* A level that is disabled while it is high: at once, not when it comes again. */
	if (shared->level)
		irq_set_status_flags(irq, IRQ_DISABLE_UNLAZY);
	return 0;
}

static int shared_probe(struct platform_device *pdev)
{
	struct device *dev = &pdev->dev;
	struct resource *registers =
		platform_get_resource_byname(pdev, IORESOURCE_MEM, "registers");
	struct resource *memory = platform_get_resource_byname(pdev, IORESOURCE_MEM, "memory");
	struct shared_device *shared;
	int error;

	if (!registers || !memory || resource_size(registers) != PAGE_SIZE ||
	    !PAGE_ALIGNED(registers->start))
		return dev_err_probe(dev, -EINVAL,
				     "reg: expected a page of registers, and memory\n");
	shared = devm_kzalloc(dev, sizeof(*shared), GFP_KERNEL);
	if (!shared)
		return -ENOMEM;
	shared->dev = dev;
	spin_lock_init(&shared->lock);
	shared->registers = devm_ioremap_resource(dev, registers);
	if (IS_ERR(shared->registers))
		return PTR_ERR(shared->registers);
	if (!devm_request_mem_region(dev, memory->start, resource_size(memory), dev_name(dev)))
		return dev_err_probe(dev, -EBUSY, "%pR is in use\n", memory);
	error = shared_add_maps(shared, registers, memory);
	if (error)
		return error;
	error = shared_add_irq(shared, pdev);
	if (error)
		return error;
	/* Resources are freed in reverse order: after the interrupt and the UIO device. */
	error = devm_add_action_or_reset(dev, shared_quiet, shared);
	if (error)
		return error;
	if (of_property_read_string(dev->of_node, "label", &shared->info.name))
		shared->info.name = "plumbline_shared";
	shared->info.version = "1";
	shared->info.mmap = shared_mmap;
	shared->info.open = shared_open;
	shared->info.release = shared_release;
	error = devm_uio_register_device(dev, &shared->info);
	if (error)
		return dev_err_probe(dev, error, "no UIO device\n");
	return 0;
}

static const struct of_device_id shared_ids[] = {
	{ .compatible = "plumbline,shared-memory" },
	{},
};
/* As MODULE_DEVICE_TABLE makes them. Debian's modpost of a 64-bit build machine knows the size of
 * of_device_id of 64-bit kernels only, and refuses the table. */
MODULE_ALIAS("of:N*T*Cplumbline,shared-memory");
MODULE_ALIAS("of:N*T*Cplumbline,shared-memoryC*");

static struct platform_driver shared_driver = {
	.probe = shared_probe,
	.driver = {
		.name = "plumbline_shared",
		.of_match_table = shared_ids,
	},
};
module_platform_driver(shared_driver);

MODULE_DESCRIPTION("Memory that Plumbline's partitions share, by UIO");
MODULE_AUTHOR("The Plumbline project");
MODULE_LICENSE("Dual BSD/GPL");
