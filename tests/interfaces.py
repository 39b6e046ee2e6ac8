#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Prints doc/INTERFACES.md: for each word of tests/interfaces.txt the tests that use it, read off the tests.

A test shows a word when its function, or a helper that it calls, has the word in one of its spellings; what it
proves stands in the test. Strongest first: with a real peer or kernel (e2e), the programs as they are run (tools),
scenarios of the simulator, then unit tests, which for most words only show that they are read.
With --check DOC: fails when a row of DOC names a test that is not there or does not use the word any more, or when a
word has no row; says so when DOC is out of date.
"""
import glob
import os
import re
import sys

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..')
SHOWN = 3
KINDS = [('whack', 'Options of whack'), ('keyword', 'Keywords of conn'), ('setup', 'Keywords of config setup'),
         ('ipsec', 'Commands of ipsec'), ('pluto', 'Options of pluto')]


def read(path):
    with open(path, encoding='utf-8', errors='replace') as f:
        return f.read()


def items():
    for line in read('tests/interfaces.txt').splitlines():
        if line and not line.startswith('#'):
            priority, kind, name, spellings = [x.strip() for x in line.split(' | ')]
            yield priority, kind, name, [x.strip() for x in spellings.split(' ; ')]


def functions(text):
    """name -> body of each shell function of the file, and what stands outside of them."""
    found, outside, name = {}, [], None
    for line in text.splitlines():
        begin = re.match(r'([A-Za-z_0-9]+)\(\)', line)
        if begin:
            name = begin.group(1)
            found[name] = []
        elif line == '}':
            name = None
        elif line.lstrip().startswith('#'):
            continue
        elif name:
            found[name].append(line)
        else:
            outside.append(line)
    return {n: '\n'.join(b) for n, b in found.items()}, '\n'.join(outside)


class Tests:
    def __init__(self):
        self.bodies, self.file_of, self.is_test = {}, {}, set()
        for path in sorted(glob.glob('tests/e2e/lib/*.sh') + glob.glob('tests/e2e/tests/*.sh')):
            bodies, outside = functions(read(path))
            for name, body in bodies.items():
                self.bodies[name] = body
                self.file_of[name] = os.path.basename(path)
            # the arguments of a test stand beside its name
            for line in outside.replace('\\\n', ' ').splitlines():
                for word in re.findall(r'\bt_[A-Za-z_0-9]+', line):
                    self.is_test.add(word)
                    self.bodies[word] = self.bodies.get(word, '') + '\n' + line
        self.callers = {}
        for name, body in self.bodies.items():
            for word in set(re.findall(r'[A-Za-z_0-9]+', body)):
                if word in self.bodies and word != name:
                    self.callers.setdefault(word, []).append(name)
        self.programs = {os.path.relpath(p, 'tests'): read(p) for p in sorted(glob.glob('tests/tools/test_*.sh'))}
        self.scenarios = {os.path.relpath(p, 'tests'): read(p) for p in sorted(glob.glob('tests/sim/scenarios_*.c'))}
        self.units = {os.path.relpath(p, 'tests'): read(p)
                      for p in sorted(glob.glob('tests/unit/*/test_*.c') + glob.glob('tests/unit/*/*.txt'))}

    def tests_of(self, name):
        """The tests that run a function: itself, or its callers' callers."""
        seen, queue, out = {name}, [name], []
        while queue:
            one = queue.pop(0)
            if one in self.is_test:
                out.append(one)
            for caller in self.callers.get(one, []) if one not in self.is_test else []:
                if caller not in seen:
                    seen.add(caller)
                    queue.append(caller)
        return out

    def users(self, spellings, pattern=None):
        pattern = pattern or pattern_of(spellings)

        def uses(text):
            # the search by words is slow: first whether they are there at all
            return (not spellings or any(s in text for s in spellings)) and pattern.search(text)

        direct, through = [], []
        for name, body in self.bodies.items():
            if uses(body):
                for test in self.tests_of(name):
                    (direct if test == name else through).append(test)
        e2e = list(dict.fromkeys(direct + through))
        out = [f'e2e {t} ({self.file_of.get(t, "?")})' for t in e2e]
        out += [t for t, text in {**self.programs, **self.scenarios}.items() if uses(text)]
        return out, [t for t, text in self.units.items() if uses(text)]


