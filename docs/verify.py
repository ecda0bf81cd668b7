#!/usr/bin/env python3
"""Verifies a sealed log, the files of an upstream against it, or a proof: integrity.md says what and why.

Needs Python 3.9 or later and the command `openssl`, nothing else. It was written from that text alone, so
it shows that the text is enough. It checks Ed25519 signatures, not ML-DSA, and holds all in memory.

Exit code: 0 good; 1 tampering shown; 2 usage; 3 cannot tell, such as a line that is not sealed yet.
"""
import argparse, base64, contextlib, datetime, functools, gzip, hashlib, itertools, os, re, shlex, statistics
import struct, subprocess, sys, tempfile, urllib.error, urllib.request, zlib
from bisect import bisect_left, bisect_right
from collections import Counter, namedtuple

GOOD, TAMPERED, USAGE, UNCLEAR = range(4)
TILE = 256                  # hashes in a full tile
DROPPED_TOGETHER = 1 << 20  # leaf hashes

class Tampered(Exception): pass
class Unclear(Exception): pass
class Usage(Exception): pass

def need(condition, what):
    if not condition:
        raise Tampered(what)

@contextlib.contextmanager
def within(where):
    try:
        yield
    except (Tampered, ValueError, struct.error, zlib.error) as error:
        raise Tampered(f"{where}: {error}") from None

# ---- The tree (RFC 6962)

def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()

def leaf_hash(entry):
    return sha256(b"\0", entry)

def node_hash(left, right):
    return sha256(b"\1", left, right)

def message_hash(message):
    short = len(message) <= 65534
    return leaf_hash(b"\1" + message if short else struct.pack(">BI", 3, len(message)) + sha256(message))

