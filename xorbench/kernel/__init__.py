"""All the code that trains networks at speed: arrays and numbers in, arrays and numbers out.

``arithmetic`` has the exponential and the sigmoid, ``layout`` the rows of a block of networks,
``forward`` the forward pass, ``step`` what ``batch`` and ``online`` learning share, and ``lanes``
keeps a block of networks training until each is done.
"""
