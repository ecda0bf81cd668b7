#!/usr/bin/env python3
"""verify.py --key VKEY [--upstream NAME] [--token FILE] LOG|PROOF [FILE...]

Checks what Sealpost has sealed, written from docs/integrity.md alone: a second opinion beside
"sealpost verify". LOG is a folder made by "sealpost integrity export", or the URL of a relay's
/integrity, whose entries take --token. FILEs are what one upstream has kept, all of it. It needs
Python 3.9 and the openssl command, by which it checks Ed25519 signatures; those of ML-DSA are left to
"sealpost verify". Everything is held in memory. Exit code 0: good, 1: tampering shown, 2: usage,
3: cannot tell.
"""
import base64, bisect, collections, hashlib, os, re, struct, subprocess, sys, tempfile
import urllib.error, urllib.request, zlib


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

class Key:
    def __init__(self, text):
        self.name, id, key = text.split("+", 2)
        typed = base64.b64decode(key, validate=True)
        self.id, self.octets, self.known = bytes.fromhex(id), typed[1:], {}
        if typed[0] != 1 or len(typed) != 33:
            raise ValueError("not an Ed25519 key")
        if sha(self.name.encode() + b"\n" + typed)[:4] != self.id:
            raise ValueError("key and its id differ")

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


def checkpoint(note, key):
    """Size and root of a note that the key has signed."""
    try:
        text, lines = note.decode().rsplit("\n\n", 1)
        origin, size, root = text.split("\n")
        root = base64.b64decode(root, validate=True)
        require(re.fullmatch("0|[1-9][0-9]{0,18}", size) and len(root) == 32, "not a checkpoint")
        require(origin == key.name, "a checkpoint is not of " + key.name)
        require(lines.endswith("\n"), "a checkpoint is cut off")
        signed = []
        for line in lines[:-1].split("\n"):
            mark, name, signature = line.split(" ")
            signature = base64.b64decode(signature, validate=True)
            require(mark == "\u2014" and len(signature) > 4, "not a signature line")
            if name == key.name and signature[:4] == key.id:
                signed.append(key.has_signed((text + "\n").encode(), signature[4:]))
        require(signed and all(signed), "a checkpoint is not signed by the key")
        return int(size), root
    except ValueError as e:
        raise Tampered("a checkpoint is damaged: %s" % e)


# ---- The log as it is served

