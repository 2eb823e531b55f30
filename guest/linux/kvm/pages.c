// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0
/*
 * Which pages a process has at present, from its page tables, without taking a reference to each:
 * who maps them for a VM holds map_lock, so that an MMU notifier unmaps them before Linux takes one
 * back. Pages that are not there, or that Linux wants to know of first (copy on write, the first
 * store to a clean page, one that has not been used since Linux looked), are left out: for these
 * there is get_user_pages.
 */
#include "vm.h"
#include <linux/highmem.h>
#include <linux/mm.h>
#include <linux/pgtable.h>
#include <linux/userfaultfd_k.h>

/* What has no struct page, or is not for others. */
#define PAGES_SPECIAL (VM_IO | VM_PFNMAP | VM_MIXEDMAP | VM_HUGETLB)

struct pages_walk {
	struct mm_struct *mm;
	bool write;
};

/* A store sets no bit here: it has to be dirty already, as what is written to it is to last. */
static u32 pages_pfn(pte_t pte, bool write)
{
	if (!pte_present(pte) || !pte_access_permitted(pte, write) || !pte_young(pte) ||
	    pte_special(pte) || (write && !pte_dirty(pte)))
		return PAGES_NONE;
	return pte_pfn(pte);
}

/* `count` pages of one table. Since it was found, it may be another one, or be freed after a grace
 * period of RCU, unless its entry is the same under its lock. */
static void pages_of_table(const struct pages_walk *walk, pmd_t *pmd, pmd_t entry, unsigned long at,
			   u32 count, u32 *pfns)
{
	pte_t *table = kmap_local_page(pmd_page(entry));
	spinlock_t *lock = pte_lockptr(walk->mm, &entry);
	u32 first = pte_index(at), n;

	spin_lock(lock);
	if (pmd_val(READ_ONCE(*pmd)) == pmd_val(entry))
		for (n = 0; n < count; n++)
			pfns[n] = pages_pfn(table[first + n], walk->write);
	spin_unlock(lock);
	kunmap_local(table);
}

#ifdef CONFIG_TRANSPARENT_HUGEPAGE
/* `count` pages of one that is huge. */
static void pages_of_huge(const struct pages_walk *walk, pmd_t *pmd, unsigned long at, u32 count,
			  u32 *pfns)
{
	spinlock_t *lock = pmd_lock(walk->mm, pmd);
	pmd_t entry = *pmd;
	u32 n;

	if (pmd_present(entry) && pmd_trans_huge(entry) && pmd_young(entry) &&
	    (!walk->write || (pmd_write(entry) && pmd_dirty(entry))))
		for (n = 0; n < count; n++)
			pfns[n] = pmd_pfn(entry) + ((at & ~PMD_MASK) >> PAGE_SHIFT) + n;
	spin_unlock(lock);
}
#else
static void pages_of_huge(const struct pages_walk *walk, pmd_t *pmd, unsigned long at, u32 count,
			  u32 *pfns)
{
}
#endif

/* `count` pages below one entry of the middle level. */
static void pages_of_entry(const struct pages_walk *walk, unsigned long at, u32 count, u32 *pfns)
{
	pud_t *pud = pud_offset(p4d_offset(pgd_offset(walk->mm, at), at), at);
	pmd_t *pmd, entry;

	if (pud_none(*pud))
		return;
	pmd = pmd_offset(pud, at);
	rcu_read_lock();
	entry = READ_ONCE(*pmd);
	if (pmd_none(entry))
		;
	else if (pmd_trans_huge(entry))
		pages_of_huge(walk, pmd, at, count, pfns);
	else if (!pmd_bad(entry))
		pages_of_table(walk, pmd, entry, at, count, pfns);
	rcu_read_unlock();
}

void pages_find(struct mm_struct *mm, unsigned long at, u32 count, u32 one, bool write, u32 *pfns)
{
	struct pages_walk walk = { mm, write };
	struct vm_area_struct *area = find_vma(mm, at + one * PAGE_SIZE);
	unsigned long first = max(at, area ? area->vm_start : ULONG_MAX), next;
	unsigned long end = min(at + count * PAGE_SIZE, area ? area->vm_end : 0);

	memset32(pfns, PAGES_NONE, count);
	if (!area || area->vm_flags & PAGES_SPECIAL || !(area->vm_flags & VM_READ) ||
	    (write && !(area->vm_flags & VM_WRITE)))
		return;
	for (; first < end; first = next) {
		next = pmd_addr_end(first, end);
		pages_of_entry(&walk, first, (next - first) >> PAGE_SHIFT,
			       pfns + ((first - at) >> PAGE_SHIFT));
	}
}

static bool pages_alone(struct vm_area_struct *area, unsigned long page)
{
	return !area || area->vm_start > page || userfaultfd_armed(area);
}

void pages_narrow(struct mm_struct *mm, unsigned long at, u32 one, u32 *first, u32 *count)
{
	unsigned long page = at + one * PAGE_SIZE, from, to;
	struct vm_area_struct *area = find_vma(mm, page);

	from = pages_alone(area, page) ? page : max(at, area->vm_start);
	to = pages_alone(area, page) ? page + PAGE_SIZE
				     : min(at + *count * PAGE_SIZE, area->vm_end);
	*first = (from - at) >> PAGE_SHIFT;
	*count = (to - from) >> PAGE_SHIFT;
}
