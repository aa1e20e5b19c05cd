"""A fixed piece of work; how long it takes tells how much slower an emulated machine is than its host."""

import time


def spin():
    began = time.perf_counter()
    sum(i * i for i in range(500_000))
    return time.perf_counter() - began


if __name__ == "__main__":
    print(min(spin() for _ in range(5)))