def command_pattern(word):
    """A command of ipsec as tests write it: behind the helper that runs it, and what that helper is given."""
    helpers = r"says (?:'[^']*'|\S+)|client \d+|ipsec_on \w+|ipsec|expect \d+ (?:'[^']*'|\S+) ipsec"
    options = r"(?: auto| --(?:config|ctlsocket|rundir|asynchronous)(?: \S+)?)*"
    return re.compile(rf"(?<![-\w/])(?:{helpers}){options} (?:--)?{re.escape(word.lstrip('-'))}(?![-\w])")


def pattern_of(spellings):
    parts = []
    for s in spellings:
        end = '' if s.endswith('=') else r'(?![-\w])'
        parts.append(r'(?<![-\w])' + re.escape(s) + end)
    return re.compile('|'.join(parts))


def rows():
    tests = Tests()
    for priority, kind, name, spellings in items():
        strong, units = tests.users(spellings)
        if kind == 'ipsec' and not strong:
            strong, units = tests.users([], command_pattern(name))
        if kind == 'pluto' or not strong:
            # a C test gives options without their dashes too
            units = units or tests.users(['"' + s.lstrip('-') + '"' for s in spellings])[1]
        yield priority, kind, name, strong, [f'{u} (read only)' for u in units]


def document(table):
    out = ['# What admins and programs already use, and the tests that show it', '',
           'Made by `make interfaces` (`tests/interfaces.py`) from the tests and `tests/interfaces.txt`; `make lint` fails',
           'when a row names a test that does not use the word. A test in the list runs the word; what it proves stands in',
           'it. "read only" is a unit test of the parser or the table, and no more. A row without a test says **none**;',
           'of those many are words that are refused by name, or of IKEv1.', '']
    body, counts = [], {}
    for kind, title in KINDS:
        body += ['', f'## {title}', '', '| | word | shown by |', '|---|---|---|']
        for priority, of, name, strong, units in table:
            if of != kind:
                continue
            shown = (strong or units)[:SHOWN]
            more = len(strong or units) - len(shown)
            what = 'shown' if strong else 'read only' if units else 'none'
            counts.setdefault(priority, {}).setdefault(what, 0)
            counts[priority][what] += 1
            text = '; '.join(shown) + ('; and more' if more > 0 else '') if shown else '**none**'
            body.append(f'| {priority} | `{name}` | {text} |')
    out += ['| | shown | read only | none |', '|---|---|---|---|']
    for priority in sorted(counts):
        c = counts[priority]
        out.append(f'| {priority} | {c.get("shown", 0)} | {c.get("read only", 0)} | {c.get("none", 0)} |')
    return '\n'.join(out + body) + '\n'


def check(path):
    bad = False
    found = {}
    for line in read(path).splitlines():
        row = re.match(r'\| (P\d) \| `(.*)` \| (.*) \|$', line)
        if line.startswith('## '):
            kind = {t: k for k, t in KINDS}[line[3:]]
        if row:
            found[kind, row.group(2)] = [x for x in row.group(3).split('; ') if x != 'and more']
    table = list(rows())
    for priority, kind, name, strong, units in table:
        if (kind, name) not in found:
            print(f'{path}: {kind} {name} ({priority}) has no row')
            bad = True
            continue
        for test in found[kind, name]:
            if test != '**none**' and test not in strong and test not in units:
                print(f'{path}: {kind} {name}: {test} is not there, or does not use it')
                bad = True
    if read(path) != document(table):
        print(f'{path} is out of date: make interfaces')
    return bad


os.chdir(ROOT)
if len(sys.argv) == 3 and sys.argv[1] == '--check':
    sys.exit(check(sys.argv[2]))
sys.stdout.write(document(list(rows())))
