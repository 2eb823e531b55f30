# SPDX-License-Identifier: BSD-2-Clause
"""The device tree that a guest gets when its manifest node has none: QEMU's virt map."""

from dataclasses import dataclass, field

from . import fdt
from .common import PAGE
from .machine import FIRST_SPI, Window, ppis, spis, windows
from .sharedmem import COMPATIBLE, Shared
from .virtio import WINDOW_SIZE, intid

UART_HZ = 24000000
SECURE_TIMER_PPI, HYP_TIMER_PPI = 13, 10  # virt's; no guest has them
SPI, PPI = 0, 1
EDGE_RISING, LEVEL_HIGH = 1, 4


@dataclass
class Passed:
    """A device of the board that the tree describes."""

    name: str
    compatible: list[str]
    base: int
    size: int
    interrupts: list[int]  # numbers as the manifest's: SPI n is n + 32
    edges: frozenset[int] = frozenset()  # those that are edge-triggered
    coherent: bool = False
    step: int = 0  # bytes from one node to the next, with one interrupt each; 0: a single node


@dataclass(frozen=True)
class Clocks:
    """`clock-frequency` of the board's CPUs and timer, as its tree has them: cells, none if absent.
    Linux looks for both, and for the timer's before CNTFRQ, which not every firmware sets."""

    cpu: tuple[int, ...] = ()
    timer: tuple[int, ...] = ()


@dataclass
class GuestShape:
    """The input of the tree; manifest-check has checked all numbers."""

    name: str
    vcpus: int
    memory_base: int
    memory_size: int
    gic: bool
    console: bool
    rtc: bool = False
    watchdog: bool = False
    pmu: bool = False
    doorbell: bool = False  # of the partitions that it manages
    creator: bool = False  # of VMs that it makes
    bootargs: str = ""
    initrd: tuple[int, int] | None = None  # start, end
    passed: list[Passed] = field(default_factory=list)
    clocks: Clocks = Clocks()
    shares: list[tuple[Shared, int]] = field(default_factory=list)  # each with its number as a peer
    virtio: list[int] = field(default_factory=list)  # windows that another partition serves


def _nodes(node: fdt.Node) -> list[fdt.Node]:
    return [node] + [below for child in node.children for below in _nodes(child)]


def board_clocks(board: fdt.Tree) -> Clocks:
    """The clocks of the first CPU, and of the timer that guests use."""
    nodes = _nodes(board.root)
    cpus = [node for node in nodes if node.text("device_type") == "cpu"]
    timers = [node for node in nodes if "arm,armv7-timer" in node.texts("compatible")]
    return Clocks(*(tuple(found[0].cells("clock-frequency")) if found else ()
                    for found in (cpus, timers)))


def _clock_frequency(cells: tuple[int, ...]) -> str:
    return f"clock-frequency = <{' '.join(str(cell) for cell in cells)}>;" if cells else ""


def edge_interrupts(device: fdt.Node) -> frozenset[int]:
    """`interrupt-edge`: numbers; without a value, all of the device's interrupts."""
    if "interrupt-edge" not in device.props:
        return frozenset()
    return frozenset(device.cells("interrupt-edge") or device.cells("interrupt"))


def passed_devices(node: fdt.Node) -> list[Passed]:
    """The partition's devices that its tree describes."""
    passed = []
    for device in node.children:
        compatible = device.texts("dt-compatible")
        if compatible:
            base = device.u32("ipa")
            passed.append(Passed(device.plain_name, compatible,
                                 device.cells("pa")[1] if base is None else base,
                                 device.u32("size") or 0, device.cells("interrupt"),
                                 edges=edge_interrupts(device),
                                 coherent="dt-coherent" in device.props,
                                 step=device.u32("dt-step") or 0))
    return passed


