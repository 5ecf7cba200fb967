"""The cheapest one-to-one pairing of rows and columns (Hungarian method with potentials)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt


def assign(cost: npt.NDArray[np.float64]) -> list[tuple[int, int]]:
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
