"""The cheapest one-to-one pairing of rows and columns (Hungarian method with potentials)."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import numpy.typing as npt

_Matrix = npt.NDArray[np.float64]


def pairs_below(cost: _Matrix, limit: float) -> list[tuple[int, int]]:
    """The pairs (row, column) of least total cost when leaving a row or a column alone costs `limit`.

    Only pairs cheaper than `limit` are made. Rows and columns that touch no others are settled by themselves,
    so a sparse matrix costs little.

    Args:
        cost: rows x columns; may hold infinity.
        limit: what a pair must cost less than.
    """
    pairs: list[tuple[int, int]] = []
    for rows, columns in _islands(cost < limit):
        if len(rows) == len(columns) == 1:
            pairs.append((rows[0], columns[0]))
            continue
        part = np.minimum(cost[np.ix_(rows, columns)], limit)
        pairs += [(rows[i], columns[j]) for i, j in assign(part) if part[i, j] < limit]
    return sorted(pairs)


def _islands(joined: npt.NDArray[np.bool_]) -> list[tuple[list[int], list[int]]]:
    """Groups of rows and columns between which there are pairs at all."""
    by_row: dict[int, list[int]] = defaultdict(list)
    by_column: dict[int, list[int]] = defaultdict(list)
    for row, column in zip(*(side.tolist() for side in np.nonzero(joined)), strict=True):
        by_row[row].append(column)
        by_column[column].append(row)
    islands = []
    waiting = set(by_row)
    for start, partners in by_row.items():
        if start not in waiting:
            continue
        waiting.discard(start)
        rows, columns, reach = [start], set(partners), list(partners)
        while reach:
            for row in by_column[reach.pop()]:
                if row in waiting:
                    waiting.discard(row)
                    rows.append(row)
                    fresh = [column for column in by_row[row] if column not in columns]
                    columns.update(fresh)
                    reach += fresh
        islands.append((sorted(rows), sorted(columns)))
    return islands


def assign(cost: _Matrix) -> list[tuple[int, int]]:
    """Pairs (row, column) of least total cost; each row and column at most once, min(rows, columns) pairs.

    Args:
        cost: rows x columns, finite. Give a forbidden pair a large number and drop it from the answer.
    """
    if cost.size == 0:
        return []
    if cost.shape[0] > cost.shape[1]:
        return sorted((row, column) for column, row in assign(cost.T))
    rows, columns = cost.shape
    row_price, column_price = np.zeros(rows + 1), np.zeros(columns + 1)
    owner = np.zeros(columns + 1, dtype=np.intp)  # row (from 1) that holds each column; 0: free
    for row in range(1, rows + 1):
        _seat(cost, row, row_price, column_price, owner)
    return sorted((int(owner[column]) - 1, column - 1) for column in range(1, columns + 1) if owner[column])


def _seat(
    cost: npt.NDArray[np.float64],
    row: int,
    row_price: npt.NDArray[np.float64],
    column_price: npt.NDArray[np.float64],
    owner: npt.NDArray[np.intp],
) -> None:
    """Give `row` a column by the shortest augmenting path, keeping the prices feasible."""
    columns = cost.shape[1]
    owner[0] = row
    column = 0
    least = np.full(columns + 1, np.inf)
    came_from = np.zeros(columns + 1, dtype=np.intp)
    visited = np.zeros(columns + 1, dtype=bool)
    while owner[column]:
        visited[column] = True
        reduced = cost[owner[column] - 1] - row_price[owner[column]] - column_price[1:]
        better = ~visited[1:] & (reduced < least[1:])
        least[1:][better] = reduced[better]
        came_from[1:][better] = column
        open_columns = np.where(visited[1:], np.inf, least[1:])
        nearest = int(np.argmin(open_columns)) + 1
        step = least[nearest]
        row_price[owner[visited]] += step
        column_price[visited] -= step
        least[~visited] -= step
        column = nearest
    while column:
        owner[column] = owner[came_from[column]]
        column = int(came_from[column])
