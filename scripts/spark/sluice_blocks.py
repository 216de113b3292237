"""BGZF, as far as pieces of it need it: gzip whose members say how long they are."""

import struct
import zlib

HEAD, TRAILER = 18, 8
MOST = 0xFF00  # bytes that fit into a block whatever they are


class Damaged(Exception):
    """What is wrong with a block."""


def block_size(head):
    """The length of the block that begins so; 0 = it is none, or one of an odd kind."""
    if len(head) < HEAD or head[:4] != b"\x1f\x8b\x08\x04" or head[10:16] != b"\x06\0BC\x02\0":
        return 0
    return struct.unpack("<H", head[16:18])[0] + 1


def begins_bgzf(path):
    with open(path, "rb") as f:
        return block_size(f.read(HEAD)) > 0


def blocks(f, at):
    """The blocks of a file from an offset on, with how many bytes each says that it holds."""
    f.seek(at)
    while head := f.read(HEAD):
        size = block_size(head)
        if size < HEAD + TRAILER:
            raise Damaged("is no BGZF where a block should begin")
        block = head + f.read(size - HEAD)
        if len(block) < size:
            raise Damaged("was cut short")
        yield block, struct.unpack("<I", block[-4:])[0]


def inflate(block, n):
    z = zlib.decompressobj(31)  # checks the sums, too
    try:
        text = z.decompress(block)
    except zlib.error as e:
        raise Damaged("has a damaged block") from e
    if not z.eof or z.unused_data or len(text) != n:
        raise Damaged("has a damaged block")
    return text


def pack(text):
    """Blocks that hold the text."""
    made = []
    for at in range(0, len(text), MOST):
        part = text[at:at + MOST]
        z = zlib.compressobj(1, zlib.DEFLATED, -15)
        body = z.compress(part) + z.flush()
        made.append(b"\x1f\x8b\x08\x04\0\0\0\0\0\xff\x06\0BC\x02\0" +
                    struct.pack("<H", HEAD + len(body) + TRAILER - 1) + body +
                    struct.pack("<II", zlib.crc32(part), len(part)))
    return b"".join(made)


def send(f, at, skip, left, pipe):
    """'left' bytes of the table, from 'skip' bytes behind the start of the block at 'at' on.

    Whole blocks go as they are, for sluice to check; of the first and the last, what belongs
    to it is taken out and packed again.
    """
    for block, n in blocks(f, at):
        if not left:
            return
        if not skip and n <= left:
            pipe.write(block)
            left -= n
            continue
        text = inflate(block, n)[skip:skip + left]
        if skip > n:
            raise Damaged("has other blocks than it had")
        pipe.write(pack(text))
        left -= len(text)
        skip = 0
    if left:
        raise Damaged("was cut short")
