"""The decoder's attention for processors, compiled at first use for the one at hand (numba, LLVM).

A step of the decoder is many small products over keys and values that no cache holds. As torch's operators each of them
takes longer to begin than to do, reads what another wrote to memory, and holds Python's lock in between: in these
functions a step's attention takes less than half the time, and other threads go on meanwhile.

What was compiled is kept beside this file, else in the user's folder for caches, where one may be written, and made
again when the file changes: hence all of them are in this one. Numbers are finite (engine.audio.samples sees to the
samples): what is made of others is not said.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic

from engine.recognition.whisper.kernel_cache import KernelCache

Floats = npt.NDArray[np.float32]
Stored = npt.NDArray[Any]  # float32, or the upper halves of it (bf16) as uint16

BLOCK = 64  # numbers that are added up beside each other; the width of a head, and positions whose keys stand together
_AT_ONCE = 4  # rows of a block that are added in one go, so that sums are read and written a quarter as often
_AHEAD = 8192  # bytes that are prefetched before they are needed: processors expect one stream, not four
_LINE = 64  # bytes that come together
_LEAST_EXPONENT = np.float32(-87.0)  # e to the power of less is nearly the smallest number there is

Function = TypeVar("Function", bound=Callable[..., Any])

# Sums in any order, the same one each time; no lock of Python's while it runs.
_njit: Any = partial(njit, nogil=True, error_model="numpy", fastmath={"reassoc", "contract", "nsz", "arcp"})


def _compiled(function: Function) -> Function:
    made: Any = _njit(function)
    with contextlib.suppress(RuntimeError):  # there is no folder where it could be kept
        made._cache = KernelCache(function)  # type: ignore[no-untyped-call]
    compiled: Function = made
    return compiled


def _part(function: Function) -> Function:
    """A part of a compiled function: a call of its own would keep loops from being put together."""
    made: Function = _njit(inline="always")(function)
    return made


def _instructions(function: Callable[..., Any]) -> Callable[..., Any]:
    """Instructions that Python has no words for."""
    made: Callable[..., Any] = intrinsic(function)
    return made


@_instructions
def _to_float32(_typing: Any, stored: Any) -> Any:
    """A stored number as float32."""

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        if stored == types.float32:
            return arguments[0]
        upper = builder.shl(builder.zext(arguments[0], ir.IntType(32)), ir.IntType(32)(16))
        return builder.bitcast(upper, ir.FloatType())

    return types.float32(stored), generate


@_instructions
def _to_stored(_typing: Any, number: Any, like: Any) -> Any:
    """A finite float32 as an array like this stores it: itself, or rounded to bf16 (of two as near, the even)."""

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        if like.dtype == types.float32:
            return arguments[0]
        int32 = ir.IntType(32)
        bits = builder.bitcast(arguments[0], int32)
        odd = builder.and_(builder.lshr(bits, int32(16)), int32(1))
        rounded = builder.add(bits, builder.add(odd, int32(0x7FFF)))
        return builder.trunc(builder.lshr(rounded, int32(16)), ir.IntType(16))

    return like.dtype(types.float32, like), generate


@_instructions
def _fmax(_typing: Any, one: Any, other: Any) -> Any:
    """The larger of two float32, as C's fmax: `max` is not known to be free of order, and is not vectorized."""

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        kind = ir.FunctionType(ir.FloatType(), [ir.FloatType(), ir.FloatType()])
        function = builder.module.declare_intrinsic("llvm.maxnum.f32", (), kind)
        return builder.call(function, arguments, fastmath=("nnan", "nsz"))

    return types.float32(types.float32, types.float32), generate


@_instructions
def _power_of_two(_typing: Any, exponent: Any) -> Any:
    """2 to the power of an int32 above -127: its bits are a float32's exponent."""

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        int32 = ir.IntType(32)
        return builder.bitcast(builder.shl(builder.add(arguments[0], int32(127)), int32(23)), ir.FloatType())

    return types.float32(types.int32), generate


