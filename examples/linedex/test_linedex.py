#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""linedex from outside: what it answers, and what it says when something fails.

usage: test_linedex.py LINEDEX

Prints TAP. Meson sets MESON_EXE_WRAPPER where linedex is for another system.
"""
import os
import random
import re
import shlex
import signal
import subprocess
import sys
import tempfile
import traceback

LINEDEX = os.path.abspath(sys.argv[1])
WRAPPER = shlex.split(os.environ.get("MESON_EXE_WRAPPER", ""))
POSIX = os.name == "posix" and not LINEDEX.endswith(".exe")
NATIVE = POSIX and not WRAPPER
TEXT = b"one\ntwo words\nthree more words\n\nwords, words; sword\nend\n"


class Skip(Exception):
    pass


def require(condition, why):
    if not condition:
        raise Skip(why)


def run(*args, stdin=b"", **options):
    """Run linedex; returns exit status, stdout, stderr."""
    if isinstance(stdin, bytes):
        options["input"] = stdin
    else:
        options["stdin"] = stdin
    done = subprocess.run([*WRAPPER, LINEDEX, *args], stdout=options.pop("stdout", subprocess.PIPE),
                          stderr=subprocess.PIPE, timeout=120, **options)
    err = done.stderr.decode(errors="replace").replace("\r\n", "\n")
    require(not re.search("Sanitizer(:.*)? (CHECK failed|failed to allocate)|ReserveShadowMemoryRange|"
                          "loading shared libraries: .*failed to map", err),
            "the sanitizer needs more address space")
    return done.returncode, done.stdout or b"", err


def write(name, data):
    with open(name, "wb") as file:
        file.write(data)
    return name


def is_in(part, whole):
    assert part in whole, f"{part!r} is not in {whole!r}"


def figure(out, name):
    """The text of a figure at the end of the output."""
    found = re.search(rb"^%s +(.*)$" % name.encode(), out, re.M)
    assert found, f"no figure {name!r} in {out!r}"
    return found.group(1).decode()


def check_figures(out, data):
    """Bytes and lines are those of data, and nothing moved."""
    lines = data.count(b"\n") + (data != b"" and not data.endswith(b"\n"))
    assert figure(out, "bytes") == f"{len(data):,}", (out, len(data))
    assert figure(out, "lines") == f"{lines:,}", (out, lines)
    moved = figure(out, "data moved")
    found = re.fullmatch(r"0 times while it grew \d+ times "
                         r"\(checked: its base, and (\d+) raw pointers\)", moved)
    assert found, moved
    assert (int(found.group(1)) > 0) == (len(data) > 0), moved
    faults = figure(out, "page faults")
    assert re.fullmatch(r"[\d,]+", faults) if POSIX else faults, faults


def answers(data, *args):
    """The answers, which must be the same from a file and from a pipe."""
    path = write("input", data)
    out = []
    for code, text, err in (run(*args, path), run(*args, "-", stdin=data), run(*args, stdin=data)):
        assert (code, err) == (0, ""), (code, err)
        check_figures(text, data)
        out.append(text[:re.search(rb"^bytes  ", text, re.M).start()])
    assert out[0] == out[1] == out[2], out
    return out[0]


def line_is_found():
    is_in(b"line 2: two words\n", answers(TEXT, "--line", "2"))
    assert answers(TEXT, "--line=4") == b"line 4: \n"
    assert answers(TEXT, "--line", "6") == b"line 6: end\n"


def line_that_is_not_there():
    assert answers(TEXT, "--line", "7") == b"line 7: none, the text has 6\n"
    assert answers(TEXT, "--line", "0") == b"line 0: none, the text has 6\n"


def word_is_found_whole_and_once_a_line():
    assert answers(TEXT, "--word", "words") == (
        b'word "words": in 3 of 6 lines\n'
        b"  2: two words\n  3: three more words\n  5: words, words; sword\n")
    assert answers(TEXT, "--word", "wor") == b'word "wor": in 0 of 6 lines\n'


def first_few_are_shown():
    assert answers(TEXT, "--word", "words", "--show", "1") == (
        b'word "words": in 3 of 6 lines\n  2: two words\n  and 2 more\n')
    assert answers(TEXT, "--word", "words", "--show", "0") == (
        b'word "words": in 3 of 6 lines\n  and 3 more\n')


def questions_are_answered_in_their_order():
    out = answers(TEXT, "--line", "6", "--word", "two", "--line", "1")
    assert out == b'line 6: end\nword "two": in 1 of 6 lines\n  2: two words\nline 1: one\n'


def empty_text():
    assert answers(b"", "--line", "1", "--word", "x") == (
        b'line 1: none, the text has 0\nword "x": in 0 of 0 lines\n')


def last_line_without_a_newline():
    assert answers(b"a\nb", "--line", "2", "--word", "b") == (
        b'line 2: b\nword "b": in 1 of 2 lines\n  2: b\n')


def carriage_returns_are_not_shown():
    assert answers(b"a\r\nb\rc\r\n\r\n", "--line", "1", "--line", "2", "--line", "3") == (
        b"line 1: a\nline 2: b.c\nline 3: \n")


def nul_bytes_are_bytes():
    assert answers(b"a\0b\n\0\n\0b\0", "--line", "1", "--word", "b") == (
        b'line 1: a.b\nword "b": in 2 of 3 lines\n  1: a.b\n  3: .b.\n')


def long_line_is_cut_at_a_character():
    data = b"short\n" + "\u00e4".encode() * 2_000_000 + b"\nx" + "\u00e4".encode() * 100 + b" word"
    out = answers(data, "--line", "2", "--line", "3", "--word", "word")
    lines = out.decode().splitlines()
    assert lines[0] == "line 2: " + "\u00e4" * 80 + " ... (4000000 bytes)", lines[0]
    assert lines[1] == "line 3: x" + "\u00e4" * 79 + " ... (206 bytes)", lines[1]
    assert lines[2] == 'word "word": in 1 of 3 lines', lines[2]


def random_text_against_a_plain_count():
    rng = random.Random(7)
    words = [b"a", b"ab", b"abc", b"b_a", b"9", b"\xc3\xa4b", b"", b"-"]
    data = b"".join(rng.choice(words) + rng.choice([b" ", b"\n", b"\r\n", b".", b"\0"])
                    for _ in range(200_000))
    lines = data.split(b"\n")
    for word in (b"a", b"ab", b"abc", b"b", b"b_a"):
        inside = re.compile(rb"(?<![A-Za-z0-9_\x80-\xff])%s(?![A-Za-z0-9_\x80-\xff])" % word)
        hits = [i for i, line in enumerate(lines, 1) if inside.search(line)]
        out = answers(data, "--word", word.decode(), "--show", "100")
        is_in(b'": in %d of ' % len(hits), out)
        assert [int(n) for n in re.findall(rb"^  (\d+): ", out, re.M)] == hits[:100]


def megabytes_grow_in_steps():
    data = b"".join(b"line number %d of many\n" % i for i in range(700_000))
    assert answers(data, "--line", "654321") == b"line 654321: line number 654320 of many\n"
    code, out, _ = run("-", stdin=data)
    assert code == 0
    grew, checked = map(int, re.search(r"grew (\d+) times .* (\d+) raw", figure(out, "data moved"))
                        .groups())
    assert 3 <= grew <= 20 and checked > 30, out
    committed = re.match(r"(\S+) MiB for the text", figure(out, "committed"))
    assert 0 <= float(committed.group(1)) - len(data) / 2**20 < 2.2, out  # the tail went back


def small_pages_change_no_answer():
    data = TEXT * 200_000
    plain, small = answers(data, "--word", "more"), answers(data, "--small-pages", "--word", "more")
    assert plain == small


def threads_change_no_answer():
    data = b"".join(b"line %d, every third: %s\n" % (i, b"x" * (i % 3 == 0)) for i in range(100_000))
    questions = ["--word", "x", "--line", "99999", "--word", "every", "--line", "7",
                 "--line", "100001", "--word", "absent", "--line", "0"]
    without = answers(data, "--threads", "0", *questions)
    is_in(b'word "x": in 33334 of 100000 lines\n  1: line 0, every third: x\n', without)
    for threads in ("1", "4", "1000"):
        assert answers(data, "--threads", threads, *questions) == without, threads


def words_are_counted():
    data = TEXT * 5
    out = answers(data, "--count", "words", "--count", "end", "--count", "word", "--count", "sword")
    assert out == (b'word "words": 20 times, the last in line 29\n'
                   b'word "end": 5 times, the last in line 30\n'
                   b'word "word": 0 times\nword "sword": 5 times, the last in line 29\n'), out
    code, out, err = run("--count", "no such", "--threads", "4", "-", stdin=data)
    assert (code, err) == (0, "") and out.startswith(b'word "no such": 0 times\n'), out
    assert figure(out, "words") == "50, of them 7 different", out


def counts_are_those_of_a_plain_count():
    rng = random.Random(11)
    words = [b"w%d" % int(rng.paretovariate(0.6)) for _ in range(100_000)]
    words = [w for w in words if len(w) < 20]
    data = b"".join(w + rng.choice([b" ", b"\n", b".", b"\0"]) for w in words)
    asked = ["w1", "w2", "w3", "w50", words[-1].decode(), "absent"]
    out = answers(data, "--threads", "3", *(arg for w in asked for arg in ("--count", w)))
    for word, line in zip(asked, out.decode().splitlines()):
        at = [m.start() for m in re.finditer(rb"\b%s\b" % word.encode(), data)]
        last = data.count(b"\n", 0, at[-1]) + 1 if at else 0
        where = f", the last in line {last}" if at else ""
        assert line == f'word "{word}": {len(at)} times{where}', line


def full_index_says_so():
    data = b"".join(b"w%d\n" % i for i in range(2_000_000))
    code, out, err = run("--reserve", "20M", "--count", "w0", "-", stdin=data)
    assert code == 1
    assert err.count("linedex: cannot index more words: outside the buffer, or too large\n") == 1, err
    is_in(b'word "w0": 1 times, the last in line 1\n', out)


def answers_come_while_the_text_is_read():
    with subprocess.Popen([*WRAPPER, LINEDEX, "--line", "2", "--line", "1", "--word", "later"],
                          stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        child.stdin.write(b"one\ntwo\nthr")
        child.stdin.flush()
        early = [child.stdout.readline().rstrip(b"\r\n") for _ in range(2)]  # or it hangs
        assert early == [b"line 2: two", b"line 1: one"], early
        out, _ = child.communicate(b"ee later", timeout=120)
    assert child.returncode == 0
    assert out.startswith(b'word "later": in 1 of 3 lines\n  3: three later\n'), out
    assert figure(out, "answers") == "3, of them 2 while the text was being read", out
    check_figures(out, b"one\ntwo\nthree later")


def without_threads_answers_come_at_the_end():
    code, out, err = run("--threads", "0", "--line", "1", "-", stdin=TEXT)
    assert (code, err) == (0, "")
    assert figure(out, "answers") == "1, of them 0 while the text was being read", out


def several_files_are_one_text():
    a, b = write("a", b"1\n2"), write("b", b"3\n4\n")
    code, out, err = run(a, "--line", "2", "-", "--line", "3", "--", b, stdin=b"+\n")
    assert (code, err) == (0, "")
    check_figures(out, b"1\n2+\n3\n4\n")
    assert out.startswith(b"line 2: 2+\nline 3: 3\n"), out


def missing_file_is_named_and_the_rest_read():
    good = write("good", TEXT)
    code, out, err = run("nowhere", good, "--line", "1")
    assert code == 1
    is_in("linedex: cannot open nowhere: No such file", err)
    is_in(b"line 1: one\n", out)
    check_figures(out, TEXT)


def directory_is_no_text():
    os.makedirs("dir", exist_ok=True)
    code, out, err = run("dir")
    assert code == 1
    why = "(Is a directory|Permission denied)"
    assert re.match(f"linedex: cannot (open|read) dir: {why}\n", err), err
    check_figures(out, b"")


def unreadable_file_is_named():
    require(NATIVE, "needs a POSIX parent")
    path = write("secret", TEXT)
    os.chmod(path, 0)
    nobody = (lambda: os.setuid(65534)) if os.getuid() == 0 else None  # root reads everything
    try:
        code, _, err = run(path, preexec_fn=nobody)
    except PermissionError:
        raise Skip("nobody but root may run linedex here") from None
    assert code == 1
    is_in("linedex: cannot open secret: Permission denied", err)


def closed_stdin_is_a_failed_read():
    require(NATIVE, "needs a POSIX parent")
    code, out, err = run(preexec_fn=lambda: os.close(0))
    assert code == 1
    is_in("linedex: cannot read stdin: Bad file descriptor", err)
    check_figures(out, b"")


def full_reservation_keeps_what_was_read():
    data = b"0123456789012345678901234567890\n" * 50_000
    code, out, err = run("--reserve", "1M", "--line", "30000", "-", stdin=data)
    assert code == 1
    is_in("linedex: cannot hold more text: outside the buffer, or too large\n", err)
    is_in("--reserve", err)
    is_in("going on with what was read so far", err)
    is_in(b"line 30000: 0123456789012345678901234567890\n", out)
    assert (1 << 20) <= int(figure(out, "bytes").replace(",", "")) < len(data), out


def full_table_keeps_text_and_lines_together():
    code, out, err = run("--reserve", "1M", "--line", "1", "-", stdin=b"\n" * 500_000)
    assert code == 1
    is_in("linedex: cannot hold more lines: outside the buffer, or too large\n", err)
    assert 0 < int(figure(out, "lines").replace(",", "")) <= 1 << 17, out
    assert figure(out, "lines") == figure(out, "bytes"), out
    is_in(b"line 1: \n", out)


def long_line_that_the_table_has_no_room_for_is_given_up():
    lines = (1 << 20) // 16 + 1
    code, out, err = run("--reserve", "1M", "--line", str(lines), "-",
                         stdin=b"\n" * lines + b"x" * 900_000 + b"\n")
    assert code == 1
    is_in("linedex: cannot hold more lines", err)
    is_in(b"line %d: \n" % lines, out)
    assert figure(out, "lines") == figure(out, "bytes") == f"{lines:,}", out


def limited(**limits):
    import resource

    def limit():
        for name, value in limits.items():
            resource.setrlimit(getattr(resource, "RLIMIT_" + name), (value, value))
    return limit


def few_addresses_make_it_modest():
    require(NATIVE, "needs RLIMIT_AS")
    code, out, err = run("-", "--line", "1", stdin=TEXT * 100, preexec_fn=limited(AS=400 << 20))
    assert (code, err) == (0, ""), (code, err)
    check_figures(out, TEXT * 100)
    reserved = re.match(r"([\d.]+) MiB for the text", figure(out, "reserved"))
    assert reserved and 50 < float(reserved.group(1)) < 200, out


def hardly_any_addresses_are_too_few():
    require(NATIVE, "needs RLIMIT_AS")
    code, out, err = run("-", "--line", "1", stdin=b"x\n" * (30 << 20),
                         preexec_fn=limited(AS=30 << 20))
    assert code == 1, (code, err)
    is_in("linedex: cannot hold more", err)
    is_in(b"line 1: x\n", out)


def refused_commit_names_the_limit():
    require(NATIVE, "needs RLIMIT_DATA")
    limit = 20 << 20
    code, out, err = run("-", "--threads", "0", "--line", "1", stdin=TEXT * 1_000_000,
                         preexec_fn=limited(DATA=limit))  # of which a thread's stack takes much
    require("AddressSanitizer" not in err, "the sanitizer needs more data itself")
    require(code != 0 or "of data" in err, "RLIMIT_DATA does not count private mappings here")
    assert code == 1, (code, err)
    is_in("linedex: cannot hold more", err)
    is_in("a resource limit of the process is reached; the system says: ", err)
    assert "Cannot allocate memory" in err or "Out of memory" in err, err  # glibc, musl
    is_in("of data 20.0 MiB (-d)", err)
    is_in(b"line 1: one\n", out)
    size = int(figure(out, "bytes").replace(",", ""))
    assert limit / 4 < size < limit, size


def closed_pipe_ends_it():
    require(NATIVE, "needs SIGPIPE")
    path = write("input", TEXT)
    read, out = os.pipe()
    os.close(read)
    code, _, err = run(path, stdout=out, restore_signals=True)
    assert (code, err) == (-signal.SIGPIPE, ""), (code, err)
    code, _, err = run(path, stdout=out, restore_signals=False)  # Python ignores SIGPIPE
    assert (code, err) == (1, "linedex: cannot write: Broken pipe\n"), (code, err)
    os.close(out)


def full_disk_is_reported():
    require(NATIVE and os.path.exists("/dev/full"), "no /dev/full")
    with open("/dev/full", "wb") as out:
        for args in (["--line", "1", "-"], ["--help"]):
            code, _, err = run(*args, stdin=TEXT, stdout=out)
            assert (code, err) == (1, "linedex: cannot write: No space left on device\n"), err


def terminal():
    """A pseudo-terminal: our end of it, and the program's."""
    require(NATIVE, "needs a pseudo-terminal")
    import pty
    try:
        return pty.openpty()
    except OSError as why:
        raise Skip(why) from None


