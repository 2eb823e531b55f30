# SPDX-License-Identifier: BSD-2-Clause
"""The state of QEMU's devices: the stream of its command 'migrate', which describes itself (JSON
behind the data, QEMU's docs/devel/migration)."""

import json
import struct
from typing import Any

SECTION_FULL, SUBSECTION = 4, 5


class Stream:
    def __init__(self, data: bytes):
        self.data = data
        end = data.rindex(b"}") + 1
        # The description follows its length, 32 bits, which follow the byte 6
        at = next(at for at in _finds(data, b"\x06")
                  if int.from_bytes(data[at + 1:at + 5], "big") == end - at - 5)
        self.devices = json.loads(data[at + 5:end])["devices"]

    def device(self, name: str, instance: int = 0) -> dict[str, Any]:
        """Its fields by name: numbers, or lists of them; members of subsections, too."""
        found = [one for one in self.devices if one["name"] == name
                 and one["instance_id"] == instance]
        if not found:
            raise LookupError(f"QEMU's state has no device '{name}'")
        text = name.encode()
        head = bytes([len(text)]) + text + struct.pack(">I", instance)
        at = next(at for at in _finds(self.data, head) if self.data[at - 5] == SECTION_FULL)
        values: dict[str, Any] = {}
        self._fields(found[0], at + len(head) + 4, values)
        return values

    def _fields(self, description: dict[str, Any], at: int, values: dict[str, Any]) -> int:
        for field in description.get("fields", []):
            ones: list[Any] = []
            for _ in range(field.get("array_len", 1)):
                if "struct" in field:
                    inner: dict[str, Any] = {}
                    at = self._fields(field["struct"], at, inner)
                    ones.append(inner)
                else:
                    ones.append(int.from_bytes(self.data[at:at + field["size"]], "big"))
                    at += field["size"]
            values[field["name"]] = ones if "array_len" in field else ones[0]
        for section in description.get("subsections", []):
            name = section["vmsd_name"].encode()
            if self.data[at] != SUBSECTION or self.data[at + 2:at + 2 + len(name)] != name:
                raise LookupError(f"QEMU's state: no subsection '{section['vmsd_name']}' at {at}")
            inner = {}
            at = self._fields(section, at + 2 + len(name) + 4, inner)
            values[section["vmsd_name"]] = inner
        return at


def _finds(data: bytes, what: bytes):
    at = data.find(what)
    while at >= 0:
        yield at
        at = data.find(what, at + 1)
