(* SPDX-License-Identifier: BSD-2-Clause *)
(* The machine for Frama-C: 32-bit ARM as the AAPCS has it. *)
let () =
  File.new_machdep "arm"
    { Machdeps.gcc_x86_32 with
      Cil_types.char_is_unsigned = true;
      alignof_longlong = 8;
      alignof_double = 8;
      sizeof_longdouble = 8;
      alignof_longdouble = 8;
      wchar_t = "unsigned int" }
