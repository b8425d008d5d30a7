"""The coefficients of the kernel's exponential, derived anew in 50 digits."""

from collections.abc import Callable

from mpmath import mp, mpf

Function = Callable[[mpf], mpf]


def exponential_coefficients(count: int) -> list[float]:
    """Derive C1, C2, ... of the even function c(x) = x coth(x / 2) = 2 + C1 x^2 + C2 x^4 + ...

    Since e^x = (c + x) / (c - x), an error dc in c makes e^x wrong by the relative error

        d(ln(c + x) - ln(c - x)) = -2 x / (c^2 - x^2) dc,

    and so the polynomial wanted is the one whose error, *weighted* by 2 x / (c^2 - x^2), has the
    smallest maximum on 0 < x <= ln(2) / 2, a little widened because the argument is reduced with
    rounding. The weight vanishes at 0, where the constant 2 is exact and stays fixed.

    The best polynomial is known by its error: it takes its largest magnitude at count + 1 points,
    with alternating signs (Chebyshev). Remez' exchange finds them: the polynomial and the level
    E follow from error(x_i) = (-1)^i E at the present points, which are linear equations; then
    the points move to where that polynomial's error is largest, one in each stretch of one sign.

    Parameters
    ----------
    count : int
        How many coefficients.

    Returns
    -------
    list of float
        Rounded to double precision, lowest power first.
    """
    with mp.workdps(50):
        end = mp.log(2) / 2 * mpf("1.0001")

        def c(x: mpf) -> mpf:
            return x * mp.coth(x / 2)

        def weight(x: mpf) -> mpf:
            return 2 * x / (c(x) ** 2 - x**2)

        # A polynomial in x^2 has its points where those of Chebyshev would be for x^2.
        halves = [mpf(2 * i + 1) / (2 * count + 2) for i in range(count + 1)]
        points = [end * mp.sin(mp.pi / 2 * half) for half in halves]
        samples = [end * i / 2000 for i in range(1, 2001)]
        targets = [(c(x) - 2) * weight(x) for x in samples]
        columns = [[x ** (2 * j) * weight(x) for j in range(1, count + 1)] for x in samples]

        for _ in range(20):
            equations = mp.matrix(count + 1, count + 1)
            right = mp.matrix(count + 1, 1)
            for i, x in enumerate(points):
                for j in range(count):
                    equations[i, j] = x ** (2 * j + 2) * weight(x)
                equations[i, count] = (-1) ** i
                right[i] = (c(x) - 2) * weight(x)
            *coefficients, level = mp.lu_solve(equations, right)
            errors = [
                mp.fdot(coefficients, column) - target
                for column, target in zip(columns, targets, strict=True)
            ]
            points = [samples[k] for k in _peaks(errors)]
            if max(map(abs, errors)) < abs(level) * mpf("1.0001"):
                return [float(coefficient) for coefficient in coefficients]
    raise ArithmeticError("The exchange does not settle.")


def _peaks(errors: list[mpf]) -> list[int]:
    """Find the place of the largest magnitude in each stretch of errors of one sign."""
    places = [0]
    for k, error in enumerate(errors):
        if error * errors[places[-1]] < 0:
            places.append(k)
        elif abs(error) > abs(errors[places[-1]]):
            places[-1] = k
    return places