def quote(text: str) -> str:
    """A DTS string literal."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _cpus(shape: GuestShape) -> str:
    clock = _clock_frequency(shape.clocks.cpu)
    clock = clock and " " + clock
    cpus = "".join(
        f"\t\tcpu@{n} {{ device_type = \"cpu\"; compatible = \"arm,cortex-a15\"; "
        f"reg = <{n}>; enable-method = \"psci\";{clock} }};\n" for n in range(shape.vcpus))
    return f"\tcpus {{\n\t\t#address-cells = <1>;\n\t\t#size-cells = <0>;\n{cpus}\t}};\n"


def _chosen(shape: GuestShape) -> str:
    lines = []
    if shape.bootargs:
        lines.append(f"bootargs = {quote(shape.bootargs)};")
    if shape.console:
        uart = windows()["uart"]
        lines.append(f'stdout-path = "/pl011@{uart.base:x}";')
    if shape.initrd:
        start, end = shape.initrd
        lines.append(f"linux,initrd-start = <{start:#x}>;")
        lines.append(f"linux,initrd-end = <{end:#x}>;")
    return "\tchosen {\n" + "".join(f"\t\t{line}\n" for line in lines) + "\t};\n"


def _ppi(shape: GuestShape, ppi: int, level: int) -> str:
    return f"<{PPI} {ppi} {((1 << shape.vcpus) - 1) << 8 | level:#x}>"


def _pmu(shape: GuestShape) -> str:
    overflow = _ppi(shape, ppis()["pmu"], LEVEL_HIGH)
    interrupts = f"\n\t\tinterrupts = {overflow};" if shape.gic else ""
    return f"""\tpmu {{
\t\tcompatible = "arm,cortex-a15-pmu";{interrupts}
\t}};
"""


def _cells(window: Window) -> str:
    return f"<0 {window.base:#x} 0 {window.size:#x}>"


def _reg(window: Window) -> str:
    return f"reg = {_cells(window)}"


def _gic(shape: GuestShape) -> str:
    # The windows are 64 KiB: Linux refuses GICC windows that do not reach GICC_DIR (+0x1000).
    clock = _clock_frequency(shape.clocks.timer)
    clock = clock and "\n\t\t" + clock
    timers = ", ".join(_ppi(shape, ppi, LEVEL_HIGH) for ppi in (
        SECURE_TIMER_PPI, ppis()["timer-phys"], ppis()["timer-virt"], HYP_TIMER_PPI))
    gicd, gicc = windows()["gicd"], windows()["gicc"]
    return f"""\tintc: interrupt-controller@{gicd.base:x} {{
\t\tcompatible = "arm,cortex-a15-gic";
\t\t#interrupt-cells = <3>;
\t\t#address-cells = <0>;
\t\tinterrupt-controller;
\t\t{_reg(gicd)}, {_cells(gicc)};
\t}};
\ttimer {{
\t\tcompatible = "arm,armv7-timer";
\t\tinterrupts = {timers};{clock}
\t\talways-on;
\t}};
"""


def _clock() -> str:
    return f"""\tclock: apb-pclk {{
\t\tcompatible = "fixed-clock";
\t\t#clock-cells = <0>;
\t\tclock-frequency = <{UART_HZ}>;
\t\tclock-output-names = "clk24mhz";
\t}};
"""


def _interrupt(shape: GuestShape, window: Window) -> str:
    return f"\n\t\tinterrupts = <{SPI} {window.spi} {LEVEL_HIGH}>;" if shape.gic else ""


def _console(shape: GuestShape) -> str:
    uart = windows()["uart"]
    return f"""\tpl011@{uart.base:x} {{
\t\tcompatible = "arm,pl011", "arm,primecell";
\t\t{_reg(uart)};{_interrupt(shape, uart)}
\t\tclocks = <&clock>, <&clock>;
\t\tclock-names = "uartclk", "apb_pclk";
\t}};
"""


def _rtc(shape: GuestShape) -> str:
    rtc = windows()["rtc"]
    return f"""\tpl031@{rtc.base:x} {{
\t\tcompatible = "arm,pl031", "arm,primecell";
\t\t{_reg(rtc)};{_interrupt(shape, rtc)}
\t\tclocks = <&clock>;
\t\tclock-names = "apb_pclk";
\t}};
"""


def _watchdog(shape: GuestShape) -> str:
    watchdog = windows()["watchdog"]
    return f"""\twatchdog@{watchdog.base:x} {{
\t\tcompatible = "arm,sp805", "arm,primecell";
\t\t{_reg(watchdog)};{_interrupt(shape, watchdog)}
\t\tclocks = <&clock>, <&clock>;
\t\tclock-names = "wdog_clk", "apb_pclk";
\t}};
"""


def _doorbell(name: str) -> str:
    return f"""\t{name} {{
\t\tcompatible = "plumbline,{name}";
\t\tinterrupts = <{SPI} {spis()[name]} {LEVEL_HIGH}>;
\t}};
"""


def _doorbells(shape: GuestShape) -> str:
    return ((_doorbell("manager") if shape.doorbell else "")
            + (_doorbell("creator") if shape.creator else ""))


def _specifier(device: Passed, intid: int) -> str:
    trigger = EDGE_RISING if intid in device.edges else LEVEL_HIGH
    return f"<{SPI} {intid - FIRST_SPI} {trigger}>"


def _passed_node(device: Passed, base: int, size: int, interrupts: list[int]) -> str:
    names = ", ".join(quote(name) for name in device.compatible)
    lines = [f"compatible = {names};", f"reg = <0 {base:#x} 0 {size:#x}>;"]
    if interrupts:
        cells = ", ".join(_specifier(device, intid) for intid in interrupts)
        lines.append(f"interrupts = {cells};")
    if device.coherent:
        lines.append("dma-coherent;")
    body = "".join(f"\t\t{line}\n" for line in lines)
    return f"\t{device.name}@{base:x} {{\n{body}\t}};\n"


def _passed(device: Passed) -> str:
    if not device.step:
        return _passed_node(device, device.base, device.size, device.interrupts)
    return "".join(_passed_node(device, device.base + n * device.step, device.step, [intid])
                   for n, intid in enumerate(device.interrupts))


def _share(shared: Shared, number: int) -> str:
    """docs/shared-memory.md describes the node."""
    peer = shared.peers[number]
    lines = [f'compatible = "{COMPATIBLE}";', f"label = {quote(shared.name)};",
             f"reg = <0 {peer.registers:#x} 0 {PAGE:#x}>, <0 {peer.ipa:#x} 0 {shared.size:#x}>;",
             'reg-names = "registers", "memory";']
    if peer.intid:
        trigger = EDGE_RISING if shared.edge else LEVEL_HIGH
        lines.append(f"interrupts = <{SPI} {peer.intid - FIRST_SPI} {trigger}>;")
    lines += [f"plumbline,peer = <{number}>;", f"plumbline,peers = <{len(shared.peers)}>;",
              f"plumbline,common-size = <{shared.common:#x}>;",
              f"plumbline,output-size = <{shared.output:#x}>;"]
    if peer.reads:
        lines.append("plumbline,read-only;")
    body = "".join(f"\t\t{line}\n" for line in lines)
    return f"\tshared-memory@{peer.registers:x} {{\n{body}\t}};\n"


def _virtio(shape: GuestShape, window: int) -> str:
    base = windows()["virtio"].base + window * WINDOW_SIZE
    interrupt = f"\n\t\tinterrupts = <{SPI} {intid(window) - FIRST_SPI} {LEVEL_HIGH}>;"
    return f"""\tvirtio_mmio@{base:x} {{
\t\tcompatible = "virtio,mmio";
\t\treg = <0 {base:#x} 0 {WINDOW_SIZE:#x}>;{interrupt if shape.gic else ""}
\t\tdma-coherent;
\t}};
"""


def _devices(shape: GuestShape) -> str:
    devices = ((_console(shape) if shape.console else "") + (_rtc(shape) if shape.rtc else "") +
               (_watchdog(shape) if shape.watchdog else ""))
    passed = "".join(_passed(device) for device in shape.passed)
    shares = "".join(_share(shared, number) for shared, number in shape.shares)
    virtio = "".join(_virtio(shape, window) for window in shape.virtio)
    return (_clock() + devices if devices else "") + passed + shares + virtio


def guest_dts(shape: GuestShape) -> str:
    """The source of the guest's device tree."""
    parent = "\tinterrupt-parent = <&intc>;\n" if shape.gic else ""
    return f"""/dts-v1/;
/ {{
\tcompatible = "linux,dummy-virt";
\tmodel = {quote("Plumbline partition " + shape.name)};
\t#address-cells = <2>;
\t#size-cells = <2>;
{parent}{_chosen(shape)}\tmemory@{shape.memory_base:x} {{
\t\tdevice_type = "memory";
\t\treg = <0 {shape.memory_base:#x} 0 {shape.memory_size:#x}>;
\t}};
{_cpus(shape)}\tpsci {{
\t\tcompatible = "arm,psci-1.0", "arm,psci-0.2", "arm,psci";
\t\tmethod = "hvc";
\t\tcpu_suspend = <0x84000001>;
\t\tcpu_off = <0x84000002>;
\t\tcpu_on = <0x84000003>;
\t}};
{_gic(shape) if shape.gic else ""}{_pmu(shape) if shape.pmu else ""}{_doorbells(shape)}{_devices(shape)}}};
"""
