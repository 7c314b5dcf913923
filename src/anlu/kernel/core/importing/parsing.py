"""
Cells to values, a block at a time: words become codes, texts numbers and times, and every doubt a mark.

A parsed frame has one column per mapped field, and with it ``ROW``, ``LINK`` (what joins children to
records), ``REFUSAL`` (why the row cannot be taken, null = it can), ``MARKS`` (what is doubtful) and ``FACTS``
(JSON of the cells that no field took).
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from anlu.engine.errors import BadInput
from anlu.kernel.core.importing.fields import ImportField, Kind, Sheet
from anlu.kernel.core.importing.frames import pl
from anlu.kernel.core.importing.moments import MomentReader, in_the_world, serial_day
from anlu.kernel.core.importing.profiles import ALTERNATIVE, Options, SheetMap
from anlu.kernel.core.importing.tables import ROW, Table

LINK: Final = "__link__"
NUMBER: Final = "number"
REFUSAL: Final = "__refusal__"
MARKS: Final = "__marks__"
FACTS: Final = "__facts__"
KEY_JOINT: Final = "-"
YES: Final = frozenset({"true", "yes", "y", "t", "1", "是", "有", "√"})
NO: Final = frozenset({"false", "no", "n", "f", "0", "否", "无", "×"})

# Columns that are never kept word for word, whatever the mapping forgets, and numbers that never are.
_PRIVATE_HEADER: Final = r"证件|身份证|电话|手机|联系方式|住址|号码$|phone|mobile|id_?card|address"
_PRIVATE_NUMBER: Final = r"[0-9]{17}[0-9Xx]|1[3-9][0-9]{9}"
_CONTROL: Final = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]"

Words = Mapping[str, Mapping[str, str]]  # list → (code or label → code)
Seal = Callable[[str], tuple[bytes, bytes | None]]  # plain number → ciphertext, blind index


@dataclass(frozen=True)
class Mapped:
    """A field with the columns of this file that it is read from."""

    field: ImportField
    columns: tuple[str, ...]
    meanings: Mapping[str, str]


class Parser:
    """Reads blocks of one sheet of one file."""

    def __init__(
        self,
        table: Table,
        sheet: Sheet,
        mapping: SheetMap,
        options: Options,
        *,
        words: Words,
        seal: Mapping[str, Seal],
        strict: bool = True,
    ) -> None:
        """
        Parameters
        ----------
        words
            Codes and labels of the dictionaries that the fields name.
        seal
            For each personal field: what encrypts and indexes it.
        strict
            A column that the mapping names must be there (a user's mapping); else only required ones (a
            profile).

        Raises
        ------
        BadInput
            A column is missing, or is there twice.
        """
        self.table, self.sheet, self.options, self.words, self.seal = table, sheet, options, words, seal
        self.strict = strict
        self.header = set(table.header)
        self.key = self._key(mapping)
        self.mapped = tuple(self._mapped(mapping))
        self.moments = {
            one.field.name: MomentReader(options.date_format)
            for one in self.mapped
            if one.field.kind in (Kind.MOMENT, Kind.DAY)
        }
        taken = {column for one in self.mapped for column in one.columns} | set(self.key) | set(mapping.drop)
        kept = set() if sheet.known_by else self.header - taken
        self.kept = sorted(kept | (self.header & set(mapping.keep)))

    # --- columns

    def _key(self, mapping: SheetMap) -> tuple[str, ...]:
        """The columns that identify a record: ``key`` of the options, else those of the number."""
        stated = self.options.key
        if len(stated) == 1 and stated[0] not in self.header:
            stated = tuple(part.strip() for part in stated[0].split(","))
        names = tuple(self._present(name) for name in stated)
        if stated and all(names):
            return tuple(name for name in names if name)
        if stated and "number" not in mapping.columns:
            missing = next(name for name, there in zip(stated, names, strict=True) if not there)
            raise self._missing(missing, "key")
        return ()

    def _present(self, name: str) -> str | None:
        found = next((one for one in name.split(ALTERNATIVE) if one in self.header), None)
        if found and found in self.table.doubled():
            raise BadInput(
                f"表头里「{found}」出现了不止一次", file=self.table.source.name, line=self.table.skipped + 1
            )
        return found

    def _missing(self, name: str, field: str) -> BadInput:
        return BadInput(
            "表头里没有这一列",
            file=self.table.source.name,
            line=self.table.skipped + 1,
            field=field,
            found="、".join(self.table.header),
            expected=name.replace(ALTERNATIVE, " 或 "),
        )

    def _mapped(self, mapping: SheetMap) -> Iterable[Mapped]:
        for field in self.sheet.fields:
            names = mapping.columns.get(field.name, ())
            there = [(name, self._present(name)) for name in names]
            absent = [name for name, found in there if not found]
            by_key = field.name == "number" and self.key
            if absent and (self.strict or (field.required and len(absent) == len(names))) and not by_key:
                raise self._missing(absent[0], field.label)
            if not names and field.required and not by_key:
                raise self._missing(f"{field.label}({field.name})", field.label)
            columns = tuple(found for _, found in there if found)
            if columns:
                yield Mapped(field, columns, mapping.values.get(field.name, {}))

    def private_columns(self) -> set[str]:
        """Columns whose cells may not leave in a file of refused rows."""
        stated = {column for one in self.mapped if one.field.masked for column in one.columns}
        return stated | {column for column in self.kept if _is_private(column)}

    def meanings_of(self, one: Mapped) -> dict[str, str]:
        """Lower-case word → code: the dictionary's codes and labels, and over them what the mapping says."""
        known = {word.lower(): code for word, code in self.words.get(one.field.dictionary, {}).items()}
        return known | {word.lower(): code for word, code in one.meanings.items()}

    # --- values

    def parse(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Values, marks and refusals of a block."""
        clean = self._clean(frame)
        out = clean.select(ROW)
        marks: list[pl.Series] = []
        refusals: list[pl.Series] = []
        leftovers = []
        for one in self.mapped:
            read = _READERS[one.field.kind](self, clean, one)
            out = out.hstack(read.values)
            marks += [_named(flag, code) for code, flag in read.doubts]
            if read.refusal is not None:
                refusals.append(read.refusal)
            if read.leftover is not None:
                leftovers.append(read.leftover)
        link = self._link(clean, out)
        refusals.insert(0, _when(link.is_null(), f"缺少{self._number_label()}"))
        return out.with_columns(
            link.alias(LINK),
            _first(refusals, len(frame)).alias(REFUSAL),
            _listed(marks, len(frame)).alias(MARKS),
            self._facts(clean, leftovers).alias(FACTS),
        )

    def names(self, frame: pl.DataFrame) -> pl.DataFrame:
        """``ROW``, ``LINK`` and ``NUMBER`` of a block as ``parse`` reads them, and nothing else of it."""
        wanted = [one for one in self.mapped if one.field.name in (NUMBER, *self.sheet.known_by)]
        columns = dict.fromkeys([*self.key, *(name for one in wanted for name in one.columns)])
        clean = self._clean(frame.select(ROW, *columns))
        out = clean.select(ROW)
        for one in wanted:
            out = out.hstack(_READERS[one.field.kind](self, clean, one).values)
        link = self._link(clean, out)
        number = out[NUMBER] if NUMBER in out.columns else link
        return pl.DataFrame([out[ROW], link.alias(LINK), number.alias(NUMBER)])

    def _number_label(self) -> str:
        number = self.sheet.field(NUMBER)
        return number.label if number else "编号"

    def _clean(self, frame: pl.DataFrame) -> pl.DataFrame:
        text = pl.col(pl.String).str.strip_chars()
        frame = frame.with_columns(pl.when(text != "").then(text))
        if self.options.null:
            frame = frame.with_columns(
                pl.when(~pl.col(pl.String).is_in(self.options.null)).then(pl.col(pl.String))
            )
        return frame

    def _link(self, clean: pl.DataFrame, out: pl.DataFrame) -> pl.Series:
        if self.key:
            return clean.select(pl.concat_str([pl.col(name) for name in self.key], separator=KEY_JOINT))[
                self.key[0]
            ]
        if self.sheet.known_by:
            return self._identity(out)
        return out[NUMBER] if NUMBER in out.columns else pl.Series([None] * len(out), dtype=pl.String)

    def _identity(self, out: pl.DataFrame) -> pl.Series:
        """What a row without a number is known by: a digest of the values that tell it from others."""
        names = [name for name in self.sheet.known_by if name in out.columns]
        values = [self.sheet.label, *(pl.col(name).cast(pl.String).fill_null("") for name in names)]
        texts = out.select(
            pl.concat_str([pl.lit(one) if isinstance(one, str) else one for one in values], separator="\x1f")
        ).to_series()
        return pl.Series([hashlib.blake2b(text.encode(), digest_size=16).hexdigest() for text in texts])

    def _facts(self, clean: pl.DataFrame, leftovers: list[pl.Series]) -> pl.Series:
        """JSON of the cells that no field took, keys sorted; cells that look like personal numbers are
        left out.
        """
        cells = {name: clean[name] for name in self.kept if not _is_private(name)}
        for series in leftovers:
            cells[series.name] = series
        parts = [
            pl.when(pl.col(name).is_not_null()).then(
                pl.lit(json.dumps(name, ensure_ascii=False) + ":") + _quoted(name)
            )
            for name in sorted(cells)
        ]
        if not parts:
            return pl.Series(["{}"] * len(clean), dtype=pl.String)
        whole = pl.DataFrame([s.alias(n) for n, s in cells.items()]).select(
            pl.lit("{") + pl.concat_str(parts, separator=",", ignore_nulls=True) + pl.lit("}")
        )
        return whole.to_series()


@dataclass(frozen=True)
class Read:
    """What a reader made of the cells of one field."""

    values: list[pl.Series]
    doubts: tuple[tuple[str, pl.Series], ...] = ()
    refusal: pl.Series | None = None
    leftover: pl.Series | None = None  # cells that could not be used, to be kept word for word


# --- readers, one per kind


def _joined(clean: pl.DataFrame, one: Mapped) -> pl.Series:
    """The cells of all columns of a field, joined by a space; null where all are empty."""
    if len(one.columns) == 1:
        return clean[one.columns[0]]
    text = pl.concat_str([pl.col(name) for name in one.columns], separator=" ", ignore_nulls=True)
    return clean.select(pl.when(text != "").then(text)).to_series()


def _read_text(parser: Parser, clean: pl.DataFrame, one: Mapped) -> Read:
    field = one.field
    text = _joined(clean, one).str.replace_all(_CONTROL, " ")
    if one.meanings:
        text = text.replace(dict(one.meanings))
    long = (text.str.len_chars() > field.longest).fill_null(False) if field.longest else _never(text)
    if field.name == "number":
        reason = _when(long, f"{field.label}超过 {field.longest} 个字")
        return Read([text.alias(field.name)], refusal=reason)
    cut = text.str.slice(0, field.longest) if field.longest else text
    leftover = _only(text, long).alias(one.columns[0]) if bool(long.any()) else None
    return Read([cut.alias(field.name)], (("text_cut", long),), leftover=leftover)


def _read_code(parser: Parser, clean: pl.DataFrame, one: Mapped) -> Read:
    """The first column that says something known counts."""
    known = parser.meanings_of(one)
    found, unknown = [], []
    for column in one.columns:
        word = clean[column].str.replace_all(r"\s+", " ").str.to_lowercase()
        code = word.replace_strict(list(known), list(known.values()), default=None, return_dtype=pl.String)
        found.append(pl.when(code != "").then(code))
        unknown.append(word.is_not_null() & code.is_null())
    value = clean.select(pl.coalesce(*found).fill_null("")).to_series()
    doubt = _any(unknown)
    leftover = (
        _only(clean[one.columns[0]], unknown[0]).alias(one.columns[0]) if bool(unknown[0].any()) else None
    )
    return Read([value.alias(one.field.name)], (("unknown_code", doubt),), leftover=leftover)


def _read_codes(parser: Parser, clean: pl.DataFrame, one: Mapped) -> Read:
    known = parser.meanings_of(one)
    text = _joined(clean, one).str.to_lowercase().str.replace_all("[,;、;]", ",")
    parts = text.str.split(",").list.eval(
        pl.element()
        .str.strip_chars()
        .replace_strict(list(known), list(known.values()), default="?", return_dtype=pl.String)
    )
    frame = pl.DataFrame({"parts": parts})
    doubt = frame.select(pl.col("parts").list.contains("?").fill_null(False)).to_series()
    good = frame.select(
        pl.col("parts").list.filter(~pl.element().is_in(["?", ""])).list.unique().list.sort().list.join(",")
    ).to_series()
    leftover = _only(_joined(clean, one), doubt).alias(one.columns[0]) if bool(doubt.any()) else None
    return Read([good.fill_null("").alias(one.field.name)], (("unknown_code", doubt),), leftover=leftover)


def _read_number(parser: Parser, clean: pl.DataFrame, one: Mapped) -> Read:
    field = one.field
    written = _joined(clean, one)
    plain = written.replace(dict(one.meanings)) if one.meanings else written
    plain = pl.DataFrame({"w": plain}).select(pl.when(pl.col("w") != "").then(pl.col("w"))).to_series()
    wanted = plain.is_not_null()
    number = _number(plain, parser.options.decimal)
    if field.kind is Kind.INTEGER:
        number = _only(number, (number == number.round(0)).fill_null(False))
    unreadable = wanted & number.is_null()
    beyond = _never(number)
    if field.least is not None:
        beyond = beyond | (number < field.least).fill_null(False)
    if field.most is not None:
        beyond = beyond | (number > field.most).fill_null(False)
    value = _only(number, ~beyond)
    if field.kind is Kind.INTEGER:
        value = value.cast(pl.Int64)
    bad = unreadable | beyond
    leftover = _only(written, bad).alias(one.columns[0]) if bool(bad.any()) else None
    doubts = (("unreadable_number", unreadable), (field.out_of_bounds, beyond))
    return Read([value.alias(field.name)], doubts, leftover=leftover)


def _number(text: pl.Series, decimal: str) -> pl.Series:
    bare = text.str.replace_all(r"[\s¥¥元]", "")
    bare = bare.str.replace_all(".", "", literal=True) if decimal == "," else bare.str.replace_all("[,,]", "")
    if decimal == ",":
        bare = bare.str.replace(",", ".", literal=True)
    number = bare.cast(pl.Float64, strict=False)
    return _only(number, number.is_finite().fill_null(False))


def _read_flag(parser: Parser, clean: pl.DataFrame, one: Mapped) -> Read:
    word = _joined(clean, one).str.to_lowercase()
    meanings = {key.lower(): value.lower() for key, value in one.meanings.items()}
    word = word.replace(meanings) if meanings else word
    yes, no = word.is_in(list(YES)), word.is_in([*NO, ""])
    doubt = (word.is_not_null() & ~yes & ~no).fill_null(False)
    leftover = _only(_joined(clean, one), doubt).alias(one.columns[0]) if bool(doubt.any()) else None
    return Read([yes.fill_null(False).alias(one.field.name)], (("unknown_code", doubt),), leftover=leftover)


def _read_moment(parser: Parser, clean: pl.DataFrame, one: Mapped) -> Read:
    field, name = one.field, one.field.name
    written = _joined(clean, one)
    read = parser.moments[name].read(written, parser.options.zone)
    failed = written.is_not_null() & read["local"].is_null()
    if field.kind is Kind.DAY:
        values = [read["local"].cast(pl.Date).alias(name)]
        doubts: tuple[tuple[str, pl.Series], ...] = ()
    else:
        world = read.select(*in_the_world("local", parser.options.zone))
        values = [
            world["utc"].alias(name),
            read["local"].alias(f"{name}_local"),
            read["precision"].alias(f"{name}_precision"),
        ]
        doubts = (("time_ambiguous", world["ambiguous"]), ("time_nonexistent", world["nonexistent"]))
    if not field.required:
        leftover = _only(written, failed).alias(one.columns[0]) if bool(failed.any()) else None
        return Read(values, (*doubts, ("unreadable_time", failed)), leftover=leftover)
    return Read(values, doubts, refusal=_time_refusal(field, written, failed))


def _time_refusal(field: ImportField, written: pl.Series, failed: pl.Series) -> pl.Series:
    reasons: list[str | None] = [None] * len(written)
    for at in failed.arg_true():
        text = str(written[at])[:40]
        day = serial_day(text)
        why = f"是表格内部的日期数字(约 {day}),请设成日期格式" if day else "不是日期,应写成 2023-06-30 08:15"
        reasons[at] = f"{field.label}「{text}」{why}"
    found = pl.Series(reasons, dtype=pl.String)
    return _first([found, _when(written.is_null(), f"缺少{field.label}")], len(written))


def _read_personal(parser: Parser, clean: pl.DataFrame, one: Mapped) -> Read:
    """Encrypted and indexed at once; the plain text goes no further."""
    seal = parser.seal[one.field.name]
    sealed = [seal(text) if text else (b"", None) for text in _joined(clean, one)]
    name = one.field.name
    return Read(
        [
            pl.Series(name, [cipher for cipher, _ in sealed], dtype=pl.Binary),
            pl.Series(f"{name}_index", [index for _, index in sealed], dtype=pl.Binary),
        ]
    )


_READERS: Final[dict[Kind, Callable[[Parser, pl.DataFrame, Mapped], Read]]] = {
    Kind.TEXT: _read_text,
    Kind.CODE: _read_code,
    Kind.CODES: _read_codes,
    Kind.INTEGER: _read_number,
    Kind.DECIMAL: _read_number,
    Kind.FLAG: _read_flag,
    Kind.MOMENT: _read_moment,
    Kind.DAY: _read_moment,
    Kind.PERSONAL: _read_personal,
}


# --- small pieces over columns


def _when(flag: pl.Series, text: str) -> pl.Series:
    """``text`` where the flag is set, null elsewhere."""
    return pl.DataFrame({"f": flag}).select(pl.when(pl.col("f")).then(pl.lit(text))).to_series()


def _only(values: pl.Series, flag: pl.Series) -> pl.Series:
    """The values where the flag is set, null elsewhere."""
    return pl.DataFrame({"v": values, "f": flag}).select(pl.when(pl.col("f")).then(pl.col("v"))).to_series()


def _never(values: pl.Series) -> pl.Series:
    return pl.repeat(False, len(values), eager=True)


def _any(flags: list[pl.Series]) -> pl.Series:
    found = flags[0]
    for flag in flags[1:]:
        found = found | flag
    return found


def _first(texts: list[pl.Series], height: int) -> pl.Series:
    """The first that says something, row by row."""
    if not texts:
        return pl.Series([None] * height, dtype=pl.String)
    return pl.select(pl.coalesce(*texts)).to_series()


def _named(flag: pl.Series, code: str) -> pl.Series:
    return flag.fill_null(False).alias(code)


def _listed(flags: list[pl.Series], height: int) -> pl.Series:
    """For each row the codes of the flags that are set, sorted."""
    raised = [flag for flag in flags if bool(flag.any())]
    if not raised:
        nothing = pl.repeat(None, height, dtype=pl.String, eager=True)
        return pl.select(pl.concat_list(nothing).list.drop_nulls()).to_series()
    codes = [pl.when(flag).then(pl.lit(flag.name)) for flag in raised]
    return pl.select(pl.concat_list(codes).list.drop_nulls().list.unique().list.sort()).to_series()


def _quoted(name: str) -> pl.Expr:
    """A cell as a JSON string."""
    text = pl.col(name).str.replace_all("\\", "\\\\", literal=True).str.replace_all('"', '\\"', literal=True)
    text = text.str.replace_all("\n", "\\n", literal=True).str.replace_all("\t", "\\t", literal=True)
    text = text.str.replace_all(r"[\x00-\x1f]", " ").str.replace_all(_PRIVATE_NUMBER, "***")
    return pl.lit('"') + text + pl.lit('"')


def _is_private(header: str) -> bool:
    return re.search(_PRIVATE_HEADER, header, re.IGNORECASE) is not None
