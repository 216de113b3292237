"""Strict RFC 4180, written from the specification: bytes to records, or Refuse.

Slow and plain on purpose; part of the judge (reference.py), which shares nothing with the
program that it judges.
"""


class Refuse(Exception):
    """A refusal: exit statuses that would be right, and the places (line, field or None)."""

    def __init__(self, code, statuses, *places):
        super().__init__(code)
        self.code, self.statuses, self.places = code, statuses, places


def data_refusal(code, line, field):
    return Refuse(code, {3}, (line, field))


# ---- reading -------------------------------------------------------------------------

class Field:
    def __init__(self, raw, line):
        self.raw, self.line = raw, line
        self.text = raw[1:-1].replace(b'""', b'"') if raw[:1] == b'"' else raw


def utf8_error(data):
    try:
        data.decode("utf-8")
        return None
    except UnicodeDecodeError as e:
        return e.start


def records(data, delimiter):
    """Yield (line, fields, whether a line end was there), or raise what is wrong next."""
    i, line, n = 0, 1, len(data)
    bad = utf8_error(data)
    while i < n:
        start_line, fields = line, []
        while True:  # a field begins at i
            begin, begin_line = i, line
            place = len(fields) + 1

            def stop(code, at_line=None):
                # broken UTF-8 or a NUL on the way was met before
                raise data_refusal(code, line if at_line is None else at_line, place)

            def check(j):
                if bad is not None and j >= bad:
                    stop("UTF8")
                if data[j] == 0:
                    stop("NUL")

            if data[i:i + 1] == b'"':
                i += 1
                while True:
                    if i >= n:
                        stop("UNTERMINATED", start_line)
                    check(i)
                    if data[i:i + 2] == b'""':
                        i += 2
                        continue
                    if data[i] == 0x22:
                        i += 1
                        break
                    line += data[i] == 0x0A
                    i += 1
                if i < n and data[i:i + 1] not in (delimiter, b"\n", b"\r"):
                    check(i)
                    stop("QUOTE")
            else:
                while i < n and data[i:i + 1] not in (delimiter, b"\n", b"\r"):
                    check(i)
                    if data[i] == 0x22:
                        stop("QUOTE")
                    i += 1
            fields.append(Field(data[begin:i], begin_line))
            if data[i:i + 1] == b"\r" and data[i + 1:i + 2] != b"\n":
                if data[i + 1:i + 2]:
                    check(i + 1)
                stop("CR")
            if data[i:i + 1] != delimiter:
                break
            i += 1
        ended = i < n
        if ended:
            i += 1 + (data[i] == 0x0D)
            line += 1
        yield start_line, fields, ended


def is_blank(fields):
    return len(fields) == 1 and fields[0].raw == b""


def read_header(rows):
    try:
        line, header, ended = next(rows)
    except StopIteration:
        raise Refuse("EMPTY", {3}, (None, None))
    if is_blank(header) and ended:
        raise data_refusal("BLANK", 1, 1)
    if len(header) > 65535:
        raise Refuse("LIMIT", {3}, (1, None))
    seen = set()
    for i, f in enumerate(header):
        if f.text.startswith(b"\xef\xbb\xbf"):
            raise data_refusal("HEADER_BOM", f.line, i + 1)
    for i, f in enumerate(header):
        if f.text in seen:
            raise data_refusal("HEADER_DUP" if f.text else "HEADER_EMPTY", f.line, i + 1)
        seen.add(f.text)
    return header


def read_rows(rows, n_cols):
    """The data records as (fields, ended); stops at, and returns, the first refusal."""
    found, blank = [], None
    try:
        for line, fields, ended in rows:
            if is_blank(fields) and ended:
                blank = blank or line
                continue
            if blank:
                raise data_refusal("BLANK", blank, 1)
            if len(fields) != n_cols:
                raise Refuse("RAGGED", {3}, (line, None))
            found.append((fields, ended))
    except Refuse as refusal:
        # blank lines in front of a broken record are not the last ones either
        return found, data_refusal("BLANK", blank, 1) if blank else refusal
    return found, None


def encoding_refusal(data):
    if data[:2] in (b"\xff\xfe", b"\xfe\xff") or data[:4] == b"\0\0\xfe\xff":
        raise Refuse("ENCODING", {3}, (None, None), (1, None))
