# SPDX-License-Identifier: BSD-2-Clause
"""Completion for bash and zsh, made from the parser: commands, options, and their values."""

from .commandline import ANY_FILE, Argument, Command

BASH = """\
# SPDX-License-Identifier: BSD-2-Clause
# Completion of plumb for bash, made by 'plumb completion bash'.

# Files whose name matches a pattern, and folders.
_plumb_files()
{
	compopt -o filenames 2>/dev/null
	mapfile -t COMPREPLY < <(compgen -f -X "!$1" -- "$2"; [ "$1" = '*' ] || compgen -d -- "$2")
}

_plumb_words()
{
	mapfile -t COMPREPLY < <(compgen -W "$1" -- "$2")
}

_plumb()
{
	local current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}
	local command=plumb i

	COMPREPLY=()
	# --option=value is three words here.
	if [ "$current" = = ]; then
		current=
	elif [ "$before" = = ]; then
		before=${COMP_WORDS[COMP_CWORD-2]}
	fi
	for ((i = 1; i < COMP_CWORD; i++)); do
		case "$command ${COMP_WORDS[i]}" in
		@COMMANDS@) command="$command ${COMP_WORDS[i]}" ;;
		esac
	done
	case "$command $before" in
@VALUES@	esac
	case "$command $current" in
@OPTIONS@	esac
	case "$command" in
@ARGUMENTS@	esac
}

complete -F _plumb plumb
"""


# As a file of $fpath, zsh runs it at the first completion; a shell may also source it.
ZSH_TAIL = """
if [[ $funcstack[1] = _plumb ]]; then
	_plumb "$@"
else
	compdef _plumb plumb
fi
"""


def _either(words: list[str]) -> str:
    return " | ".join(f'"{word}"' for word in words)


def _bash_words(words: list[str]) -> str:
    return f"_plumb_words '{' '.join(words)}' \"$current\""


def _bash_action(argument: Argument) -> str:
    if argument.values:
        return _bash_words(argument.values)
    return f"_plumb_files '{argument.files}' \"$current\"" if argument.files else ":"


def _bash_rows(rows: dict[str, list[str]], end: str = "") -> str:
    """A row for each action, with the patterns that select it in front."""
    return "".join(f"\t{_either(heads)}) {action}{end} ;;\n" for action, heads in rows.items())


def bash(top: Command) -> str:
    commands = [" ".join(command.words) for command in top.all()]
    values: dict[str, list[str]] = {}
    arguments: dict[str, list[str]] = {}
    options = ""
    for command in top.all():
        name = " ".join(command.words)
        for option in command.options:
            if option.metavar:
                values.setdefault(_bash_action(option), []).extend(
                    f"{name} {flag}" for flag in option.flags)
        flags = [flag for option in command.options for flag in option.flags]
        options += f'\t"{name} -"*) {_bash_words(flags)}; return ;;\n'
        if command.inner:
            inner = _bash_words([sub.words[-1] for sub in command.inner])
            arguments.setdefault(inner, []).append(name)
        elif command.arguments:
            arguments.setdefault(_bash_action(command.arguments[0]), []).append(name)
    return (BASH.replace("@COMMANDS@", _either(commands[1:]))
            .replace("@VALUES@", _bash_rows(values, "; return"))
            .replace("@OPTIONS@", options)
            .replace("@ARGUMENTS@", _bash_rows(arguments)))


def _zsh_quoted(text: str, special: str) -> str:
    """For a part of a specification in single quotes."""
    for char in "\\" + special:
        text = text.replace(char, "\\" + char)
    return text.replace("'", "'\\''")


def _zsh_action(argument: Argument) -> str:
    if argument.values:
        return f"({' '.join(argument.values)})"
    if not argument.files:
        return ""
    return "_files" if argument.files == ANY_FILE else f'_files -g "{argument.files}"'


def _zsh_option(option: Argument) -> str:
    """'(-o --output)'{-o+,--output=}'[help]:FILE:_files': with + and = the value may follow in the
    same word."""
    said = f"[{_zsh_quoted(option.help, '[]:')}]" if option.help else ""
    takes = ""
    if option.metavar:
        takes = f":{_zsh_quoted(option.metavar, ':')}:{_zsh_action(option)}"
    flags = [flag + (("=" if flag.startswith("--") else "+") if takes else "")
             for flag in option.flags]
    star = "*" if option.repeated else ""
    if len(flags) == 1:
        return f"'{star}{flags[0]}{said}{takes}'"
    apart = "" if option.repeated else f"({' '.join(option.flags)})"
    return f"'{star}{apart}'{{{','.join(flags)}}}'{said}{takes}'"


def _zsh_argument(argument: Argument) -> str:
    colons = "::" if argument.optional else ":"
    return f"'{colons}{_zsh_quoted(argument.metavar, ':')}:{_zsh_action(argument)}'"


def _zsh_function(command: Command) -> str:
    name = "_" + "_".join(command.words)
    specs = [_zsh_option(option) for option in command.options]
    if not command.inner:
        specs += [_zsh_argument(argument) for argument in command.arguments]
        lines = " \\\n\t\t".join(specs)
        return f"{name}()\n{{\n\t_arguments -s -S \\\n\t\t{lines}\n}}\n"
    specs += ["'1:command:->command'", "'*::argument:->argument'"]
    inner = "".join(f"\t\t\t'{sub.words[-1]}:{_zsh_quoted(sub.summary, ':')}'\n"
                    for sub in command.inner)
    cases = "".join(f"\t\t{sub.words[-1]}) _{'_'.join(sub.words)} ;;\n" for sub in command.inner)
    lines = " \\\n\t\t".join(specs)
    return (f"{name}()\n{{\n\tlocal curcontext=$curcontext state line\n\tlocal -a commands\n\n"
            f"\t_arguments -C -S \\\n\t\t{lines} && return\n"
            f"\tcase $state in\n\tcommand)\n\t\tcommands=(\n{inner}\t\t)\n"
            "\t\t_describe command commands\n\t\t;;\n"
            f"\targument)\n\t\tcase $words[1] in\n{cases}\t\tesac\n\t\t;;\n\tesac\n}}\n")


def zsh(top: Command) -> str:
    head = ("#compdef plumb\n# SPDX-License-Identifier: BSD-2-Clause\n"
            "# Completion of plumb for zsh, made by 'plumb completion zsh'.\n\n")
    return head + "\n".join(map(_zsh_function, top.all())) + ZSH_TAIL