def progress_is_for_terminals():
    parent, child = terminal()
    done = subprocess.run([LINEDEX, "-"], input=TEXT * 1000, stdout=subprocess.PIPE, stderr=child,
                          timeout=120)
    os.close(child)
    seen = os.read(parent, 10000)
    os.close(parent)
    assert done.returncode == 0
    assert re.search(rb"\r.* KiB +[\d,]+ lines +0\.\d s", seen), seen
    assert seen.endswith(b" \r"), seen  # and wiped away
    check_figures(done.stdout, TEXT * 1000)


def terminal_on_stdin_gets_help():
    parent, child = terminal()
    code, _, err = run(stdin=child)
    os.close(child)
    os.close(parent)
    assert code == 2
    is_in("usage: linedex", err)


def help_is_help():
    code, out, err = run("--help")
    assert (code, err) == (0, "")
    assert out.startswith(b"usage: linedex"), out


def wrong_arguments():
    for args, why in ((["--lime", "1"], "--lime is unknown"), (["--line"], "--line wants a value"),
                      (["--line", "1x"], "--line wants a number"), (["-x"], "-x is unknown"),
                      (["--line", "99999999999999999999"], "--line wants a number"),
                      (["--word", ""], "--word wants a word"),
                      (["--small-pages=1"], "--small-pages=1 takes no value"),
                      (["--threads", "x"], "--threads wants a number"),
                      (["--reserve", "1Q"], "--reserve wants a size"),
                      (["--reserve=0"], "--reserve=0 wants a size"),
                      (["--reserve", "99999999T"], "--reserve wants a size")):
        code, out, err = run(*args)
        assert (code, out) == (2, b""), (args, code, out)
        is_in("linedex: " + why, err)


