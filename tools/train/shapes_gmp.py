"""Train a net for shapes that ends in a global maximum, and ship it as `shapes_gmp`.

Everything but the last step is as in `shapes_gap.py`.
"""

from shapes_gap import main

if __name__ == "__main__":
    main("shapes_gmp", __file__, __doc__)
