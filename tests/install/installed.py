# SPDX-License-Identifier: MIT OR Apache-2.0
"""An installed libvbuf in a scratch folder, and how to build and run what uses it.

The target, which need not be this system, comes in the environment: the compilers CC and
CXX; TARGET, as Meson calls the system; for a cross build CROSS_FILE, and in RUNNER what
runs its programs.
"""
import atexit
import functools
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.dont_write_bytecode = True
sys.path.insert(0, str(ROOT / 'tools'))

MESON = os.environ.get('MESON', 'meson')
COMPILERS = {'.c': (shlex.split(os.environ.get('CC', 'cc')), '-std=c11'),
             '.cpp': (shlex.split(os.environ.get('CXX', 'c++')), '-std=c++17')}
CROSS = ['--cross-file', os.environ['CROSS_FILE']] if os.environ.get('CROSS_FILE') else []
RUNNER = shlex.split(os.environ.get('RUNNER', ''))
WINDOWS = os.environ.get('TARGET') == 'windows'
WARNINGS = ['-Wall', '-Wextra', '-Wpedantic', '-Werror']
NOTHING_ELSE = [f'-D{room}=disabled' for room in ('tests', 'bench', 'examples')]


def output(*command, **more):
    """The standard output of a command that must succeed."""
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True,
                          check=False, stdin=subprocess.DEVNULL, **more)
    if done.returncode:
        raise AssertionError(f'{shlex.join(map(str, command))}\n{done.stdout}{done.stderr}')
    return done.stdout


@functools.lru_cache(maxsize=None)
def scratch():
    """A folder for this run."""
    path = pathlib.Path(tempfile.mkdtemp(prefix='libvbuf-'))
    atexit.register(shutil.rmtree, path, ignore_errors=True)
    return path


def need(*tools):
    """Skip the test unless these are there."""
    missing = [tool for tool in tools if not shutil.which(tool)]
    if missing:
        raise unittest.SkipTest(f'needs {" and ".join(missing)}')


def compiler(source):
    """(command, flag of the standard) for a source; skips where there is no compiler."""
    command, standard = COMPILERS[pathlib.Path(source).suffix]
    need(command[0])
    return command, standard


def tool(name):
    """readelf, say, of the target."""
    prefix = re.match(r'(?:.*-mingw32-)?', pathlib.Path(COMPILERS['.c'][0][-1]).name).group(0)
    return prefix + name


def needed(binary):
    """The shared libraries that a binary asks for."""
    if WINDOWS:
        return re.findall(r'DLL Name: (\S+)', output(tool('objdump'), '-p', binary))
    return re.findall(r'\(NEEDED\).*\[(.*)\]', output(tool('readelf'), '-d', binary))


class Prefix:
    """An installed copy, and pkg-config that sees nothing else."""

    def __init__(self, path):
        self.path = path
        self.pc = next(path.rglob('libvbuf.pc'))
        self.libdir = self.pc.parent.parent
        self.cmake = self.libdir / 'cmake/libvbuf'

    def pkg_config(self, *options):
        environment = dict(os.environ, PKG_CONFIG_LIBDIR=str(self.pc.parent), PKG_CONFIG_PATH='')
        return shlex.split(output('pkg-config', f'--define-variable=prefix={self.path}', *options,
                                  'libvbuf', env=environment))

    def version(self):
        return self.pkg_config('--modversion')[0]

    def series(self):
        """Before 1.0 each second number is an interface of its own."""
        major, minor, _ = self.version().split('.')
        return f'{major}.{minor}' if major == '0' else major

    def shared_name(self):
        """What a program that uses the shared library asks for."""
        return f'libvbuf-{self.series()}.dll' if WINDOWS else f'libvbuf.so.{self.series()}'

    def shared_path(self):
        return (self.path / 'bin' if WINDOWS else self.libdir) / self.shared_name()

    def run(self, program, *arguments):
        """Output of a program, which finds the shared libraries it needs."""
        if WINDOWS:  # and those of the compiler
            folders = {self.path / 'bin'}
            for name in ('libstdc++-6.dll', 'libgcc_s_seh-1.dll', 'libwinpthread-1.dll'):
                found = pathlib.Path(output(*COMPILERS['.cpp'][0], f'-print-file-name={name}').strip())
                if found.is_absolute():
                    folders.add(found.parent)
            where = {'WINEPATH': ';'.join(f'Z:{folder}' for folder in sorted(folders))}
        else:
            where = {'LD_LIBRARY_PATH': str(self.libdir)}
        return output(*RUNNER, program, *arguments, env=dict(os.environ, **where))


@functools.lru_cache(maxsize=None)
def installed(default_library):
    """A prefix that holds what default_library says, moved from where it was installed."""
    build = scratch() / 'build'
    if not build.exists():
        output(MESON, 'setup', '--prefix=/opt/libvbuf', '--libdir=lib', '--buildtype=release',
               *NOTHING_ELSE, *CROSS, build, ROOT)
    output(MESON, 'configure', build, f'-Ddefault_library={default_library}')
    destination = scratch() / f'destination-{default_library}'
    output(MESON, 'install', '-C', build, env=dict(os.environ, DESTDIR=str(destination)))
    moved = scratch() / f'moved-{default_library}'
    (destination / 'opt/libvbuf').rename(moved)
    return Prefix(moved)
