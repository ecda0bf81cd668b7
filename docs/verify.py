#!/usr/bin/env python3
"""verify.py --key VKEY [--upstream NAME] [--allow-repeats] [--part] LOG|PROOF [FILE...]

Checks what Sealpost has sealed, written from docs/integrity.md alone: a second opinion beside
"sealpost verify". Needs Python 3.9 and the openssl command. LOG is a folder made by "sealpost integrity
export", or the URL of a relay's /integrity; FILEs are what one upstream has kept, all of it. Everything
is held in memory. Exit code 0: good, 1: tampering shown, 2: usage, 3: cannot tell.
"""
import base64, binascii, bisect, collections, hashlib, os, re, struct, subprocess, sys, tempfile
import urllib.error, urllib.request, zlib


class Tampered(Exception):
    """What was found cannot have been signed."""


def sha(octets):
    return hashlib.sha256(octets).digest()


def leaf(entry):
    return sha(b"\0" + entry)


def node(left, right):
    return sha(b"\1" + left + right)


def message_leaf(message):
    if len(message) <= 65534:
        return leaf(b"\1" + message)
    return leaf(b"\3" + struct.pack(">I", len(message)) + sha(message))


class Edge:
    """A growing tree: the roots of its complete subtrees, largest first."""

    def __init__(self):
        self.size, self.roots = 0, []

    def append(self, hash):
        self.roots.append(hash)
        self.size += 1
        n = self.size
        while n % 2 == 0:
            right = self.roots.pop()
            self.roots[-1] = node(self.roots[-1], right)
            n //= 2

    def root(self):
        if not self.roots:
            return sha(b"")
        hash = self.roots[-1]
        for left in reversed(self.roots[:-1]):
            hash = node(left, hash)
        return hash


# ---- notes

ED25519 = bytes.fromhex("302a300506032b6570032100")
signatures = {}  # what openssl has said already


class Key:
    def __init__(self, text):
        self.name, id, key = text.split("+", 2)
        typed = base64.b64decode(key, validate=True)
        self.id = bytes.fromhex(id)
        if typed[0] != 1 or len(typed) != 33:
            raise ValueError("not an Ed25519 key")
        if sha(self.name.encode() + b"\n" + typed)[:4] != self.id:
            raise ValueError("key and its id differ")
        self.octets = typed[1:]

    def signed(self, text, signature):
        known = (self.octets, text, signature)
        if known not in signatures:
            with tempfile.TemporaryDirectory() as folder:
                paths = [os.path.join(folder, name) for name in ("key", "text", "signature")]
                for path, octets in zip(paths, (ED25519 + self.octets, text, signature)):
                    with open(path, "wb") as file:
                        file.write(octets)
                command = ["openssl", "pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-rawin"]
                command += ["-inkey", paths[0], "-in", paths[1], "-sigfile", paths[2]]
                signatures[known] = subprocess.run(command, capture_output=True).returncode == 0
        return signatures[known]


def checkpoint(note, key):
    """Size and root of a note that the key has signed."""
    try:
        text, lines = note.decode().rsplit("\n\n", 1)
        origin, size, root = text.split("\n")
        root = base64.b64decode(root, validate=True)
        if not re.fullmatch("0|[1-9][0-9]{0,18}", size) or len(root) != 32 or origin != key.name:
            raise Tampered("a checkpoint is not one of " + key.name)
        if not lines.endswith("\n"):
            raise Tampered("a checkpoint is cut off")
        found = False
        for line in lines[:-1].split("\n"):
            mark, name, signature = line.split(" ")
            signature = base64.b64decode(signature, validate=True)
            if mark != "\u2014" or len(signature) < 5:
                raise Tampered("not a signature line")
            if name == key.name and signature[:4] == key.id:
                if not key.signed((text + "\n").encode(), signature[4:]):
                    raise Tampered("a checkpoint has a false signature")
                found = True
        if not found:
            raise Tampered("a checkpoint is not signed by the key")
        return int(size), root
    except (ValueError, UnicodeDecodeError, binascii.Error) as e:
        raise Tampered("a checkpoint is damaged: %s" % e)


# ---- the log as it is served

