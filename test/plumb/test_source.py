# SPDX-License-Identifier: BSD-2-Clause
"""A manifest's source: the places of nodes and properties, missing files, the form of dtc's
messages."""

import os
import tempfile
import unittest
from pathlib import Path

from plumblib import source
from plumblib.common import ROOT, PlumbError

SHARED = """\
/ { third { a = <1>;
   b = "x"; }; };
"""
SYSTEM = """\
/dts-v1/;
/include/ "shared.dtsi"
/ {
	compatible = "x";
	one: first {
		vcpus = <9>; s = "a /* t.dts:1:1-1:2 */", "b\\"; c = <1>;";
		gone = <1>;
	};
	two:
	second
	{ bar = "x",
		  "y"; dev@1 { pa = <0 1>; }; };
	/* fourth { */ fourth { flag; };
};
&one {
	vcpus = <7>; /* over the first */
	more = <&two>;
};
/delete-node/ &{/second/dev@1};
/ { first { /delete-property/ gone; }; };
/ { second { dev@1 { pa = <0 2>; }; }; };
"""


class InFolder(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.addCleanup(os.chdir, os.getcwd())
        os.chdir(self.folder.name)

    def write(self, **files: str) -> None:
        for name, text in files.items():
            Path(name.replace("_", ".")).write_text(text)


class WhereThingsStand(InFolder):
    def places(self) -> source.Places:
        self.write(shared_dtsi=SHARED, t_dts=SYSTEM)
        return source.find_places(Path("t.dts"))

    def test_properties(self):
        places = self.places()
        for node, name, want in (
                ("/", "compatible", "t.dts:4:2"), ("/third", "a", "shared.dtsi:1:13"),
                ("/third", "b", "shared.dtsi:2:4"), ("/first", "s", "t.dts:6:16"),
                ("/first", "vcpus", "t.dts:16:2"), ("/first", "more", "t.dts:17:2"),
                ("/second", "bar", "t.dts:11:4"), ("/fourth", "flag", "t.dts:13:26"),
                ("/second/dev@1", "pa", "t.dts:21:22")):
            self.assertEqual(str(places.properties[node, name]), want)

    def test_nodes_by_their_names_if_the_brace_is_on_the_same_line(self):
        nodes = self.places().nodes
        self.assertEqual({path: str(place) for path, place in nodes.items()}, {
            "/": "t.dts:21:1", "/third": "shared.dtsi:1:5", "/first": "t.dts:20:5",
            "/second": "t.dts:21:5", "/second/dev@1": "t.dts:21:14", "/fourth": "t.dts:13:17"})

    def test_the_first_place_of_a_node_if_nothing_is_deleted(self):
        self.write(shared_dtsi=SHARED, t_dts=SYSTEM.replace("/delete-node/ &{/second/dev@1};", ""))
        nodes = source.find_places(Path("t.dts")).nodes
        self.assertEqual({path: str(place) for path, place in nodes.items()}, {
            "/": "shared.dtsi:1:1", "/third": "shared.dtsi:1:5", "/first": "t.dts:5:7",
            "/second": "t.dts:11:2", "/second/dev@1": "t.dts:12:10", "/fourth": "t.dts:13:17"})

    def test_what_has_no_place_of_its_own_gets_its_nodes(self):
        places = self.places()
        for name in ("gone", "phandle", "never", ""):
            self.assertEqual(str(places.of("/second" if name == "phandle" else "/first", name)),
                             "t.dts:21:5" if name == "phandle" else "t.dts:20:5")
        self.assertIsNone(places.of("/nowhere", "x"))

    def test_no_place_where_dtc_takes_nothing(self):
        self.write(t_dts="/dts-v1/; / { a = <1 };")
        self.assertEqual(source.find_places(Path("t.dts")), source.Places())

    def test_every_system_of_the_tree(self):
        """A property's place is that of its name; a node's that of its name or its brace."""
        os.chdir(ROOT)
        count = 0
        for system in [*Path("guest").glob("*.dts"), *Path("test/systems").glob("*.dts")]:
            places = source.find_places(system)
            found = [(place, name) for (_, name), place in places.properties.items()]
            found += [(place, path.rsplit("/", 1)[1] or "/") for path, place in places.nodes.items()]
            for place, name in found:
                line = Path(place.file).read_text().split("\n")[place.line - 1]
                self.assertRegex(line[place.column - 1:], r"^(\{|" + source.re.escape(name) + ")")
                count += 1
        self.assertGreater(count, 500)


class NotFound(InFolder):
    def refused(self, text: str) -> str:
        self.write(t_dts=text)
        with self.assertRaises(PlumbError) as caught:
            source.compile_file(Path("t.dts"))
        return str(caught.exception)

    def test_all_of_them_with_the_folders(self):
        Path("images").mkdir()
        self.write(here_bin="x")
        Path("images/zImage").write_text("x")
        said = self.refused('/dts-v1/; / {\n\t/* /incbin/("not.this") */ a = /incbin/("here.bin");\n'
                            '\tb = /incbin/("images/zImge"); // /incbin/("nor.this")\n'
                            '\tc = /incbin/ ( "/absolute/file", 0, 4); s = "/incbin/(\\"x\\")"; };\n')
        self.assertEqual(said, f"""\
t.dts: 2 errors:
t.dts:3:15: /incbin/: "images/zImge" is not there: did you mean 'images/zImage'?
  looked for images/zImge
  looked for {ROOT}/images/zImge
t.dts:4:17: /incbin/: "/absolute/file" is not there: give its path from one of these folders, or from /""")

    def test_in_an_included_file(self):
        Path("sub").mkdir()
        Path("sub/a.dtsi").write_text('/ {\n k = /incbin/("k.bin"); };\n/include/ "b.dtsi"\n')
        Path("sub/b.dtsi").write_text('/include/ "none.dtsi"\n')
        said = self.refused('/dts-v1/;\n/include/ "sub/a.dtsi"\n')
        self.assertIn('sub/a.dtsi:2:15: /incbin/: "k.bin" is not there', said)
        self.assertIn("\n  looked for sub/k.bin\n  looked for k.bin\n", said)
        self.assertIn('sub/b.dtsi:1:11: /include/: "none.dtsi" is not there', said)

    def test_a_guest_of_the_tree(self):
        said = self.refused('/dts-v1/; / { k = /incbin/("build/guest/contrl.bin"); };')
        self.assertIn("did you mean 'build/guest/control.bin'?", said)
        said = self.refused('/dts-v1/; / { k = /incbin/("build/guest/xyzzy.bin"); };')
        self.assertIn("'make build/guest/xyzzy.bin' builds it", said)

    def test_the_folder_of_the_file_comes_first(self):
        Path("sub").mkdir()
        Path("sub/a.dtsi").write_text('/ { k = /incbin/("k.bin"); };\n')
        Path("sub/k.bin").write_text("of the included file")
        self.write(k_bin="of the manifest", t_dts='/dts-v1/;\n/include/ "sub/a.dtsi"\n')
        self.assertIn(b"of the included file", source.compile_file(Path("t.dts")))


class Dtc(InFolder):
    def test_its_messages_have_the_form_of_all(self):
        for said, want in (
                ("Error: t.dts:2.12-13 syntax error\nFATAL ERROR: Unable to parse input tree\n",
                 ["t.dts:2:12: syntax error"]),
                ("t.dts:2.7-37: ERROR (phandle_references): /a: Reference to non-existent node or "
                 "label \"no\"\n\nERROR: Input tree has errors, aborting (use -f to force output)\n",
                 ["t.dts:2:7: /a: Reference to non-existent node or label \"no\""]),
                ("a b:c/t.dts:7.9-11.4: ERROR (duplicate_node_names): /x: Duplicate node name\n",
                 ["a b:c/t.dts:7:9: /x: Duplicate node name"]),
                ("WARNING: t.dts:2.30-41: Value 0x00000001ffffffff truncated to 0xffffffff\n",
                 ["t.dts:2:30: Value 0x00000001ffffffff truncated to 0xffffffff"]),
                ("FATAL ERROR: Couldn't open \"x\": Permission denied\n",
                 ["FATAL ERROR: Couldn't open \"x\": Permission denied"])):
            self.assertEqual(source.dtc_messages(said), want)

    def test_they_name_the_file(self):
        self.write(t_dts="/dts-v1/;\n/ { a = <1 };\n")
        with self.assertRaisesRegex(PlumbError, r"^t\.dts: dtc finds 1 error:\nt\.dts:2:12: syntax"):
            source.compile_file(Path("t.dts"))
        with self.assertRaisesRegex(PlumbError, r"the thing:1:19: syntax"):
            source.compile_source(b"/dts-v1/; / { a = };", [], "the thing")

    def test_a_number_that_does_not_fit_is_an_error_of_every_dtc(self):
        self.write(t_dts="/dts-v1/;\n/ { a = <0x1ffffffff>; };\n")
        with self.assertRaisesRegex(PlumbError, r"t\.dts:2:10: Value"):
            source.compile_file(Path("t.dts"))