def main():
    tests = [line_is_found, line_that_is_not_there, word_is_found_whole_and_once_a_line,
             first_few_are_shown, questions_are_answered_in_their_order, empty_text,
             last_line_without_a_newline, carriage_returns_are_not_shown, nul_bytes_are_bytes,
             long_line_is_cut_at_a_character, random_text_against_a_plain_count,
             megabytes_grow_in_steps, small_pages_change_no_answer, threads_change_no_answer,
             words_are_counted, counts_are_those_of_a_plain_count, full_index_says_so,
             answers_come_while_the_text_is_read, without_threads_answers_come_at_the_end, several_files_are_one_text,
             missing_file_is_named_and_the_rest_read, directory_is_no_text,
             unreadable_file_is_named, closed_stdin_is_a_failed_read,
             full_reservation_keeps_what_was_read, full_table_keeps_text_and_lines_together,
             long_line_that_the_table_has_no_room_for_is_given_up,
             few_addresses_make_it_modest, hardly_any_addresses_are_too_few,
             refused_commit_names_the_limit, closed_pipe_ends_it, full_disk_is_reported,
             progress_is_for_terminals, terminal_on_stdin_gets_help, help_is_help, wrong_arguments]
    failures = 0
    print(f"1..{len(tests)}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        for number, test in enumerate(tests, 1):
            result, skip = "ok", ""
            try:
                test()
            except Skip as why:
                skip = f" # SKIP {why}"
            except Exception:
                traceback.print_exc()
                result = "not ok"
                failures += 1
            print(f"{result} {number} - {test.__name__}{skip}", flush=True)
        os.chdir("/")
    return failures != 0


sys.exit(main())
