"""The HTTP adapter: routes, who is calling, the error table, limits, the web app's files.

Rules of the product never live here: a route decodes a struct, makes one service call, encodes a struct.
"""
