"""All the code that trains networks at speed: arrays and numbers in, arrays and numbers out.

``arithmetic`` has the exponential and the sigmoids, ``epoch`` the mathematics of one epoch, and
``lanes`` keeps a block of networks training until each is done.
"""
