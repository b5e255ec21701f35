"""Completion in a real bash, zsh and fish, and the manual page: each is made from the one command
table, and checked here against what --help says, which is made by another way."""

import functools
import os
import pathlib
import pty
import re
import select
import shutil
import subprocess
import tempfile
import unittest

from program import run


def words_of_help(text, heading):
    section = text.split(heading + ":\n", 1)
    if len(section) == 1:
        return []
    return [line.split()[0] for line in section[1].splitlines() if re.match(r"  [a-z]", line)]


def options_of_help(text):
    found = set()
    for line in text.splitlines():
        if re.match(r"  -", line):
            found |= {re.match(r"-+[A-Za-z-]+", each)[0] for each in line.split()[0].split(",")}
    return found


@functools.cache
def help_of(*words):
    return run(*words, "--help").out


@functools.cache
def all_commands():
    """(noun, verb or None) of each command."""
    return [(noun, verb) for noun in words_of_help(help_of(), "Subcommands")
            for verb in words_of_help(help_of(noun), "Subcommands") or [None]]


class Bash(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.script = run("completion", "bash").out

    def complete(self, *lines):
        """What a bash offers at the end of each line."""
        asked = "\n".join(
            f"COMP_WORDS=(paceline {' '.join(repr(word) for word in line)}); "
            f"COMP_CWORD={len(line)}; _paceline; echo \"${{COMPREPLY[*]}}\"" for line in lines)
        done = subprocess.run(["bash", "--norc", "-u", "-c", self.script + "\n" + asked],
                              capture_output=True, text=True, check=True)
        self.assertEqual(done.stderr, "")
        return [set(line.split()) for line in done.stdout.splitlines()]

    def test_nouns_verbs_and_options_are_those_of_help(self):
        commands = all_commands()
        self.assertGreater(len(commands), 80)
        nouns = {noun for noun, _ in commands}
        lines, expected = [("",)], [nouns | {"--help"}]
        for noun in nouns:
            verbs = {verb for each, verb in commands if each == noun and verb}
            if verbs:
                lines.append((noun, ""))
                expected.append(verbs | {"--help"})
        for noun, verb in commands:
            words = (noun, verb) if verb else (noun,)
            lines.append((*words, "-"))
            expected.append(options_of_help(help_of(*words)))
        for line, offered, wanted in zip(lines, self.complete(*lines), expected):
            self.assertEqual(offered, wanted, line)

    def test_what_is_written_already_narrows_it(self):
        self.assertEqual(self.complete(("tick",), ("ticket", "re"), ("ticket", "create", "--imp")),
                         [{"ticket"}, {"requeue", "resume", "resolve", "reopen", "reassign"},
                          {"--impact"}])

    def test_values_are_offered_where_there_are_few(self):
        self.assertEqual(self.complete(("serve", "--durability", ""), ("completion", ""),
                                       ("serve", "--durability", "s")),
                         [{"sync", "interval", "none"}, {"bash", "zsh", "fish"}, {"sync"}])

    def test_file_names_are_left_to_bash(self):
        self.assertEqual(self.complete(("serve", "--config", ""), ("config", "check", "x")),
                         [set(), set()])
        self.assertIn("complete -o bashdefault -o default -F _paceline paceline", self.script)


class Zsh(unittest.TestCase):
    """A real zsh with its completion system, on a terminal: what it was offered to show. LISTMAX: it
    is not to ask first whether so many are wanted, which would take the next key for the answer."""

    RC = r"""
PROMPT= RPROMPT= LISTMAX=100000
autoload -Uz compinit && compinit -u -D
zstyle ':completion:*' insert-tab false
typeset -ga hits
compadd() {
  if [[ ${@[1,(i)(-|--)]} == *-(O|A|D)\ * ]]; then builtin compadd "$@"; return $?; fi
  typeset -a found
  builtin compadd -A found "$@"
  hits+=($found)
  builtin compadd "$@"
}
capture() { hits=(); zle list-choices; print -rn -- $'\x01'$BUFFER$'\x03'${(j: :)hits}$'\x02' }
zle -N capture && bindkey '^I' capture && bindkey '^U' kill-whole-line
source "$ZDOTDIR/paceline.zsh"
print -rn -- $'\x01'ready$'\x03\x02'
"""

    @classmethod
    def setUpClass(cls):
        if shutil.which("zsh") is None:
            raise unittest.SkipTest("zsh is not installed: apt-get install zsh")
        folder = pathlib.Path(tempfile.mkdtemp(prefix="paceline-zsh-"))
        cls.addClassCleanup(shutil.rmtree, folder)
        (folder / ".zshrc").write_text(cls.RC)
        (folder / "paceline.zsh").write_text(run("completion", "zsh").out)
        cls.terminal, follower = pty.openpty()
        cls.addClassCleanup(os.close, cls.terminal)
        shell = subprocess.Popen(["zsh", "-d", "-i"], stdin=follower, stdout=follower,
                                 stderr=follower, start_new_session=True, cwd=folder,
                                 env={"PATH": "/usr/bin:/bin", "TERM": "dumb", "HOME": str(folder),
                                      "ZDOTDIR": str(folder)})
        os.close(follower)
        cls.addClassCleanup(shell.wait)
        cls.addClassCleanup(shell.kill)
        cls().hear("ready")

    def hear(self, line):
        """The words that zsh says for this line; what it says for others is passed over."""
        heard = b""
        while True:
            while b"\x02" not in heard:
                ready, _, _ = select.select([self.terminal], [], [], 30)
                self.assertTrue(ready, heard)
                heard += os.read(self.terminal, 65_536)
            said, _, heard = heard.partition(b"\x02")
            about, _, words = said.rpartition(b"\x01")[2].decode().partition("\x03")
            if about == line:
                return set(words.split())

    def complete(self, line):
        os.write(self.terminal, b"\x15" + line.encode() + b"\t")
        return self.hear(line)

    def test_nouns_and_verbs_are_those_of_help(self):
        nouns = {noun for noun, _ in all_commands()}
        self.assertEqual(self.complete("paceline "), nouns)
        for noun in ("ticket", "offer", "backup", "sim"):
            verbs = {verb for each, verb in all_commands() if each == noun}
            self.assertEqual(self.complete(f"paceline {noun} "), verbs)
        self.assertEqual(self.complete("paceline ticket reo"), {"reopen"})

    def test_options_are_those_of_help(self):
        for words in (("serve",), ("trace",), ("ticket", "create"), ("backup", "restore")):
            offered = {word.rstrip("=") for word in self.complete(f"paceline {' '.join(words)} --")}
            wanted = {each for each in options_of_help(help_of(*words)) if each.startswith("--")}
            self.assertEqual(offered, wanted, words)

    def test_values_are_offered_where_there_are_few(self):
        self.assertEqual(self.complete("paceline serve --durability "),
                         {"sync", "interval", "none"})
        self.assertEqual(self.complete("paceline completion "), {"bash", "zsh", "fish"})

    def test_file_names_are_offered_where_a_file_is_wanted(self):
        self.assertIn("paceline.zsh", self.complete("paceline config check p"))


class OtherShells(unittest.TestCase):
    def check(self, shell, *command):
        script = run("completion", shell).out
        for noun, verb in all_commands():
            self.assertIn(f"{noun} {verb}" if verb else noun, script)
        if shutil.which(shell) is None:
            return
        done = subprocess.run([shell, *command], input=script, capture_output=True, text=True,
                              check=False)
        self.assertEqual((done.returncode, done.stderr), (0, ""))

    def test_zsh_reads_it(self):
        self.check("zsh", "-f", "-n", "/dev/stdin")

    def test_fish_reads_it(self):
        self.check("fish", "--no-execute", "/dev/stdin")

    def test_fish_offers_verbs_and_options(self):
        if shutil.which("fish") is None:
            self.skipTest("fish is not installed")
        script = run("completion", "fish").out
        done = subprocess.run(
            ["fish", "--no-config", "-c", script + "\ncomplete -C 'paceline offer '\n"
             "echo ==\ncomplete -C 'paceline serve --durab'\n"
             "echo ==\ncomplete -C 'paceline serve --durability '"],
            capture_output=True, text=True, check=True, env={"PATH": "/usr/bin:/bin", "HOME": "/"})
        verbs, options, values = ({line.split("\t")[0] for line in part.split("\n") if line}
                                  for part in done.stdout.split("==\n", 2))
        self.assertEqual(verbs, {"list", "accept", "decline", "withdraw"})
        self.assertEqual(options, {"--durability"})
        self.assertEqual(values, {"sync", "interval", "none"})

    def test_another_shell_is_refused(self):
        ran = run("completion", "tcsh")
        self.assertEqual((ran.exit, ran.out), (2, ""))


class ManualPage(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.page = run("man").out

    def test_every_command_has_its_section_with_its_options(self):
        sections = dict(part.split("\n", 1) for part in self.page.split(".SS paceline ")[1:])
        commands = {" ".join(filter(None, command)): command for command in all_commands()}
        self.assertEqual({name.replace("\\-", "-") for name in sections}, set(commands))
        for name, command in commands.items():
            shown = sections[name.replace("-", "\\-")].replace("\\-", "-")
            options = options_of_help(help_of(*filter(None, command)))
            for option in options - {"-h", "--help", "-q", "--quiet", "--progress"}:
                self.assertIn(f"\\fB{option}\\fR", shown, name)

    def test_it_is_a_page_of_its_shape(self):
        self.assertTrue(self.page.splitlines()[1].startswith('.TH PACELINE 1 "" "paceline '))
        headings = re.findall(r"^\.SH (.*)$", self.page, re.M)
        self.assertEqual(headings, ["NAME", "SYNOPSIS", "DESCRIPTION", "COMMANDS", "ENVIRONMENT",
                                    "EXIT STATUS"])
        known = {".\\\"", ".ad", ".TH", ".SH", ".SS", ".B", ".I", ".TP", ".PP"}
        self.assertLessEqual({line.split()[0] for line in self.page.splitlines()
                              if line.startswith((".", "'"))}, known)
        for variable in ("PACELINE_CONNECT", "PACELINE_DESK", "NO_COLOR"):
            self.assertIn(variable, self.page.replace("\\-", "-"))

    def test_groff_has_nothing_to_say_about_it(self):
        if shutil.which("groff") is None:
            self.skipTest("groff is not installed")
        done = subprocess.run(["groff", "-man", "-Tutf8", "-ww", "-rCHECKSTYLE=3", "-z"],
                              input=self.page, capture_output=True, text=True, check=False)
        self.assertEqual((done.returncode, done.stderr), (0, ""))

    def test_man_shows_it(self):
        if shutil.which("man") is None:
            self.skipTest("man is not installed")
        done = subprocess.run(["man", "--warnings=all", "-P", "cat", "-l", "-"], input=self.page,
                              capture_output=True, text=True, check=False)
        self.assertEqual(done.stderr, "")
        self.assertIn("paceline ticket create", done.stdout)


if __name__ == "__main__":
    unittest.main()