class Tree:
    """levels[L] has the hashes of tile/L; of level 0, those before `first` were dropped."""

    def __init__(self, size):
        self.size, self.first = size, 0
        self.levels = [[None] * (size >> 8 * level) for level in range(8) if size >> 8 * level]

    def put(self, level, first, hashes, path):
        known = self.levels[level] if level < len(self.levels) else ()
        for i in range(first, min(first + len(hashes) // 32, len(known))):     # no checkpoint covers the rest
            value = hashes[32 * (i - first):32 * (i - first + 1)]
            need(known[i] in (None, value), f"{path}: hash {i} is another one elsewhere")
            known[i] = value

    def check(self):
        self.first = next((i for i, value in enumerate(self.levels[0]) if value), 0) if self.levels else 0
        need(self.first % DROPPED_TOGETHER == 0, f"tile/0: hashes before {self.first} are missing")
        for level, hashes in enumerate(self.levels):
            need(None not in hashes[0 if level else self.first:], f"tile/{level}: hashes are missing")
            for i in range(self.first // TILE if level == 1 else 0, len(hashes) if level else 0):
                need(self.node(8 * level, i, stored=False) == hashes[i],
                     f"tile/{level}: hash {i} is not the root over those below it")

    def node(self, height, index, stored=True):
        """The root over the 2^height leaves from index * 2^height on."""
        if height % 8 == 0 and stored:
            return self.levels[height // 8][index]
        return node_hash(self.node(height - 1, 2 * index), self.node(height - 1, 2 * index + 1))

    def root(self, size):
        """The root over the first leaves; None if leaf hashes that it takes were dropped."""
        if size % TILE and size < self.first:
            return None
        peaks = [self.node(h, (size >> h) - 1) for h in range(size.bit_length()) if size >> h & 1]
        return functools.reduce(lambda right, left: node_hash(left, right), peaks) if peaks else sha256()

# ---- Checkpoints (C2SP signed-note, tlog-checkpoint)

Key = namedtuple("Key", "name id public")

def base64_strict(text):
    """Octets that cannot be written in another way."""
    octets = base64.b64decode(text, validate=True)
    need(base64.b64encode(octets).decode() == text, "not the base64 of anything")
    return octets

def read_keys(argument):
    """Ed25519 keys of a verifier key, or of a file with one or more; those of other types are passed by."""
    keys = []
    for line in (read_file(argument).decode() if os.path.isfile(argument) else argument).split():
        name, number, public = line.split("+", 2)
        public = base64_strict(public)
        need(number == sha256(name.encode(), b"\n", public)[:4].hex(), "another key id")
        if public[0] == 1 and len(public) == 33:
            keys.append(Key(name, bytes.fromhex(number), public[1:]))
    need(keys, "no Ed25519 key")
    return keys

@functools.lru_cache(maxsize=None)
def ed25519(public, text, signature):
    public_der = bytes.fromhex("302a300506032b6570032100") + public          # RFC 8410
    with tempfile.TemporaryDirectory() as folder:
        for name, octets in (("key", public_der), ("text", text), ("signature", signature)):
            with open(os.path.join(folder, name), "wb") as file:
                file.write(octets)
        command = "openssl pkeyutl -verify -rawin -pubin -keyform DER -inkey key -in text -sigfile signature"
        return subprocess.run(command.split(), cwd=folder, capture_output=True).returncode == 0

def open_checkpoint(note, keys):
    """Size and root of a checkpoint that every key has signed."""
    text, blank, signatures = note.decode().partition("\n\n")
    match = re.fullmatch("([^\n]+)\n(0|[1-9][0-9]{0,18})\n([^\n]{44})", text)
    need(match and signatures.endswith("\n"), "not a checkpoint")
    signed = set()
    for line in signatures[:-1].split("\n"):
        dash, name, signature = line.split(" ")
        signature = base64_strict(signature)
        need(dash == "\u2014", "not a signature line")
        for key in keys:
            if (key.name, key.id) == (name, signature[:4]):
                need(ed25519(key.public, f"{text}\n".encode(), signature[4:]), "wrong signature")
                signed.add(key)
    need(signed and signed == set(keys), "not signed by the key")
    need(match[1] in {key.name for key in keys}, "of another origin than the key")
    return int(match[2]), base64_strict(match[3])

# ---- Where a log lies

def read_file(path):
    with open(path, "rb") as file:
        return file.read()

class Store:
    """The folder of an export, or `/integrity` of a relay's admin listener."""

    def __init__(self, place, token):
        self.place, self.token, self.remote = place.rstrip("/"), token, re.match("https?://", place)

    def read(self, name):
        path = f"{self.place}/{name}"
        try:
            if not self.remote:
                return read_file(path)
            request = urllib.request.Request(path)
            if self.token and name.startswith("tile/entries/"):
                request.add_unredirected_header("Authorization", "Bearer " + self.token)
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.read()
        except Exception as error:                         # of HTTP there are many
            if isinstance(error, (FileNotFoundError, NotADirectoryError)) or getattr(error, "code", 0) == 404:
                return None
            raise Unclear(f"{path}: {error}") from None

    def list(self, folder):
        """What lies below a folder; of a relay that is not known."""
        for path, _, names in () if self.remote else os.walk(f"{self.place}/{folder}"):
            yield from (os.path.relpath(f"{path}/{name}", self.place) for name in names)

def tile_path(level, number, width):
    groups = f"{number % 1000:03}"
    while number >= 1000:
        number //= 1000
        groups = f"x{number % 1000:03}/{groups}"
    return f"tile/{level}/{groups}" + (f".p/{width}" if width < TILE else "")

def tiles(store, size, levels):
    """(level, first, width, path, octets) of a tree's tiles or bundles, and of all others that lie there."""
    paths = set(store.list("tile"))
    for level in levels:
        count = size if level == "entries" else size >> 8 * int(level)
        paths.update(tile_path(level, i, min(TILE, count - i * TILE)) for i in range(-(-count // TILE)))
    for path in sorted(paths):
        match = re.fullmatch(r"tile/(\w+)/((?:x\d{3}/)*\d{3})(?:\.p/(\d{1,3}))?", path)
        if match and match[1] in levels:
            octets, width = store.read(path), int(match[3] or TILE)
            if octets is None and match[3]:                # a full one may have taken its place since
                octets, width = store.read(path[:path.index(".p")]), TILE
            if octets is not None:
                yield match[1], int(re.sub("[x/]", "", match[2])) * TILE, width, path, octets

def files(store, folder, pattern):
    """(path, name, octets) of a folder's files, in order."""
    sizes = {path: 0 for path in store.list(folder) if re.fullmatch(f"{folder}/{pattern}", path)}
    for line in (store.read(f"{folder}/index") or b"").decode(errors="replace").splitlines():
        match = re.fullmatch(f"({pattern}) ([0-9]{{1,18}})", line)
        need(match, f"{folder}/index: {line:.100}")
        sizes[f"{folder}/{match[1]}"] = int(match[2])
    for path, size in sorted(sizes.items()):
        octets = store.read(path)
        need(octets is not None and len(octets) >= size, f"{path}: missing, or cut off")
        yield path, path[len(folder) + 1:], octets

CRC32C = range(256)
for _ in range(8):
    CRC32C = [value >> 1 ^ (value & 1) * 0x82F63B78 for value in CRC32C]

def crc32c(octets):
    crc = 0xFFFFFFFF
    for octet in octets:
        crc = CRC32C[(crc ^ octet) & 255] ^ crc >> 8
    return struct.pack(">I", crc ^ 0xFFFFFFFF)

def check_header(path, octets, *headers):
    need(any(octets.startswith(header + crc32c(header)) for header in headers), f"{path}: damaged header")

# ---- A log, in the steps of the text

def read_tree(store, size):
    tree = Tree(size)
    for level, first, width, path, octets in tiles(store, size, "01234567"):
        need(len(octets) == 32 * width, f"{path}: {len(octets)} octets, not {32 * width}")
        tree.put(int(level), first, octets, path)
    tree.check()
    return tree

def check_checkpoints(store, tree, keys):
    """How many could be checked. Those behind the newest that was read are passed by: the log has grown."""
    checked, last = 0, -1
    for path, _, octets in files(store, "checkpoints", r"[0-9]{8}\.notes"):
        check_header(path, octets, b"SEALCKPT\0\1\0\0", b"SEALCKPT\0\1\0\1")
        at = 16
        while at < len(octets):
            end = at + 28 + int.from_bytes(octets[at + 4:at + 8], "big")
            if end > len(octets) and last >= tree.size:
                break                                      # it was being written
            with within(f"{path}: record at octet {at}"):
                header, crc, note = octets[at:at + 24], octets[at + 24:at + 28], octets[at + 28:end]
                need(header.startswith(b"CKPT") and crc == crc32c(header + note), "damaged")
                size, root = open_checkpoint(note, keys)
                need(size > last, f"over {size} entries, and the one before over {last}")
                ours = tree.root(size) if size <= tree.size else None
                need(ours in (None, root), f"over {size} entries, but with another root")
            checked, last, at = checked + (ours is not None), size, end
    need(last >= tree.size, "checkpoints: the newest is not among them")
    return checked

class Reader:
    """Takes each value only as it is written: that saves encoding an entry again to compare."""

    def __init__(self, octets):
        self.octets, self.at = octets, 0

    def take(self, count):
        need(self.at + count <= len(self.octets), "cut off")
        self.at += count
        return self.octets[self.at - count:self.at]

    def u8(self, allowed=range(256)):
        value = self.take(1)[0]
        need(value in allowed, f"{value} where {list(allowed)} could be")
        return value

    def n(self):
        octets = self.take(1)
        while octets[-1] > 127:
            octets += self.take(1)
        need(octets[-1] or len(octets) == 1, "a number in more octets than it takes")
        return sum((octet & 127) << 7 * i for i, octet in enumerate(octets))

    def z(self):
        value = self.n()
        return value >> 1 ^ -(value & 1)

    def text(self):
        return self.take(self.n()).decode()

    def source(self):
        start = self.at
        self.u8(range(6))                                  # transport
        self.take(self.u8([0, 4, 16]) + 2)                 # address and port
        self.n(), self.text()                              # connection, listener
        certificate = self.u8(range(3))
        self.text() if certificate == 2 else self.take(32 * certificate)
        return self.octets[start:self.at]

Run = namedtuple("Run", "time upstreams")

def decode(entry):
    """Of an entry of metadata: first leaf, number of messages, and (messages, Run) for each run of them."""
    reader = Reader(entry)
    reader.u8([2]), reader.u8([1])
    first, _, count, time = (reader.n() for _ in range(4))
    sources = [reader.source() for _ in range(reader.n())]
    runs, behind, before, used, changed = [], {}, None, 0, -1
    for _ in range(reader.n()):
        source, delta, gap, messages, upstreams = reader.n(), reader.z(), reader.z(), reader.n(), reader.n()
        need(source <= len(behind), "sources out of order")
        need(messages and (delta or gap or before != (source, upstreams)), "a run in two")
        time, behind[source] = time + delta, behind.get(source, 0) + gap + messages
        before, used = (source, upstreams), used | upstreams
        runs.append((messages, time, upstreams))
    need(len(behind) == len(set(sources)) == len(sources), "a source twice, or without a run")
    need(sum(messages for messages, _, _ in runs) == count, "more or fewer messages than in the runs")
    for _ in range(reader.n()):
        delta = reader.n()
        need(delta or changed < 0, "a message changed twice")
        changed = max(changed, 0) + delta
        reader.u8()                                        # form
        need(changed < count and reader.n() < 1 << 32, "a change of no message, or for unknown reasons")
        reader.take(32 * reader.u8(range(2)))
    names = [(reader.n(), reader.text()) for _ in range(reader.n())]
    need([i for i, _ in names] == [i for i in range(used.bit_length()) if used >> i & 1], "other upstreams")
    need(reader.at == len(entry), "octets behind it")
    return first, count, [(messages, Run(time, frozenset(name for i, name in names if upstreams >> i & 1)))
                          for messages, time, upstreams in runs]

class Metadata:
    """runs[leaf - first]: the run of a message, None where metadata stands itself."""

    def __init__(self, store, tree):
        self.tree, self.first, self.runs = tree, None, []
        for path, name, octets in files(store, "metadata", r"[0-9]{20}\.batches"):
            first, at = int(name[:20]), 24
            self.first = first if self.first is None else self.first
            need(first == self.end(), f"{path}: not where the file before ends")
            check_header(path, octets, struct.pack(">8sIQ", b"SEALMETA", 1, first))
            while at < len(octets) and self.end() < tree.size:
                with within(f"{path}: block at octet {at}"):
                    at = self.read_block(octets, at)
        self.first = self.first or 0
        need(self.first <= tree.first, f"metadata: begins at {self.first}, and leaf hashes at {tree.first}")
        need(self.end() >= tree.size, f"metadata: ends at {self.end()}, before the newest checkpoint does")

    def end(self):
        return self.first + len(self.runs)

    def read_block(self, octets, at):
        magic, length, inflated, count, first, end, crc = struct.unpack_from(">4sIIIQQ4s", octets, at)
        content, behind = octets[at + 36:at + 36 + length], at + 36 + length
        need(magic == b"META" and crc == crc32c(octets[at:at + 32] + content), "damaged")
        need(first == self.end() and end <= self.tree.size, "not where the block before ends")
        inflate, at = zlib.decompressobj(), 0
        content = inflate.decompress(content, inflated + 1)
        need(inflate.eof and not inflate.unused_data and len(content) == inflated, "not what it inflates to")
        for _ in range(count):
            length, = struct.unpack_from(">I", content, at)
            entry, at = content[at + 4:at + 4 + length], at + 4 + length
            first, messages, runs = decode(entry)
            leaf = first + messages
            need(first == self.end() and leaf < end, f"entry {leaf}: not where the one before ends")
            need(leaf < self.tree.first or leaf_hash(entry) == self.tree.levels[0][leaf],
                 f"entry {leaf}: another one than in the log")
            self.runs += [run for messages, run in runs for _ in range(messages)] + [None]
        need(at == len(content) and end == self.end(), "not the entries that it says")
        return behind

def check_bundles(store, tree):
    checked = set()
    for _, first, width, path, octets in tiles(store, tree.size, ["entries"]):
        at = 0
        for leaf in range(first, first + width):
            end = at + 2 + int.from_bytes(octets[at:at + 2], "big")
            need(at + 2 <= end <= len(octets), f"{path}: cut off")
            if tree.first <= leaf < tree.size:
                need(leaf_hash(octets[at + 2:end]) == tree.levels[0][leaf], f"{path}: another entry {leaf}")
                checked.add(leaf)
            at = end
        need(at == len(octets), f"{path}: octets behind the last entry")
    return len(checked)

class Log:
    def __init__(self, store, keys, say):
        note = store.read("checkpoint")
        if note is None:
            raise Unclear(f"{store.place}: no checkpoint, so no log")
        with within("checkpoint"):
            self.size, root = open_checkpoint(note, keys)
        self.tree = read_tree(store, self.size)
        need(self.tree.root(self.size) == root, "tiles: another root than the newest checkpoint has")
        say(GOOD, f"good: newest checkpoint, over {self.size} entries, and hashes from {self.tree.first} on")
        say(GOOD, f"good: {check_checkpoints(store, self.tree, keys)} stored checkpoints")
        self.metadata = Metadata(store, self.tree)
        say(GOOD, f"good: metadata of entries from {self.metadata.first} on")
        try:
            say(GOOD, "not checked: entries, for there is no --token" if store.remote and not store.token else
                f"good: {check_bundles(store, self.tree)} entries in bundles")
        except Unclear as error:
            say(GOOD, f"not checked: entries: {error}")

    def run(self, leaf):
        """None if it is no message, or its metadata was dropped."""
        known = self.metadata.first <= leaf < self.size
        return self.metadata.runs[leaf - self.metadata.first] if known else None

    def describe(self, leaf):
        run = self.run(leaf)
        with contextlib.suppress(OverflowError):
            time = run and datetime.datetime(1970, 1, 1) + datetime.timedelta(microseconds=run.time)
            return f"entry {leaf}, received {time:%FT%T.%fZ}" if run else f"entry {leaf}"
        return f"entry {leaf}, received at no time"

def verify_proof(octets, keys):
    """C2SP tlog-proof, with the entry in `extra`."""
    def root(node, index, size, path):
        if size == 1:
            need(not path, "too many hashes")
            return node
        need(path, "too few hashes")
        left = 1 << (size - 1).bit_length() - 1
        if index < left:
            return node_hash(root(node, index, left, path[:-1]), path[-1])
        return node_hash(path[-1], root(node, index - left, size - left, path[:-1]))

    with within("proof"):
        head, _, note = octets.partition(b"\n\n")
        pattern = "c2sp.org/tlog-proof@v1\nextra (.+)\nindex (0|[1-9][0-9]{0,18})((?:\n.{44})*)"
        match = re.fullmatch(pattern, head.decode())
        need(match, "not a proof")
        entry, index, path = base64_strict(match[1]), int(match[2]), match[3].split()
        size, expected = open_checkpoint(note, keys)
        need(index < size, "of an entry behind the checkpoint")
        path = [base64_strict(text) for text in path]
        need(root(leaf_hash(entry), index, size, path) == expected, "another root than the checkpoint has")
    return f"good: entry {index} of {size} in {keys[0].name}: {entry[1:]!r:.300}"

# ---- Files of an upstream

PRI = rb"<[0-9]{1,3}>1 "
ISO = rb"[0-9]{4}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-6][0-9](?:\.[0-9]{1,9})?(?:Z|[+-][0-9:]{5}) "
BSD = rb"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [ 1-3][0-9] [0-2][0-9]:[0-5][0-9]:[0-6][0-9] "
FRAME = re.compile(b"([1-9][0-9]{0,8}) " + PRI)
ELEMENT = rb'\[ckpt@[0-9]+ o="%b" n="%b" r="%b" s0="%b"\]' % ((rb'((?:[^"\\\]]|\\["\\\]])*)',) * 4)
NEWEST = re.compile(b"<110>1 " + ISO + rb"[^ ]+ sealpost [^ ]+ CKPT (" + ELEMENT + rb") checkpoint \1")

def damage(octets):
    """A frame before damage has no frame behind it, but may be whole."""
    match = FRAME.match(octets)
    end = match.end(1) + 1 + int(match[1]) if match else len(octets)
    if end < len(octets):
        yield 0, octets[match.end(1) + 1:end]
        octets = octets[end + (octets[end:end + 1] == b"\n"):]
    yield 0, octets

def frames(octets):
    """(octets covered, message) of each octet-counted frame; (0, octets) of damage between them."""
    at = damaged = 0
    while at < len(octets):
        match = FRAME.match(octets, at)
        end = match.end(1) + 1 + int(match[1]) if match else 0
        behind = end + (octets[end:end + 1] == b"\n")
        if match and (behind >= len(octets) or FRAME.match(octets, behind)):
            if damaged < at:
                yield from damage(octets[damaged:at])
            yield min(behind, len(octets)) - at, octets[match.end(1) + 1:end]
            at = damaged = behind
        else:
            match = FRAME.search(octets, at + 1)
            at = match.start() if match else len(octets)
    if damaged < len(octets):
        yield from damage(octets[damaged:])

def split(octets):
    """Messages of a file, and whether its format is one that leaves nothing out."""
    head = octets[:1 << 20]
    counted = sum(covered for covered, _ in frames(head))
    raw, default = (sum(len(line[0]) for line in re.finditer(b"(?m)^(?:%b)[^\n]*\n?" % begin, head))
                    for begin in (PRI, ISO + b"|" + BSD))
    if counted > raw + default:
        return [message for _, message in frames(octets)], True
    lines = octets.split(b"\n")
    return lines if lines[-1] else lines[:-1], raw > default or not octets

def readings(message):
    """A message as it is there, and with undone what was escaped on the way."""
    rsyslog = re.sub(rb"#(0[0-3][0-7]|177)", lambda match: bytes([int(match[1], 8)]), message)
    ours = [re.sub(rb"\\([nr0])", lambda match: b"\n\r\0"[b"nr0".index(match[1]):][:1], text)
            for text in (message, rsyslog)]
    return dict.fromkeys([message, rsyslog] + ours)

def in_band(message, keys):
    """(size, root) of each signed checkpoint in a message; anybody can send others."""
    for values in re.findall(ELEMENT, message):
        values = tuple(re.sub(rb'\\(["\\\]])', rb"\1", value) for value in values)
        with contextlib.suppress(Tampered, ValueError):
            yield open_checkpoint(b"%b\n%b\n%b\n\n%b\n" % values,
                                  [key for key in keys if key.name.encode() == values[0]])

def align(lines):
    """{line: place} of those in order, and {line: place, or None where all are taken} of the others.

    What is in order is a longest common subsequence of file and log (Hunt and Szymanski). Of many equal
    lines each is tried at the places about its own number only: else they would cost their square.
    """
    total, seen = Counter(places[0] for places in lines if places), Counter()
    tops, chains = [], []                                  # by length: least place at the end, and the lines
    for i, places in enumerate(lines):
        if places:
            at, spare = seen[places[0]], len(places) - total[places[0]]
            seen[places[0]] += 1
            for place in reversed(places[max(0, at - 2 + min(0, spare)):at + 3 + max(0, spare)]):
                k = bisect_left(tops, place)
                chains[k:k + 1], tops[k:k + 1] = [(i, chains[k - 1] if k else None)], [place]
    order, others, free = {}, {}, {}
    chain, ceiling = (chains[-1], tops[-1] + 1) if tops else (None, 0)
    while chain:
        i, chain = chain
        order[i] = ceiling = lines[i][bisect_left(lines[i], ceiling) - 1]
    taken = set(order.values())
    for i, places in enumerate(lines):
        if places and i not in order:
            rest = free.setdefault(places[0], iter(places))
            others[i] = next((place for place in rest if place not in taken), None)
            taken.add(others[i])
    return order, others

def read_lines(path, log, places, keys, say):
    """(FILE:LINE, places in the log) of each line; None if its format leaves out too much."""
    octets, lines, good = read_file(path), [], 0
    messages, whole = split(gzip.decompress(octets) if octets[:2] == b"\x1f\x8b" else octets)
    for number, message in enumerate(messages, 1):
        signed = set(in_band(message, keys)) if b"[ckpt@" in message else ()
        for size, root in signed:
            if size > log.size or log.tree.root(size) not in (None, root):
                say(TAMPERED, f"tampered: {path}:{number}: a signed checkpoint over {size} entries is not of "
                              f"this log over {log.size}: it was put back, or there are two")
        good += len(signed)
        known = next(filter(None, (places.get(message_hash(text)) for text in readings(message))), ())
        if not known and NEWEST.fullmatch(message) and log.size in dict(signed):
            known = log.size,
        lines.append((f"{path}:{number}", known))
    if whole or any(known for _, known in lines):
        return lines
    say(UNCLEAR, f"cannot tell: {path}: octets are left out in its format; checkpoints read in it: {good}")

def compare(log, keys, options, say):
    def wanted(leaf):
        run = log.run(leaf)
        return run and (run.upstreams & options.upstream if options.upstream else run.upstreams)

    names = set().union(*(run.upstreams for run in set(log.metadata.runs) if run))
    if not names >= options.upstream:
        raise Usage(f"upstreams of the log are {' '.join(sorted(names))}")
    places = {}
    for leaf in range(log.tree.first, log.size):
        if leaf < log.metadata.first or wanted(leaf):
            places.setdefault(log.tree.levels[0][leaf], []).append(leaf)
    read = [read_lines(path, log, places, keys, say) for path in options.file]
    files = sorted(filter(None, read), key=lambda lines: statistics.median(      # rotated ones, in any order
        [known[0] for _, known in lines if len(known) == 1] or [0]))
    lines = [line for file in files for line in file]
    order, others = align([known for _, known in lines])
    taken = {*order.values(), *others.values()}
    missing = [leaf for leaf in range(log.tree.first, log.size) if wanted(leaf) and leaf not in taken]
    strangers, low = [], -1
    for i, line in enumerate([line for line, _ in lines] + ["end"]):
        if i in others and others[i] is None:
            say(GOOD if options.allow_repeats else TAMPERED, f"repeated: {line}")
        elif i in others:
            say(TAMPERED, f"reordered: {line}, {log.describe(others[i])}")
        elif i not in order and i < len(lines):
            strangers.append(line)
        else:                                              # in its place, or the end: what is before it?
            high = order.get(i, log.size)
            lost = missing[bisect_right(missing, low):bisect_left(missing, high)]
            outside = options.part and (low < 0 or i == len(lines))
            if outside:
                lost = lost[max(0, len(lost) - len(strangers)):] if low < 0 else lost[:len(strangers)]
            for stranger, leaf in itertools.zip_longest(strangers, lost):
                if stranger and low < 0 < log.tree.first:
                    say(UNCLEAR, f"cannot tell: {stranger} may be older than the hashes that the log has")
                elif stranger and leaf is not None:
                    say(TAMPERED, f"changed: {stranger}, {log.describe(leaf)}")
                elif stranger:
                    say(*(UNCLEAR, f"not sealed yet: {stranger}") if high >= log.size else
                        (TAMPERED, f"inserted: {stranger}, before {log.describe(high)}"))
                elif None not in read:
                    say(TAMPERED, f"missing: {log.describe(leaf)}")
            strangers, low = [], high
    say(GOOD, f"{len(order)} of {len(lines)} lines are entries of the log in its order")

# ---- Command line

def parse(arguments):
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    option = parser.add_argument
    option("--key", required=True, help="a verifier key, or a file with some")
    option("--token", metavar="FILE", help="has the relay's admin token, for entries by URL")
    option("--upstream", metavar="NAME", action="append", default=[], help="whose files these are; again "
           "with another name that it had; without it, all that was routed is looked for")
    option("--allow-repeats", action="store_true", help="a line may be there again")
    option("--part", action="store_true", help="what is before and behind the files is not missed")
    option("log", metavar="LOG", help="folder or URL of a log; or a proof")
    option("file", metavar="FILE", nargs="*", help="all files of one upstream, plain or gzip")
    options = parser.parse_args(arguments)
    options.proof = os.path.isfile(options.log) and not options.file
    if not (options.proof or os.path.isdir(options.log) or re.match("https?://", options.log)):
        raise Usage(f"no log: {options.log}")
    with within(options.key):
        options.keys = read_keys(options.key)
    options.upstream = set(options.upstream)
    options.token = options.token and read_file(options.token).decode().strip()
    for path in options.file:
        open(path, "rb").close()
    return options

def run(arguments):
    worst = GOOD

    def say(code, text):
        nonlocal worst
        worst = TAMPERED if code == TAMPERED else worst or code
        print(text)

    try:
        options = parse(arguments)
    except SystemExit as end:                              # argparse has said why
        return USAGE if end.code else GOOD
    except (Usage, Tampered, OSError, ValueError) as error:
        return print(f"verify.py: {error}", file=sys.stderr) or USAGE
    try:
        if options.proof:
            say(GOOD, verify_proof(read_file(options.log), options.keys))
        else:
            log = Log(Store(options.log, options.token), options.keys, say)
            if options.file:
                compare(log, options.keys, options, say)
    except Usage as error:
        return print(f"verify.py: {error}", file=sys.stderr) or USAGE
    except Tampered as error:
        say(TAMPERED, f"tampered: {error}")
    except Exception as error:                             # no damage may end in a traceback, nor in GOOD
        say(UNCLEAR, f"cannot tell: {error or type(error).__name__}")
    print({GOOD: "GOOD", TAMPERED: "TAMPERED", UNCLEAR: "CANNOT TELL"}[worst])
    return worst

def batch():
    for line in sys.stdin:
        with contextlib.redirect_stdout(sys.stderr), contextlib.suppress(ValueError):
            code = USAGE                                   # of a line that shlex cannot split
            code = run(shlex.split(line))
        print(code, flush=True)

if __name__ == "__main__":
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")
    sys.exit(batch() if sys.argv[1:] == ["--batch"] else run(sys.argv[1:]))
