"""The README's pictures, made from real runs: `python -m tests.pictures` writes them.

recording  a command in a real terminal → what its screen shows, over time
film       screens over time → an animated SVG
sheet      Markdown → an SVG that shows it as GitHub does
scenes     what is recorded: a folder, a tenant, and the commands
"""
