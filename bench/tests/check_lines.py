# SPDX-License-Identifier: MIT OR Apache-2.0
"""Run a benchmark program for a moment and have every line checked that it prints."""
import argparse
import json
import os
import shlex
import subprocess
import sys


def wrapped(program):
    """Meson tells what runs programs of another system; it cannot put it in itself."""
    return shlex.split(os.environ.get('MESON_EXE_WRAPPER', '')) + [program]


def run(program, *options):
    done = subprocess.run(wrapped(program) + list(options), stdout=subprocess.PIPE)
    return done.returncode, done.stdout.decode('ascii')


def parse(text):
    return [json.loads(line) for line in text.splitlines()]


def report(folder, command, text, *options):
    """The output of a command of bench/report, which must succeed."""
    done = subprocess.run([sys.executable, folder, command, *options], input=text.encode(),
                          stdout=subprocess.PIPE)
    output = done.stdout.decode()
    assert done.returncode == 0, f'report {command}: exit status {done.returncode}\n{output}'
    return output


def check_all(folder, text, listed):
    """Returns the lines, when they are those of the cases listed, and as they should be."""
    report(folder, 'check', text)
    lines = parse(text)
    assert [line['case'] for line in lines[1:]] == listed
    return lines


def check_environment(line):
    """What the programs tell, and old files need not have."""
    assert line['mode'] in ('full', 'quick', 'smoke'), line['mode']
    assert all(value is None or value for value in line['libraries'].values()), line['libraries']
    assert line['batch_ms'] > 0


def check_processes(lines):
    """Each batch in a process of its own tells what it took."""
    if not lines[0]['apart'] or lines[0]['system'] != 'Linux':
        return
    told = set()
    for line in lines[1:]:
        for variant in line['variants']:
            if 'samples' in variant:
                process = variant['process']
                wanted = {'peak_rss', 'final_rss', 'minor_faults', 'major_faults', 'mappings',
                          'charge', 'resident'}
                assert wanted <= set(process), (line['case'], variant['name'], process)
                assert 0 < process['final_rss'] <= process['peak_rss'], process
                assert process['minor_faults'] >= 0, process
                told.update(process)
    if 'b_sanitize=none' in lines[0]['build']:
        assert 'system_calls' in told  # of no batch: nobody may trace here
        check_known_counts(lines[1:])


def check_known_counts(cases):
    """To map and unmap is two calls, and each small page that is touched is a fault."""
    for line in cases:
        variants = {variant['name']: variant for variant in line['variants']}
        if line['subject'] == 'vm' and line['case'] == 'reserve/64KiB':
            known = variants['mmap']  # two looks at the clock may be calls, too
            assert 2 <= known['process']['system_calls'] <= 2 + 2.1 / known['ops'], known
        if line['subject'] == 'vm' and line['case'] == 'first-touch/8MiB':
            known = variants['small pages']['process']
            assert 0.99 <= known['minor_faults'] <= 1.05 and known['major_faults'] == 0, known
            assert 0.99 <= known['resident'] / 2**23 <= 1.1, known


def main():
    args = argparse.ArgumentParser(description=__doc__)
    args.add_argument('--report', required=True)
    args.add_argument('program')
    args = args.parse_args()

    _, names = run(args.program, '--smoke', '--list')
    status, text = run(args.program, '--smoke', '--repeats', '2')
    assert status == 0, f'exit status {status}'
    lines = check_all(args.report, text, names.split())
    report(args.report, 'table', text)

    check_environment(lines[0])
    check_processes(lines)

    # What is no matter of time must hold wherever the kernel is a real one.
    if not os.environ.get('MESON_EXE_WRAPPER'):
        for line in lines[1:]:
            for target in line['targets']:
                assert target['figure'] == 'time' or target['met'] is not False, (
                    line['case'], target)


if __name__ == '__main__':
    main()
