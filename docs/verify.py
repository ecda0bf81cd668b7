#!/usr/bin/env python3
"""Checks what Sealpost has sealed, written from docs/integrity.md alone: a second opinion beside
"sealpost verify", which tells more of what happened to a line. LOG is a folder made by "sealpost
integrity export", or the URL of a relay's /integrity, whose entries take --token. FILEs are what one
upstream has kept, all of it. It needs Python 3.9 and the openssl command, by which it checks Ed25519
signatures; those of ML-DSA are left to "sealpost verify". Everything is held in memory. Exit code 0:
good, 1: tampering shown, 2: usage, 3: cannot tell.
"""
import argparse, base64, bisect, collections, hashlib, itertools, os, re, struct, subprocess, sys
import tempfile, urllib.error, urllib.request, zlib


class Tampered(Exception):
    """What was found cannot have been signed."""


def require(holds, what):
    if not holds:
        raise Tampered(what)


# ---- The tree

def sha(octets):
    return hashlib.sha256(octets).digest()


def leaf(entry):
    return sha(b"\0" + entry)


def message_leaf(message):
    if len(message) <= 65534:
        return leaf(b"\1" + message)
    return leaf(b"\3" + struct.pack(">I", len(message)) + sha(message))


def fold(hashes):
    """The node over these, which lie side by side."""
    while len(hashes) > 1:
        pairs = range(0, len(hashes) - 1, 2)
        hashes = [sha(b"\1" + hashes[i] + hashes[i + 1]) for i in pairs] + hashes[2 * len(pairs):]
    return hashes[0]