class Log:
    def __init__(self, place, token=None):
        self.place, self.url = place.rstrip("/"), place.startswith(("http://", "https://"))
        self.headers = {"Authorization": "Bearer " + token} if token else {}

    def get(self, path, must=True):
        try:
            if self.url:
                request = urllib.request.Request(self.place + "/" + path, headers=self.headers)
                with urllib.request.urlopen(request, timeout=30) as answer:
                    return answer.read()
            with open(os.path.join(self.place, path), "rb") as file:
                return file.read()
        except (FileNotFoundError, NotADirectoryError, urllib.error.HTTPError) as e:
            if isinstance(e, urllib.error.HTTPError) and e.code not in (401, 404, 410):
                raise
            require(not must, path + " is missing")
            return None

    def files(self, folder):
        for line in self.get(folder + "/index").decode().splitlines():
            name, octets = line.split(" ")
            content = self.get(folder + "/" + name)
            require(len(content) >= int(octets), name + " is cut off")
            yield name, content

    def tiles(self, level, count, must):
        """Begin, width, path and content of each tile or bundle of a level; None if missing."""
        for begin in range(0, count, 256):
            width, digits = min(256, count - begin), "%03d" % (begin // 256 % 1000)
            rest = begin // 256000
            while rest:
                digits, rest = "x%03d/" % (rest % 1000) + digits, rest // 1000
            path = "tile/%s/%s" % (level, digits) + ("" if width == 256 else ".p/%d" % width)
            yield begin, width, path, self.get(path, must and (level or width < 256))

    def hashes(self, level, count):
        """All hashes of a level; at the beginning None where they are dropped."""
        hashes = []
        for begin, width, path, octets in self.tiles(level, count, True):
            require(octets or not hashes or hashes[-1] is None, path + " is missing")
            require(octets is None or len(octets) == 32 * width, path + " has another width")
            hashes += [octets[i:i + 32] for i in range(0, 32 * width, 32)] if octets else [None] * width
        return hashes

    def entries(self, size):
        """Index and entry, of those that are there."""
        for begin, width, path, octets in self.tiles("entries", size, False):
            at, i = 0, 0
            while octets is not None and (at < len(octets) or i < width):
                length = int.from_bytes(octets[at:at + 2], "big")
                require(i < width and at + 2 + length <= len(octets), path + " is damaged")
                yield begin + i, octets[at + 2:at + 2 + length]
                at, i = at + 2 + length, i + 1


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
        expected = expected or int.from_bytes(b[12:20], "big")
        require(name == "%020d.batches" % expected, "metadata is missing before " + name)
        for head, content in records(name, b, 24, b"META", 36):
            try:
                entries, at = zlib.decompress(content), 0
            except zlib.error:
                raise Tampered(name + " is damaged")
            while at < len(entries):
                length = int.from_bytes(entries[at:at + 4], "big")
                batch = Batch(entries[at + 4:at + 4 + length])
                require(batch.first == expected, "metadata is missing in " + name)
                yield batch
                expected, at = batch.own + 1, at + 4 + length
            require(expected == int.from_bytes(head[24:32], "big"), name + " is damaged")


class Batch:
    """An entry of metadata: where its messages are, when they came, and for whom."""

    def __init__(self, octets):
        self.octets, self.at = octets, 2
        require(octets[:2] == b"\2\1", "metadata of another version")
        try:
            self.read()
        except IndexError:
            raise Tampered("metadata is cut off")
        self.own = self.first + self.count
        whole = self.at == len(octets) and sum(run[0] for run in self.runs) == self.count > 0
        require(whole, "metadata does not add up")

    def read(self):
        self.first, _, self.count, time = (self.number() for _ in range(4))
        for _ in range(self.number()):  # sources
            self.skip(1)
            self.skip(self.octet() + 2)
            self.number()
            self.skip(self.number())
            kind = self.octet()
            self.skip(32 if kind == 1 else self.number() if kind else 0)
        self.runs = []
        for _ in range(self.number()):
            self.number()
            time += self.difference()
            self.difference()
            self.runs.append((self.number(), self.number(), time))
        for _ in range(self.number()):  # changes
            self.number()
            self.skip(1)
            self.number()
            self.skip(32 if self.octet() else 0)
        names = [(self.number(), self.text()) for _ in range(self.number())]
        self.upstreams = {name: 1 << number for number, name in names}

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

    def text(self):
        self.skip(length := self.number())
        return self.octets[self.at - length:self.at].decode(errors="replace")

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
    require(not size or batches and batches[-1].own == size - 1, "metadata ends too early")
    for i, entry in log.entries(size):
        require(levels[0][i] in (None, leaf(entry)), "entry %d was changed" % i)
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


def out_of_order(leaves):
    """Indices of as few as possible, so that the rest ascends."""
    tops, ends, before = [], [], []
    for i, leaf in enumerate(leaves):
        at = bisect.bisect_left(tops, leaf)
        before.append(ends[at - 1] if at else None)
        tops[at:at + 1], ends[at:at + 1] = [leaf], [i]
    kept, i = set(), ends[-1] if ends else None
    while i is not None:
        kept.add(i)
        i = before[i]
    return [i for i in range(len(leaves)) if i not in kept]


def check_files(log, key, paths, upstream):
    levels, batches = check_log(log, key)
    leaves, size = levels[0], len(levels[0])
    places = collections.defaultdict(list)
    for i, hash in enumerate(leaves):
        places[hash].append(i)
    found, seen, strange, notes = [], set(), [], []
    for path in paths:
        with open(path, "rb") as file:
            lines = messages(file.read())
        if 2 * sum(re.match(rb"<[0-9]{1,3}>1 ", line) is not None for line in lines[:200]) < len(lines[:200]):
            print("%s is in a format that leaves too much out; %d of its checkpoints are signed"
                  % (path, sum(in_band(line, key) is not None for line in lines)))
            return 3
        behind, placed, waiting = -1, [], []
        for number, line in enumerate(lines, 1):
            where, note = "line %d of %s" % (number, path), in_band(line, key)
            notes += [(where, note)] if note else []
            at = next((places[h] for h in map(message_leaf, undone(line)) if h in places), [])
            free = [p for p in at if p not in seen]
            if free:
                this = next((p for p in free if p > behind), free[0])
                for item in waiting:
                    item["behind"] = this
                placed, waiting, behind = placed + [(this, where)], [], this
                seen.add(this)
            elif at:
                found.append("REPEATED: %s is entry %d" % (where, at[0]))
            else:
                strange.append({"before": behind, "behind": size, "where": where, "note": note})
                waiting.append(strange[-1])
        for i in out_of_order([place for place, _ in placed]):
            found.append("REORDERED: %s is entry %d" % placed[i][::-1])
    for where, (s, r) in notes:
        if s > size or tree_root(levels, s) not in (r, None):
            found.append("OTHER TREE: the checkpoint in %s is not of this log" % where)
    due = [m for batch in batches for m in batch.messages(upstream) if leaves[m[0]] is not None]
    missing = [m for m in due if m[0] not in seen]
    later = []
    for line in sorted(strange, key=lambda line: line["before"]):
        instead = next((m for m in missing if line["before"] < m[0] < line["behind"]), None)
        at_end = line["behind"] == size and (not due or due[-1][0] <= line["before"])
        if instead:
            missing.remove(instead)
            found.append("CHANGED: %s is not entry %d, received %d" % (line["where"], *instead))
        elif not at_end:
            found.append("INSERTED: %s behind entry %d" % (line["where"], line["before"]))
        elif line["note"] is None or line["note"][0] < size:
            later.append("NOT SEALED YET: " + line["where"])  # else it is the newest checkpoint
    found += ["MISSING: entry %d, received %d" % m for m in missing]
    print("\n".join(found + later or ["good: %d lines" % len(seen)]))
    return 1 if found else 3 if later else 0


# ---- Proofs

def check_proof(octets, key):
    """C2SP tlog-proof with the entry as extra data."""
    try:
        head, note = octets.decode().split("\n\n", 1)
        kind, extra, index, *path = head.split("\n")
        require(kind == "c2sp.org/tlog-proof@v1" and extra.startswith("extra "), "no entry")
        entry, index = base64.b64decode(extra[6:], validate=True), int(index.removeprefix("index "))
        path = [base64.b64decode(line, validate=True) for line in path]
    except ValueError as e:
        raise Tampered("the proof is damaged: %s" % e)
    size, root = checkpoint(note.encode(), key)
    require(0 <= index < size, "the entry is behind the checkpoint")
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

def run(words):
    options, places = {}, []
    try:
        words = iter(words)
        for word in words:
            if word in ("--key", "--upstream", "--token"):
                options[word] = next(words)
            else:
                places.append(word)
        key, place, paths = Key(options["--key"]), places[0], places[1:]
    except (ValueError, LookupError, StopIteration) as e:
        print("verify.py: %s\n%s" % (e, __doc__), file=sys.stderr)
        return 2
    try:
        if os.path.isfile(place):
            with open(place, "rb") as file:
                return check_proof(file.read(), key)
        token = open(options["--token"]).read().strip() if "--token" in options else None
        if paths:
            return check_files(Log(place, token), key, paths, options.get("--upstream"))
        check_log(Log(place, token), key)
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
