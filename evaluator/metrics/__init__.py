"""Built-in metrics: counts that add up over blocks, and one formula that ends them.

`catalogue` is data alone and loads without numpy; `registry` finds the code behind a name.
"""