@_instructions
def _prefetch(_typing: Any, address: Any) -> Any:
    """Prefetch the line of memory at an address into the processor's cache; any address may be asked for."""

    def generate(context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        int32, pointer = ir.IntType(32), ir.IntType(8).as_pointer()
        kind = ir.FunctionType(ir.VoidType(), [pointer, int32, int32, int32])
        function = builder.module.declare_intrinsic("llvm.prefetch.p0", (), kind)
        # To be read, as near as there is room, and data.
        builder.call(function, [builder.inttoptr(arguments[0], pointer), int32(0), int32(3), int32(1)])
        return context.get_dummy_value()

    return types.void(types.intp), generate


@_part
def _exp(x: Any) -> Any:
    """e to the power of x <= 0, within 2e-7 of it; a library's own would be called number by number.

    Cephes' expf (S. Moshier, netlib.org/cephes): x less a multiple of log 2, in two parts, then a polynomial.
    """
    x = _fmax(x, _LEAST_EXPONENT)
    whole = np.floor(x * np.float32(1.44269504) + np.float32(0.5))
    x = x - whole * np.float32(0.693359375) + whole * np.float32(2.12194440e-4)
    sum_ = np.float32(1.9875691500e-4)
    sum_ = sum_ * x + np.float32(1.3981999507e-3)
    sum_ = sum_ * x + np.float32(8.3334519073e-3)
    sum_ = sum_ * x + np.float32(4.1665795894e-2)
    sum_ = sum_ * x + np.float32(1.6666665459e-1)
    sum_ = sum_ * x + np.float32(5.0000001201e-1)
    return (sum_ * x * x + x + np.float32(1)) * _power_of_two(np.int32(whole))


@_part
def _softmax(scores: Any) -> None:
    """Scores to weights, in place."""
    largest = np.float32(-np.inf)
    for place in range(len(scores)):
        largest = _fmax(largest, scores[place])
    total = np.float32(0)
    for place in range(len(scores)):
        scores[place] = _exp(scores[place] - largest)
        total += scores[place]
    for place in range(len(scores)):
        scores[place] /= total


@_part
def _add_products(sums: Any, factors: Any, rows: Any) -> None:
    """Add to the sums [BLOCK] these four rows, each by its factor."""
    first, second, third, fourth = rows[0], rows[1], rows[2], rows[3]
    one, two, three, four = factors[0], factors[1], factors[2], factors[3]
    for place in range(BLOCK):
        products = one * _to_float32(first[place]) + two * _to_float32(second[place])
        sums[place] += products + three * _to_float32(third[place]) + four * _to_float32(fourth[place])


@_part
def _prefetch_bytes(address: int, count: int) -> None:
    for line in range(count // _LINE):
        _prefetch(address + _LINE * line)


@_compiled
def cross_attention(
    queries: Floats,
    keys: Stored,
    values: Stored,
    bias: Floats,
    alignment_heads: npt.NDArray[np.bool_],
    output: Floats,
    alignment_weights: Floats,
) -> None:
    """Cross-attention of a text's rows over its sound, in one layer.

    queries [rows, heads × BLOCK], keys [heads, blocks, BLOCK of the head, BLOCK positions], values [heads, positions,
    BLOCK], bias [positions]. output [rows, heads × BLOCK] is written; the weights of the alignment
    heads (a mask [heads]) are added to alignment_weights [rows, real positions].
    """
    heads, blocks = keys.shape[0], keys.shape[1]
    positions, rows = values.shape[1], len(queries)
    scores = np.empty((rows, positions), np.float32)
    bytes_of_four = _AT_ONCE * BLOCK * keys.itemsize
    next_keys, next_values = keys.ctypes.data + _AHEAD, values.ctypes.data + _AHEAD
    for head in range(heads):
        column = head * BLOCK
        for block in range(blocks):
            begin = block * BLOCK
            for row in range(rows):
                scores[row, begin : begin + BLOCK] = bias[begin : begin + BLOCK]
            for number in range(0, BLOCK, _AT_ONCE):
                _prefetch_bytes(next_keys, bytes_of_four)
                next_keys += bytes_of_four
                for row in range(rows):
                    _add_products(
                        scores[row, begin : begin + BLOCK],
                        queries[row, column + number : column + number + _AT_ONCE],
                        keys[head, block, number : number + _AT_ONCE],
                    )
        for row in range(rows):
            _softmax(scores[row])
            output[row, column : column + BLOCK] = np.float32(0)
        for position in range(0, positions, _AT_ONCE):
            _prefetch_bytes(next_values, bytes_of_four)
            next_values += bytes_of_four
            for row in range(rows):
                _add_products(
                    output[row, column : column + BLOCK],
                    scores[row, position : position + _AT_ONCE],
                    values[head, position : position + _AT_ONCE],
                )
        if alignment_heads[head]:
            for row in range(rows):
                for position in range(alignment_weights.shape[1]):
                    alignment_weights[row, position] += scores[row, position]


@_compiled
def self_attention(rows: Floats, cache: Floats, length: int, attention_mask: Floats, output: Floats) -> None:
    """Self-attention of a text's new rows over all its tokens, in one layer.

    rows [rows, 3 × heads × BLOCK] are queries, keys and values; the latter two are put behind the `length` ones in
    cache [2, heads, capacity, BLOCK]. attention_mask [rows, length + rows] is 0 where a row sees and -inf where not.
    output [rows, heads × BLOCK] is written.
    """
    heads, count = cache.shape[1], len(rows)
    width, every = heads * BLOCK, length + count
    scores = np.empty(every, np.float32)
    places = np.empty((count, every), np.int32)  # that each row sees
    numbers = np.zeros(count, np.int32)
    for row in range(count):
        for place in range(every):
            if attention_mask[row, place] == 0:
                places[row, numbers[row]] = place
                numbers[row] += 1
    for head in range(heads):
        column = head * BLOCK
        for row in range(count):
            cache[0, head, length + row] = rows[row, width + column : width + column + BLOCK]
            cache[1, head, length + row] = rows[row, 2 * width + column : 2 * width + column + BLOCK]
        for row in range(count):
            query, target = rows[row, column : column + BLOCK], output[row, column : column + BLOCK]
            visible = scores[: numbers[row]]
            for index in range(len(visible)):
                key = cache[0, head, places[row, index]]
                score = np.float32(0)
                for number in range(BLOCK):
                    score += query[number] * key[number]
                visible[index] = score
            _softmax(visible)
            target[:] = np.float32(0)
            for index in range(len(visible)):
                value = cache[1, head, places[row, index]]
                for number in range(BLOCK):
                    target[number] += visible[index] * value[number]


@_compiled
def log_sum_exp(rows: Floats, sums: Floats) -> None:
    """The logarithm of the sum of each row's exponentials.  # rows [rows, n] → sums [rows]"""
    for row in range(len(rows)):
        largest = np.float32(-np.inf)
        for place in range(rows.shape[1]):
            largest = _fmax(largest, rows[row, place])
        total = np.float32(0)
        for place in range(rows.shape[1]):
            total += _exp(rows[row, place] - largest)
        sums[row] = largest + np.log(total)


@_compiled
def split_heads(rows: Floats, shift: Floats, factors: Floats, heads: Stored) -> None:
    """Less a shift [heads × BLOCK], and each times its factor, rows [positions, heads × BLOCK] with their heads apart.

    heads [heads, positions and more, BLOCK], of which those beyond the rows' positions become 0.
    """
    for position in range(heads.shape[1]):
        for head in range(len(heads)):
            column = head * BLOCK
            target = heads[head, position]
            if position < len(rows):
                for number in range(BLOCK):
                    moved = (rows[position, column + number] - shift[column + number]) * factors[position]
                    target[number] = _to_stored(moved, heads)
            else:
                for number in range(BLOCK):
                    target[number] = _to_stored(np.float32(0), heads)


@_compiled
def split_heads_across(rows: Floats, shift: Floats, heads: Stored) -> None:
    """The same without factors, to [heads, blocks, BLOCK of the head, BLOCK positions]."""
    for block in range(heads.shape[1]):
        begin = block * BLOCK
        for head in range(len(heads)):
            column, target = head * BLOCK, heads[head, block]
            for position in range(BLOCK):
                if begin + position < len(rows):
                    for number in range(BLOCK):
                        moved = rows[begin + position, column + number] - shift[column + number]
                        target[number, position] = _to_stored(moved, heads)
                else:
                    for number in range(BLOCK):
                        target[number, position] = _to_stored(np.float32(0), heads)


@_compiled
def exponentials(scores: Stored, position_weights: Floats, sums: Floats) -> None:
    """Scores of bf16 [rows, positions] to their exponentials, the largest of a row to 1, in place.

    sums [rows] get those of a row added up, each times its position's weight.
    """
    for row in range(len(scores)):
        stored = scores[row]
        largest = np.float32(-np.inf)
        for place in range(len(stored)):
            largest = _fmax(largest, _to_float32(stored[place]))
        total = np.float32(0)
        for place in range(len(stored)):
            stored[place] = _to_stored(_exp(_to_float32(stored[place]) - largest), stored)
            total += _to_float32(stored[place]) * position_weights[place]
        sums[row] = total


@_compiled
def quantize(rows: Floats, levels: npt.NDArray[np.uint8], scales: Floats) -> None:
    """Each row [numbers] as multiples, from 1 to 255 and 128 for 0, of a scale of its own: its largest number / 127."""
    for row in range(len(rows)):
        numbers = rows[row]
        largest = np.float32(1e-12)
        for place in range(len(numbers)):
            largest = _fmax(largest, abs(numbers[place]))
        per_level = np.float32(127) / largest
        for place in range(len(numbers)):
            levels[row, place] = np.uint8(np.int32(np.rint(numbers[place] * per_level)) + np.int32(128))
        scales[row] = largest / np.float32(127)