def tree_root(levels, size):
    """The root over so many leaves, None where hashes for it are dropped."""
    roots = []  # of the complete subtrees, smallest first
    while size:
        height = (size & -size).bit_length() - 1
        below = height % 8
        first = ((size >> height) - 1) << below
        hashes = levels[height // 8][first:first + (1 << below)]
        if None in hashes:
            return None
        roots.append(fold(hashes))
        size -= 1 << height
    root = roots[0] if roots else sha(b"")
    for left in roots[1:]:
        root = sha(b"\1" + left + root)
    return root


# ---- Checkpoints

def unbase64(text):
    octets = base64.b64decode(text, validate=True)
    require(base64.b64encode(octets).decode() == text, "base64 has bits too many")
    return octets


class Key:
    def __init__(self, text):
        self.name, id, key = text.split("+", 2)
        typed = unbase64(key)
        self.id, self.octets, self.known = bytes.fromhex(id), typed[1:], {}
        if typed[0] != 1 or len(typed) != 33 or sha(self.name.encode() + b"\n" + typed)[:4] != self.id:
            raise ValueError("not an Ed25519 verifier key")

    def has_signed(self, text, signature):
        if (text, signature) not in self.known:
            der = bytes.fromhex("302a300506032b6570032100") + self.octets
            with tempfile.TemporaryDirectory() as folder:
                paths = [os.path.join(folder, name) for name in ("key", "text", "signature")]
                for path, octets in zip(paths, (der, text, signature)):
                    with open(path, "wb") as file:
                        file.write(octets)
                command = "openssl pkeyutl -verify -pubin -keyform DER -rawin -inkey %s -in %s -sigfile %s"
                done = subprocess.run((command % tuple(paths)).split(), capture_output=True)
            self.known[text, signature] = done.returncode == 0
        return self.known[text, signature]


NOTE = re.compile("((.+)\n(0|[1-9][0-9]{0,18})\n([^\n]{44})\n)\n((?:\u2014 [^ \n]+ [^ \n]+\n)+)")


def checkpoint(note, key):
    """Size and root of a note that the key has signed."""
    try:
        found = NOTE.fullmatch(note.decode())
        require(found, "a checkpoint is damaged")
        text, origin, size, root, lines = found.groups()
        require(origin == key.name, "a checkpoint is of %s, not of %s" % (origin, key.name))
        signatures = [line.split(" ")[1:] for line in lines.splitlines()]
        signatures = [unbase64(signature) for name, signature in signatures if name == key.name]
        mine = [signature[4:] for signature in signatures if signature[:4] == key.id]
        signed = mine and all(key.has_signed(text.encode(), signature) for signature in mine)
        require(signed, "a checkpoint is not signed by the key")
        return int(size), unbase64(root)
    except ValueError as e:
        raise Tampered("a checkpoint is damaged: %s" % e)


# ---- The log as it is served

class Log:
    def __init__(self, place, token=None):
        self.place, self.url = place.rstrip("/"), place.startswith(("http://", "https://"))
        self.headers = {"Authorization": "Bearer " + token} if token else {}

    def find(self, path):
        """The octets at a path, None where there is nothing, or nothing for us."""
        try:
            if self.url:
                request = urllib.request.Request(self.place + "/" + path, headers=self.headers)
                with urllib.request.urlopen(request, timeout=30) as answer:
                    return answer.read()
            with open(os.path.join(self.place, path), "rb") as file:
                return file.read()
        except urllib.error.HTTPError as e:
            if e.code in (404, 410) or e.code == 401 and not self.headers:
                return None
            raise
        except (FileNotFoundError, NotADirectoryError):
            return None

    def get(self, path):
        octets = self.find(path)
        require(octets is not None, path + " is missing")
        return octets

    def files(self, folder):
        for line in self.get(folder + "/index").decode().splitlines():
            name, octets = line.split(" ")
            content = self.get(folder + "/" + name)
            require(len(content) >= int(octets), name + " is cut off")
            yield name, content

    def tiles(self, level, count):
        """Begin, width, path and octets of each tile or bundle of a level; None if missing."""
        for begin in range(0, count, 256):
            width, number = min(256, count - begin), "%03d" % (begin // 256)
            groups = re.findall("...", number.zfill(-(-len(number) // 3) * 3))
            path = "/".join(["tile", level] + ["x" + g for g in groups[:-1]] + groups[-1:])
            path += "" if width == 256 else ".p/%d" % width
            yield begin, width, path, self.find(path)

    def hashes(self, level, count):
        """All hashes of a level; at the beginning of level 0 None where they are dropped."""
        hashes = []
        for _, width, path, octets in self.tiles(str(level), count):
            if octets is None:
                require(level == 0 and width == 256 and not any(hashes[-1:]), path + " is missing")
                hashes += [None] * width
            else:
                require(len(octets) == 32 * width, path + " has another width")
                hashes += [octets[i:i + 32] for i in range(0, len(octets), 32)]
        return hashes

    def entries(self, size):
        """Index and entry, of those that are there."""
        for begin, width, path, octets in self.tiles("entries", size):
            at = 0
            for i in range(0 if octets is None else width):
                end = at + 2 + int.from_bytes(octets[at:at + 2], "big")
                require(end <= len(octets), path + " is damaged")
                yield begin + i, octets[at + 2:end]
                at = end
            require(octets is None or at == len(octets), path + " is damaged")


CRC = []
for n in range(256):
    for _ in range(8):
        n = n >> 1 ^ (0x82F63B78 if n & 1 else 0)
    CRC.append(n)


def crc32c(octets):
    crc = 0xFFFFFFFF
    for octet in octets:
        crc = crc >> 8 ^ CRC[(crc ^ octet) & 255]
    return struct.pack(">I", crc ^ 0xFFFFFFFF)


def records(name, b, at, magic, header):
    """Header and content of each record in a file; both end their header with their checksum."""
    while at < len(b):
        head = b[at:at + header]
        end = at + header + int.from_bytes(head[4:8], "big")
        require(len(head) == header and end <= len(b), name + " is cut off")
        sound = crc32c(head[:-4] + b[at + header:end]) == head[-4:]
        require(head[:4] == magic and sound, name + " is damaged")
        yield head, b[at + header:end]
        at = end


def stored_checkpoints(log, key):
    for name, b in log.files("checkpoints"):
        require(b[:10] == b"SEALCKPT\0\1" and crc32c(b[:12]) == b[12:16], name + " is damaged")
        for _, note in records(name, b, 16, b"CKPT", 28):
            yield checkpoint(note, key)


def metadata(log):
    """The entries of metadata, in order."""
    expected = None
    for name, b in log.files("metadata"):
        require(b[:12] == b"SEALMETA\0\0\0\1" and crc32c(b[:20]) == b[20:24], name + " is damaged")
        if expected is None:
            expected = int.from_bytes(b[12:20], "big")
        require(name == "%020d.batches" % expected, "metadata is missing before " + name)
        for head, content in records(name, b, 24, b"META", 36):
            try:
                entries, at = zlib.decompress(content), 0
            except zlib.error:
                raise Tampered(name + " is damaged")
            while at < len(entries):
                end = at + 4 + int.from_bytes(entries[at:at + 4], "big")
                batch = Batch(entries[at + 4:end])
                require(batch.first == expected, "metadata is missing in " + name)
                yield batch
                expected, at = batch.own + 1, end
            require(expected == int.from_bytes(head[24:32], "big"), name + " is damaged")


class Batch:
    """An entry of metadata: where its messages are, when they came, and for whom."""

    def __init__(self, octets):
        self.octets, self.rest = octets, iter(octets)
        require(self.take(2) == b"\2\1", "metadata of another version")
        self.first, _, count, time = (self.number() for _ in range(4))
        self.own = self.first + count
        for _ in range(self.number()):  # sources
            self.take(1)
            self.take(self.take(1)[0] + 2)
            self.number()
            self.take(self.number())
            certificate = self.take(1)[0]
            self.take((0, 32)[certificate] if certificate < 2 else self.number())
        self.runs = []
        for _ in range(self.number()):
            self.number()
            time += self.difference()
            self.difference()
            self.runs.append((self.number(), self.number(), time))
        for _ in range(self.number()):  # changes
            self.number()
            self.take(1)
            self.number()
            self.take(32 * self.take(1)[0])
        self.upstreams = {}
        for _ in range(self.number()):
            number = self.number()
            self.upstreams[self.take(self.number()).decode(errors="replace")] = 1 << number
        whole = next(self.rest, None) is None and sum(run[0] for run in self.runs) == count > 0
        require(whole, "metadata does not add up")

    def take(self, count):
        taken = bytes(itertools.islice(self.rest, count))
        require(len(taken) == count, "metadata is cut off")
        return taken

    def number(self):
        value = shift = 0
        while True:
            octet = self.take(1)[0]
            value |= (octet & 127) << shift
            shift += 7
            if octet < 128:
                return value

    def difference(self):
        n = self.number()
        return n >> 1 ^ -(n & 1)

    def messages(self, upstream):
        """Leaf and receive time of the messages that an upstream should have."""
        at = self.first
        for count, to, time in self.runs:
            if upstream is None or to & self.upstreams.get(upstream, 0):
                yield from ((at + i, time) for i in range(count))
            at += count


def check_log(log, key):
    """Hashes by level, and batches, of a log that is as it was signed."""
    size, root = checkpoint(log.get("checkpoint"), key)
    stored = list(stored_checkpoints(log, key))
    require(all(a[0] < b[0] for a, b in zip(stored, stored[1:])), "checkpoints are out of order")
    require(stored and stored[-1][0] >= size, "stored checkpoints end before the newest")
    levels = [log.hashes(0, size)]
    while len(levels[-1]) >= 256:
        levels.append(log.hashes(len(levels), len(levels[-1]) // 256))
        for i, hash in enumerate(levels[-1]):
            below = levels[-2][256 * i:256 * i + 256]
            require(None in below or fold(below) == hash, "tile %d of a level was changed" % i)
    for s, r in stored + [(size, root)]:
        other = s <= size and tree_root(levels, s) not in (r, None)
        require(not other, "the checkpoint over %d is of another tree" % s)
    batches = [batch for batch in metadata(log) if batch.own < size]
    for batch in batches:
        same = levels[0][batch.own] in (None, leaf(batch.octets))
        require(same, "metadata %d was changed" % batch.own)
    dropped = levels[0].count(None)
    whole = batches and batches[0].first <= dropped and batches[-1].own == size - 1
    require(whole or not size, "metadata does not reach from the first hash to the last")
    entries = 0
    for i, entry in log.entries(size):
        require(levels[0][i] in (None, leaf(entry)), "entry %d was changed" % i)
        entries += 1
    print("log: %d hashes, %d dropped; %d checkpoints; %d batches; %d entries of it looked at"
          % (size, dropped, len(stored), len(batches), entries))
    return levels, batches


# ---- What upstreams have kept

def messages(octets):
    """The messages of a file: a line each, or behind their lengths."""
    head = octets[:1 << 20]
    counts, lines = rb"[0-9] <[0-9]{1,3}>1 ", rb"(?:^|\n)<[0-9]{1,3}>1 "
    if len(re.findall(counts, head)) <= len(re.findall(lines, head)):
        return octets.removesuffix(b"\n").split(b"\n") if octets else []
    start, found, at = re.compile(rb"\n?([0-9]{1,9}) (?=<)"), [], 0
    while at < len(octets):
        this = start.match(octets, at)
        end = this.end() + int(this[1]) if this else len(octets) + 1
        if this and (start.match(octets, end) or octets[end:] in (b"", b"\n") and end <= len(octets)):
            found.append(octets[this.end():end])
        else:  # damaged up to where the next can begin
            this = start.search(octets, at + 1)
            end = this.start() if this else len(octets)
            found.append(octets[at:end])
        at = end + (octets[end:] == b"\n")
    return found


def undone(line):
    """The line, and what it can have been before a daemon escaped control characters."""
    numbers = re.sub(rb"#(0[0-3][0-7]|177)", lambda m: bytes([int(m[1], 8)]), line)
    letters = {b"n": b"\n", b"r": b"\r", b"0": b"\0"}
    for text in (line, numbers):
        yield text
        yield re.sub(rb"\\([nr0])", lambda m: letters[m[1]], text)


VALUE = r'="((?:[^"\\\]]|\\["\\\]])*)"'
IN_BAND = re.compile(r"\[ckpt@[0-9.]+ o%s n%s r%s s0%s\]" % (VALUE, VALUE, VALUE, VALUE))


def in_band(line, key):
    """The checkpoint in a line, if it is signed: anybody can send another one."""
    found = b"[ckpt@" in line and IN_BAND.search(line.decode(errors="replace"))
    if found:
        o, n, r, s = (re.sub(r'\\(["\\\]])', r"\1", value) for value in found.groups())
        try:
            return checkpoint("\n".join((o, n, r, "", s, "")).encode(), key)
        except Tampered:
            pass
    return None


def check_files(log, key, paths, upstream):
    levels, batches = check_log(log, key)
    leaves, size = levels[0], len(levels[0])
    due = {at: time for batch in batches for at, time in batch.messages(upstream) if leaves[at]}
    last = max(due, default=-1)
    free = collections.defaultdict(list)  # places by hash that no line has taken yet
    for at, hash in enumerate(leaves):
        free[hash].append(at)
    found, newer = [], []
    for path in paths:
        with open(path, "rb") as file:
            lines = messages(file.read())
        notes = [in_band(line, key) for line in lines]
        signed = [note for note in notes if note]
        raw = [re.match(rb"<[0-9]{1,3}>1 ", line) is not None for line in lines[:200]]
        if 2 * sum(raw) < len(raw):
            print("%s is in a format that leaves too much out; %d checkpoints in it are signed"
                  % (path, len(signed)))
            return 3
        if any(s > size or tree_root(levels, s) not in (r, None) for s, r in signed):
            found.append("a checkpoint in %s is not of this log" % path)
        before, strange = -1, []  # place of the line before; lines since then that are no entries
        for number, (line, note) in enumerate(zip(lines, notes), 1):
            where = "line %d of %s" % (number, path)
            hash = next((h for h in map(message_leaf, undone(line)) if h in free), None)
            if hash is None:
                strange.append((where + " is no entry", note))
            elif not free[hash]:
                found.append(where + " repeats an entry")
            else:
                next_one = bisect.bisect(free[hash], before) % len(free[hash])
                at = free[hash].pop(next_one)
                if at < before:
                    found.append("%s is entry %d, but stands behind entry %d" % (where, at, before))
                found += [text for text, _ in strange]
                before, strange = at, []
                due.pop(at, None)
        for text, note in strange:
            if before < last:
                found.append(text)
            elif note is None or note[0] < size:  # else it is the newest checkpoint itself
                newer.append(text + ", or not sealed yet")
    found += ["entry %d, received %d, has no line" % missing for missing in due.items()]
    print("\n".join(found + newer or ["files: nothing is missing, and nothing else is in them"]))
    return 1 if found else 3 if newer else 0


# ---- Proofs

PROOF = re.compile(r"c2sp\.org/tlog-proof@v1\nextra (.+)\nindex (0|[1-9][0-9]{0,18})\n((?:.+\n)*)\n")


def check_proof(octets, key):
    """C2SP tlog-proof with the entry as extra data."""
    try:
        head = PROOF.match(octets.decode())
        require(head, "the proof is damaged, or has no entry")
        entry, index = unbase64(head[1]), int(head[2])
        path = [unbase64(line) for line in head[3].splitlines()]
    except ValueError as e:
        raise Tampered("the proof is damaged: %s" % e)
    size, root = checkpoint(octets[len(head[0].encode()):], key)
    require(index < size, "the entry is behind the checkpoint")
    hash, at, last = leaf(entry), index, size - 1
    for sibling in path:
        require(last > 0, "the proof is too long")
        while at % 2 == 0 and at == last:  # no right sibling here: the hash goes up as it is
            at, last = at // 2, last // 2
        hash = sha(b"\1" + (sibling + hash if at % 2 else hash + sibling))
        at, last = at // 2, last // 2
    require(last == 0 and hash == root, "the entry is not in the log")
    print("entry %d: %r" % (index, entry[:200]))
    return 0


# ---- Command line

OPTIONS = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
OPTIONS.add_argument("--key", required=True, type=Key)
OPTIONS.add_argument("--upstream")
OPTIONS.add_argument("--token", type=argparse.FileType())
OPTIONS.add_argument("place", metavar="LOG|PROOF")
OPTIONS.add_argument("files", metavar="FILE", nargs="*")


def run(words):
    order = OPTIONS.parse_args(words)
    try:
        if os.path.isfile(order.place):
            with open(order.place, "rb") as file:
                return check_proof(file.read(), order.key)
        log = Log(order.place, order.token and order.token.read().strip())
        if order.files:
            return check_files(log, order.key, order.files, order.upstream)
        check_log(log, order.key)
        return 0
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