class Log:
    def __init__(self, place):
        self.place = place.rstrip("/")
        self.url = place.startswith(("http://", "https://"))

    def get(self, path, must=True):
        try:
            if self.url:
                with urllib.request.urlopen(self.place + "/" + path, timeout=30) as answer:
                    return answer.read()
            with open(os.path.join(self.place, path), "rb") as file:
                return file.read()
        except (FileNotFoundError, NotADirectoryError, urllib.error.HTTPError) as e:
            if isinstance(e, urllib.error.HTTPError) and e.code not in (404, 410):
                raise
            if must:
                raise Tampered(path + " is missing")
            return None

    def files(self, folder):
        for line in self.get(folder + "/index").decode().splitlines():
            name, octets = line.split(" ")
            content = self.get(folder + "/" + name)
            if len(content) < int(octets):
                raise Tampered(name + " is cut off")
            yield name, content

    def tile(self, level, index, width, must=True):
        digits = "%03d" % (index % 1000)
        rest = index // 1000
        while rest:
            digits = "x%03d/" % (rest % 1000) + digits
            rest //= 1000
        path = "tile/%d/%s" % (level, digits) + ("" if width == 256 else ".p/%d" % width)
        octets = self.get(path, must)
        if octets is not None and len(octets) != 32 * width:
            raise Tampered(path + " has another width")
        return octets and [octets[i:i + 32] for i in range(0, len(octets), 32)]

    def level(self, level, size):
        """All hashes of a level, None where they are dropped."""
        hashes, count = [], size >> (8 * level)
        for i in range(0, count, 256):
            width = min(256, count - i)
            dropped = level == 0 and all(h is None for h in hashes) and width == 256
            hashes += self.tile(level, i // 256, width, not dropped) or [None] * width
        return hashes


CRC = []
for n in range(256):
    for _ in range(8):
        n = n >> 1 ^ (0x82F63B78 if n & 1 else 0)
    CRC.append(n)


def crc32c(octets):
    crc = 0xFFFFFFFF
    for octet in octets:
        crc = crc >> 8 ^ CRC[(crc ^ octet) & 255]
    return crc ^ 0xFFFFFFFF


def require(holds, what):
    if not holds:
        raise Tampered(what)


def stored_checkpoints(log, key):
    for name, b in log.files("checkpoints"):
        require(b[:8] == b"SEALCKPT" and b[8:10] == b"\0\1", name + " is of another format")
        require(crc32c(b[:12]) == int.from_bytes(b[12:16], "big"), name + " is damaged")
        at = 16
        while at < len(b):
            require(b[at:at + 4] == b"CKPT" and at + 28 <= len(b), name + " is damaged")
            end = at + 28 + int.from_bytes(b[at + 4:at + 8], "big")
            crc = int.from_bytes(b[at + 24:at + 28], "big")
            require(end <= len(b), name + " is cut off")
            require(crc32c(b[at:at + 24] + b[at + 28:end]) == crc, name + " is damaged")
            yield checkpoint(b[at + 28:end], key)
            at = end


def metadata_entries(log):
    """First leaf, entry of each, in order."""
    expected = None
    for name, b in log.files("metadata"):
        require(b[:12] == b"SEALMETA\0\0\0\1", name + " is of another format")
        require(crc32c(b[:20]) == int.from_bytes(b[20:24], "big"), name + " is damaged")
        first = int.from_bytes(b[12:20], "big")
        require(name == "%020d.batches" % first, name + " has another name")
        require(expected in (None, first), "metadata is missing before " + name)
        expected, at = first, 24
        while at < len(b):
            require(b[at:at + 4] == b"META" and at + 36 <= len(b), name + " is damaged")
            length, plain, count, first, end, crc = struct.unpack(">IIIQQI", b[at + 4:at + 36])
            content = b[at + 36:at + 36 + length]
            require(len(content) == length, name + " is cut off")
            require(crc32c(b[at:at + 32] + content) == crc, name + " is damaged")
            require(first == expected, "metadata is missing in " + name)
            try:
                entries = zlib.decompress(content)
            except zlib.error:
                raise Tampered(name + " is damaged")
            i = 0
            while i < len(entries):
                octets = int.from_bytes(entries[i:i + 4], "big")
                batch = Batch(entries[i + 4:i + 4 + octets])
                require(batch.first == expected, "metadata is missing in " + name)
                yield batch
                expected, i = batch.own + 1, i + 4 + octets
            require(expected == end, name + " is damaged")
            at += 36 + length


class Batch:
    """An entry of metadata: where its messages are, when they came, and for whom."""

    def __init__(self, octets):
        self.octets, self.at = octets, 2
        require(octets[:2] == b"\2\1", "metadata of another version")
        try:
            self.read()
        except IndexError:
            raise Tampered("metadata is cut off")
        require(self.at == len(octets), "metadata has a rest")
        self.own = self.first + self.count
        require(sum(run[0] for run in self.runs) == self.count > 0, "metadata does not add up")

    def octet(self):
        self.at += 1
        return self.octets[self.at - 1]

    def number(self):
        value = shift = 0
        while True:
            next = self.octet()
            value |= (next & 127) << shift
            shift += 7
            if next < 128:
                return value

    def difference(self):
        n = self.number()
        return n >> 1 ^ -(n & 1)

    def skip(self, octets):
        self.at += octets

    def read(self):
        self.first, _, self.count, time = (self.number() for _ in range(4))
        for _ in range(self.number()):
            self.octet()
            self.skip(self.octet())
            self.skip(2)
            self.number()
            self.skip(self.number())
            kind = self.octet()
            self.skip(0 if kind == 0 else 32 if kind == 1 else self.number())
        self.runs = []
        for _ in range(self.number()):
            self.number()
            time += self.difference()
            self.difference()
            self.runs.append((self.number(), self.number(), time))
        for _ in range(self.number()):
            self.number()
            self.octet()
            self.number()
            self.skip(32 if self.octet() == 1 else 0)
        self.upstreams = {}
        for _ in range(self.number()):
            number, length = self.number(), self.number()
            self.upstreams[number] = self.octets[self.at:self.at + length].decode()
            self.skip(length)

    def messages(self, upstream):
        """Leaf and receive time of the messages that an upstream should have."""
        mask = sum(1 << n for n, name in self.upstreams.items() if name == upstream)
        at = self.first
        for count, to, time in self.runs:
            if upstream is None or to & mask:
                yield from ((at + i, time) for i in range(count))
            at += count


def tree_roots(levels, sizes):
    """Size and root of the tree at these sizes, as far as leaf hashes are kept."""
    leaves, edge = levels[0], Edge()
    begin = next((i for i, h in enumerate(leaves) if h is not None), len(leaves))
    while edge.size < begin:  # complete subtrees of what was dropped, out of the level above
        part = 1 << ((begin - edge.size).bit_length() - 1)
        subtree = Edge()
        for h in levels[1][edge.size >> 8:edge.size + part >> 8]:
            subtree.append(h)
        edge.roots.append(subtree.root())
        edge.size += part
    while True:
        if edge.size in sizes:
            yield edge.size, edge.root()
        if edge.size == len(leaves):
            return
        edge.append(leaves[edge.size])


def check_log(log, key):
    """Hashes by level, and batches, of a log that is as it was signed."""
    size, root = checkpoint(log.get("checkpoint"), key)
    stored = list(stored_checkpoints(log, key))
    require(all(a[0] < b[0] for a, b in zip(stored, stored[1:])), "checkpoints are out of order")
    require(stored and stored[-1][0] >= size, "stored checkpoints end before the newest")
    levels = [log.level(0, size)]
    while len(levels[-1]) >= 256:
        levels.append(log.level(len(levels), size))
    for level, (below, above) in enumerate(zip(levels, levels[1:])):
        for i, hash in enumerate(above):
            edge = Edge()
            if below[256 * i] is not None:
                for h in below[256 * i:256 * i + 256]:
                    edge.append(h)
                require(edge.root() == hash, "tile %d of level %d was changed" % (i, level))
    leaves = levels[0]
    roots = {s: r for s, r in stored if s <= size}
    require(roots.get(size, root) == root, "the newest checkpoint is of another tree")
    for s, r in tree_roots(levels, set(roots) | {size}):
        require(r == roots.get(s, root), "the checkpoint over %d is of another tree" % s)
    batches = []
    for batch in metadata_entries(log):
        if batch.own < size:
            batches.append(batch)
            hash = leaves[batch.own]
            require(hash in (None, leaf(batch.octets)), "metadata %d was changed" % batch.own)
    require(not size or batches and batches[-1].own == size - 1, "metadata ends too early")
    return levels, batches


# ---- what upstreams have kept

def messages(octets):
    """The messages of a file: a line each, or behind their lengths."""
    counted = re.findall(rb"[0-9] <[0-9]{1,3}>1 ", octets[:1 << 20])
    if len(counted) <= len(re.findall(rb"(?:^|\n)<[0-9]{1,3}>1 ", octets[:1 << 20])):
        lines = octets.split(b"\n")
        return lines[:-1] if not lines[-1] else lines
    found, at = [], 0
    while at < len(octets):
        count = re.compile(rb"([0-9]{1,9}) ").match(octets, at)
        end = count and count.end() + int(count[1])
        if not count or end > len(octets) or not re.compile(rb"\n?([0-9]+ <|\Z)").match(octets, end):
            for more in re.compile(rb"(?=([0-9]{1,9}) <[0-9])").finditer(octets, at + 1):
                start = more.end(1) + 1
                end = start + int(more[1])
                if end <= len(octets) and re.compile(rb"\n?([0-9]+ <|\Z)").match(octets, end):
                    break
            else:
                more = None
            behind = more.start() if more else len(octets)
            begin = count.end() if count and count.end() <= behind else at
            found.append(octets[begin:behind])
            at = behind
        else:
            found.append(octets[count.end():end])
            at = end + (octets[end:end + 1] == b"\n")
    return found


def undone(line):
    """The line, and what it can have been before a daemon escaped control characters."""
    yield line
    number = lambda m: bytes([int(m[1], 8)])
    letter = lambda m: {b"n": b"\n", b"r": b"\r", b"0": b"\0"}[m[1]]
    numbers = re.sub(rb"#(0[0-3][0-7]|177)", number, line)
    yield numbers
    yield re.sub(rb"\\([nr0])", letter, line)
    yield re.sub(rb"\\([nr0])", letter, numbers)


VALUE = r'="((?:[^"\\\]]|\\["\\\]])*)"'
IN_BAND = re.compile(r"\[ckpt@[0-9.]+ o" + VALUE + " n" + VALUE + " r" + VALUE + " s0" + VALUE + r"\]")


def in_band(line, key):
    if b"[ckpt@" in line:
        found = IN_BAND.search(line.decode(errors="replace"))
        if found:
            o, n, r, s = (re.sub(r'\\(["\\\]])', r"\1", value) for value in found.groups())
            try:
                return checkpoint("\n".join((o, n, r, "", s, "")).encode(), key)
            except Tampered:
                pass  # anybody can send such a message
    return None


def out_of_order(leaves):
    """Indices of as few as possible, so that the rest ascends."""
    tops, piles, before = [], [], []
    for i, leaf in enumerate(leaves):
        at = bisect.bisect_left(tops, leaf)
        before.append(piles[at - 1] if at else None)
        tops[at:at + 1], piles[at:at + 1] = [leaf], [i]
    kept, i = set(), piles[-1] if piles else None
    while i is not None:
        kept.add(i)
        i = before[i]
    return [i for i in range(len(leaves)) if i not in kept]


def check_files(log, key, paths, upstream, repeats, part):
    levels, batches = check_log(log, key)
    leaves, size = levels[0], len(levels[0])
    places = collections.defaultdict(list)
    for i, hash in enumerate(leaves):
        places[hash].append(i)
    places.pop(None, None)
    seen, strange, found, notes = {}, [], [], {}
    for path in paths:
        with open(path, "rb") as file:
            lines = messages(file.read())
        if sum(re.match(rb"<[0-9]{1,3}>1 ", line) is not None for line in lines[:200]) * 2 < len(lines[:200]):
            print("%s is in a format that leaves too much out; %d of its checkpoints are signed"
                  % (path, sum(in_band(line, key) is not None for line in lines)))
            return 3
        expected, placed, waiting = 0, [], []
        for number, line in enumerate(lines, 1):
            note = in_band(line, key)
            if note:
                notes.setdefault(note[0], {})[note[1]] = "line %d of %s" % (number, path)
            candidates = next((places[h] for h in map(message_leaf, undone(line)) if h in places), [])
            free = [p for p in candidates[bisect.bisect_left(candidates, expected):] if p not in seen][:1] or [
                p for p in candidates if p not in seen][:1]
            if free:
                seen[free[0]] = (path, number)
                for item in waiting:
                    item[3] = free[0]
                waiting = []
                placed.append((number, free[0]))
                expected = free[0] + 1
            elif candidates:
                if not repeats:
                    found.append("REPEATED: line %d of %s is entry %d" % (number, path, candidates[0]))
            else:
                waiting.append([expected - 1, path, number, size, note])
                strange.append(waiting[-1])
        for i in out_of_order([leaf for _, leaf in placed]) if len(paths) == 1 or not repeats else ():
            found.append("REORDERED: line %d of %s is entry %d" % (placed[i][0], path, placed[i][1]))
    roots = dict(tree_roots(levels, notes))
    for s, said in notes.items():
        for root, where in said.items():
            if s > size:
                found.append("OTHER TREE: %s has a checkpoint over more entries than the log" % where)
            elif roots.get(s, root) != root:
                found.append("OTHER TREE: %s has a checkpoint with another root" % where)
    due = [(at, time) for batch in batches for at, time in batch.messages(upstream) if leaves[at] is not None]
    if part and seen:
        due = [(at, time) for at, time in due if min(seen) <= at <= max(seen)]
    missing = [(at, time) for at, time in due if at not in seen]
    later = 0
    for before, path, number, behind, note in sorted(strange, key=lambda line: line[:3]):
        here = next((m for m in missing if before < m[0] < behind), None)
        if here:
            missing.remove(here)
            found.append("CHANGED: line %d of %s is not entry %d, received %d" % (number, path, *here))
        elif behind == size and (not due or due[-1][0] <= before):
            if note and note == (size, roots.get(size)):
                continue  # the newest checkpoint, which cannot be an entry yet
            later += 1
            print("NOT SEALED YET: line %d of %s" % (number, path))
        else:
            found.append("INSERTED: line %d of %s behind entry %d" % (number, path, before))
    found += ["MISSING: entry %d, received %d" % at for at in missing]
    for what in found:
        print(what)
    return 1 if found else 3 if later else 0


def check_proof(octets, key):
    """C2SP tlog-proof with the entry as extra data."""
    try:
        head, note = octets.decode().split("\n\n", 1)
        lines = head.split("\n")
        require(lines[0] == "c2sp.org/tlog-proof@v1" and lines[1].startswith("extra "), "no entry")
        entry = base64.b64decode(lines[1][6:], validate=True)
        index = int(lines[2].removeprefix("index "))
        path = [base64.b64decode(line, validate=True) for line in lines[3:]]
    except (ValueError, IndexError) as e:
        raise Tampered("the proof is damaged: %s" % e)
    size, root = checkpoint(note.encode(), key)
    require(0 <= index < size, "the entry is behind the checkpoint")
    hash, at, last = leaf(entry), index, size - 1
    for sibling in path:
        require(last > 0, "the proof is too long")
        if at % 2 or at == last:
            hash = node(sibling, hash)
            while at % 2 == 0 and at:
                at, last = at // 2, last // 2
        else:
            hash = node(hash, sibling)
        at, last = at // 2, last // 2
    require(last == 0 and hash == root, "the entry is not in the log")
    print("entry %d: %r" % (index, entry[:200]))
    return 0


def run(words):
    key, upstream, repeats, part, places = None, None, False, False, []
    words = list(words)
    try:
        while words:
            word = words.pop(0)
            if word == "--key":
                key = Key(words.pop(0))
            elif word == "--upstream":
                upstream = words.pop(0)
            elif word == "--allow-repeats":
                repeats = True
            elif word == "--part":
                part = True
            else:
                places.append(word)
        if key is None or not places:
            raise ValueError("--key VKEY and a LOG are needed")
    except (ValueError, IndexError) as e:
        print("verify.py: %s\n%s" % (e, __doc__), file=sys.stderr)
        return 2
    try:
        if os.path.isfile(places[0]):
            with open(places[0], "rb") as file:
                return check_proof(file.read(), key)
        if len(places) == 1:
            check_log(Log(places[0]), key)
            return 0
        return check_files(Log(places[0]), key, places[1:], upstream, repeats, part)
    except Tampered as e:
        print("TAMPERED: %s" % e)
        return 1
    except OSError as e:
        print("cannot tell: %s" % e, file=sys.stderr)
        return 3


if __name__ == "__main__":
    if sys.argv[1:] == ["--batch"]:  # a run a line, words divided by tabs; answers its exit code
        for call in sys.stdin:
            print("exit %d" % run(call.rstrip("\n").split("\t")), flush=True)
    else:
        sys.exit(run(sys.argv[1:]))
